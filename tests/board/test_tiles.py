"""Paths and hash tiles."""

from itertools import combinations_with_replacement

import pytest
from hypothesis import given
from hypothesis import strategies as st

from board.tlog_vectors import published
from e2evote.board.merkle import leaf_hash, root
from e2evote.board.tiles import (
    ENTRIES,
    HINTS,
    PAYLOAD,
    WIDTH,
    TilePath,
    bundles,
    decode_path,
    decode_tile,
    encode_tile,
    level_widths,
    tiles,
)
from e2evote.errors import MalformedInput

SIZES = (0, 1, 255, 256, 300, 511, 512, 65535, 65536, 65792)

ODD = [
    "",
    "tile",
    "tile/",
    "tile/0",
    "tile/0/",
    "tile/0/0",
    "tile/0/00",
    "tile/0/0000",
    "tile/00/000",
    "tile/01/000",
    "tile/64/000",
    "tile/99/000",
    "tile/-1/000",
    "tile/+1/000",
    "tile/\u0661/000",
    "tile/0/\u0660\u0660\u0660",
    "tile/0/x000/000",
    "tile/0/x001",
    "tile/0/x001/",
    "tile/0/001/000",
    "tile/0/x1/000",
    "tile/0/x001/x000",
    "tile/0/X001/000",
    "tile/0/000.p/0",
    "tile/0/000.p/00",
    "tile/0/000.p/01",
    "tile/0/000.p/256",
    "tile/0/000.p/999",
    "tile/0/000.p/1000",
    "tile/0/000.p/",
    "tile/0/000.p",
    "tile/0/000.P/1",
    "tile/0/000.p/1/2",
    "tile/0/x001.p/1",
    "tile/0/000\n",
    "/tile/0/000",
    "./tile/0/000",
    "tile/../tile/0/000",
    "tile//0/000",
    "tile/entries",
    "tile/entry/000",
    "entries/000",
    "payload",
    "payload/0/000",
    "payloads/000",
    "hints/../checkpoint",
    "hints/.000.new",
    "checkpoint",
    "tile\\0\\000",
    "tile/0/" + "x999/" * 7 + "999",
    "tile/0/" + "x999/" * 6 + "999",
    "tile/0/" + "x001/" * 100_000 + "000",
]


@pytest.mark.parametrize("text", ODD, ids=lambda text: repr(text[:40]))
def test_no_path(text: str) -> None:
    with pytest.raises(MalformedInput):
        decode_path(text)


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("tile/0/000", TilePath("tile/0", 0)),
        ("tile/63/999", TilePath("tile/63", 999)),
        ("tile/0/x001/000", TilePath("tile/0", 1000)),
        ("tile/entries/x001/x234/067", TilePath(ENTRIES, 1234067)),
        ("payload/x123/456.p/255", TilePath(PAYLOAD, 123456, 255)),
        ("hints/007.p/1", TilePath(HINTS, 7, 1)),
        ("tile/0/x036/x028/x797/x018/x963/967", TilePath("tile/0", 2**55 - 1)),
    ],
)
def test_paths(text: str, path: TilePath) -> None:
    assert path.encode() == text
    assert decode_path(text) == path


@given(
    st.sampled_from([ENTRIES, PAYLOAD, HINTS, "tile/0", "tile/9", "tile/10", "tile/63"]),
    st.integers(0, 2**55 - 1),
    st.integers(1, WIDTH),
)
def test_reading_undoes_writing(series: str, index: int, width: int) -> None:
    path = TilePath(series, index, width)
    assert decode_path(path.encode()) == path


@given(st.text("tile/0123x.pentrishadlo", max_size=24))
def test_one_path_for_one_file(text: str) -> None:
    try:
        path = decode_path(text)
    except MalformedInput:
        return
    assert path.encode() == text


