"""PostgresStorage: a log in a PostgreSQL database (protocol: board/storage.py; docs/decisions/postgres.md).

The same rows as in an SQLite file: an `item` with its payload and hints in chunks, written once; `pending` names those
that wait, `entry` gives an index. Each row has a seal, an item's payload and hints have hashes, its entry has its key:
what comes back is what was written, or StorageDamaged.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, LiteralString

from e2evote.adapter.storage.arguments import (
    check_batch,
    check_note,
    check_range,
    check_submissions,
    check_tile_grows,
)
from e2evote.adapter.storage.postgres_session import PostgresSession, Rows
from e2evote.adapter.storage.postgres_tables import (
    HINTS,
    PAYLOAD,
    check_tables,
    create_tables,
    drop_chunks,
    read_chunks,
    schema_of,
    write_chunks,
)
from e2evote.adapter.storage.rows import (
    ITEM_COLUMNS,
    Head,
    Item,
    answer_row,
    check_counts,
    check_entry,
    check_tile_number,
    cosigned_seal,
    entry_place,
    new_row,
    read_answer,
    status_of,
    tile_place,
)
from e2evote.adapter.storage.seal import check_seal, seal
from e2evote.board.storage import ANSWERS_KEPT, Answer, Appended, Batch, Status, Stored, Submission
from e2evote.errors import StorageConflict, StorageDamaged

_PAGE = 128  # entries that one query fetches
_PAYLOADS = 16  # payloads likewise, of which each may be large


class PostgresStorage:
    """A `Storage`. One connection, for all threads; several processes and machines each have their own."""

    def __init__(self, url: str, origin: str) -> None:
        self.answers_kept = ANSWERS_KEPT
        self._session = PostgresSession(url, schema_of(origin))
        try:
            with self._session.read() as rows:
                check_tables(rows, origin)
                _check_counts(rows)
        except BaseException:
            self._session.close()
            raise

    @classmethod
    def create(cls, url: str, origin: str) -> "PostgresStorage":
        """A new, empty storage; Refused `store-exists`."""
        create_tables(url, origin)
        return cls(url, origin)

    def submit(self, submissions: Sequence[Submission]) -> None:
        check_submissions(submissions)
        wanted: dict[bytes, Submission] = {}
        for submission in submissions:
            wanted.setdefault(submission.key, submission)
        self._session.write(lambda rows: _submit(rows, wanted))

    def status(self, key: bytes) -> Status:
        with self._session.read() as rows:
            row = rows.execute(
                f"SELECT {ITEM_COLUMNS}, p.item, e.idx, e.seal FROM item i LEFT JOIN pending p ON p.item = i.id"
                " LEFT JOIN entry e ON e.item = i.id WHERE i.key = %b",
                (key,),
            ).fetchone()
            return _answer(rows, key) if row is None else status_of(key, row)

    def pending(self, most: int, most_bytes: int) -> tuple[Submission, ...]:
        found: list[Submission] = []
        size = 0
        with self._session.read() as rows:
            waiting = rows.execute(
                f"SELECT {ITEM_COLUMNS} FROM pending p LEFT JOIN item i ON i.id = p.item ORDER BY p.item LIMIT %s",
                (max(0, most),),
            ).fetchall()
            for row in waiting:
                if size >= most_bytes:
                    break
                item = Item.read(row)
                payload = read_chunks(rows, PAYLOAD, item.id, item.payload_size, item.payload_hash)
                hints = read_chunks(rows, HINTS, item.id, item.hints_size, item.hints_hash)
                found.append(Submission(item.key, item.entry, payload, hints, item.private))
                size += len(payload) + len(hints)
        return tuple(found)

    def size(self) -> int:
        with self._session.read() as rows:
            return _size(rows)

    def sequence(self, batch: Batch) -> None:
        check_batch(batch)
        self._session.write(lambda rows: self._sequence(rows, batch))

    def entries(self, start: int, end: int) -> Iterator[Stored]:
        with self._session.read() as rows:
            check_range(start, end, _size(rows))
        return self._entries(start, end)

    def payload(self, index: int) -> bytes:
        with self._session.read() as rows:
            item = _item_at(rows, index)
            return read_chunks(rows, PAYLOAD, item.id, item.payload_size, item.payload_hash)

    def contents(self, start: int, end: int) -> Iterator[tuple[Stored, bytes]]:
        with self._session.read() as rows:
            check_range(start, end, _size(rows))
        return self._contents(start, end)

    def hints(self, index: int) -> bytes:
        with self._session.read() as rows:
            item = _item_at(rows, index)
            return read_chunks(rows, HINTS, item.id, item.hints_size, item.hints_hash)

    def tile(self, level: int, number: int) -> bytes:
        with self._session.read() as rows:
            return _tile(rows, level, number)

    def head(self) -> bytes:
        with self._session.read() as rows:
            return _head(rows).note

    def swap_head(self, old: bytes, new: bytes, size: int) -> None:
        def work(rows: Rows) -> None:
            head = _head(rows)
            if head.note != old:
                raise StorageConflict(f"head of size {size}: meanwhile another has been signed, of size {head.size}")
            check_note(new, size, _size(rows), "head")
            if size < head.size:
                raise ValueError(f"head of size {size} after one of size {head.size}")
            _store_head(rows, Head(size, new, head.cosigned))

        self._session.write(work)

    def add_cosigned(self, size: int, note: bytes) -> None:
        def work(rows: Rows) -> None:
            check_note(note, size, _size(rows), "cosigned checkpoint")
            head = _head(rows)
            if size > head.cosigned:
                mark = cosigned_seal(size, head.cosigned, note)
                rows.execute("INSERT INTO cosigned VALUES (%s, %s, %b, %b)", (size, head.cosigned, note, mark))
                _store_head(rows, Head(head.size, head.note, size))

        self._session.write(work)

    def cosigned(self, index: int) -> bytes:
        with self._session.read() as rows:
            if index >= _head(rows).cosigned:
                return b""
            query = "SELECT size, before, note, seal FROM cosigned WHERE size > %s ORDER BY size LIMIT 1"
            size, before, note, mark = rows.execute(query, (index,)).fetchone() or (0, 0, b"", b"")
            if before > index or cosigned_seal(size, before, note) != mark:
                raise StorageDamaged(f"cosigned checkpoint over entry {index}: missing, or not as it was written")
            return bytes(note)

    def close(self) -> None:
        self._session.close()

    def _sequence(self, rows: Rows, batch: Batch) -> None:
        size = _size(rows)
        if size != batch.start:
            raise StorageConflict(f"batch at {batch.start}: the log has {size} entries")
        waiting = _waiting(rows, [*(appended.key for appended in batch.appended), *batch.answers])
        items = [waiting[appended.key] for appended in batch.appended]
        rows.executemany(
            "INSERT INTO entry VALUES (%s, %s, %b)",
            [(index, item.id, seal(entry_place(index), item.key)) for index, item in enumerate(items, batch.start)],
        )
        rows.execute("DELETE FROM pending WHERE item = ANY(%s)", ([item.id for item in waiting.values()],))
        for item, appended in zip(items, batch.appended, strict=True):
            _replace_beside(rows, item, appended)
        for path, data in batch.tiles.items():
            _widen(rows, int(path.series.removeprefix("tile/")), path.index, data)
        for key, answer in batch.answers.items():
            _keep_answer(rows, waiting[key], answer)
        if batch.answers:
            rows.execute("DELETE FROM answer WHERE id <= (SELECT max(id) FROM answer) - %s", (self.answers_kept,))

    def _entries(self, start: int, end: int) -> Iterator[Stored]:
        for first in range(start, end, _PAGE):
            with self._session.read() as rows:
                items = _items(rows, first, min(end, first + _PAGE))
            for item in items:
                yield Stored(item.entry, item.payload_hash, item.private)

    def _contents(self, start: int, end: int) -> Iterator[tuple[Stored, bytes]]:
        for first in range(start, end, _PAYLOADS):
            with self._session.read() as rows:
                items = _items(rows, first, min(end, first + _PAYLOADS))
                payloads = [read_chunks(rows, PAYLOAD, i.id, i.payload_size, i.payload_hash) for i in items]
            for item, payload in zip(items, payloads, strict=True):
                yield Stored(item.entry, item.payload_hash, item.private), payload


def _check_counts(rows: Rows) -> None:
    items, waiting, entries = _one(
        rows, "SELECT (SELECT count(*) FROM item), (SELECT count(*) FROM pending), (SELECT count(*) FROM entry)"
    )
    check_counts(items, waiting, entries, _size(rows), _head(rows).size)


def _submit(rows: Rows, submissions: Mapping[bytes, Submission]) -> None:
    keys = list(submissions)
    known = {key for (key,) in rows.execute("SELECT key FROM item WHERE key = ANY(%b)", (keys,)).fetchall()}
    for (key,) in rows.execute("SELECT key FROM answer WHERE key = ANY(%b)", (keys,)).fetchall():
        if isinstance(_answer(rows, key), int):
            known.add(key)
        else:
            rows.execute("DELETE FROM answer WHERE key = %b", (key,))
    (last,) = _one(rows, "SELECT coalesce(max(id), 0) FROM item")
    new = dict(enumerate((submissions[key] for key in keys if key not in known), last + 1))
    rows.executemany(
        "INSERT INTO item VALUES (%s, %b, %b, %s, %b, %s, %b, %b, %b)", [new_row(id_, one) for id_, one in new.items()]
    )
    rows.executemany("INSERT INTO pending VALUES (%s)", [(id_,) for id_ in new])
    write_chunks(rows, PAYLOAD, [(id_, one.payload) for id_, one in new.items()])
    write_chunks(rows, HINTS, [(id_, one.hints) for id_, one in new.items()])


def _replace_beside(rows: Rows, item: Item, appended: Appended) -> None:
    """Hints and private bytes as the batch has them; what is the same already is not written."""
    changed = item.beside(appended)
    if changed == item:
        return
    if changed.hints_hash != item.hints_hash:
        drop_chunks(rows, HINTS, item.id)
        write_chunks(rows, HINTS, [(item.id, appended.hints)])
    rows.execute(
        "UPDATE item SET hints_size = %s, hints_hash = %b, private = %b, seal = %b WHERE id = %s",
        (changed.hints_size, changed.hints_hash, changed.private, changed.seal(), item.id),
    )


def _widen(rows: Rows, level: int, number: int, data: bytes) -> None:
    old = _tile(rows, level, number)
    check_tile_grows(level, number, old, data)
    if old != data:
        rows.execute(
            "INSERT INTO tile VALUES (%s, %s, %b, %b) ON CONFLICT (level, number)"
            " DO UPDATE SET data = excluded.data, seal = excluded.seal",
            (level, number, data, seal(tile_place(level, number), data)),
        )


def _keep_answer(rows: Rows, item: Item, answer: int | Answer) -> None:
    drop_chunks(rows, PAYLOAD, item.id)
    drop_chunks(rows, HINTS, item.id)
    rows.execute("DELETE FROM item WHERE id = %s", (item.id,))
    rows.execute(
        "INSERT INTO answer (key, place, code, detail, seal) VALUES (%b, %s, %s, %s, %b)", answer_row(item.key, answer)
    )


def _one(rows: Rows, query: LiteralString, parameters: Sequence[object] = ()) -> tuple[Any, ...]:
    row = rows.execute(query, parameters).fetchone()
    if row is None:
        raise AssertionError(query)
    return row


def _size(rows: Rows) -> int:
    (last,) = _one(rows, "SELECT max(idx) FROM entry")
    return 0 if last is None else int(last) + 1


def _waiting(rows: Rows, keys: Sequence[bytes]) -> dict[bytes, Item]:
    """The pending items with these keys; StorageConflict unless all pend."""
    found = {
        item.key: item
        for item in map(
            Item.read,
            rows.execute(
                f"SELECT {ITEM_COLUMNS} FROM item i JOIN pending p ON p.item = i.id WHERE i.key = ANY(%b)",
                (list(keys),),
            ),
        )
    }
    for key in keys:
        if key not in found:
            raise StorageConflict(f"submission {key.hex()}: not pending")
    return found


def _item_at(rows: Rows, index: int) -> Item:
    check_range(index, index + 1, _size(rows))
    return _items(rows, index, index + 1)[0]


def _items(rows: Rows, start: int, end: int) -> list[Item]:
    """The items of entries from `start` to `end`, all of them."""
    found = rows.execute(
        f"SELECT {ITEM_COLUMNS}, e.idx, e.seal FROM entry e LEFT JOIN item i ON i.id = e.item"
        " WHERE e.idx >= %s AND e.idx < %s ORDER BY e.idx",
        (start, end),
    ).fetchall()
    items = []
    for expected, (*columns, index, mark) in enumerate(found, start):
        item = Item.read(columns)
        check_entry(expected, index, mark, item.key)
        items.append(item)
    if len(items) != end - start:
        raise StorageDamaged(f"entry {start + len(items)}: missing")
    return items


def _tile(rows: Rows, level: int, number: int) -> bytes:
    check_tile_number(level, number)
    query = "SELECT data, seal FROM tile WHERE level = %s AND number = %s"
    row = rows.execute(query, (level, number)).fetchone()
    if row is None:
        return b""
    check_seal(row[1], tile_place(level, number), row[0])
    return bytes(row[0])


def _head(rows: Rows) -> Head:
    return Head.read(rows.execute("SELECT size, note, cosigned, seal FROM head").fetchone())


def _store_head(rows: Rows, head: Head) -> None:
    _, *values = head.row()
    rows.execute("UPDATE head SET size = %s, note = %b, cosigned = %s, seal = %b", values)


def _answer(rows: Rows, key: bytes) -> int | Answer | None:
    row = rows.execute("SELECT place, code, detail, seal FROM answer WHERE key = %b", (key,)).fetchone()
    return read_answer(key, row)
