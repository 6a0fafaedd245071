"""Full, read-only and broken disks: each has its name, nothing is lost, and it goes on when it can (A107; rule 15)."""

import errno
import os
import resource
import shutil
import sqlite3
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from e2evote.adapter.storage import create_storage, files_commit, open_storage, sqlite_file
from e2evote.adapter.storage.files import FileStorage
from e2evote.adapter.storage.sqlite import SqliteStorage
from e2evote.board.storage import WAITING, Appended, Batch, Storage
from e2evote.errors import Refused, StorageConflict, StorageFailed, StorageFull
from storage.everything import everything, furnish
from storage.houses import ORIGIN
from storage.sample import batch, closing, submission

ROOT = Path(__file__).resolve().parents[2]
NAMES = ["log.sqlite", "log"]


def fill_up(storage: Storage, size: int = 100_000) -> int:
    """Submits until there is no room; how many were taken in."""
    for number in range(1_000, 1_200):
        try:
            storage.submit([submission(number, os.urandom(size))])
        except StorageFull:
            return number - 1_000
    raise AssertionError("there was room for everything")


@pytest.mark.parametrize("name", NAMES)
def test_a_full_disk_takes_nothing_in_and_loses_nothing(small_disk: Path, name: str) -> None:
    ballast = small_disk / "ballast"
    with closing(create_storage(str(small_disk / name), ORIGIN)) as storage:
        furnish(storage)
        ballast.write_bytes(b"x" * 1_600_000)
        taken = fill_up(storage)
        before = everything(storage)
        for call in (
            lambda: storage.submit([submission(5_000, os.urandom(100_000))]),
            lambda: storage.submit([submission(5_001 + number, os.urandom(30_000)) for number in range(20)]),
        ):
            with pytest.raises(StorageFull):
                call()
            assert everything(storage) == before
        ballast.unlink()
        storage.submit([submission(5_000)])
        waiting = storage.pending(1_000, 10**9)
        storage.sequence(batch(storage.size(), waiting))
    with closing(open_storage(str(small_disk / name), ORIGIN)) as storage:
        assert storage.size() == 9 + 1 + taken + 1
        assert storage.status(submission(5_000).key) == storage.size() - 1
        assert storage.status(submission(5_001).key) is None


@pytest.mark.parametrize("name", NAMES)
def test_a_batch_that_finds_no_room_changes_nothing(small_disk: Path, name: str) -> None:
    with closing(create_storage(str(small_disk / name), ORIGIN)) as storage:
        made = [submission(number, b"p" * 20_000) for number in range(20)]
        storage.submit(made)
        before = everything(storage)
        (small_disk / "ballast").write_bytes(b"x" * (shutil.disk_usage(small_disk).free - 8_192))
        larger = Batch(0, tuple(Appended(one.key, b"h" * 20_000) for one in made))
        with pytest.raises(StorageFull):
            storage.sequence(larger)
        assert everything(storage) == before
        (small_disk / "ballast").unlink()
        storage.sequence(larger)
        assert storage.size() == 20


@pytest.mark.parametrize("name", NAMES)
def test_a_disk_that_has_become_read_only(small_disk: Path, name: str) -> None:
    place = str(small_disk / name)
    with closing(create_storage(place, ORIGIN)) as storage:
        furnish(storage)
        remount = ["mount", "-o", "remount,{}", str(small_disk)]
        before = everything(storage)
        if name == "log":  # SQLite has its files open to write, which keeps a disk from becoming read-only
            subprocess.run([part.format("ro") for part in remount], check=True)
            with pytest.raises(Refused, match="storage-read-only"):
                storage.submit([submission(5_000)])
            assert everything(storage) == before
            subprocess.run([part.format("rw") for part in remount], check=True)
            storage.submit([submission(5_000)])
    subprocess.run([part.format("ro") for part in remount], check=True)
    if name == "log":
        with closing(open_storage(place, ORIGIN)) as storage:
            assert storage.size() == 9
    else:
        with pytest.raises(Refused, match="storage-read-only"):
            open_storage(place, ORIGIN)
    with pytest.raises(Refused, match="storage-missing"):
        create_storage(f"{small_disk}/another-{name}", ORIGIN)
    subprocess.run([part.format("rw") for part in remount], check=True)
    with closing(open_storage(place, ORIGIN)) as storage:
        storage.submit([submission(5_001)])


