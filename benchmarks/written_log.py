"""A log in a storage, written by a benchmark: what a ballot looks like to the board, and how a batch is appended."""

import random
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from e2evote.adapter.storage import create_storage, open_storage
from e2evote.board.growing import GrowingTree, grow
from e2evote.board.merkle import leaf_hash
from e2evote.board.storage import Appended, Batch, Storage, Submission

ORIGIN = "board.example/benchmark"
LEAF, PAYLOAD = 900, 24_000
"""Bytes of a ballot's entry and of a sealed ballot of ten options."""
BATCH = 4096


def ballots(count: int, leaf: int, payload: int, seed: int) -> Iterator[Submission]:
    """As large as ballots are, and as hard to compress: hexadecimal digits of random numbers."""
    digits = random.Random(seed)
    for _ in range(count):
        entry = digits.randbytes(leaf // 2).hex().encode()
        yield Submission(leaf_hash(entry), entry, digits.randbytes(payload // 2).hex().encode())


class WrittenLog:
    """The storage at a place, and the tree that goes on from it."""

    def __init__(self, storage: Storage) -> None:
        self.storage = storage
        self.tree = GrowingTree.resume(lambda path, hashes: None, storage.size(), storage.tile)

    @classmethod
    def create(cls, place: str) -> "WrittenLog":
        return cls(create_storage(place, ORIGIN))

    def append(self, batch: Sequence[Submission]) -> None:
        """Handed in durably, then sequenced with its tiles: two transactions."""
        self.storage.submit(batch)
        after, tiles = grow(self.tree, [one.key for one in batch])
        self.storage.sequence(Batch(self.tree.size, tuple(Appended(one.key) for one in batch), tiles))
        self.tree = after

    def append_all(self, batches: Iterable[Sequence[Submission]]) -> None:
        for batch in batches:
            self.append(batch)

    def fill(self, size: int, leaf: int, payload: int) -> None:
        """More entries, until there are so many."""
        while (start := self.tree.size) < size:
            count = min(BATCH, size - start) if payload == 0 else min(BATCH // 8, size - start)
            self.append(list(ballots(count, leaf, payload, start)))

    def close(self) -> None:
        self.storage.close()


def kept_log(folder: Path, size: int) -> WrittenLog:
    """A log of at least `size` tiny entries in a file that later runs find again; begun anew when it is much longer."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"log-{size}.sqlite"
    if path.exists():
        log = WrittenLog(open_storage(str(path), ORIGIN))
        if log.tree.size < size * 1.05:
            log.fill(size, 32, 0)
            return log
        log.close()
        remove(path)
    log = WrittenLog.create(str(path))
    log.fill(size, 32, 0)
    return log


def remove(path: Path) -> None:
    """An SQLite file and what lies beside it."""
    for suffix in ("", "-wal", "-shm"):
        path.with_name(path.name + suffix).unlink(missing_ok=True)
