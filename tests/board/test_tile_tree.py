"""Proofs and roots from tiles alone, against a tree that remembers everything; tiles that give none."""

from collections.abc import Sequence
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from e2evote.board.growing import GrowingTree, grow
from e2evote.board.merkle import (
    EMPTY_ROOT,
    HASH_SIZE,
    consistency_proof,
    inclusion_proof,
    leaf_hash,
    root,
    verify_consistency,
    verify_inclusion,
)
from e2evote.board.tile_tree import KEPT, ReadTile, TileTree
from e2evote.board.tiles import WIDTH, TilePath, encode_tile, tiles
from e2evote.board.tree import Tree
from e2evote.errors import MalformedInput, StorageDamaged

MOST = 65537 + 300
LEAVES = [leaf_hash(str(number).encode()) for number in range(MOST)]
BOUNDARIES = (1, 2, 254, 255, 256, 257, 511, 512, 513, 65279, 65280, 65281, 65535, 65536, 65537, MOST)

Stored = dict[tuple[int, int], bytes]


@cache
def tree() -> Tree:
    grown = Tree()
    for leaf in LEAVES:
        grown.append(leaf)
    return grown


@cache
def stored(size: int) -> Stored:
    """The tiles of the first `size` leaves by level and number."""
    found = {}
    for path in tiles(size):
        level = int(path.series.removeprefix("tile/"))
        first = path.index * WIDTH
        found[level, path.index] = encode_tile(tree().nodes(8 * level, first, first + path.width))
    return found


def reader(held: Stored) -> ReadTile:
    return lambda level, number: held.get((level, number), b"")


def of_size(size: int) -> TileTree:
    return TileTree(reader(stored(size)), size)


def test_all_proofs_and_roots_up_to_64() -> None:
    for size in range(65):
        tiled = of_size(size)
        assert tiled.root() == root(LEAVES[:size])
        assert [tiled.inclusion_proof(index) for index in range(size)] == [
            inclusion_proof(LEAVES[:size], index) for index in range(size)
        ]
        assert [tiled.consistency_proof(old) for old in range(1, size + 1)] == [
            consistency_proof(LEAVES[:size], old) for old in range(1, size + 1)
        ]


def test_every_earlier_size_up_to_64() -> None:
    """The tiles of the later log, which are wider, give the earlier log's proofs."""
    tiled = of_size(64)
    for size in range(65):
        assert tiled.root(size) == root(LEAVES[:size])
        assert [tiled.inclusion_proof(index, size) for index in range(size)] == [
            tree().inclusion_proof(index, size) for index in range(size)
        ]
        assert [tiled.consistency_proof(old, size) for old in range(1, size + 1)] == [
            tree().consistency_proof(old, size) for old in range(1, size + 1)
        ]


