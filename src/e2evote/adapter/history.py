"""What the box has to know of its log's entries and is not in the record: read from the storage, once, at the start.

The number of challenges of each voter session, by the session's hash, which lies beside a challenge and is never
published; and where voting began, was extended and ended, whose heads are published by themselves
(docs/record-format.md, Files).
"""

from collections import Counter
from collections.abc import Iterator

from e2evote.board.storage import Storage, Stored
from e2evote.board.tiles import WIDTH
from e2evote.errors import MalformedInput
from e2evote.hashing import canonical
from e2evote.record.leaf import LARGEST_LEAF, kind_of

DATED = ("open", "extend", "close")
"""Kinds of entries that end their batch, and whose head is published among the notes of the dates."""


class History:
    """Told of every entry in order."""

    def __init__(self) -> None:
        self.sessions: Counter[bytes] = Counter()
        self.dated: dict[str, int] = {}
        """The entries of these kinds by the names of their notes, without `dates/`."""
        self._extensions = 0

    def take(self, index: int, stored: Stored) -> None:
        """One more entry."""
        if stored.private:
            self.sessions[stored.private] += 1
        kind = dated_kind(stored.entry)
        if kind:
            self.note(kind, index)

    def note(self, kind: str, index: int) -> str:
        """There is such an entry; the name of its note."""
        name = kind
        if kind == "extend":
            self._extensions += 1
            name = f"extend-{self._extensions}"
        self.dated.setdefault(name, index)
        return name


def dated_kind(entry: bytes) -> str:
    """`open`, `extend` or `close`, where the leaf is of such a kind; else empty."""
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
