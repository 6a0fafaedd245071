"""What may occur only once among all ballots and challenges (docs/verification.md, ballot.unique, ballot.challenged).

A copied ciphertext reveals how its first owner voted, so copies are refused whole, in part, and under any name
(Cortier and Smyth, CSF 2011).
"""

from collections.abc import Sequence
from dataclasses import dataclass

from e2evote.hashing.digest import sha256
from e2evote.record.sealed import SealedBallot
from e2evote.verify.checks import Check
from e2evote.verify.findings import Findings


@dataclass(frozen=True, slots=True)
class Appearance:
    """A ballot or challenge leaf; `tracker` and `id` are the leaf's."""

    index: int
    subject: str
    is_ballot: bool
    id: bytes
    tracker: bytes


def pads_of(sealed: SealedBallot) -> tuple[bytes, ...]:
    """A hash of each α: what uniqueness compares. Equal pads also show a nonce that sealed two votes."""
    return tuple(sha256(item.alpha.encode()) for contest in sealed.contests for item in contest.items)


class Uniqueness:
    """Everything seen so far, in index order."""

    def __init__(self) -> None:
        self._ids: dict[bool, set[bytes]] = {True: set(), False: set()}
        self._trackers: dict[bool, set[bytes]] = {True: set(), False: set()}
        self._pads: dict[bytes, bytes] = {}

    def take(self, leaf: Appearance, pads: Sequence[bytes] | None, findings: Findings) -> None:
        """One more leaf; `pads` is None where its payload was left out."""
        same, other = self._ids[leaf.is_ballot], self._ids[not leaf.is_ballot]
        findings.examined(Check.BALLOT_UNIQUE)
        kind = "ballot" if leaf.is_ballot else "challenge"
        problems = []
        if leaf.id in same:
            problems.append(f"an earlier {kind} has its id")
        if leaf.tracker in self._trackers[leaf.is_ballot]:
            problems.append(f"an earlier {kind} has its tracker")
        if pads is not None:
            if len(set(pads)) != len(pads):
                problems.append("two of its ciphertexts have one α")
            if any(self._pads.get(pad, leaf.id) != leaf.id for pad in pads):
                problems.append("an earlier ballot or challenge has an α of its ciphertexts")
            for pad in pads:
                self._pads.setdefault(pad, leaf.id)
        if problems:
            findings.fail(Check.BALLOT_UNIQUE, leaf.subject, "; ".join(problems))
        detail = "its id was challenged before" if leaf.is_ballot else "its id was cast before"
        findings.expect(Check.BALLOT_CHALLENGED, leaf.subject, leaf.id not in other, detail)
        same.add(leaf.id)
        self._trackers[leaf.is_ballot].add(leaf.tracker)
