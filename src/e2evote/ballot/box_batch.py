"""The order of one batch (docs/spec.md §7; the interval of a batch is the manifest's `box.batch_ms`).

Ballots and challenges go by their leaf hash, so that within a batch the log does not tell who came first, and before
everything else, so that no ballot that was there before a `close` is shut out by it. A line has at most one ballot in a
batch: a second one waits for the next. One that would be refused, or is in the log already, makes nobody wait, since
anybody can send it.
"""

from collections.abc import Callable, Mapping
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


def each_may_be_new(name: str) -> bool:
    """Every submission may become an entry."""
    return False


def plan(
    setting: Setting, arrived: Mapping[str, Envelope], is_nothing_new: Callable[[str], bool] = each_may_be_new
) -> Plan:
    """The batch that these submissions make; `arrived` is in the order of arrival, by a name for each.

    is_nothing_new: whether this ballot would be no entry if it came next, since the box would refuse it or knows it;
    asked only where another of its line waits. Such a one is of this batch too, to be answered.
    """
    ballots: list[str] = []
    others: list[str] = []
    later: list[str] = []
    first: dict[str, str] = {}
    good: set[str] = set()
    for name, envelope in arrived.items():
        leaf = _read(setting, envelope)
        if leaf is None or not isinstance(leaf.body, BallotBody | ChallengeBody):
            others.append(name)
        elif isinstance(leaf.body, ChallengeBody):
            ballots.append(name)
        elif (line := leaf.body.line) in good or (line in first and not is_nothing_new(first[line])):
            good.add(line)
            later.append(name)
        else:
            ballots.append(name)
            first[line] = name
    ballots.sort(key=lambda name: leaf_hash(arrived[name].leaf))
    return Plan((*ballots, *others), tuple(later))


def _read(setting: Setting, envelope: Envelope) -> Leaf | None:
    """The leaf, believed in nothing; what is none is refused when it is considered."""
    try:
        return decode_leaf(envelope.leaf, setting.group, setting.manifest.n, first=False)
    except MalformedInput:
        return None
