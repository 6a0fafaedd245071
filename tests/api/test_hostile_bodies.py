"""Requests that want to hurt the server: too large, too deep, ambiguous, of another type. Each is refused early."""

import select
import socket
from concurrent.futures import ThreadPoolExecutor

import pytest

from api.served import ADA, JSON, P, Served, body
from e2evote.adapter.rehearsed_voters import RehearsedVoters

HEAD = f"POST {P}/ballots HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
LIMIT = 8 * 2**20


def raw(server: Served, *parts: bytes, patience: float = 60.0) -> bytes:
    """What the server sends back before it closes the connection."""
    with socket.create_connection(server.address, patience) as connection:
        try:
            for part in parts:
                connection.sendall(part)
        except OSError:
            pass  # it has closed already
        answer = b""
        try:
            while chunk := connection.recv(65536):
                answer += chunk
        except ConnectionResetError:
            pass
        return answer


def memory(server: Served) -> int:
    """Resident bytes of the server's process at their peak."""
    with open(f"/proc/{server.process.pid}/status") as file:
        return next(int(line.split()[1]) * 1024 for line in file if line.startswith("VmHWM"))


def test_a123_a_length_above_the_limit_is_refused_before_anything_is_read(server: Served) -> None:
    answer = raw(server, HEAD.encode(), b"Content-Length: 999999999999\r\n\r\n")
    assert answer.startswith(b"HTTP/1.1 413 ")
    assert b'"too-large"' in answer
    assert b"connection: close" in answer.lower()


@pytest.mark.parametrize("length", ["-1", "1e3", "0x10", "1" * 100, "١"])
def test_a_length_that_is_none_is_refused(server: Served, length: str) -> None:
    answer = raw(server, HEAD.encode(), f"Content-Length: {length}\r\n\r\n".encode())
    assert answer.split(b" ")[1] in (b"400", b"413")


def test_a123_a_body_without_a_length_is_cut_off_at_the_limit(server: Served) -> None:
    before = memory(server)
    chunk = b"100000\r\n" + b" " * 2**20 + b"\r\n"
    parts = [HEAD.encode(), b"Transfer-Encoding: chunked\r\n\r\n", *[chunk] * 64]
    answer = raw(server, *parts)
    assert answer == b"" or answer.startswith(b"HTTP/1.1 413 ")
    assert memory(server) - before < 48 * 2**20
    assert server.ask("/v1/health").status == 200


def test_two_lengths_of_one_body_are_refused(server: Served) -> None:
    """A proxy that believes the other one would take the rest for another request."""
    answer = raw(server, HEAD.encode(), b"Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n")
    assert answer.startswith(b"HTTP/1.1 400 ")
    answer = raw(server, HEAD.encode(), b"Content-Length: 4\r\nContent-Length: 5\r\n\r\n{}{}}")
    assert answer.startswith(b"HTTP/1.1 400 ")


@pytest.mark.parametrize(
    "body",
    [
        b"[" * 4_000_000,
        b'{"leaf":' * 1_000_000,
        b"[]" * 4_000_000,
        b'"' + b"\\u0041" * 1_300_000 + b'"',
        b"9" * 8_000_000,
        b'{"leaf":"a","leaf":"b","payload":""}',
        b'{"leaf":"a","payload":""' + b',"x":1' * 1_000_000 + b"}",
        b'{"leaf":NaN,"payload":""}',
        b'{"leaf":"a","payload":"","hints":"%%%%"}',
        b'{"leaf":"a","payload":"","hints":"QQ"}',
        b'{"leaf":"a","payload":"","hints":"QR=="}',
        b'{"leaf":"a","payload":"","session":"00"}',
        b'{"leaf":1,"payload":""}',
        b'{"leaf":["a"],"payload":""}',
        b'{"leaf":"a","payload":null}',
        b'{"leaf":"","payload":""}',
        b'{"leaf":"a"}',
        b'{"leaf":"a","payload":"","callback":"x"}',
        b"[]",
        b"null",
        b"",
        b"\xff\xfe",
        b'{"leaf":"\\ud800","payload":""}',
    ],
    ids=lambda body: f"{body[:24]!r} {len(body)}",
)
def test_a123_what_is_no_submission_is_refused(server: Served, body: bytes) -> None:
    before = memory(server)
    answer = server.ask(f"{P}/ballots", "POST", body, content_type=JSON)
    assert (answer.status, answer.problem()) == (400, "request-malformed")
    assert memory(server) - before < 64 * 2**20


