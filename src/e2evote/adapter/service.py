"""The one process that appends (docs/spec.md §5; docs/record-format.md, Files).

A batch: submissions are judged by the box, appended, signed for and published; only then is anybody answered. What the
box must not forget is on the disk before the new checkpoint is; the checkpoint comes last of all files. So an entry is
acknowledged only when the record shows it, and whoever lost the answer gets the same receipt again.

At its start the box verifies its own record, removes what a crash left beyond the checkpoint, and refuses to go on from
a record that fails a check or whose checkpoint is not its own.
"""

import threading
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Executor
from contextlib import contextmanager
from dataclasses import dataclass

from e2evote.adapter import secretfile
from e2evote.adapter.box_state import BoxState, Head
from e2evote.adapter.files import StaticWriter
from e2evote.adapter.inbox import answer, arrived
from e2evote.adapter.keys import load_key
from e2evote.adapter.leftovers import remove_leftovers
from e2evote.adapter.passphrase import Passphrase
from e2evote.adapter.patience import Patience
from e2evote.adapter.published import PublishedLog
from e2evote.adapter.reply import Acknowledged
from e2evote.adapter.store import LOG_KEY, Store
from e2evote.ballot.box import Admitted, Box, Known
from e2evote.ballot.box_batch import plan
from e2evote.ballot.box_envelope import Envelope
from e2evote.board.log import Log
from e2evote.board.note import Signer, sign_note
from e2evote.board.tiles import WIDTH
from e2evote.errors import E2EVoteError, MalformedInput, Refused
from e2evote.manifest.model import Manifest
from e2evote.secret.sign import SigningKey
from e2evote.verify.ballot_work import Progress, silent
from e2evote.verify.examine import Examination, Question
from e2evote.verify.log import log_key
from e2evote.verify.run import examine_path

MOST_IN_BATCH = 256


@dataclass(frozen=True, slots=True)
class Batch:
    """What became of one batch; `size` is the log's afterwards."""

    admitted: int
    again: int
    refused: tuple[Refused, ...]
    size: int


def ignore(batch: Batch) -> None:
    """Nobody watches."""


@contextmanager
def open_box(
    store: Store,
    passphrase: Passphrase,
    *,
    allow_test_group: bool = False,
    executor: Executor | None = None,
    progress: Progress = silent,
) -> Iterator["BoxService"]:
    """The box of this store, as long as the `with` statement lasts; Refused while another process has it.

    The record is verified first; executor and progress are as in `verify_record`.
    """
    with secretfile.locked(store.private / "box"):
        yield _resume(store, passphrase, allow_test_group, executor, progress)


def _resume(
    store: Store, passphrase: Passphrase, allow_test_group: bool, executor: Executor | None, progress: Progress
) -> "BoxService":
    published, state = PublishedLog(store.record), BoxState(store.private)
    try:
        head = state.recover(published.checkpoint())
    except FileNotFoundError:
        raise Refused("board-missing", f"{store.record}: there is no checkpoint") from None
    key = load_key(store.private / LOG_KEY, passphrase)
    remove_leftovers(store.record, head.size)
    try:
        examination = examine_path(store.record, Question(allow_test_group=allow_test_group), executor, progress)
    except MalformedInput as error:
        raise Refused("record-fails", f"{store.record}: {error}") from None
    if examination.report.failing:
        failing = ", ".join(sorted(check.value for check in examination.report.failing))
        raise Refused("record-fails", f"{store.record}: checks that fail: {failing}")
    setting = examination.setting
    if setting is None:
        raise Refused("record-incomplete", f"{store.record}: entry 0 or its payload is not there")
    if log_key(setting.manifest).public_key.encoded != key.public:
        raise Refused("wrong-key", f"{store.private / LOG_KEY}: not the key of this log")
    return BoxService(store, key, state, published, examination)


