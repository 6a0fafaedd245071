"""The client of a witness gives back an answer's bytes, or says that there was none; never more, never for ever."""

import socket
import threading
import time

import pytest

from e2evote.adapter.witness_client import Asked, Witness, Witnesses, ask, check_url
from e2evote.board.witnessing import ANSWER_LIMIT
from e2evote.errors import Refused
from witness.misbehaving import Reply, reply, server, whole

REQUEST = b"old 0\n\nexample.com/log\n0\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n\n"


def test_request_and_answer_are_bytes() -> None:
    with server(reply(whole(b"5\n", "409 Conflict", "text/x.tlog.size"))) as (url, received):
        assert ask(f"{url}/w/", REQUEST, 5) == Asked(409, "text/x.tlog.size", b"5\n")
    head, _, body = received[0].partition(b"\r\n\r\n")
    assert head.startswith(b"POST /w/add-checkpoint HTTP/1.1\r\n")
    assert body == REQUEST


def test_what_a_witness_publishes_is_asked_for_by_the_hash_of_the_origin() -> None:
    with server(reply(whole(b"note"))) as (url, received), Witness(url) as witness:
        assert witness.checkpoint("example.com/log", 5).body == b"note"
    # printf example.com/log | sha256sum
    hashed = b"4d3203c8f35cdf600e475f55fede6081a703d3d322f208865fca2ec4f0e030f8"
    assert received[0].startswith(b"GET /" + hashed + b"/checkpoint HTTP/1.1\r\n")


def test_a_connection_is_kept() -> None:
    with server(reply(whole(b"a")), per_connection=3) as (url, received), Witness(url) as witness:
        assert [witness.add_checkpoint(REQUEST, 5).body for _ in range(3)] == [b"a", b"a", b"a"]
        assert received.connections == 1


def test_a_connection_that_was_closed_meanwhile_is_made_again() -> None:
    with server(reply(whole(b"a"))) as (url, received), Witness(url) as witness:
        assert witness.add_checkpoint(REQUEST, 5).body == b"a"
        assert witness.add_checkpoint(REQUEST, 5).body == b"a"
        assert received.connections == 2


def test_a_redirection_is_an_answer_and_is_not_followed() -> None:
    with (
        server(reply(whole(b"elsewhere"))) as (other, theirs),
        server(reply(whole(b"", "307 Temporary Redirect", extra=f"Location: {other}/add-checkpoint\r\n"))) as (url, _),
    ):
        assert ask(url, REQUEST, 5).status == 307
        assert theirs == []


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(whole(b"x" * (ANSWER_LIMIT + 1)), id="too long"),
        pytest.param(b"HTTP/1.1 200 OK\r\n\r\n" + b"x" * (ANSWER_LIMIT + 1), id="too long without its length"),
        pytest.param(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhel", id="a chunk cut off"),
        pytest.param(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhello", id="cut off"),
        pytest.param(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n", id="no body"),
        pytest.param(b"HTTP/1.1 abc\r\n\r\n", id="no status"),
        pytest.param(b"SSH-2.0-OpenSSH\r\n", id="another protocol"),
        pytest.param(b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 200 + b"\r\n", id="too many headers"),
        pytest.param(b"HTTP/1.1 200 OK\r\nX: " + b"y" * 70_000, id="a header without end"),
        pytest.param(b"", id="nothing"),
    ],
)
def test_an_answer_that_is_none_is_refused(answer: bytes) -> None:
    with server(reply(answer)) as (url, _), pytest.raises(Refused) as refused:
        ask(url, REQUEST, 5)
    assert refused.value.code in ("witness-unreachable", "witness-answer")


def test_an_answer_as_long_as_it_may_be_is_taken() -> None:
    with server(reply(whole(b"x" * ANSWER_LIMIT))) as (url, _):
        assert len(ask(url, REQUEST, 5).body) == ANSWER_LIMIT


def drip(piece: bytes) -> Reply:
    def send(connection: socket.socket, _request: bytes) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\n")
        while True:
            connection.sendall(piece)
            time.sleep(0.02)

    return send


@pytest.mark.parametrize("piece", [b"X", b"\r\nx", b"X: y\r\n"], ids=["header", "body", "headers"])
def test_a_server_that_never_ends_has_not_answered(piece: bytes) -> None:
    with server(drip(piece)) as (url, _), pytest.raises(Refused, match=r"no answer within|HTTPException"):
        ask(url, REQUEST, 0.5)


def test_nobody_there_is_a_refusal() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    with pytest.raises(Refused) as refused:
        ask(f"http://127.0.0.1:{port}", REQUEST, 5)
    assert refused.value.code == "witness-unreachable"


@pytest.mark.parametrize(
    "url",
    [
        "file:///etc/passwd",
        "ftp://example.com",
        "example.com",
        "http://",
        "http://user:word@example.com",
        "http://@example.com/",
        "http://example.com/?a=b",
        "http://example.com/#a",
        "http://example.com:port",
        "http://example.com:99999",
        "http://exa mple.com",
        "http://example.com/\r\nX: y",
        "http://[::1",
        "http://" + "a" * 1000,
    ],
)
def test_other_addresses_are_refused(url: str) -> None:
    with pytest.raises(Refused) as refused:
        check_url(url)
    assert refused.value.code == "witness-url"


def test_several_are_asked_at_once_and_the_quick_ones_are_not_kept_waiting() -> None:
    """The slow one answers only when the test has heard the other two."""
    heard = threading.Event()

    def slowly(connection: socket.socket, _request: bytes) -> None:
        heard.wait(20)
        connection.sendall(whole(b"slow"))

    with (
        server(reply(whole(b"a"))) as (first, _),
        server(slowly) as (second, received),
        server(reply(whole(b"c"))) as (third, _),
        Witnesses({"a": first, "b": second, "c": third}) as witnesses,
    ):
        answers = witnesses.ask({"a": REQUEST, "b": REQUEST, "c": REQUEST}, 20)
        quick = dict([next(answers), next(answers)])
        assert {name: answer.body for name, answer in quick.items() if isinstance(answer, Asked)} == {
            "a": b"a",
            "c": b"c",
        }
        # Meanwhile the slow one is not asked again, and says so at once.
        busy = dict(witnesses.ask({"a": REQUEST, "b": REQUEST}, 20))
        assert isinstance(busy["a"], Asked)
        assert isinstance(busy["b"], Refused)
        heard.set()
        name, answer = next(answers)
        assert (name, isinstance(answer, Asked)) == ("b", True)
        assert list(answers) == []
        assert len(received) == 1


def test_a_witness_that_is_down_does_not_keep_the_others_from_answering() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    with (
        server(reply(whole(b"a"))) as (first, _),
        Witnesses({"a": first, "b": f"http://127.0.0.1:{port}"}) as witnesses,
    ):
        answers = dict(witnesses.ask({"a": REQUEST, "b": REQUEST}, 5))
    assert isinstance(answers["a"], Asked)
    assert isinstance(answers["b"], Refused)
