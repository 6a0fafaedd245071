"""A published board as a web service: the static read side of C2SP tlog-tiles (docs/record-format.md, Files).

    GET <prefix>/checkpoint   and every other file of a board, under its own name

Any web server can do this; here nothing else is served. Only names that a board has are looked for, no link is
followed, and no folder is listed. The checkpoint may be kept for two seconds; a file that can't change, for ever; what
a larger file will replace, for a minute. Everybody may read, from pages of other origins too.

Needs the extra `[http]`.
"""

import asyncio
import hmac
import os
import secrets
import stat
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from fastapi import FastAPI, Request, Response
from fastapi.responses import StreamingResponse

from e2evote.adapter.http_server import TEXT, text
from e2evote.board.log import CHECKPOINT
from e2evote.board.tiles import HINTS, PAYLOAD, decode_path
from e2evote.errors import MalformedInput
from e2evote.record.archive import DATES

NOTES = (CHECKPOINT, *DATES)
"""Names of signed notes; a checkpoint changes, and the others appear once."""

OCTETS = "application/octet-stream"
AT_ONCE, A_MINUTE, FOR_EVER = "public, max-age=2", "public, max-age=60", "public, max-age=31536000, immutable"
"""How long a copy may be shown instead of asking again: of what changes with every batch, what grows, and the rest."""

_CHUNK = 2**18
_TAGS = secrets.token_bytes(32)
_METHODS = ("GET", "HEAD")
_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
_READ = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC


@dataclass(frozen=True, slots=True)
class Served:
    """How a file is served: its media type, and how long a copy of it is good."""

    media_type: str
    caching: str


def kind_of(name: str) -> Served | None:
    """How the file of this name is served; None where a board has no such name."""
    if name in NOTES:
        return Served(TEXT, AT_ONCE)
    try:
        path = decode_path(name)
    except MalformedInput:
        return None
    # Payloads and hints may be supplied again, and a narrower pack goes when a wider one comes.
    keeps = path.is_full and path.series not in (PAYLOAD, HINTS)
    return Served(OCTETS, FOR_EVER if keeps else A_MINUTE)


def open_file(root: Path, name: str) -> BinaryIO:
    """The regular file of a name that `kind_of` knows, reached without a link; OSError where there is none."""
    *folders, last = name.split("/")
    folder = os.open(root, _FOLDER & ~os.O_NOFOLLOW)
    try:
        for step in folders:
            below = os.open(step, _FOLDER, dir_fd=folder)
            os.close(folder)
            folder = below
        file = os.fdopen(os.open(last, _READ, dir_fd=folder), "rb")
    finally:
        os.close(folder)
    if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
        file.close()
        raise FileNotFoundError(last)
    return file


async def board_file(request: Request, root: Path, name: str) -> Response | None:
    """The file of a board by its name; None where there is none."""
    served = kind_of(name)
    if served is None:
        return None
    try:
        file = await asyncio.to_thread(open_file, root, name)
    except OSError:  # a link and a folder look like nothing, too
        return None
    return _answer(request, file, served)


def static_app(root: Path) -> FastAPI:
    """The web application that serves the board in this directory."""

    async def respond(request: Request) -> Response:
        if request.method not in _METHODS:
            return text(405, "the method is GET or HEAD", allow="GET, HEAD")
        return await board_file(request, root, request.path_params["name"]) or _missing()

    app = FastAPI(openapi_url=None, docs_url=None, redoc_url=None, redirect_slashes=False)
    app.add_route("/{name:path}", respond, methods=["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"])
    return app


def _answer(request: Request, file: BinaryIO, served: Served) -> Response:
    """The file as it was when it was opened; nothing of it where the reader has the same already."""
    found = os.fstat(file.fileno())
    tag = f'"{_tag(found)}"'
    headers = {**_HEADERS, "cache-control": served.caching, "etag": tag}
    if has_tag(request.headers.get("if-none-match", ""), tag):
        file.close()
        return Response(status_code=304, headers=headers)
    headers["content-length"] = str(found.st_size)
    if request.method == "HEAD":
        file.close()
        return Response(headers=headers, media_type=served.media_type)
    return StreamingResponse(_pieces(file, found.st_size), headers=headers, media_type=served.media_type)


def _tag(found: os.stat_result) -> str:
    """Another one for another file. Keyed, since from the time in it one could learn when a ballot was published."""
    name = f"{found.st_ino} {found.st_mtime_ns} {found.st_size}"
    return hmac.digest(_TAGS, name.encode(), "sha256").hex()[:32]


async def _pieces(file: BinaryIO, size: int) -> AsyncIterator[bytes]:
    with file:
        while size > 0:
            piece = await asyncio.to_thread(file.read, min(_CHUNK, size))
            if not piece:
                raise EOFError("a file became shorter while it was served")
            size -= len(piece)
            yield piece


def has_tag(condition: str, tag: str) -> bool:
    """Whether a list of entity tags, or `*`, has this one."""
    tags = [one.strip().removeprefix("W/") for one in condition[:2000].split(",")]
    return tag in tags or tags == ["*"]


def _missing() -> Response:
    response = text(404, "there is no such file")
    response.headers.update(_HEADERS)
    return response


_HEADERS = {"access-control-allow-origin": "*", "x-content-type-options": "nosniff"}
