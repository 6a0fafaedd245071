"""The voter's device and the voter's checker, as far as they meet a board (docs/spec.md §7, §8).

A booth is made from a board whose ceremony holds, and from anchors where the voter has them: without these it is the
board's word which selection this is. Nothing of a vote leaves it but what `cast` or `challenge` return.
"""

import secrets
from collections.abc import Mapping

from e2evote.adapter.anchors import anchors_of
from e2evote.adapter.board import BoardReader
from e2evote.ballot import checker, sealing
from e2evote.ballot.box_envelope import Envelope
from e2evote.ballot.checker import Preimage
from e2evote.ballot.choices import choose
from e2evote.ballot.sealing import Challenged, Prepared, Sealing
from e2evote.ballot.voter import Voter, owner
from e2evote.board.proof import CHECK, Receipt, open_receipt
from e2evote.errors import CheckFailed, MalformedInput, Refused
from e2evote.hashing.crockford import decode as decode_tracker
from e2evote.manifest.entries import Phase
from e2evote.manifest.model import Manifest
from e2evote.record.bodies import BallotBody, ChallengeBody
from e2evote.record.identifiers import shown
from e2evote.record.leaf import decode_leaf
from e2evote.record.roll_row import typed_line
from e2evote.secret.randomness import Randomness, SystemRandomness
from e2evote.secret.sign import SigningKey
from e2evote.verify.anchors import Anchors, check_anchors
from e2evote.verify.ballots import BallotContext
from e2evote.verify.findings import Findings


