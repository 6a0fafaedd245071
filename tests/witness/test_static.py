"""The published board over HTTP: its files under their names, with the headers of C2SP tlog-tiles, and nothing else."""

import http.client
import os
import socket
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from cli.running import done
from e2evote.adapter.static_server import A_MINUTE, AT_ONCE, FOR_EVER, kind_of
from witness.worlds import History, begin, end

TEXT, OCTETS = "text/plain; charset=utf-8", "application/octet-stream"
LARGE = bytes(range(256)) * 4096
PROGRAM = "import typer; from e2evote.cli.serve import serve; typer.run(serve)"


@pytest.fixture(scope="module")
def record(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A board of three entries, with files that are no part of it."""
    record = tmp_path_factory.mktemp("static") / "record"
    files = {
        "checkpoint": History().note(3),
        "dates/open": History().note(1),
        "tile/0/000.p/3": b"three hashes",
        "tile/0/x001/000": LARGE,
        "tile/entries/000.p/3": b"three entries",
        "payload/000.p/3": b"three payloads",
        "payload/001": b"a full pack",
        "hints/000.p/3": b"hints",
        ".lock": b"process 1\n",
        "private.key": b"secret",
        "tile/0/.000.new": b"half a file",
        "tile/extra/000": b"no such series",
    }
    for name, data in files.items():
        path = record / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    outside = record.parent / "outside"
    (outside / "x001").mkdir(parents=True)
    (outside / "secret").write_bytes(b"secret")
    (outside / "x001" / "007").write_bytes(b"secret")
    (record / "tile" / "0" / "005").symlink_to(outside / "secret")
    (record / "tile" / "1").symlink_to(outside)
    (record / "tile" / "0" / "006").mkdir()
    os.mkfifo(record / "tile" / "0" / "007")
    return record


@pytest.fixture(scope="module")
def url(record: Path) -> Iterator[str]:
    errors = record.parent / "errors"
    served = begin([sys.executable, "-c", PROGRAM, record, "--port", "0", "--json"], errors)
    try:
        yield served.url
    finally:
        assert end(served) == 0
    assert errors.read_text() == ""


def asked(url: str, name: str, method: str = "GET", **headers: str) -> tuple[int, http.client.HTTPMessage, bytes]:
    host, port = urlsplit(url).hostname, urlsplit(url).port
    assert host is not None
    connection = http.client.HTTPConnection(host, port, timeout=30)
    try:
        connection.request(method, f"/{name}", headers={k.replace("_", "-"): v for k, v in headers.items()})
        answer = connection.getresponse()
        return answer.status, answer.headers, answer.read()
    finally:
        connection.close()


@pytest.mark.parametrize(
    ("name", "media_type", "caching"),
    [
        ("checkpoint", TEXT, AT_ONCE),
        ("dates/open", TEXT, AT_ONCE),
        ("tile/0/000.p/3", OCTETS, A_MINUTE),
        ("tile/0/x001/000", OCTETS, FOR_EVER),
        ("tile/entries/000.p/3", OCTETS, A_MINUTE),
        ("payload/000.p/3", OCTETS, A_MINUTE),
        ("payload/001", OCTETS, A_MINUTE),
        ("hints/000.p/3", OCTETS, A_MINUTE),
    ],
)
def test_a_file_is_served_with_its_headers(url: str, record: Path, name: str, media_type: str, caching: str) -> None:
    status, headers, body = asked(url, name)
    assert (status, body) == (200, (record / name).read_bytes())
    assert headers["content-type"] == media_type
    assert headers["cache-control"] == caching
    assert headers["access-control-allow-origin"] == "*"
    assert headers["x-content-type-options"] == "nosniff"
    head = asked(url, name, "HEAD")
    assert (head[0], head[2]) == (200, b"")
    assert head[1]["content-length"] == str(len(body))
    assert head[1]["etag"] == headers["etag"]


def test_who_has_a_file_is_told_so_until_it_changes(url: str, record: Path) -> None:
    tag = asked(url, "checkpoint")[1]["etag"]
    for condition in (tag, f"W/{tag}", f'"other", {tag}', "*"):
        status, headers, body = asked(url, "checkpoint", if_none_match=condition)
        assert (status, body, headers["etag"]) == (304, b"", tag)
        assert headers["cache-control"] == AT_ONCE
    assert asked(url, "checkpoint", if_none_match='"other"')[0] == 200
    new = record / "new"
    new.write_bytes((record / "checkpoint").read_bytes())
    new.replace(record / "checkpoint")
    assert asked(url, "checkpoint", if_none_match=tag)[0] == 200


def test_a122_the_tag_of_a_file_does_not_say_when_it_was_written(url: str, record: Path) -> None:
    """A time in it would tell everybody, for ever, when the last ballot of a file was cast."""
    tag = asked(url, "payload/001")[1]["etag"]
    found = (record / "payload" / "001").stat()
    for number in (found.st_mtime_ns, found.st_mtime_ns // 10**9, found.st_ino):
        assert f"{number:x}" not in tag
        assert str(number) not in tag
    os.utime(record / "payload" / "001", ns=(found.st_atime_ns, found.st_mtime_ns + 1))
    assert asked(url, "payload/001")[1]["etag"] != tag
    assert "last-modified" not in asked(url, "payload/001")[1]


@pytest.mark.parametrize(
    "name",
    [
        "",
        "tile",
        "tile/",
        "tile/0/",
        "tile/0/001",
        "tile/0/0",
        "tile/00/000",
        "tile/0/000.p/003",
        "tile/0/000.p/256",
        "tile/0/000.p/",
        "tile/0/005",
        "tile/0/006",
        "tile/0/007",
        "tile/1/x001/007",
        "tile/extra/000",
        "tile/0/.000.new",
        ".lock",
        "private.key",
        "checkpoint/",
        "Checkpoint",
        "checkpoint%00",
        "dates/close",
        "dates/other",
        "../outside/secret",
        "..%2foutside%2fsecret",
        "tile/../private.key",
        "tile/0/%2e%2e/%2e%2e/private.key",
        "/etc/passwd",
        "tile/0/000.p/3?x=%00" + "y" * 3000,
        "docs",
        "openapi.json",
    ],
)
def test_nothing_else_is_there(url: str, name: str) -> None:
    status, headers, body = asked(url, name)
    if name.startswith("tile/0/000.p/3?"):  # a query changes nothing
        assert status == 200
        return
    assert (status, headers["content-type"]) == (404, TEXT)
    assert b"secret" not in body


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "OPTIONS"])
def test_nothing_can_be_changed(url: str, method: str) -> None:
    status, headers, _ = asked(url, "checkpoint", method)
    assert (status, headers["allow"]) == (405, "GET, HEAD")


@pytest.mark.parametrize("name", ["tile/0/000.p/256", "tile/64/000", "tile/0/x000/000", "payload/1", "checkpoints"])
def test_a_name_that_no_board_has_has_no_kind(name: str) -> None:
    assert kind_of(name) is None


def test_a_board_can_be_fetched_from_it(url: str, record: Path, tmp_path: Path) -> None:
    target = tmp_path / "copy"
    assert done("record", "fetch", url, target, "--json").json["size"] == 3
    for name in ("checkpoint", "tile/0/000.p/3", "tile/entries/000.p/3", "payload/000.p/3"):
        assert (target / name).read_bytes() == (record / name).read_bytes()


def test_what_is_no_board_is_not_served(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError):
        begin([sys.executable, "-c", PROGRAM, tmp_path, "--port", "0"], tmp_path / "errors")


@pytest.mark.slow
def test_a123_who_does_not_read_an_answer_is_cut_off_though_more_is_sent(tmp_path: Path) -> None:
    size = 2**25
    large = tmp_path / "record" / "tile" / "0" / "x002" / "000"
    large.parent.mkdir(parents=True)
    (tmp_path / "record" / "checkpoint").write_bytes(b"")
    with large.open("wb") as file:
        file.truncate(size)
    hurried = f"from e2evote.adapter import http_server; http_server.PATIENCE = 1.0; {PROGRAM}"
    words = [sys.executable, "-c", hurried, tmp_path / "record", "--port", "0", "--json"]
    served = begin(words, tmp_path / "errors")
    with socket.socket() as deaf:
        deaf.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        deaf.settimeout(60)
        deaf.connect((urlsplit(served.url).hostname, urlsplit(served.url).port))
        deaf.sendall(b"GET /tile/0/x002/000 HTTP/1.1\r\nHost: x\r\n\r\n")
        time.sleep(0.5)
        deaf.sendall(b"G")
        time.sleep(5)
        received = 0
        while data := deaf.recv(2**20):
            received += len(data)
    assert end(served) == 0
    assert 0 < received < size
