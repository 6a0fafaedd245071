"""A closed selection as its trustees find it: ballots on a ledger, a statement, and facts that can be changed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256

from e2evote.ballot.choices import choose
from e2evote.ballot.sealing import cast, seal
from e2evote.ballot.voter import owner
from e2evote.manifest.entries import Phase
from e2evote.manifest.voters import ONLINE
from e2evote.record.bodies import BallotBody
from e2evote.record.floor import Parts, parts_by
from e2evote.record.products import ChannelProducts, products
from e2evote.record.sealed import SealedBallot, decode_sealed
from e2evote.record.select import Cast, Ledger
from e2evote.record.shares import DecryptionShares
from e2evote.record.state import State
from e2evote.record.statement import Statement
from e2evote.tally.combine import Tally
from e2evote.tally.facts import Facts
from e2evote.tally.memory import Untouched
from e2evote.tally.statement import make_statement
from e2evote.tally.trustee import accept, decrypt
from tests.ballot.election import GROUP, Election, make_election, make_manifest, signing_key
from tests.randomness import DeterministicRandomness

CLOSE_ROOT, CLOSE_SIZE = sha256(b"root at the close").digest(), 40
STATEMENT = sha256(b"the statement's leaf").digest()
Vote = tuple[str, str, Mapping[str, Mapping[str, int]]]
"""Voter, style, votes."""
VOTES: tuple[Vote, ...] = (
    ("ann", "all", {"mayor": {"ada": 1}, "board": {"dan": 2, "eve": 1}}),
    ("ben", "all", {"mayor": {"bob": 1}, "board": {"": 1}}),
    ("cas", "half", {"mayor": {"ada": 1}}),
    ("dot", "all", {"board": {"dan": 2}}),
    ("ben", "all", {"mayor": {"ada": 1}, "board": {"fay": 1}}),
)
COUNTS = {
    ("mayor", "ada"): 3,
    ("mayor", "bob"): 0,
    ("board", "dan"): 4,
    ("board", "eve"): 1,
    ("board", "fay"): 1,
    ("board", ""): 0,
}
"""Ben's second ballot counts."""


@dataclass(frozen=True)
class Closed:
    """The election with its ballots, by index in the log."""

    election: Election
    ledger: Ledger
    ballots: Mapping[int, SealedBallot]

    def products(self, ballots: Sequence[SealedBallot] | None = None) -> ChannelProducts:
        """Over the ballots that count, or over these."""
        counted = [self.ballots[cast.index] for cast in self.ledger.counted()]
        return {ONLINE: products(self.election.manifest, GROUP, counted if ballots is None else ballots)}

    def statement(self) -> Statement:
        return make_statement(self.election.manifest, self.ledger, None, self.products(), CLOSE_ROOT, CLOSE_SIZE)

    def parts(self) -> Parts:
        return parts_by(self.election.manifest, self.products())

    def facts(self, accepted: Sequence[int] = (), shared: Sequence[int] = ()) -> Facts:
        manifest, statement = self.election.manifest, self.statement()
        state = State(manifest.n, manifest.needs_lot, True, Phase.STATED)
        state = replace(state, accepts=frozenset(accepted), shares=frozenset(shared))
        setting, joint = self.election.setting, self.election.joint
        return Facts(setting, joint, state, (), STATEMENT, statement, statement, self.parts())

    def shares(self, trustees: Sequence[int]) -> dict[int, DecryptionShares]:
        """What these trustees post after they have all accepted."""
        posted = {}
        for i in trustees:
            key = self.election.trustees[i]
            memory, _ = accept(self.facts(), Untouched(), key)
            posted[i] = decrypt(self.facts(trustees), memory, key, DeterministicRandomness(f"share {i}")).shares
        return posted

    def tally(self) -> Tally:
        return Tally(self.election.setting, self.election.joint, STATEMENT, self.statement(), self.parts())


def closed(n: int = 3, k: int = 2, floor: int = 0, votes: Sequence[Vote] = VOTES) -> Closed:
    election = make_election(make_manifest(n, k, floor))
    ledger, ballots = Ledger(), {}
    for index, (name, style, vote) in enumerate(votes, start=10):
        key = signing_key(name)
        voter = owner(election.context, key.public)
        sealing = seal(
            election.context,
            choose(election.manifest, style, vote),
            voter,
            DeterministicRandomness(f"vote {index}"),
        )
        submission = cast(sealing, ledger.previous(voter.line), key)
        body, entry = submission.leaf.body, election.entry(index, submission.leaf)
        if not isinstance(body, BallotBody):
            raise AssertionError("a ballot's body")
        ledger.cast(Cast(index, entry.leaf_hash, body.id, body.line, body.prev, body.tracker))
        ballots[index] = decode_sealed(submission.payload, election.manifest, GROUP)
    return Closed(election, ledger, ballots)
