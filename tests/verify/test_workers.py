"""Workers of any kind make the same report, and what goes wrong with one is an error of the run, not of the record."""

import pickle
from collections.abc import Callable
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import pytest

from e2evote.errors import MalformedInput, Refused
from e2evote.record.archive import MemoryArchive, OpenArchive, open_archive
from e2evote.verify import Check
from e2evote.verify.ballot_work import Means
from e2evote.verify.examine import Question, examine
from simulate.bases import base_election
from simulate.insider import Dossier
from simulate.tamper import Tamper
from simulate.tampers import TAMPERS

QUESTION = Question(None, None, True)


class Elsewhere(Executor):
    """Another machine: all that it is given and gives back is bytes, and it works only when somebody waits for it."""

    workers = 3

    def __init__(self) -> None:
        self.waiting: list[Future[Any]] = []
        self.most_waiting = self.largest = 0

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        data = pickle.dumps((fn, args, kwargs))
        self.largest = max(self.largest, len(data))
        future = _Late(lambda: self._work(future, data))
        self.waiting.append(future)
        self.most_waiting = max(self.most_waiting, len(self.waiting))
        return future

    def _work(self, future: Future[Any], data: bytes) -> Any:
        self.waiting.remove(future)
        fn, args, kwargs = pickle.loads(data)
        try:
            return pickle.loads(pickle.dumps(fn(*args, **kwargs)))
        except Exception as error:
            raise pickle.loads(pickle.dumps(error)) from None


class _Late(Future[Any]):
    def __init__(self, work: Callable[[], Any]) -> None:
        super().__init__()
        self._work = work

    def result(self, timeout: float | None = None) -> Any:
        return self._work()


@pytest.fixture(autouse=True)
def _small_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    """One entry each."""
    monkeypatch.setattr("e2evote.verify.pieces.SELECTIONS", 1)
    monkeypatch.setattr("e2evote.verify.pieces.ONE_BY_ONE", 1)


@pytest.fixture(scope="module")
def dossier() -> Dossier:
    return Dossier(base_election("base"))


@pytest.fixture
def record(dossier: Dossier, tmp_path: Path) -> Path:
    return dossier.write(tmp_path / "record")


def report_by(executor: Executor | None, path: Path) -> bytes:
    return examine(open_archive(path), OpenArchive(path), QUESTION, Means(executor)).report.encode()


NOTICED_IN_PIECES = [
    next(tamper for tamper in TAMPERS if tamper.check == check and tamper.shown == "files")
    for check in (
        "board.signature",
        "board.dates",
        "board.payload",
        "record.payloads",
        "ballot.form",
        "ballot.line",
        "ballot.unique",
    )
]


@pytest.mark.parametrize("tamper", NOTICED_IN_PIECES, ids=lambda tamper: tamper.name)
def test_pieces_and_workers_change_no_byte_of_a_report(
    tamper: Tamper, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    dossier = Dossier(base_election(tamper.base))
    tamper.apply(dossier)
    path = dossier.write(tmp_path / "record")
    alone = report_by(None, path)
    with ThreadPoolExecutor(3) as threads:
        assert report_by(threads, path) == alone
    assert report_by(Elsewhere(), path) == alone
    monkeypatch.setattr("e2evote.verify.pieces.SELECTIONS", 10_000)
    monkeypatch.setattr("e2evote.verify.pieces.ONE_BY_ONE", 10_000)
    assert report_by(None, path) == alone
    assert f'"{tamper.check}"'.encode() in alone


def test_few_pieces_are_handed_out_at_a_time_and_they_are_small(record: Path) -> None:
    executor = Elsewhere()
    report_by(executor, record)
    assert 3 < executor.most_waiting <= 2 * executor.workers + 2
    assert executor.largest < 10_000
    assert executor.waiting == []


def test_a_worker_that_does_not_see_the_record(record: Path, tmp_path: Path) -> None:
    opener = OpenArchive(tmp_path / "elsewhere")
    for executor in (None, Elsewhere()):
        with pytest.raises(Refused, match=r"elsewhere: can't be opened.*every worker must see") as refused:
            examine(open_archive(record), opener, QUESTION, Means(executor))
        assert refused.value.code == "worker-record"


def _changed(dossier: Dossier, change: Callable[[dict[str, bytes], str], object]) -> Refused:
    """What becomes of a run whose workers see other entries than the main process."""
    files, other = dossier.files(), dossier.files()
    change(other, next(name for name in other if name.startswith("tile/entries/")))
    archive, seen = MemoryArchive(files), MemoryArchive(other)
    with pytest.raises(Refused) as refused:
        examine(archive, lambda: nullcontext(seen), QUESTION)
    return refused.value


@pytest.mark.parametrize(
    ("change", "detail"),
    [
        (lambda files, name: files.update({name: files[name][:-3] + b"0" + files[name][-2:]}), "not those that were"),
        (lambda files, name: files.update({name: files[name][:-1]}), "ends at byte"),
        (lambda files, name: files.pop(name), "not there"),
    ],
)
def test_entries_that_changed_end_the_run(dossier: Dossier, change: Any, detail: str) -> None:
    error = _changed(dossier, change)
    assert error.code == "record-changed"
    assert f"entries 0 to {len(dossier.entries) - 1}" in error.detail
    assert detail in error.detail


def test_a_pack_that_is_none_is_of_the_record_and_not_of_the_run(dossier: Dossier) -> None:
    """The main process never reads the packs of ballots alone, so it is a worker that finds out."""
    files = dossier.files()
    name = next(name for name in files if name.startswith("payload/"))
    archive, seen = MemoryArchive(files), MemoryArchive({**files, name: files[name] + b"x"})
    with pytest.raises(MalformedInput, match="payload/000.* 1 bytes after its"):
        examine(archive, lambda: nullcontext(seen), QUESTION)


def test_what_was_handed_out_is_taken_back_when_a_piece_fails(record: Path, tmp_path: Path) -> None:
    executor = Elsewhere()
    with pytest.raises(Refused):
        examine(open_archive(record), OpenArchive(tmp_path / "elsewhere"), QUESTION, Means(executor))
    assert executor.waiting
    assert all(future.cancelled() for future in executor.waiting)


def test_what_was_handed_out_is_taken_back_when_nobody_waits_any_more(record: Path) -> None:
    executor = Elsewhere()

    def stop(done: int, total: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        examine(open_archive(record), OpenArchive(record), QUESTION, Means(executor, stop))
    assert executor.waiting
    assert all(future.cancelled() for future in executor.waiting)


def test_a_scratch_file_that_can_not_be_written(dossier: Dossier, monkeypatch: pytest.MonkeyPatch) -> None:
    def full() -> Any:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("e2evote.verify.payloads.WHOLE", 10)
    archive = MemoryArchive(dossier.files())
    with pytest.raises(Refused, match="No space left on device") as refused:
        examine(archive, lambda: nullcontext(archive), QUESTION, Means(scratch=full))
    assert refused.value.code == "scratch"


def test_payloads_kept_in_scratch_files_are_what_they_were(dossier: Dossier, monkeypatch: pytest.MonkeyPatch) -> None:
    archive = MemoryArchive(dossier.files())
    alone = examine(archive, lambda: nullcontext(archive), QUESTION).report
    monkeypatch.setattr("e2evote.verify.payloads.WHOLE", 10)
    assert examine(archive, lambda: nullcontext(archive), QUESTION).report.encode() == alone.encode()
    assert alone.result(Check.TALLY_FORM).examined > 1
