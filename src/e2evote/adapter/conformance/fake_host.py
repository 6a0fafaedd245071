"""A host's site as it should be, as small as can be: to try the kit on, and for tests of an adapter without a site.

    with FakeHost(api, anchors, token, webhook_key="whpk_…") as host:
        …                        host.url + "/vote", "/element", "/hooks"; host.events has what came to /hooks

`/vote` has a form, and sends on to the ballot client with pinned anchors; `/element` has the ballot in it. It knows no
members: whoever comes is a new voter. Nothing is kept. A thread serves it on this machine alone.
"""

import base64
import binascii
import html
import json
import secrets
import threading
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self

from e2evote.adapter.api.webhook_key import PUBLIC
from e2evote.adapter.conformance.client_files import integrity_of
from e2evote.adapter.conformance.deployment import Deployment, Failed, Given
from e2evote.adapter.conformance.html_page import origin
from e2evote.adapter.conformance.tokens import one_time_token
from e2evote.proofs.signature import PublicKey, decode_public_key
from e2evote.verify.anchors import Anchors

TOLERANCE = 300
"""Seconds by which the time of an event may differ."""

_LARGEST_EVENT = 64 * 1024
_FORM = '<form id="vote" method="post" action="vote"><button>Vote</button></form>'


class FakeHost:
    """One host for one selection. token: with the scope ballot:submit. webhook_key: the adapter's, whpk_…."""

    kept = "no-store"
    """Cache-Control of its answers."""

    def __init__(self, api: str, anchors: Anchors, token: str = "", *, webhook_key: str = "", port: int = 0) -> None:
        self._adapter = Deployment(api, Given(token=token))
        self.anchors = f"{anchors.base_hash.hex()}-{anchors.extended_base_hash.hex()}"
        self._webhook_key = _public(webhook_key)
        self._seen: set[str] = set()
        self.events: list[dict[str, Any]] = []
        self._server = ThreadingHTTPServer(("127.0.0.1", port), self._handler())
        self.url = f"http://localhost:{self._server.server_port}"

    def serve(self) -> None:
        """Answers until the process is interrupted; `with` does it beside what else is done."""
        try:
            self._server.serve_forever()
        finally:
            self._close()

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._close()

    def _close(self) -> None:
        self._server.server_close()
        self._adapter.close()

    def token(self) -> str:
        """A one-time token for a voter whom nobody knows; Failed where the adapter gives none."""
        api, members = f"{self._adapter.api}/sessions", {"voter_ref": secrets.token_urlsafe(32)}
        answer = self._adapter.post(api, members, self._adapter.given.token)
        return one_time_token(str(answer.members().get("url", "")))

    def client_url(self) -> str:
        """Where a voter is sent: this host's anchors, and of the adapter's answer the token alone."""
        return f"{self._adapter.pages}/client/#anchors={self.anchors}&session={self.token()}"

    def element(self) -> str:
        """A page with the ballot in it, whose script is pinned by its hash."""
        module = f"{self._adapter.pages}/client/e2evote.js"
        digest = integrity_of(self._adapter.found(module).body)["sha384"]
        attributes = {"api": f"{self._adapter.api}/", "anchors": self.anchors, "session": self.token(), "lang": "en"}
        written = " ".join(f'{name}="{html.escape(value)}"' for name, value in attributes.items())
        return (
            '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Vote</title>'
            f'<script type="module" src="{html.escape(module)}" integrity="{digest}" crossorigin="anonymous"></script>'
            f"</head><body><main><h1>Vote</h1><e2evote-ballot {written}></e2evote-ballot></main></body></html>"
        )

    def policy(self) -> str:
        """The Content-Security-Policy of its pages: scripts and answers of the adapter, and nothing else."""
        adapter = "://".join(origin(self._adapter.root))
        return (
            f"default-src 'none'; script-src {adapter}; connect-src {adapter}; form-action 'self' {adapter}; "
            "base-uri 'none'; frame-ancestors 'none'"
        )

    def receive(self, webhook_id: str, timestamp: str, signatures: str, body: bytes) -> int:
        """The status for a delivery: 204 taken, 400 not from the adapter or too old, 409 known already."""
        if not self.is_signed(f"{webhook_id}.{timestamp}.".encode(), body, signatures) or not self.is_recent(timestamp):
            return 400
        if webhook_id in self._seen:
            return 409
        self._seen.add(webhook_id)
        self.events.append(json.loads(body))
        return 204

    def is_signed(self, head: bytes, body: bytes, signatures: str) -> bool:
        """Whether one of the signatures over head and body, byte by byte as it came, is the adapter's."""
        key = self._webhook_key
        return key is not None and any(key.verify(head + body, _decoded(one)) for one in signatures.split(" "))

    def is_recent(self, timestamp: str) -> bool:
        """Whether it was sent just now, by this machine's clock."""
        return timestamp.isdecimal() and abs(time.time() - int(timestamp)) <= TOLERANCE

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        host = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                if self.path == "/element":
                    self._page(host.element)
                elif self.path == "/vote":
                    self._page(lambda: f'<!doctype html><html lang="en"><title>Vote</title>{_FORM}</html>')
                else:
                    self._answer(404)

            def do_POST(self) -> None:
                length = int(self.headers.get("content-length", 0))
                body = self.rfile.read(min(length, _LARGEST_EVENT))
                if self.path == "/vote":
                    try:
                        self._answer(303, location=host.client_url())
                    except Failed as failed:
                        self._answer(502, str(failed))
                elif self.path == "/hooks":
                    named = (self.headers.get(f"webhook-{name}", "") for name in ("id", "timestamp", "signature"))
                    webhook_id, timestamp, signatures = named
                    self._answer(host.receive(webhook_id, timestamp, signatures, body))
                else:
                    self._answer(404)

            def _page(self, made: Callable[[], str]) -> None:
                try:
                    self._answer(200, made(), content_type="text/html; charset=utf-8")
                except Failed as failed:
                    self._answer(502, str(failed))

            def _answer(self, status: int, text: str = "", **headers: str) -> None:
                data = text.encode()
                self.send_response_only(status)
                self.send_header("Cache-Control", host.kept)
                self.send_header("Content-Security-Policy", host.policy())
                if status != 204:
                    self.send_header("Content-Length", str(len(data)))
                for name, value in headers.items():
                    self.send_header(name.replace("_", "-"), value)
                self.end_headers()
                self.wfile.write(data)

        return Handler


def _public(text: str) -> PublicKey | None:
    """The key that is written so; None for no key."""
    return decode_public_key(base64.b64decode(text.removeprefix(PUBLIC))) if text else None


def _decoded(signature: str) -> bytes:
    """The 64 bytes of `v1a,<base64>`; b"" for anything else."""
    version, _, text = signature.partition(",")
    try:
        return base64.b64decode(text, validate=True) if version == "v1a" else b""
    except binascii.Error:
        return b""
