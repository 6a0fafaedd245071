"""A tree read once from left to right: roots and tiles as the tree that remembers everything has them."""

from collections.abc import Sequence

import pytest

from e2evote.board.growing import GrowingTree
from e2evote.board.merkle import EMPTY_ROOT, leaf_hash
from e2evote.board.tiles import WIDTH, TilePath, tiles
from e2evote.board.tree import Tree

LEAVES = [leaf_hash(str(i).encode()) for i in range(256 * 256 + 600)]


def tiles_of(size: int) -> tuple[dict[TilePath, Sequence[bytes]], bytes]:
    found: dict[TilePath, Sequence[bytes]] = {}

    def take(path: TilePath, hashes: Sequence[bytes]) -> None:
        assert path not in found
        found[path] = tuple(hashes)

    growing = GrowingTree(take)
    for leaf in LEAVES[:size]:
        growing.append(leaf)
    for path, hashes in growing.unfinished():
        take(path, hashes)
    return found, growing.root()


@pytest.mark.parametrize("size", [0, 1, 2, 255, 256, 257, 511, 512, 700, 256 * 256, 256 * 256 + 513])
def test_tiles_and_root_are_those_of_a_tree_in_memory(size: int) -> None:
    tree = Tree()
    for leaf in LEAVES[:size]:
        tree.append(leaf)
    found, root = tiles_of(size)
    assert root == tree.root(size)
    assert set(found) == set(tiles(size))
    for path, hashes in found.items():
        level, start = 8 * int(path.series.removeprefix("tile/")), path.index * WIDTH
        assert list(hashes) == list(tree.nodes(level, start, start + path.width))


def test_the_root_at_every_size_on_the_way() -> None:
    tree, growing = Tree(), GrowingTree(lambda path, hashes: None)
    assert growing.root() == EMPTY_ROOT
    for number, leaf in enumerate(LEAVES[:1100], start=1):
        tree.append(leaf)
        growing.append(leaf)
        if number < 20 or number % 7 == 0:
            assert (growing.size, growing.root()) == (number, tree.root(number))
