"""SqliteStorage: a log in one SQLite file, the default (protocol: board/storage.py; docs/architecture.md, Storage).

What is handed in is written once, as an `item` with its payload and hints in chunks beside it; `pending` names the
items that wait, and `entry` gives an item its index. So sequencing moves no payload. Each row has a seal, an item's
payload and hints have hashes, its entry has its key: what comes back is what was written, or StorageDamaged.
"""

import sqlite3
from collections.abc import Iterator, Sequence
from itertools import count
from pathlib import Path
from typing import Any

from e2evote.adapter.storage.arguments import (
    check_batch,
    check_note,
    check_range,
    check_submissions,
    check_tile_grows,
)
from e2evote.adapter.storage.rows import (
    ITEM_COLUMNS,
    Head,
    Item,
    Waiting,
    answer_row,
    check_counts,
    check_tile_number,
    cosigned_seal,
    entry_place,
    new_row,
    read_answer,
    status_of,
    tile_place,
)
from e2evote.adapter.storage.seal import check_seal, seal
from e2evote.adapter.storage.sqlite_chunks import HINTS, PAYLOAD, drop_chunks, read_chunks, write_chunks
from e2evote.adapter.storage.sqlite_entries import contents_of, item_at, items_of, size_of
from e2evote.adapter.storage.sqlite_file import SqliteFile, create_file
from e2evote.board.storage import ANSWERS_KEPT, Answer, Appended, Batch, Status, Stored, Submission
from e2evote.errors import Refused, StorageConflict, StorageDamaged

VERSION = "1"
_FORMAT = "e2evote log storage"
_PAGE_SIZE = 4096  # of SQLite's files
_FETCHED = 128  # entries that one query fetches
_PAYLOADS = 16  # entries with their payloads likewise, of which each may be large
_KEYS = 500  # keys that one query looks for

_TABLES = (
    "CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID",
    "CREATE TABLE item (id INTEGER PRIMARY KEY, key BLOB NOT NULL UNIQUE, entry BLOB NOT NULL,"
    " payload_size INTEGER NOT NULL, payload_hash BLOB NOT NULL, hints_size INTEGER NOT NULL, hints_hash BLOB NOT NULL,"
    " private BLOB NOT NULL, seal BLOB NOT NULL)",
    "CREATE TABLE chunk (id INTEGER PRIMARY KEY, data BLOB NOT NULL)",
    "CREATE TABLE pending (item INTEGER PRIMARY KEY)",
    "CREATE TABLE entry (idx INTEGER PRIMARY KEY, item INTEGER NOT NULL UNIQUE, seal BLOB NOT NULL)",
    "CREATE TABLE tile (id INTEGER PRIMARY KEY, data BLOB NOT NULL, seal BLOB NOT NULL)",
    "CREATE TABLE answer (id INTEGER PRIMARY KEY, key BLOB NOT NULL UNIQUE, place INTEGER NOT NULL,"
    " code TEXT NOT NULL, detail TEXT NOT NULL, seal BLOB NOT NULL)",
    "CREATE TABLE head (one INTEGER PRIMARY KEY CHECK (one = 1), size INTEGER NOT NULL, note BLOB NOT NULL,"
    " cosigned INTEGER NOT NULL, seal BLOB NOT NULL)",
    "CREATE TABLE cosigned (size INTEGER PRIMARY KEY, before INTEGER NOT NULL, note BLOB NOT NULL, seal BLOB NOT NULL)",
)


