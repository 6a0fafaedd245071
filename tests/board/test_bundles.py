"""Entry bundles and packs: cut short, too long, or absent."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from e2evote.board.bundles import ENTRY_LIMIT, decode_bundle, decode_pack, encode_bundle, encode_pack
from e2evote.errors import MalformedInput

ITEMS = [b"one", b"\x00", b"x" * 300]
BUNDLE = encode_bundle([*ITEMS, b""])
PACK = encode_pack([*ITEMS, None])


def test_known_bytes() -> None:
    assert encode_bundle([b"ab", b""]) == b"\x00\x02ab\x00\x00"
    assert encode_pack([b"ab", None]) == b"\x00\x00\x00\x02ab\x00\x00\x00\x00"
    assert decode_bundle(BUNDLE, 4) == (*ITEMS, b"")
    assert decode_pack(PACK, 4) == (*ITEMS, None)


@given(st.lists(st.binary(max_size=40), min_size=1, max_size=256))
def test_reading_undoes_writing(items: list[bytes]) -> None:
    assert decode_bundle(encode_bundle(items), len(items)) == tuple(items)
    absent = tuple(item or None for item in items)
    assert decode_pack(encode_pack(absent), len(items)) == absent


@pytest.mark.parametrize("length", range(len(BUNDLE)))
def test_a_bundle_cut_short(length: int) -> None:
    with pytest.raises(MalformedInput, match=f"ends at byte {length}, within item . of 4"):
        decode_bundle(BUNDLE[:length], 4)


@pytest.mark.parametrize("length", range(len(PACK)))
def test_a_pack_cut_short(length: int) -> None:
    with pytest.raises(MalformedInput, match=f"ends at byte {length}, within item . of 4"):
        decode_pack(PACK[:length], 4)


def test_more_or_fewer_items_than_the_name_says() -> None:
    with pytest.raises(MalformedInput, match="bytes after its 3 items"):
        decode_bundle(BUNDLE, 3)
    with pytest.raises(MalformedInput, match="within item 4 of 5"):
        decode_bundle(BUNDLE, 5)
    with pytest.raises(MalformedInput, match="4 bytes after its 3 items"):
        decode_pack(PACK, 3)
    with pytest.raises(MalformedInput, match="1 bytes after its 4 items"):
        decode_pack(PACK + b"\x00", 4)
    with pytest.raises(MalformedInput, match="within item 4 of 256"):
        decode_pack(PACK, 256)


def test_a_length_beyond_the_end_allocates_nothing() -> None:
    with pytest.raises(MalformedInput, match="ends at byte 5, within item 0"):
        decode_pack(b"\xff\xff\xff\xff\x00", 1)
    with pytest.raises(MalformedInput, match="ends at byte 3, within item 0"):
        decode_bundle(b"\xff\xff\x00", 1)


def test_the_longest_entry() -> None:
    assert decode_bundle(encode_bundle([bytes(ENTRY_LIMIT)]), 1) == (bytes(ENTRY_LIMIT),)
    with pytest.raises(ValueError, match="65536 bytes, limit 65535"):
        encode_bundle([bytes(ENTRY_LIMIT + 1)])
    assert decode_pack(encode_pack([bytes(ENTRY_LIMIT + 1)]), 1) == (bytes(ENTRY_LIMIT + 1),)


def test_a_full_file() -> None:
    assert decode_bundle(encode_bundle(ITEMS * 85 + [b""]), 256) == (*ITEMS * 85, b"")
    assert decode_pack(encode_pack([None] * 256), 256) == (None,) * 256


@pytest.mark.parametrize("count", [0, 257])
def test_a_file_has_1_to_256_items(count: int) -> None:
    with pytest.raises(ValueError, match=f"{count} items"):
        encode_bundle([b"x"] * count)
    with pytest.raises(ValueError, match=f"{count} items"):
        encode_pack([None] * count)
    with pytest.raises(ValueError, match=f"width {count}"):
        decode_bundle(b"", count)
    with pytest.raises(ValueError, match=f"width {count}"):
        decode_pack(b"", count)


def test_an_empty_payload_is_not_an_absent_one() -> None:
    with pytest.raises(ValueError, match="would be read as absent"):
        encode_pack([b"x", b""])
