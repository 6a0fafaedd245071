"""A proxy before a real adapter that breaks one thing: which, the first folder of the address says.

    http://localhost:PORT/<breakage>/v1/elections/ID     is the adapter's own answer, but for what that breakage does

The adapter knows nothing of the sub-folder, so what passes unbroken under it works in a sub-folder.
"""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import httpx2

Headers = list[tuple[str, str]]


@dataclass(frozen=True)
class Exchange:
    """A request as it came, with what the adapter answered to it."""

    method: str
    path: str
    sent: bytes
    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes

    def header(self, name: str) -> str:
        return next((value for known, value in self.headers if known == name), "")

    def without(self, *names: str) -> "Exchange":
        return replace(self, headers=tuple(pair for pair in self.headers if pair[0] not in names))

    def having(self, name: str, value: str) -> "Exchange":
        return replace(self.without(name), headers=(*self.without(name).headers, (name, value)))

    def saying(self, body: bytes) -> "Exchange":
        return replace(self, body=body)

    @property
    def is_page(self) -> bool:
        return self.header("content-type").startswith("text/html")


Break = Callable[[Exchange], Exchange]
_HOP = {"connection", "keep-alive", "transfer-encoding", "content-length", "content-encoding", "date", "server"}


def _other_selection(seen: Exchange) -> Exchange:
    """The address leads to another selection of the same server."""
    if seen.method != "GET" or not seen.path.endswith("/elections/committee"):
        return seen
    return seen.saying(json.dumps({**json.loads(seen.body), "id": "before"}).encode())


def _own_page(status: int) -> Break:
    """The proxy has pages of its own for errors."""

    def broken(seen: Exchange) -> Exchange:
        if seen.status != status:
            return seen
        return seen.saying(b"<h1>Oops</h1>").having("content-type", "text/html")

    return broken


def _own_400(seen: Exchange) -> Exchange:
    return _own_page(400)(seen) if len(seen.sent) < 1_000 else seen


def _no_allow(seen: Exchange) -> Exchange:
    return seen.without("allow") if seen.status == 405 else seen


def _small_bodies(seen: Exchange) -> Exchange:
    if len(seen.sent) <= 1_000_000:
        return seen
    return replace(seen, status=413, body=b"too large").having("content-type", "text/plain")


def _balancer(seen: Exchange) -> Exchange:
    return seen.having("set-cookie", "balancer=3; Path=/") if seen.path.endswith("/checkpoint") else seen


def _own_origin(seen: Exchange) -> Exchange:
    return seen.having("access-control-allow-origin", "https://site.example") if seen.method == "GET" else seen


def _credentials(seen: Exchange) -> Exchange:
    return seen.having("access-control-allow-credentials", "true")


def _preflight(seen: Exchange) -> Exchange:
    return seen.without("access-control-allow-origin") if seen.method == "OPTIONS" else seen


def _kept_checkpoint(seen: Exchange) -> Exchange:
    return seen.having("cache-control", "public, max-age=86400") if seen.path.endswith("/checkpoint") else seen


def _never_kept(seen: Exchange) -> Exchange:
    return seen.having("cache-control", "no-cache") if "/tile/" in seen.path else seen


def _pretty_manifest(seen: Exchange) -> Exchange:
    if not seen.path.endswith("/manifest"):
        return seen
    return seen.saying(json.dumps(json.loads(seen.body), indent=1, ensure_ascii=False).encode())


def _without_integrity(seen: Exchange) -> Exchange:
    """The client's page as somebody's minifier leaves it."""
    if seen.path.endswith("/client/"):
        return seen.saying(seen.body.replace(b" integrity=", b" data-integrity="))
    return seen


def _more_style(seen: Exchange) -> Exchange:
    """A style sheet with more in it than the manifest's; no integrity in the page stops it."""
    return seen.saying(seen.body + b"/* */") if seen.path.endswith("/client/e2evote.css") else seen


def _inline_allowed(seen: Exchange) -> Exchange:
    policy = seen.header("content-security-policy")
    loose = policy.replace("script-src 'self'", "script-src 'self' 'unsafe-inline'")
    return seen.having("content-security-policy", loose) if seen.is_page else seen


def _no_policy(seen: Exchange) -> Exchange:
    return seen.without("content-security-policy")


def _framed(seen: Exchange) -> Exchange:
    return seen.without("x-frame-options")


def _counter(seen: Exchange) -> Exchange:
    """A script of somebody who counts visitors."""
    if not (seen.is_page and seen.path.endswith("/tracker")):
        return seen
    script = b'<script src="https://counter.example/c.js"></script></body>'
    return seen.saying(seen.body.replace(b"</body>", script))


def _preload(seen: Exchange) -> Exchange:
    return seen.having("link", "<https://cdn.example/x.css>; rel=preload") if seen.is_page else seen


def _from_the_root(seen: Exchange) -> Exchange:
    """Links that forget the folder, on one page."""
    if not (seen.is_page and seen.path.endswith("/audit")):
        return seen
    return seen.saying(seen.body.replace(b"</body>", b'<a href="/elections/">All</a></body>'))


