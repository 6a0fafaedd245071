"""Which ballots count: the one rule of the whole library (docs/spec.md, section 7).

Box, trustees, tally and verifier import it. It reads leaves, in index order, and no proofs: a record in which a
proof or a signature fails is rejected as a whole, so what its ballots would have counted is never asked.

`objection` is the rule. What it asks about earlier leaves is found in one of two ways: `Ledger` remembers every name,
for a log that is being written or read as it grows; `record.ledger_runs` sorts them, for a record of any size.
"""

from collections.abc import Iterable
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

    previous: the leaf hash of its line's latest valid ballot, or 32 zero bytes.
    """

    has_id: bool
    has_tracker: bool
    challenged: bool
    previous: bytes


def objection(prev: bytes, earlier: Earlier) -> str:
    """Why a ballot that names `prev` is not valid after these leaves; "" when it is.    spec 7, Which ballots count"""
    if earlier.has_id:
        return "an earlier ballot has its identifier"
    if earlier.has_tracker:
        return "an earlier ballot has its tracker"
    if earlier.challenged:
        return "it was challenged"
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
        """Every line that a ballot leaf names, by the bytes of its name, with the ballot that counts for it."""
        ...


class Ledger:
    """The ballots so far, in index order. Grows with the number of ballots: two hashes and one line each."""

    __slots__ = ("_challenged", "_ids", "_latest", "_trackers", "invalid", "valid")

    def __init__(self) -> None:
        self._ids: set[bytes] = set()
        self._trackers: set[bytes] = set()
        self._challenged: set[bytes] = set()
        self._latest: dict[str, Cast | None] = {}
        self.valid = 0
        self.invalid: list[tuple[int, str]] = []

    @property
    def ballots_counted(self) -> int:
        return sum(1 for cast in self._latest.values() if cast)

    def objection(self, cast: Cast) -> str:
        """Why this ballot would not be valid as the next leaf; "" when it would."""
        earlier = Earlier(
            cast.id in self._ids,
            cast.tracker in self._trackers,
            cast.id in self._challenged,
            self.previous(cast.line),
        )
        return objection(cast.prev, earlier)

    def previous(self, line: str) -> bytes:
        """The leaf hash that the next ballot of `line` must name: of its latest valid ballot, or 32 zero bytes."""
        latest = self._latest.get(line)
        return latest.leaf_hash if latest else NO_PREVIOUS

    def cast(self, cast: Cast) -> None:
        """Take in a ballot leaf, valid or not."""
        reason = self.objection(cast)
        self._ids.add(cast.id)
        self._trackers.add(cast.tracker)
        if reason:
            self.invalid.append((cast.index, reason))
            self._latest.setdefault(cast.line, None)
        else:
            self.valid += 1
            self._latest[cast.line] = cast

    def challenge(self, ballot_id: bytes) -> None:
        """Take in a challenge leaf."""
        self._challenged.add(ballot_id)

    def lines(self) -> tuple[tuple[str, Cast | None], ...]:
        """Every line that a ballot leaf names, by the bytes of its name, with the ballot that counts for it."""
        return tuple(sorted(self._latest.items(), key=lambda row: row[0].encode()))

    def counted(self) -> tuple[Cast, ...]:
        """The ballots that count, by index: each line's last valid one."""
        return tuple(sorted((cast for cast in self._latest.values() if cast), key=lambda cast: cast.index))
