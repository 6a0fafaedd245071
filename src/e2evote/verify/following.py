"""A log that is followed leaf by leaf: which ballots count so far, and who may vote (docs/spec.md, sections 7 and 13).

For the box, for whoever reads a board while it grows, and for looking up one ballot. It remembers the names of all
ballots; a record of any size is settled by `voters.settled`.
"""

from e2evote.manifest.model import Manifest
from e2evote.record.bodies import BallotBody, ChallengeBody
from e2evote.record.electorate import Electorate
from e2evote.record.select import Cast, Ledger
from e2evote.record.text_lines import Pieces
from e2evote.verify.changes import Change
from e2evote.verify.findings import Findings
from e2evote.verify.leaves import Entry
from e2evote.verify.vote_leaves import check_keys
from e2evote.verify.voters import KINDS, judge


class Following:
    """The leaves so far, in index order. electorate: None where there is no roll."""

    def __init__(self, manifest: Manifest) -> None:
        self.manifest = manifest
        self.electorate = Electorate(manifest) if manifest.roll else None
        self.ledger = Ledger(self.electorate)

    def needs_payload(self, entry: Entry) -> bool:
        """Whether the leaf's payload says who may vote."""
        return self.electorate is not None and entry.leaf.kind in KINDS and entry.leaf.payload is not None

    def judge(self, entry: Entry, pieces: Pieces | None, findings: Findings, *, known: bool = False) -> Change | None:
        """The leaf as the next one: the checks of `voters`, with a roll ballot.line too. What to call if it is taken.

        pieces: its payload, where it is needed. known: it was judged before, and is read again.
        """
        match entry.leaf.body:
            case BallotBody() as body:
                keys = [signature.key for signature in entry.leaf.signatures]
                if self.electorate is not None and not known:
                    check_keys(self.electorate, entry.subject, body.line, keys, findings)
                cast = Cast(entry.index, entry.leaf_hash, body.id, body.line, body.prev, body.tracker)
                return lambda: self.ledger.cast(cast, keys)
            case ChallengeBody() as body:
                return lambda: self.ledger.challenge(body.id)
        return judge(self.electorate, entry, pieces, findings, known=known) if self.electorate else None

    def take(self, entry: Entry, pieces: Pieces | None, findings: Findings) -> None:
        """The next leaf, judged and taken."""
        if change := self.judge(entry, pieces, findings):
            change()
