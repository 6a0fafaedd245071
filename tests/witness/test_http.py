"""Every answer of C2SP tlog-witness, by a server that is a process of its own."""

import http.client
import socket
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from board.tlog_vectors import published
from e2evote.adapter.passphrase import Passphrase
from e2evote.adapter.witness_client import Asked, Witness, ask
from e2evote.adapter.witness_folder import LATEST, file_of, make_witness, read_settings
from e2evote.board.checkpoint import Checkpoint
from e2evote.board.cosignature import time_of
from e2evote.board.note import LogKey, decode_note, sign_note
from e2evote.board.witnessing import REQUEST_LIMIT, Request, monitoring_path, read_answer, read_conflict
from e2evote.errors import Refused
from witness.worlds import NAME, ORIGIN, History, log_key, log_signer, served

TEXT = "text/plain; charset=utf-8"
COST = 2**15


LOGS = iter([f"vote-{number}.example/log" for number in range(100)])
"""Every test has a log of its own, so that one server is enough for all."""


def followed() -> list[LogKey]:
    return [log_key(f"vote-{number}.example/log") for number in range(100)]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("witness") / "wanda"
    make_witness(folder, NAME, followed(), Passphrase("word", cost=COST))
    return folder


@pytest.fixture(scope="module")
def url(folder: Path) -> Iterator[str]:
    errors = folder.parent / "errors"
    with served(folder, errors) as url:
        yield url
    assert errors.read_text() == ""


@pytest.fixture
def history() -> History:
    return History(signer=log_signer(next(LOGS)))


def beside(history: History, kind: str = "another") -> History:
    """Another history of the same log."""
    return History(kind, history.signer)


def test_a_log_grows_and_is_cosigned(url: str, folder: Path, history: History) -> None:
    before = int(time.time())
    for old, size in ((0, 1), (1, 1), (1, 2), (2, 300), (300, 300)):
        asked = ask(url, history.request(old, size))
        assert (asked.status, asked.content_type) == (200, TEXT)
        (cosignature,) = read_answer(asked.body, history.checkpoint(size).text(), [read_settings(folder).key])
        assert before <= time_of(cosignature) <= int(time.time())


def test_an_empty_log_is_cosigned_and_grows(url: str, history: History) -> None:
    """A101: sizes 0 and 1 are sizes like others."""
    assert [ask(url, history.request(*sizes)).status for sizes in ((0, 0), (0, 0), (0, 1), (1, 1))] == [200] * 4


def test_what_was_cosigned_last_is_published(url: str, folder: Path, history: History) -> None:
    with Witness(url) as witness:
        asked = witness.checkpoint(history.signer.key.name)
        assert (asked.status, asked.content_type) == (404, TEXT)
        answer = witness.add_checkpoint(history.request(0, 3))
        asked = witness.checkpoint(history.signer.key.name)
        assert (asked.status, asked.content_type) == (200, TEXT)
        assert asked.body == history.note(3) + answer.body
        assert witness.checkpoint("elsewhere.example/log").status == 404


def test_signatures_of_strangers_are_neither_judged_nor_published(url: str, folder: Path, history: History) -> None:
    stranger = History(signer=log_signer("elsewhere.example/log", bytes(32)))
    (line,) = decode_note(stranger.note(3)).signatures
    with Witness(url) as witness:
        answer = witness.add_checkpoint(history.request(0, 3, line))
        assert answer.status == 200
        assert witness.checkpoint(history.signer.key.name).body == history.note(3) + answer.body


def test_another_old_size_is_a_conflict_with_the_size_cosigned_last(url: str, history: History) -> None:
    asked = ask(url, history.request(3, 5))
    assert (asked.status, asked.content_type, asked.body) == (409, "text/x.tlog.size", b"0\n")
    assert ask(url, history.request(0, 5)).status == 200
    for request in (history.request(0, 9), history.request(4, 9), history.request(9, 9)):
        asked = ask(url, request)
        assert (asked.status, asked.content_type) == (409, "text/x.tlog.size")
        assert read_conflict(asked.body) == 5


def test_an_unknown_log_is_not_found(url: str) -> None:
    asked = ask(url, History(signer=log_signer("elsewhere.example/log")).request(0, 3))
    assert (asked.status, asked.content_type) == (404, TEXT)


