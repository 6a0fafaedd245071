"""A whole selection before a box, in memory: every party's keys, and a log that holds what the box admitted.

`Rig.at(phase)` is a selection that has come so far; each is made once and then taken up again from its record, as a box
does after a crash.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Self

from e2evote.ballot.box import Admitted, Box, Known
from e2evote.ballot.box_envelope import Envelope
from e2evote.ballot.choices import choose
from e2evote.ballot.sealing import Challenged, Sealing, cast, challenge, seal
from e2evote.ballot.voter import owner
from e2evote.board.merkle import leaf_hash
from e2evote.ceremony import trustee
from e2evote.ceremony.key import TrusteeKey
from e2evote.ceremony.states import Dealt, Drawn, Finished, Revealed, Setup
from e2evote.errors import Refused
from e2evote.manifest.entries import KINDS
from e2evote.manifest.model import Manifest
from e2evote.record.bodies import Body, Head, InSession, Lot, OnStatement, Open
from e2evote.record.floor import parts_by
from e2evote.record.leaf import Leaf, PayloadName, Signature
from e2evote.record.shares import DecryptionShares
from e2evote.record.stated import decode_statement
from e2evote.record.statement import Statement
from e2evote.tally import trustee as decryption
from e2evote.tally.combine import Tally, combine
from e2evote.tally.facts import facts_of, own_statement
from e2evote.tally.memory import Accepted
from e2evote.verify.ballots import BallotContext
from e2evote.verify.examine import Examination
from tests.ballot.election import CONTESTS, GROUP, VOTE, make_manifest, signing_key
from tests.ballot.envelopes import Entered, Entries, examination_of, files_of, name_of, sign
from tests.randomness import DeterministicRandomness

PARTIES = {"administrator": "chair", "teller": "tess"}
SESSION = "0" * 32
N = 3


def box_of(manifest: Manifest, entries: Sequence[Entered], sessions: Mapping[bytes, int]) -> Box:
    """The box that goes on from a record of these entries."""
    examination = examination_of(files_of(manifest, tuple(entries)))
    return Box.resume(examination, (leaf for leaf, _, _ in entries), lambda i: entries[i][1] or b"", sessions)


@dataclass
class Rig:
    """The box, the entries that it admitted, and what the parties know."""

    manifest: Manifest
    entries: list[tuple[bytes, bytes | None, bytes | None]]
    box: Box
    trustees: dict[int, Drawn | Revealed | Dealt | Finished] = field(default_factory=dict)
    seeds: int = 0

    @classmethod
    def at(cls, phase: str, floor: int = 0, ties: bool = False) -> "Rig":
        """In the phase of that name, or after the step of the ceremony of that name."""
        entries, trustees = _prepared(phase, floor, ties)
        rig = cls.resumed(_manifest(floor, ties), entries, {})
        rig.trustees = dict(trustees)
        rig.seeds = 1000
        return rig

    @classmethod
    def resumed(cls, manifest: Manifest, entries: Entries, sessions: Mapping[bytes, int]) -> Self:
        held = list(entries)
        box = box_of(manifest, held, sessions)
        assert len(held) == box.size
        return cls(manifest, held, box)

    @classmethod
    def new(cls, floor: int = 0, ties: bool = False) -> Self:
        return cls.begun(_manifest(floor, ties))

    @classmethod
    def begun(cls, manifest: Manifest) -> Self:
        """With entry 0 alone."""
        payload = manifest.encode()
        leaf = Leaf("manifest", "chair", b"", Body(), PayloadName.of(payload))
        key = signing_key("chair")
        entry = leaf.signed(Signature(key.public, key.sign(leaf.message()))).encode()
        return cls.resumed(manifest, ((entry, payload, None),), {})

    # The board

    def post(self, envelope: Envelope) -> int:
        """Admitted or known: its index."""
        result = self.box.consider(envelope)
        if isinstance(result, Known):
            return result.index
        self.box.take(result)
        self.entries.append((result.leaf, result.payload or None, result.hints or None))
        return result.entry.index

    def admitted(self, envelope: Envelope) -> Admitted:
        result = self.box.consider(envelope)
        assert isinstance(result, Admitted)
        return result

    def refusal(self, envelope: Envelope) -> Refused:
        """The refusal, which leaves the box as it was."""
        before = (self.box.state, self.box.size, dict(self.box.sessions), self.box.ledger.counted())
        try:
            result = self.box.consider(envelope)
        except Refused as refused:
            assert (self.box.state, self.box.size, self.box.sessions, self.box.ledger.counted()) == before
            return refused
        raise AssertionError(f"admitted: {result}")

    def examination(self) -> Examination:
        return examination_of(files_of(self.manifest, tuple(self.entries)))

    def leaf_hash(self, index: int) -> bytes:
        return leaf_hash(self.entries[index][0])

    # Leaves

    def leaf(
        self, kind: str, body: Body, payload: bytes = b"", author: str = "", signers: Sequence[str] = ()
    ) -> Envelope:
        """A leaf by the party `author`, signed as its kind asks, or by `signers`."""
        author = author or PARTIES[KINDS[kind].authors[0]]
        signers = signers or (author, *(PARTIES[role] for role in KINDS[kind].authors[1:]))
        return sign(Leaf(kind, author, self.box.setting.first, body, name_of(payload)), signers, payload)

    def by_trustee(self, kind: str, index: int, body: Body, payload: bytes = b"") -> Envelope:
        return self.leaf(kind, body, payload, f"trustee-{index}")

    # The ceremony

    @property
    def session(self) -> int:
        return self.box.state.session.number

    def setup(self, earlier: frozenset[bytes] = frozenset()) -> Setup:
        setting = self.box.setting
        return Setup(GROUP, N, self.manifest.quorum, setting.parameter_hash, setting.base_hash, earlier)

    def commits(self, seed: str = "", earlier: frozenset[bytes] = frozenset()) -> None:
        for i in range(1, N + 1):
            source = DeterministicRandomness(f"{seed}trustee {i}")
            self.trustees[i], body = trustee.begin(self.setup(earlier), i, self.session, source)
            self.post(self.by_trustee("ceremony.commit", i, body))

    def reveals(self) -> None:
        commits = {i: state.commit() for i, state in self.trustees.items() if isinstance(state, Drawn)}
        for i in range(1, N + 1):
            state = self.trustees[i]
            assert isinstance(state, Drawn)
            self.trustees[i], keys = trustee.reveal(state, commits)
            self.post(self.by_trustee("ceremony.reveal", i, InSession(self.session), keys.encode()))

    def shares(self) -> None:
        keys = {i: state.message() for i, state in self.trustees.items() if isinstance(state, Revealed)}
        for i in range(1, N + 1):
            state = self.trustees[i]
            assert isinstance(state, Revealed)
            self.trustees[i], shares = trustee.deal(state, keys)
            self.post(self.by_trustee("ceremony.shares", i, InSession(self.session), shares.encode()))

    def confirms(self) -> None:
        shares = {i: state.message() for i, state in self.trustees.items() if isinstance(state, Dealt)}
        for i in range(1, N + 1):
            state = self.trustees[i]
            assert isinstance(state, Dealt)
            self.trustees[i], body = trustee.finish(state, shares)
            self.post(self.by_trustee("ceremony.confirm", i, body))

    def finished(self, index: int) -> Finished:
        state = self.trustees[index]
        assert isinstance(state, Finished)
        return state

    def key(self, index: int) -> TrusteeKey:
        return self.finished(index).key

    def opening(self, session: int = 0, h_e: bytes = b"") -> Envelope:
        return self.leaf("open", Open(session or self.session, h_e or self.finished(1).joint.h_e))

    # Ballots

    @property
    def context(self) -> BallotContext:
        joint = self.finished(1).joint
        return BallotContext(self.box.setting, joint.K, joint.h_e)

    def sealed(self, name: str, votes: Mapping[str, Mapping[str, int]] = VOTE, style: str = "all") -> Sealing:
        self.seeds += 1
        choices = choose(self.manifest, style, votes)
        return seal(
            self.context,
            choices,
            owner(self.context, signing_key(name).public),
            DeterministicRandomness(f"seal {self.seeds}"),
        )

    def ballot(self, name: str, votes: Mapping[str, Mapping[str, int]] = VOTE, style: str = "all") -> Envelope:
        """A ballot of the voter of that name, after the one on the board."""
        sealed = self.sealed(name, votes, style)
        line = sealed.voter.line
        made = cast(sealed, self.box.ledger.previous(line), signing_key(name))
        return Envelope(made.leaf.encode(), made.payload, made.hints)

    def challenge(self, name: str, session: str = SESSION) -> tuple[Envelope, Challenged]:
        made = challenge(self.sealed(name))
        return Envelope(made.leaf.encode(), made.payload, made.hints, session), made

    # The tally

    def statement(self) -> Statement:
        return own_statement(self.examination())

    def stated(self) -> tuple[bytes, Statement]:
        """The leaf hash and payload of the statement on the board."""
        entry = next(e for e in self.examination().others if e.leaf.kind == "tally.statement")
        return entry.leaf_hash, decode_statement(self.entries[entry.index][1] or b"", self.manifest, GROUP)

    def acceptance(self, index: int) -> Envelope:
        return self.by_trustee("tally.accept", index, OnStatement(self.stated()[0]))

    def decryption(self, index: int) -> DecryptionShares:
        facts, memory = facts_of(self.examination()), Accepted(self.stated()[0])
        return decryption.decrypt(facts, memory, self.key(index), DeterministicRandomness(f"decrypt {index}")).shares

    def share(self, index: int, shares: DecryptionShares | None = None) -> Envelope:
        payload = (shares or self.decryption(index)).encode()
        return self.by_trustee("tally.share", index, OnStatement(self.stated()[0]), payload)

    def tally(self) -> Tally:
        leaf_hash, stated = self.stated()
        products = self.examination().products
        assert products is not None
        lots = [e.leaf.body for e in self.examination().others if e.leaf.kind == "lot"]
        digits = lots[0].digits if lots and isinstance(lots[0], Lot) else ""
        return Tally(
            self.box.setting, self.finished(1).joint, leaf_hash, stated, parts_by(self.manifest, products), digits
        )

    def outcome(self, indices: Sequence[int]) -> bytes:
        read = self.examination().tally
        assert read is not None
        return combine(self.tally(), {i: read.posted[i] for i in indices}).outcome.encode()

    def outcome_leaf(self, payload: bytes, head: Head | None = None) -> Envelope:
        log = self.examination().log
        size = log.checkpoint.size
        return self.leaf("outcome", head or Head(log.root(size) or b"", size), payload)


def _manifest(floor: int, ties: bool) -> Manifest:
    if not ties:
        return make_manifest(N, 2, floor)
    return make_manifest(N, 2, floor, contests=tuple(replace(contest, ties="lot") for contest in CONTESTS))


@cache
def _prepared(phase: str, floor: int, ties: bool) -> tuple[Entries, Mapping[int, Drawn | Revealed | Dealt | Finished]]:
    """The entries of a selection that has come so far, and the trustees' states."""
    rig = _advanced(phase, floor, ties)
    return tuple(rig.entries), rig.trustees


