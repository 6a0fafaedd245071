"""What the box has to know of its log's entries and is not in the record: read from the storage, once, at the start.

The number of challenges of each voter session, by the session's hash, which lies beside a challenge and is never
published; and where voting began and ended, whose heads are published by themselves (docs/record-format.md, Files).
"""

from collections import Counter
from collections.abc import Iterator

from e2evote.board.storage import Storage, Stored
from e2evote.board.tiles import WIDTH
from e2evote.errors import MalformedInput
from e2evote.hashing import canonical
from e2evote.record.leaf import LARGEST_LEAF, kind_of

DATED = ("open", "close")
"""Kinds of entries that end their batch, and whose head is published as dates/<kind>."""


class History:
    """Told of every entry in order."""

    def __init__(self) -> None:
        self.sessions: Counter[bytes] = Counter()
        self.dated: dict[str, int] = {}

    def take(self, index: int, stored: Stored) -> None:
        """One more entry."""
        if stored.private:
            self.sessions[stored.private] += 1
        kind = dated_kind(stored.entry)
        if kind:
            self.dated.setdefault(kind, index)


def dated_kind(entry: bytes) -> str:
    """`open` or `close`, where the leaf is of such a kind; else empty."""
    if not any(f'"kind":"{kind}"'.encode() in entry for kind in DATED):
        return ""
    try:
        kind = kind_of(canonical.decode(entry, limit=LARGEST_LEAF))
    except MalformedInput:
        return ""
    return kind if kind in DATED else ""


def entries_of(storage: Storage, size: int) -> Iterator[bytes]:
    """The first `size` entries, a bundle at a time, so that others may be asked for in between."""
    for start in range(0, size, WIDTH):
        yield from [stored.entry for stored in storage.entries(start, min(size, start + WIDTH))]
