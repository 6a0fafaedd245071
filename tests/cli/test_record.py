"""`e2evote record show` and `fetch`: a board is static files on any web server."""

import threading
from collections.abc import Iterator
from functools import partial
from http.server import BaseHTTPRequestHandler, SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from cli.running import done, run
from e2evote.adapter import download
from e2evote.adapter.demo.setup import DemoFolder
from e2evote.adapter.download import Server, download_record
from e2evote.cli.terminal import harmless
from e2evote.errors import Refused


class QuietFiles(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: Any) -> None:
        pass


@pytest.fixture
def served(demo: DemoFolder) -> Iterator[str]:
    yield from serve(partial(QuietFiles, directory=str(demo.record)))


def serve(handler: Any) -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()
        thread.join()


class Answering(BaseHTTPRequestHandler):
    """Gives whatever `answers` has for the path: a status and a body."""

    answers: dict[str, tuple[int, bytes]]

    def do_GET(self) -> None:
        status, body = self.answers.get(self.path, (404, b""))
        self.send_response(status)
        if 300 <= status < 400:
            self.send_header("Location", body.decode())
        self.end_headers()
        if status < 300:
            self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        pass


def answering(answers: dict[str, tuple[int, bytes]]) -> Any:
    return type("AnsweringThis", (Answering,), {"answers": answers})


def silent(done: int, total: int) -> None:
    pass


def test_a_fetched_board_is_the_board(demo: DemoFolder, served: str, tmp_path: Path) -> None:
    target = tmp_path / "fetched"
    size = done("record", "fetch", f"{served}/", target, "--json").json["size"]
    assert size == done("record", "show", demo.record, "--json").json["size"]
    for path in sorted(path for path in target.rglob("*") if path.is_file()):
        assert path.read_bytes() == (demo.record / path.relative_to(target)).read_bytes()
    assert run("verify", target, "--workers", 1, "--allow-test-group", "--expect", demo.anchors).code == 6
    assert run("record", "fetch", served, target).code == 2, "never over another directory"


def test_nothing_is_left_behind_when_a_file_is_missing(demo: DemoFolder, tmp_path: Path) -> None:
    answers = {"/checkpoint": (200, (demo.record / "checkpoint").read_bytes())}
    for url in serve(answering(answers)):
        ended = run("record", "fetch", url, tmp_path / "fetched")
    assert ended.code == 4
    assert "[record-incomplete]" in ended.err
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        ((404, b""), "download"),
        ((500, b""), "download"),
        ((302, b"file:///etc/passwd"), "download"),
        ((302, b"ftp://127.0.0.1/checkpoint"), "download"),
        ((200, b"x" * 70_000), "download"),
        ((200, b"no checkpoint"), "malformed"),
        ((200, b"a\n99999999999\n" + b"A" * 43 + b"=\n\n\xe2\x80\x94 a AAAAAAAA\n"), "download"),
    ],
)
def test_a_server_that_misbehaves_is_refused(answer: tuple[int, bytes], code: str, tmp_path: Path) -> None:
    for url in serve(answering({"/checkpoint": answer})):
        ended = run("record", "fetch", url, tmp_path / "fetched", "--json")
    assert ended.json["error"] == code
    assert list(tmp_path.iterdir()) == []


def test_a_file_larger_than_its_kind_is_refused(
    demo: DemoFolder, served: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(download, "LARGEST_FILES", {"tile": 10, "payload": 10, "hints": 10})
    with pytest.raises(Refused, match="more than 10 bytes"):
        download_record(Server(served), tmp_path / "fetched", silent)
    assert list(tmp_path.iterdir()) == []


def test_a_log_that_grows_meanwhile_is_read_again(demo: DemoFolder, tmp_path: Path) -> None:
    """The first checkpoint names a partial bundle that has been replaced since."""

    class Growing(Server):
        first = True

        def get(self, name: str, limit: int) -> bytes:
            if name == "checkpoint" and self.first:
                self.first = False
                return demo.earlier.read_bytes()
            try:
                return (demo.record / name).read_bytes()
            except FileNotFoundError as error:
                raise FileNotFoundError(2, "no such file", name) from error

    files = [path for path in demo.record.rglob("*.p/*") if path.is_file()]
    latest = max(int(path.name) for path in files)
    hidden = {path for path in files if int(path.name) < latest}
    server = Growing("http://127.0.0.1:9")
    original = Server.get
    assert original is not Growing.get

    def get(name: str, limit: int) -> bytes:
        if demo.record / name in hidden:
            raise FileNotFoundError(2, "replaced", name)
        return Growing.get(server, name, limit)

    server.get = get  # type: ignore[method-assign]
    assert download_record(server, tmp_path / "fetched", silent) == latest


def test_an_entry_is_shown_whole(demo: DemoFolder) -> None:
    entry = done("record", "show", demo.record, "--entry", 0, "--json").json
    assert entry["leaf"]["kind"] == "manifest"
    assert entry["payload"]["kind"] == "manifest"
    text = done("record", "show", demo.record, "--entry", 0).out
    assert "kind: manifest" in text
    assert "Nothing was verified" in done("record", "show", demo.record).out
    assert run("record", "show", demo.record, "--entry", 100_000).code == 2


def test_an_entry_without_payload_is_shown(demo: DemoFolder) -> None:
    entries = done("record", "show", demo.record, "--json").json["entries"]
    index = next(entry["index"] for entry in entries if entry["kind"] == "close")
    assert done("record", "show", demo.record, "--entry", index, "--json").json.keys() == {"index", "leaf"}


def test_a_statement_is_shown_by_its_text_lines(demo: DemoFolder) -> None:
    entries = done("record", "show", demo.record, "--json").json["entries"]
    index = next(entry["index"] for entry in entries if entry["kind"] == "tally.statement")
    first, rows = done("record", "show", demo.record, "--entry", index, "--json").json["payload"]
    assert set(first) == {"close", "products", "reconciliation"}
    assert {row["status"] for row in rows} == {"counted", "marked", "not-voted", "superseded"}
    assert f"line: {rows[0]['line']}" in done("record", "show", demo.record, "--entry", index).out


def test_what_stands_in_a_record_can_not_act_on_a_terminal(demo: DemoFolder, tmp_path: Path) -> None:
    assert harmless("a\x1b[31mb\u202ec\r\nd\u200be") == "a\\x1b[31mb\\u202ec\\r\\nd\\u200be"
    assert len(harmless("x" * 10**6)) < 10_000
    evil = tmp_path / "evil\x1b[2J.txt"
    assert "\x1b" not in run("verify", evil).everything
