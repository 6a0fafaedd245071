"""A session with a PostgreSQL server whose commits can be believed, its transactions, and what its errors prove.

Every writing transaction first takes the one lock of the log, so that there is one writer in the world at a time, and
asks the server in the same breath whether a commit still means what it has to mean: `fsync` and `full_page_writes`
on, and a `synchronous_commit` that waits for the disk, which is set for this transaction alone.

A password in the place's URL is refused: it would stand in files, in lists of processes and in messages. libpq reads
it from a password file, mode 0600 (`passfile=` in the URL, PGPASSFILE, or ~/.pgpass).
"""

import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

import psycopg
from psycopg import Cursor, conninfo

from e2evote.errors import E2EVoteError, Refused, StorageDamaged, StorageFailed, StorageFull

T = TypeVar("T")
Rows = Cursor[tuple[Any, ...]]
Connection = psycopg.Connection[tuple[Any, ...]]

LOCK_SECONDS = 30
"""How long a write waits for another process's."""

ATTEMPTS = 3
"""Of a transaction that the server takes back because of another one."""

_DEFAULTS = {
    "connect_timeout": "10",
    "keepalives_idle": "10",
    "keepalives_interval": "5",
    "keepalives_count": "3",
    "tcp_user_timeout": "30000",
    "application_name": "e2evote",
}
_SAFE = {"fsync": ("on",), "full_page_writes": ("on",), "synchronous_commit": ("on", "remote_apply")}
_AGAIN = ("40001", "40P01")  # serialization failure, deadlock
_FULL = ("53100",)
_READ_ONLY = ("25006", "42501")  # a standby, or a role without the right
_BUSY = ("55P03", "57014", "53000", "53200", "53300", "53400", *_AGAIN)  # lock, cancelled, memory, connections
_DAMAGED = ("XX001", "XX002", "42P01", "42703")  # page, index; no such table or column

_LOCK = (
    "SELECT origin, set_config('synchronous_commit', CASE current_setting('synchronous_commit')"
    " WHEN 'remote_apply' THEN 'remote_apply' ELSE 'on' END, true),"
    " current_setting('fsync'), current_setting('full_page_writes') FROM log FOR UPDATE"
)


class PostgresSession:
    """One connection, for all threads of this process, which sees the tables of one schema."""

    def __init__(self, url: str, schema: str) -> None:
        self.name = "the PostgreSQL storage"
        self._process = os.getpid()
        self._turn = threading.RLock()
        self._failed = ""
        self._closed = False
        self._connection = connect(url, schema)

    def write(self, work: Callable[[Rows], T]) -> T:
        """What `work` gives, in one transaction, the only writing one of this log; durable when this returns.

        `work` may be called again, where the server took an attempt back.
        """

        def locked(rows: Rows) -> T:
            _check_settings(rows.execute(_LOCK).fetchone())
            return work(rows)

        return self._transaction(locked)

    def create(self, work: Callable[[Rows], T]) -> T:
        """The same before there is a log, and so without its lock."""
        return self._transaction(work)

    @contextmanager
    def read(self) -> Iterator[Rows]:
        """One state of the storage, as long as the block lasts."""
        with self._turn:
            self._check_mine()
            try:
                with self._connection.transaction():
                    cursor = self._connection.cursor(binary=True)
                    cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
                    yield cursor
            except psycopg.Error as error:
                raise self._named(error) from error

    def close(self) -> None:
        with self._turn:
            if not self._closed:
                self._closed = True
                self._connection.close()

    def _transaction(self, work: Callable[[Rows], T]) -> T:
        with self._turn:
            self._check_usable()
            for left in reversed(range(ATTEMPTS)):
                try:
                    with self._connection.transaction():
                        return work(self._connection.cursor(binary=True))
                except psycopg.Error as error:
                    if left and error.sqlstate in _AGAIN and not self._connection.closed:
                        continue
                    named = self._named(error)
                    if isinstance(named, StorageFailed):
                        self._failed = f"an earlier write failed ({_text(error)})"
                    raise named from error
                except (E2EVoteError, ValueError):
                    raise
                except BaseException:
                    self._failed = "a write was interrupted"
                    raise
            raise AssertionError

    def _check_mine(self) -> None:
        if self._closed:
            raise RuntimeError(f"{self.name}: closed")
        if os.getpid() != self._process:
            raise RuntimeError(f"{self.name}: opened by process {self._process}; a child opens it for itself")

    def _check_usable(self) -> None:
        self._check_mine()
        if self._failed:
            raise StorageFailed(f"{self.name}: {self._failed}; nothing is written until it is opened again")

    def _named(self, error: psycopg.Error) -> Refused:
        """A lost connection leaves open what became of a commit; the server's own refusals leave nothing open."""
        text, state = f"{self.name}: {_text(error)}", error.sqlstate
        if self._connection.closed or state is None:
            self._failed = self._failed or "the connection to the server was lost"
            return StorageFailed(text)
        if state in _FULL:
            return StorageFull(text)
        if state in _READ_ONLY:
            return Refused("storage-read-only", text)
        if state in _BUSY:
            return Refused("storage-busy", text)
        if state in _DAMAGED:
            return StorageDamaged(text)
        return StorageFailed(text)


def connect(url: str, schema: str) -> Connection:
    """A connection whose settings are as they must be; Refused where they are not, StorageFailed where there is none.

    The schema need not exist yet.
    """
    try:
        chosen = conninfo.conninfo_to_dict(url)
    except psycopg.Error:
        raise Refused("postgres-url", "this is no URL of a PostgreSQL database") from None  # it may hold a password
    if "password" in chosen or "sslpassword" in chosen:
        raise Refused(
            "postgres-password",
            "the URL of the database holds a password; it belongs in a password file, mode 0600:"
            " passfile=PATH in the URL, PGPASSFILE, or ~/.pgpass",
        )
    options = f"{chosen.pop('options', '') or ''} -c search_path={schema} -c lock_timeout={LOCK_SECONDS}s"
    try:
        connection = psycopg.connect("", **{**_DEFAULTS, **chosen, "options": options}, autocommit=True)  # type: ignore[arg-type]
    except psycopg.Error as error:
        raise StorageFailed(f"the PostgreSQL server can't be reached: {_text(error)}") from None
    try:
        with connection.transaction():
            query = (
                "SELECT '', set_config('synchronous_commit', 'on', false),"
                " current_setting('fsync'), current_setting('full_page_writes')"
            )
            _check_settings(connection.execute(query).fetchone())
    except psycopg.Error as error:
        connection.close()
        raise StorageFailed(f"the PostgreSQL server does not answer: {_text(error)}") from None
    except BaseException:
        connection.close()
        raise
    return connection


def _check_settings(row: tuple[Any, ...] | None) -> None:
    if row is None:
        raise StorageDamaged("the PostgreSQL storage: does not say which log it holds")
    _, synchronous, fsync, pages = row
    found = {"fsync": fsync, "full_page_writes": pages, "synchronous_commit": synchronous}
    for name, value in found.items():
        if value not in _SAFE[name]:
            raise Refused(
                "storage-settings",
                f"the PostgreSQL server has {name} = {value}; with it a commit may be lost, so no log is kept there",
            )


def _text(error: psycopg.Error) -> str:
    """What the server says, in one line."""
    said = error.diag.message_primary or str(error)
    return " ".join(said.split())[:300]
