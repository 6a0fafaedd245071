"""Codes: 110 random bits, read as people type them, and worth something for one line, registrar and selection only."""

import copy
import hashlib
import pickle
import string

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from e2evote.credentials.code import Code, CredentialKeys, check_characters, draw_codes
from e2evote.errors import Refused
from e2evote.secret.randomness import SystemRandomness
from tests.credentials.association import BASE_HASH, by_hand
from tests.randomness import DeterministicRandomness

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
DRAWN = "K7Q2M0ZX9B4T1RWV6H3J8N"
PRINTED = f"{DRAWN[:5]}-{DRAWN[5:10]}-{DRAWN[10:15]}-{DRAWN[15:20]}-{DRAWN[20:]}{check_characters(DRAWN)}"


def check_by_hand(drawn: str) -> str:
    bits = f"{int.from_bytes(hashlib.sha256(b'e2evote/v1/code' + bytes([10]) + drawn.encode()).digest()):0256b}"
    return "".join(ALPHABET[int(bits[i : i + 5], 2)] for i in (0, 5, 10))


def refusal(text: str) -> str:
    with pytest.raises(Refused) as refused:
        Code.read(text)
    assert refused.value.code == "code-mistyped"
    return refused.value.detail


@given(st.text(ALPHABET, min_size=22, max_size=22))
def test_check_characters_are_the_first_15_bits_of_the_hash(drawn: str) -> None:
    assert check_characters(drawn) == check_by_hand(drawn)
    assert Code(drawn).in_groups().replace("-", "") == drawn + check_by_hand(drawn)


@given(st.text(ALPHABET, min_size=22, max_size=22), st.sampled_from(["reg-a", "reg-b"]), st.integers(1, 9_999_999))
def test_the_key_is_that_of_the_specification(drawn: str, registrar: str, number: int) -> None:
    line = f"{number:07}"
    seed = by_hand(0x89, "credential", registrar.encode(), line.encode(), drawn.encode())
    expected = Ed25519PrivateKey.from_private_bytes(seed).public_key().public_bytes_raw()
    assert CredentialKeys(BASE_HASH, registrar).of(line, Code(drawn)).public == expected


def test_a_code_is_of_no_use_for_another_line_registrar_or_selection() -> None:
    code = Code(DRAWN)
    keys = {
        CredentialKeys(base_hash, registrar).of(line, code).public
        for base_hash in (BASE_HASH, bytes(32))
        for registrar in ("reg-a", "reg-b")
        for line in ("0000001", "0000002")
    }
    assert len(keys) == 8


def test_a_code_is_printed_in_five_groups_of_five() -> None:
    assert Code(DRAWN).in_groups() == PRINTED
    assert [len(group) for group in PRINTED.split("-")] == [5] * 5


@pytest.mark.parametrize(
    "text",
    [
        PRINTED,
        PRINTED.lower(),
        PRINTED.replace("-", ""),
        PRINTED.replace("-", " "),
        f"  {PRINTED} \n",
        " - ".join(PRINTED),
        PRINTED.replace("0", "O").replace("1", "I"),
        PRINTED.replace("0", "o").replace("1", "l"),
        PRINTED.replace("1", "L").swapcase(),
    ],
)
def test_case_hyphens_spaces_and_what_looks_alike_do_not_matter(text: str) -> None:
    assert Code.read(text).in_groups() == PRINTED


@given(st.integers(0, 24), st.sampled_from(ALPHABET))
def test_another_character_is_noticed(place: int, character: str) -> None:
    """One character wrong: one in 32,768 is not seen, none of these."""
    whole = PRINTED.replace("-", "")
    typed = whole[:place] + character + whole[place + 1 :]
    if typed == whole:
        assert Code.read(typed).in_groups() == PRINTED
    else:
        assert refusal(typed) == "a letter or digit is not right, or two have changed places; no code looks so"


def test_neighbours_that_change_places_are_noticed() -> None:
    whole = PRINTED.replace("-", "")
    for place in range(24):
        typed = whole[:place] + whole[place + 1] + whole[place] + whole[place + 2 :]
        if typed != whole:
            refusal(typed)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "0 letters and digits; a code has 25"),
        (PRINTED[:-1], "24 letters and digits"),
        (PRINTED + "0", "26 letters and digits"),
        (PRINTED.replace("K", "U"), "no code has a character like the one at place 1"),
        (PRINTED[:7] + "é" + PRINTED[8:], "no code has a character like the one at place 8"),
        (PRINTED.replace("-", "\t"), "no code has a character like the one at place 6"),
        (PRINTED.replace("-", "\u2010"), "no code has a character like the one at place 6"),
        ("0" * 201, "201 characters; a code has 25"),
    ],
)
def test_what_is_no_code_is_refused(text: str, reason: str) -> None:
    assert refusal(text).startswith(reason)


@given(st.text(string.printable, min_size=4, max_size=40))
def test_a_refusal_does_not_repeat_what_was_typed(text: str) -> None:
    """It is nearly a code, and messages end up in logs."""
    with pytest.raises(Refused) as refused:
        Code.read(f"{text}{DRAWN}")
    assert DRAWN not in str(refused.value)
    assert DRAWN[:6] not in str(refused.value)
    assert refused.value.__cause__ is None


def test_a48_codes_have_110_random_bits() -> None:
    """Every one of the 22 characters is any of the 32, each as often, and no two places agree."""
    codes = [code.in_groups().replace("-", "")[:22] for code in draw_codes(3200, SystemRandomness())]
    assert len(set(codes)) == 3200
    for place in range(22):
        counts = [sum(code[place] == character for code in codes) for character in ALPHABET]
        assert sum((count - 100) ** 2 / 100 for count in counts) < 90  # chi squared with 31 degrees: below 1 in 10^7
    pairs = {sum(code[i] == code[j] for code in codes) for i in range(22) for j in range(i)}
    assert max(pairs) < 100 + 8 * 10


def test_each_byte_drawn_gives_a_character_and_none_is_used_twice() -> None:
    randomness = DeterministicRandomness("codes")
    drawn = DeterministicRandomness("codes").bytes(44)
    whole = "".join(ALPHABET[byte & 31] for byte in drawn)
    assert [code.in_groups().replace("-", "")[:22] for code in draw_codes(2, randomness)] == [whole[:22], whole[22:]]
    assert randomness.drawn == 1


def test_a_code_does_not_leave_unnoticed() -> None:
    code = Code(DRAWN)
    for shown in (repr(code), str(code), f"{code}", f"{[code]}", f"{code!r:>40}"):
        assert DRAWN[:4] not in shown
        assert "redacted" in shown
    for leak in (pickle.dumps, copy.copy, copy.deepcopy, hash):
        with pytest.raises(TypeError):
            leak(code)
    with pytest.raises(TypeError):
        _ = code == Code(DRAWN)
    assert DRAWN not in repr(CredentialKeys(BASE_HASH, "reg-a").of("0000001", code))


def test_a_code_has_22_characters_without_its_check() -> None:
    with pytest.raises(ValueError, match="21 characters, want 22") as error:
        Code(DRAWN[:21])
    assert DRAWN[:5] not in str(error.value)