def test_a_log_that_others_sign_is_forbidden(url: str, history: History) -> None:
    forged = History(signer=log_signer(history.signer.key.name, bytes(32)))
    assert ask(url, forged.request(0, 3)).status == 403


def test_a_bad_signature_of_the_logs_key_is_forbidden_even_beside_a_good_one(url: str, history: History) -> None:
    good, other = history.note(3), history.note(4)
    bad = good[: good.index("—".encode())] + other[other.index("—".encode()) :]
    assert ask(url, b"old 0\n\n" + bad).status == 403
    assert ask(url, b"old 0\n\n" + good + bad[bad.index("—".encode()) :]).status == 403


def test_an_old_size_above_the_checkpoints_is_a_bad_request(url: str, history: History) -> None:
    assert ask(url, Request(9, (), history.note(3)).encode()).status == 400
    assert ask(url, history.request(0, 9)).status == 200
    assert ask(url, Request(9, (), history.note(3)).encode()).status == 400


def test_what_is_not_proven_is_unprocessable(url: str, history: History) -> None:
    other = beside(history)
    lone_hash = bytes(32)
    nothing = Checkpoint(history.signer.key.name, 0, lone_hash)
    assert ask(url, Request(0, (lone_hash,), history.note(3)).encode()).status == 422
    assert ask(url, Request(0, (), sign_note(nothing.text(), [history.signer])).encode()).status == 422
    assert ask(url, history.request(0, 5)).status == 200
    proof = history.tree.consistency_proof(5, 5)
    assert ask(url, Request(5, proof, other.note(5)).encode()).status == 422
    for request in (
        other.request(5, 9),
        Request(5, (), history.note(9)).encode(),
        Request(5, (*_proof(history, 5, 9), lone_hash), history.note(9)).encode(),
        Request(5, _proof(history, 5, 9)[:-1], history.note(9)).encode(),
        Request(5, _proof(history, 5, 9), history.note(8)).encode(),
    ):
        assert ask(url, request).status == 422
    # Nothing of this has changed anything.
    assert ask(url, history.request(5, 9)).status == 200


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"old 0\n",
        b"\x00" * 100,
        b"old 0\n\nnot a note\n",
        b"old 00\n\n%s",
        b"old +0\n\n%s",
        b"old 0\r\n\r\n%s",
        b"OLD 0\n\n%s",
        b"old 0\nAAAA\n\n%s",
        b"old 0\n" + b"A" * 43 + b"=\n" * 1 + b"%s",
        b"old 0\n" + (b"A" * 43 + b"=\n") * 64 + b"\n%s",
        b"old 9223372036854775808\n\n%s",
    ],
)
def test_what_is_no_request_is_a_bad_request(url: str, body: bytes, history: History) -> None:
    asked = ask(url, body.replace(b"%s", history.note(3)))
    assert (asked.status, asked.content_type) == (400, TEXT)


def test_a_request_that_is_too_long_is_refused_before_it_is_read(url: str) -> None:
    host, port = urlsplit(url).hostname, urlsplit(url).port
    assert host is not None
    for headers, body in (
        ({"Content-Length": str(REQUEST_LIMIT + 1)}, b""),
        ({"Content-Length": "9" * 30}, b""),
        ({"Transfer-Encoding": "chunked"}, b"%x\r\n" % (REQUEST_LIMIT + 1) + b"x" * (REQUEST_LIMIT + 1) + b"\r\n"),
    ):
        connection = http.client.HTTPConnection(host, port, timeout=20)
        connection.putrequest("POST", "/add-checkpoint")
        for name, value in headers.items():
            connection.putheader(name, value)
        connection.endheaders()
        connection.send(body)
        answer = connection.getresponse()
        assert answer.status in (400, 413)
        answer.read()
        connection.close()
    assert ask(url, b"x" * REQUEST_LIMIT).status == 400


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/", 404),
        ("GET", "/docs", 404),
        ("GET", "/openapi.json", 404),
        ("GET", "/redoc", 404),
        ("GET", "/add-checkpoint", 405),
        ("PUT", "/add-checkpoint", 405),
        ("POST", "/add-checkpoint/", 404),
        ("POST", f"/{monitoring_path(ORIGIN)}", 405),
        ("GET", f"/{monitoring_path(ORIGIN).upper()}", 404),
        ("GET", f"/{'A' * 64}/checkpoint", 404),
        ("GET", "/../witness.key/checkpoint", 404),
        ("GET", "/..%2fwitness.key/checkpoint", 404),
        ("POST", "/sign-subtree", 404),
    ],
)
def test_nothing_else_is_served(url: str, method: str, path: str, status: int) -> None:
    answer, body = _answer(url, method, path)
    assert answer.status == status
    assert answer.headers["content-type"] == TEXT
    assert len(body) < 100


