"""The log's side of C2SP tlog-witness over HTTP: a request out, an answer back (docs/spec.md, section 5.10).

What a request and an answer mean is `board.witnessing`'s. Here they are bytes with a limit: an answer is at most
64 KiB, nothing is asked for but http and https, no redirection is followed and no proxy is taken from the
environment. A witness that does not answer in time has given no answer, which is never more than that: whoever asks
needs a quorum, and a witness may always be down.

A connection is kept for the next request. Where it was closed meanwhile the request is sent once more on a new one,
which is harmless: a witness that has signed already says so.
"""

import http.client
import queue
import socket
import threading
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from e2evote.board.witnessing import ADD_CHECKPOINT, ANSWER_LIMIT, monitoring_path
from e2evote.errors import Refused

TIMEOUT = 10.0
"""Seconds for one request and its whole answer."""

_LONGEST_URL = 1000
_LONGEST_TYPE = 200


@dataclass(frozen=True, slots=True)
class Asked:
    """An answer as it came; nothing about it is to be believed yet."""

    status: int
    content_type: str
    body: bytes


class Witness:
    """One witness at its URL prefix (C2SP's submission and monitoring prefix). Threads take turns."""

    def __init__(self, url: str) -> None:
        self.url = url.rstrip("/")
        self._secure, self._host, self._port, self._path = _parts(url)
        self._connection: http.client.HTTPConnection | None = None
        self._lock = threading.Lock()

    def __enter__(self) -> "Witness":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def add_checkpoint(self, request: bytes, timeout: float = TIMEOUT) -> Asked:
        """The answer to an add-checkpoint request; Refused where none comes within `timeout` seconds."""
        return self._ask("POST", f"{self._path}/{ADD_CHECKPOINT}", request, timeout)

    def checkpoint(self, origin: str, timeout: float = TIMEOUT) -> Asked:
        """What the witness publishes of the log with this origin."""
        return self._ask("GET", f"{self._path}/{monitoring_path(origin)}", None, timeout)

    def close(self) -> None:
        """Give the connection up; the next request makes another."""
        with self._lock:
            self._drop()

    def _ask(self, method: str, path: str, body: bytes | None, timeout: float) -> Asked:
        deadline = time.monotonic() + timeout
        if not self._lock.acquire(timeout=timeout):
            raise self._silent(f"no answer within {timeout:g} s")
        try:
            if self._connection is not None:
                try:
                    return self._once(self._connection, method, path, body, deadline)
                except (http.client.RemoteDisconnected, ConnectionError):
                    self._drop()  # it was closed since the last answer
            self._connection = self._made()
            return self._once(self._connection, method, path, body, deadline)
        except TimeoutError:
            self._drop()
            raise self._silent(f"no answer within {timeout:g} s") from None
        except (OSError, http.client.HTTPException, ValueError) as error:
            self._drop()
            late = time.monotonic() >= deadline
            raise self._silent(f"no answer within {timeout:g} s" if late else _reason(error)) from None
        except BaseException:
            self._drop()
            raise
        finally:
            self._lock.release()

    def _once(
        self, connection: http.client.HTTPConnection, method: str, path: str, body: bytes | None, deadline: float
    ) -> Asked:
        left = deadline - time.monotonic()
        if left <= 0:
            raise TimeoutError
        connection.timeout = left
        if connection.sock is None:
            connection.connect()
        connection.sock.settimeout(left)
        # A server that sends a byte now and then never lets a read run out of time; the watch ends it all the same.
        watch = threading.Timer(max(0.0, deadline - time.monotonic()), _end, (connection.sock,))
        watch.daemon = True
        watch.start()
        try:
            headers = {"Accept": "*/*", "User-Agent": "e2evote"}
            if body is not None:
                headers["Content-Type"] = "text/plain; charset=utf-8"
            connection.request(method, path, body, headers)
            with connection.getresponse() as answer:
                data = answer.read(ANSWER_LIMIT + 1)
                if len(data) > ANSWER_LIMIT:
                    raise Refused("witness-answer", f"{self.url}: an answer of more than {ANSWER_LIMIT} bytes")
                if answer.length or time.monotonic() >= deadline:
                    raise http.client.IncompleteRead(data)
        finally:
            watch.cancel()
        kind = answer.headers.get("Content-Type", "")
        if answer.will_close:
            self._drop()
        return Asked(answer.status, kind[:_LONGEST_TYPE], data)

    def _made(self) -> http.client.HTTPConnection:
        made = http.client.HTTPSConnection if self._secure else http.client.HTTPConnection
        return made(self._host, self._port)

    def _drop(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _silent(self, why: str) -> Refused:
        return Refused("witness-unreachable", f"{self.url}: {why}")


class Witnesses:
    """The witnesses of a policy, by name: asked at the same time, each in a thread of its own.

    One that is slow delays nobody: until it has answered, or its time is over, it is left out of what is asked next.
    """

    def __init__(self, urls: Mapping[str, str]) -> None:
        self._all = {name: Witness(url) for name, url in urls.items()}
        self._busy: set[str] = set()
        self._lock = threading.Lock()

    def __enter__(self) -> "Witnesses":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def ask(self, requests: Mapping[str, bytes], timeout: float = TIMEOUT) -> Iterator[tuple[str, Asked | Refused]]:
        """Each witness's answer, or why there is none, as they come in. Whoever has enough may stop listening."""
        answers: queue.SimpleQueue[tuple[str, Asked | Refused]] = queue.SimpleQueue()
        deadline = time.monotonic() + timeout
        waiting = set()
        for name, request in requests.items():
            if self._begin(name):
                waiting.add(name)
                arguments = (name, request, timeout, answers)
                threading.Thread(target=self._work, args=arguments, name=f"witness {name}", daemon=True).start()
            else:
                answers.put((name, Refused("witness-unreachable", f"{self._all[name].url}: still busy")))
                waiting.add(name)
        while waiting:
            try:
                name, answer = answers.get(timeout=max(0.0, deadline - time.monotonic()) + 0.5)
            except queue.Empty:  # a name server that does not answer is beyond a socket's timeout
                for name in sorted(waiting):
                    late = f"{self._all[name].url}: no answer within {timeout:g} s"
                    yield name, Refused("witness-unreachable", late)
                return
            waiting.discard(name)
            yield name, answer

    def close(self) -> None:
        """Give up the connections of all that are not being asked."""
        for name, witness in self._all.items():
            if self._begin(name):
                witness.close()
                self._end(name)

    def _work(
        self, name: str, request: bytes, timeout: float, answers: "queue.SimpleQueue[tuple[str, Asked | Refused]]"
    ) -> None:
        answer: Asked | Refused
        try:
            answer = self._all[name].add_checkpoint(request, timeout)
        except Refused as refused:
            answer = refused
        except Exception as error:
            answer = Refused("witness-unreachable", f"{self._all[name].url}: {type(error).__name__}")
        self._end(name)
        answers.put((name, answer))

    def _begin(self, name: str) -> bool:
        with self._lock:
            free = name not in self._busy
            self._busy.add(name)
            return free

    def _end(self, name: str) -> None:
        with self._lock:
            self._busy.discard(name)


def ask(url: str, request: bytes, timeout: float = TIMEOUT) -> Asked:
    """One add-checkpoint request to the witness at `url`, on a connection of its own."""
    with Witness(url) as witness:
        return witness.add_checkpoint(request, timeout)


def check_url(url: str) -> None:
    """Refused unless `url` is a prefix under which a witness or a board can be asked for."""
    _parts(url)


def _parts(url: str) -> tuple[bool, str, int | None, str]:
    """(https, host, port, path without its last slash) of a URL prefix."""
    shown = url[:100]
    if len(url) > _LONGEST_URL or not all("!" <= character <= "~" for character in url):
        raise Refused("witness-url", f"{shown!a}: longer than {_LONGEST_URL} characters, or not plain ASCII")
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise Refused("witness-url", f"{shown}: {error}") from None
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise Refused("witness-url", f"{shown}: want an address that begins with http:// or https://")
    if parts.username is not None or parts.password is not None or "?" in url or "#" in url:
        raise Refused("witness-url", f"{shown}: want no user, query or fragment in the address")
    return parts.scheme == "https", parts.hostname, port, parts.path.rstrip("/")


def _end(connection: socket.socket) -> None:
    try:
        socket.socket.shutdown(connection, socket.SHUT_RDWR)  # below TLS, which another thread is in
    except OSError:  # it has ended by itself
        return


def _reason(error: Exception) -> str:
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    return type(error).__name__
