"""Which ballots count in a record of any size that has a roll: the rule of `record.select` in index order.

What a ballot shares with earlier ones is found by sorting, as in `record.ledger_runs`. The rest depends on everything
before it, marks and credentials too; so ballots wait on disk, and are judged in one pass with the other leaves once
that is known. In memory stay what the electorate has of each line, and three bytes and a bit for each entry.
"""

from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from e2evote.record.electorate import Electorate, Entitlement
from e2evote.record.names import OTHER_ID, SAME_ID, SAME_TRACKER, Names
from e2evote.record.runs import Scratch, SortedRuns
from e2evote.record.select import Cast, Counted, Earlier, objection

_HASH, _NAME = 32, 64
_INDEX = slice(0, 8)
_LEAF = slice(8, 8 + _HASH)
_PREV = slice(_LEAF.stop, _LEAF.stop + _HASH)
_LINE = slice(_PREV.stop, _PREV.stop + _NAME)
_PLACE = 8 + 1
"""Of a signature: the ballot's index, and which of its signatures."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """A ballot leaf that is not judged yet. keys: those that its signatures claim to be of."""

    index: int
    leaf_hash: bytes
    prev: bytes
    line: str
    keys: tuple[bytes, ...]


class RollLedgerBuilder:
    """Takes in the leaves of ballots and challenges in index order."""

    def __init__(self, scratch: Scratch, limit: int | None = None) -> None:
        self._scratch, self._limit = scratch, limit
        self._names = Names(scratch, limit)
        self._ballots = SortedRuns(_LINE.stop, scratch, limit)
        self._keys = SortedRuns(_PLACE + _HASH, scratch, limit)

    def cast(self, cast: Cast, keys: Sequence[bytes]) -> None:
        """A ballot leaf, valid or not, and the keys that its signatures claim to be of."""
        index = cast.index.to_bytes(8, "big")
        self._ballots.add(index + cast.leaf_hash + cast.prev + _padded(cast.line))
        for place, key in enumerate(keys):
            self._keys.add(index + bytes((place,)) + key)
        self._names.add(cast.index, True, cast.id, cast.tracker)

    def challenge(self, index: int, id: bytes, tracker: bytes) -> None:
        """A challenge leaf."""
        self._names.add(index, False, id, tracker)

    def ballots(self) -> Iterator[Waiting]:
        """Every ballot leaf, by index."""
        signed = groupby(self._keys, key=lambda record: record[_INDEX])
        at, records = next(signed, (b"", iter(())))
        for ballot in self._ballots:
            keys: tuple[bytes, ...] = ()
            if at == ballot[_INDEX]:
                keys = tuple(record[_PLACE:] for record in records)
                at, records = next(signed, (b"", iter(())))
            line = ballot[_LINE].rstrip(b"\x00").decode("ascii")
            yield Waiting(int.from_bytes(ballot[_INDEX], "big"), ballot[_LEAF], ballot[_PREV], line, keys)

    def ledger(self, electorate: Electorate, size: int) -> "RollLedger":
        """The ledger of a log of `size`, which has to be told of all ballots and other leaves."""
        return RollLedger(electorate, self._names, size, SortedRuns(_NAME, self._scratch, self._limit))


class RollLedger:
    """The ballots that count, by line and as a set of indices, once it is `finish`ed."""

    def __init__(self, electorate: Electorate, names: Names, size: int, strays: SortedRuns) -> None:
        self.electorate = electorate
        self._named = bytearray(1)
        self._strays = strays
        """Names of lines that are not on the roll."""
        self.repeats = names.repeats(size)
        self._counted = bytearray((size + 7) // 8)
        self._entitled = array("H", bytes(2 * size))
        self._entitlements: list[Entitlement | None] = [None]
        self._numbers: dict[Entitlement | None, int] = {None: 0}
        self.valid = self.ballots_counted = self.lines_named = 0

    def take(self, ballot: Waiting) -> str:
        """The next ballot; all leaves before it were taken in. Why it is not valid, or "" where it is."""
        electorate, bits = self.electorate, self.repeats.flags[ballot.index]
        self._note_name(ballot.line)
        self._entitled[ballot.index] = self._number(electorate.entitlement(ballot.line))
        previous, barred = electorate.previous(ballot.line), electorate.barred(ballot.line)
        earlier = Earlier(bool(bits & SAME_ID), bool(bits & SAME_TRACKER), bool(bits & OTHER_ID), previous, barred)
        reason = objection(ballot.prev, earlier)
        if not reason:
            self.valid += 1
            electorate.take_ballot(ballot.line, Counted(ballot.index, ballot.leaf_hash), ballot.keys)
        return reason

    def finish(self) -> "RollLedger":
        """After the last leaf."""
        self.lines_named = sum(self._named) + sum(1 for _ in groupby(self._strays))
        for _, ballot in self.lines():
            if ballot:
                self.ballots_counted += 1
                self._counted[ballot.index // 8] |= 1 << ballot.index % 8
        return self

    def is_counted(self, index: int) -> bool:
        """Whether the ballot of this entry counts."""
        return bool(self._counted[index // 8] >> index % 8 & 1)

    def entitlement_at(self, index: int) -> Entitlement | None:
        """Style and weight of the line that the ballot of this entry names; None where that is not on the roll."""
        return self._entitlements[self._entitled[index]]

    def lines(self) -> Iterator[tuple[str, Counted | None]]:
        """Every line of the roll, in order, with the ballot cast online that counts for it."""
        return self.electorate.standing()

    def _number(self, entitlement: Entitlement | None) -> int:
        number = self._numbers.setdefault(entitlement, len(self._entitlements))
        if number == len(self._entitlements):
            self._entitlements.append(entitlement)
        return number

    def _note_name(self, line: str) -> None:
        number = self.electorate.number_of(line)
        if not number:
            self._strays.add(_padded(line))
            return
        if number >= len(self._named):
            self._named += bytes(self.electorate.lines + 1 - len(self._named))
        self._named[number] = 1


def _padded(line: str) -> bytes:
    return line.encode().ljust(_NAME, b"\x00")  # no name has this byte
