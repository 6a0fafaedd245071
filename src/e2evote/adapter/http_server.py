"""A small web server for what is published and what a witness answers: uvicorn with limits (docs/guide-witness.md).

Anybody may connect, so nobody may hold the server up: who does not send a whole request, or does not read the answer,
is cut off after `PATIENCE` seconds, and there are at most `MOST_CONNECTIONS` at a time. Nothing is logged about who
asked. A bug answers 500 and is reported in one line, without a traceback. TLS, if wanted, is a proxy's.

Needs the extra `[http]`.
"""

import asyncio
import contextlib
import signal
import socket
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator, MutableMapping
from dataclasses import dataclass
from functools import partial
from typing import Any

import uvicorn
from fastapi import Request, Response
from starlette.requests import ClientDisconnect
from uvicorn.protocols.http.h11_impl import H11Protocol

from e2evote.errors import Refused

PATIENCE = 10.0
"""Seconds for a client to send a request's head, then its body, and to take the next part of the answer."""

KEEP_ALIVE = 75
"""Seconds that a connection may be idle between two requests."""

MOST_CONNECTIONS = 256


@dataclass(frozen=True, slots=True)
class Limits:
    """How many connections there may be, in all and from one address, and for how many seconds one may be idle."""

    connections: int = MOST_CONNECTIONS
    per_address: int = MOST_CONNECTIONS
    keep_alive: int = KEEP_ALIVE


_LONGEST_HEAD = 16 * 1024
_LAST_ANSWERS = 5

TEXT = "text/plain; charset=utf-8"

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Message, Receive, Send], Awaitable[None]]
Report = Callable[[str], None]


class TooLarge(Exception):
    """The body of a request is above its limit."""


class TooSlow(Exception):
    """The body of a request did not come in time."""


class PatientProtocol(H11Protocol):
    """HTTP/1.1 with an end to every wait for a client: for the rest of a head, and for an answer to be read."""

    _head: asyncio.TimerHandle | None = None
    _answer: asyncio.TimerHandle | None = None

    def __init__(self, limits: Limits, addresses: Counter[str], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._limits, self._addresses = limits, addresses

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._address = str(self.client[0]) if self.client else ""
        self._addresses[self._address] += 1
        most = self._limits
        if len(self.connections) > most.connections or self._addresses[self._address] > most.per_address:
            transport.abort()
            return
        self._head = self._cut_off_later()

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        if self.cycle is not None and not self.cycle.response_complete:
            self._stop_head()
        elif self.timeout_keep_alive_task is None and self._head is None:
            self._head = self._cut_off_later()

    def pause_writing(self) -> None:
        super().pause_writing()
        # What the client goes on sending does not end this wait.
        self._answer = self._answer or self._cut_off_later()

    def resume_writing(self) -> None:
        super().resume_writing()
        self._stop_answer()

    def connection_lost(self, exc: Exception | None) -> None:
        self._stop_head()
        self._stop_answer()
        self._addresses[self._address] -= 1
        if not self._addresses[self._address]:
            del self._addresses[self._address]
        super().connection_lost(exc)

    def _cut_off_later(self) -> asyncio.TimerHandle:
        return self.loop.call_later(PATIENCE, self.transport.abort)

    def _stop_head(self) -> None:
        if self._head:
            self._head.cancel()
        self._head = None

    def _stop_answer(self) -> None:
        if self._answer:
            self._answer.cancel()
        self._answer = None


class _Server(uvicorn.Server):
    """Ends with 0 after Ctrl-C or a request to terminate, when the answers that are under way are out."""

    def __init__(self, config: uvicorn.Config, started: Callable[[], None]) -> None:
        super().__init__(config)
        self._told = started

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._told()

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        before = {number: signal.signal(number, self.handle_exit) for number in (signal.SIGINT, signal.SIGTERM)}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)


def listen(host: str, port: int) -> socket.socket:
    """A socket on which connections wait from now on; port 0 for any that is free."""
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        return socket.create_server((host, port), family=family, backlog=MOST_CONNECTIONS)
    except (OSError, OverflowError, UnicodeError) as error:
        why = error.strerror if isinstance(error, OSError) and error.strerror else type(error).__name__
        raise Refused("http-address", f"{host}, port {port}: {why}") from None


def address_of(listener: socket.socket) -> str:
    """The URL prefix of a listening socket."""
    host, port = listener.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def serve(
    app: App, listener: socket.socket, report: Report, started: Callable[[], None], limits: Limits | None = None
) -> None:
    """Answer requests until Ctrl-C or a request to terminate. started: called when both are listened to."""
    most = limits or Limits()
    protocol: Any = partial(PatientProtocol, most, Counter[str]())
    config = uvicorn.Config(
        _guarded(app, report),
        http=protocol,
        ws="none",
        lifespan="off",
        log_config=None,
        log_level="critical",
        access_log=False,
        proxy_headers=False,
        server_header=False,
        backlog=MOST_CONNECTIONS,
        timeout_keep_alive=most.keep_alive,
        timeout_graceful_shutdown=_LAST_ANSWERS,
        h11_max_incomplete_event_size=_LONGEST_HEAD,
    )
    with listener:
        _Server(config, started).run([listener])


async def body_of(request: Request, limit: int) -> bytes:
    """The body of a request, refused as soon as it is known to be above the limit."""
    stated = request.headers.get("content-length", "0")
    if not stated.isdecimal() or len(stated) > 12 or int(stated) > limit:
        raise TooLarge
    data = bytearray()
    try:
        async with asyncio.timeout(PATIENCE):
            async for chunk in request.stream():
                data += chunk
                if len(data) > limit:
                    raise TooLarge
    except (TimeoutError, ClientDisconnect):
        raise TooSlow from None
    return bytes(data)


def text(status: int, line: str, **headers: str) -> Response:
    """An answer of one line."""
    return Response(f"{line}\n".encode(), status, dict(headers), media_type=TEXT)


def _guarded(app: App, report: Report) -> App:
    """The same application, which never raises: a bug is one line for its owner and an answer of 500."""

    async def guarded(scope: Message, receive: Receive, send: Send) -> None:
        started = False

        async def watched(message: Message) -> None:
            nonlocal started
            started = True
            await send(message)

        try:
            await app(scope, receive, watched)
        except Exception as error:
            report(f"internal error: {type(error).__name__} at {scope.get('method')} {scope.get('path')!a}")
            if not started:
                await text(500, "internal error")(scope, receive, send)

    return guarded
