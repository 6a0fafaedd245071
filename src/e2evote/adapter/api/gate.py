"""What every request goes through before and after its route (docs/http.md, Limits; Headers; Log).

    in    the sub-folder of the public address is taken off; the client's bucket is asked; OPTIONS is answered;
          HEAD goes on as GET
    out   security headers, CORS where the route is public, nothing cached that does not say so; one line in the log

An error that nobody foresaw is a problem with status 500 and a line with its place in the code: never its message,
which could hold what must not be seen.
"""

import math
import re
import time
import traceback
import uuid
from collections.abc import Iterable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from fastapi import APIRouter
from fastapi.routing import APIRoute

from e2evote.adapter.api import headers
from e2evote.adapter.api.body import HELD, Held
from e2evote.adapter.api.buckets import Buckets, kind_of
from e2evote.adapter.api.hosted import Hosted
from e2evote.adapter.api.log import Line
from e2evote.adapter.api.problems import OWN, Answer, Problem
from e2evote.adapter.http_server import App, Message, Receive, Send, TooSlow

CODE = "e2evote.code"
"""Where the scope of a request has the code of its problem, for the log."""

INSTANCE = "e2evote.instance"
"""Where it has the name of this occurrence of an internal error."""

_METHODS = ("DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT")
_ELECTION = re.compile(r"(?:/v1)?/elections/([^/]+)")
_PREFLIGHT = {"access-control-allow-headers": "content-type", "access-control-max-age": "86400"}
_PACKAGE = Path(__file__).resolve().parents[2]


class _Enough(Exception):
    """Whoever asked with HEAD has had the head."""


class Gate:
    """The application of these routers, with everything that belongs to all requests."""

    def __init__(self, app: App, routers: Iterable[APIRouter], hosted: Hosted) -> None:
        self._app, self._hosted = app, hosted
        self._routes = tuple(one for router in routers for one in router.routes if isinstance(one, APIRoute))
        self._buckets = Buckets(hosted.settings.allowances)

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await self._app(scope, receive, send)
        began, given = time.monotonic(), str(scope["method"])
        method, path = "GET" if given == "HEAD" else given, self._inner(str(scope["path"]))
        found = [route for route in self._routes if route.path_regex.match(path)]
        route = next((one for one in found if one.methods and method in one.methods), None)
        out = _Out(self._hosted, send, found, route, is_head=given == "HEAD")
        client = self._hosted.settings.proxies.client(scope)
        held = Held(self._buckets.name("bodies", client))
        inner = {**scope, "method": method, "path": path, "raw_path": path.encode(), "root_path": "", HELD: held}
        problem = self._refused(scope, given, route, out, client)
        try:
            if problem:
                await out.answer(problem.answer, scope, receive)
            elif given == "OPTIONS" and found:
                await out.options(scope)
            else:
                await self._routed(inner, receive, out)
        finally:
            self._hosted.room.give_back(held)
            self._note(given, route, out.status, time.monotonic() - began, inner)

    def _refused(self, scope: Message, given: str, route: APIRoute | None, out: "_Out", client: str) -> Problem | None:
        """Why a request goes no further; None where it does."""
        kind = kind_of(route.endpoint if route else None, given)
        if wait := self._buckets.take(kind, client):
            self._hosted.metrics.limited(kind)
            seconds = str(math.ceil(wait))
            return Problem("rate-limited", f"try again in {seconds} s", headers={"retry-after": seconds})
        if _is_ambiguous(scope):
            return Problem("request-malformed", "two lengths of one body", headers={"connection": "close"})
        if route is None and given != "OPTIONS" and out.methods():
            return Problem("method-not-allowed", headers={"allow": ", ".join(out.methods())})
        return None

    async def _routed(self, inner: Message, receive: Receive, out: "_Out") -> None:
        try:
            await self._app(inner, receive, out.send)
        except (_Enough, TooSlow):  # what is cut off after its beginning is seen to be, by its length
            return
        except Exception as error:
            name = str(inner.get(INSTANCE) or new_instance())
            line = Line("internal-error", error=type(error).__name__, place=_place(error), instance=name)
            self._hosted.log.write(line)
            if not out.status:
                await out.answer(internal(name), inner, receive)

    def _note(self, given: str, route: APIRoute | None, status: int, seconds: float, inner: Message) -> None:
        """One request in the log and among the numbers."""
        method, template = given if given in _METHODS else "other", route.path if route else ""
        self._hosted.metrics.request(method, template, status, seconds)
        named = _ELECTION.match(inner["path"])
        line = Line(
            "request",
            method=method,
            route=template,
            status=status,
            ms=round(1000 * seconds),
            election=named[1] if named and self._hosted.has(named[1]) else "",
            code=str(inner.get(CODE, "")) if status >= 500 else "",
        )
        self._hosted.log.write(line)

    def _inner(self, path: str) -> str:
        """The path without the sub-folder of the public address, if the proxy has left it there."""
        prefix = self._hosted.settings.prefix
        return path[len(prefix) :] if prefix and path.startswith(f"{prefix}/") else path


