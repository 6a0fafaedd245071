"""The Merkle tree of RFC 6962 and RFC 9162 (docs/spec.md, section 5.1).

The tree over n leaves splits at the largest power of two below n. A proof is a list of hashes of subtrees, each
over a range of leaves; `inclusion_ranges` and `consistency_ranges` say which, so that the same rule serves
leaf hashes in memory, a `Tree` and a set of tiles. Verification follows RFC 9162, sections 2.1.3.2 and 2.1.4.2.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import sha256

HASH_SIZE = 32
EMPTY_ROOT = sha256(b"").digest()

Range = tuple[int, int]
"""The leaves from the first number up to, and without, the second."""


def leaf_hash(data: bytes) -> bytes:
    """SHA-256(0x00 ‖ data)    (5.1)"""
    return sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """SHA-256(0x01 ‖ left ‖ right)    (5.2)

    The first byte differs from a leaf's, so that no inner node can be passed off as a leaf.
    """
    return sha256(b"\x01" + left + right).digest()


@dataclass(frozen=True, slots=True)
class Frontier:
    """A tree that only grows: the roots of its complete subtrees, the largest and leftmost first.

    At most 63 hashes, whatever the size; enough to append and to know the root, not to prove anything.
    """

    size: int = 0
    peaks: tuple[bytes, ...] = ()

    def __post_init__(self) -> None:
        if self.size < 0 or len(self.peaks) != self.size.bit_count():
            raise ValueError(f"frontier: {len(self.peaks)} subtrees cannot hold {self.size} leaves")

    def append(self, leaf: bytes) -> "Frontier":
        """The tree with one more leaf, given by its hash."""
        peaks, carry, size = list(self.peaks), leaf, self.size
        while size & 1:
            carry = node_hash(peaks.pop(), carry)
            size >>= 1
        return Frontier(self.size + 1, (*peaks, carry))

    def root(self) -> bytes:
        if not self.peaks:
            return EMPTY_ROOT
        *larger, value = self.peaks
        for peak in reversed(larger):
            value = node_hash(peak, value)
        return value


def root(leaves: Iterable[bytes]) -> bytes:
    """The root over leaf hashes; of none, the hash of nothing.

    Level by level: a node that has no sibling is the root over the rest, and goes up as it is.
    """
    level = list(leaves)
    if not level:
        return EMPTY_ROOT
    while len(level) > 1:
        pairs = [sha256(b"\x01" + left + right).digest() for left, right in zip(level[::2], level[1::2], strict=False)]
        level = pairs + level[-1:] if len(level) & 1 else pairs
    return level[0]


def split(size: int) -> int:
    """The largest power of two below `size`, which is at least 2."""
    return 1 << (size - 1).bit_length() - 1


def inclusion_ranges(index: int, size: int) -> tuple[Range, ...]:
    """The subtrees whose hashes prove that leaf `index` is in a tree of `size`, the leaf's sibling first."""
    if not 0 <= index < size:
        raise ValueError(f"inclusion proof: no leaf {index} in a tree of {size}")
    ranges: list[Range] = []
    start, end = 0, size
    while end - start > 1:
        middle = start + split(end - start)
        if index < middle:
            ranges.append((middle, end))
            end = middle
        else:
            ranges.append((start, middle))
            start = middle
    return tuple(reversed(ranges))


def consistency_ranges(old: int, size: int) -> tuple[Range, ...]:
    """The subtrees whose hashes prove that a tree of `size` begins with the tree of its first `old` leaves."""
    if not 0 < old <= size:
        raise ValueError(f"consistency proof: from size {old} to size {size}")
    ranges: list[Range] = []
    start, end = 0, size
    while old < end:
        middle = start + split(end - start)
        if old <= middle:
            ranges.append((middle, end))
            end = middle
        else:
            ranges.append((start, middle))
            start = middle
    if start:  # otherwise what is left is the old tree, whose root the verifier has
        ranges.append((start, end))
    return tuple(reversed(ranges))


def inclusion_proof(leaves: Sequence[bytes], index: int) -> tuple[bytes, ...]:
    """The proof that leaf `index` is in the tree over these leaf hashes."""
    return tuple(root(leaves[start:end]) for start, end in inclusion_ranges(index, len(leaves)))


def consistency_proof(leaves: Sequence[bytes], old: int) -> tuple[bytes, ...]:
    """The proof that the tree over these leaf hashes begins with the tree over the first `old`."""
    return tuple(root(leaves[start:end]) for start, end in consistency_ranges(old, len(leaves)))


def verify_inclusion(leaf: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes) -> bool:
    """Whether `proof` shows that the leaf with hash `leaf` is at `index` in the tree of `size` with `root`."""
    if not 0 <= index < size or not _are_hashes(leaf, root, *proof):
        return False
    place, last, value = index, size - 1, leaf
    for sibling in proof:
        if last == 0:
            return False
        if place & 1 or place == last:
            value = node_hash(sibling, value)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            value = node_hash(value, sibling)
        place, last = place >> 1, last >> 1
    return last == 0 and value == root


def verify_consistency(old: int, size: int, proof: Sequence[bytes], old_root: bytes, root: bytes) -> bool:
    """Whether `proof` shows that the tree of `size` with `root` begins with the tree of `old` with `old_root`.

    Nothing is ever shown about an empty old tree: every tree begins with it, and no hash is needed to say so.
    """
    if not 0 < old <= size or not _are_hashes(old_root, root, *proof):
        return False
    if old == size:
        return not proof and old_root == root
    path = list(proof)
    if old & (old - 1) == 0:
        path.insert(0, old_root)  # the old tree is itself one of the subtrees
    if not path:
        return False
    place, last = old - 1, size - 1
    while place & 1:
        place, last = place >> 1, last >> 1
    before = after = path[0]
    for sibling in path[1:]:
        if last == 0:
            return False
        if place & 1 or place == last:
            before, after = node_hash(sibling, before), node_hash(sibling, after)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            after = node_hash(after, sibling)
        place, last = place >> 1, last >> 1
    return last == 0 and before == old_root and after == root


def _are_hashes(*values: bytes) -> bool:
    return all(len(value) == HASH_SIZE for value in values)
