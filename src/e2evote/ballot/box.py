"""The box: the one door to the log (docs/spec.md §5.4, §7; docs/verification.md). No sockets, files or clocks.

    consider   judges a submission against the log so far, by the auditor's own checks; changes nothing
    take       the submission is the next entry

Nothing that would fail a check of docs/verification.md passes, so a record that only a box has written is never
rejected. What was there before is recognised and not appended again: whoever has lost an answer asks once more. A
ballot must name its line's latest valid ballot, so that no ballot replaces one that its voter did not know of.

Refusals have the name of the check that would fail, or `stale-prev` (a conflict: the line has a later ballot),
`already-marked`, `no-session`, `challenge-limit` and `too-large`.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from e2evote.ballot.box_ceremony import CeremonyDesk
from e2evote.ballot.box_envelope import Envelope
from e2evote.ballot.box_hints import hints_for
from e2evote.ballot.box_payload import ballot_payload_of, payload_of
from e2evote.ballot.box_refusal import refuse_failures
from e2evote.ballot.box_reported import ReportDesk
from e2evote.ballot.box_roll import VoterDesk, refuse_stale
from e2evote.ballot.box_seen import Seen
from e2evote.ballot.box_sizes import largest_ballot
from e2evote.ballot.box_tally import TallyDesk
from e2evote.board.merkle import leaf_hash
from e2evote.board.tree import Tree
from e2evote.errors import MalformedInput, Refused
from e2evote.hashing.digest import sha256
from e2evote.manifest.entries import Phase
from e2evote.manifest.voters import ONLINE
from e2evote.record.bodies import BallotBody, ChallengeBody, Open
from e2evote.record.electorate import Electorate
from e2evote.record.identifiers import shown
from e2evote.record.opened import decode_opened
from e2evote.record.products import Products
from e2evote.record.sealed import SealedBallot, decode_sealed
from e2evote.record.select import Ledger
from e2evote.record.state import State
from e2evote.verify.ballots import BallotContext, style_of
from e2evote.verify.changes import Change
from e2evote.verify.checks import Check
from e2evote.verify.chunk import Item, check_chunk, proven_together
from e2evote.verify.examine import Examination
from e2evote.verify.findings import Findings
from e2evote.verify.leaves import Entry, Setting, entry_of, judge_leaf
from e2evote.verify.tally import Board
from e2evote.verify.tally_products import PayloadTotals
from e2evote.verify.uniqueness import appearance, pads_of

PayloadOf = Callable[[int], bytes]

PAST = frozenset({Check.BOARD_DATES})
"""Checks that may fail in a record from which a box goes on: what is past can't be mended by stopping."""

_TOGETHER, _TOGETHER_BYTES = 64, 12 * 2**20
"""Ballots whose proofs are tested at once, and bytes of their hints, which tell how many proofs they have: more of
them cost little less each, and all are in memory."""


@dataclass(frozen=True, slots=True)
class Admitted:
    """What may be appended as the next entry. `payload` and `hints` are empty where there are none.

    state: after it. change: what it changes about voters. pairs: of its ciphertexts. session: whose challenge it is,
    hashed; empty for all else.
    """

    entry: Entry
    leaf: bytes
    payload: bytes = field(repr=False)
    state: State
    change: Change | None = field(default=None, repr=False, compare=False)
    hints: bytes = field(default=b"", repr=False)
    pairs: tuple[bytes, ...] = field(default=(), repr=False)
    session: bytes = field(default=b"", repr=False)


@dataclass(frozen=True, slots=True)
class Known:
    """It is in the log already, at `index`."""

    index: int


