"""The public files of a FileStorage, and the private rows by which changed bytes are noticed.

Full files have their series and number for a name, partial ones their width too (board/tiles.py). No file ever gets
another content: a wider one takes its place.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from e2evote.adapter.storage.files_commit import SharedFolder, unsealed
from e2evote.adapter.storage.files_format import Row, decode_rows, encode_rows, hash_of, rows_name
from e2evote.adapter.storage.seal import seal
from e2evote.board.bundles import decode_bundle, decode_pack, encode_bundle, encode_pack
from e2evote.board.merkle import HASH_SIZE, leaf_hash
from e2evote.board.tiles import ENTRIES, HINTS, PAYLOAD, WIDTH, TilePath
from e2evote.errors import MalformedInput, StorageDamaged


@dataclass(frozen=True, slots=True)
class Beside:
    """An entry with all that lies beside it."""

    entry: bytes
    payload: bytes = field(repr=False)
    hints: bytes = field(repr=False)
    private: bytes = field(repr=False)


class Board:
    """What is published of a log, and the rows."""

    def __init__(self, folder: SharedFolder) -> None:
        self._folder = folder

    def rows(self, bundle: int, size: int) -> list[Row]:
        """Of the entries of a bundle that a log of `size` has."""
        width = _width(bundle, size)
        name = rows_name(bundle, width)
        return decode_rows(name, self._folder.read(name), width)

    def entries(self, bundle: int, size: int) -> tuple[bytes, ...]:
        path = TilePath(ENTRIES, bundle, _width(bundle, size))
        try:
            return decode_bundle(self._folder.read(_public(path)), path.width)
        except MalformedInput as error:
            raise StorageDamaged(f"{path.encode()}: {error}") from error

    def payload(self, index: int, size: int) -> bytes:
        row = self.rows(index // WIDTH, size)[index % WIDTH]
        return self._beside(PAYLOAD, index, size, row.payload_hash)

    def hints(self, index: int, size: int) -> bytes:
        row = self.rows(index // WIDTH, size)[index % WIDTH]
        return self._beside(HINTS, index, size, row.hints_hash)

    def append(self, size: int, added: Sequence[Beside]) -> tuple[dict[str, bytes], list[str]]:
        """The files that more entries make, and those that are out of date afterwards."""
        made: dict[str, bytes] = {}
        gone: list[str] = []
        for bundle in range(size // WIDTH, -(-(size + len(added)) // WIDTH)) if added else ():
            first = bundle * WIDTH
            old = self._bundle(bundle, size)
            items = [*old, *added[max(0, first - size) : first + WIDTH - size]]
            made |= _files(bundle, items)
            if old:
                gone.append(rows_name(bundle, len(old)))
                gone += [_public(TilePath(series, bundle, len(old))) for series in (PAYLOAD, HINTS)]
            gone += self.narrower(TilePath(ENTRIES, bundle, len(items)))
        return made, gone

    def tile(self, level: int, number: int) -> bytes:
        """The widest there is."""
        full = TilePath(f"tile/{level}", number)
        path = full
        if (data := self._folder.find(_public(full))) is None:
            widths = [int(name) for name in self._folder.names(f"{_public(full)}.p") if name.isdecimal()]
            if not widths:
                return b""
            path = TilePath(full.series, number, max(widths))
            data = self._folder.read(_public(path))
        mark = unsealed(_private(path), self._folder.read(_private(path)))
        if mark != seal(path.encode(), data) or len(data) != path.width * HASH_SIZE:
            raise StorageDamaged(f"{path.encode()}: not as it was written")
        return data

    def new_tile(self, path: TilePath, data: bytes) -> dict[str, bytes]:
        """The files of a tile that is not there yet in this width."""
        mark = seal(path.encode(), data)
        return {_public(path): data, _private(path): mark + seal(_private(path), mark)}

    def narrower(self, path: TilePath) -> list[str]:
        """Once a tile or bundle is full, its partial files; before, readers of earlier checkpoints may ask for them."""
        if not path.is_full:
            return []
        gone = []
        for name in self._folder.names(f"{_public(path)}.p"):
            if name.isdecimal():
                partial = TilePath(path.series, path.index, int(name))
                gone += [_public(partial), _private(partial)]
        return gone

    def _bundle(self, bundle: int, size: int) -> list[Beside]:
        """All that a log of `size` has of a bundle."""
        width = _width(bundle, size)
        if width <= 0:
            return []
        rows, entries = self.rows(bundle, size), self.entries(bundle, size)
        payloads, hints = self._pack(PAYLOAD, bundle, size), self._pack(HINTS, bundle, size)
        found = [
            Beside(entry, payload or b"", hint or b"", row.private)
            for entry, payload, hint, row in zip(entries, payloads, hints, rows, strict=True)
        ]
        for index, (one, row) in enumerate(zip(found, rows, strict=True), bundle * WIDTH):
            if (leaf_hash(one.entry), hash_of(one.payload), hash_of(one.hints)) != row.hashes():
                raise StorageDamaged(f"entry {index}: not as it was written")
        return found

    def _beside(self, series: str, index: int, size: int, expected: bytes) -> bytes:
        if expected == hash_of(b""):
            return b""
        data = self._pack(series, index // WIDTH, size)[index % WIDTH] or b""
        if hash_of(data) != expected:
            raise StorageDamaged(f"{series} of entry {index}: not as it was written")
        return data

    def _pack(self, series: str, bundle: int, size: int) -> tuple[bytes | None, ...]:
        """What lies beside each entry of a bundle; a pack of nothing is no file."""
        path = TilePath(series, bundle, _width(bundle, size))
        data = self._folder.find(_public(path))
        if data is None:
            return (None,) * path.width
        try:
            return decode_pack(data, path.width)
        except MalformedInput as error:
            raise StorageDamaged(f"{path.encode()}: {error}") from error


def _files(bundle: int, items: Sequence[Beside]) -> dict[str, bytes]:
    """All files of one bundle."""
    width = len(items)
    name = rows_name(bundle, width)
    rows = [Row(leaf_hash(one.entry), hash_of(one.payload), hash_of(one.hints), one.private) for one in items]
    files = {
        _public(TilePath(ENTRIES, bundle, width)): encode_bundle([one.entry for one in items]),
        _public(TilePath(PAYLOAD, bundle, width)): encode_pack([one.payload or None for one in items]),
        name: encode_rows(name, rows),
    }
    if any(one.hints for one in items):
        files[_public(TilePath(HINTS, bundle, width))] = encode_pack([one.hints or None for one in items])
    return files


def _width(bundle: int, size: int) -> int:
    return min(WIDTH, size - bundle * WIDTH)


def _public(path: TilePath) -> str:
    return f"board/{path.encode()}"


def _private(path: TilePath) -> str:
    """The seal of a tile."""
    return f"private/seals/{path.encode()}"
