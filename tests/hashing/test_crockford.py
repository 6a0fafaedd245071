"""Crockford base 32: forgiving about how it was copied, exact about what it says."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from e2evote.errors import MalformedInput
from e2evote.hashing.crockford import ALPHABET, decode, decode_number, encode, encode_number

DATA = bytes.fromhex("0123456789abcdef0123456789abcdef01234567")
TEXT = "04HM-ASW9-NF6Y-Y093-8NKR-KAYD-XW0J-6HB7"


def test_known_value() -> None:
    """The same by another way: 160 bits as text, five at a time."""
    assert encode(DATA) == TEXT
    bits = "".join(f"{byte:08b}" for byte in DATA)
    assert "".join(ALPHABET[int(bits[at : at + 5], 2)] for at in range(0, 160, 5)) == TEXT.replace("-", "")


REFUSED = {
    "U": (TEXT.replace("Y", "U", 1), "'U' at position"),
    "small u": (TEXT.replace("Y", "u", 1), "'u' at position"),
    "31 digits": (TEXT[:-1], "31 digits, want 32"),
    "33 digits": (TEXT + "0", "33 digits, want 32"),
    "nothing": ("", "0 digits, want 32"),
    "only hyphens": ("-" * 32, "0 digits, want 32"),
    "full-width digit": (TEXT.replace("4", "\uff14", 1), "is not a digit"),
    "arabic digit": (TEXT.replace("4", "\u0664", 1), "is not a digit"),
    "dotless i, whose capital is I": ("\u0131" + TEXT[1:], "is not a digit"),
    "long s, whose capital is S": (TEXT.replace("S", "\u017f"), "is not a digit"),
    "underscore": (TEXT.replace("-", "_"), "is not a digit"),
    "newline": (TEXT + "\n", "is not a digit"),
    "no-break space": (TEXT.replace("-", "\xa0"), "is not a digit"),
    "checksum sign": (TEXT + "*", "is not a digit"),
    "endless hyphens": (TEXT + "-" * 1000, "1039 characters, want 32"),
}


@pytest.mark.parametrize(("text", "reason"), REFUSED.values(), ids=REFUSED)
def test_refused(text: str, reason: str) -> None:
    with pytest.raises(MalformedInput) as refusal:
        decode(text)
    assert reason in str(refusal.value)


@pytest.mark.parametrize(
    "text",
    [
        TEXT,
        TEXT.lower(),
        TEXT.replace("-", ""),
        TEXT.replace("-", " "),
        f"  {TEXT} ",
        TEXT.replace("0", "O"),
        TEXT.replace("0", "o"),
        "-".join(TEXT.replace("-", "")),
    ],
)
def test_however_it_was_copied(text: str) -> None:
    assert decode(text) == DATA


@pytest.mark.parametrize("one", "1IiLl")
def test_one_has_five_shapes(one: str) -> None:
    assert decode_number(f"0{one}", 2) == 1


@given(st.binary(min_size=20, max_size=20))
def test_reading_undoes_writing(data: bytes) -> None:
    text = encode(data)
    assert [len(group) for group in text.split("-")] == [4] * 8
    assert decode(text) == data


@given(st.integers(0, 2**125 - 1))
def test_other_lengths(number: int) -> None:
    assert decode_number(encode_number(number, 25), 25) == number


@pytest.mark.parametrize(("number", "length"), [(32, 1), (-1, 1), (2**125, 25)])
def test_a_number_that_does_not_fit(number: int, length: int) -> None:
    with pytest.raises(ValueError, match=f"does not fit {length} characters"):
        encode_number(number, length)


@pytest.mark.parametrize("size", [0, 19, 21])
def test_only_160_bits_are_grouped(size: int) -> None:
    with pytest.raises(ValueError, match=f"{size} bytes, want 20"):
        encode(bytes(size))