def internal(instance: str) -> Answer:
    """The problem of an error that nobody foresaw."""
    status, title = OWN["internal"]
    return Answer("internal", status, title, instance=instance)


def new_instance() -> str:
    """A name for one occurrence of an error: what is answered and what is logged both have it."""
    return f"urn:uuid:{uuid.uuid4()}"


class _Out:
    """The way out of one answer. status: 0 until it has begun."""

    def __init__(
        self, hosted: Hosted, send: Send, found: Sequence[APIRoute], route: APIRoute | None, *, is_head: bool
    ) -> None:
        self._hosted, self._send, self._found, self._is_head = hosted, send, found, is_head
        self._public = all("public" in one.tags for one in ([route] if route else found))
        self.status = 0

    async def send(self, message: Message) -> None:
        """One message of the answer."""
        if message["type"] != "http.response.start":
            if self._is_head:
                await self._send({"type": "http.response.body", "body": b"", "more_body": False})
                raise _Enough
            return await self._send(message)
        self.status = int(message["status"])
        await self._send({**message, "headers": self._headers(message.get("headers", ()))})

    async def answer(self, answer: Answer, scope: Message, receive: Receive) -> None:
        """A problem that was found before the route."""
        with suppress(_Enough):
            await answer.response()(scope, receive, self.send)

    async def options(self, scope: Message) -> None:
        """Which methods there are; to a page of another origin, that it may use those that are public."""
        listed = [(b"allow", ", ".join(self.methods()).encode())]
        if self._public:
            public = {"access-control-allow-methods": ", ".join(self.methods(public=True)), **_PREFLIGHT}
            listed += [(name.encode(), value.encode()) for name, value in public.items()]
        await self.send({"type": "http.response.start", "status": 204, "headers": listed})
        await self._send({"type": "http.response.body", "body": b"", "more_body": False})

    def methods(self, *, public: bool = False) -> tuple[str, ...]:
        """The methods that this address takes. public: of those, the ones that pages of other origins may use."""
        routes = [one for one in self._found if "public" in one.tags or not public]
        named = {method for one in routes for method in one.methods or ()}
        if "GET" in named:
            named.add("HEAD")
        if named and not public:
            named.add("OPTIONS")
        return tuple(sorted(named))

    def _headers(self, given: Iterable[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
        """The route's own headers, and those that every answer has where the route has said nothing else."""
        own: list[tuple[bytes, bytes]] = [(name.lower(), value) for name, value in given]
        names: dict[str, Any] = {name.decode("latin-1"): value.decode("latin-1") for name, value in own}
        more: dict[str, str] = {}
        if self.status != 304:  # its headers would replace those of the answer that the reader has kept
            more |= headers.for_type(names.get("content-type", ""))
            more["cache-control"] = headers.UNCACHED
        if self._public:
            more |= headers.ANYBODY
        if self._hosted.settings.is_https:
            more |= headers.STRICT_TRANSPORT
        return own + [(name.encode(), value.encode()) for name, value in more.items() if name not in names]


def _is_ambiguous(scope: Message) -> bool:
    """Whether a proxy and this server might take two different ends for the end of the body."""
    names = [name for name, _ in scope["headers"]]
    return b"transfer-encoding" in names and b"content-length" in names


def _place(error: Exception) -> str:
    """Where in this package it happened."""
    for frame in reversed(traceback.extract_tb(error.__traceback__)):
        file = Path(frame.filename).resolve()
        if file.is_relative_to(_PACKAGE):
            return f"{file.relative_to(_PACKAGE)}:{frame.lineno}"
    return "outside the package"