class SqliteStorage:
    """A `Storage`. Opening it makes durable whatever it finds, and counts the rows."""

    def __init__(self, path: Path, origin: str) -> None:
        self.answers_kept = ANSWERS_KEPT
        self._file = SqliteFile(path)
        try:
            with self._file.read() as db:
                _check_meta(db, path, origin)
                _check_counts(db)
        except BaseException:
            self._file.close()
            raise

    @classmethod
    def create(cls, path: Path, origin: str) -> "SqliteStorage":
        """A new, empty storage; Refused `store-exists`."""
        meta = {"format": _FORMAT, "version": VERSION, "origin": origin}
        create_file(path, _TABLES, [*(("meta", row) for row in meta.items()), ("head", Head(0, b"", 0).row())])
        return cls(path, origin)

    def submit(self, submissions: Sequence[Submission]) -> None:
        check_submissions(submissions)
        wanted: dict[bytes, Submission] = {}
        for submission in submissions:
            wanted.setdefault(submission.key, submission)
        with self._file.write() as db:
            new = [wanted[key] for key in _unknown(db, list(wanted))]
            first = int(db.execute("SELECT ifnull(max(id), 0) + 1 FROM item").fetchone()[0])
            items = range(first, first + len(new))
            db.executemany("INSERT INTO item VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", map(new_row, items, new))
            db.executemany("INSERT INTO pending VALUES (?)", ((item,) for item in items))
            for kind, beside in (
                (PAYLOAD, [submission.payload for submission in new]),
                (HINTS, [submission.hints for submission in new]),
            ):
                write_chunks(db, kind, zip(items, beside, strict=True))
                self._file.wrote(sum(_PAGE_SIZE + len(data) for data in beside))

    def status(self, key: bytes) -> Status:
        with self._file.read() as db:
            row = db.execute(
                f"SELECT {ITEM_COLUMNS}, p.item, e.idx, e.seal FROM item i LEFT JOIN pending p ON p.item = i.id"
                " LEFT JOIN entry e ON e.item = i.id WHERE i.key = ?",
                (key,),
            ).fetchone()
            return _answer(db, key) if row is None else status_of(key, row)

    def pending(self, most: int, most_bytes: int) -> tuple[Submission, ...]:
        found: list[Submission] = []
        size = 0
        with self._file.read() as db:
            rows = db.execute(
                f"SELECT {ITEM_COLUMNS} FROM pending p LEFT JOIN item i ON i.id = p.item ORDER BY p.item LIMIT ?",
                (max(0, most),),
            )
            for row in rows:
                if size >= most_bytes:
                    break
                item = Item.read(row)
                payload = read_chunks(db, PAYLOAD, item.id, item.payload_size, item.payload_hash)
                hints = read_chunks(db, HINTS, item.id, item.hints_size, item.hints_hash)
                found.append(Submission(item.key, item.entry, payload, hints, item.private))
                size += len(payload) + len(hints)
        return tuple(found)

    def size(self) -> int:
        with self._file.read() as db:
            return size_of(db)

    def sequence(self, batch: Batch) -> None:
        check_batch(batch)
        with self._file.write() as db:
            size = size_of(db)
            if size != batch.start:
                raise StorageConflict(f"batch at {batch.start}: the log has {size} entries")
            waiting = _waiting(db, [*(appended.key for appended in batch.appended), *batch.answers])
            ids = [waiting[appended.key].id for appended in batch.appended]
            marks = [seal(entry_place(at), one.key) for at, one in enumerate(batch.appended, size)]
            db.executemany("INSERT INTO entry VALUES (?, ?, ?)", zip(count(size), ids, marks))
            db.executemany("DELETE FROM pending WHERE item = ?", ((item.id,) for item in waiting.values()))
            for appended in batch.appended:
                if not waiting[appended.key].has(appended):
                    self._replace_beside(db, waiting[appended.key].id, appended)
            for path, data in batch.tiles.items():
                _widen(db, int(path.series.removeprefix("tile/")), path.index, data)
            for key, answer in batch.answers.items():
                _store_answer(db, waiting[key].id, key, answer)
            if batch.answers:
                db.execute("DELETE FROM answer WHERE id <= (SELECT max(id) FROM answer) - ?", (self.answers_kept,))

    def entries(self, start: int, end: int) -> Iterator[Stored]:
        with self._file.read() as db:
            check_range(start, end, size_of(db))
        return self._entries(start, end)

    def payload(self, index: int) -> bytes:
        with self._file.read() as db:
            item = item_at(db, index)
            return read_chunks(db, PAYLOAD, item.id, item.payload_size, item.payload_hash)

    def contents(self, start: int, end: int) -> Iterator[tuple[Stored, bytes]]:
        with self._file.read() as db:
            check_range(start, end, size_of(db))
        return self._contents(start, end)

    def hints(self, index: int) -> bytes:
        with self._file.read() as db:
            item = item_at(db, index)
            return read_chunks(db, HINTS, item.id, item.hints_size, item.hints_hash)

    def tile(self, level: int, number: int) -> bytes:
        with self._file.read() as db:
            return _tile(db, level, number)

    def head(self) -> bytes:
        with self._file.read() as db:
            return _head(db).note

    def swap_head(self, old: bytes, new: bytes, size: int) -> None:
        with self._file.write() as db:
            head = _head(db)
            if head.note != old:
                raise StorageConflict(f"head of size {size}: meanwhile another has been signed, of size {head.size}")
            check_note(new, size, size_of(db), "head")
            if size < head.size:
                raise ValueError(f"head of size {size} after one of size {head.size}")
            _store_head(db, Head(size, new, head.cosigned))

    def add_cosigned(self, size: int, note: bytes) -> None:
        with self._file.write() as db:
            check_note(note, size, size_of(db), "cosigned checkpoint")
            head = _head(db)
            if size > head.cosigned:
                mark = cosigned_seal(size, head.cosigned, note)
                db.execute("INSERT INTO cosigned VALUES (?, ?, ?, ?)", (size, head.cosigned, note, mark))
                _store_head(db, Head(head.size, head.note, size))

    def cosigned(self, index: int) -> bytes:
        with self._file.read() as db:
            if index >= _head(db).cosigned:
                return b""
            row = db.execute("SELECT * FROM cosigned WHERE size > ? ORDER BY size LIMIT 1", (index,)).fetchone()
            size, before, note, mark = row or (0, 0, b"", b"")
            if before > index or not isinstance(note, bytes) or cosigned_seal(size, before, note) != mark:
                raise StorageDamaged(f"cosigned checkpoint over entry {index}: missing, or not as it was written")
            return note

    def close(self) -> None:
        self._file.close()

    def _replace_beside(self, db: sqlite3.Connection, id_: int, appended: Appended) -> None:
        """Hints and private bytes as the batch has them."""
        item = Item.read(db.execute(f"SELECT {ITEM_COLUMNS} FROM item i WHERE i.id = ?", (id_,)).fetchone())
        changed = item.beside(appended)
        if changed.hints_hash != item.hints_hash:
            drop_chunks(db, HINTS, id_)
            write_chunks(db, HINTS, [(id_, appended.hints)])
            self._file.wrote(len(appended.hints))
        db.execute(
            "UPDATE item SET hints_size = ?, hints_hash = ?, private = ?, seal = ? WHERE id = ?",
            (changed.hints_size, changed.hints_hash, changed.private, changed.seal(), id_),
        )

    def _entries(self, start: int, end: int) -> Iterator[Stored]:
        for first in range(start, end, _FETCHED):
            after = min(end, first + _FETCHED)
            with self._file.read() as db:
                items = items_of(db, first, after)
            for item in items:
                yield Stored(item.entry, item.payload_hash, item.private)

    def _contents(self, start: int, end: int) -> Iterator[tuple[Stored, bytes]]:
        for first in range(start, end, _PAYLOADS):
            with self._file.read() as db:
                found = contents_of(db, first, min(end, first + _PAYLOADS))
            yield from found


