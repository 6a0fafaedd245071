"""Proofs and roots from hash tiles alone (docs/spec.md, section 5.1; C2SP tlog-tiles).

Whoever can read the tiles of a log, in a storage, a folder or on a web server, needs nothing else of it: a proof
reads one tile of each level and hashes what is in it, whatever the size. The inner nodes of the tiles that were used
last are kept, 16 KiB for each, so that only a tile at level 0 is usually new.

Tiles are taken at their word. Whoever hands a proof out verifies it first against the root that was signed
(`merkle.verify_inclusion`), at a few dozen hashes: then a damaged tile gives no proof instead of a wrong one.
"""

import hashlib
from collections.abc import Callable
from functools import lru_cache

from e2evote.board.merkle import EMPTY_ROOT, HASH_SIZE, Range, consistency_ranges, inclusion_ranges, node_hash, split
from e2evote.board.tiles import WIDTH, TilePath
from e2evote.errors import MalformedInput, StorageDamaged

ReadTile = Callable[[int, int], bytes]
"""Level and number to at least the hashes that the log has there, one after the other; b"" for no such tile."""

HEIGHT = 8
"""Levels of the tree in a tile: 2^8 = WIDTH."""

KEPT = 256
"""Tiles whose inner nodes are kept."""


class TileTree:
    """The tree of a log of `size`, or of any earlier size.

    error: what is raised for a tile that is missing, too short, or no row of whole hashes. The default is meant for
    one's own storage; MalformedInput for what came from somebody else.
    """

    __slots__ = ("_error", "_nodes", "_read", "size")

    def __init__(
        self, read: ReadTile, size: int, error: type[StorageDamaged] | type[MalformedInput] = StorageDamaged
    ) -> None:
        if size < 0:
            raise ValueError(f"tree: size {size} is negative")
        self.size = size
        self._read = read
        self._error = error
        self._nodes = lru_cache(KEPT)(self._load)

    def grown(self, size: int) -> "TileTree":
        """The tree of the same log at a later size; full tiles are not read again."""
        if size < self.size:
            raise ValueError(f"tree: grown from size {self.size} to {size}")
        later = TileTree(self._read, size, self._error)
        later._nodes = self._nodes
        return later

    def leaf(self, index: int) -> bytes:
        """The hash of leaf `index`."""
        if not 0 <= index < self.size:
            raise ValueError(f"tree: no leaf {index} in a tree of {self.size}")
        return self._node(0, index)

    def root(self, size: int | None = None) -> bytes:
        """The root of the tree when it had `size` leaves; now, without one."""
        size = self._known(size)
        return self._hash(0, size) if size else EMPTY_ROOT

    def inclusion_proof(self, index: int, size: int | None = None) -> tuple[bytes, ...]:
        """The proof that leaf `index` was in the tree of `size`."""
        return self._proof(inclusion_ranges(index, self._known(size)))

    def consistency_proof(self, old: int, size: int | None = None) -> tuple[bytes, ...]:
        """The proof that the tree of `size` begins with that of `old`, which is at least 1."""
        return self._proof(consistency_ranges(old, self._known(size)))

    def hashes(self, level: int, number: int) -> list[bytes]:
        """What the tile at this level holds at the tree's size; nothing for one that the tree does not have."""
        width = self._width(level, number)
        if width <= 0:
            return []
        row = self._nodes(level, number, width)[0]
        return [row[at : at + HASH_SIZE] for at in range(0, len(row), HASH_SIZE)]

    def peaks(self) -> list[bytes]:
        """The roots of the complete subtrees that make the tree up, the largest and leftmost first."""
        found, start = [], 0
        for height in reversed(range(self.size.bit_length())):
            if self.size >> height & 1:
                found.append(self._node(height, start >> height))
                start += 1 << height
        return found

    def _known(self, size: int | None) -> int:
        if size is None:
            return self.size
        if not 0 <= size <= self.size:
            raise ValueError(f"tree: size {size} asked of a tree of {self.size}")
        return size

    def _proof(self, ranges: tuple[Range, ...]) -> tuple[bytes, ...]:
        return tuple(self._hash(start, end) for start, end in ranges)

    def _hash(self, start: int, end: int) -> bytes:
        """The hash over a range that occurs in some tree: `start` is a multiple of the width, rounded up to 2^i."""
        width = end - start
        if width & (width - 1) == 0:
            height = width.bit_length() - 1
            return self._node(height, start >> height)
        middle = start + split(width)
        return node_hash(self._hash(start, middle), self._hash(middle, end))

    def _node(self, height: int, index: int) -> bytes:
        """The root of the complete subtree number `index` among those over 2^height leaves."""
        level, inner = divmod(height, HEIGHT)
        per_tile = WIDTH >> inner
        number, place = divmod(index, per_tile)
        return self._nodes(level, number, self._width(level, number))[inner][
            place * HASH_SIZE : (place + 1) * HASH_SIZE
        ]

    def _width(self, level: int, number: int) -> int:
        """What the tile has at this tree's size, which is at least what it had at every earlier one."""
        return min(WIDTH, (self.size >> HEIGHT * level) - number * WIDTH)

    def _load(self, level: int, number: int, width: int) -> tuple[bytes, ...]:
        """The first `width` hashes of a tile, and above them the hashes of complete pairs, pairs of pairs, ..."""
        data = self._read(level, number)
        if len(data) % HASH_SIZE or not width <= len(data) // HASH_SIZE <= WIDTH:
            path = TilePath(f"tile/{level}", number).encode()
            raise self._error(f"{path}: {len(data)} bytes, want {width} to {WIDTH} hashes of {HASH_SIZE}")
        rows = [data[: width * HASH_SIZE]]
        while (pairs := len(rows[-1]) // (2 * HASH_SIZE)) and len(rows) < HEIGHT:
            rows.append(_parents(rows[-1], pairs))
        return tuple(rows)


def _parents(row: bytes, pairs: int) -> bytes:
    """The hashes of the first `pairs` pairs of a row: `node_hash`, without a call for each."""
    sha256, width = hashlib.sha256, 2 * HASH_SIZE
    return b"".join([sha256(b"\x01" + row[at : at + width]).digest() for at in range(0, pairs * width, width)])
