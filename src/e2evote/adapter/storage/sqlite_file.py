"""One SQLite file with the settings under which a commit is durable, its transactions, and what its errors prove.

WAL and synchronous=FULL: each commit is synced before it returns. The settings are asked back, since SQLite answers a
wish that it can't fulfil with another setting. The WAL is emptied into the file here and not by SQLite itself, which
would say nothing of a sync that failed, and while nobody else writes: before 3.51.3 SQLite can lose a commit that meets
a checkpoint (docs/decisions/storage.md).
"""

import os
import secrets
import sqlite3
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.parse import quote

from e2evote.errors import Refused, StorageConflict, StorageDamaged, StorageFailed, StorageFull

BUSY_MS = 30_000
"""How long a write waits for another process's."""

TRANSACTION_BYTES = 20 * 1024
"""In the WAL after a write, beside payloads and hints: 19 kB for handing in one entry, 22 kB for sequencing it."""

WAL_BYTES = 8 * 1024 * 1024
"""Written to the WAL, by estimate, between two checkpoints of it."""

_SETTINGS = {"journal_mode": "wal", "synchronous": 2, "wal_autocheckpoint": 0, "locking_mode": "normal"}
_WISHES = ("synchronous = FULL", "wal_autocheckpoint = 0", "fullfsync = ON", "checkpoint_fullfsync = ON")
_READ_ONLY = (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_PERM, sqlite3.SQLITE_CANTOPEN)
_BUSY = (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)
_DAMAGED = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)


class SqliteFile:
    """One connection to write and one to read, for all threads of this process; both are used in `with` blocks."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._name = str(path.absolute())
        self._process = os.getpid()
        self._failed = ""
        self._closed = False
        self._written = 0
        self._turn, self._reading = threading.Lock(), threading.Lock()
        try:
            self._identity = _identity(self._name)
        except FileNotFoundError:
            raise Refused("storage-missing", f"{path}: there is no such file") from None
        try:
            self._writer = _connect(path)
            try:
                self._empty_wal()  # what is found is durable, also where a failed sync had left that open
                self._reader = _connect(path)
            except BaseException:
                self._writer.close()
                raise
        except sqlite3.Error as error:
            raise self._named(error, StorageDamaged) from error

    @contextmanager
    def write(self) -> Iterator[sqlite3.Connection]:
        """One transaction, the only one in any process; durable when the block is left without an error."""
        with self._turn:
            self._check_usable()
            try:
                self._writer.execute("BEGIN IMMEDIATE")
                yield self._writer
            except sqlite3.Error as error:
                self._roll_back()
                raise self._after(error) from error
            except BaseException:
                self._roll_back()
                raise
            try:
                self._writer.execute("COMMIT")
            except sqlite3.Error as error:
                self._roll_back()
                raise self._after(error) from error
            except BaseException:
                self._failed = "a commit was interrupted"
                raise
            self._written += TRANSACTION_BYTES
            self._keep_wal_short()

    @contextmanager
    def read(self) -> Iterator[sqlite3.Connection]:
        """One state of the storage, as long as the block lasts."""
        with self._reading:
            self._check_mine()
            try:
                self._reader.execute("BEGIN")
                yield self._reader
            except sqlite3.Error as error:
                raise self._named(error, StorageDamaged) from error
            finally:
                if not self._closed and self._reader.in_transaction:
                    with suppress(sqlite3.Error):
                        self._reader.execute("ROLLBACK")

    def wrote(self, size: int) -> None:
        """A larger write says so within its block."""
        self._written += size

    def close(self) -> None:
        with self._turn, self._reading:
            if not self._closed:
                self._closed = True
                self._reader.close()
                self._writer.close()

    def _check_mine(self) -> None:
        if self._closed:
            raise RuntimeError(f"{self.path}: closed")
        if os.getpid() != self._process:
            raise RuntimeError(f"{self.path}: opened by process {self._process}; a child opens it for itself")

    def _check_usable(self) -> None:
        self._check_mine()
        if not self._failed:
            with suppress(OSError):
                if _identity(self._name) == self._identity:
                    return
            self._failed = "another file has taken its place"
        raise StorageFailed(f"{self.path}: {self._failed}; nothing is written until it is opened again")

    def _roll_back(self) -> None:
        try:
            if self._writer.in_transaction:
                self._writer.execute("ROLLBACK")
        except sqlite3.Error as error:
            self._failed = f"a transaction could not be taken back ({error})"

    def _after(self, error: sqlite3.Error) -> Refused:
        """The named error of a write that was taken back; whatever leaves a doubt ends all writing."""
        named = self._named(error, StorageFailed)
        if self._failed:
            return StorageFailed(f"{self.path}: {self._failed}")
        if isinstance(named, StorageFailed):
            self._failed = f"an earlier write failed ({error})"
        return named

    def _named(self, error: sqlite3.Error, damaged: type[StorageDamaged] | type[StorageFailed]) -> Refused:
        extended = getattr(error, "sqlite_errorcode", 0)
        code = extended & 0xFF
        text = f"{self.path}: {error}"
        if code == sqlite3.SQLITE_FULL:
            return StorageFull(text)
        if code in _BUSY:
            return Refused("storage-busy", text)
        if code in _READ_ONLY and extended != sqlite3.SQLITE_READONLY_DBMOVED:
            return Refused("storage-read-only", text)
        if code == sqlite3.SQLITE_CONSTRAINT:
            return StorageConflict(text)
        if code in _DAMAGED:
            return damaged(text)
        return StorageFailed(text)

    def _keep_wal_short(self) -> None:
        if self._written < WAL_BYTES:
            return
        self._written = 0
        try:
            self._empty_wal()
        except sqlite3.Error as error:
            raise self._after(error) from error

    def _empty_wal(self) -> None:
        """A checkpoint, under a writer's lock. Where there is no room, or others read, the WAL only gets longer."""
        try:
            self._writer.execute("PRAGMA wal_checkpoint(FULL)").fetchall()
        except sqlite3.Error as error:
            if getattr(error, "sqlite_errorcode", 0) & 0xFF not in (sqlite3.SQLITE_FULL, *_BUSY):
                raise