def _check_meta(db: sqlite3.Connection, path: Path, origin: str) -> None:
    try:
        meta = dict(db.execute("SELECT name, value FROM meta").fetchall())
    except sqlite3.OperationalError:
        meta = {}
    if meta.get("format") != _FORMAT:
        raise Refused("storage-missing", f"{path}: an SQLite file, and not the storage of a log")
    if meta.get("version") != VERSION:
        raise Refused("storage-version", f"{path}: has version {meta.get('version')!r}, this is version {VERSION}")
    if meta.get("origin") != origin:
        raise Refused("storage-origin", f"{path}: holds the log {meta.get('origin')!r}, not {origin!r}")


def _check_counts(db: sqlite3.Connection) -> None:
    items, waiting, entries = (
        db.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table in ("item", "pending", "entry")
    )
    check_counts(items, waiting, entries, size_of(db), _head(db).size)


def _rows_of(db: sqlite3.Connection, statement: str, keys: Sequence[bytes]) -> list[tuple[Any, ...]]:
    """What the statement finds for `key IN` these keys."""
    rows: list[tuple[Any, ...]] = []
    for at in range(0, len(keys), _KEYS):
        some = keys[at : at + _KEYS]
        rows += db.execute(f"{statement} IN ({','.join('?' * len(some))})", some).fetchall()
    return rows