def test_sqlite_says_that_it_is_full(tmp_path: Path) -> None:
    """Wherever it is noticed: while a payload is written, or with the smallest of writes."""
    with closing(SqliteStorage.create(tmp_path / "log.sqlite", ORIGIN)) as storage:
        furnish(storage)
        before, writer = everything(storage), storage._file._writer
        pages = writer.execute("PRAGMA page_count").fetchone()[0]
        for more in range(0, 40, 3):
            writer.execute(f"PRAGMA max_page_count = {pages + more}")
            with pytest.raises(StorageFull):
                storage.submit([submission(number, b"p" * 50_000) for number in range(200, 206)])
            assert everything(storage) == before
        writer.execute("PRAGMA max_page_count = 1000000")
        storage.submit([submission(200)])
        assert storage.status(submission(200).key) == WAITING


def test_sqlite_may_not_write(tmp_path: Path) -> None:
    with closing(SqliteStorage.create(tmp_path / "log.sqlite", ORIGIN)) as storage:
        furnish(storage)
        before = everything(storage)
        storage._file._writer.execute("PRAGMA query_only = ON")
        with pytest.raises(Refused, match="storage-read-only"):
            storage.submit([submission(200)])
        storage._file._writer.execute("PRAGMA query_only = OFF")
        assert everything(storage) == before
        storage.submit([submission(200)])


@pytest.mark.parametrize("name", NAMES)
def test_who_waits_too_long_is_told_so(tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sqlite_file, "BUSY_MS", 50)
    monkeypatch.setattr(files_commit, "BUSY_SECONDS", 0.05)
    place = str(tmp_path / name)
    with closing(create_storage(place, ORIGIN)) as holder, closing(open_storage(place, ORIGIN)) as other:
        held = holder._file.write() if isinstance(holder, SqliteStorage) else holder._state()  # type: ignore[attr-defined]
        with held, pytest.raises(Refused, match="storage-busy"):
            other.submit([submission(1)])
        other.submit([submission(1)])
        assert holder.status(submission(1).key) == WAITING


CHILD = """
import sys
from e2evote.adapter.storage import open_storage
from e2evote.errors import Refused
from storage.sample import batch, submission
place, origin, ready = sys.argv[1:]
storage = open_storage(place, origin)
told = []
open(ready, "w").close()  # the calls that count begin here
for number in range(30, 33):
    try:
        storage.submit([submission(number, b"p" * 40_000)])
        told.append("taken")
    except Refused as error:
        told.append(error.code)
try:
    storage.sequence(batch(storage.size(), []))
    told.append("sequenced")
except Refused as error:
    told.append(error.code)
print(*told)
"""
STRACE = shutil.which("strace")


def child(place: Path, *before: str, program: str = CHILD, **more: object) -> list[str]:
    """What the child was told of its submissions."""
    result = subprocess.run(
        [*before, sys.executable, "-c", program, str(place), ORIGIN, str(place.parent / "ready")],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONPATH": f"{ROOT / 'src'}:{ROOT / 'tests'}"},
        **more,  # type: ignore[call-overload]
    )
    assert result.returncode == 0, result.stderr
    return str(result.stdout).split()


def check_promises(place: Path, told: list[str]) -> None:
    """What was taken in is there, and after a failure nothing more was."""
    assert "storage-failed" in told
    first = told.index("storage-failed")
    assert set(told[:first]) <= {"taken"}
    assert set(told[first:]) == {"storage-failed"}
    with closing(open_storage(str(place), ORIGIN)) as storage:
        for number, answer in enumerate(told[:3], 30):
            status = storage.status(submission(number).key)
            assert status == WAITING if answer == "taken" else status in (WAITING, None)
        assert storage.status(submission(29 + len(told)).key) is None
        storage.submit([submission(5_000)])


