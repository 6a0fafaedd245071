"""Where a monitor reads from: a folder, or a web server that may be slow, broken or hostile.

Every read has a limit in bytes and in seconds. What is read is only bytes: what they are worth is for `monitor`.
"""

import queue
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

from e2evote.adapter.download import SCHEMES, Server
from e2evote.adapter.files import StaticDirectory
from e2evote.board.bundles import ENTRY_LIMIT, decode_bundle, decode_pack
from e2evote.board.merkle import HASH_SIZE
from e2evote.board.tile_tree import TileTree
from e2evote.board.tiles import ENTRIES, PAYLOAD, WIDTH, TilePath, bundles, width_in
from e2evote.errors import MalformedInput, Refused

LONGEST = 60.0
"""Seconds for one file."""

_LARGEST_BUNDLE = WIDTH * (ENTRY_LIMIT + 2)
_LARGEST_FIRST_PACK = 2**29


class Source(Protocol):
    """Named files. FileNotFoundError where there is none, Refused or MalformedInput where it can't be read."""

    def read(self, name: str, limit: int) -> bytes: ...


class WebSource:
    """Files under one address. longest: seconds for one of them, however slowly it comes."""

    def __init__(self, url: str, longest: float = LONGEST) -> None:
        self._url, self._longest = url, longest
        self._server = Server(url, timeout=longest)

    def read(self, name: str, limit: int) -> bytes:
        """The file; Refused where it does not come in time."""
        answer: queue.SimpleQueue[bytes | Exception] = queue.SimpleQueue()

        def ask() -> None:
            try:
                answer.put(self._server.get(name, limit))
            except (Refused, OSError) as error:
                answer.put(error)

        # A server that sends a byte now and then never lets a read run out of time, so nobody waits for the reader.
        threading.Thread(target=ask, daemon=True).start()
        try:
            got = answer.get(timeout=self._longest)
        except queue.Empty:
            raise Refused("download", f"{self._url.rstrip('/')}/{name}: not there within {self._longest:g} s") from None
        if isinstance(got, Exception):
            raise got
        return got


class FolderSource:
    """Files below one folder; links are not followed."""

    def __init__(self, path: Path) -> None:
        self._path, self._files = path, StaticDirectory(path)

    def read(self, name: str, limit: int) -> bytes:
        """The file; Refused where the system does not give it."""
        try:
            return self._files.read(name, limit)
        except FileNotFoundError:
            raise FileNotFoundError(2, "no such file", f"{self._path}/{name}") from None
        except OSError as error:
            raise Refused("download", f"{self._path}/{name}: {error.strerror}") from None


def source_of(place: str, longest: float = LONGEST) -> Source:
    """The folder, or the web server, at `place`."""
    if place.startswith(tuple(f"{scheme}://" for scheme in SCHEMES)):
        return WebSource(place, longest)
    if not Path(place).is_dir():
        raise Refused("file-missing", f"{place}: neither a folder nor an address that begins with http:// or https://")
    return FolderSource(Path(place))


class BoardFiles:
    """The files of a board when its log has `size` entries; MalformedInput for what is none of them.

    Where a partial file is gone, because the log has grown meanwhile, the full one has its items too.
    """

    def __init__(self, source: Source, size: int) -> None:
        self._source, self.size = source, size

    def entries(self, start: int) -> Iterator[bytes]:
        """From `start` on."""
        for path in bundles(ENTRIES, self.size, start):
            data, width = self._read(path, _LARGEST_BUNDLE)
            try:
                items = decode_bundle(data, width)[: path.width]
            except MalformedInput as error:
                raise error.inside(path.encode()) from None
            yield from items[max(0, start - path.index * WIDTH) :]

    def first_payload(self) -> bytes:
        """What lies beside entry 0, its manifest; b"" where nothing does."""
        path = TilePath(PAYLOAD, 0, min(WIDTH, self.size))
        data, width = self._read(path, _LARGEST_FIRST_PACK)
        try:
            return decode_pack(data, width)[0] or b""
        except MalformedInput as error:
            raise error.inside(path.encode()) from None

    def tree(self) -> TileTree:
        """Roots and proofs from the hash tiles, to be verified before they are believed."""
        return TileTree(self._tile, self.size, MalformedInput)

    def _tile(self, level: int, number: int) -> bytes:
        path = TilePath(f"tile/{level}", number)
        width = width_in(path, self.size)
        return self._read(TilePath(path.series, number, width), WIDTH * HASH_SIZE)[0]

    def _read(self, path: TilePath, limit: int) -> tuple[bytes, int]:
        """The file and its width."""
        try:
            return self._source.read(path.encode(), limit), path.width
        except FileNotFoundError:
            if path.is_full:
                raise
            return self._source.read(TilePath(path.series, path.index).encode(), limit), WIDTH
