"""The Merkle tree of RFC 6962: docs/spec.md 5.1."""

import hashlib
from collections.abc import Sequence

TILE_HEIGHT = 8
TILE_WIDTH = 256


def leaf_hash(entry: bytes) -> bytes:
    """SHA-256(00 ‖ entry)   (5.1)"""
    return hashlib.sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """SHA-256(01 ‖ left ‖ right)   (5.2)"""
    return hashlib.sha256(b"\x01" + left + right).digest()


class Tree:
    """All entries of a log from the first; subtrees are remembered, so that many roots cost little."""

    def __init__(self, entries: Sequence[bytes]) -> None:
        self.leaves = [leaf_hash(entry) for entry in entries]
        self._known: dict[tuple[int, int], bytes] = {}

    def root(self, size: int) -> bytes:
        """The root of the first `size` entries."""
        return self.hash_of(0, size)

    def hash_of(self, start: int, end: int) -> bytes:
        """Of the entries from start to end; several split at the largest power of two below their number."""
        count = end - start
        if count == 0:
            return hashlib.sha256(b"").digest()
        if count == 1:
            return self.leaves[start]
        if (start, end) not in self._known:
            middle = start + 2 ** ((count - 1).bit_length() - 1)
            self._known[start, end] = node_hash(self.hash_of(start, middle), self.hash_of(middle, end))
        return self._known[start, end]

    def tile(self, level: int, number: int, width: int) -> bytes:
        """`width` consecutive hashes of full subtrees of 256^level entries."""
        span = TILE_WIDTH**level
        first = number * TILE_WIDTH
        return b"".join(self.hash_of(i * span, (i + 1) * span) for i in range(first, first + width))
