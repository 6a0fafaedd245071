"""Payloads and hints in rows of at most 1 MiB, which are read and written one at a time.

    chunk.id = (item · 2 + kind) · 4096 + number        kind: 0 payload, 1 hints

4,096 chunks are the 4 GiB that a payload may have.
"""

import sqlite3
from collections.abc import Iterable

from e2evote.errors import StorageDamaged
from e2evote.hashing.digest import sha256

CHUNK_SIZE = 1024 * 1024
PAYLOAD, HINTS = 0, 1

_NUMBERS = 4096
_NAMES = ("payload", "hints")

FIRST_OF_PAYLOAD = f"i.id * {2 * _NUMBERS}"
"""In SQL, the id of the first row of the payload of item i."""


def write_chunks(db: sqlite3.Connection, kind: int, items: Iterable[tuple[int, bytes]]) -> None:
    """For each item what lies beside it."""
    db.executemany(
        "INSERT INTO chunk VALUES (?, ?)",
        (
            (_first(kind, item) + at // CHUNK_SIZE, memoryview(data)[at : at + CHUNK_SIZE])
            for item, data in items
            for at in range(0, len(data), CHUNK_SIZE)
        ),
    )


def read_chunks(db: sqlite3.Connection, kind: int, item: int, size: int, digest: bytes) -> bytes:
    """All of it, which has this size and SHA-256; StorageDamaged otherwise."""
    if size == 0:
        return b""
    first = _first(kind, item)
    rows = db.execute("SELECT data FROM chunk WHERE id >= ? AND id < ? ORDER BY id", (first, first + _NUMBERS))
    data = b"".join(row[0] if isinstance(row[0], bytes) else b"" for row in rows)
    if len(data) != size or sha256(data) != digest:
        raise StorageDamaged(f"item {item}: its {_NAMES[kind]} are not the {size} bytes that were written")
    return data


def payload_of(db: sqlite3.Connection, item: int, size: int, digest: bytes, first: object) -> bytes:
    """The item's payload, whose first row has been read already."""
    if size and isinstance(first, bytes) and len(first) == size and sha256(first) == digest:
        return first
    return read_chunks(db, PAYLOAD, item, size, digest)  # in several rows, or damaged


def drop_chunks(db: sqlite3.Connection, kind: int, item: int) -> None:
    first = _first(kind, item)
    db.execute("DELETE FROM chunk WHERE id >= ? AND id < ?", (first, first + _NUMBERS))


def _first(kind: int, item: int) -> int:
    return (item * 2 + kind) * _NUMBERS
