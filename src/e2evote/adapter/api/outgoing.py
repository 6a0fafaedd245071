"""Requests that the server itself makes: for an issuer's keys, and to webhooks (docs/http-acts.md).

Only to addresses that stand in the configuration, by https, or by http to this machine. No redirect is followed, no
proxy is taken from the environment, no answer is read beyond its limit or its time. So nobody who talks to the server
can make it talk to somebody else.
"""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

import httpx2

from e2evote.errors import Refused

LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})
TIMEOUT = 5.0
_LONGEST_URL = 1000


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back."""

    status: int
    body: bytes


def checked_url(url: str) -> str:
    """The same, if it may be asked: https, or http to this machine; no user, no fragment. Else Refused `url`."""
    parts = urlsplit(url) if url.isascii() and url.isprintable() and " " not in url else urlsplit("")
    try:
        parts.port  # noqa: B018 - raises for a port that is none
    except ValueError:
        parts = urlsplit("")
    secure = parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in LOOPBACK)
    if not secure or not parts.hostname or parts.username or parts.password or parts.fragment or "\\" in url:
        raise Refused("url", f"{url[:100]!r}: want https://…, or http://… of this machine, without a user or fragment")
    if len(url) > _LONGEST_URL:
        raise Refused("url", f"a URL of {len(url)} characters, limit {_LONGEST_URL}")
    return url


class Outgoing:
    """Makes requests. No connection and no part of an answer is waited for longer than `timeout` seconds."""

    def __init__(self, timeout: float = TIMEOUT) -> None:
        self._timeout = timeout

    def get(self, url: str, limit: int) -> Answer:
        """The answer, its body at most `limit` bytes; Refused `url-unreachable` where there is none such."""
        return self._ask("GET", url, limit, b"", {"accept": "application/json"})

    def post(self, url: str, body: bytes, headers: Mapping[str, str], limit: int = 4096) -> Answer:
        """The answer to a request with this body; of its own body no more than the first `limit` bytes are read."""
        return self._ask("POST", url, limit, body, headers)

    def _ask(self, method: str, url: str, limit: int, body: bytes, headers: Mapping[str, str]) -> Answer:
        deadline = time.monotonic() + self._timeout
        data = bytearray()
        try:
            with (
                httpx2.Client(timeout=self._timeout, trust_env=False, follow_redirects=False) as client,
                client.stream(method, checked_url(url), content=body or None, headers=dict(headers)) as response,
            ):
                for chunk in response.iter_raw():
                    data += chunk
                    if len(data) > limit and method == "GET":
                        raise Refused("url-unreachable", f"{url}: an answer of more than {limit} bytes")
                    if len(data) > limit:
                        break
                    if time.monotonic() > deadline:
                        raise Refused("url-unreachable", f"{url}: no whole answer within {self._timeout:g} s")
                return Answer(response.status_code, bytes(data[:limit]))
        except (httpx2.HTTPError, httpx2.InvalidURL, OSError) as error:
            raise Refused("url-unreachable", f"{url}: {type(error).__name__}") from None
