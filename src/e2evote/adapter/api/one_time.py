"""One-time tokens: how a voter session gets from the host into the voter's browser (docs/http.md, Sessions).

The host asks for a session for one of its members and sends the browser to the client with a token in the fragment of
the address. The client exchanges it, once; who finds the address later, in a history say, finds nothing. Only a hash of
a token is kept; the session beside it is wiped when it was taken, and the time is rounded up to ten minutes.
"""

import hashlib
import secrets
import time
from collections.abc import Callable
from datetime import UTC, datetime

from e2evote.adapter.api.problems import Problem
from e2evote.adapter.api.state import StateFile

MINUTES = 30
"""How long a token may be exchanged, if nothing else is configured."""

_GRAIN = 600
_REMEMBERED = 7 * 86400
"""Seconds that it is known of a token that it is used or too old; afterwards there is no such token."""

_TABLE = """create table if not exists one_time_tokens (
    hash blob primary key, session text not null, expires integer not null) without rowid"""


class OneTimeTokens:
    """The tokens of one election."""

    def __init__(self, state: StateFile, minutes: int = MINUTES, clock: Callable[[], float] = time.time) -> None:
        self._state, self._seconds, self._clock = state, 60 * minutes, clock
        state.ensure(_TABLE)

    def issue(self, session: str) -> tuple[str, str]:
        """A token for this session, and until when it is good: `YYYY-MM-DDThh:mm:ssZ`."""
        token, now = secrets.token_urlsafe(32), int(self._clock())
        expires = -(-(now + self._seconds) // _GRAIN) * _GRAIN
        with self._state.writing() as db:
            db.execute("delete from one_time_tokens where expires < ?", (now - _REMEMBERED,))
            db.execute("insert into one_time_tokens values (?, ?, ?)", (_hash(token), session, expires))
        return token, datetime.fromtimestamp(expires, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")

    def exchange(self, token: str) -> str:
        """The session, to whoever comes first with its token; Problem otherwise."""
        name = _hash(token)
        with self._state.writing() as db:
            found = db.execute("select session, expires from one_time_tokens where hash = ?", (name,)).fetchone()
            session, expires = (str(found[0]), int(found[1])) if found else ("", 0)
            if not session:  # what is not known is forgotten, or was never given out: no more is said
                raise Problem("token-used", "ask the host for a new session")
            if expires <= self._clock():
                raise Problem("token-expired", "ask the host for a new session")
            db.execute("update one_time_tokens set session = '' where hash = ?", (name,))
        return session


def _hash(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()
