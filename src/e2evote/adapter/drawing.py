"""The turnout audit's sample: which lines are asked whether they voted (docs/spec.md §15).

Digits are drawn in public when the log is closed, and posted by the scrutineer and a teller, once. Anybody draws the
same sample from them. How members are asked, and what they answer, is no part of the log.
"""

from dataclasses import dataclass
from fractions import Fraction

from e2evote.adapter.board import BoardReader
from e2evote.board.checkpoint import Checkpoint
from e2evote.errors import Refused
from e2evote.manifest.entries import Phase
from e2evote.record.sample import detection_power, drawn, impersonated, seed_of
from e2evote.record.voter_bodies import Sample

SHARES = (Fraction(1, 100), Fraction(2, 100), Fraction(5, 100), Fraction(10, 100))
"""Shares of impersonated ballots for which the power of a sample is shown."""


@dataclass(frozen=True, slots=True)
class Power:
    """With what probability a sample of `size` has one of `false` lines, a share of all that voted online."""

    share: Fraction
    false: int
    power: Fraction


@dataclass(frozen=True, slots=True)
class Drawn:
    """A sample. voters: lines that voted online and count. lines: in the order of the draw."""

    digits: str
    voters: int
    lines: tuple[str, ...]


def voters_online(board: BoardReader) -> tuple[str, ...]:
    """The lines whose row is `online` and `counted`; Refused before the close, when they may still change."""
    if board.state.phase in (Phase.SETUP, Phase.OPEN):
        raise Refused("tally.not-closed", f"the selection is {board.state.phase}: a sample is drawn after the close")
    return tuple(line for line, counted in board.ledger().lines() if counted)


def draw(board: BoardReader, digits: str, size: int) -> Drawn:
    """The sample that these digits give.    spec (15.1), (15.2)"""
    voters = voters_online(board)
    end = next(entry.index for entry in board.entries if entry.leaf.kind == "close") + 1
    closed = Checkpoint(board.manifest.origin, end, board.root(end))
    return Drawn(digits, len(voters), drawn(seed_of(closed.text(), digits), voters, size))


def posted(board: BoardReader) -> Drawn:
    """The sample of this board's `sample` leaf."""
    for entry in board.entries:
        if isinstance(entry.leaf.body, Sample):
            return draw(board, entry.leaf.body.digits, entry.leaf.body.lines)
    raise Refused("no-sample", "no sample is drawn on this board yet")


def powers(voters: int, size: int) -> tuple[Power, ...]:
    """What a sample of so many finds.    spec (15.3)"""
    most = min(size, voters)
    found = []
    for share in SHARES:
        false = impersonated(share, voters)
        found.append(Power(share, false, detection_power(voters, false, most) if voters else Fraction(0)))
    return tuple(found)
