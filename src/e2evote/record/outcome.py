"""The outcome: decrypted numbers, and who is elected (docs/spec.md, section 10; record-format.md, Outcome)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from e2evote.errors import MalformedInput
from e2evote.hashing import canonical
from e2evote.hashing.canonical import JSON, Encodable
from e2evote.hashing.fields import array, integer, object_, one_of
from e2evote.manifest.contests import Contest
from e2evote.manifest.model import Manifest
from e2evote.record.body import read_id
from e2evote.record.elected import Standing
from e2evote.record.leaf import LARGEST_PAYLOAD
from e2evote.record.products import Cell
from e2evote.record.shares import PartCell, read_cells

DECRYPTED, WITHHELD = "decrypted", "withheld"


@dataclass(frozen=True, slots=True)
class CellVotes:
    """The decrypted total of one cell. channel: the part's name."""

    contest: str
    channel: str
    option: str
    votes: int

    @property
    def cell(self) -> PartCell:
        """Contest, part and option."""
        return self.contest, self.channel, self.option


@dataclass(frozen=True, slots=True)
class ContestOutcome:
    """One contest: ballots that have it, undervotes, and the standing. A withheld one has empty lists and zeros."""

    contest: str
    status: str
    ballots: int
    undervotes: int
    standing: Standing


@dataclass(frozen=True, slots=True)
class Outcome:
    """The payload of the outcome leaf; `trustees` are those whose shares were combined."""

    cells: tuple[CellVotes, ...]
    contests: tuple[ContestOutcome, ...]
    trustees: tuple[int, ...]

    def votes(self) -> dict[Cell, int]:
        """Votes by contest and option, of all parts together."""
        return combined_votes(self.cells)

    def parts(self) -> tuple[tuple[str, str], ...]:
        """Contest and name of the parts that were decrypted, in order."""
        return tuple(dict.fromkeys((cell.contest, cell.channel) for cell in self.cells))

    def encode(self) -> bytes:
        """The canonical bytes of the payload."""
        cells: list[Encodable] = [
            {"channel": cell.channel, "contest": cell.contest, "option": cell.option, "votes": cell.votes}
            for cell in self.cells
        ]
        contests: list[Encodable] = [
            {
                "ballots": c.ballots,
                "contest": c.contest,
                "elected": list(c.standing.elected),
                "status": c.status,
                "tied": list(c.standing.tied),
                "undervotes": c.undervotes,
                "vacant": c.standing.vacant,
            }
            for c in self.contests
        ]
        return canonical.encode({"cells": cells, "contests": contests, "trustees": list(self.trustees)})


def combined_votes(cells: Iterable[CellVotes]) -> dict[Cell, int]:
    """The sum over the parts of each contest, by contest and option."""
    votes: dict[Cell, int] = {}
    for cell in cells:
        key = cell.contest, cell.option
        votes[key] = votes.get(key, 0) + cell.votes
    return votes


def undervotes(contest: Contest, votes: Mapping[Cell, int], weight: int) -> int:
    """L·N - Σ_o t_o - L·t_blank, N the sum of the ballots' weights    spec (10.1)"""
    return contest.limit * weight - sum(item.weight * votes[contest.id, item.option] for item in contest.items())


def decode_outcome(data: bytes, manifest: Manifest) -> Outcome:
    """An outcome from outside bytes, or MalformedInput naming the place."""
    members = object_(canonical.decode(data, limit=LARGEST_PAYLOAD), "", ("cells", "contests", "trustees"))
    rows, read = read_cells(members["cells"], "cells", manifest, ("votes",))
    cells = [
        CellVotes(*cell, integer(row["votes"], f"cells[{i}].votes"))
        for i, (row, cell) in enumerate(zip(rows, read, strict=True))
    ]
    number = len(manifest.contests)
    contests = tuple(
        _contest(value, f"contests[{i}]", manifest.contests[i])
        for i, value in enumerate(array(members["contests"], "contests", number, number))
    )
    listed = array(members["trustees"], "trustees", 0, manifest.n)
    trustees = tuple(integer(value, f"trustees[{i}]", 1, manifest.n) for i, value in enumerate(listed))
    for i in range(1, len(trustees)):
        if trustees[i - 1] >= trustees[i]:
            raise MalformedInput("not in ascending order, each once", f"trustees[{i}]")
    return Outcome(tuple(cells), contests, trustees)


def _contest(value: JSON, where: str, contest: Contest) -> ContestOutcome:
    names = ("ballots", "contest", "elected", "status", "tied", "undervotes", "vacant")
    fields = object_(value, where, names)
    one_of(fields["contest"], f"{where}.contest", (contest.id,))
    status = one_of(fields["status"], f"{where}.status", (DECRYPTED, WITHHELD))
    elected, tied = (
        tuple(
            read_id(item, f"{where}.{name}[{i}]")
            for i, item in enumerate(array(fields[name], f"{where}.{name}", 0, LARGEST_PAYLOAD))
        )
        for name in ("elected", "tied")
    )
    ballots, under, vacant = (integer(fields[name], f"{where}.{name}") for name in ("ballots", "undervotes", "vacant"))
    return ContestOutcome(contest.id, status, ballots, under, Standing(elected, tied, vacant))