def test_a_connection_serves_many_requests(url: str, history: History) -> None:
    host, port = urlsplit(url).hostname, urlsplit(url).port
    assert host is not None
    connection = http.client.HTTPConnection(host, port, timeout=20)
    connection.connect()
    used = connection.sock
    for old, size in ((0, 3), (0, 3), (3, 4)):
        connection.request("POST", "/add-checkpoint", history.request(old, size))
        connection.getresponse().read()
        assert connection.sock is used
    connection.close()


def test_clients_that_send_no_whole_request_are_cut_off_and_hinder_nobody(url: str, history: History) -> None:
    """More of them than there may be connections: the rest are turned away, and after the wait all are gone."""
    host, port = urlsplit(url).hostname, urlsplit(url).port
    assert host is not None
    slow = []
    for piece in (b"", b"POST /add", b"POST /add-checkpoint HTTP/1.1\r\nContent-Length: 50\r\nHost: x\r\n\r\nold"):
        connection = socket.create_connection((host, port))
        connection.sendall(piece)
        connection.settimeout(40)
        slow.append(connection)
    assert ask(url, history.request(0, 3)).status == 200
    ends = []
    for connection in slow:
        with connection:
            ends.append(_to_the_end(connection))
    assert ends[0] == b""
    assert ends[1] == b""
    assert ends[2].startswith(b"HTTP/1.1 408 ")


def test_more_connections_than_there_may_be_are_closed_and_the_service_goes_on(url: str, history: History) -> None:
    host, port = urlsplit(url).hostname, urlsplit(url).port
    assert host is not None
    idle = [socket.create_connection((host, port)) for _ in range(300)]
    closed = 0
    for connection in idle[256:]:
        connection.settimeout(20)
        closed += _to_the_end(connection) == b""
    assert closed == len(idle) - 256
    for connection in idle:
        connection.close()
    for _ in range(200):
        try:
            asked = ask(url, history.request(0, 3))
            break
        except Refused:
            time.sleep(0.05)
    assert asked.status == 200


def test_where_the_witness_cannot_sign_it_says_why_by_a_code(tmp_path: Path, history: History) -> None:
    folder, errors = tmp_path / "wanda", tmp_path / "errors"
    make_witness(folder, NAME, followed(), Passphrase("word", cost=COST))
    with served(folder, errors) as url:
        assert ask(url, history.request(0, 3)).status == 200
        (folder / LATEST / file_of(history.signer.key.name)).unlink()
        assert ask(url, history.request(3, 5)) == Asked(503, TEXT, b"witness-damaged\n")
        with Witness(url) as witness:
            assert witness.checkpoint(history.signer.key.name) == Asked(503, TEXT, b"witness-damaged\n")
    assert "witness-damaged" in errors.read_text()
    assert "Traceback" not in errors.read_text()


def test_the_published_vectors_form_is_read(url: str) -> None:
    """The body of the vectors has a made-up signature: it is read, and its log is unknown."""
    for case in published("add_checkpoint.json")["format_cases"]:
        assert ask(url, case["body"].encode()).status == 404


def _proof(history: History, old: int, size: int) -> tuple[bytes, ...]:
    history.checkpoint(size)
    return history.tree.consistency_proof(old, size)


def _answer(url: str, method: str, path: str) -> tuple[http.client.HTTPResponse, bytes]:
    host, port = urlsplit(url).hostname, urlsplit(url).port
    assert host is not None
    connection = http.client.HTTPConnection(host, port, timeout=20)
    connection.request(method, path, b"" if method in ("POST", "PUT") else None)
    answer = connection.getresponse()
    body = answer.read()
    connection.close()
    return answer, body


def _to_the_end(connection: socket.socket) -> bytes:
    data = b""
    try:
        while more := connection.recv(4096):
            data += more
    except ConnectionResetError:
        pass
    return data