class Box:
    """The log so far, as far as judging the next entry needs it. `take` is its only change.

    payload_of: the payload of an earlier entry, wherever it is kept. sessions: challenges so far by hash of the voter
    session, which only the box knows.
    """

    def __init__(self, setting: Setting, payload_of: PayloadOf, sessions: Mapping[bytes, int]) -> None:
        self.setting, self.state = setting, setting.start()
        self.sessions = dict(sessions)
        self._voters = VoterDesk(setting.manifest)
        self._payload_of = payload_of
        self._tree = Tree()
        self._places: dict[bytes, int] = {}
        self._seen = Seen()
        self._ceremony = CeremonyDesk(setting)
        self._tally = TallyDesk(setting, self._tree.root)
        self._reports = ReportDesk(setting, self._tree.root)
        self._context: BallotContext | None = None
        self._proven: frozenset[bytes] = frozenset()
        self._products: Products | None = None
        self._largest = largest_ballot(setting)

    @classmethod
    def resume(
        cls,
        examination: Examination,
        entries: Iterable[bytes],
        payload_of: PayloadOf,
        sessions: Mapping[bytes, int],
    ) -> "Box":
        """The box of a record in which no check fails and nothing is missing but what is still to come.

        entries: of the log that was examined, from the first on; read again, and compared with its root.
        """
        failing = sorted(check.value for check in examination.report.failing - PAST)
        if failing or examination.setting is None or examination.state is None:
            raise Refused("record-fails", f"checks that fail: {', '.join(failing) or 'the record can not be read'}")
        head = examination.log.checkpoint
        if examination.kept != head.size:
            raise Refused("record-incomplete", "entries are missing")
        box = cls(examination.setting, payload_of, sessions)
        try:
            for index, data in enumerate(entries):
                entry = entry_of(box.setting, index, data)
                box._recall(entry, payload_of(index) if entry.leaf.payload else b"")
        except MalformedInput as error:
            raise Refused("record-changed", f"the entries changed since they were verified: {error}") from None
        if (box.size, box._tree.root(box.size)) != (head.size, head.root):
            raise Refused("record-changed", "the entries changed since they were verified")
        box.state = examination.state
        if box.state.phase not in (Phase.SETUP, Phase.OPEN) and examination.products:
            box._products = examination.products[ONLINE]  # the ballots that count are settled
        return box

    @property
    def size(self) -> int:
        """The number of entries, those not yet published among them."""
        return self._tree.size

    @property
    def ledger(self) -> Ledger:
        """Which ballots count so far."""
        return self._voters.ledger

    @property
    def electorate(self) -> Electorate | None:
        """Who may vote; None where there is no roll."""
        return self._voters.electorate

    def prove_ahead(self, envelopes: Iterable[Envelope]) -> None:
        """Tests the proofs of these ballots together, which costs less than one by one; each is considered afterwards.

        What one test does not show is tested when the ballot is considered, as if this had not been called.
        """
        self._proven = frozenset()
        if self._context is not None:
            for some in _groups(item for envelope in envelopes if (item := self._item(envelope)) is not None):
                self._proven |= proven_together(self._context, some)

    def consider(self, envelope: Envelope) -> Admitted | Known:
        """The submission as the next entry, or where it is already; Refused if it may be neither."""
        place = self._places.get(leaf_hash(envelope.leaf))
        if place is not None:
            return Known(place)
        findings = Findings()
        entry, state = judge_leaf(self.setting, self.state, self.size, envelope.leaf, findings)
        refuse_failures(findings)
        if entry is None:
            raise RuntimeError("a leaf was left out without a check that fails")
        match entry.leaf.body:
            case BallotBody() as body:
                return self._consider_ballot(entry, body, state, envelope)
            case ChallengeBody() as challenged:
                return self._consider_challenge(entry, challenged, state, envelope)
        payload = payload_of(entry, envelope.payload)
        change, hints = self._voters.check(entry, payload), b""
        if entry.leaf.kind.startswith("ceremony.") or entry.leaf.kind == "open":
            self._ceremony.check(entry, payload)
            hints = self._ceremony.hints(entry, payload)
        elif entry.leaf.kind == "paper":
            hints = self._tally.check_paper(entry, payload, self._board(), self._ceremony.joint())
        elif entry.leaf.kind.startswith("tally.") or entry.leaf.kind == "outcome":
            hints = self._tally.check(entry, payload, self._board(), self._counted(), self._ceremony.joint())
        elif entry.leaf.kind in ("checked", "report"):
            self._reports.check(entry, payload, self._board())
        return Admitted(entry, envelope.leaf, payload, state, change, hints)

    def take(self, admitted: Admitted) -> None:
        """The next entry, as `consider` admitted it; nothing else was taken since."""
        if admitted.entry.index != self.size:
            raise ValueError(f"admitted as entry {admitted.entry.index}, the log has {self.size}")
        self._remember(admitted.entry, admitted.payload, admitted.change, admitted.pairs)
        self.state = admitted.state
        if admitted.session:
            self.sessions[admitted.session] = self.sessions.get(admitted.session, 0) + 1

    def _consider_ballot(self, entry: Entry, body: BallotBody, state: State, envelope: Envelope) -> Admitted | Known:
        earlier = self._seen.ballot_with(body.tracker)
        if earlier is not None and earlier.id == body.id:
            return Known(earlier.index)  # whatever else this leaf says, the ballot that it is about is in the log
        context, change = self._open_context(), self._voters.check(entry, b"")
        refuse_stale(self._voters, body)
        payload, findings = ballot_payload_of(entry, envelope.payload, self._largest), Findings()
        style = style_of(self.electorate.entitlement(body.line)) if self.electorate else None
        sealed = self._checked(context, Item(entry, payload, envelope.hints, style), findings)
        admitted = Admitted(entry, envelope.leaf, payload, state, change)
        return self._unique(context, admitted, sealed, envelope.hints, findings)

    def _consider_challenge(self, entry: Entry, body: ChallengeBody, state: State, envelope: Envelope) -> Admitted:
        context = self._open_context()
        limit = self.setting.manifest.box.challenges
        if not envelope.session:
            raise Refused("no-session", f"challenge {shown(body.tracker)}: no voter session to count it against")
        session = sha256(envelope.session.encode())
        if self.sessions.get(session, 0) >= limit:
            raise Refused("challenge-limit", f"challenge {shown(body.tracker)}: {limit} in this session, the most")
        payload, findings = ballot_payload_of(entry, envelope.payload, self._largest), Findings()
        sealed = self._checked(context, Item(entry, payload, envelope.hints), findings)
        change = self._voters.check(entry, b"")
        admitted = Admitted(entry, envelope.leaf, payload, state, change, session=session)
        return self._unique(context, admitted, sealed, envelope.hints, findings)

    def _item(self, envelope: Envelope) -> Item | None:
        """The ballot as it will be considered, if it is one that has hints; nothing is believed or judged."""
        if not envelope.hints or len(envelope.payload) > self._largest or leaf_hash(envelope.leaf) in self._places:
            return None
        try:
            entry = entry_of(self.setting, self.size, envelope.leaf)
        except MalformedInput:
            return None
        body = entry.leaf.body
        if not isinstance(body, BallotBody):
            return None
        style = style_of(self.electorate.entitlement(body.line)) if self.electorate else None
        return Item(entry, envelope.payload, envelope.hints, style)

    def _checked(self, context: BallotContext, item: Item, findings: Findings) -> SealedBallot | None:
        """The auditor's checks of one ballot or challenge; with right hints they cost less than half."""
        read: list[SealedBallot] = []
        check_chunk(context, (item,), findings, lambda entry, sealed: read.append(sealed), self._proven)
        return read[0] if read else None

    def _unique(
        self,
        context: BallotContext,
        admitted: Admitted,
        sealed: SealedBallot | None,
        hints: bytes,
        findings: Findings,
    ) -> Admitted:
        """The same with its hints, unless it is a copy of something or its own checks fail."""
        pairs = pads_of(sealed) if sealed else ()
        self._seen.check(appearance(admitted.entry), pairs, findings)
        refuse_failures(findings)
        if sealed is None:
            raise RuntimeError("a ballot was left out without a check that fails")
        own = hints_for(context, sealed, hints)
        return replace(admitted, hints=own, pairs=pairs)

    def _open_context(self) -> BallotContext:
        if self._context is None:
            raise RuntimeError("a ballot before the selection is open passed its phase")
        return self._context

    def _board(self) -> Board:
        return Board(self.ledger, self.electorate)

    def _counted(self) -> Products:
        """The products over the ballots that count; the tally's leaves come after the close, so they stay."""
        if self._products is None:
            totals = PayloadTotals(self.setting.manifest)  # of payloads that were judged when they came
            for line, ballot in self.ledger.lines():
                if ballot:
                    entitlement = self.electorate.entitlement(line) if self.electorate else None
                    weight = entitlement.weight if entitlement else 1
                    totals.take(self._payload_of(ballot.index), f"entry {ballot.index}", weight)
            self._products = totals.products()
        return self._products

    def _recall(self, entry: Entry, payload: bytes) -> None:
        """The next entry of a record that was verified."""
        kind = entry.leaf.kind
        pairs = self._pairs(kind, payload) if kind in ("ballot", "challenge") else ()
        self._remember(entry, payload, self._voters.again(entry, payload), pairs)

    def _remember(self, entry: Entry, payload: bytes, change: Change | None, pairs: tuple[bytes, ...]) -> None:
        self._places[entry.leaf_hash] = entry.index
        self._tree.append(entry.leaf_hash)
        self._reports.take(entry)
        if change:
            change()
        if isinstance(entry.leaf.body, Open):
            joint = self._ceremony.joint()
            self._context = BallotContext(self.setting, joint.K, joint.h_e)
            self._context.prepare()
        kind = entry.leaf.kind
        if kind in ("ballot", "challenge"):
            self._seen.take(appearance(entry), pairs)
        elif kind.startswith("ceremony."):
            self._ceremony.take(entry, payload)
        elif kind in ("close", "paper", "lot", "outcome") or kind.startswith("tally."):
            self._tally.take(entry, payload)

    def _pairs(self, kind: str, payload: bytes) -> tuple[bytes, ...]:
        manifest, group = self.setting.manifest, self.setting.group
        if kind == "ballot":
            return pads_of(decode_sealed(payload, manifest, group))
        return pads_of(decode_opened(payload, manifest, group).sealed)


def _groups(items: Iterable[Item]) -> Iterator[list[Item]]:
    """As many as are tested at once; what is alone is left out."""
    some, size = list[Item](), 0
    for item in items:
        if some and (len(some) == _TOGETHER or size + len(item.hints) > _TOGETHER_BYTES):
            if len(some) > 1:
                yield some
            some, size = [], 0
        some.append(item)
        size += len(item.hints)
    if len(some) > 1:
        yield some
