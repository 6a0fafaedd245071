"""A witness as a web service (C2SP tlog-witness; docs/spec.md, section 5.10).

    POST /add-checkpoint              a request, answered with the cosignature when it is on the disk
    GET  /<origin hash>/checkpoint    what was cosigned last for a log

What is answered is decided by `witness_state`; here it gets its HTTP form. Where the witness can't sign at all it
answers 503 with the code of docs/errors.md, and tells its owner why. Nothing else is served, in particular no pages
that describe the service.

Needs the extra `[http]`.
"""

import asyncio
import re

from fastapi import FastAPI, Request, Response

from e2evote.adapter.http_server import TEXT, Report, TooLarge, TooSlow, body_of, text
from e2evote.adapter.witness_state import WitnessState
from e2evote.board.witnessing import ADD_CHECKPOINT, REQUEST_LIMIT, Rejected, encode_answer
from e2evote.errors import Refused

RECENT = "public, max-age=2"
"""How long a copy of what was cosigned last may be shown instead of asking again."""

_NAME = re.compile("[0-9a-f]{64}")


def witness_app(state: WitnessState, report: Report) -> FastAPI:
    """The web application of a witness. report: told what its owner should know."""

    async def add_checkpoint(request: Request) -> Response:
        try:
            data = await body_of(request, REQUEST_LIMIT)
        except TooLarge:
            return text(413, f"a request has at most {REQUEST_LIMIT} bytes", connection="close")
        except TooSlow:
            return text(408, "the request did not come in time", connection="close")
        return await asyncio.to_thread(answered, data)

    def answered(data: bytes) -> Response:
        try:
            verdict = state.submit(data)
        except Refused as refused:
            report(f"signs nothing: {refused}")
            return text(503, refused.code)
        if isinstance(verdict, Rejected):
            return Response(verdict.body, verdict.status, {"content-type": verdict.content_type})
        return Response(encode_answer(verdict), media_type=TEXT)

    async def checkpoint(request: Request) -> Response:
        name = request.path_params["name"]
        return await asyncio.to_thread(published, name) if _NAME.fullmatch(name) else text(404, "not found")

    def published(name: str) -> Response:
        try:
            note = state.published(name)
        except Refused as refused:
            report(f"shows nothing: {refused}")
            return text(503, refused.code)
        if note is None:
            return text(404, "never cosigned")
        headers = {"access-control-allow-origin": "*", "cache-control": RECENT, "x-content-type-options": "nosniff"}
        return Response(note, 200, headers, media_type=TEXT)

    async def no_such_thing(request: Request, _error: Exception) -> Response:
        return text(404, "not found")

    async def another_method(request: Request, _error: Exception) -> Response:
        allow = "POST" if request.url.path == f"/{ADD_CHECKPOINT}" else "GET, HEAD"
        return text(405, f"the method is {allow}", allow=allow)

    app = FastAPI(openapi_url=None, docs_url=None, redoc_url=None, redirect_slashes=False)
    app.add_route(f"/{ADD_CHECKPOINT}", add_checkpoint, methods=["POST"])
    app.add_route("/{name}/checkpoint", checkpoint, methods=["GET"])
    app.add_exception_handler(404, no_such_thing)
    app.add_exception_handler(405, another_method)
    return app
