"""What a storage is asked before anything is signed over it: are the entries those that were signed for?

Every leaf hash, tile and root is computed again from the entries, and every payload is read (docs/spec.md, section
5.6). Damage stops the service and is named; nothing is ever cut off. Entries beyond the head are no damage: they were
sequenced and not yet signed for.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field

from e2evote.board.growing import GrowingTree
from e2evote.board.merkle import HASH_SIZE, leaf_hash
from e2evote.board.storage import Storage, Stored
from e2evote.board.tiles import WIDTH, TilePath, encode_tile
from e2evote.errors import StorageDamaged

Watch = Callable[[int, Stored], None]
"""Told of every entry, by its index, in order."""


def ignore(index: int, stored: Stored) -> None:
    """Nobody watches."""


@dataclass(frozen=True, slots=True)
class SelfChecked:
    """What the entries amount to. roots: by size, for the sizes that were asked for and that the log has reached."""

    tree: GrowingTree = field(repr=False)
    roots: Mapping[int, bytes]

    @property
    def size(self) -> int:
        return self.tree.size


def self_check(storage: Storage, sizes: Collection[int] = (), watch: Watch = ignore) -> SelfChecked:
    """Reads everything that is stored of the log; StorageDamaged says which entry, payload or tile is not as it was."""

    size, roots = storage.size(), dict[int, bytes]()

    def compare(path: TilePath, hashes: Sequence[bytes]) -> None:
        _compare(storage, path, hashes, size)

    tree = GrowingTree(compare)
    for start in range(0, size, WIDTH):
        end = min(size, start + WIDTH)
        # a payload that is not what was handed in raises when it is read
        for index, (stored, _) in enumerate(storage.contents(start, end), start):
            if index in sizes:
                roots[index] = tree.root()
            tree.append(leaf_hash(stored.entry))
            watch(index, stored)
        if tree.size != end:
            raise StorageDamaged(f"entry {tree.size}: is not there, and the log has {size}")
    roots[size] = tree.root()
    for path, hashes in tree.unfinished():
        compare(path, hashes)
    return SelfChecked(tree, roots)


def _compare(storage: Storage, path: TilePath, hashes: Sequence[bytes], size: int) -> None:
    """The stored tile has exactly these hashes; and more, only where the log has grown since it had `size`."""
    level = int(path.series.removeprefix("tile/"))
    data, wanted = storage.tile(level, path.index), encode_tile(hashes)
    if data == wanted or (data.startswith(wanted) and not path.is_full and storage.size() > size):
        return
    if len(data) != len(wanted):
        raise StorageDamaged(f"{path.encode()}: {len(data)} bytes are stored, want {len(wanted)}")
    place = next(
        at for at in range(0, len(data), HASH_SIZE) if data[at : at + HASH_SIZE] != wanted[at : at + HASH_SIZE]
    )
    number = path.index * WIDTH + place // HASH_SIZE
    what = f"entry {number}" if level == 0 else f"{path.encode()}, hash {place // HASH_SIZE}"
    raise StorageDamaged(f"{what}: does not have the hash that is stored for it in {path.encode()}")
