"""Which ballots and challenges have a name that an earlier one has, in a record of any size (docs/spec.md, section 7).

Names are identifiers and trackers. They are sorted on disk, so that equal ones meet; what stays in memory is one byte
for each entry, and where an identifier does occur twice, eight more.
"""

from array import array

from e2evote.record.runs import Scratch, SortedRuns

SAME_ID, SAME_TRACKER, OTHER_ID = 1, 2, 4
"""Bits of an entry: an earlier one of its kind has its id, or its tracker; an earlier one of the other kind its id."""

_ID, _TRACKER_OF_CHALLENGE, _TRACKER_OF_BALLOT = b"\x00", b"\x01", b"\x02"
_NAME = 1 + 32


class Names:
    """Add ballots and challenges by index, then ask for `repeats`."""

    def __init__(self, scratch: Scratch, limit: int | None = None) -> None:
        self._runs = SortedRuns(_NAME + 8 + 1, scratch, limit)

    def add(self, index: int, is_ballot: bool, id: bytes, tracker: bytes) -> None:
        """One more leaf."""
        place = index.to_bytes(8, "big") + bytes((is_ballot,))
        self._runs.add(_ID + id + place)
        self._runs.add((_TRACKER_OF_BALLOT if is_ballot else _TRACKER_OF_CHALLENGE) + tracker + place)

    def repeats(self, size: int) -> "Repeats":
        """The bits of each of the `size` entries of the log."""
        flags, first = bytearray(size), array("Q")
        before, kinds, owner = b"", 0, 0
        for record in self._runs:
            index, kind = int.from_bytes(record[_NAME:-1], "big"), 1 << record[-1]
            if record[:_NAME] != before:
                before, kinds, owner = record[:_NAME], kind, index
            elif record[:1] == _ID:
                flags[index] |= (SAME_ID if kinds & kind else 0) | (OTHER_ID if kinds & ~kind else 0)
                kinds |= kind
                first = first or array("Q", range(size))
                first[index] = owner
            else:
                flags[index] |= SAME_TRACKER
        return Repeats(flags, first)


class Repeats:
    """What `Names` found, by index."""

    __slots__ = ("_first", "flags")

    def __init__(self, flags: bytearray, first: "array[int]") -> None:
        self.flags, self._first = flags, first

    def owner(self, index: int) -> int:
        """The first entry that has the id of this one: two entries have one id where their owners are the same."""
        return self._first[index] if self._first else index
