"""The body of a request: its size is limited before it is read, its time too, and then it is strict JSON.

Every body counts against one `Room` until its request is answered, so that many large ones at a time are refused and
not held in memory; one client may have a part of it, unless it has shown a token. A client that sends less than
`SLOWEST` bytes a second is cut off after some patience, whatever it has sent before.
"""

import asyncio
from collections import Counter
from collections.abc import Callable, Collection, Mapping
from functools import partial
from typing import TypeVar

from fastapi import Request
from starlette.requests import ClientDisconnect

from e2evote.adapter.api.problems import FieldError, Problem
from e2evote.adapter.api.strict_json import decode_json
from e2evote.adapter.http_server import PATIENCE
from e2evote.errors import MalformedInput
from e2evote.hashing.canonical import JSON

SLOWEST = 8 * 1024
"""Bytes a second that a client must send; it may fall behind by as many seconds as the server has patience."""

SHARE = 4
"""What part of the room one client may have: a fourth."""

_AT_ONCE = 64 * 1024
"""Larger bodies are parsed by another thread."""

T = TypeVar("T")
Members = dict[str, JSON]


HELD = "e2evote.held"
"""Where the scope of a request has the `Held` of its body."""


class Held:
    """How many bytes one request holds. client: whose it is, by a name; b"" for one that may have all that is left."""

    def __init__(self, client: bytes = b"") -> None:
        self.client, self.size = client, 0

    def admit(self) -> None:
        """It has shown a token."""
        self.client = b""


class Room:
    """How many bytes of bodies this process holds at a time; each is held until its request has been answered.

    largest: of one body that each client may send, also where its part of the room would be less.
    """

    def __init__(self, most: int, largest: int = 0) -> None:
        self._left, self._share = most, max(most // SHARE, largest)
        self._of: Counter[bytes] = Counter()

    def take(self, held: Held, size: int) -> None:
        """So many more bytes for one request; Problem `busy` where there is no room."""
        if size > self._left or (held.client and self._of[held.client] + size > self._share):
            raise Problem("busy", "too many large requests at a time", headers={"retry-after": "5"})
        self._left -= size
        held.size += size
        if held.client:
            self._of[held.client] += size

    def give_back(self, held: Held) -> None:
        """The request has been answered."""
        self._left += held.size
        if held.client:
            self._of[held.client] -= held.size
            if not self._of[held.client]:
                del self._of[held.client]
        held.size = 0


async def json_body(
    request: Request, room: Room, limit: int, required: Collection[str], optional: Collection[str] = ()
) -> Members:
    """The members of the body, a JSON object with these names and no others."""
    return members_of(await json_value(request, room, limit), required, optional)


async def json_value(request: Request, room: Room, limit: int) -> JSON:
    """The body, any JSON."""
    _check_type(request)
    data = await _read(request, limit, partial(room.take, request.scope.get(HELD) or Held()))
    try:
        return decode_json(data) if len(data) < _AT_ONCE else await asyncio.to_thread(decode_json, data)
    except MalformedInput as error:
        raise Problem("request-malformed", f"the body: {error}") from None


def members_of(value: JSON, required: Collection[str], optional: Collection[str] = ()) -> Members:
    """A JSON object with these names and no others."""
    if not isinstance(value, dict):
        raise Problem("request-malformed", "the body is not a JSON object", errors=[FieldError("", "want an object")])
    missing = [FieldError("", f"{name!r} is missing") for name in required if name not in value]
    unknown = [FieldError("", "a member that is not known here")] if set(value) - {*required, *optional} else []
    if missing or unknown:
        names = ", ".join((*required, *optional))
        raise Problem("request-malformed", f"want an object with {names}", errors=[*missing, *unknown])
    return value


def member(members: Mapping[str, JSON], name: str, read: Callable[[JSON, str], T]) -> T:
    """One member by a reader of `hashing.fields`; Problem `request-malformed` with its pointer."""
    try:
        return read(members[name], name)
    except MalformedInput as error:
        raise Problem("request-malformed", str(error), errors=[FieldError(f"/{name}", str(error))]) from None


def _check_type(request: Request) -> None:
    media_type, _, parameters = request.headers.get("content-type", "").partition(";")
    if media_type.strip().lower() != "application/json":
        raise Problem("media-type", "the body is application/json")
    if parameters.replace(" ", "").lower() not in ("", "charset=utf-8", 'charset="utf-8"'):
        raise Problem("media-type", "the body is application/json in UTF-8")
    if request.headers.get("content-encoding", "identity").strip().lower() != "identity":
        raise Problem("media-type", "the body is not compressed")


async def _read(request: Request, limit: int, take: Callable[[int], None]) -> bytes:
    stated = request.headers.get("content-length", "0")
    if not (stated.isascii() and stated.isdecimal()) or len(stated) > 12 or int(stated) > limit:
        raise _too_large(limit)
    data, clock = bytearray(), asyncio.get_running_loop().time
    end = clock() + PATIENCE
    try:
        async with asyncio.timeout_at(end) as patience:
            async for chunk in request.stream():
                if len(data) + len(chunk) > limit:
                    raise _too_large(limit)
                take(len(chunk))
                data += chunk
                end = min(end + len(chunk) / SLOWEST, clock() + PATIENCE)
                patience.reschedule(end)
    except TimeoutError:
        raise Problem("too-slow", headers={"connection": "close"}) from None
    except ClientDisconnect:
        raise Problem("too-slow", headers={"connection": "close"}) from None
    return bytes(data)


def _too_large(limit: int) -> Problem:
    return Problem("too-large", f"at most {limit} bytes", headers={"connection": "close"})
