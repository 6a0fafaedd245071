"""Where in a ballot a proof belongs, and what a challenge may be computed over (docs/spec.md §3).

A proof that hashes its place cannot be moved to another contest or option, and a limit's proof, whose place
has no option, cannot stand for an option's.
"""

from dataclasses import dataclass

from e2evote.algebra.group import Element, Residue
from e2evote.hashing.digest import b4

Commitment = Element | Residue
"""A commitment computed from the equations, or one that came beside the proof and is not yet known to hold."""


def index4(index: int, what: str) -> bytes:
    """An index, counted from 1, as four bytes."""
    if isinstance(index, bool) or not isinstance(index, int) or index < 1:
        raise ValueError(f"{what}: index {index!r}, want a number from 1")
    return b4(index)


@dataclass(frozen=True, slots=True)
class Place:
    """A contest's option, or with option None the contest as a whole, which has the limit's proof."""

    contest: int
    option: int | None = None

    def encode(self) -> bytes:
        """b4(contest) ‖ b4(option), or b4(contest) alone: the length tells the two apart."""
        contest = index4(self.contest, "contest")
        return contest if self.option is None else contest + index4(self.option, "option")
