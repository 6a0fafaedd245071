"""The static files of a log, from its storage: what changed between two sizes (docs/spec.md, section 5.6).

One file is made at a time, so that a log of any length can be published anew. The checkpoint is not among them: it is
published after all others, and which one is for the keeper to say. Hint packs without a single hint are left out.
"""

from collections.abc import Iterator

from e2evote.board.bundles import encode_bundle, encode_pack
from e2evote.board.merkle import HASH_SIZE
from e2evote.board.storage import Storage
from e2evote.board.tiles import ENTRIES, HINTS, PAYLOAD, WIDTH, TilePath, bundles, tiles
from e2evote.errors import StorageDamaged

File = tuple[str, bytes]
"""The path of a file of the board, and its content."""


TAIL_BYTES = 32 * 2**20
"""Of the last, partial bundle kept in memory by who publishes batch after batch; a larger one is read again."""

_Item = tuple[bytes, bytes, bytes]
"""An entry, its payload and its hints."""


class Tail:
    """What was published of the last, partial bundle, so that a batch costs what is new and not what it is added to.

    Entries and what lies beside them never change, and what is here was read from the storage, and checked, once.
    """

    __slots__ = ("_items", "_start")

    def __init__(self) -> None:
        self._start, self._items = 0, list[_Item]()

    def items(self, storage: Storage, start: int, end: int) -> list[_Item]:
        """Those of the bundle that begins at `start`, up to `end`."""
        if start != self._start:
            self._start, self._items = start, []
        known = start + len(self._items)
        self._items += _read(storage, known, end)
        found = self._items[: end - start]
        if len(self._items) >= WIDTH or sum(len(one) for item in self._items for one in item) > TAIL_BYTES:
            self._items = []
        return found


def changed_files(storage: Storage, since: int, size: int, tail: Tail | None = None) -> Iterator[File]:
    """The files that a board of `size` entries has and its earlier self, of size `since`, had not.

    tail: of who publishes one batch after the other.
    """
    if not 0 <= since <= size:
        raise ValueError(f"publication: from size {since} to size {size}")
    kept = tail or Tail()
    for path in bundles(ENTRIES, size, since):
        yield from _of_bundle(path, kept.items(storage, path.index * WIDTH, path.index * WIDTH + path.width))
    for path in tiles(size, since):
        level = int(path.series.removeprefix("tile/"))
        wanted = path.width * HASH_SIZE
        data = storage.tile(level, path.index)[:wanted]
        if len(data) != wanted:
            raise StorageDamaged(f"{path.encode()}: {len(data)} bytes, want {wanted}")
        yield path.encode(), data


def _of_bundle(path: TilePath, items: list[_Item]) -> Iterator[File]:
    """Up to 256 entries, what belongs to each of them, and what may lie beside."""
    yield path.encode(), encode_bundle([entry for entry, _, _ in items])
    yield TilePath(PAYLOAD, path.index, path.width).encode(), encode_pack([payload or None for _, payload, _ in items])
    if any(hints for _, _, hints in items):
        hinted = TilePath(HINTS, path.index, path.width).encode()
        yield hinted, encode_pack([hints or None for _, _, hints in items])


def _read(storage: Storage, start: int, end: int) -> list[_Item]:
    if start >= end:
        return []
    contents = storage.contents(start, end)
    return [(stored.entry, payload, storage.hints(index)) for index, (stored, payload) in enumerate(contents, start)]
