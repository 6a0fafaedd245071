"""The entries of a log in an SQLite file, from their rows: dense, each the item that was given this index."""

import sqlite3

from e2evote.adapter.storage.arguments import check_range
from e2evote.adapter.storage.rows import ITEM_COLUMNS, Item, check_entry, check_item
from e2evote.adapter.storage.sqlite_chunks import FIRST_OF_PAYLOAD, payload_of
from e2evote.board.storage import Stored
from e2evote.errors import StorageDamaged


def size_of(db: sqlite3.Connection) -> int:
    last = db.execute("SELECT max(idx) FROM entry").fetchone()[0]
    return 0 if last is None else int(last) + 1


def item_at(db: sqlite3.Connection, index: int) -> Item:
    check_range(index, index + 1, size_of(db))
    return items_of(db, index, index + 1)[0]


def items_of(db: sqlite3.Connection, start: int, end: int) -> list[Item]:
    """The items of entries from `start` to `end`, all of them."""
    rows = db.execute(
        f"SELECT e.idx, e.seal, {ITEM_COLUMNS} FROM entry e LEFT JOIN item i ON i.id = e.item"
        " WHERE e.idx >= ? AND e.idx < ? ORDER BY e.idx",
        (start, end),
    ).fetchall()
    items = []
    for expected, (index, mark, *columns) in enumerate(rows, start):
        item = Item.read(columns)
        check_entry(expected, index, mark, item.key)
        items.append(item)
    if len(items) != end - start:
        raise StorageDamaged(f"entry {start + len(items)}: missing")
    return items


def contents_of(db: sqlite3.Connection, start: int, end: int) -> list[tuple[Stored, bytes]]:
    """The same with their payloads, which nearly always are in one piece."""
    rows = db.execute(
        f"SELECT e.idx, e.seal, c.data, {ITEM_COLUMNS} FROM entry e LEFT JOIN item i ON i.id = e.item"
        f" LEFT JOIN chunk c ON c.id = {FIRST_OF_PAYLOAD} WHERE e.idx >= ? AND e.idx < ? ORDER BY e.idx",
        (start, end),
    ).fetchall()
    found = []
    for expected, (index, mark, data, *columns) in enumerate(rows, start):
        check_item(*columns)
        id_, key, entry, size, digest, _, _, private, _ = columns
        check_entry(expected, index, mark, key)
        found.append((Stored(entry, digest, private), payload_of(db, id_, size, digest, data)))
    if len(found) != end - start:
        raise StorageDamaged(f"entry {start + len(found)}: missing")
    return found