def _unknown(db: sqlite3.Connection, keys: list[bytes]) -> list[bytes]:
    """Those of the keys that are not pending and have no index, in order; what they were refused for is forgotten."""
    known = {row[0] for row in _rows_of(db, "SELECT key FROM item WHERE key", keys)}
    for (key,) in _rows_of(db, "SELECT key FROM answer WHERE key", keys):
        if isinstance(_answer(db, key), int):
            known.add(key)
        else:
            db.execute("DELETE FROM answer WHERE key = ?", (key,))
    return [key for key in keys if key not in known]


def _waiting(db: sqlite3.Connection, keys: list[bytes]) -> dict[bytes, Waiting]:
    """The pending items with these keys, all of them."""
    rows = _rows_of(
        db,
        "SELECT i.key, i.id, i.hints_size, i.hints_hash, i.private FROM item i JOIN pending p ON p.item = i.id"
        " WHERE i.key",
        keys,
    )
    found = {key: Waiting(*columns) for key, *columns in rows}
    for key in keys:
        if key not in found:
            raise StorageConflict(f"submission {key.hex()}: not pending")
    return found


def _store_answer(db: sqlite3.Connection, item: int, key: bytes, answer: int | Answer) -> None:
    """The answer, in the place of the submission."""
    drop_chunks(db, PAYLOAD, item)
    drop_chunks(db, HINTS, item)
    db.execute("DELETE FROM item WHERE id = ?", (item,))
    db.execute("INSERT INTO answer VALUES (NULL, ?, ?, ?, ?, ?)", answer_row(key, answer))


def _tile(db: sqlite3.Connection, level: int, number: int) -> bytes:
    row = db.execute("SELECT data, seal FROM tile WHERE id = ?", (_tile_id(level, number),)).fetchone()
    if row is None:
        return b""
    check_seal(row[1], tile_place(level, number), row[0])
    return bytes(row[0])


def _widen(db: sqlite3.Connection, level: int, number: int, data: bytes) -> None:
    row = db.execute("SELECT data FROM tile WHERE id = ?", (_tile_id(level, number),)).fetchone()
    if row is not None and not (isinstance(row[0], bytes) and data.startswith(row[0])):
        check_tile_grows(level, number, _tile(db, level, number), data)
    mark = seal(tile_place(level, number), data)
    db.execute("INSERT OR REPLACE INTO tile VALUES (?, ?, ?)", (_tile_id(level, number), data, mark))


def _head(db: sqlite3.Connection) -> Head:
    return Head.read(db.execute("SELECT size, note, cosigned, seal FROM head").fetchone())


def _store_head(db: sqlite3.Connection, head: Head) -> None:
    db.execute("INSERT OR REPLACE INTO head VALUES (?, ?, ?, ?, ?)", head.row())


def _answer(db: sqlite3.Connection, key: bytes) -> int | Answer | None:
    row = db.execute("SELECT place, code, detail, seal FROM answer WHERE key = ?", (key,)).fetchone()
    return read_answer(key, row)


def _tile_id(level: int, number: int) -> int:
    """Rows of level 0, nearly all there are, in the order in which they come."""
    check_tile_number(level, number)
    return number * 64 + level
