"""Packs item by item: the same bytes and the same refusals for small and large ones, and hints that never refuse."""

from collections.abc import Callable

import pytest

from e2evote.board.bundles import encode_pack
from e2evote.errors import MalformedInput
from e2evote.record.archive import MemoryArchive
from e2evote.verify.packs import WHOLE, Hints, Packs

SMALL = (b"a", None, b"c" * 300)
LARGE = (b"a" * (WHOLE + 5), None, b"c" * 300)


class Counting(MemoryArchive):
    """Remembers how much was read in one go."""

    def __init__(self, files: dict[str, bytes]) -> None:
        super().__init__(files)
        self.largest = 0

    def read(self, name: str) -> bytes:
        self.largest = max(self.largest, len(self._files[name]))
        return super().read(name)

    def read_range(self, name: str, offset: int, size: int) -> bytes:
        self.largest = max(self.largest, size)
        return self._files[name][offset : offset + size]


def archive(items: tuple[bytes | None, ...], change: Callable[[bytes], bytes] = bytes) -> Counting:
    pack = change(encode_pack(items))
    return Counting({f"{series}/000.p/{len(items)}": pack for series in ("payload", "hints")})


@pytest.mark.parametrize("items", [SMALL, LARGE])
def test_items_in_any_order(items: tuple[bytes | None, ...]) -> None:
    opened = archive(items)
    packs, hints = Packs(opened, 3), Hints(opened, 3)
    for i in (0, 1, 2, 2, 0):
        assert packs.payload(i) == hints.of(i) == (items[i] or b"")
        assert packs.length(i) == len(items[i] or b"")
        assert b"".join(packs.blocks(i)) == (items[i] or b"")


def test_a_large_pack_is_never_read_whole() -> None:
    opened = archive((b"a" * WHOLE, b"b" * WHOLE, b"c" * (WHOLE + 1)))
    packs = Packs(opened, 3)
    assert [len(block) for block in packs.blocks(2)] == [WHOLE, 1]
    assert opened.largest == WHOLE
    assert packs.payload(1) == b"b" * WHOLE


def test_a_pack_that_is_not_there() -> None:
    opened = MemoryArchive({})
    packs = Packs(opened, 3)
    assert (packs.payload(0), packs.length(0), list(packs.blocks(0)), Hints(opened, 3).of(0)) == (None, None, [], b"")


@pytest.mark.parametrize("items", [SMALL, LARGE])
@pytest.mark.parametrize(
    ("change", "detail"),
    [
        (lambda data: data[:-1], "ends at byte .*, within item 2 of 3"),
        (lambda data: data[:3], "ends at byte 3, within item 0 of 3"),
        (lambda data: b"", "ends at byte 0, within item 0 of 3"),
        (lambda data: data + b"x", "1 bytes after its 3 items"),
        (lambda data: b"\xff" + data[1:], "within item 0 of 3"),
    ],
)
def test_a_pack_that_is_none(items: tuple[bytes | None, ...], change: Callable[[bytes], bytes], detail: str) -> None:
    opened = archive(items, change)
    packs, hints = Packs(opened, 3), Hints(opened, 3)
    for _ in range(2):
        with pytest.raises(MalformedInput, match=rf"payload/000.p/3: pack: .*{detail}|payload/000.p/3: pack: {detail}"):
            packs.payload(0)
        assert hints.of(0) == b""


def test_a_payload_beyond_the_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("e2evote.verify.packs.LARGEST_STATEMENT", 299)
    with pytest.raises(MalformedInput, match="payload/000.p/3: item 2: 300 bytes, limit 299"):
        Packs(archive(SMALL), 3).payload(0)
    assert Hints(archive(SMALL), 3).of(0) == b""


def test_what_no_leaf_can_name_is_not_held_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("e2evote.verify.packs.LARGEST_PAYLOAD", 100)
    packs, whole = Packs(archive(SMALL), 3), SMALL[2]
    assert whole is not None
    assert len(whole) == 300
    assert packs.payload(2) == whole[:101]
    assert packs.length(2) == 300
    assert b"".join(packs.blocks(2)) == whole


def test_hints_of_the_next_pack_after_a_bad_one() -> None:
    files = {"hints/000": b"rubbish", "hints/001.p/1": encode_pack((b"good",))}
    hints = Hints(MemoryArchive(files), 257)
    assert [hints.of(0), hints.of(256), hints.of(255)] == [b"", b"good", b""]
