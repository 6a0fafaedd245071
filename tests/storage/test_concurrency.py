"""Several threads, and several processes, use one storage at once (A108, A111)."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from e2evote.adapter.storage import sqlite_file
from e2evote.adapter.storage.sqlite import SqliteStorage
from e2evote.board.merkle import leaf_hash
from e2evote.board.storage import Storage
from e2evote.errors import StorageConflict
from storage.children import refuse_some, sequence_all, submit_some, swap_heads, together
from storage.houses import ORIGIN, House
from storage.sample import batch, closing, fill, submission


def check_dense(storage: Storage, numbers: set[int]) -> None:
    """Each of the submissions at exactly one index, payload and all."""
    entries = [stored.entry for stored in storage.entries(0, storage.size())]
    assert len(entries) == len(numbers)
    assert set(entries) == {submission(number).entry for number in numbers}
    for index, entry in enumerate(entries):
        assert storage.status(leaf_hash(entry)) == index
        assert storage.payload(index) == b"payload of " + entry.removeprefix(b"entry ")
    assert storage.pending(10, 10) == ()


def test_of_several_writers_one_wins_each_head(shared: House) -> None:
    with closing(shared.open()) as storage:
        fill(storage, 1)
    done = [each for one in together(*((swap_heads, (shared.place, n, 12)) for n in range(3))) for each in one]
    olds, news = {old for old, _ in done}, {new for _, new in done}
    assert len(olds) == len(news) == len(done) >= 12
    with closing(shared.open()) as storage:
        assert news - olds == {storage.head()}
    assert olds - news == {b""}


def test_processes_submit_while_others_sequence(shared: House) -> None:
    numbers = {turn if turn % 2 else 1_000 * (process + 1) + turn for process in range(4) for turn in range(20)}
    *_, first, second = together(
        *((submit_some, (shared.place, number, 20)) for number in range(4)),
        (sequence_all, (shared.place, 0, len(numbers))),
        (sequence_all, (shared.place, 1, len(numbers))),
    )
    assert not set(first) & set(second)
    with closing(shared.open()) as storage:
        check_dense(storage, numbers)


def test_processes_submit_again_what_is_refused(shared: House) -> None:
    assert together(*((refuse_some, (shared.place, number, 12)) for number in range(3))) == [0, 0, 0]


def test_threads_share_one_storage(storage: Storage) -> None:
    def submit(number: int) -> None:
        storage.submit([submission(number % 40, b"payload of %d" % (number % 40))])

    def sequence(_: int) -> int:
        size = storage.size()
        waiting = storage.pending(5, 1_000)
        try:
            storage.sequence(batch(size, waiting))
        except StorageConflict:
            return 0
        return len(waiting)

    with ThreadPoolExecutor(8) as pool:
        submitted = [pool.submit(submit, number) for number in range(80)]
        sequenced = [pool.submit(sequence, number) for number in range(80)]
        for future in submitted:
            future.result()
        count = sum(future.result() for future in sequenced)
    while storage.pending(1, 1):
        count += sequence(0)
    assert count == storage.size() == 40
    check_dense(storage, set(range(40)))


def test_the_wal_is_emptied_while_others_write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sqlite_file, "WAL_BYTES", 1)
    place = tmp_path / "log.sqlite"
    with closing(SqliteStorage.create(place, ORIGIN)) as one, closing(SqliteStorage(place, ORIGIN)) as other:
        with ThreadPoolExecutor(4) as pool:
            for future in [
                pool.submit(storage.submit, [submission(number, b"payload of %d" % number)])
                for number in range(100)
                for storage in (one, other)
            ]:
                future.result()
        one.sequence(batch(0, other.pending(200, 10**6)))
        check_dense(other, set(range(100)))
        with one._file.read() as database:
            assert database.execute("PRAGMA integrity_check").fetchall() == [("ok",)]


def test_a_forked_child_opens_its_own(shared: House, monkeypatch: pytest.MonkeyPatch) -> None:
    with closing(shared.open()) as storage:
        with monkeypatch.context() as patch:
            patch.setattr("os.getpid", lambda: -1)
            for call in (storage.size, lambda: storage.submit([submission(1)])):
                with pytest.raises(RuntimeError):
                    call()
        assert storage.size() == 0
