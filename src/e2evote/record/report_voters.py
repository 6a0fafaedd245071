"""What a report says of voting papers, lines, credentials and changes of the roll (docs/spec.md, sections 13 to 15)."""

from dataclasses import dataclass
from typing import Literal

from e2evote.record.report_results import Channel, Id, Ids


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelFacts:
    """Voting papers of one channel, and the lines of which it is the channel.

    distributed: online, lines that have been given codes; on paper, marks. returned: ballots that came back.
    spoiled: online, those annulled or taken out by a mark; on paper, the most in any one contest.
    """

    channel: Channel
    distributed: int
    returned: int
    valid: int
    spoiled: int
    lines: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LineFacts:
    """All lines of the roll, and those that no channel has. superseded: voted on paper after a ballot online."""

    total: int
    at_freeze: int
    annulled: int
    not_voted: int
    removed: int
    superseded: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RegistrarFacts:
    """One registrar's credentials. contact: the channel by which its codes were sent."""

    party: Id
    contact: Id
    issued: int
    used: int
    unused: int
    revoked: int


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyFacts:
    """Keys that were ever valid; lines that ever had more than one of one registrar, and how many of these voted."""

    ever: int
    lines_with_more: int
    of_these_voted: int


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyChanges:
    """Re-issues or revocations with one reason and the same approvers; how many of these lines have voted."""

    kind: Literal["reissue", "revoke"]
    reason: Id
    approvers: Ids
    number: int
    voted: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Amendments:
    """Changes of the roll after the freeze with one reason and the same approvers."""

    kind: Literal["add", "contact", "remove"]
    reason: Id
    approvers: Ids
    number: int
