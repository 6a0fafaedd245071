"""The door before the box: what costs nothing to see is refused before anything is stored or proven (attack A123).

Asked of the published board, by the box's own functions, so that a refusal has the code that the box would give: form,
author, phase, signatures, the line and its keys, the ballot before, size, hash and form of the payload, the tracker,
the session and what is left of its challenges. What passes costs the box a proof, so few of one line, of one session or
of one party may wait at a time; and whoever's proofs fail again and again has to wait a minute for each further one. So
somebody with a good code, or with many addresses, takes a small share of the box's time, and the others are served.

Where whoever makes a key may vote, anybody can have any number of lines; there the only limits that hold are the one
on all that waits, and those of the web server. The box judges everything again: nothing rests on this door.
"""

import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from itertools import islice

from e2evote.adapter.board import BoardReader
from e2evote.adapter.public_view import PublicView
from e2evote.adapter.voter_sessions import VoterSessions
from e2evote.ballot.box_envelope import Envelope
from e2evote.ballot.box_payload import ballot_payload_of, payload_of
from e2evote.ballot.box_refusal import refuse_failures
from e2evote.ballot.box_roll import check_voter, refuse_stale
from e2evote.ballot.box_sizes import largest_ballot
from e2evote.board.merkle import leaf_hash
from e2evote.board.storage import WAITING, Answer, Status
from e2evote.errors import Refused
from e2evote.hashing.digest import sha256
from e2evote.record.bodies import BallotBody, ChallengeBody
from e2evote.record.identifiers import shown
from e2evote.verify import ballots, challenges
from e2evote.verify.ballots import BallotContext, style_of
from e2evote.verify.checks import Check
from e2evote.verify.findings import Findings
from e2evote.verify.leaves import Entry, Setting, judge_leaf

MOST_OF_VOTER = 2
"""Submissions of one line, or of one session, that may wait; the box judges one ballot of a line in a batch."""

MOST_OF_PARTY = 16
MOST_WAITING = 2048
"""Of all together: some batches, and the memory and disk that they take."""

FAILURES = 10
"""So many proofs of one line, session or party may fail; each is forgiven after `FORGIVEN_SECONDS`."""

FORGIVEN_SECONDS = 60.0

_OLDEST = 64
"""So many are asked for where all places are taken: the oldest are judged first, and asking costs something too."""

_DEBTORS = 4096
"""From so many on, those whose failures are forgiven are forgotten too."""

_HINTS_FOR_ONE_BYTE = 8
"""Commitments take up to so many bytes for each of the proofs; more are no hints, and are dropped unread."""

_INNOCENT = frozenset(
    {
        Check.BALLOT_LINE.value,
        Check.BOARD_PHASE.value,
        "already-marked",
        "challenge-limit",
        "internal",
        "stale-prev",
    }
)
"""Refusals of what was right when it came in: something else was faster."""


@dataclass(frozen=True, slots=True)
class Owner:
    """Against whom a submission is counted: a line, a session by its hash, a party, or all who send copies."""

    kind: str
    name: str

    @property
    def most(self) -> int:
        return MOST_OF_VOTER if self.kind in ("line", "session") else MOST_OF_PARTY

    def __str__(self) -> str:
        return "this session" if self.kind == "session" else f"{self.kind} {self.name}"


COPIES = Owner("copies", "of ballots in the log")
"""Anybody can sign a published ballot once more, under keys of their own, so that its line does not answer for it."""


class Counts:
    """What waits, and whose proofs have failed lately. status: what has become of a submission. Several threads."""

    def __init__(self, status: Callable[[bytes], Status], clock: Callable[[], float]) -> None:
        self._status, self._clock = status, clock
        self._turn = threading.Lock()
        self._waiting: dict[bytes, Owner] = {}
        self._of: dict[Owner, set[bytes]] = {}
        self._entering: set[bytes] = set()
        """Of those that wait, what the storage does not have yet."""
        self._debt: dict[Owner, tuple[float, float]] = {}
        """Failures that are not forgiven yet, as of a time."""

    def enter(self, key: bytes, owner: Owner) -> None:
        """It waits from now on, to be stored next; Refused where too many do, or too many have failed."""
        with self._turn:
            if key in self._waiting:
                return
            self._settle(self._of.get(owner, ()))
            if len(self._of.get(owner, ())) >= owner.most:
                raise Refused("waiting-limit", f"{owner}: {owner.most} submissions wait already, the most")
            debt = self._debt_of(owner)
            if debt > FAILURES - 1:
                seconds = int((debt - FAILURES + 1) * FORGIVEN_SECONDS) + 1
                raise Refused("failure-limit", f"{owner}: too many proofs have failed; try again in {seconds} seconds")
            if len(self._waiting) >= MOST_WAITING:
                self._settle(islice(self._waiting, _OLDEST))
            if len(self._waiting) >= MOST_WAITING:
                raise Refused("box-busy", f"{MOST_WAITING} submissions wait already, the most; try again")
            self._waiting[key] = owner
            self._of.setdefault(owner, set()).add(key)
            self._entering.add(key)

    def stored(self, key: bytes) -> None:
        """The storage has it: what that says of it counts from now on."""
        with self._turn:
            self._entering.discard(key)

    def leave(self, key: bytes) -> None:
        """It was not handed in after all."""
        with self._turn:
            self._remove(key)

    def waiting_of(self, owner: Owner) -> frozenset[bytes]:
        """The submissions of the owner that are not judged yet."""
        with self._turn:
            self._settle(self._of.get(owner, ()))
            return frozenset(self._of.get(owner, ()))

    def _settle(self, keys: Iterable[bytes]) -> None:
        """Those of these that are judged do not wait any more; what failed is counted."""
        for key in tuple(keys):
            if key in self._entering:
                continue
            status = self._status(key)
            if status == WAITING:
                continue
            owner = self._waiting[key]
            if isinstance(status, Answer) and status.code not in _INNOCENT:
                if len(self._debt) >= _DEBTORS:
                    for one in tuple(self._debt):
                        self._debt_of(one)  # which forgets who has none any more
                self._debt[owner] = (self._debt_of(owner) + 1, self._clock())
            self._remove(key)

    def _remove(self, key: bytes) -> None:
        owner = self._waiting.pop(key, None)
        self._entering.discard(key)
        if owner is not None:
            own = self._of[owner]
            own.discard(key)
            if not own:
                del self._of[owner]

    def _debt_of(self, owner: Owner) -> float:
        debt, at = self._debt.get(owner, (0.0, 0.0))
        left = debt - (self._clock() - at) / FORGIVEN_SECONDS
        if left > 0:
            return left
        self._debt.pop(owner, None)
        return 0.0


