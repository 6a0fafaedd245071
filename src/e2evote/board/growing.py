"""A Merkle tree that is read once from its first leaf to its last (docs/spec.md, section 5.1).

It remembers what is not yet in a full tile: at most 255 hashes at each level, whatever the size. That is enough for
the root at every size that it comes by, and each tile is handed out when it is complete.
"""

from collections.abc import Callable, Iterator, Sequence

from e2evote.board.merkle import EMPTY_ROOT, Frontier, node_hash
from e2evote.board.tiles import WIDTH, TilePath

TakeTile = Callable[[TilePath, Sequence[bytes]], None]


class GrowingTree:
    """`append` is its only change. take: told of each full tile with its hashes."""

    __slots__ = ("_levels", "_take", "size")

    def __init__(self, take: TakeTile) -> None:
        self._take = take
        self._levels: list[list[bytes]] = [[]]
        self.size = 0

    def append(self, leaf: bytes) -> None:
        """One more leaf, given by its hash."""
        self._levels[0].append(leaf)
        self.size += 1
        level = 0
        while len(self._levels[level]) == WIDTH:
            hashes = self._levels[level]
            self._take(TilePath(f"tile/{level}", self.size // WIDTH ** (level + 1) - 1), hashes)
            level += 1
            if level == len(self._levels):
                self._levels.append([])
            self._levels[level].append(_root_of_tile(hashes))
            hashes.clear()

    def unfinished(self) -> Iterator[tuple[TilePath, Sequence[bytes]]]:
        """The one partial tile of each level that has one, the lowest first."""
        for level, hashes in enumerate(self._levels):
            if hashes:
                yield TilePath(f"tile/{level}", self.size // WIDTH**level // WIDTH, len(hashes)), hashes

    def root(self) -> bytes:
        """The root over all leaves so far."""
        value = b""
        for hashes in self._levels:
            frontier = Frontier()
            for hash_ in hashes:
                frontier = frontier.append(hash_)
            for peak in reversed(frontier.peaks):
                value = node_hash(peak, value) if value else peak
        return value or EMPTY_ROOT


def _root_of_tile(hashes: Sequence[bytes]) -> bytes:
    """The root over a power of two of leaves."""
    while len(hashes) > 1:
        hashes = [node_hash(hashes[i], hashes[i + 1]) for i in range(0, len(hashes), 2)]
    return hashes[0]
