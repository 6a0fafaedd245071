"""Every domain of e2evote's own hashes (docs/spec.md, section 1).

ElectionGuard 2.1 begins its inputs with a byte from 0x00 to 0x45; those here begin with 0x80 or more, so
no input of one is an input of the other. Changing a label changes the protocol.
"""

from enum import Enum

from e2evote.hashing.digest import H, b4


class Label(Enum):
    """The domain byte, the label, and (in the comment) the base hash that keys it."""

    BALLOT_ID = 0x80, "ballot-id"  # H_E
    TRACKER = 0x81, "tracker"  # H_E
    DECRYPTION_SHARE = 0x82, "decryption-share"  # H_E
    CEREMONY_COMMIT = 0x83, "ceremony-commit"  # H_B: there is no joint key yet
    LINE = 0x84, "line"  # H_E
    LOT = 0x85, "lot"  # H_E

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
    framed = [b4(len(field)) + field for field in (label.text.encode(), *fields)]
    return H(key, bytes([label.byte]), *framed)
