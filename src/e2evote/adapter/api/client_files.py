"""The ballot client, byte for byte what the manifest's hashes are of (docs/ballot-client.md)."""

import hashlib
from collections.abc import Mapping

from fastapi import APIRouter, Request, Response

from e2evote.adapter.api import schemas
from e2evote.adapter.api.answers import tagged
from e2evote.adapter.api.described import Answered, described
from e2evote.adapter.api.hosted import Hosted
from e2evote.adapter.api.problems import Problem
from e2evote.adapter.web.assets import START

TYPES: Mapping[str, str] = {
    "css": "text/css; charset=utf-8",
    "html": "text/html; charset=utf-8",
    "js": "text/javascript; charset=utf-8",
    "svg": "image/svg+xml",
}
"""By the ending of a file's name; others are not served."""


def routes(hosted: Hosted) -> APIRouter:
    """The routes of these."""
    router = APIRouter(tags=["public"])

    @router.get(
        "/elections/{id}/client/{name:path}",
        **described(
            "A file of the ballot client",
            {200: Answered("The file.", schemas.BYTES, "text/javascript"), 304: Answered("Not changed.")},
            ("election-unknown", "not-found"),
        ),
    )
    async def file(id: str, name: str, request: Request) -> Response:
        data = hosted.place(id).page.files.get(name or START)
        kind = TYPES.get((name or START).rpartition(".")[2])
        if data is None or kind is None:
            raise Problem("not-found")
        return tagged(request, data, hashlib.sha256(data).hexdigest(), kind, "no-cache")

    @router.get(
        "/elections/{id}/client",
        **described("The ballot client", {308: Answered("At `client/`.")}, ("election-unknown",)),
    )
    async def folder_(id: str) -> Response:
        hosted.place(id)
        return Response(status_code=308, headers={"location": "client/"})

    return router
