"""Uniqueness in a record of any size: all pads, sorted on disk (docs/verification.md, ballot.unique).

The judgement is that of `verify.uniqueness`; here is only how to find out, with a fixed amount of memory, what earlier
leaves have in common with each.
"""

from collections.abc import Iterable

from e2evote.record.names import Repeats
from e2evote.record.runs import Scratch, SortedRuns
from e2evote.verify.checks import Check
from e2evote.verify.findings import Findings
from e2evote.verify.uniqueness import COPIED, TWICE, judge

PAD = 32
"""Bytes of a pad's hash: see `pads_of`."""


class Pads:
    """Takes in the pads of every ballot and challenge whose payload could be used, in any order."""

    def __init__(self, scratch: Scratch, limit: int | None = None) -> None:
        self._runs = SortedRuns(PAD + 8, scratch, limit)

    def add(self, index: int, pads: Iterable[bytes]) -> None:
        """The pads of one entry."""
        place = index.to_bytes(8, "big")
        for pad in pads:
            self._runs.add(pad + place)

    def mark(self, repeats: Repeats) -> None:
        """Set the bits of pads that occur twice. A pad is its first owner's, whoever repeats it with the same id."""
        before, first, last = b"", 0, 0
        for record in self._runs:
            pad, index = record[:PAD], int.from_bytes(record[PAD:], "big")
            if pad != before:
                before, first = pad, index
            else:
                repeats.flags[index] |= TWICE if index == last else 0
                repeats.flags[index] |= COPIED if repeats.owner(index) != repeats.owner(first) else 0
            last = index


def check_uniqueness(kinds: Iterable[tuple[int, bool]], repeats: Repeats, findings: Findings) -> None:
    """ballot.unique and ballot.challenged. kinds: index of each ballot and challenge, in order; True for a ballot."""
    number = 0
    for index, is_ballot in kinds:
        number += 1
        if repeats.flags[index]:
            judge(
                f"entry {index} ({'ballot' if is_ballot else 'challenge'})", is_ballot, repeats.flags[index], findings
            )
    findings.examined(Check.BALLOT_UNIQUE, number)
    findings.examined(Check.BALLOT_CHALLENGED, number)
