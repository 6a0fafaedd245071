"""What is handed to the box: a leaf with what lies beside it (docs/spec.md §5.2, §8).

    "e2evote/v1/submission" ‖ 0A ‖ len4‖leaf ‖ len4‖payload ‖ len4‖hints ‖ len4‖session

Four fields of bytes and nothing after them; one of length 0 is absent. `session` is the voter session that a challenge
counts against, and never leaves the box. Nothing here is believed: the leaf's signatures are judged by the box.
"""

import re
from dataclasses import dataclass, field

from e2evote.errors import MalformedInput
from e2evote.hashing.digest import b4
from e2evote.record.leaf import LARGEST_LEAF, LARGEST_PAYLOAD, LARGEST_STATEMENT

PREFIX = b"e2evote/v1/submission\n"
LARGEST_SESSION = 64
LARGEST = len(PREFIX) + 4 * 4 + LARGEST_LEAF + LARGEST_STATEMENT + LARGEST_PAYLOAD + LARGEST_SESSION
"""Bytes of the largest envelope, for whoever reads one from outside."""

_LIMITS = (
    ("leaf", LARGEST_LEAF),
    ("payload", LARGEST_STATEMENT),
    ("hints", LARGEST_PAYLOAD),
    ("session", LARGEST_SESSION),
)
_SESSION = re.compile(r"[0-9a-z]{32,64}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Envelope:
    """A submission. `session` is 32 to 64 characters of 0-9 and a-z, or empty."""

    leaf: bytes
    payload: bytes = field(default=b"", repr=False)
    hints: bytes = field(default=b"", repr=False)
    session: str = field(default="", repr=False)

    def __post_init__(self) -> None:
        for (name, limit), value in zip(_LIMITS, self._fields(), strict=True):
            if len(value) > limit:
                raise ValueError(f"envelope: {name} of {len(value)} bytes, limit {limit}")
        if not self.leaf:
            raise ValueError("envelope: no leaf")
        if self.session and not _SESSION.fullmatch(self.session):
            raise ValueError("envelope: the session is not 32 to 64 characters of 0-9 and a-z")

    def encode(self) -> bytes:
        """The one encoding of these four fields."""
        return PREFIX + b"".join(b4(len(value)) + value for value in self._fields())

    def _fields(self) -> tuple[bytes, ...]:
        return self.leaf, self.payload, self.hints, self.session.encode()


def decode_envelope(data: bytes) -> Envelope:
    """What `encode` wrote, or MalformedInput that names the field."""
    if not data.startswith(PREFIX):
        raise MalformedInput(f"does not begin with {PREFIX[:-1].decode()}")
    at, fields = len(PREFIX), []
    for name, limit in _LIMITS:
        start = at + 4
        size = int.from_bytes(data[at:start], "big")
        if start > len(data):
            raise MalformedInput(f"ends at byte {len(data)}, before its length", name)
        if size > limit:
            raise MalformedInput(f"{size} bytes, limit {limit}", name)
        at = start + size
        if at > len(data):
            raise MalformedInput(f"ends at byte {len(data)}, want {size} bytes", name)
        fields.append(data[start:at])
    if at != len(data):
        raise MalformedInput(f"{len(data) - at} bytes after the last field")
    leaf, payload, hints, session = fields
    if not leaf:
        raise MalformedInput("there is none", "leaf")
    if session and not (session.isascii() and _SESSION.fullmatch(session.decode())):
        raise MalformedInput("not 32 to 64 characters of 0-9 and a-z", "session")
    return Envelope(leaf, payload, hints, session.decode())
