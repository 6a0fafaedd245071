"""A large secret comes back whole for its passphrase, and no piece can be moved, left out or cut off."""

import json

import pytest

from e2evote.errors import MalformedInput
from e2evote.secret import pieces
from e2evote.secret.keyfile import NotUnlocked
from e2evote.secret.pieces import PIECE, lock, unlock
from tests.randomness import DeterministicRandomness

WORDS = "correct horse battery staple"


def locked(secret: bytes, seed: str = "file") -> bytes:
    return lock(secret, WORDS, "roll", 1, DeterministicRandomness(seed), cost=16, minimum=2)


def opened(data: bytes, passphrase: str = WORDS, purpose: str = "roll", version: int = 1) -> bytes:
    return unlock(data, passphrase, purpose, version, minimum=2)


@pytest.mark.parametrize("size", [0, 1, PIECE - 1, PIECE, PIECE + 1, 2 * PIECE + 77])
def test_what_was_locked_comes_back(size: int) -> None:
    secret = (bytes(range(251)) * (size // 251 + 1))[:size]
    data = locked(secret)
    assert opened(data) == secret
    assert not secret or secret[:100] not in data


@pytest.fixture(scope="module")
def long() -> bytes:
    return locked(b"a" * PIECE + b"b" * PIECE + b"c" * 10)


def parts(data: bytes) -> tuple[bytes, list[bytes]]:
    end = data.index(b"\n") + 1
    size = PIECE + 16
    return data[:end], [data[start : start + size] for start in range(end, len(data), size)]


def test_pieces_stay_in_their_places(long: bytes) -> None:
    head, (first, second, last) = parts(long)
    for changed in (
        head + second + first + last,
        head + first + last,
        head + first + second,
        head + first + first + last,
        head + first + second + last + last,
        head + last,
        head + first + second + last[:-1],
    ):
        with pytest.raises((MalformedInput, NotUnlocked)):
            opened(changed)


def test_every_part_of_the_file_matters(long: bytes) -> None:
    head, (first, second, last) = parts(long)
    for position in (len(head), len(head) + PIECE, len(head) + PIECE + 20, len(long) - 1):
        changed = bytearray(long)
        changed[position] ^= 1
        with pytest.raises(NotUnlocked):
            opened(bytes(changed))
    other, _ = parts(locked(b"", "another"))
    with pytest.raises(NotUnlocked):
        opened(other + first + second + last)


def test_another_passphrase_or_purpose(long: bytes) -> None:
    with pytest.raises(NotUnlocked):
        opened(long, "wrong")
    with pytest.raises(MalformedInput, match="purpose"):
        opened(long, purpose="trustee-key")
    with pytest.raises(MalformedInput, match="version"):
        opened(long, version=2)


def test_what_is_no_such_file(long: bytes) -> None:
    head, _ = parts(long)
    for data, reason in (
        (b"", "no first line"),
        (b"x" * 10_000, "no first line"),
        (head, "cut off"),
        (head + b"x" * 15, "cut off"),
        (b"{}\n" + b"x" * 20, "is missing"),
    ):
        with pytest.raises(MalformedInput, match=reason):
            opened(data)


def test_the_key_in_the_first_line_is_as_long_as_such_keys_are() -> None:
    short = pieces.keyfile.lock(b"short", WORDS, "roll", 1, DeterministicRandomness("s"), cost=16, minimum=2)
    with pytest.raises(MalformedInput, match="a key of 5 bytes, want 32"):
        opened(short + b"\n" + b"x" * 20)


def test_two_files_share_neither_key_nor_salt() -> None:
    one, two = (parts(locked(b"same", seed)) for seed in ("one", "two"))
    assert one[1] != two[1]
    assert json.loads(one[0])["kdf"]["salt"] != json.loads(two[0])["kdf"]["salt"]
