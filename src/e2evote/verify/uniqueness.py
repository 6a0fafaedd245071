"""What may occur only once among all ballots and challenges (docs/verification.md, ballot.unique, ballot.challenged).

A copied ciphertext reveals how its first owner voted, so copies are refused whole, in part, and under any name
(Cortier and Smyth, CSF 2011). `judge` is the one judgement. What it is told about earlier leaves is remembered by
`Uniqueness`, for a log that grows, and sorted by `record.names` and `verify.copies`, for a record of any size.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from e2evote.hashing.digest import sha256
from e2evote.record.bodies import BallotBody, ChallengeBody
from e2evote.record.names import OTHER_ID, SAME_ID, SAME_TRACKER
from e2evote.record.sealed import SealedBallot
from e2evote.verify.checks import Check
from e2evote.verify.findings import Findings
from e2evote.verify.leaves import Entry

TWICE, COPIED = 8, 16
"""More bits of an entry: two of its ciphertexts have one α; an earlier one with another id has an α of its."""


@dataclass(frozen=True, slots=True)
class Appearance:
    """A ballot or challenge leaf; `tracker` and `id` are the leaf's."""

    index: int
    subject: str
    is_ballot: bool
    id: bytes
    tracker: bytes


def appearance(entry: Entry) -> Appearance:
    """The leaf of a ballot or challenge as uniqueness sees it."""
    body = entry.leaf.body
    if not isinstance(body, BallotBody | ChallengeBody):
        raise ValueError(f"{entry.subject} is neither ballot nor challenge")
    return Appearance(entry.index, entry.subject, isinstance(body, BallotBody), body.id, body.tracker)


def pads_of(sealed: SealedBallot) -> tuple[bytes, ...]:
    """A hash of each α: what uniqueness compares. Equal pads also show a nonce that sealed two votes."""
    return tuple(sha256(item.alpha.encode()) for contest in sealed.contests for item in contest.items)


def judge(subject: str, is_ballot: bool, bits: int, findings: Findings) -> None:
    """Failures of ballot.unique and ballot.challenged. bits: of `record.names` and the two above."""
    kind = "ballot" if is_ballot else "challenge"
    problems = {
        SAME_ID: f"an earlier {kind} has its id",
        SAME_TRACKER: f"an earlier {kind} has its tracker",
        TWICE: "two of its ciphertexts have one α",
        COPIED: "an earlier ballot or challenge has an α of its ciphertexts",
    }
    if named := [problem for bit, problem in problems.items() if bits & bit]:
        findings.fail(Check.BALLOT_UNIQUE, subject, "; ".join(named))
    if bits & OTHER_ID:
        detail = "its id was challenged before" if is_ballot else "its id was cast before"
        findings.fail(Check.BALLOT_CHALLENGED, subject, detail)


class Uniqueness:
    """Everything seen so far, in index order."""

    def __init__(self) -> None:
        self._ids: dict[bool, set[bytes]] = {True: set(), False: set()}
        self._trackers: dict[bool, set[bytes]] = {True: set(), False: set()}
        self._pads: dict[bytes, bytes] = {}

    def take(self, leaf: Appearance, pads: Sequence[bytes] | None, findings: Findings) -> None:
        """One more leaf; `pads` is None where its payload was left out."""
        same, other = self._ids[leaf.is_ballot], self._ids[not leaf.is_ballot]
        trackers = self._trackers[leaf.is_ballot]
        bits = (SAME_ID if leaf.id in same else 0) | (SAME_TRACKER if leaf.tracker in trackers else 0)
        bits |= OTHER_ID if leaf.id in other else 0
        if pads is not None:
            bits |= TWICE if len(set(pads)) != len(pads) else 0
            bits |= COPIED if any(self._pads.get(pad, leaf.id) != leaf.id for pad in pads) else 0
            for pad in pads:
                self._pads.setdefault(pad, leaf.id)
        findings.examined(Check.BALLOT_UNIQUE)
        findings.examined(Check.BALLOT_CHALLENGED)
        judge(leaf.subject, leaf.is_ballot, bits, findings)
        same.add(leaf.id)
        trackers.add(leaf.tracker)