class Doorkeeper:
    """Of one selection. made: how many challenges of a session, by its hash, the log has. Several threads may ask."""

    def __init__(
        self,
        setting: Setting,
        view: PublicView,
        sessions: VoterSessions,
        made: Callable[[bytes], int],
        status: Callable[[bytes], Status],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._view, self._sessions, self._challenges = view, sessions, made
        self._counts = Counts(status, clock)
        self._setting = setting
        self._largest = largest_ballot(self._setting)
        self._made: BallotContext | None = None

    def admit(self, envelope: Envelope) -> Envelope:
        """The submission as it may be handed in, which waits from now on; Refused where the box need not be asked."""
        state, size = self._view.ask(lambda board: (board.state, board.size))
        findings, key = Findings(), leaf_hash(envelope.leaf)
        entry, _ = judge_leaf(self._setting, state, size, envelope.leaf, findings)
        refuse_failures(findings)
        if entry is None:
            raise RuntimeError("a leaf was left out without a check that fails")
        self._counts.enter(key, self._owner(entry, envelope))
        if len(envelope.hints) > _HINTS_FOR_ONE_BYTE * self._largest:
            return replace(envelope, hints=b"")
        return envelope

    def stored(self, envelope: Envelope) -> None:
        """It was admitted, and is in the storage now."""
        self._counts.stored(leaf_hash(envelope.leaf))

    def withdraw(self, envelope: Envelope) -> None:
        """It was admitted, and then could not be stored."""
        self._counts.leave(leaf_hash(envelope.leaf))

    def _owner(self, entry: Entry, envelope: Envelope) -> Owner:
        """Who answers for it, if all that is seen cheaply is right."""
        match entry.leaf.body:
            case BallotBody() as body:
                owner = Owner("line", body.line)
                if self._view.has_ballot(body):  # the box answers with the first receipt, and proves nothing
                    owner = COPIES
                    ballot_payload_of(entry, envelope.payload, self._largest)
                else:
                    self._check_ballot(entry, body, envelope.payload, self._counts.waiting_of(owner))
            case ChallengeBody() as challenged:
                owner = self._session(envelope, f"challenge {shown(challenged.tracker)}")
                payload, findings = ballot_payload_of(entry, envelope.payload, self._largest), Findings()
                challenges.check_form(self._context(), entry, payload, findings)
                refuse_failures(findings)
            case _:
                owner = Owner("party", entry.leaf.author)
                payload_of(entry, envelope.payload)
        return owner

    def _check_ballot(self, entry: Entry, body: BallotBody, payload: bytes, waiting: frozenset[bytes]) -> None:
        """All of it but for the proofs, and whether another has its ciphertexts."""

        def check_line(board: BoardReader) -> str | None:
            check_voter(board.voters, entry, b"")
            if body.prev not in waiting:  # else the ballot before it is being judged, and the box knows more
                refuse_stale(board.voters, body)
            return style_of(board.electorate.entitlement(body.line)) if board.electorate else None

        style, findings = self._view.ask(check_line), Findings()
        payload = ballot_payload_of(entry, payload, self._largest)
        ballots.check_form(self._context(), entry, payload, findings, style)
        refuse_failures(findings)

    def _context(self) -> BallotContext:
        """Of a selection that is open, or was."""
        if self._made is None:
            joint = self._view.ask(lambda board: board.joint())
            self._made = BallotContext(self._setting, joint.K, joint.h_e)
        return self._made

    def _session(self, envelope: Envelope, subject: str) -> Owner:
        """The session, which was given out here, and has challenges left; those that wait are counted as made."""
        if not envelope.session:
            raise Refused("no-session", f"{subject}: no voter session to count it against")
        if not self._sessions.is_of_here(envelope.session):
            raise Refused("no-session", f"{subject}: this session was not given out here")
        name = sha256(envelope.session.encode())
        owner, limit = Owner("session", name.hex()), self._setting.manifest.box.challenges
        if self._challenges(name) + len(self._counts.waiting_of(owner)) >= limit:
            raise Refused("challenge-limit", f"{subject}: {limit} in this session, the most")
        return owner
