"""Which ballots count: the one rule of the whole library (docs/spec.md, section 7).

Box, trustees, tally and verifier import it. It reads leaves, in index order, and no proofs: a record in which a
proof or a signature fails is rejected as a whole, so what its ballots would have counted is never asked.

`objection` is the rule. What it asks about earlier leaves is found in one of two ways: `Ledger` remembers every name,
for a log that is being written or read as it grows; `record.ledger_runs` sorts them, for a record of any size.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

NO_PREVIOUS = bytes(32)
"""`prev` of a line's first ballot."""


@dataclass(frozen=True, slots=True)
class Counted:
    """A ballot leaf by its place in the log."""

    index: int
    leaf_hash: bytes


@dataclass(frozen=True, slots=True)
class Cast(Counted):
    """What a ballot leaf says about itself, with its place in the log."""

    id: bytes
    line: str
    prev: bytes
    tracker: bytes


@dataclass(frozen=True, slots=True)
class Earlier:
    """What earlier leaves have in common with a ballot, whatever became of them.

    previous: the leaf hash of its line's latest valid ballot, or 32 zero bytes. barred: why no ballot of its line is
    valid any more; empty where one may be.
    """

    has_id: bool
    has_tracker: bool
    challenged: bool
    previous: bytes
    barred: str = ""


def objection(prev: bytes, earlier: Earlier) -> str:
    """Why a ballot that names `prev` is not valid after these leaves; "" when it is.    spec 7, Which ballots count"""
    if earlier.has_id:
        return "an earlier ballot has its identifier"
    if earlier.has_tracker:
        return "an earlier ballot has its tracker"
    if earlier.challenged:
        return "it was challenged"
    if earlier.barred:
        return earlier.barred
    if prev != earlier.previous:
        return "prev is not the line's latest valid ballot"
    return ""


class Lines(Protocol):
    """What a tally statement says of lines, whichever way it was found out."""

    @property
    def ballots_counted(self) -> int:
        """How many ballots count."""
        ...

    def lines(self) -> Iterable[tuple[str, Counted | None]]:
        """Every line of the roll, or without one every line that a ballot names, with the ballot that counts for it.

        By the bytes of their names.
        """
        ...


class LineBook(Protocol):
    """What a ledger knows of lines, and tells of them: `NamedLines`, or with a roll `record.electorate`."""

    def previous(self, line: str) -> bytes:
        """The leaf hash of its latest valid ballot, or 32 zero bytes."""
        ...

    def barred(self, line: str) -> str:
        """Why no ballot of the line is valid; empty where one may be."""
        ...

    def counted(self, line: str) -> Counted | None:
        """The ballot that counts for it."""
        ...

    def take_ballot(self, line: str, ballot: Counted, keys: Sequence[bytes]) -> None:
        """A valid ballot of the line, signed with these keys."""
        ...

    def take_invalid(self, line: str) -> None:
        """A ballot that names the line and is not valid."""
        ...

    def standing(self) -> Iterable[tuple[str, Counted | None]]:
        """Every line, by the bytes of its name, with the ballot that counts for it."""
        ...


class NamedLines:
    """The lines that ballots name, where everybody may make one."""

    __slots__ = ("_latest",)

    def __init__(self) -> None:
        self._latest: dict[str, Counted | None] = {}

    def previous(self, line: str) -> bytes:
        latest = self._latest.get(line)
        return latest.leaf_hash if latest else NO_PREVIOUS

    def barred(self, line: str) -> str:
        return ""

    def counted(self, line: str) -> Counted | None:
        return self._latest.get(line)

    def take_ballot(self, line: str, ballot: Counted, keys: Sequence[bytes]) -> None:
        self._latest[line] = ballot

    def take_invalid(self, line: str) -> None:
        self._latest.setdefault(line, None)

    def standing(self) -> Iterable[tuple[str, Counted | None]]:
        return sorted(self._latest.items(), key=lambda row: row[0].encode())


class Ledger:
    """The ballots so far, in index order. Grows with the number of ballots: two hashes and one line each.

    lines: with a roll the electorate, which is told of annulments and marks by whoever reads those leaves.
    """

    __slots__ = ("_challenged", "_ids", "_lines", "_trackers", "invalid", "valid")

    def __init__(self, lines: LineBook | None = None) -> None:
        self._ids: set[bytes] = set()
        self._trackers: set[bytes] = set()
        self._challenged: set[bytes] = set()
        self._lines: LineBook = NamedLines() if lines is None else lines
        self.valid = 0
        self.invalid: list[tuple[int, str]] = []

    @property
    def ballots_counted(self) -> int:
        return sum(1 for _, counted in self.lines() if counted)

    def objection(self, cast: Cast) -> str:
        """Why this ballot would not be valid as the next leaf; "" when it would."""
        earlier = Earlier(
            cast.id in self._ids,
            cast.tracker in self._trackers,
            cast.id in self._challenged,
            self.previous(cast.line),
            self._lines.barred(cast.line),
        )
        return objection(cast.prev, earlier)

    def previous(self, line: str) -> bytes:
        """The leaf hash that the next ballot of `line` must name: of its latest valid ballot, or 32 zero bytes."""
        return self._lines.previous(line)

    def counted_for(self, line: str) -> Counted | None:
        """The ballot that counts for this line, as things are."""
        return self._lines.counted(line)

    def cast(self, cast: Cast, keys: Sequence[bytes] = ()) -> None:
        """Take in a ballot leaf, valid or not, signed with these keys."""
        reason = self.objection(cast)
        self._ids.add(cast.id)
        self._trackers.add(cast.tracker)
        if reason:
            self.invalid.append((cast.index, reason))
            self._lines.take_invalid(cast.line)
        else:
            self.valid += 1
            self._lines.take_ballot(cast.line, Counted(cast.index, cast.leaf_hash), keys)

    def challenge(self, ballot_id: bytes) -> None:
        """Take in a challenge leaf."""
        self._challenged.add(ballot_id)

    def lines(self) -> tuple[tuple[str, Counted | None], ...]:
        """Every line, by the bytes of its name, with the ballot that counts for it."""
        return tuple(self._lines.standing())

    def counted(self) -> tuple[Counted, ...]:
        """The ballots that count, by index."""
        return tuple(sorted((ballot for _, ballot in self.lines() if ballot), key=lambda ballot: ballot.index))
