"""A Merkle tree that is read, or written, once from its first leaf to its last (docs/spec.md, section 5.1).

It remembers what is not yet in a full tile: at most 255 hashes at each level, whatever the size. That is enough for
the root at every size that it comes by, and each tile is handed out when it is complete. Appending costs one hash on
average, the root as many as the size has bits.

A writer starts from the tiles that are stored (`GrowingTree.resume`) and learns from `grow` which tiles a batch
completes or widens.
"""

from collections.abc import Callable, Iterator, Sequence

from e2evote.board.merkle import EMPTY_ROOT, node_hash
from e2evote.board.tile_tree import HEIGHT, ReadTile, TileTree
from e2evote.board.tiles import WIDTH, TilePath, encode_tile, level_widths

TakeTile = Callable[[TilePath, Sequence[bytes]], None]


class GrowingTree:
    """`append` is its only change. take: told of each full tile with its hashes."""

    __slots__ = ("_levels", "_peaks", "_take", "size")

    def __init__(self, take: TakeTile) -> None:
        self._take = take
        self._levels: list[list[bytes]] = [[]]
        self._peaks: list[bytes] = []  # the roots of the complete subtrees, the largest and leftmost first
        self.size = 0

    @classmethod
    def resume(cls, take: TakeTile, size: int, read: ReadTile) -> "GrowingTree":
        """Goes on after `size` leaves whose tiles are stored; reads the partial ones alone.

        Raises StorageDamaged where one is missing or short. Whether its hashes are the right ones is not asked: the
        caller compares `root()` with what was signed.
        """
        stored = TileTree(read, size)
        tree = cls(take)
        tree.size = size
        tree._levels = [stored.hashes(level, full) if width else [] for level, full, width in level_widths(size)] or [
            []
        ]
        tree._peaks = stored.peaks()
        return tree

    def append(self, leaf: bytes) -> None:
        """One more leaf, given by its hash."""
        self._levels[0].append(leaf)
        value, before, height = leaf, self.size, 0
        self.size += 1
        while before & 1:
            value, before, height = node_hash(self._peaks.pop(), value), before >> 1, height + 1
            if height % HEIGHT == 0:
                self._complete(height // HEIGHT - 1, value)
        self._peaks.append(value)

    def unfinished(self) -> Iterator[tuple[TilePath, Sequence[bytes]]]:
        """The one partial tile of each level that has one, the lowest first."""
        for level, hashes in enumerate(self._levels):
            if hashes:
                yield TilePath(f"tile/{level}", self.size // WIDTH**level // WIDTH, len(hashes)), hashes

    def root(self) -> bytes:
        """The root over all leaves so far."""
        if not self._peaks:
            return EMPTY_ROOT
        value = self._peaks[-1]
        for peak in reversed(self._peaks[:-1]):
            value = node_hash(peak, value)
        return value

    def copy(self, take: TakeTile) -> "GrowingTree":
        """Another tree with the same leaves, whose full tiles from now on `take` is told of."""
        other = GrowingTree(take)
        other._levels = [list(hashes) for hashes in self._levels]
        other._peaks = list(self._peaks)
        other.size = self.size
        return other

    def _complete(self, level: int, root: bytes) -> None:
        """The tile at this level is full, and `root` is the root over it."""
        hashes = self._levels[level]
        self._take(TilePath(f"tile/{level}", self.size // WIDTH ** (level + 1) - 1), hashes)
        if level + 1 == len(self._levels):
            self._levels.append([])
        self._levels[level + 1].append(root)
        self._levels[level] = []


def grow(tree: GrowingTree, leaves: Sequence[bytes]) -> tuple[GrowingTree, dict[TilePath, bytes]]:
    """The tree after a batch of leaf hashes, and each tile that the batch completes or widens, as it then is.

    `tree` stays as it was, and its `take` is told nothing: a batch that could not be stored is no loss.
    """
    files: dict[TilePath, bytes] = {}

    def keep(path: TilePath, hashes: Sequence[bytes]) -> None:
        files[path] = encode_tile(hashes)

    after = tree.copy(keep)
    for leaf in leaves:
        after.append(leaf)
    for level, hashes in enumerate(after._levels):
        number, before = after.size // WIDTH**level, tree.size // WIDTH**level
        if hashes and number != before:
            keep(TilePath(f"tile/{level}", number // WIDTH, len(hashes)), hashes)
    after._take = tree._take
    return after, files