ORDER = (
    "setup",
    "commits",
    "reveals",
    "shares",
    "confirms",
    "open",
    "cast",
    "closed",
    "stated",
    "accepted",
    "decrypted",
)


def _advanced(phase: str, floor: int, ties: bool) -> Rig:
    place = ORDER.index(phase)
    if not place:
        return Rig.new(floor, ties)
    rig = Rig.at(ORDER[place - 1], floor, ties)
    match phase:
        case "commits" | "reveals" | "shares" | "confirms":
            getattr(rig, phase)()
        case "open":
            rig.post(rig.opening())
        case "cast":
            rig.post(rig.ballot("vera"))
            rig.post(rig.ballot("otto", {"mayor": {"ada": 1}}, "half"))
            rig.post(rig.challenge("vera")[0])
            rig.post(rig.ballot("vera", {"mayor": {"ada": 1}, "board": {"": 1}}))
        case "closed":
            rig.post(rig.leaf("close", Body()))
            if ties:
                rig.post(rig.leaf("lot", Lot("123456")))
        case "stated":
            statement = rig.statement()
            rig.post(rig.leaf("tally.statement", statement.body(), statement.encode()))
        case "accepted":
            for i in (1, 3):
                rig.post(rig.acceptance(i))
        case "decrypted":
            for i in (1, 3):
                rig.post(rig.share(i))
    return rig
