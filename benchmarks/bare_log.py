"""The peer of the board's claims: the standard library's SQLite, with the settings of `adapter/storage/sqlite_file.py`.

It writes the rows that a log needs, from bytes that are there already, and does nothing else: no key is computed, no
hash, no tile, nothing is asked before a write, nothing is compared after a read. So its time is what the disk and
SQLite take by themselves. Two transactions for each batch, as in ours: handed in, and sequenced.
"""

import sqlite3
from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path

WAL_BYTES = 8 * 1024 * 1024
_TABLES = (
    "CREATE TABLE item (id INTEGER PRIMARY KEY, key BLOB NOT NULL UNIQUE, entry BLOB NOT NULL, payload BLOB NOT NULL)",
    "CREATE TABLE pending (item INTEGER PRIMARY KEY)",
    "CREATE TABLE entry (idx INTEGER PRIMARY KEY, item INTEGER NOT NULL UNIQUE)",
    "CREATE TABLE tile (id INTEGER PRIMARY KEY, data BLOB NOT NULL)",
)

Written = tuple[bytes, bytes, bytes]
"""Key, entry and payload."""


class BareLog:
    """One file, one connection. tiles: whether a batch's hash tile is written with it."""

    def __init__(self, path: Path, tiles: bool) -> None:
        self._tiles = tiles
        self._db = sqlite3.connect(path, isolation_level=None)
        for wish in ("journal_mode = WAL", "synchronous = FULL", f"wal_autocheckpoint = {WAL_BYTES // 4096}"):
            self._db.execute(f"PRAGMA {wish}").fetchall()
        self._db.execute("PRAGMA cache_size = -16384")
        if self._db.execute("PRAGMA synchronous").fetchone() != (2,):
            raise ValueError("SQLite does not keep synchronous = FULL")
        for statement in _TABLES:
            self._db.execute(statement)
        self.size = 0

    def append(self, batch: Sequence[Written], tile: bytes) -> None:
        """The two transactions of one batch. tile: 0 to 256 hashes, the last tile as it is after the batch."""
        db, numbers = self._db, range(self.size + 1, self.size + len(batch) + 1)
        db.execute("BEGIN IMMEDIATE")
        db.executemany(
            "INSERT INTO item VALUES (?, ?, ?, ?)", ((n, *one) for n, one in zip(numbers, batch, strict=True))
        )
        db.executemany("INSERT INTO pending VALUES (?)", ((n,) for n in numbers))
        db.execute("COMMIT")
        db.execute("BEGIN IMMEDIATE")
        db.executemany("INSERT INTO entry VALUES (?, ?)", ((n - 1, n) for n in numbers))
        db.executemany("DELETE FROM pending WHERE item = ?", ((n,) for n in numbers))
        if self._tiles:
            db.execute("INSERT OR REPLACE INTO tile VALUES (?, ?)", (self.size // 256, tile))
        db.execute("COMMIT")
        self.size += len(batch)

    def close(self) -> None:
        self._db.close()


def read_and_hash(path: Path) -> int:
    """Every entry and payload in a storage's file, and the SHA-256 of each; the number of entries."""
    database = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
    rows = database.execute(
        "SELECT i.entry, c.data FROM entry e JOIN item i ON i.id = e.item JOIN chunk c ON c.id = i.id * 8192"
        " ORDER BY e.idx"
    )
    count = 0
    for entry, payload in rows:
        sha256(b"\x00" + entry).digest()
        sha256(payload).digest()
        count += 1
    database.close()
    return count
