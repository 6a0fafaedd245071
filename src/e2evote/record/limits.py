"""Which values a ballot may have: one rule for the voter's device, the checker and the verifier (docs/spec.md §7).

Each item has a limit of its own, each contest a limit L on the sum of its items by weight; the blank vote weighs L, so
that it leaves no room for anything else.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from e2evote.manifest.contests import Contest


@dataclass(frozen=True, slots=True)
class Excess:
    """One limit that is not kept. `item` is the position of the item it is about, or -1 for the whole contest."""

    contest: str
    item: int
    detail: str

    def __str__(self) -> str:
        return f"contest {self.contest}: {self.detail}"


def excesses(contest: Contest, values: Sequence[int]) -> tuple[Excess, ...]:
    """Every limit that `values`, one per item in order, do not keep; empty if they may stand in a ballot.    spec (7.5)

    The contest's own limit is Σσ + L·blank ≤ L, of which the limit proof is about.    spec (7.6)
    """
    items = contest.items()
    if len(values) != len(items):
        raise ValueError(f"contest {contest.id}: {len(values)} values, want {len(items)}")
    found = []
    for position, (item, value) in enumerate(zip(items, values, strict=True)):
        if not 0 <= value <= item.limit:
            name = f"option {item.option}" if item.option else "the blank vote"
            found.append(Excess(contest.id, position, f"{value} for {name}, limit {item.limit}"))
    votes = sum(value for item, value in zip(items, values, strict=True) if item.option)
    blank = sum(value for item, value in zip(items, values, strict=True) if not item.option)
    if blank and votes:
        found.append(Excess(contest.id, -1, f"a blank vote and {votes} selections, want one or the other"))
    elif votes > contest.limit:
        found.append(Excess(contest.id, -1, f"{votes} selections, limit {contest.limit}"))
    elif blank > 1:
        found.append(Excess(contest.id, -1, f"{blank} blank votes, limit 1"))
    return tuple(found)
