"""Another web server on this machine, for tests of requests that the server makes: it answers what it is told."""

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

Given = tuple[int, bytes, Mapping[str, str]]
"""Status, body and headers of an answer."""


@dataclass
class Other:
    """answers: by path. asked: method, path, headers in lower case and body of every request."""

    url: str = ""
    answers: dict[str, Given | Callable[[], Given]] = field(default_factory=dict)
    asked: list[tuple[str, str, dict[str, str], bytes]] = field(default_factory=list)


@contextmanager
def other_server() -> Iterator[Other]:
    """A server at `url` as long as the `with` statement lasts."""
    other = Other()

    class Handler(BaseHTTPRequestHandler):
        def answer(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length") or 0))
            headers = {name.lower(): value for name, value in self.headers.items()}
            other.asked.append((self.command, self.path, headers, body))
            found = other.answers.get(self.path, (404, b"", {}))
            status, data, more = found() if callable(found) else found
            self.send_response(status)
            for name, value in more.items():
                self.send_header(name, value)
            self.send_header("content-length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        do_GET = do_POST = answer

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        other.url = f"http://127.0.0.1:{server.server_address[1]}"
        thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        try:
            yield other
        finally:
            server.shutdown()
            thread.join()
