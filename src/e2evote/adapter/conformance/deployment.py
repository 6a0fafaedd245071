"""A deployment as it is seen from outside: its addresses, what the author gave, and every answer so far.

Requests carry no cookies but those that are given, follow no redirect, and end after some seconds.
"""

import json
import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any
from urllib.parse import urlsplit

import httpx2

from e2evote.adapter.api.webhook_key import WebhookKey
from e2evote.verify.anchors import Anchors

PATIENCE = httpx2.Timeout(20.0, connect=5.0)
LARGEST = 64 * 2**20


@cache
def _trusted() -> ssl.SSLContext:
    """The authorities of this machine, read once."""
    return ssl.create_default_context()


class Failed(Exception):
    """The deployment is not as the claim says: why, with what was seen."""


class Skipped(Exception):
    """Nothing was looked at: what the check would need."""


@dataclass(frozen=True, slots=True)
class Given:
    """What the author gives besides the address. page: its part after `#` is the id of a form to be sent."""

    page: str = ""
    page_headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    expect: Anchors | None = None
    token: str = field(default="", repr=False)
    webhook: str = ""
    webhook_key: WebhookKey | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back."""

    url: str
    status: int
    headers: httpx2.Headers
    body: bytes = field(repr=False)

    @property
    def media_type(self) -> str:
        return self.headers.get("content-type", "").split(";")[0].strip().lower()

    def text(self) -> str:
        return self.body.decode("utf-8", "replace")

    def members(self) -> dict[str, Any]:
        """The JSON object in it; Failed where it holds none."""
        try:
            found = json.loads(self.body)
        except (ValueError, RecursionError):
            found = None
        if not isinstance(found, dict):
            raise Failed(f"{self.url}: {self.status} {self.media_type or 'without a type'}, want a JSON object")
        return found


class Deployment:
    """One selection at one address, `…/v1/elections/ID` or `…/elections/ID/`."""

    def __init__(self, url: str, given: Given) -> None:
        base, _, election = url.rstrip("/").rpartition("/")
        root = base.removesuffix("/elections").removesuffix("/v1")
        if not election or not base.endswith("/elections") or urlsplit(url).scheme not in ("http", "https"):
            raise ValueError("want the address of a selection, as https://vote.example/v1/elections/ID")
        self.election, self.root, self.given = election, root, given
        self.api, self.pages = f"{root}/v1/elections/{election}", f"{root}/elections/{election}"
        self.answers: list[Answer] = []
        self.led: Answer | None = None
        """What the host's page answered."""
        self._client = httpx2.Client(timeout=PATIENCE, verify=_trusted())
        self._fetched: dict[str, Answer] = {}

    def close(self) -> None:
        """No connection stays open."""
        self._client.close()

    def send(
        self, method: str, url: str, body: bytes | None = None, headers: Mapping[str, str] | None = None
    ) -> Answer:
        """One request; Failed where nothing answers."""
        try:
            with self._client.stream(method, url, content=body, headers=headers) as response:
                data = bytearray()
                for chunk in response.iter_bytes():
                    data += chunk
                    if len(data) > LARGEST:
                        raise Failed(f"{url}: more than {LARGEST} bytes")
        except (httpx2.HTTPError, httpx2.InvalidURL) as error:
            raise Failed(f"{url}: {error or type(error).__name__}") from None
        self._client.cookies.clear()
        answer = Answer(url, response.status_code, response.headers, bytes(data))
        if url == self.api or url.startswith((f"{self.api}/", f"{self.pages}/")):
            self.answers.append(answer)
        return answer

    def get(self, url: str) -> Answer:
        """What everybody gets there, asked for once."""
        if url not in self._fetched:
            self._fetched[url] = self.send("GET", url)
        return self._fetched[url]

    def found(self, url: str) -> Answer:
        """The same, which has to be there."""
        answer = self.get(url)
        if answer.status != 200:
            raise Failed(f"{url}: the answer is {answer.status}, want 200")
        return answer

    def post(self, url: str, members: Mapping[str, Any], token: str = "") -> Answer:
        """One JSON object sent, with a bearer token if there is one."""
        headers = {"Content-Type": "application/json"} | ({"Authorization": f"Bearer {token}"} if token else {})
        return self.send("POST", url, json.dumps(members).encode(), headers)
