"""Where a log is kept (protocol: board/storage.py; docs/architecture.md, Storage).

A place is the path of an SQLite file, which ends in `.sqlite`; the URL of a PostgreSQL database; or any other path, of
a folder of plain files. Nothing here knows of ballots: the children of the crash tests load this package and `board`.
"""

from pathlib import Path
from typing import TYPE_CHECKING

from e2evote.adapter.storage.files import FileStorage
from e2evote.adapter.storage.sqlite import SqliteStorage
from e2evote.board.storage import Storage
from e2evote.errors import Refused

if TYPE_CHECKING:
    from e2evote.adapter.storage.postgres import PostgresStorage

SQLITE_SUFFIX = ".sqlite"
POSTGRES = ("postgresql://", "postgres://")


def create_storage(place: str, origin: str) -> Storage:
    """A new, empty storage of the log with this origin; Refused `store-exists` where there is something already."""
    if place.startswith(POSTGRES):
        return _postgres().create(place, origin)
    if place.endswith(SQLITE_SUFFIX):
        return SqliteStorage.create(Path(place), origin)
    return FileStorage.create(Path(place), origin)


def open_storage(place: str, origin: str) -> Storage:
    """The storage at this place; Refused where there is none, or it is another log's or of a later version."""
    if place.startswith(POSTGRES):
        return _postgres()(place, origin)
    if place.endswith(SQLITE_SUFFIX):
        return SqliteStorage(Path(place), origin)
    return FileStorage(Path(place), origin)


def _postgres() -> "type[PostgresStorage]":
    """Loaded when asked for: psycopg is an extra."""
    try:
        from e2evote.adapter.storage.postgres import PostgresStorage
    except ImportError as error:
        raise Refused("postgres-missing", f"a PostgreSQL storage needs the extra [postgres] ({error})") from None
    return PostgresStorage
