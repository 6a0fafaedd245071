"""A log carried from one storage to another: entry by entry with all that lies beside it, then its heads.

What comes out is what went in, or StorageDamaged: tiles are made anew from the entries, so a copy in which a hash is
another one has another root. An SQLite file is copied whole by SQLite itself, which is faster and as consistent.
"""

import os
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path
from urllib.parse import quote

from e2evote.board.checkpoint import decode_text
from e2evote.board.growing import GrowingTree, grow
from e2evote.board.merkle import leaf_hash
from e2evote.board.note import decode_note
from e2evote.board.storage import Appended, Batch, Storage, Submission
from e2evote.errors import Refused, StorageFailed

_AT_ONCE = 64
"""Entries in one transaction, each with its payload in memory."""

_PENDING = 100_000
_PENDING_BYTES = 512 * 2**20
"""What waits is carried along as far as this; whoever handed in the rest has been told that it is not cast yet."""


def copy_log(source: Storage, target: Storage) -> int:
    """The whole log into an empty storage, while `source` may go on growing; the number of entries."""
    waiting = source.pending(_PENDING, _PENDING_BYTES)
    head = source.head()
    signed, size = _size_of(head), source.size()
    tree = GrowingTree(_keep_nothing)
    for start in range(0, size, _AT_ONCE):
        tree = append(target, tree, list(_submissions(source, start, min(size, start + _AT_ONCE))))
    if head:
        target.swap_head(b"", head, signed)
    copy_cosigned(source, target, signed)
    target.submit([each for each in waiting if target.status(each.key) is None])
    return size


def append(target: Storage, tree: GrowingTree, submissions: Sequence[Submission]) -> GrowingTree:
    """These are the next entries of `target`, whose tree is `tree`; the tree afterwards."""
    target.submit(submissions)
    after, tiles = grow(tree, [each.key for each in submissions])
    appended = tuple(Appended(each.key, each.hints, each.private) for each in submissions)
    target.sequence(Batch(tree.size, appended, tiles))
    return after


def copy_cosigned(source: Storage, target: Storage, size: int) -> None:
    """Each checkpoint that had its quorum, the smallest first, as far as `size` entries are covered."""
    index = 0
    while index < size and (note := source.cosigned(index)):
        index = _size_of(note)
        if index <= size:
            target.add_cosigned(index, note)


def copy_sqlite(source: Path, target: Path) -> None:
    """The SQLite database as it is at one moment, others writing meanwhile, in a new private file on the disk."""
    os.close(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600))
    try:
        with (
            closing(sqlite3.connect(f"file:{quote(str(source.absolute()))}?mode=rw", uri=True, timeout=30)) as old,
            closing(sqlite3.connect(target)) as new,
        ):
            old.backup(new)
    except sqlite3.Error as error:
        target.unlink()
        if getattr(error, "sqlite_errorcode", 0) & 0xFF == sqlite3.SQLITE_CANTOPEN:
            raise Refused("storage-missing", f"{source}: {error}") from None
        raise StorageFailed(f"{source}: can't be copied: {error}") from None
    with target.open("rb") as file:
        os.fsync(file.fileno())


def _submissions(source: Storage, start: int, end: int) -> Iterator[Submission]:
    for index, (stored, payload) in enumerate(source.contents(start, end), start):
        yield Submission(leaf_hash(stored.entry), stored.entry, payload, source.hints(index), stored.private)


def _size_of(note: bytes) -> int:
    return decode_text(decode_note(note).text).size if note else 0


def _keep_nothing(path: object, hashes: object) -> None:
    """Full tiles are in the batch already."""
