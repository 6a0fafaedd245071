"""Everything must come out even: lines by what became of them, credentials by registrar, marks and papers.

docs/spec.md, section 15. The table stands in the head of the statement, and everybody computes it from the board.
Where two numbers that should be equal are not, a `Discrepancy` says which lines it is about.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from e2evote.hashing.canonical import JSON, Encodable
from e2evote.hashing.fields import array, integer, item, object_, one_of
from e2evote.manifest.model import Manifest
from e2evote.record.electorate import Electorate, RegistrarCounts
from e2evote.record.rows import NO_CHANNEL, WITHOUT_CHANNEL, Row
from e2evote.record.voter_bodies import MOST_NAMED

_COUNTS = ("issued", "revoked", "unused", "used")


@dataclass(frozen=True, slots=True)
class Reconciliation:
    """How many lines there are; of these by channel, and by status where no channel counts a ballot; credentials."""

    lines: int
    channels: Mapping[str, int]
    none: Mapping[str, int]
    registrars: tuple[RegistrarCounts, ...]

    def members(self) -> dict[str, Encodable]:
        """As it stands in the head of a statement."""
        return {
            "channels": [{"channel": channel, "lines": lines} for channel, lines in self.channels.items()],
            "lines": self.lines,
            "none": [{"lines": lines, "status": status} for status, lines in self.none.items()],
            "registrars": [
                {"party": one.party, **{name: getattr(one, name) for name in _COUNTS}} for one in self.registrars
            ],
        }


@dataclass(frozen=True, slots=True)
class Discrepancy:
    """Two numbers that differ. lines: those that it is about, the first of them where there are many."""

    what: str
    stated: int
    found: int
    lines: tuple[str, ...] = ()

    def __str__(self) -> str:
        named = ", ".join(self.lines) + (", …" if len(self.lines) == MOST_NAMED else "")
        return f"{self.what}: {self.stated}, want {self.found}" + (f" (lines {named})" if named else "")


@dataclass(slots=True)
class _Group:
    """The lines of one kind of row: how many, and which are the first."""

    number: int = 0
    lines: list[str] = field(default_factory=list)

    def add(self, line: str) -> None:
        self.number += 1
        if len(self.lines) < MOST_NAMED:
            self.lines.append(line)


class RowCounts:
    """Counts rows, one at a time. Mutable."""

    def __init__(self, manifest: Manifest) -> None:
        self._channels = {channel: _Group() for channel in manifest.channels.list}
        self._none = {status: _Group() for status in WITHOUT_CHANNEL}

    @classmethod
    def of(cls, manifest: Manifest, rows: Iterable[Row]) -> "RowCounts":
        """Of all these rows."""
        counts = cls(manifest)
        for row in rows:
            counts.add(row)
        return counts

    def add(self, row: Row) -> None:
        """One more row."""
        group = self._none[row.status] if row.channel == NO_CHANNEL else self._channels[row.channel]
        group.add(row.line)

    def reconciled(self, electorate: Electorate | None) -> Reconciliation:
        """The table of a selection in which these are all rows.    spec 15"""
        groups = (*self._channels.values(), *self._none.values())
        return Reconciliation(
            sum(group.number for group in groups),
            {channel: group.number for channel, group in self._channels.items()},
            {status: group.number for status, group in self._none.items()},
            electorate.registrar_counts() if electorate else (),
        )

    def discrepancies(self, stated: Reconciliation, electorate: Electorate | None) -> tuple[Discrepancy, ...]:
        """What a stated table has that is not so, with the lines that the board has there."""
        own = self.reconciled(electorate)
        pairs = [Discrepancy("lines", stated.lines, own.lines)]
        for channel, group in self._channels.items():
            pairs.append(Discrepancy(f"channel {channel}", stated.channels[channel], group.number, tuple(group.lines)))
        for status, group in self._none.items():
            pairs.append(Discrepancy(f"lines {status}", stated.none[status], group.number, tuple(group.lines)))
        for theirs, ours in zip(stated.registrars, own.registrars, strict=True):
            for name in _COUNTS:
                what = f"credentials of {ours.party} {name}"
                pairs.append(Discrepancy(what, getattr(theirs, name), getattr(ours, name)))
        return tuple(pair for pair in pairs if pair.stated != pair.found)


def marked_contests(manifest: Manifest, electorate: Electorate) -> Iterator[tuple[str, tuple[str, str]]]:
    """Each marked line with its channel and contest: a mark counts for each contest that the line's style has."""
    contests = {style.id: style.contests for style in manifest.styles}
    for line in electorate.names():
        mark, entitlement = electorate.mark_of(line), electorate.entitlement(line)
        if mark and entitlement:
            for contest in contests[entitlement.style]:
                yield line, (mark.channel, contest)


def paper_discrepancies(
    manifest: Manifest, electorate: Electorate, papers: Mapping[tuple[str, str], int]
) -> dict[tuple[str, str], Discrepancy | None]:
    """For each channel and contest in `papers`, what is wrong between the marks and the papers that were found.

    papers: ballots + spoiled by channel and contest.
    """
    marked = {place: _Group() for place in papers}
    for line, place in marked_contests(manifest, electorate) if papers else ():
        if group := marked.get(place):
            group.add(line)
    return {
        place: Discrepancy("marked lines", group.number, papers[place], tuple(group.lines))
        if group.number != papers[place]
        else None
        for place, group in marked.items()
    }


def read_reconciliation(value: JSON, where: str, manifest: Manifest) -> Reconciliation:
    """A table from outside, with every channel and registrar of the manifest in order, or MalformedInput."""
    fields = object_(value, where, ("channels", "lines", "none", "registrars"))
    registrars = []
    parties = [party.id for party in manifest.registrars]
    for at, given, party in _listed(fields["registrars"], f"{where}.registrars", parties):
        row = object_(given, at, ("party", *_COUNTS))
        one_of(row["party"], f"{at}.party", (party,))
        registrars.append(RegistrarCounts(party, **{name: integer(row[name], f"{at}.{name}") for name in _COUNTS}))
    return Reconciliation(
        integer(fields["lines"], f"{where}.lines"),
        _lines(fields["channels"], f"{where}.channels", "channel", manifest.channels.list),
        _lines(fields["none"], f"{where}.none", "status", WITHOUT_CHANNEL),
        tuple(registrars),
    )


def _lines(value: JSON, where: str, name: str, expected: Sequence[str]) -> dict[str, int]:
    """How many lines each of the expected names has."""
    numbers = {}
    for at, given, wanted in _listed(value, where, expected):
        row = object_(given, at, ("lines", name))
        one_of(row[name], f"{at}.{name}", (wanted,))
        numbers[wanted] = integer(row["lines"], f"{at}.lines")
    return numbers


def _listed(value: JSON, where: str, expected: Sequence[str]) -> list[tuple[str, JSON, str]]:
    """Place, value and expected name of each member of a list."""
    given = array(value, where, len(expected), len(expected))
    return [(item(where, i), one, wanted) for i, (one, wanted) in enumerate(zip(given, expected, strict=True))]
