"""What the box must not forget: its last checkpoint, the sizes of its batches, challenges per voter session.

    box.state   the checkpoint that was published last and the next one, each with its sessions' challenges
    batches     the log's size after each batch, eight bytes each

Both are written before a batch is published. After a crash the record shows either the last checkpoint or the next; any
other means that somebody else wrote there or that a backup was put in its place, and a box that went on would
sign a second history (docs/spec.md §5.1).
"""

import os
from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from e2evote.adapter import secretfile
from e2evote.board.checkpoint import decode_text
from e2evote.board.note import decode_note
from e2evote.errors import MalformedInput, Refused
from e2evote.hashing import canonical
from e2evote.hashing.canonical import JSON, Encodable
from e2evote.hashing.fields import hex_bytes, integer, object_, string

STATE, BATCHES = "box.state", "batches"
_WIDTH = 8
_LARGEST_NOTE = 64 * 1024
_MOST = 2**31


@dataclass(frozen=True, slots=True)
class Head:
    """A checkpoint and the number of challenges of each session, by its hash, up to it."""

    note: bytes
    sessions: Mapping[bytes, int]

    @property
    def size(self) -> int:
        return decode_text(decode_note(self.note).text).size

    def members(self) -> dict[str, Encodable]:
        sessions: dict[str, Encodable] = {session.hex(): number for session, number in self.sessions.items()}
        return {"checkpoint": self.note.decode(), "sessions": sessions}


class BoxState:
    """The files of one box. Only the process that holds the box's lock has one."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        members = object_(
            canonical.decode(secretfile.read(folder / STATE), secretfile.LARGEST), "", ("next", "published")
        )
        self.published, self.next = (_head(members[name], name) for name in ("published", "next"))
        data = secretfile.read(folder / BATCHES)
        self._sizes = [
            int.from_bytes(data[at : at + _WIDTH], "big") for at in range(0, len(data) // _WIDTH * _WIDTH, _WIDTH)
        ]

    @classmethod
    def create(cls, folder: Path, head: Head) -> None:
        """The files of a new log."""
        secretfile.create(folder / STATE, canonical.encode({"next": head.members(), "published": head.members()}))
        secretfile.create(folder / BATCHES, head.size.to_bytes(_WIDTH, "big"))

    def recover(self, shown: bytes) -> Head:
        """The head that the record shows, `shown` being its checkpoint; Refused if it is none of this box."""
        for head in (self.next, self.published):
            if head.note == shown:
                self.published = self.next = head
                self._sizes = sorted({size for size in self._sizes if size <= head.size})
                return head
        try:
            size = decode_text(decode_note(shown).text).size
        except MalformedInput as error:
            raise Refused("record-fails", f"board.checkpoint: {error}") from None
        detail = f"the record's checkpoint has size {size}; the last one that this box made has {self.next.size}"
        if size > self.next.size:
            raise Refused("board-ahead", f"{detail}: somebody else has written there")
        if size < self.published.size:
            raise Refused("board-behind", f"{detail}: an older copy was put in its place")
        raise Refused("board-forked", f"{detail}, and is another one")

    def intend(self, head: Head) -> None:
        """The next batch leads to `head`. Durable when this returns; publishing comes after it."""
        members = {"next": head.members(), "published": self.next.members()}
        secretfile.replace(self._folder / STATE, canonical.encode(members))
        descriptor = os.open(self._folder / BATCHES, os.O_WRONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
        try:
            os.ftruncate(descriptor, len(self._sizes) * _WIDTH)
            os.pwrite(descriptor, head.size.to_bytes(_WIDTH, "big"), len(self._sizes) * _WIDTH)
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
        self._sizes.append(head.size)
        self.published, self.next = self.next, head

    def first_covering(self, index: int) -> int:
        """The size of the first checkpoint that was published over entry `index`."""
        return self._sizes[bisect_right(self._sizes, index)]


def _head(value: JSON, where: str) -> Head:
    members = object_(value, where, ("checkpoint", "sessions"))
    note = string(members["checkpoint"], f"{where}.checkpoint", 1, _LARGEST_NOTE).encode()
    given = members["sessions"]
    sessions = object_(given, f"{where}.sessions", (), given.keys() if isinstance(given, dict) else ())
    return Head(
        note,
        {
            hex_bytes(name, f"{where}.sessions", 32): integer(number, f"{where}.sessions.{name}", 1, _MOST)
            for name, number in sessions.items()
        },
    )
