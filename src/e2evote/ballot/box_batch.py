"""The order of one batch (docs/spec.md §7; the interval of a batch is the manifest's `box.batch_ms`).

Ballots and challenges go by their leaf hash, so that within a batch the log does not tell who came first, and before
everything else, so that no ballot that was there before a `close` is shut out by it. A line has at most one ballot in a
batch: a second one waits for the next.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from e2evote.ballot.box_envelope import Envelope
from e2evote.board.merkle import leaf_hash
from e2evote.errors import MalformedInput
from e2evote.record.bodies import BallotBody, ChallengeBody
from e2evote.record.leaf import Leaf, decode_leaf
from e2evote.verify.leaves import Setting


@dataclass(frozen=True, slots=True)
class Plan:
    """Names of submissions: those of this batch in order, and those that wait for the next."""

    now: tuple[str, ...]
    later: tuple[str, ...]


def plan(setting: Setting, arrived: Mapping[str, Envelope]) -> Plan:
    """The batch that these submissions make; `arrived` is in the order of arrival, by a name for each."""
    ballots: list[tuple[bytes, str]] = []
    others: list[str] = []
    later: list[str] = []
    lines: set[str] = set()
    for name, envelope in arrived.items():
        leaf = _read(setting, envelope)
        if leaf is None or not isinstance(leaf.body, BallotBody | ChallengeBody):
            others.append(name)
        elif isinstance(leaf.body, BallotBody) and leaf.body.line in lines:
            later.append(name)
        else:
            ballots.append((leaf_hash(envelope.leaf), name))
            if isinstance(leaf.body, BallotBody):
                lines.add(leaf.body.line)
    return Plan((*(name for _, name in sorted(ballots)), *others), tuple(later))


def _read(setting: Setting, envelope: Envelope) -> Leaf | None:
    """The leaf, believed in nothing; what is none is refused when it is considered."""
    try:
        return decode_leaf(envelope.leaf, setting.group, setting.manifest.n, first=False)
    except MalformedInput:
        return None
