"""Many ballots and challenges at once, with the findings of one by one (docs/verification.md, ballot.*, challenge.*).

What a chunk finds is added up in the order of its items, so a report does not tell how the proofs were verified.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from e2evote.record.bodies import BallotBody
from e2evote.record.sealed import SealedBallot
from e2evote.verify.ballots import BallotContext, check_ballot
from e2evote.verify.challenges import check_challenge
from e2evote.verify.findings import Findings
from e2evote.verify.leaves import Entry

Take = Callable[[Entry, SealedBallot], None]
"""Called with each ballot or challenge that has its form, when it was read."""


@dataclass(frozen=True, slots=True)
class Item:
    """A ballot or challenge leaf with its payload, which is the one that the leaf names, and hints (or b"")."""

    entry: Entry
    payload: bytes
    hints: bytes


def check_chunk(
    context: BallotContext, items: Iterable[Item], findings: Findings, take: Take, *, one_by_one: bool
) -> None:
    """All checks of the items, which are read once, in order, as they are needed.

    one_by_one: use neither hints nor batches.
    """
    for item in items:
        check = check_ballot if isinstance(item.entry.leaf.body, BallotBody) else check_challenge
        sealed = check(context, item.entry, item.payload, findings)
        if sealed is not None:
            take(item.entry, sealed)
