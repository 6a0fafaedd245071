"""The one process that appends (docs/spec.md §5.6; docs/record-format.md, Files).

    inbox, other processes -> storage, pending -> judged -> keeper: sequenced, signed, published, cosigned -> answers

A submission is durable before it is judged, and answered when the published record shows it under a head with the
witnesses' quorum, or when it is refused. While a quorum is missing nothing more is judged; what is handed in stays
stored, and its reply says so. Where there is no room nothing is taken in, and what is stored goes on when there is.

At its start the box looks through its storage (`board.keeper`), verifies its own record, and refuses to go on from one
that is damaged, old, another's, or fails a check.
"""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Executor
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass

from e2evote.adapter import secretfile
from e2evote.adapter.bell import Bell
from e2evote.adapter.dates import Dates, objection, told
from e2evote.adapter.desk import MOST_BYTES, MOST_IN_BATCH, Desk, Judged
from e2evote.adapter.files import StaticWriter
from e2evote.adapter.history import History, entries_of
from e2evote.adapter.inbox import answer, arrived
from e2evote.adapter.intake import Intake, Ticket
from e2evote.adapter.keys import load_key
from e2evote.adapter.leftovers import remove_leftovers
from e2evote.adapter.passphrase import Passphrase
from e2evote.adapter.patience import Patience
from e2evote.adapter.reply import Acknowledged, Stored
from e2evote.adapter.store import LOG_KEY, Store
from e2evote.adapter.witness_desk import MakeDesk, WitnessDesk
from e2evote.ballot.box import PAST, Box
from e2evote.ballot.box_envelope import Envelope
from e2evote.board.gathering import Gatherer
from e2evote.board.keeper import UNCHANGED, Collaborators, Keeper
from e2evote.board.note import Signer
from e2evote.board.storage import Answer, Status
from e2evote.errors import E2EVoteError, MalformedInput, Refused
from e2evote.manifest.model import Manifest
from e2evote.verify.ballot_work import Progress, silent
from e2evote.verify.examine import Examination, Question
from e2evote.verify.log import log_key
from e2evote.verify.run import examine_path

FRESH_SECONDS = 600.0
"""After so long a quorum is asked to cosign the head once more, so that whoever reads it sees that it is not old."""

POST_PATIENCE = Patience(seconds=60.0)
"""How long `post` waits for a receipt, if nothing else is said."""


@dataclass(frozen=True, slots=True)
class Batch:
    """What became of one batch; `size` is the log's afterwards. waiting: why it is not settled yet; "" if it is."""

    admitted: int
    again: int
    refused: tuple[Refused, ...]
    size: int
    waiting: str = ""


def ignore(batch: Batch) -> None:
    """Nobody watches."""


@dataclass(frozen=True, slots=True)
class Verifying:
    """How the record is verified at the start."""

    question: Question
    executor: Executor | None
    progress: Progress

    def examine(self, store: Store) -> Examination:
        """The record as it is published; Refused where a check fails."""
        try:
            examination = examine_path(store.record, self.question, self.executor, self.progress)
        except MalformedInput as error:
            raise Refused("record-fails", f"{store.record}: {error}") from None
        if failing := examination.report.failing - PAST:
            names = ", ".join(sorted(check.value for check in failing))
            raise Refused("record-fails", f"{store.record}: checks that fail: {names}")
        if examination.setting is None:
            raise Refused("record-incomplete", f"{store.record}: entry 0 or its payload is not there")
        return examination


@contextmanager
def open_box(
    store: Store,
    passphrase: Passphrase,
    *,
    allow_test_group: bool = False,
    executor: Executor | None = None,
    progress: Progress = silent,
    witnesses: MakeDesk = WitnessDesk,
    patience: Patience = POST_PATIENCE,
) -> Iterator["BoxService"]:
    """The box of this store, as long as the `with` statement lasts; Refused while another process has it.

    The storage is looked through and the record verified first; executor and progress are as in `verify_record`.
    witnesses: by what those of the policy are asked, for a policy and the box's private folder. patience: of `post`.
    """
    with secretfile.locked(store.private / "box"), ExitStack() as opened:
        setting = store.setting()
        key = load_key(store.private / LOG_KEY, passphrase)
        if log_key(setting.manifest).public_key.encoded != key.public:
            raise Refused("wrong-key", f"{store.private / LOG_KEY}: not the key of this log")
        storage = opened.enter_context(closing(store.open_storage()))
        gatherer = None
        if setting.manifest.policy:
            desk = opened.enter_context(closing(witnesses(setting.manifest.policy, store.private)))
            gatherer = Gatherer(setting.manifest.policy, desk)
        remove_leftovers(store.record)
        collaborators = Collaborators(
            storage, StaticWriter(store.record), Signer(log_key(setting.manifest), key.sign), gatherer
        )
        question = Question(allow_test_group=allow_test_group)
        yield BoxService(store, collaborators, Verifying(question, executor, progress), patience)


