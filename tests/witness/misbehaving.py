"""Web servers that do one thing each, right or wrong: they read a request and send what the test says."""

import contextlib
import socket
import threading
from collections.abc import Callable, Iterator

Reply = Callable[[socket.socket, bytes], None]
"""What to do with a connection once a request has come on it."""


def reply(*pieces: bytes) -> Reply:
    """Send these bytes."""

    def send(connection: socket.socket, _request: bytes) -> None:
        for piece in pieces:
            connection.sendall(piece)

    return send


def whole(body: bytes, status: str = "200 OK", kind: str = "text/plain; charset=utf-8", extra: str = "") -> bytes:
    """An answer with its length."""
    return f"HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\n{extra}\r\n".encode() + body


class Requests(list[bytes]):
    """What was received, a request each; and how many connections there were."""

    connections = 0


@contextlib.contextmanager
def server(answer: Reply, per_connection: int = 1) -> Iterator[tuple[str, Requests]]:
    """(address, requests received) of a server that closes each connection after so many answers."""
    received = Requests()
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            received.connections += 1
            threading.Thread(target=converse, args=(connection,), daemon=True).start()

    def converse(connection: socket.socket) -> None:
        with connection, contextlib.suppress(OSError):
            for _ in range(per_connection):
                request = _request(connection)
                if not request:
                    return
                received.append(request)
                answer(connection, request)

    threading.Thread(target=serve, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}", received
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()


def _request(connection: socket.socket) -> bytes:
    data = b""
    while b"\r\n\r\n" not in data:
        more = connection.recv(65536)
        if not more:
            return b""
        data += more
    head, _, body = data.partition(b"\r\n\r\n")
    length = next(
        (int(line.split(b":")[1]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-l")), 0
    )
    while len(body) < length:
        body += connection.recv(65536)
    return head + b"\r\n\r\n" + body