@pytest.mark.parametrize(
    ("series", "index", "width"),
    [
        ("tile/64", 0, 1),
        ("tile/00", 0, 1),
        ("tile", 0, 1),
        ("", 0, 1),
        (ENTRIES, -1, 1),
        (ENTRIES, 2**55, 1),
        (ENTRIES, 0, 0),
        (ENTRIES, 0, 257),
    ],
)
def test_no_such_file(series: str, index: int, width: int) -> None:
    with pytest.raises(ValueError, match="tile path"):
        TilePath(series, index, width)


def test_an_empty_log_has_no_tiles_and_empty_tiles_do_not_exist() -> None:
    assert not [*tiles(0), *bundles(ENTRIES, 0)]
    assert not list(level_widths(0))
    for size in range(1, 1030):
        assert all(1 <= path.width <= WIDTH for path in tiles(size))
    assert [path.encode() for path in tiles(1)] == ["tile/0/000.p/1"]
    assert [path.encode() for path in tiles(256)] == ["tile/0/000", "tile/1/000.p/1"]
    assert [path.encode() for path in tiles(257)] == ["tile/0/000", "tile/0/001.p/1", "tile/1/000.p/1"]
    assert [path.encode() for path in bundles(PAYLOAD, 513)] == ["payload/000", "payload/001", "payload/002.p/1"]


@pytest.mark.parametrize("size", [-1, 2**63])
def test_no_log_has_this_size(size: int) -> None:
    with pytest.raises(ValueError, match="log size"):
        list(tiles(size))


def test_no_log_was_smaller_than_empty() -> None:
    with pytest.raises(ValueError, match="log size -1"):
        list(bundles(ENTRIES, 5, -1))


def test_a_huge_size_costs_nothing_until_it_is_asked_for() -> None:
    first = next(tiles(2**63 - 1))
    assert first.encode() == "tile/0/000"
    assert sum(1 for _ in level_widths(2**63 - 1)) == 8


@pytest.mark.parametrize(("since", "size"), list(combinations_with_replacement(SIZES, 2)))
def test_what_changed_is_what_was_not_there(since: int, size: int) -> None:
    before = {path.encode() for path in tiles(since)}
    after = [path.encode() for path in tiles(size)]
    assert [path.encode() for path in tiles(size, since)] == [path for path in after if path not in before]


def test_tiles_hold_hashes_of_whole_tiles_below() -> None:
    """MTH(D[(n·256 + i)·256^l : (n·256 + i + 1)·256^l]), from the page of C2SP, for l = 1."""
    leaves = [leaf_hash(bytes([i % 251, i // 251])) for i in range(600)]
    data = encode_tile([root(leaves[at * 256 : (at + 1) * 256]) for at in range(2)])
    assert decode_tile(data, 2) == (root(leaves[:256]), root(leaves[256:512]))
    assert root(decode_tile(data, 2)) == root(leaves[:512])


@pytest.mark.parametrize(("size", "width"), [(0, 1), (31, 1), (33, 1), (64, 1), (32, 2), (8192, 255), (8193, 256)])
def test_a_tile_of_another_length(size: int, width: int) -> None:
    with pytest.raises(MalformedInput, match=f"{size} bytes, want {width} hashes"):
        decode_tile(bytes(size), width)


@pytest.mark.parametrize("hashes", [[], [bytes(32)] * 257, [bytes(31)], [bytes(32), bytes(33)]])
def test_what_is_no_tile_is_not_written(hashes: list[bytes]) -> None:
    with pytest.raises(ValueError, match="tile"):
        encode_tile(hashes)


def test_published_paths() -> None:
    vectors = published("tile_paths.json")
    for index, text in vectors["index_paths"].items():
        assert TilePath("tile/0", int(index)).encode() == f"tile/0/{text}"
        assert decode_path(f"tile/0/{text}").index == int(index)
    for size, levels in vectors["tiles_for_size"].items():
        expected = [(int(level), count["full"], count["partial"]) for level, count in levels.items()]
        assert list(level_widths(int(size))) == expected
    for text in vectors["reject_paths"]:
        with pytest.raises(MalformedInput):
            decode_path(text)
