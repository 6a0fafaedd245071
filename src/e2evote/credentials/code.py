"""The code that a member is sent by one registrar, and the key that it stands for (docs/spec.md §13.3).

22 characters of Crockford's base 32, drawn at random (110 bits), and three that check them. On paper it is five groups
of five. The key is derived from the code with the selection, the registrar and the line, so that a code is of no use
anywhere else, and nothing but the code needs to be sent or kept.
"""

from e2evote.errors import Refused
from e2evote.hashing.crockford import ALPHABET, KINDLY_READ, SEPARATORS
from e2evote.hashing.digest import sha256
from e2evote.hashing.labels import Label, OwnHash, framed
from e2evote.secret.guarded import Guarded
from e2evote.secret.randomness import Randomness
from e2evote.secret.sign import SigningKey

DRAWN = 22
CHECKING = 3
LENGTH = DRAWN + CHECKING
GROUP = 5

_PREFIX = b"e2evote/v1/code\n"
_LONGEST = 200
_OF_BYTE = bytes(ord(ALPHABET[byte % 32]) for byte in range(256))
"""Each character stands for eight of the 256 bytes, so a random byte gives a random character."""


class Code(Guarded):
    """A code whose check characters are right. What it is comes out by `in_groups` and by its key only."""

    __slots__ = ("_drawn",)

    def __init__(self, drawn: str) -> None:
        """drawn: the 22 characters, in capitals. Codes come from `draw_codes` and `read` alone."""
        if len(drawn) != DRAWN:
            raise ValueError(f"code: {len(drawn)} characters, want {DRAWN}")
        self._drawn = drawn

    @classmethod
    def read(cls, text: str) -> "Code":
        """The code that somebody typed, or Refused `code-mistyped`, which does not repeat what was typed.

        Case, spaces and hyphens do not matter; O is read as 0, I and L as 1.
        """
        if len(text) > _LONGEST:
            raise Refused("code-mistyped", f"{len(text)} characters; a code has {LENGTH}")
        characters = []
        for place, character in enumerate(text.strip(), start=1):
            if character in SEPARATORS:
                continue
            if character not in KINDLY_READ:
                raise Refused("code-mistyped", f"no code has a character like the one at place {place}")
            characters.append(ALPHABET[KINDLY_READ[character]])
        if len(characters) != LENGTH:
            raise Refused("code-mistyped", f"{len(characters)} letters and digits; a code has {LENGTH}")
        whole = "".join(characters)
        if check_characters(whole[:DRAWN]) != whole[DRAWN:]:
            raise Refused(
                "code-mistyped", "a letter or digit is not right, or two have changed places; no code looks so"
            )
        return cls(whole[:DRAWN])

    def in_groups(self) -> str:
        """As it is printed: XXXXX-XXXXX-XXXXX-XXXXX-XXXXX."""
        whole = self._drawn + check_characters(self._drawn)
        return "-".join([whole[start : start + GROUP] for start in range(0, LENGTH, GROUP)])


def draw_codes(count: int, randomness: Randomness) -> list[Code]:
    """So many new codes, each of 110 random bits."""
    drawn = randomness.bytes(DRAWN * count).translate(_OF_BYTE).decode("ascii")
    return [Code(drawn[start : start + DRAWN]) for start in range(0, DRAWN * count, DRAWN)]


def check_characters(drawn: str) -> str:
    """The first 15 bits of SHA-256("e2evote/v1/code" ‖ 0A ‖ the 22 characters), as three characters    (13.6)"""
    hashed = sha256(_PREFIX, drawn.encode("ascii"))
    bits = hashed[0] << 7 | hashed[1] >> 1
    return ALPHABET[bits >> 10] + ALPHABET[bits >> 5 & 31] + ALPHABET[bits & 31]


class CredentialKeys:
    """The keys of one registrar's codes in one selection."""

    __slots__ = ("_hash",)

    def __init__(self, base_hash: bytes, registrar: str) -> None:
        self._hash = OwnHash(base_hash, Label.CREDENTIAL, registrar.encode())

    def of(self, line: str, code: Code) -> SigningKey:
        """Ed25519 with seed = H_own(H_B; credential; registrar, line, the 22 characters)    (13.5)"""
        return SigningKey(self._hash.of(framed(line.encode(), code._drawn.encode("ascii"))))