@pytest.mark.skipif(STRACE is None, reason="strace is not installed")
@pytest.mark.parametrize(
    ("name", "calls"),
    [("log.sqlite", "fsync,fdatasync"), ("log.sqlite", "pwrite64"), ("log", "fsync"), ("log", "rename")],
)
def test_after_an_error_of_the_disk_nothing_more_is_written(tmp_path: Path, name: str, calls: str) -> None:
    """EIO at one place after another of a real process; what was acknowledged is there, and no sync is tried again."""
    for nth in (1, 2, 3):
        place = tmp_path / str(nth) / name
        place.parent.mkdir()
        with closing(create_storage(str(place), ORIGIN)) as storage:
            furnish(storage)
        paths = [str(place), f"{place}-wal"] if name == "log.sqlite" else []
        inject = f"inject={calls}:error=EIO:when={nth}+"
        told = child(place, str(STRACE), "-qq", "-o", "/dev/null", *(f"-P{path}" for path in paths), "-e", inject)
        check_promises(place, told)


@pytest.mark.skipif(STRACE is None, reason="strace is not installed")
def test_a_sync_that_fails_while_the_wal_is_emptied_ends_all_writing(tmp_path: Path) -> None:
    """SQLite's own checkpoint would say nothing of it."""
    place = tmp_path / "log.sqlite"
    with closing(SqliteStorage.create(place, ORIGIN)) as storage:
        furnish(storage)
    early = "from e2evote.adapter.storage import sqlite_file\nsqlite_file.WAL_BYTES = 1\n"
    inject = "inject=fsync,fdatasync:error=EIO:when=1+"
    told = child(place, str(STRACE), "-qq", "-o", "/dev/null", f"-P{place}", "-e", inject, program=early + CHILD)
    check_promises(place, told)
    assert told[0] == "storage-failed"


def test_a_limit_on_the_size_of_files_is_an_error_of_the_disk(tmp_path: Path) -> None:
    place = tmp_path / "log.sqlite"
    with closing(SqliteStorage.create(place, ORIGIN)) as storage:
        furnish(storage)

    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (70_000, 70_000))

    check_promises(place, child(place, preexec_fn=limit))


def failing(monkeypatch: pytest.MonkeyPatch, call: str, nth: int, code: int) -> Callable[[], int]:
    """The nth call of a function of `os` fails, and with EIO every later one; gives the number of calls so far."""
    real, count = getattr(os, call), 0

    def fails(*arguments: object, **named: object) -> object:
        nonlocal count
        count += 1
        if count == nth or (count > nth and code == errno.EIO):
            raise OSError(code, os.strerror(code))
        return real(*arguments, **named)

    monkeypatch.setattr(os, call, fails)
    return lambda: count


@pytest.mark.parametrize("code", [errno.EIO, errno.ENOSPC])
@pytest.mark.parametrize("call", ["fsync", "rename", "write", "unlink", "open"])
def test_files_at_each_failing_call_the_change_has_happened_or_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: str, code: int
) -> None:
    """Opened again there is all of it or nothing, whatever was left lying about."""
    one, two = submission(1, b"p", b"h"), submission(2)
    for nth in range(1, 60):
        place = tmp_path / f"{call}{nth}"
        storage = FileStorage.create(place, ORIGIN)
        storage.submit([one, two])
        with monkeypatch.context() as patch:
            count = failing(patch, call, nth, code)
            try:
                storage.sequence(batch(0, [two, one]))
            except StorageFailed:
                with pytest.raises(StorageFailed):
                    storage.submit([submission(3)])
            except StorageFull:
                assert storage.status(one.key) == WAITING
                storage.submit([submission(4)])
            calls = count()
        storage.close()
        with closing(FileStorage(place, ORIGIN)) as again:
            states = [again.status(each.key) for each in (one, two)]
            assert states in ([WAITING, WAITING], [1, 0])
            if states[0] == WAITING:
                again.sequence(batch(0, [two, one]))
            assert [again.payload(0), again.payload(1), again.hints(1)] == [b"payload", b"p", b"h"]
        if calls < nth:
            assert nth > 1
            return
    raise AssertionError("a change never ends")


def test_sqlite_is_given_up_when_another_file_takes_its_place(tmp_path: Path) -> None:
    """A backup put back under a running process: what it would write could not be found again."""
    place, copy = tmp_path / "log.sqlite", tmp_path / "copy.sqlite"
    SqliteStorage.create(place, ORIGIN).close()
    shutil.copyfile(place, copy)
    with closing(SqliteStorage(place, ORIGIN)) as storage:
        storage.submit([submission(1)])
        os.rename(copy, place)
        with pytest.raises(StorageFailed):
            storage.submit([submission(2)])
        os.unlink(place)
        with pytest.raises(StorageFailed):
            storage.submit([submission(2)])