@contextmanager
def serving(service: "BoxService") -> Iterator[None]:
    """A thread that takes in what others put in the inbox, as long as the `with` statement lasts."""
    stop = threading.Event()

    def sleep(seconds: float) -> None:
        stop.wait(seconds)

    thread = threading.Thread(target=service.run, args=(stop.is_set, Patience(sleep=sleep)), daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


class BoxService:
    """The box with its files. Methods may be called by several threads; they take turns."""

    def __init__(
        self, store: Store, key: SigningKey, state: BoxState, published: PublishedLog, examination: Examination
    ) -> None:
        self._store, self._state, self._published = store, state, published
        self._turn = threading.RLock()
        self._writer = StaticWriter(store.record)
        self._broken = False
        self._unpublished: dict[int, bytes] = {}
        self._size = examination.log.checkpoint.size
        self.box = Box.resume(examination, published.entries(self._size), self._payload, state.next.sessions)
        self._signer = Signer(log_key(self.manifest), key.sign)
        self._log = _log_of(self._signer, self._size, published)

    @property
    def manifest(self) -> Manifest:
        return self.box.setting.manifest

    @property
    def size(self) -> int:
        """The number of published entries."""
        return self._size

    def step(self) -> Batch:
        """One batch from the inbox: judged, published, answered."""
        with self._turn:
            found = dict(arrived(self._store, MOST_IN_BATCH))
            results: dict[str, Acknowledged | Refused] = {
                name: Refused("submission-malformed", str(error))
                for name, error in found.items()
                if isinstance(error, MalformedInput)
            }
            envelopes = {name: envelope for name, envelope in found.items() if isinstance(envelope, Envelope)}
            ordered = plan(self.box.setting, envelopes)
            results |= self._sequence({name: envelopes[name] for name in ordered.now})
            for name, result in results.items():
                answer(self._store, name, result)
            acknowledged = [result for result in results.values() if isinstance(result, Acknowledged)]
            again = sum(result.again for result in acknowledged)
            refused = tuple(result for result in results.values() if isinstance(result, Refused))
            return Batch(len(acknowledged) - again, again, refused, self._size)

    def run(self, stop: Callable[[], bool], patience: Patience, watch: Callable[[Batch], None] = ignore) -> None:
        """Batch after batch, one in each of the manifest's intervals, until `stop` says so. watch: told of each."""
        interval = self.manifest.box.batch_ms / 1000
        while not stop():
            began = patience.clock()
            batch = self.step()
            if batch.admitted or batch.again or batch.refused:
                watch(batch)
            patience.sleep(max(0.0, interval - (patience.clock() - began)))

    def post(self, envelope: Envelope) -> Acknowledged:
        """A batch of one, without the inbox: for whoever runs the box in the same process."""
        with self._turn:
            result = self._sequence({"": envelope})[""]
        if isinstance(result, Refused):
            raise result
        return result

    def _sequence(self, envelopes: Mapping[str, Envelope]) -> dict[str, Acknowledged | Refused]:
        """Judge, append, publish, in this order; then the receipts."""
        if self._broken:
            raise RuntimeError(f"{self._store.record}: an earlier batch failed half-way; start the box again")
        self._broken = True
        places = {name: self._admit(envelope) for name, envelope in envelopes.items()}
        if self._log.size > self._size:
            self._publish()
        self._broken = False
        return {
            name: place if isinstance(place, Refused) else self._acknowledged(*place) for name, place in places.items()
        }

    def _admit(self, envelope: Envelope) -> tuple[int, bool] | Refused:
        """Append the submission: its index, and whether it was there before."""
        try:
            result = self.box.consider(envelope)
        except Refused as error:
            return error
        except E2EVoteError as error:
            return Refused("submission-malformed", str(error))
        except Exception as error:  # judging changes nothing, so one bad submission need not stop the box
            refused = Refused("internal", f"the box could not judge this submission ({type(error).__name__})")
            refused.__cause__ = error
            return refused
        if isinstance(result, Known):
            return result.index, True
        self._append(result)
        return result.entry.index, False

    def _append(self, admitted: Admitted) -> None:
        self.box.take(admitted)
        self._unpublished[admitted.entry.index] = admitted.payload
        self._log.append(admitted.leaf, admitted.payload or None, admitted.hints or None)

    def _publish(self) -> None:
        self._state.intend(Head(self._log.signed_checkpoint(), dict(self.box.sessions)))
        self._writer.write(self._log.publish(self._size))
        self._size = self._log.size
        self._log.forget(self._size)
        self._unpublished.clear()

    def _acknowledged(self, index: int, again: bool) -> Acknowledged:
        """The receipt under the first checkpoint that covered the entry: the same whenever it is asked for."""
        entry = next(self._published.entries(self._size, index))
        size = self._state.first_covering(index)
        note = sign_note(self._log.checkpoint(size).text(), [self._signer])
        return Acknowledged(index, self._log.proof(index, note, entry).encode(), entry, again)

    def _payload(self, index: int) -> bytes:
        if index in self._unpublished:
            return self._unpublished[index]
        payload = self._published.payload(index, self._size)
        if payload is None:
            raise Refused("record-incomplete", f"the payload of entry {index} is not there")
        return payload


def _log_of(signer: Signer, size: int, published: PublishedLog) -> Log:
    """The log as it is published, with what lies beside the entries of the bundle that is not full yet."""
    log, start = Log(signer), size // WIDTH * WIDTH
    hints = published.last_hints(size)
    for index, entry in enumerate(published.entries(size)):
        if index < start:
            log.append(entry)
        else:
            log.append(entry, published.payload(index, size), hints[index - start])
    log.forget(size)
    return log