def test_a_leaf_longer_than_any_is_refused(server: Served) -> None:
    answer = server.post(f"{P}/ballots", {"leaf": "{" * 4097, "payload": ""})
    assert (answer.status, answer.problem()) == (400, "request-malformed")
    assert answer.json["errors"] == [{"pointer": "/leaf", "detail": "leaf: 4097 characters, want 1 to 4096"}]


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"content_type": "text/plain"},
        {"content_type": "application/x-www-form-urlencoded"},
        {"content_type": "multipart/form-data; boundary=x"},
        {"content_type": "application/json; charset=utf-16"},
        {"content_type": "application/jsonp"},
        {"content_type": JSON, "content_encoding": "gzip"},
        {"content_type": JSON, "content_encoding": "identity, gzip"},
    ],
    ids=str,
)
def test_a121_only_json_is_taken_so_that_no_form_of_another_site_can_post(
    server: Served, headers: dict[str, str]
) -> None:
    answer = server.ask(f"{P}/ballots", "POST", b'{"leaf":"a","payload":""}', **headers)
    assert (answer.status, answer.problem()) == (415, "media-type")


def test_json_in_utf_8_is_taken_under_any_spelling(server: Served) -> None:
    for kind in ("application/json;charset=UTF-8", 'Application/JSON; charset="utf-8"'):
        answer = server.ask(f"{P}/sessions/open", "POST", b"{}", content_type=kind)
        assert answer.problem() == "sessions-by-host"


@pytest.mark.slow
def test_a123_slow_clients_are_cut_off_and_nobody_else_waits(server: Served) -> None:
    """A head that never ends, a body that trickles, answers that nobody reads; meanwhile all others are served."""
    with (
        socket.create_connection(server.address, 60) as head,
        socket.create_connection(server.address, 60) as body,
        socket.create_connection(server.address, 60) as idle,
        socket.socket() as deaf,
    ):
        deaf.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        deaf.connect(server.address)
        deaf.settimeout(60)
        deaf.sendall(f"GET {P}/manifest HTTP/1.1\r\nHost: x\r\n\r\n".encode() * 3000)
        head.sendall(b"GET /v1/health HTTP/1.1\r\nHost: x\r\nX-")
        body.sendall(HEAD.encode() + b"Content-Length: 5000000\r\n\r\n" + b" " * 100)
        closed: dict[str, bytes] = {}
        waiting = {"head": head, "body": body, "idle": idle}
        gone = select.poll()
        gone.register(deaf, select.POLLHUP)
        while waiting or not gone.poll(0):
            for name, connection in list(waiting.items()):
                data = _trickled(connection, b"" if name == "idle" else b" ")
                if data is not None:
                    closed[name] = closed.get(name, b"") + data
                if data == b"":
                    del waiting[name]
            assert server.ask("/v1/health").status == 200
        assert closed["head"] == closed["idle"] == b""
        assert closed["body"].startswith(b"HTTP/1.1 408 ")
        assert b'"too-slow"' in closed["body"]


def _trickled(connection: socket.socket, more: bytes) -> bytes | None:
    """What comes after a little more was sent; None where nothing comes just now, and nothing at the end."""
    connection.settimeout(0.3)
    try:
        connection.sendall(more)
        return connection.recv(65536)
    except TimeoutError:
        return None
    except OSError:
        return b""


def test_a123_many_bad_submissions_at_a_time_leave_good_ones_served(server: Served, devices: RehearsedVoters) -> None:
    good = [body(devices.cast(f"amid {number}", ADA, "")) for number in range(4)]
    leaf = good[0]["leaf"]
    bad = [{"leaf": leaf.replace('"v":1', '"v":2'), "payload": "x" * 100_000} for _ in range(100)]
    bad += [{**one, "payload": one["payload"].replace("a", "b", 1)} for one in good * 10]
    with ThreadPoolExecutor(16) as threads:
        refused = [threads.submit(server.post, f"{P}/ballots", one) for one in bad]
        cast = [server.post(f"{P}/ballots", one) for one in good]
    assert [answer.status for answer in cast] == [201] * 4
    answers = [answer.result() for answer in refused]
    assert {answer.status for answer in answers} <= {200, 400, 422}
    # What is in the log has its receipt, whatever else is sent with its leaf.
    assert {a.json["receipt"] for a in answers if a.status == 200} <= {one.json["receipt"] for one in cast}
