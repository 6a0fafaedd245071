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


def changed_files(storage: Storage, since: int, size: int) -> Iterator[File]:
    """The files that a board of `size` entries has and its earlier self, of size `since`, had not."""
    if not 0 <= since <= size:
        raise ValueError(f"publication: from size {since} to size {size}")
    for path in bundles(ENTRIES, size, since):
        yield from _of_bundle(storage, path)
    for path in tiles(size, since):
        level = int(path.series.removeprefix("tile/"))
        wanted = path.width * HASH_SIZE
        data = storage.tile(level, path.index)[:wanted]
        if len(data) != wanted:
            raise StorageDamaged(f"{path.encode()}: {len(data)} bytes, want {wanted}")
        yield path.encode(), data


def _of_bundle(storage: Storage, path: TilePath) -> Iterator[File]:
    """Up to 256 entries, what belongs to each of them, and what may lie beside."""
    start = path.index * WIDTH
    indices = range(start, start + path.width)
    contents = list(storage.contents(start, start + path.width))
    yield path.encode(), encode_bundle([stored.entry for stored, _ in contents])
    payloads = [payload or None for _, payload in contents]
    yield TilePath(PAYLOAD, path.index, path.width).encode(), encode_pack(payloads)
    hints = [storage.hints(index) or None for index in indices]
    if any(hints):
        yield TilePath(HINTS, path.index, path.width).encode(), encode_pack(hints)
