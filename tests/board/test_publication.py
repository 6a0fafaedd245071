"""What is published batch after batch is what would be published at once, and an entry is read once for it."""

from collections.abc import Iterator

import pytest

from board.memory import MemoryStorage
from e2evote.board import publication
from e2evote.board.growing import GrowingTree, grow
from e2evote.board.merkle import leaf_hash
from e2evote.board.publication import Tail, changed_files
from e2evote.board.storage import Appended, Batch, Stored, Submission

SIZES = (1, 3, 4, 200, 255, 256, 257, 512, 700)


class Counting(MemoryStorage):
    """Counts the entries that it is asked for with their payloads."""

    read = 0

    def contents(self, start: int, end: int) -> Iterator[tuple[Stored, bytes]]:
        self.read += end - start
        return super().contents(start, end)


def filled(sizes: tuple[int, ...]) -> Iterator[tuple[Counting, int, int]]:
    """A storage after each of these batches, with the sizes before and after."""
    storage, tree = Counting(), GrowingTree(lambda path, hashes: None)
    for before, after in zip((0, *sizes), sizes, strict=False):
        entries = [f"entry {index}".encode() for index in range(before, after)]
        made = [
            Submission(leaf_hash(entry), entry, b"payload of " + entry, b"hints" if index % 3 else b"")
            for index, entry in enumerate(entries, before)
        ]
        storage.submit(made)
        tree, tiles = grow(tree, [each.key for each in made])
        storage.sequence(Batch(before, tuple(Appended(each.key, each.hints) for each in made), tiles))
        yield storage, before, after


def test_batch_after_batch_is_the_same_and_reads_each_entry_once() -> None:
    tail = Tail()
    for storage, before, after in filled(SIZES):
        storage.read = 0
        kept = dict(changed_files(storage, before, after, tail))
        assert storage.read == after - before
        assert kept == dict(changed_files(storage, before, after))


def test_what_was_not_published_is_published_later() -> None:
    """A step that failed is done again, over more or over as much."""
    tail = Tail()
    for storage, before, after in filled((5, 9, 300)):
        for size in (after, after, max(before, after - 1), after):
            assert dict(changed_files(storage, before, size, tail)) == dict(changed_files(storage, before, size))


def test_a_bundle_that_is_too_large_is_read_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(publication, "TAIL_BYTES", 100)
    tail = Tail()
    for storage, before, after in filled((5, 9)):
        storage.read = 0
        assert dict(changed_files(storage, before, after, tail)) == dict(changed_files(storage, before, after))
        assert storage.read == 2 * after
