"""Every domain of e2evote's own hashes (docs/spec.md, section 1).

ElectionGuard 2.1 begins its inputs with a byte from 0x00 to 0x45; those here begin with 0x80 or more, so
no input of one is an input of the other. Changing a label changes the protocol.
"""

from collections.abc import Iterable
from enum import Enum
from hashlib import sha256

from e2evote.hashing.digest import KEY_SIZE, H, b4

_BLOCK = 64  # bytes that SHA-256 takes in at a time


class Label(Enum):
    """The domain byte, the label, and (in the comment) the base hash that keys it."""

    BALLOT_ID = 0x80, "ballot-id"  # H_E
    TRACKER = 0x81, "tracker"  # H_E
    DECRYPTION_SHARE = 0x82, "decryption-share"  # H_E
    CEREMONY_COMMIT = 0x83, "ceremony-commit"  # H_B: there is no joint key yet
    LINE = 0x84, "line"  # H_E
    LOT = 0x85, "lot"  # H_E
    ROLL_SEED = 0x86, "roll-seed"  # H_B, like all that is fixed before there is a joint key
    ROLL_ORDER = 0x87, "roll-order"  # H_B
    ROLL_FIELD = 0x88, "roll-field"  # H_B
    CREDENTIAL = 0x89, "credential"  # H_B
    PAPER_BIT = 0x8A, "paper-bit"  # H_E

    @property
    def byte(self) -> int:
        return self.value[0]

    @property
    def text(self) -> str:
        return self.value[1]


def H_own(key: bytes, label: Label, *fields: bytes) -> bytes:
    """HMAC-SHA-256(key; byte ‖ len4‖label ‖ len4‖field ‖ …)    (1.2)

    Every field has its length before it, so two different lists of fields are never the same message.
    """
    return H(key, bytes([label.byte]), framed(label.text.encode(), *fields))


def framed(*fields: bytes) -> bytes:
    """len4‖field for each of them."""
    return b"".join([b4(len(field)) + field for field in fields])


class OwnHash:
    """H_own with the key, the label and perhaps the first fields taken in once, for a roll's worth of other fields.

    HMAC is SHA-256(key ⊕ opad ‖ SHA-256(key ⊕ ipad ‖ message)): both hashes are kept as they are after what never
    changes, and copied. What is kept is worth the key.
    """

    __slots__ = ("_inner", "_outer")

    def __init__(self, key: bytes, label: Label, *first: bytes) -> None:
        if len(key) != KEY_SIZE:
            raise ValueError(f"hash key: {len(key)} bytes, want {KEY_SIZE}")
        block = key.ljust(_BLOCK, b"\0")
        self._inner = sha256(bytes(byte ^ 0x36 for byte in block))
        self._inner.update(bytes([label.byte]) + framed(label.text.encode(), *first))
        self._outer = sha256(bytes(byte ^ 0x5C for byte in block))

    def of(self, rest: bytes) -> bytes:
        """The hash where `rest` are the remaining fields, framed."""
        return self.each((rest,))[0]

    def each(self, rests: Iterable[bytes]) -> list[bytes]:
        """The hashes of several."""
        copy_inner, copy_outer, hashes = self._inner.copy, self._outer.copy, []
        for rest in rests:
            inner, outer = copy_inner(), copy_outer()
            inner.update(rest)
            outer.update(inner.digest())
            hashes.append(outer.digest())
        return hashes