@contextmanager
def serving(service: "BoxService") -> Iterator[None]:
    """A thread that takes in what others put in the inbox, as long as the `with` statement lasts."""
    stop = threading.Event()

    def sleep(seconds: float) -> None:
        stop.wait(seconds)

    def work() -> None:
        try:
            service.run(stop.is_set, Patience(sleep=sleep))
        except E2EVoteError as error:
            service.fail(error)
        except BaseException as error:
            service.fail(Refused("internal", f"the box stopped ({type(error).__name__})"))
            raise

    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


class BoxService:
    """The box with its storage and files. Methods may be called by several threads; they take turns."""

    def __init__(self, store: Store, with_: Collaborators, verifying: Verifying, patience: Patience) -> None:
        self._store, self._with, self._verifying, self._patience = store, with_, verifying, patience
        self._turn = threading.RLock()
        self._history = History()
        self._keeper = Keeper.start(with_, self._history.take)
        self._dates = Dates(with_, self._history.dated)
        self._dates.publish()
        self._desk = Desk(with_.storage)
        self._ahead = Judged()
        self.box = self._verified()
        self._verifying = Verifying(verifying.question, None, silent)  # what the caller lent was for the start
        self._intake = Intake(with_.storage, self.box.setting)
        self._tickets: dict[str, Ticket] = {}
        self._told: dict[str, str] = {}
        self._trouble = ""
        self._failed: E2EVoteError | None = None
        self.bell = Bell()
        """Rung when something was published, refused, or found to be waiting for witnesses."""

    @property
    def manifest(self) -> Manifest:
        return self.box.setting.manifest

    @property
    def size(self) -> int:
        """The number of entries that the log has signed for and published."""
        return self._keeper.head.size

    @property
    def waiting(self) -> str:
        """What everything waits for; empty where all that is stored has its receipt or its answer."""
        return self._trouble or told(self._keeper)

    def step(self) -> Batch:
        """One batch from the inbox, and from other processes: stored, judged, published, answered."""
        with self._turn:
            refused = self._take_in()
            judged = self._advance()
            again = self._answer()
            return Batch(len(judged.entries), again, (*refused, *judged.refused), self.size, self.waiting)

    def run(self, stop: Callable[[], bool], patience: Patience, watch: Callable[[Batch], None] = ignore) -> None:
        """Batch after batch, one in each of the manifest's intervals, until `stop` says so. watch: told of each."""
        interval, waiting, asked = self.manifest.box.batch_ms / 1000, "", patience.clock()
        while not stop():
            began = patience.clock()
            if not 0 <= began - asked < FRESH_SECONDS:
                self.refresh()
                asked = began
            batch = self.step()
            if batch.admitted or batch.again or batch.refused or batch.waiting != waiting:
                watch(batch)
            waiting = batch.waiting
            if batch.admitted < MOST_IN_BATCH:
                patience.sleep(min(interval, max(0.0, interval - (patience.clock() - began))))

    def refresh(self) -> None:
        """Has the newest head cosigned once more, where a quorum answers."""
        with self._turn:
            try:
                self._keeper.refresh()
            except Refused as refused:
                if refused.code not in UNCHANGED:
                    raise

    def post(self, envelope: Envelope) -> Acknowledged:
        """A submission without the inbox, for whoever runs the box in the same process; waits for the receipt.

        Refused as `stored` where no quorum has cosigned it in time.
        """
        ticket = self._intake.submit(envelope)
        waiting = self._patience.waiting()
        while True:
            with self._turn:
                result = self._intake.result(ticket)
                if result is None:
                    self._advance()
                    result = self._intake.result(ticket)
            if isinstance(result, Refused):
                raise result
            if result is not None:
                return result
            if not waiting.goes_on(self.waiting):
                raise Stored(self.waiting).refusal()

    def submit(self, envelope: Envelope) -> Ticket:
        """Handed in and durable; `run` judges it, with whatever else has come by then."""
        try:
            return self._intake.submit(envelope)
        except Refused as refused:
            if refused.code in _ENDS:
                self.fail(refused)
            raise

    def result(self, ticket: Ticket) -> Acknowledged | Refused | None:
        """The receipt, the refusal, or None while it is neither."""
        return self._intake.result(ticket)

    def status(self, key: bytes) -> Status:
        """Of the submission with this key, as the storage has it."""
        return self._intake.status(key)

    def challenges_of(self, session: bytes) -> int:
        """How many challenges the log has of the session with this hash."""
        return self.box.sessions.get(session, 0)

    def is_known(self, ticket: Ticket) -> bool:
        """Whether the submission waits or has been answered."""
        return self._intake.is_known(ticket)

    def receipt(self, index: int) -> bytes | None:
        """The receipt of an entry; None while no quorum has cosigned it."""
        return self._intake.receipt(index)

    def wait(self, ticket: Ticket, seconds: float) -> Acknowledged | Refused | None:
        """The receipt or the refusal, while another thread is in `run`; None where it is neither after so long.

        Raises what stopped the box, where it does not go on.
        """
        deadline = self._patience.clock() + seconds
        while True:
            heard = self.bell.rung
            result = self.result(ticket)
            if result is not None:
                return result
            if self._failed is not None:
                raise self._failed
            left = deadline - self._patience.clock()
            if left <= 0:
                return None
            self.bell.wait(heard, left)

    @property
    def failed(self) -> E2EVoteError | None:
        """What stopped the box; None as long as it goes on."""
        return self._failed

    def fail(self, error: E2EVoteError) -> None:
        """Whoever waits, or comes to wait, is told that the box does not go on, and why."""
        self._failed = error
        self.bell.ring()

    def _take_in(self) -> list[Refused]:
        """What lies in the inbox is stored, or refused; the refusals."""
        refusals = []
        for name, found in arrived(self._store, MOST_IN_BATCH, self._tickets.keys()):
            try:
                if isinstance(found, MalformedInput):
                    raise Refused("submission-malformed", str(found))
                self._tickets[name] = self._intake.submit(found)
            except Refused as refused:
                if refused.code in _ENDS:
                    raise
                refusals.append(refused)
                answer(self._store, name, refused)
        return refusals

    def _advance(self) -> Judged:
        """One batch as far as it goes; what was judged and stored."""
        done, before = Judged(), (self.size, self.waiting)
        self._trouble = ""
        try:
            if self._is_settled():
                self._ahead = self._ahead or self._judged()
                if self._ahead and self._keeper.is_settled:
                    done = self._append()
                    self._is_settled()
        except Refused as refused:
            if refused.code not in UNCHANGED:
                raise
            self._trouble = str(refused)
        if done or before != (self.size, self.waiting):
            self.bell.ring()
        return done

    def _append(self) -> Judged:
        """The batch that was judged, or for which there was no room before."""
        judged = self._ahead
        self._keeper.append(judged.entries, judged.answers)
        self._ahead = Judged()
        self._desk.forget()
        self._history.sessions.update(each.private for each in judged.entries if each.private)
        if judged.dated:
            index = self._keeper.size - 1
            self._dates.note(self._history.note(judged.dated, index), index)
        return judged

    def _judged(self) -> Judged:
        pending = self._with.storage.pending(MOST_IN_BATCH, MOST_BYTES)
        judged = self._desk.judge(
            self.box, pending, lambda kind: objection(kind, self.manifest, self.box.state, self._keeper, self._with)
        )
        if not self._keeper.is_settled:  # the gate asked the witnesses in vain; whoever wanted to pass is told now
            refusals = {key: answer for key, answer in judged.answers.items() if isinstance(answer, Answer)}
            self._keeper.append([], refusals)
            for key in refusals:
                del judged.answers[key]
        return judged

    def _is_settled(self) -> bool:
        """Whether the keeper has nothing left to do; then the box knows all entries, and the dates are published."""
        if not self._keeper.settle():
            return False
        self._dates.publish()
        if not self._ahead and self.box.size != self._keeper.size:
            # What was not signed for at the start is published now; or the box took what was then not stored.
            self._desk.forget()
            self.box = self._verified()
        return True

    def _verified(self) -> Box:
        """The box of the published record, which is verified."""
        examination = self._verifying.examine(self._store)
        entries = entries_of(self._with.storage, examination.log.checkpoint.size)
        return Box.resume(examination, entries, self._desk.payload, self._history.sessions)

    def _answer(self) -> int:
        """Answers to what came by the inbox; the number of those that had been there before."""
        again = 0
        for name, ticket in list(self._tickets.items()):
            result = self._intake.result(ticket)
            if result is None and not self._intake.is_known(ticket):
                del self._tickets[name]  # it is taken in once more
            elif result is None:
                if self.waiting and self._told.get(name) != self.waiting:
                    answer(self._store, name, Stored(self.waiting))
                    self._told[name] = self.waiting
            elif answer(self._store, name, result):
                again += isinstance(result, Acknowledged) and result.again
                del self._tickets[name]
                self._told.pop(name, None)
        return again


_ENDS = frozenset({"storage-conflict", "storage-damaged", "storage-failed"})
"""Codes of refusals that concern the box, and not one submission."""
