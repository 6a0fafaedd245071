"""A record that is sent as one zip file while its log may be growing (docs/http.md, The board and the record).

What is sent is a still copy, of hard links where the file system has them. A few are sent at a time, one to each
client, and none for ever: whoever reads more slowly than `SLOWEST` bytes a second, after a minute, is cut off. However
an answer ends, its copy is removed.
"""

import asyncio
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, closing
from pathlib import Path

from fastapi import Request, Response

from e2evote.adapter.api.hosted import Hosted
from e2evote.adapter.api.problems import Problem
from e2evote.adapter.http_server import Message, Receive, Send, TooSlow
from e2evote.adapter.snapshot import snapshot
from e2evote.record.archive import open_archive
from e2evote.record.zipped import zip_chunks, zip_size

ZIP = "application/zip"
SLOWEST = 16 * 1024

_FIRST_SECONDS = 60
_PIECE = 2**18


class Packing:
    """A still copy of a record, and the archive of it in pieces."""

    def __init__(self, record: Path, note: bytes) -> None:
        self._opened = ExitStack()
        try:
            still = self._opened.enter_context(snapshot(record, note))
            archive = self._opened.enter_context(closing(open_archive(still)))
            sizes = archive.sizes()
            names = sorted(sizes, key=str.encode)
            self.size = zip_size((name, sizes[name]) for name in names)
            self._pieces = _cut(zip_chunks((name, archive.read(name)) for name in names))
        except BaseException:
            self._opened.close()
            raise

    def next(self) -> bytes:
        """The next piece; empty at the end."""
        return next(self._pieces, b"")

    def close(self) -> None:
        """The copy is not needed any more."""
        self._opened.close()


class ArchiveResponse(Response):
    """The answer. Problem `busy` where too many are being sent, or one to this client, who is known by a name."""

    def __init__(self, hosted: Hosted, client: bytes, record: Path, note: bytes, headers: Mapping[str, str]) -> None:
        super().__init__(None, 200, dict(headers), ZIP)
        self._hosted, self._client, self._record, self._note = hosted, client, record, note
        if hosted.zips.locked() or client in hosted.receiving:
            raise Problem("busy", "several records are being sent; try again soon", headers={"retry-after": "30"})

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        self._hosted.receiving.add(self._client)
        try:
            async with self._hosted.zips:
                await self._send_packed(Request(scope, receive), send)
        finally:
            self._hosted.receiving.discard(self._client)

    async def _send_packed(self, request: Request, send: Send) -> None:
        packing = await self._hosted.writing(Packing, self._record, self._note)
        try:
            self.headers["content-length"] = str(packing.size)
            await send({"type": "http.response.start", "status": 200, "headers": self.raw_headers})
            await self._send_all(packing, request, send)
        finally:
            self._hosted.receiving.discard(self._client)
            await asyncio.shield(asyncio.to_thread(packing.close))  # also where the pools have too much to do

    async def _send_all(self, packing: Packing, request: Request, send: Send) -> None:
        clock, sent = asyncio.get_running_loop().time, 0
        began = clock()
        while piece := await self._hosted.reading(packing.next):
            if sent + len(piece) == packing.size:  # whoever has it all may ask again at once
                self._hosted.receiving.discard(self._client)
            await send({"type": "http.response.body", "body": piece, "more_body": True})
            sent += len(piece)
            if clock() - began > _FIRST_SECONDS + sent / SLOWEST or await request.is_disconnected():
                raise TooSlow
        await send({"type": "http.response.body", "body": b"", "more_body": False})


def _cut(pieces: Iterator[bytes]) -> Iterator[bytes]:
    """The same bytes in pieces that are not large, and none that is empty."""
    for piece in pieces:
        for start in range(0, len(piece), _PIECE):
            yield piece[start : start + _PIECE]
