"""The tables of a log in a PostgreSQL database: one schema for each log, so that a database can hold several.

    e2evote_<first 32 hex digits of SHA-256(origin)>

Payloads and hints lie in rows of at most 1 MiB, uncompressed. No table is UNLOGGED: a crash would empty it.
"""

from collections.abc import Iterable

from psycopg import sql

from e2evote.adapter.storage.postgres_session import PostgresSession, Rows
from e2evote.adapter.storage.rows import Head
from e2evote.errors import Refused, StorageDamaged
from e2evote.hashing.digest import sha256

VERSION = 1
FORMAT = "e2evote log storage"

CHUNK_SIZE = 1024 * 1024
PAYLOAD, HINTS = 0, 1
_NAMES = ("payload", "hints")

_TABLES = (
    "CREATE TABLE log (one integer PRIMARY KEY CHECK (one = 1), format text NOT NULL, version integer NOT NULL,"
    " origin text NOT NULL)",
    "CREATE TABLE item (id bigint PRIMARY KEY, key bytea NOT NULL UNIQUE,"
    " entry bytea NOT NULL, payload_size bigint NOT NULL, payload_hash bytea NOT NULL, hints_size bigint NOT NULL,"
    " hints_hash bytea NOT NULL, private bytea NOT NULL, seal bytea NOT NULL)",
    "CREATE TABLE chunk (item bigint, kind smallint, number integer, data bytea NOT NULL,"
    " PRIMARY KEY (item, kind, number))",
    "ALTER TABLE chunk ALTER COLUMN data SET STORAGE EXTERNAL",
    "CREATE TABLE pending (item bigint PRIMARY KEY)",
    "CREATE TABLE entry (idx bigint PRIMARY KEY, item bigint NOT NULL UNIQUE, seal bytea NOT NULL)",
    "CREATE TABLE tile (level integer, number bigint, data bytea NOT NULL, seal bytea NOT NULL,"
    " PRIMARY KEY (level, number))",
    "ALTER TABLE tile ALTER COLUMN data SET STORAGE EXTERNAL",
    "CREATE TABLE answer (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, key bytea NOT NULL UNIQUE,"
    " place bigint NOT NULL, code text NOT NULL, detail text NOT NULL, seal bytea NOT NULL)",
    "CREATE TABLE head (one integer PRIMARY KEY CHECK (one = 1), size bigint NOT NULL, note bytea NOT NULL,"
    " cosigned bigint NOT NULL, seal bytea NOT NULL)",
    "CREATE TABLE cosigned (size bigint PRIMARY KEY, before bigint NOT NULL, note bytea NOT NULL, seal bytea NOT NULL)",
)


def schema_of(origin: str) -> str:
    """The name of the schema that holds the log with this origin."""
    return f"e2evote_{sha256(origin.encode()).hex()[:32]}"


def create_tables(url: str, origin: str) -> None:
    """The schema and its tables, in one transaction; Refused `store-exists`."""
    session = PostgresSession(url, schema_of(origin))
    try:
        session.create(lambda rows: _create(rows, origin))
    finally:
        session.close()


def check_tables(rows: Rows, origin: str) -> None:
    """The tables are there, of this version and this log, and none would be empty after a crash."""
    schema = schema_of(origin)
    found = rows.execute(
        "SELECT relname, relpersistence::text FROM pg_class WHERE relnamespace = to_regnamespace(%s) AND relkind = 'r'",
        (schema,),
    ).fetchall()
    if not found:
        raise Refused("storage-missing", f"the database holds no log {origin!r}")
    for name, persistence in found:
        if persistence != "p":
            raise Refused("storage-settings", f"table {name} is not logged: a crash of the server would empty it")
    row = rows.execute("SELECT format, version, origin FROM log").fetchone()
    if row is None or row[0] != FORMAT:
        raise StorageDamaged(f"schema {schema}: does not say what it holds")
    if row[1] != VERSION:
        raise Refused("storage-version", f"log {origin!r}: has version {row[1]}, this is version {VERSION}")
    if row[2] != origin:
        raise Refused("storage-origin", f"schema {schema}: holds the log {row[2]!r}, not {origin!r}")


def write_chunks(rows: Rows, kind: int, items: Iterable[tuple[int, bytes]]) -> None:
    """What belongs to each of these items, by its id."""
    rows.executemany(
        "INSERT INTO chunk VALUES (%s, %s, %s, %b)",
        [
            (item, kind, number, memoryview(data)[at : at + CHUNK_SIZE])
            for item, data in items
            for number, at in enumerate(range(0, len(data), CHUNK_SIZE))
        ],
    )


def read_chunks(rows: Rows, kind: int, item: int, size: int, digest: bytes) -> bytes:
    """All of it, which has this size and SHA-256; StorageDamaged otherwise."""
    if size == 0:
        return b""
    rows.execute("SELECT data FROM chunk WHERE item = %s AND kind = %s ORDER BY number", (item, kind))
    data = b"".join(row[0] for row in rows)
    if len(data) != size or sha256(data) != digest:
        raise StorageDamaged(f"item {item}: its {_NAMES[kind]} are not the {size} bytes that were written")
    return data


def drop_chunks(rows: Rows, kind: int, item: int) -> None:
    rows.execute("DELETE FROM chunk WHERE item = %s AND kind = %s", (item, kind))


def _create(rows: Rows, origin: str) -> None:
    schema = schema_of(origin)
    rows.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", (schema,))
    if rows.execute("SELECT 1 FROM pg_namespace WHERE nspname = %s", (schema,)).fetchone() is not None:
        raise Refused("store-exists", f"the database holds the log {origin!r} already")
    rows.execute(sql.SQL("CREATE SCHEMA {}").format(sql.Identifier(schema)))
    for statement in _TABLES:
        rows.execute(statement)
    rows.execute("INSERT INTO log VALUES (1, %s, %s, %s)", (FORMAT, VERSION, origin))
    rows.execute("INSERT INTO head VALUES (%s, %s, %b, %s, %b)", Head(0, b"", 0).row())