def _everybody(seen: Exchange) -> Exchange:
    """A proxy that adds a token of its own to whatever comes."""
    if seen.status != 401:
        return seen
    return replace(seen, status=201, body=b'{"url":"","expires":""}')


def _session_url(change: Callable[[dict[str, Any], Exchange], str]) -> Break:
    def broken(seen: Exchange) -> Exchange:
        if not seen.path.endswith("/sessions") or seen.status != 201:
            return seen
        told = json.loads(seen.body)
        return seen.saying(json.dumps({**told, "url": change(told, seen)}).encode())

    return broken


def _with_reference(told: dict[str, Any], seen: Exchange) -> str:
    return f"{told['url']}&member={json.loads(seen.sent)['voter_ref']}"


def _lying(told: dict[str, Any], _: Exchange) -> str:
    token = told["url"].rpartition("session=")[2]
    return f"https://evil.example/client/#anchors={'0' * 64}-{'0' * 64}&session={token}"


def _no_json(seen: Exchange) -> Exchange:
    return seen.saying(b"[" * 100_000) if seen.path.endswith("/sessions") else seen


class _Again:
    """Answers to a token kept, and given again."""

    def __init__(self) -> None:
        self.kept: dict[bytes, Exchange] = {}

    def __call__(self, seen: Exchange) -> Exchange:
        return self.kept.setdefault(seen.sent, seen) if seen.path.endswith("/sessions/exchange") else seen


BREAKAGES: dict[str, tuple[str, Break]] = {
    "other-selection": ("adapter.reachable", _other_selection),
    "own-404": ("adapter.problem-404", _own_page(404)),
    "own-400": ("adapter.problem-400", _own_400),
    "own-405": ("adapter.problem-405", _own_page(405)),
    "no-allow": ("adapter.problem-405", _no_allow),
    "small-bodies": ("adapter.large-body", _small_bodies),
    "balancer": ("adapter.cookies", _balancer),
    "own-origin": ("adapter.cors", _own_origin),
    "credentials": ("adapter.cors", _credentials),
    "preflight": ("adapter.cors", _preflight),
    "kept-checkpoint": ("board.cache", _kept_checkpoint),
    "never-kept": ("board.cache", _never_kept),
    "pretty-manifest": ("board.manifest", _pretty_manifest),
    "without-integrity": ("client.files", _without_integrity),
    "more-style": ("client.files", _more_style),
    "inline-allowed": ("pages.headers", _inline_allowed),
    "no-policy": ("pages.headers", _no_policy),
    "framed": ("pages.headers", _framed),
    "counter": ("pages.no-third-party", _counter),
    "preload": ("pages.no-third-party", _preload),
    "from-the-root": ("pages.sub-folder", _from_the_root),
    "everybody": ("sessions.refused", _everybody),
    "elsewhere": ("sessions.address", _session_url(lambda told, _: told["url"].replace("/client/", "/client-2/"))),
    "reference": ("sessions.opaque", _session_url(_with_reference)),
    "again": ("sessions.once", _Again()),
    "liar": ("", _session_url(_lying)),
    "smuggler": ("", _session_url(lambda told, _: f"{told['url']}%0d%0a&line=17")),
    "second-token": ("", _session_url(lambda told, _: f"{told['url']}&session=mine")),
    "no-token": ("", _session_url(lambda told, _: "https://evil.example/")),
    "no-json": ("", _no_json),
}
"""By folder: the one check that has to fail, and how; no check where it is another test's."""


@contextmanager
def breaking_proxy(adapter: str) -> Iterator[str]:
    """The proxy's address while it runs; folders besides those of `BREAKAGES` break nothing."""

    client = httpx2.Client(timeout=20)

    class Handler(BaseHTTPRequestHandler):
        def handle_one(self) -> None:
            _, folder, rest = self.path.split("/", 2)
            sent = self.rfile.read(int(self.headers.get("content-length", 0)))
            kept = {name: value for name, value in self.headers.items() if name.lower() not in {*_HOP, "host"}}
            got = client.request(self.command, f"{adapter}/{rest}", content=sent or None, headers=kept)
            pairs = tuple((name.lower(), value) for name, value in got.headers.multi_items())
            body = got.content.replace(adapter.encode(), f"{proxy}/{folder}".encode())
            seen = Exchange(self.command, rest, sent, got.status_code, pairs, body)
            _, change = BREAKAGES.get(folder, ("", lambda same: same))
            self.answer(change(seen))

        do_GET = do_POST = do_DELETE = do_OPTIONS = handle_one

        def answer(self, made: Exchange) -> None:
            self.send_response_only(made.status)
            for name, value in made.headers:
                if name not in _HOP:
                    self.send_header(name, value)
            self.send_header("Content-Length", str(len(made.body)))
            self.end_headers()
            self.wfile.write(made.body)

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    proxy = f"http://localhost:{server.server_port}"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield proxy
    finally:
        server.shutdown()
        server.server_close()
        client.close()
