"""An interrupted verification goes on, with the same report, and believes nothing but the bytes that are there now."""

from collections.abc import Callable
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import nullcontext
from random import Random

import pytest

from e2evote.record.archive import MemoryArchive
from e2evote.verify import Check
from e2evote.verify.ballot_work import Means, silent
from e2evote.verify.examine import Question, examine
from e2evote.verify.report import Report
from e2evote.verify.worker import Opener, check_piece
from reference.encryptor import ContestSpec, ElectionSpec, VoteSpec, make_election
from simulate.bases import base_election
from simulate.insider import Dossier
from simulate.tampers import TAMPERS

QUESTION = Question(None, None, True)


VOTES = ((1, 0), (0, 1), (1, 0), (0, 0))
SPEC = ElectionSpec(
    (ContestSpec("only", (("yes", 1), ("no", 1))),),
    (("all", ("only",)),),
    (VoteSpec(9, "all", ((1, 0),), "challenge"), *(VoteSpec(i, "all", (v,)) for i, v in enumerate(VOTES, 1))),
    n=1,
    k=1,
    decrypting=(1,),
)
"""As little besides the ballots as there can be."""


class Abort(BaseException):
    """The process is gone."""


class Store:
    """Results in memory; dies after so many calls."""

    def __init__(self) -> None:
        self.saved: dict[bytes, bytes] = {}
        self.calls_left = -1

    def load(self, key: bytes) -> bytes | None:
        self._call()
        return self.saved.get(key)

    def save(self, key: bytes, data: bytes) -> None:
        self._call()
        assert key not in self.saved
        self.saved[key] = data
        self._call()

    def notes(self) -> tuple[str, ...]:
        return ()

    def progress(self, done: int, total: int) -> None:
        self._call()

    def _call(self) -> None:
        if self.calls_left == 0:
            raise Abort
        self.calls_left -= 1


