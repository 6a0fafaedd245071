"""The keyed hash, and e2evote's own framing of its inputs."""

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from e2evote.hashing.digest import H, b4, sha256
from e2evote.hashing.labels import H_own, Label, OwnHash, framed

KEY = bytes(range(32))


def literal_hmac(key: bytes, message: bytes) -> bytes:
    """RFC 2104, for keys no longer than a block."""
    block = key.ljust(64, b"\x00")
    inner = hashlib.sha256(bytes(x ^ 0x36 for x in block) + message).digest()
    return hashlib.sha256(bytes(x ^ 0x5C for x in block) + inner).digest()


@pytest.mark.parametrize("size", [0, 20, 31, 33, 64])
def test_a_key_that_is_not_a_base_hash_is_refused(size: int) -> None:
    with pytest.raises(ValueError, match=f"{size} bytes, want 32"):
        H(bytes(size), b"message")


@pytest.mark.parametrize("message", [b"", b"\x00", b"\x24" + bytes(1000)])
def test_h_is_hmac_sha_256(message: bytes) -> None:
    assert H(KEY, message) == literal_hmac(KEY, message)


def test_parts_are_joined_without_framing_as_in_electionguard() -> None:
    assert H(KEY, b"ab", b"", b"c") == H(KEY, b"abc")
    assert sha256(b"ab", b"c") == hashlib.sha256(b"abc").digest()


def test_own_hash_frames_label_and_fields() -> None:
    message = b"\x81" + b"\x00\x00\x00\x07tracker" + b"\x00\x00\x00\x02ab" + b"\x00\x00\x00\x00" + b"\x00\x00\x00\x01c"
    assert H_own(KEY, Label.TRACKER, b"ab", b"", b"c") == literal_hmac(KEY, message)


@pytest.mark.parametrize("other", [(b"a", b"bc"), (b"abc",), (b"ab", b"c", b""), (b"", b"ab", b"c"), ()])
def test_another_list_of_fields_is_another_message(other: tuple[bytes, ...]) -> None:
    assert H_own(KEY, Label.TRACKER, *other) != H_own(KEY, Label.TRACKER, b"ab", b"c")


def test_another_label_or_key_is_another_hash() -> None:
    hashes = {H_own(key, label, b"same") for key in (KEY, bytes(32)) for label in Label}
    assert len(hashes) == 2 * len(Label)


def test_labels_are_unique_and_outside_electionguard() -> None:
    expected = [
        (0x80, "ballot-id"),
        (0x81, "tracker"),
        (0x82, "decryption-share"),
        (0x83, "ceremony-commit"),
        (0x84, "line"),
        (0x85, "lot"),
        (0x86, "roll-seed"),
        (0x87, "roll-order"),
        (0x88, "roll-field"),
        (0x89, "credential"),
    ]
    assert [(label.byte, label.text) for label in Label][: len(expected)] == expected
    assert len({label.byte for label in Label}) == len({label.text for label in Label}) == len(Label.__members__)
    assert all(0x80 <= label.byte <= 0xFF for label in Label)


@pytest.mark.parametrize("number", [-1, 2**31, 2**32])
def test_b4_refuses_what_electionguard_does_not_encode(number: int) -> None:
    with pytest.raises(ValueError, match="four-byte integer"):
        b4(number)


@pytest.mark.parametrize(("number", "data"), [(0, "00000000"), (258, "00000102"), (2**31 - 1, "7fffffff")])
def test_b4(number: int, data: str) -> None:
    assert b4(number).hex() == data


@given(st.binary(min_size=32, max_size=32), st.sampled_from(Label), st.lists(st.binary(max_size=200), max_size=5))
def test_a_hash_that_has_taken_in_its_first_fields_is_the_same_hash(
    key: bytes, label: Label, fields: list[bytes]
) -> None:
    for first in range(len(fields) + 1):
        prepared = OwnHash(key, label, *fields[:first])
        for _ in range(2):  # the second answer is that of a copy too
            assert prepared.of(framed(*fields[first:])) == H_own(key, label, *fields)
            expected = [H_own(key, label, *fields[:first], field) for field in fields]
            assert prepared.each(framed(field) for field in fields) == expected


@pytest.mark.parametrize("size", [0, 31, 33, 64])
def test_a_prepared_hash_takes_base_hashes_only(size: int) -> None:
    with pytest.raises(ValueError, match=f"{size} bytes, want 32"):
        OwnHash(bytes(size), Label.ROLL_FIELD)
