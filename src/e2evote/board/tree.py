"""A Merkle tree that can prove: the hashes of all its complete subtrees, kept by level (docs/spec.md, section 5.1).

Appending costs two hashes on average, any proof or earlier root a number logarithmic in the size.
"""

from collections.abc import Sequence

from e2evote.board.merkle import (
    EMPTY_ROOT,
    HASH_SIZE,
    consistency_ranges,
    inclusion_ranges,
    node_hash,
    split,
)


class Tree:
    """The one growing thing of the board: `append` is its only change."""

    __slots__ = ("_levels",)

    def __init__(self) -> None:
        self._levels: list[list[bytes]] = [[]]

    @property
    def size(self) -> int:
        return len(self._levels[0])

    def append(self, leaf: bytes) -> None:
        """One more leaf, given by its hash."""
        if len(leaf) != HASH_SIZE:
            raise ValueError(f"tree: a leaf hash of {len(leaf)} bytes, want {HASH_SIZE}")
        level, nodes = 0, self._levels[0]
        nodes.append(leaf)
        while len(nodes) % 2 == 0:
            parent = node_hash(nodes[-2], nodes[-1])
            level += 1
            if level == len(self._levels):
                self._levels.append([])
            nodes = self._levels[level]
            nodes.append(parent)

    def nodes(self, level: int, start: int, end: int) -> Sequence[bytes]:
        """The hashes `start` to `end` of the complete subtrees over 2^level leaves."""
        known = self._levels[level] if level < len(self._levels) else []
        if not 0 <= start <= end <= len(known):
            raise ValueError(f"tree: no complete subtrees {start} to {end} at level {level}")
        return known[start:end]

    def root(self, size: int) -> bytes:
        """The root of the tree when it had `size` leaves."""
        if not 0 <= size <= self.size:
            raise ValueError(f"tree: no root at size {size} of {self.size}")
        return self._hash(0, size) if size else EMPTY_ROOT

    def inclusion_proof(self, index: int, size: int) -> tuple[bytes, ...]:
        """The proof that leaf `index` was in the tree of `size`."""
        self._check_size(size)
        return tuple(self._hash(start, end) for start, end in inclusion_ranges(index, size))

    def consistency_proof(self, old: int, size: int) -> tuple[bytes, ...]:
        """The proof that the tree of `size` begins with that of `old`."""
        self._check_size(size)
        return tuple(self._hash(start, end) for start, end in consistency_ranges(old, size))

    def _check_size(self, size: int) -> None:
        if size > self.size:
            raise ValueError(f"tree: no proof at size {size} of {self.size}")

    def _hash(self, start: int, end: int) -> bytes:
        """The hash over a range that occurs in some tree: `start` is a multiple of the width, rounded up to 2^i."""
        width = end - start
        if width & (width - 1) == 0:
            level = width.bit_length() - 1
            return self._levels[level][start >> level]
        middle = start + split(width)
        return node_hash(self._hash(start, middle), self._hash(middle, end))
