"""The ballot client as it was built, byte for byte: what the manifest's hashes are of (docs/ballot-client.md)."""

import hashlib
from collections.abc import Mapping
from pathlib import Path

from fastapi import APIRouter, Request, Response

from e2evote.adapter.api import schemas
from e2evote.adapter.api.answers import tagged
from e2evote.adapter.api.described import Answered, described
from e2evote.adapter.api.hosted import Hosted
from e2evote.adapter.api.problems import Problem

FOLDER = Path(__file__).resolve().parents[1] / "web" / "assets"

TYPES: Mapping[str, str] = {
    "css": "text/css; charset=utf-8",
    "html": "text/html; charset=utf-8",
    "js": "text/javascript; charset=utf-8",
    "svg": "image/svg+xml",
}
"""By the ending of a file's name; others are not served."""


def routes(hosted: Hosted, folder: Path = FOLDER) -> APIRouter:
    """The routes of these. The files are read once, now."""
    router = APIRouter(tags=["public"])
    files = {name: (data, hashlib.sha256(data).hexdigest()) for name, data in _read(folder).items()}

    @router.get(
        "/elections/{id}/client/{name:path}",
        **described(
            "A file of the ballot client",
            {200: Answered("The file.", schemas.BYTES, "text/javascript"), 304: Answered("Not changed.")},
            ("election-unknown", "not-found"),
        ),
    )
    async def file(id: str, name: str, request: Request) -> Response:
        hosted.place(id)
        name = name or "index.html"
        if name not in files:
            raise Problem("not-found")
        data, tag = files[name]
        return tagged(request, data, tag, TYPES[name.rpartition(".")[2]], "no-cache")

    @router.get(
        "/elections/{id}/client",
        **described("The ballot client", {308: Answered("At `client/`.")}, ("election-unknown",)),
    )
    async def folder_(id: str) -> Response:
        hosted.place(id)
        return Response(status_code=308, headers={"location": "client/"})

    return router


def _read(folder: Path) -> dict[str, bytes]:
    if not folder.is_dir():
        return {}
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir()) if path.suffix[1:] in TYPES}