class Booth:
    """What a voter's device needs to know; CheckFailed where the anchors are of another selection or log."""

    def __init__(self, board: BoardReader, anchors: Anchors | None = None) -> None:
        joint = board.joint()
        self._board = board
        findings = Findings()
        check_anchors(board.setting, board.log_key.encode(), joint, anchors, findings)
        for failure in checker.failures(findings):
            raise failure
        manifest = board.payload(board.entries[0])
        self.context: BallotContext = checker.recompute(manifest, joint.K, joint.K_hat, board.setting.first)
        self.anchors = anchors_of(board)

    @property
    def manifest(self) -> Manifest:
        return self.context.setting.manifest

    def line(self, public_key: bytes) -> str:
        """The line that this key makes, where there is no roll.    spec (7.1)"""
        return self.owner(public_key).line

    def owner(self, public_key: bytes) -> Voter:
        """Whoever has this key, where there is no roll."""
        return owner(self.context, public_key)

    def voter(self, line: str) -> Voter:
        """The line of the roll that people write like this, with its keys on the board as it is now."""
        self._board.refresh()
        electorate = self._board.electorate
        if electorate is None:
            raise ValueError("this selection has no roll: a line is made by its key")
        name = typed_line(line)
        if not electorate.voter(name):
            raise Refused("ballot.line", f"line {name} is not on the roll, or was removed from it")
        keys = electorate.keys_of(name)
        if not keys:
            raise Refused("ballot.line", f"line {name} has not an active key from every registrar")
        if mark := electorate.mark_of(name):
            raise Refused("already-marked", f"line {name} has voted on paper, by entry {mark.index}")
        return Voter(name, keys)

    def seal(
        self,
        voter: Voter,
        votes: Mapping[str, Mapping[str, int]],
        style: str = "",
        randomness: Randomness | None = None,
    ) -> Sealing:
        """The votes, by contest and option, sealed for this line.

        style: if empty that of the line on the roll, and without a roll the manifest's first.
        """
        self.refuse_unless_open()
        choices = choose(self.manifest, self.style(voter, style), votes)
        return sealing.seal(self.context, choices, voter, randomness or SystemRandomness())

    def prepare(self, voter: Voter, style: str = "", randomness: Randomness | None = None) -> Prepared:
        """A ballot for this line, all but its votes: for the time in which the voter reads."""
        self.refuse_unless_open()
        return sealing.prepare(self.context, self.style(voter, style), voter, randomness or SystemRandomness())

    def seal_prepared(self, prepared: Prepared, votes: Mapping[str, Mapping[str, int]]) -> Sealing:
        """The votes in that ballot, at once. It is then used up, whatever becomes of the sealing."""
        self.refuse_unless_open()
        return prepared.seal(choose(self.manifest, prepared.style, votes))

    def cast(self, sealed: Sealing, *keys: SigningKey) -> Envelope:
        """The ballot signed with all keys of the line, after the line's latest valid one."""
        self.refuse_unless_open()
        voter, electorate = sealed.voter, self._board.electorate
        if electorate is not None and electorate.keys_of(voter.line) != voter.keys:
            raise Refused("ballot.line", f"line {voter.line} has other keys now than when the ballot was sealed")
        submission = sealing.cast(sealed, self._board.ledger().previous(voter.line), *keys)
        return Envelope(submission.leaf.encode(), submission.payload, submission.hints)

    def challenge(self, sealed: Sealing, session: str) -> tuple[Envelope, Challenged]:
        """The ballot opened, to be published; the preimage in `Challenged` is for the voter's own checker alone."""
        self.refuse_unless_open()
        opened = sealing.challenge(sealed)
        return Envelope(opened.leaf.encode(), opened.payload, opened.hints, session), opened

    def check(
        self, tracker: str, leaf: bytes, payload: bytes, line: str = "", preimage: Preimage | None = None
    ) -> tuple[CheckFailed, ...]:
        """Everything about an opened ballot that does not hold. tracker: as noted before the challenge.

        line: as the voter knows it; with the preimage it shows that the device had sealed for that line.
        """
        noted = decode_tracker(tracker)
        decoded = decode_leaf(leaf, self.context.setting.group, self.manifest.n, first=False)
        failures = checker.check_challenge(self.context, noted, decoded, payload)
        if preimage is None or not isinstance(decoded.body, ChallengeBody):
            return failures
        known, electorate = line or preimage.line, self._board.electorate
        active = electorate.keys_of(known) if electorate else ()
        return (*failures, *checker.check_preimage(self.context, known, preimage, decoded.body.id, active))

    def check_receipt(self, receipt: bytes, tracker: str) -> Receipt:
        """What a `.tlog-proof` proves: that this ballot or challenge is in the log."""
        opened = open_receipt(receipt, self._board.log_key, self.manifest.policy)
        try:
            leaf = decode_leaf(opened.entry, self.context.setting.group, self.manifest.n, first=False)
        except MalformedInput as error:
            raise error.inside("receipt") from None
        subject = f"entry {opened.index}"
        if not isinstance(leaf.body, BallotBody | ChallengeBody):
            raise CheckFailed(CHECK, subject, f"a leaf of kind {leaf.kind}, not a ballot")
        if shown(leaf.body.tracker) != shown(decode_tracker(tracker)):
            raise CheckFailed(CHECK, subject, f"the ballot has the tracker {shown(leaf.body.tracker)}")
        return opened

    def style(self, voter: Voter, style: str) -> str:
        """The style that is meant; Refused where the line has another one on the roll."""
        electorate = self._board.electorate
        if electorate is None:
            return style or self.manifest.styles[0].id
        entitled = electorate.entitlement(voter.line)
        if entitled is None or style not in ("", entitled.style):
            has = f"has the style {entitled.style}" if entitled else "is not on the roll"
            raise Refused("ballot.style", f"line {voter.line} {has}")
        return entitled.style

    def refuse_unless_open(self) -> None:
        """Refused `voting-closed` or `voting-paused` where no ballot would be taken now."""
        self._board.refresh()
        if self._board.state.phase is not Phase.OPEN:
            raise Refused("voting-closed", f"the selection is {self._board.state.phase}, no longer {Phase.OPEN}")
        if self._board.state.paused:
            raise Refused("voting-paused", "voting online is paused for now; vote again when it was resumed")


def new_session() -> str:
    """A voter session: what the challenges of one voter are counted against. Never published."""
    return secrets.token_hex(32)
