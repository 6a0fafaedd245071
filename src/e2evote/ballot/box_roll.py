"""Who may vote, at the box: roll, credentials, marks, and the line of each ballot (docs/spec.md §13, §14.1).

Judged by the auditor's own checks, so that a leaf which would fail one is refused under its name. A ballot of a line
that has voted on paper is refused as `already-marked`: nothing is wrong with it, and its voter is told why.
"""

from e2evote.ballot.box_refusal import refuse_failures
from e2evote.errors import Refused
from e2evote.record.bodies import BallotBody
from e2evote.record.identifiers import shown
from e2evote.record.text_lines import in_one
from e2evote.verify.changes import Change
from e2evote.verify.findings import Findings
from e2evote.verify.following import Following
from e2evote.verify.leaves import Entry


class VoterDesk(Following):
    """The ballots and the electorate so far. Its only changes are those that `check` and `again` give."""

    def check(self, entry: Entry, payload: bytes) -> Change | None:
        """What follows if the leaf is the next one; Refused where it may not be."""
        return check_voter(self, entry, payload)

    def again(self, entry: Entry, payload: bytes) -> Change | None:
        """The same of a leaf of a log in which no check fails."""
        return self.judge(entry, in_one(payload), Findings(), known=True)


def check_voter(voters: Following, entry: Entry, payload: bytes) -> Change | None:
    """What follows if the leaf is the next one after those that `voters` has taken; Refused where it may not be."""
    body = entry.leaf.body
    if isinstance(body, BallotBody) and voters.electorate and (mark := voters.electorate.mark_of(body.line)):
        detail = f"{entry.subject}: line {body.line} has voted by {mark.channel}, entry {mark.index}"
        raise Refused("already-marked", detail)
    findings = Findings()
    change = voters.judge(entry, in_one(payload), findings)
    refuse_failures(findings)
    return change


def refuse_stale(voters: Following, body: BallotBody) -> None:
    """A ballot names its line's latest valid one; Refused `stale-prev` where that is another."""
    wanted = voters.ledger.previous(body.line)
    if body.prev != wanted:
        detail = f"ballot {shown(body.tracker)} follows {body.prev.hex()}, the line's latest is {wanted.hex()}"
        raise Refused("stale-prev", detail)
