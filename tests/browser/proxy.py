"""A reverse proxy that serves a server under a sub-folder, and can lie: it changes, swallows and makes up answers.

It stands for a dishonest server as much as for a proxy: whatever it answers is what the browser gets from its origin.
"""

import http.client
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

FOLDER = "/our/votes"
"""Where the proxy has the server: no path of a page may begin at the root."""
HOP = {"connection", "content-length", "date", "keep-alive", "server", "transfer-encoding"}
NOT_PASSED = {"accept-encoding", "connection", "host", "if-none-match", "keep-alive"}


class Cut(Exception):
    """The connection ends here, without an answer."""


@dataclass(slots=True)
class Exchange:
    """One request, by its path below the folder, and its answer; status 0 as long as there is none."""

    method: str
    path: str
    asked: bytes = field(repr=False)
    status: int = 0
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = field(default=b"", repr=False)


Rule = Callable[[Exchange], None]
Head = Callable[[str, str], bool]


class Proxy:
    """What it does is in `before` (an answer made there is the answer) and `after` (the server has answered)."""

    def __init__(self) -> None:
        self.server: tuple[str, int] | None = None
        self.before: list[Rule] = []
        self.after: list[Rule] = []
        self.passed: list[Exchange] = []
        self._http = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._http.daemon_threads = True
        self._thread = threading.Thread(target=self._http.serve_forever, args=(0.05,), daemon=True)
        self._thread.start()

    @property
    def origin(self) -> str:
        return f"http://127.0.0.1:{self._http.server_address[1]}"

    @property
    def url(self) -> str:
        """The public address of the server behind it."""
        return f"{self.origin}{FOLDER}"

    def close(self) -> None:
        self._http.shutdown()
        self._http.server_close()
        self._thread.join()

    @contextmanager
    def lying(self, method: str, path: str, rule: Rule, *, before: bool = False) -> Iterator[list[Exchange]]:
        """Answers to requests of this kind are changed by the rule meanwhile; those that it has changed so far."""
        lied: list[Exchange] = []

        def apply(exchange: Exchange) -> None:
            if exchange.method == method and exchange.path.partition("?")[0] == path:
                lied.append(exchange)
                rule(exchange)

        rules = self.before if before else self.after
        rules.append(apply)
        try:
            yield lied
        finally:
            rules.remove(apply)

    def posted(self, path: str) -> list[bytes]:
        """The bodies that came to this path."""
        return [one.asked for one in self.passed if one.method == "POST" and one.path == path]

    def ask(self, exchange: Exchange, headers: dict[str, str]) -> None:
        """The server's own answer; 502 while there is none, as proxies say."""
        if self.server is None:
            exchange.status, exchange.body = 502, b"bad gateway"
            return
        connection = http.client.HTTPConnection(*self.server, timeout=60)
        try:
            connection.request(exchange.method, exchange.path, exchange.asked or None, headers)
            answer = connection.getresponse()
            exchange.status, exchange.body = answer.status, answer.read()
            exchange.headers = {name.lower(): text for name, text in answer.getheaders() if name.lower() not in HOP}
        except (OSError, http.client.HTTPException):
            exchange.status, exchange.body = 502, b"bad gateway"
        finally:
            connection.close()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        proxy = self

        class Handler(BaseHTTPRequestHandler):
            def _serve(self) -> None:
                self.close_connection = True
                asked = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                below = self.path.startswith(f"{FOLDER}/")
                exchange = Exchange(self.command, self.path.removeprefix(FOLDER) if below else self.path, asked)
                proxy.passed.append(exchange)
                try:
                    for rule in tuple(proxy.before):
                        rule(exchange)
                    if exchange.status == 0 and below:
                        headers = {name: text for name, text in self.headers.items() if name.lower() not in NOT_PASSED}
                        proxy.ask(exchange, headers)
                    elif exchange.status == 0:
                        exchange.status = 404
                    for rule in tuple(proxy.after):
                        rule(exchange)
                except Cut:
                    return
                self._answer(exchange)

            do_GET = do_HEAD = do_OPTIONS = do_POST = do_PUT = _serve

            def _answer(self, exchange: Exchange) -> None:
                try:
                    self.send_response(exchange.status)
                    for name, text in exchange.headers.items():
                        self.send_header(name, text)
                    self.send_header("Content-Length", str(len(exchange.body)))
                    self.end_headers()
                    if self.command != "HEAD":
                        self.wfile.write(exchange.body)
                except ConnectionError:
                    return  # the browser has gone

            def log_message(self, format: str, *args: Any) -> None:
                return

        return Handler