def test_a_copy_at_another_place_works(tmp_path: Path) -> None:
    for name in NAMES:
        with closing(create_storage(str(tmp_path / name), ORIGIN)) as storage:
            furnish(storage)
            before = everything(storage)
        copy = tmp_path / f"copy-of-{name}"
        (shutil.copytree if name == "log" else shutil.copyfile)(tmp_path / name, copy)
        with closing(open_storage(str(copy), ORIGIN)) as storage:
            assert everything(storage) == before


@pytest.mark.parametrize("name", NAMES)
def test_only_its_own_log_and_version_are_opened(tmp_path: Path, name: str) -> None:
    place = tmp_path / name
    with pytest.raises(Refused, match="storage-missing"):
        open_storage(str(place), ORIGIN)
    create_storage(str(place), ORIGIN).close()
    for other in ("log.example/another", ORIGIN + " ", ""):
        with pytest.raises(Refused, match="storage-origin"):
            open_storage(str(place), other)
    with pytest.raises(Refused, match="store-exists"):
        create_storage(str(place), ORIGIN)
    if name == "log.sqlite":
        database = sqlite3.connect(place)
        with database:
            database.execute("UPDATE meta SET value = '2' WHERE name = 'version'")
        database.close()
    else:
        path = place / files_commit.STATE
        content = files_commit.unsealed(files_commit.STATE, path.read_bytes())
        later = content.replace(b'"version": 1', b'"version": 2')
        assert later != content
        path.write_bytes(files_commit.sealed(files_commit.STATE, later))
    with pytest.raises(Refused, match="storage-version"):
        open_storage(str(place), ORIGIN)


def test_another_sqlite_file_is_no_storage(tmp_path: Path) -> None:
    place = tmp_path / "log.sqlite"
    for statement in ("CREATE TABLE another (x)", "CREATE TABLE meta (name, value)"):
        database = sqlite3.connect(place)
        with database:
            database.execute(statement)
        database.close()
        with pytest.raises(Refused, match="storage-missing"):
            SqliteStorage(place, ORIGIN)
    place.write_bytes(b"no database at all" * 100)
    with pytest.raises(Refused, match="storage-"):
        SqliteStorage(place, ORIGIN)


@pytest.mark.parametrize("name", NAMES)
def test_others_may_not_read_what_is_private(tmp_path: Path, name: str) -> None:
    place = tmp_path / name
    with closing(create_storage(str(place), ORIGIN)) as storage:
        furnish(storage)
        private = tmp_path.glob("log.sqlite*") if name == "log.sqlite" else [place / "private"]
        assert {stat.S_IMODE(path.stat().st_mode) & 0o077 for path in private} == {0}
    assert [path.name for path in tmp_path.iterdir()] == [name]


def test_the_settings_are_asked_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    place = tmp_path / "log.sqlite"
    SqliteStorage.create(place, ORIGIN).close()
    with closing(SqliteStorage(place, ORIGIN)) as storage:
        for database in (storage._file._writer, storage._file._reader):
            assert database.execute("PRAGMA journal_mode").fetchone() == ("wal",)
            assert database.execute("PRAGMA synchronous").fetchone() == (2,)
    monkeypatch.setattr(sqlite_file, "_WISHES", ("synchronous = NORMAL", "wal_autocheckpoint = 0"))
    with pytest.raises(Refused, match="storage-settings"):
        SqliteStorage(place, ORIGIN)


def test_a_constraint_is_a_conflict(tmp_path: Path) -> None:
    with (
        closing(SqliteStorage.create(tmp_path / "log.sqlite", ORIGIN)) as storage,
        pytest.raises(StorageConflict),
        storage._file.write() as database,
    ):
        database.execute("INSERT INTO head VALUES (2, 0, x'', 0, x'')")


def test_the_wal_is_emptied_as_it_grows(tmp_path: Path) -> None:
    place = tmp_path / "log.sqlite"
    with closing(SqliteStorage.create(place, ORIGIN)) as storage:
        for number in range(40):
            storage.submit([submission(number, b"p" * 1_000_000)])
        assert (tmp_path / "log.sqlite-wal").stat().st_size < 16_000_000
        assert place.stat().st_size > 25_000_000