class Work:
    """Counts pieces that are worked on, and dies inside of one after so many reads of the archive."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.done = 0

        def counted(opener: Opener, *rest: object) -> bytes:
            data = check_piece(opener, *rest)  # type: ignore[arg-type]
            self.done += 1
            return data

        monkeypatch.setattr("e2evote.verify.ballot_work.check_piece", counted)


class Dying(MemoryArchive):
    """An archive in which only so many more files are read."""

    def __init__(self, files: dict[str, bytes], reads: int = -1) -> None:
        super().__init__(files)
        self.reads_left = reads

    def read(self, name: str) -> bytes:
        if self.reads_left == 0:
            raise Abort
        self.reads_left -= 1
        return super().read(name)


@pytest.fixture(autouse=True)
def _small_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("e2evote.verify.pieces.SELECTIONS", 3)
    monkeypatch.setattr("e2evote.verify.pieces.ONE_BY_ONE", 3)


@pytest.fixture(scope="module")
def files() -> dict[str, bytes]:
    return Dossier(make_election(SPEC, b"resume".ljust(32, b"."))).files()


@pytest.fixture
def work(monkeypatch: pytest.MonkeyPatch) -> Work:
    return Work(monkeypatch)


def verified(
    files: dict[str, bytes],
    store: Store | None,
    question: Question = QUESTION,
    worker: MemoryArchive | None = None,
    executor: Executor | None = None,
) -> Report:
    archive = MemoryArchive(files)
    worker = worker or archive
    means = Means(executor, store.progress if store else silent, resume=store)
    return examine(archive, lambda: nullcontext(worker), question, means).report


def aborted(files: dict[str, bytes], store: Store, calls: int = -1, reads: int = -1) -> bool:
    """Whether the run was aborted before its end."""
    store.calls_left = calls
    try:
        verified(files, store, worker=Dying(files, reads))
    except Abort:
        return True
    finally:
        store.calls_left = -1
    return False


def test_nothing_is_done_twice(files: dict[str, bytes], work: Work) -> None:
    alone = verified(files, None)
    pieces, store = work.done, Store()
    assert pieces > 5
    assert verified(files, store).encode() == alone.encode()
    assert len(store.saved) == pieces
    assert work.done == 2 * pieces
    assert verified(files, store).encode() == alone.encode()
    assert work.done == 2 * pieces


def test_an_abort_at_every_boundary_and_at_many_places_inside(files: dict[str, bytes], work: Work) -> None:
    alone = verified(files, None).encode()
    pieces, random, store, worker = work.done, Random(17), Store(), Dying(files, 10**6)
    store.calls_left = 10**6
    verified(files, store, worker=worker)
    calls_made, reads_made = 10**6 - store.calls_left, 10**6 - worker.reads_left
    assert calls_made >= 3 * pieces  # load, before and after save
    places = [(calls, -1) for calls in range(calls_made)] + [(-1, reads) for reads in range(reads_made)]
    for calls, reads in random.sample(places, 50):
        store = Store()
        assert aborted(files, store, calls, reads)
        known, before = len(store.saved), work.done
        assert verified(files, store).encode() == alone
        assert work.done - before == pieces - known


def test_many_aborts_one_after_the_other(files: dict[str, bytes], work: Work) -> None:
    """Each run gets a little further; together they do the work once, and what was begun when they died."""
    alone = verified(files, None).encode()
    pieces, store, runs = work.done, Store(), 0
    work.done = 0
    while aborted(files, store, calls=3 * len(store.saved) + 4):
        runs += 1
    assert runs > 3
    assert verified(files, store).encode() == alone
    assert work.done <= pieces + runs


def test_several_workers_go_on_where_one_was_interrupted(files: dict[str, bytes], work: Work) -> None:
    alone = verified(files, None).encode()
    pieces, store = work.done, Store()
    assert aborted(files, store, calls=pieces)
    known, before = len(store.saved), work.done
    assert 0 < known < pieces
    with ThreadPoolExecutor(3) as executor:
        assert verified(files, store, executor=executor).encode() == alone
        assert work.done - before == pieces - known
        assert verified(files, store, executor=executor).encode() == alone
        assert work.done - before == pieces - known


CHANGES: dict[str, tuple[str, Callable[[bytes], bytes]]] = {
    "a payload": ("payload/", lambda data: data.replace(b'"style":"all"', b'"style":"alk"')),
    "a leaf": ("tile/entries/", lambda data: data.replace(b'"kind":"challenge"', b'"kind":"challengf"')),
}


@pytest.mark.parametrize("name", CHANGES)
def test_bytes_that_changed_since_are_noticed(name: str, files: dict[str, bytes], work: Work) -> None:
    store = Store()
    good = verified(files, store)
    prefix, change = CHANGES[name]
    path = next(path for path in files if path.startswith(prefix))
    changed = {**files, path: change(files[path])}
    assert changed != files
    report = verified(changed, store)
    assert report.failing
    assert report.encode() == verified(changed, None).encode()
    assert verified(files, store).encode() == good.encode()


def test_hints_change_no_key(files: dict[str, bytes], work: Work) -> None:
    store = Store()
    good, before = verified(files, store), work.done
    path = next(path for path in files if path.startswith("hints/"))
    changed = {**files, path: files[path][:-1] + b"x"}
    assert verified(changed, store).encode() == good.encode()
    assert work.done == before


def test_results_of_batches_are_none_for_one_by_one(files: dict[str, bytes], work: Work) -> None:
    store = Store()
    good, pieces = verified(files, store), work.done
    question = Question(None, None, True, one_by_one=True)
    assert verified(files, store, question).encode() == good.encode()
    assert work.done == 2 * pieces


def test_another_version_begins_anew(files: dict[str, bytes], work: Work, monkeypatch: pytest.MonkeyPatch) -> None:
    store = Store()
    verified(files, store)
    pieces = work.done
    monkeypatch.setattr("e2evote.verify.resume.__version__", "0.0.0")
    verified(files, store)
    assert work.done == 2 * pieces


def test_a_stored_result_that_is_none_is_found_out_again(files: dict[str, bytes], work: Work) -> None:
    """The store vouches for its bytes; should it give others all the same, they are at least no crash."""
    store = Store()
    good, pieces = verified(files, store), work.done
    broken = Store()
    broken.load = lambda key: store.saved[key][:-1]  # type: ignore[method-assign]
    assert verified(files, broken).encode() == good.encode()
    assert work.done == 2 * pieces


def test_failures_are_resumed_too(work: Work) -> None:
    tamper = next(tamper for tamper in TAMPERS if tamper.check == "ballot.selection-proof")
    dossier = Dossier(base_election(tamper.base))
    tamper.apply(dossier)
    files, store = dossier.files(), Store()
    alone = verified(files, store)
    pieces = work.done
    assert Check.BALLOT_SELECTION_PROOF in alone.failing
    assert verified(files, store).encode() == alone.encode()
    assert work.done == pieces