def create_file(path: Path, statements: Sequence[str], rows: Sequence[tuple[str, Sequence[object]]]) -> None:
    """A new database with these tables and rows, private to its owner. It appears whole or not at all, and durably."""
    folder, temporary = path.parent, path.with_name(f".{path.name}.{secrets.token_hex(8)}.new")
    if os.path.lexists(path):
        raise Refused("store-exists", f"{path}: there is such a file or folder already")
    try:
        os.close(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600))
        try:
            database = _connect(temporary)
            database.execute("BEGIN IMMEDIATE")
            for statement in statements:
                database.execute(statement)
            for table, row in rows:
                database.execute(f"INSERT INTO {table} VALUES ({','.join('?' * len(row))})", row)
            database.execute("COMMIT")
            database.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
            database.close()
            _sync(temporary)
            os.link(temporary, path)  # unlike a rename it does not replace what somebody else has made meanwhile
        finally:
            for suffix in ("", "-wal", "-shm"):
                Path(f"{temporary}{suffix}").unlink(missing_ok=True)
        _sync(folder)
    except FileExistsError:
        raise Refused("store-exists", f"{path}: there is such a file or folder already") from None
    except sqlite3.Error as error:
        raise Refused("storage-missing", f"{path}: can't be made: {error}") from error
    except OSError as error:
        raise Refused("storage-missing", f"{path}: can't be made: {error.strerror}") from error


def _connect(path: Path) -> sqlite3.Connection:
    """A connection whose settings hold; Refused `storage-settings` otherwise."""
    database = sqlite3.connect(
        f"file:{quote(str(path.absolute()))}?mode=rw",
        uri=True,
        timeout=BUSY_MS / 1000,
        isolation_level=None,
        check_same_thread=False,
    )
    try:
        database.execute("PRAGMA journal_mode = WAL").fetchall()
        for wish in _WISHES:
            database.execute(f"PRAGMA {wish}").fetchall()
        database.execute("PRAGMA trusted_schema = OFF")
        database.execute("PRAGMA cache_size = -16384")
        found = {name: database.execute(f"PRAGMA {name}").fetchone()[0] for name in _SETTINGS}
        if found != _SETTINGS:
            raise Refused("storage-settings", f"{path}: SQLite has {found}, want {_SETTINGS}")
    except BaseException:
        database.close()
        raise
    return database


def _identity(path: str) -> tuple[int, int]:
    status = os.stat(path)
    return status.st_dev, status.st_ino


def _sync(path: Path) -> None:
    opened = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)