def test_every_size_up_to_300() -> None:
    latest = of_size(300)
    for size in range(301):
        tiled = of_size(size)
        assert tiled.root() == latest.root(size) == tree().root(size)
        for index in {0, size // 3, size - 1} & set(range(size)):
            assert tiled.inclusion_proof(index) == latest.inclusion_proof(index, size)
            assert tiled.inclusion_proof(index) == tree().inclusion_proof(index, size)
        for old in {1, size // 2, size - 1, size} & set(range(1, size + 1)):
            assert tiled.consistency_proof(old) == latest.consistency_proof(old, size)
            assert tiled.consistency_proof(old) == tree().consistency_proof(old, size)


@pytest.mark.parametrize("size", BOUNDARIES)
def test_around_the_boundaries_of_tiles(size: int) -> None:
    tiled = of_size(size)
    head = tree().root(size)
    assert tiled.root() == head
    for index in sorted({number - 1 for number in BOUNDARIES if number <= size}):
        proof = tiled.inclusion_proof(index)
        assert proof == tree().inclusion_proof(index, size)
        assert tiled.leaf(index) == LEAVES[index]
        assert verify_inclusion(LEAVES[index], index, size, proof, head)
    for old in (number for number in BOUNDARIES if number <= size):
        proof = tiled.consistency_proof(old)
        assert proof == tree().consistency_proof(old, size)
        assert verify_consistency(old, size, proof, tiled.root(old), head)


@given(st.data())
@settings(max_examples=150, deadline=None)
def test_any_sizes(data: st.DataObject) -> None:
    latest = data.draw(st.integers(1, MOST), "latest")
    size = data.draw(st.integers(1, latest), "size")
    old = data.draw(st.integers(1, size), "old")
    index = data.draw(st.integers(0, size - 1), "index")
    held = {(int(path.series.removeprefix("tile/")), path.index) for path in tiles(latest)}

    def read(level: int, number: int) -> bytes:
        assert (level, number) in held
        return encode_tile(tree().nodes(8 * level, number * WIDTH, min((number + 1) * WIDTH, latest >> 8 * level)))

    tiled = TileTree(read, latest)
    assert tiled.root(size) == tree().root(size)
    assert tiled.inclusion_proof(index, size) == tree().inclusion_proof(index, size)
    assert tiled.consistency_proof(old, size) == tree().consistency_proof(old, size)


def test_tiles_may_be_wider_than_the_log_that_is_asked_about() -> None:
    """A reader of an earlier head meets what has been stored since."""
    for size in (1, 255, 256, 300, 65536):
        tiled = TileTree(reader(stored(MOST)), size)
        assert tiled.root() == tree().root(size)
        assert tiled.inclusion_proof(size // 2) == tree().inclusion_proof(size // 2, size)


def test_a_log_that_grows_reads_a_full_tile_once() -> None:
    read: list[tuple[int, int]] = []

    def noted(level: int, number: int) -> bytes:
        read.append((level, number))
        return stored(MOST)[level, number]

    tiled = TileTree(noted, 600)
    for size in range(600, 700):
        tiled = tiled.grown(size)
        assert tiled.inclusion_proof(3) == tree().inclusion_proof(3, size)
        assert tiled.inclusion_proof(300) == tree().inclusion_proof(300, size)
    assert read.count((0, 0)) == read.count((0, 1)) == 1
    assert read.count((0, 2)) == 100
    with pytest.raises(ValueError, match="from size 699 to 698"):
        tiled.grown(698)


def test_a_proof_reads_one_tile_of_each_level() -> None:
    size = 65536
    read: list[tuple[int, int]] = []

    def noted(level: int, number: int) -> bytes:
        read.append((level, number))
        return stored(size)[level, number]

    tiled = TileTree(noted, size)
    tiled.inclusion_proof(40_000)
    assert sorted(read) == [(0, 40_000 // 256), (1, 0)]
    tiled.inclusion_proof(40_001)
    assert len(read) == 2


def test_only_so_many_tiles_are_kept() -> None:
    """More than the limit in turn, twice, and each is read twice."""
    read: list[tuple[int, int]] = []

    def noted(level: int, number: int) -> bytes:
        read.append((level, number))
        return stored(MOST)[level, number]

    tiled = TileTree(noted, MOST)
    for _ in range(2):
        for number in range(KEPT):
            tiled.leaf(number * WIDTH)
            tiled.hashes(1, 0)
    assert read.count((0, 0)) == 2
    assert len(set(read)) == KEPT + 1


def without(held: Stored, tile: tuple[int, int]) -> Stored:
    return {key: data for key, data in held.items() if key != tile}


def replaced(held: Stored, tile: tuple[int, int], data: bytes) -> Stored:
    return {**held, tile: data}


@pytest.mark.parametrize(
    ("held", "named"),
    [
        pytest.param(without(stored(700), (0, 1)), "tile/0/001: 0 bytes", id="missing"),
        pytest.param(replaced(stored(700), (0, 1), stored(700)[0, 1][:-HASH_SIZE]), "tile/0/001: 8160", id="short"),
        pytest.param(replaced(stored(700), (0, 1), stored(700)[0, 1][:-1]), "tile/0/001: 8191 bytes", id="torn"),
        pytest.param(replaced(stored(700), (0, 1), stored(700)[0, 1] * 2), "tile/0/001: 16384 bytes", id="long"),
        pytest.param(replaced(stored(700), (1, 0), stored(700)[1, 0][:32]), "tile/1/000: 32 bytes, want 2", id="above"),
        pytest.param(replaced(stored(700), (0, 2), stored(699)[0, 2]), "tile/0/002: 5984 bytes, want 188", id="behind"),
    ],
)
def test_a_tile_that_has_not_what_the_log_has_is_named(held: Stored, named: str) -> None:
    for error in (StorageDamaged, MalformedInput):
        tiled = TileTree(reader(held), 700, error)
        with pytest.raises(error, match=named):
            tiled.inclusion_proof(300), tiled.inclusion_proof(699), tiled.root()
    with pytest.raises(StorageDamaged, match=named):
        TileTree(reader(held), 700).inclusion_proof(300), TileTree(reader(held), 700).root()


def test_an_error_is_not_remembered() -> None:
    held = dict(stored(300))
    whole = held.pop((0, 0))
    tiled = TileTree(reader(held), 300)
    with pytest.raises(StorageDamaged):
        tiled.inclusion_proof(0)
    held[0, 0] = whole
    assert tiled.inclusion_proof(0) == tree().inclusion_proof(0, 300)


def test_a_tile_with_other_hashes_gives_a_proof_that_does_not_verify() -> None:
    data = stored(700)[0, 1]
    for bit in (0, 7, 8 * 4000 + 3, 8 * HASH_SIZE * WIDTH - 1):
        flipped = bytearray(data)
        flipped[bit // 8] ^= 1 << bit % 8
        tiled = TileTree(reader(replaced(stored(700), (0, 1), bytes(flipped))), 700)
        index = 300 if bit // 8 // HASH_SIZE != 44 else 301
        assert not verify_inclusion(LEAVES[index], index, 700, tiled.inclusion_proof(index), tree().root(700))


def test_misuse() -> None:
    tiled = of_size(300)
    for call in (
        lambda: TileTree(reader({}), -1),
        lambda: tiled.root(301),
        lambda: tiled.root(-1),
        lambda: tiled.leaf(300),
        lambda: tiled.leaf(-1),
        lambda: tiled.inclusion_proof(300),
        lambda: tiled.inclusion_proof(0, 301),
        lambda: tiled.inclusion_proof(5, 5),
        lambda: tiled.consistency_proof(0),
        lambda: tiled.consistency_proof(301),
        lambda: tiled.consistency_proof(6, 5),
    ):
        with pytest.raises(ValueError):
            call()


def test_an_empty_log_needs_no_tile() -> None:
    assert TileTree(reader({}), 0).root() == EMPTY_ROOT
    assert TileTree(reader({}), 0).peaks() == []
    assert TileTree(reader({}), 0).hashes(0, 0) == []


def nobody(path: TilePath, hashes: Sequence[bytes]) -> None:
    raise AssertionError(f"{path} was handed to whoever asked for nothing")


@pytest.mark.parametrize("size", [0, *BOUNDARIES])
def test_writing_goes_on_from_stored_tiles(size: int) -> None:
    """The root, and from then on every tile, as if the tree had never been put away."""
    resumed = GrowingTree.resume(nobody, size, reader(stored(size)))
    assert (resumed.size, resumed.root()) == (size, tree().root(size))
    assert [(path, encode_tile(hashes)) for path, hashes in resumed.unfinished()] == [
        (path, stored(size)[int(path.series.removeprefix("tile/")), path.index])
        for path in tiles(size)
        if not path.is_full
    ]
    for end in range(size + 1, min(size + 300, MOST) + 1):
        resumed, files = grow(resumed, LEAVES[end - 1 : end])
        if end % 50 == 0 or end in BOUNDARIES:
            assert resumed.root() == tree().root(end)
            assert files == {
                path: stored(end)[int(path.series.removeprefix("tile/")), path.index] for path in tiles(end, end - 1)
            }


def test_resuming_from_wider_tiles_takes_what_belongs_to_the_size() -> None:
    resumed = GrowingTree.resume(nobody, 300, reader(stored(MOST)))
    assert resumed.root() == tree().root(300)


def test_resuming_from_too_little_is_refused() -> None:
    for size, held in (
        (300, without(stored(300), (0, 1))),
        (300, stored(299)),
        (65537, without(stored(65537), (2, 0))),
    ):
        with pytest.raises(StorageDamaged, match="want"):
            GrowingTree.resume(nobody, size, reader(held))


@given(st.lists(st.integers(0, 600), max_size=8))
@settings(max_examples=60, deadline=None)
def test_the_tiles_of_batches_are_those_of_the_whole(counts: list[int]) -> None:
    growing, held, size = GrowingTree(nobody), {}, 0
    for count in counts:
        before = growing.root()
        after, files = grow(growing, LEAVES[size : size + count])
        assert (growing.size, growing.root()) == (size, before)  # a batch that could not be stored is no loss
        assert set(files) == set(tiles(size + count, size))
        growing, size = after, size + count
        held.update({(int(path.series.removeprefix("tile/")), path.index): data for path, data in files.items()})
        assert growing.root() == tree().root(size)
    assert held == stored(size)
