"""A request that is sent twice with one `Idempotency-Key` is carried out once (draft-ietf-httpapi-idempotency-key).

For two days after a request has succeeded its answer is given again to whoever repeats it: the same token's subject,
the same key, the same request. Another request under the same key is refused, and so is the same one while the first
is still being carried out. A request that was refused may be sent again under its key, since nothing came of it.
"""

import asyncio
import json
import re
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress

from fastapi import Request, Response

from e2evote.adapter.api.problems import Problem
from e2evote.adapter.api.state import StateFile
from e2evote.errors import E2EVoteError
from e2evote.hashing import canonical
from e2evote.hashing.canonical import JSON
from e2evote.hashing.digest import sha256

HEADER = "idempotency-key"
KEPT_SECONDS = 48 * 3600
ABANDONED_SECONDS = 600
"""After this long without an answer the process that began it is taken to have died."""

_FORM = re.compile(r'"?([!#-~]{1,200})"?', re.ASCII)
_HEADERS = ("content-type", "etag", "location")
_TABLE = """create table if not exists idempotency (subject blob not null, key text not null, request blob not null,
    status integer not null, headers text not null, body blob not null, made real not null,
    primary key (subject, key)) without rowid"""


def key_of(request: Request, *, required: bool = False) -> str:
    """The key of the request, with or without quotation marks; "" for none."""
    given = request.headers.get(HEADER)
    if given is None:
        if required:
            raise Problem("idempotency-key-missing", "this request needs the header Idempotency-Key")
        return ""
    found = _FORM.fullmatch(given)
    if not found:
        raise Problem("request-malformed", "Idempotency-Key has 1 to 200 printable ASCII characters")
    return found[1]


class Idempotency:
    """The keys that one state file remembers."""

    def __init__(self, state: StateFile, clock: Callable[[], float] = time.time) -> None:
        self._state, self._clock = state, clock
        state.ensure(_TABLE)

    async def once(
        self, subject: str, key: str, request: Request, members: JSON, work: Callable[[], Awaitable[Response]]
    ) -> Response:
        """The answer to the request; `work` makes it, if nobody has before. key: "" for a request without."""
        if not key:
            return await work()
        name = sha256(subject.encode())
        if earlier := await asyncio.to_thread(self._begun, name, key, request.method, request.url.path, members):
            return earlier
        try:
            response = await work()
        except BaseException:
            with suppress(E2EVoteError):
                await asyncio.to_thread(self._forget, name, key)
            raise
        if response.status_code < 300:
            await asyncio.to_thread(self._done, name, key, response)
        else:
            await asyncio.to_thread(self._forget, name, key)
        return response

    def _begun(self, name: bytes, key: str, method: str, path: str, members: JSON) -> Response | None:
        """The earlier answer; None where the request is to be carried out now, which is noted."""
        mark = sha256(canonical.encode([method, path, sha256(canonical.encode(members)).hex()]))
        now = self._clock()
        with self._state.writing() as db:
            db.execute(
                "delete from idempotency where made < ? or (status = 0 and made < ?)",
                (now - KEPT_SECONDS, now - ABANDONED_SECONDS),
            )
            row = db.execute(
                "select request, status, headers, body from idempotency where subject = ? and key = ?", (name, key)
            ).fetchone()
            if row is None:
                db.execute("insert into idempotency values (?, ?, ?, 0, '', x'', ?)", (name, key, mark, now))
                return None
        request, status, headers, body = row
        if request != mark:
            raise Problem("idempotency-mismatch", "another request was sent with this Idempotency-Key")
        if not status:
            raise Problem("idempotency-busy", headers={"retry-after": "2"})
        return Response(body, status, {**json.loads(headers), "idempotency-replayed": "true"})

    def _done(self, name: bytes, key: str, response: Response) -> None:
        headers = {name: response.headers[name] for name in _HEADERS if name in response.headers}
        with self._state.writing() as db:
            db.execute(
                "update idempotency set status = ?, headers = ?, body = ? where subject = ? and key = ?",
                (response.status_code, json.dumps(headers), bytes(response.body), name, key),
            )

    def _forget(self, name: bytes, key: str) -> None:
        with self._state.writing() as db:
            db.execute("delete from idempotency where subject = ? and key = ? and status = 0", (name, key))
