"""Submissions and batches to store; what they say does not matter here."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from e2evote.board.merkle import leaf_hash
from e2evote.board.storage import Appended, Batch, Storage, Submission
from e2evote.board.tiles import TilePath, encode_tile


def submission(number: int, payload: bytes = b"payload", hints: bytes = b"", private: bytes = b"") -> Submission:
    entry = b"entry %d" % number
    return Submission(leaf_hash(entry), entry, payload, hints, private)


def batch(start: int, submissions: Sequence[Submission], **more: object) -> Batch:
    """All of them, with what lies beside them, from `start` on."""
    appended = tuple(Appended(one.key, one.hints, one.private) for one in submissions)
    return Batch(start, appended, **more)  # type: ignore[arg-type]


def tile(level: int, number: int, width: int, salt: int = 0) -> dict[TilePath, bytes]:
    """A tile whose narrower self is its beginning, as in a log; another salt, another log."""
    hashes = [leaf_hash(b"%d %d %d %d" % (salt, level, number, place)) for place in range(width)]
    return {TilePath(f"tile/{level}", number, width): encode_tile(hashes)}


def fill(storage: Storage, count: int) -> list[Submission]:
    """So many entries more, each with a payload, in one batch."""
    start = storage.size()
    made = [submission(start + number) for number in range(count)]
    storage.submit(made)
    storage.sequence(batch(start, made))
    return made


@contextmanager
def closing(storage: Storage) -> Iterator[Storage]:
    try:
        yield storage
    finally:
        storage.close()
