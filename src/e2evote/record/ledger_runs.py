"""Which ballots count in a record of any size: the rule of `record.select` over sorted names and lines.

Lines are sorted on disk, each with its ballots by index, so one pass gives every line with the ballot that counts for
it, in the order in which a tally statement lists them. In memory stay one byte and one bit for each entry. This is
without a roll; with one see `record.roll_ledger`.
"""

from collections.abc import Iterator, Sequence
from itertools import groupby

from e2evote.record.names import OTHER_ID, SAME_ID, SAME_TRACKER, Names, Repeats
from e2evote.record.runs import Scratch, SortedRuns
from e2evote.record.select import NO_PREVIOUS, Cast, Counted, Earlier, objection

_LINE = 64
_INDEX = slice(_LINE, _LINE + 8)
_HASH = slice(_LINE + 8, _LINE + 40)
_PREV = slice(_LINE + 40, _LINE + 72)


class LedgerBuilder:
    """Takes in the leaves of ballots and challenges in index order."""

    def __init__(self, scratch: Scratch, limit: int | None = None) -> None:
        self._names = Names(scratch, limit)
        self._lines = SortedRuns(_LINE + 72, scratch, limit)

    def cast(self, cast: Cast, keys: Sequence[bytes] = ()) -> None:
        """A ballot leaf, valid or not. Its keys say who it is of, and what is not asked here."""
        line = cast.line.encode().ljust(_LINE, b"\x00")  # no name has this byte, so padded names sort as they did
        self._lines.add(line + cast.index.to_bytes(8, "big") + cast.leaf_hash + cast.prev)
        self._names.add(cast.index, True, cast.id, cast.tracker)

    def challenge(self, index: int, id: bytes, tracker: bytes) -> None:
        """A challenge leaf."""
        self._names.add(index, False, id, tracker)

    def settled(self, size: int) -> "SortedLedger":
        """The ledger of a log of `size`; nothing is taken in afterwards."""
        return SortedLedger(self._names.repeats(size), self._lines, size)


class SortedLedger:
    """The ballots that count, by line and as a set of indices."""

    def __init__(self, repeats: Repeats, lines: SortedRuns, size: int) -> None:
        self.repeats = repeats
        self._lines = lines
        self._counted = bytearray((size + 7) // 8)
        self.valid = self.ballots_counted = self.lines_named = 0
        for _, latest, valid in self._judged():
            self.lines_named += 1
            self.valid += valid
            if latest:
                self.ballots_counted += 1
                self._counted[latest.index // 8] |= 1 << latest.index % 8

    def is_counted(self, index: int) -> bool:
        """Whether the ballot of this entry counts."""
        return bool(self._counted[index // 8] >> index % 8 & 1)

    def lines(self) -> Iterator[tuple[str, Counted | None]]:
        """Every line that a ballot leaf names, by the bytes of its name, with the ballot that counts for it."""
        return ((line, latest) for line, latest, _ in self._judged())

    def _judged(self) -> Iterator[tuple[str, Counted | None, int]]:
        """Each line with its last valid ballot and the number of its valid ones."""
        flags = self.repeats.flags
        for line, records in groupby(self._lines, key=lambda record: record[:_LINE]):
            latest, previous, valid = None, NO_PREVIOUS, 0
            for record in records:
                index = int.from_bytes(record[_INDEX], "big")
                bits = flags[index]
                earlier = Earlier(bool(bits & SAME_ID), bool(bits & SAME_TRACKER), bool(bits & OTHER_ID), previous)
                if not objection(record[_PREV], earlier):
                    latest, previous, valid = Counted(index, record[_HASH]), record[_HASH], valid + 1
            yield line.rstrip(b"\x00").decode("ascii"), latest, valid
