"""A challenge as one file, as a browser saves it for the checker on another device (docs/ballot-client.md).

    {"ballot":"<the opened ballot>","kind":"e2evote-opened","leaf":"<its leaf>","preimage":{"keys","line","r"},"v":1}

Leaf and ballot are the texts that are published; the preimage says whose ballot it was, and is for the voter alone.
"""

from dataclasses import dataclass
from typing import Self

from e2evote.ballot.checker import Preimage
from e2evote.errors import MalformedInput
from e2evote.hashing import canonical
from e2evote.hashing.fields import integer, object_, string
from e2evote.record.leaf import LARGEST_LEAF, LARGEST_PAYLOAD, VERSION

KIND = "e2evote-opened"
LARGEST = 2 * LARGEST_PAYLOAD
"""Bytes of such a file: quotes within the texts are written as two."""

_NAMES = ("ballot", "kind", "leaf", "preimage", "v")
_LARGEST_PREIMAGE = 8192


@dataclass(frozen=True, slots=True)
class OpenedFile:
    """What the checker is given."""

    leaf: bytes
    payload: bytes
    preimage: Preimage

    def encode(self) -> bytes:
        """The one encoding."""
        return canonical.encode(
            {
                "ballot": self.payload.decode(),
                "kind": KIND,
                "leaf": self.leaf.decode(),
                "preimage": canonical.decode(self.preimage.encode(), limit=_LARGEST_PREIMAGE),
                "v": VERSION,
            }
        )

    @classmethod
    def decode(cls, data: bytes) -> Self:
        """What `encode` or a browser wrote, or MalformedInput. Nothing is checked yet."""
        members = object_(canonical.decode(data, limit=LARGEST), "", _NAMES)
        integer(members["v"], "v", VERSION, VERSION)
        if string(members["kind"], "kind", 0, 63) != KIND:
            raise MalformedInput(f"want {KIND!r}", "kind")
        leaf = string(members["leaf"], "leaf", 1, LARGEST_LEAF)
        payload = string(members["ballot"], "ballot", 1, LARGEST_PAYLOAD)
        try:
            preimage = Preimage.decode(canonical.encode(members["preimage"]))
        except MalformedInput as error:
            raise error.inside("preimage") from None
        return cls(leaf.encode(), payload.encode(), preimage)
