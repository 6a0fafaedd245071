"""What lies beside the log, entry by entry: payloads and hints (docs/record-format.md, Files).

A pack may be large, so at most one small pack or one item is in memory at a time. Where the items begin is read first;
a pack that is not framed as it should be is malformed, unless it is of hints, which bind nothing.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from e2evote.board.tiles import HINTS, PAYLOAD, WIDTH, TilePath
from e2evote.errors import MalformedInput
from e2evote.record.archive import Archive
from e2evote.record.leaf import LARGEST_PAYLOAD, LARGEST_STATEMENT

WHOLE = 2**20
"""A pack of up to so many bytes is read at once, and larger items in blocks of this size."""
_PREFIX = 4


@dataclass(frozen=True, slots=True)
class _Pack:
    """Where each item of one file lies: offset and length. `data` is the file where it is small, else empty."""

    name: str
    places: tuple[tuple[int, int], ...]
    data: bytes

    def item(self, archive: Archive, position: int) -> bytes:
        """The item, or so much of it that it is larger than any but a statement."""
        offset, length = self.places[position]
        length = min(length, LARGEST_PAYLOAD + 1)
        if self.data:
            return self.data[offset : offset + length]
        return archive.read_range(self.name, offset, length)


class _Packs:
    """One series of packs of a log of `size`; keeps the places of the pack that was read last."""

    def __init__(self, archive: Archive, series: str, size: int) -> None:
        self._archive, self._series, self._size = archive, series, size
        self._index = -1
        self._pack: _Pack | None = None

    def at(self, index: int) -> _Pack | None:
        """The pack with the item of entry `index`, None where it is not there."""
        if index // WIDTH != self._index:
            self._index, self._pack = -1, None
            self._pack = self._open(index // WIDTH)
            self._index = index // WIDTH
        return self._pack

    def _open(self, index: int) -> _Pack | None:
        path = TilePath(self._series, index, min(WIDTH, self._size - index * WIDTH))
        name = path.encode()
        size = self._archive.size_of(name)
        if size is None:
            return None
        data = self._archive.read(name) if size <= WHOLE else b""
        places, end = [], 0
        for number in range(path.width):
            offset = end + _PREFIX
            if offset <= size:
                prefix = data[end:offset] if data else self._archive.read_range(name, end, _PREFIX)
                end = offset + int.from_bytes(prefix, "big")
            if offset > size or end > size:
                raise MalformedInput(f"pack: ends at byte {size}, within item {number} of {path.width}", name)
            if end - offset > LARGEST_STATEMENT:
                raise MalformedInput(f"item {number}: {end - offset} bytes, limit {LARGEST_STATEMENT}", name)
            places.append((offset, end - offset))
        if end != size:
            raise MalformedInput(f"pack: {size - end} bytes after its {path.width} items", name)
        return _Pack(name, tuple(places), data)


class Packs:
    """Payloads by index."""

    def __init__(self, archive: Archive, size: int) -> None:
        self._archive = archive
        self._packs = _Packs(archive, PAYLOAD, size)

    def payload(self, index: int) -> bytes | None:
        """The bytes in the place of entry `index`: empty where the pack has none, None where the pack is not there.

        Cut off after one byte more than a leaf of any kind but tally.statement can name; `blocks` gives all of them.
        """
        pack = self._packs.at(index)
        return pack.item(self._archive, index % WIDTH) if pack else None

    def length(self, index: int) -> int | None:
        """How many bytes `payload` would give."""
        pack = self._packs.at(index)
        return pack.places[index % WIDTH][1] if pack else None

    def blocks(self, index: int) -> Iterator[bytes]:
        """The same bytes in blocks of at most 1 MiB; none where there are none."""
        pack = self._packs.at(index)
        if pack is None:
            return
        offset, length = pack.places[index % WIDTH]
        for start in range(offset, offset + length, WHOLE):
            size = min(WHOLE, offset + length - start)
            yield pack.data[start : start + size] if pack.data else self._archive.read_range(pack.name, start, size)


class Hints:
    """Hints by index. Whatever is wrong with a file of hints, it costs only time."""

    def __init__(self, archive: Archive, size: int) -> None:
        self._archive = archive
        self._packs = _Packs(archive, HINTS, size)
        self._bad = -1

    def of(self, index: int) -> bytes:
        """The hints of entry `index`, b"" where there are none or no file of them that can be read."""
        if index // WIDTH == self._bad:
            return b""
        try:
            pack = self._packs.at(index)
            return pack.item(self._archive, index % WIDTH) if pack else b""
        except MalformedInput:
            self._bad = index // WIDTH
            return b""
