"""Numbers that people copy: Crockford's base 32 (docs/spec.md, section 7).

The alphabet leaves out I, L, O and U. Reading is kind to what hands and eyes do (case, hyphens, spaces, O for
zero, I and L for one) and exact in everything else: U, any other character and any other length are refused.
"""

from e2evote.errors import MalformedInput

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"

KINDLY_READ = {
    **{digit: value for value, digit in enumerate(ALPHABET)},
    **{digit.lower(): value for value, digit in enumerate(ALPHABET)},
    **dict.fromkeys("Oo", 0),
    **dict.fromkeys("IiLl", 1),
}
"""What each character that is read stands for."""
SEPARATORS = frozenset("- ")
"""What is passed over."""

GROUPED_SIZE = 20
"""Bytes (160 bits) written as 32 characters in 8 groups of 4."""


def encode_number(number: int, length: int) -> str:
    """`number` as exactly `length` characters, most significant first."""
    if not 0 <= number < 32**length:
        raise ValueError(f"base 32: the number does not fit {length} characters")
    return "".join(ALPHABET[number >> 5 * place & 31] for place in reversed(range(length)))


def decode_number(text: str, length: int) -> int:
    """The number that `length` characters stand for, whatever their case and spacing, or MalformedInput."""
    if len(text) > 4 * length:
        raise MalformedInput(f"base 32: {len(text)} characters, want {length}")
    number = digits = 0
    for position, character in enumerate(text):
        if character in SEPARATORS:
            continue
        if character not in KINDLY_READ:
            raise MalformedInput(f"base 32: {character!r} at position {position} is not a digit")
        number = number << 5 | KINDLY_READ[character]
        digits += 1
    if digits != length:
        raise MalformedInput(f"base 32: {digits} digits, want {length}")
    return number


def encode(data: bytes) -> str:
    """160 bits as `A1B2-C3D4-…`: 8 groups of 4."""
    if len(data) != GROUPED_SIZE:
        raise ValueError(f"base 32 groups: {len(data)} bytes, want {GROUPED_SIZE}")
    digits = encode_number(int.from_bytes(data, "big"), 32)
    return "-".join(digits[start : start + 4] for start in range(0, 32, 4))


def decode(text: str) -> bytes:
    """The 160 bits that `encode` wrote and somebody copied."""
    return decode_number(text, 32).to_bytes(GROUPED_SIZE, "big")
