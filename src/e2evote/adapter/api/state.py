"""What the adapter itself has to remember about one election: a small SQLite file in the store's private folder.

One-time tokens, idempotency keys, operations, webhooks: nothing of the record, and nothing that the record needs. Lost,
it costs whoever was in the middle of something a second try. No reference to a member is ever in it.
"""

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from e2evote.adapter import secretfile
from e2evote.errors import Refused

FILE = "adapter.sqlite"
_BUSY_SECONDS = 10.0


class StateFile:
    """The file of one store. Several threads may use it; they take turns."""

    def __init__(self, path: Path) -> None:
        self._turn = threading.RLock()
        try:
            if not path.exists():
                secretfile.create(path, b"")
            self._db = sqlite3.connect(path, timeout=_BUSY_SECONDS, isolation_level=None, check_same_thread=False)
            self._db.execute("pragma journal_mode = wal")
            self._db.execute("pragma synchronous = full")
            self._db.execute("pragma secure_delete = on")
        except sqlite3.Error as error:
            raise Refused("storage-failed", f"{path}: {error}") from None

    def ensure(self, *tables: str) -> None:
        """Statements `create table if not exists …` of whoever keeps something here."""
        with self.writing() as db:
            for table in tables:
                db.execute(table)

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """One transaction, durable at the end of the `with` statement; nothing of it where that raises."""
        with self._turn, _refusing():
            self._db.execute("begin immediate")
            try:
                yield self._db
            except BaseException:
                self._db.execute("rollback")
                raise
            self._db.execute("commit")

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """The file as it is."""
        with self._turn, _refusing():
            yield self._db

    def close(self) -> None:
        """Nothing is asked of it afterwards."""
        with self._turn:
            self._db.close()


@contextmanager
def _refusing() -> Iterator[None]:
    """An error of SQLite as a refusal, without the values that the statement had."""
    try:
        yield
    except sqlite3.Error as error:
        raise Refused("storage-failed", f"{FILE}: {type(error).__name__}") from None
