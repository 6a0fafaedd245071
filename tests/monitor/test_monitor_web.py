"""A monitor before real web servers that show two views, old heads, garbage, too much, or nothing for a long time."""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from board.keys import ORIGIN
from cli.running import run
from e2evote.adapter.monitor import Monitor
from e2evote.adapter.monitor_look import Look, LookFailed, World
from e2evote.adapter.monitor_source import source_of
from e2evote.adapter.monitor_state import open_state
from e2evote.board.evidence import check_evidence
from e2evote.board.log import CHECKPOINT
from e2evote.board.witnessing import monitoring_path
from monitor.boards import Files, anchors, board_log, manifest, published
from monitor.signed import LOG_KEY, cosigned

PLAIN = manifest(witnessed=False)
Answer = Callable[[BaseHTTPRequestHandler, str], None]


def files_of(size: int, **changed: str) -> Files:
    return published(board_log(size, PLAIN, **changed))


def send(handler: BaseHTTPRequestHandler, data: bytes | None, status: int = 200) -> None:
    handler.send_response(status if data is not None else 404)
    handler.send_header("Content-Length", str(len(data or b"")))
    handler.end_headers()
    handler.wfile.write(data or b"")


def serving(files: Files) -> Answer:
    return lambda handler, name: send(handler, files.get(name))


@contextmanager
def served(answer: Answer) -> Iterator[str]:
    """The address of a server that answers like this, while the `with` statement lasts."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            with suppress(OSError):  # whoever asked has gone
                answer(self, self.path.removeprefix("/"))

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def look_at(folder: Path, url: str, longest: float = 5.0) -> Look:
    world = World(sleep=lambda seconds: None, source=lambda place: source_of(place, longest))
    with open_state(folder) as state:
        return Monitor(url, state, world=world).look()


def test_two_views_by_who_asks(tmp_path: Path) -> None:
    """A97: one server, one history for the first who asks and another for the second; they compare heads."""
    views = iter([files_of(300), files_of(301, e7="x")])
    current: list[Files] = []

    def answer(handler: BaseHTTPRequestHandler, name: str) -> None:
        if name == CHECKPOINT:
            current[:] = [next(views)]
        send(handler, current[0].get(name))

    with served(answer) as url:
        assert look_at(tmp_path / "one", url).alarm is None
        assert look_at(tmp_path / "other", url).alarm is None
    head = tmp_path / "head"
    with open_state(tmp_path / "one") as state:
        seen = state.load()
        assert seen is not None
        head.write_bytes(seen.head)
    with served(serving(files_of(301, e7="x"))) as url:
        ended = run("monitor", url, "--state", tmp_path / "other", "--once", "--since", head)
    assert ended.code == 1
    assert "ALARM (fork)" in ended.out
    (found,) = (tmp_path / "other").glob("evidence-fork-*.json")
    assert check_evidence(found.read_bytes(), LOG_KEY, None).word == "convicts"
    assert run("evidence", "check", found, "--log-key", LOG_KEY.encode()).code == 0


def test_an_old_head(tmp_path: Path) -> None:
    """A103, A104."""
    with served(serving(files_of(20))) as url:
        assert look_at(tmp_path / "m", url).alarm is None
    with served(serving(files_of(20) | {CHECKPOINT: files_of(12)[CHECKPOINT]})) as url:
        seen = look_at(tmp_path / "m", url)
    assert seen.alarm is not None
    assert seen.alarm.kind == "roll-back"


def drip(handler: BaseHTTPRequestHandler, name: str) -> None:
    handler.send_response(200)
    handler.end_headers()
    while True:
        handler.wfile.write(b"x")
        handler.wfile.flush()
        if HURRY.wait(0.05):
            return


def silent(handler: BaseHTTPRequestHandler, name: str) -> None:
    HURRY.wait(5)


def endless(handler: BaseHTTPRequestHandler, name: str) -> None:
    handler.send_response(200)
    handler.end_headers()
    while not HURRY.is_set():
        handler.wfile.write(b"x" * 65536)


def elsewhere(handler: BaseHTTPRequestHandler, name: str) -> None:
    handler.send_response(302)
    handler.send_header("Location", "file:///etc/passwd")
    handler.end_headers()


def circle(handler: BaseHTTPRequestHandler, name: str) -> None:
    handler.send_response(302)
    handler.send_header("Location", f"/{name}")
    handler.end_headers()


def cut(handler: BaseHTTPRequestHandler, name: str) -> None:
    handler.send_response(200)
    handler.send_header("Content-Length", "1000")
    handler.end_headers()
    handler.wfile.write(files_of(6)[CHECKPOINT][:50])


HURRY = threading.Event()
HOSTILE: dict[str, Answer] = {
    "a byte now and then": drip,
    "no answer": silent,
    "without an end": endless,
    "a page for everything": lambda handler, name: send(handler, b"<html>log in first</html>"),
    "an error": lambda handler, name: send(handler, b"", 500),
    "nothing": lambda handler, name: send(handler, None),
    "a local file": elsewhere,
    "a circle": circle,
    "half of it": cut,
    "no words": lambda handler, name: send(handler, b"\xff" * 100),
}


@pytest.mark.parametrize("answer", HOSTILE.values(), ids=HOSTILE)
def test_a_server_that_gives_nothing_is_no_alarm(tmp_path: Path, answer: Answer) -> None:
    HURRY.clear()
    with served(serving(files_of(5))) as url:
        look_at(tmp_path / "m", url)
    state = (tmp_path / "m" / "state").read_bytes()
    try:
        with served(answer) as url, pytest.raises(LookFailed):
            look_at(tmp_path / "m", url, longest=0.5)
    finally:
        HURRY.set()
    assert (tmp_path / "m" / "state").read_bytes() == state


@pytest.mark.parametrize("garbage", [b"", b"<html>", bytes(100), b"\0" * 70_000])
def test_garbage_in_place_of_entries_is_no_alarm(tmp_path: Path, garbage: bytes) -> None:
    with served(serving(files_of(5))) as url:
        look_at(tmp_path / "m", url)
    files = {name: data if name == CHECKPOINT else garbage for name, data in files_of(9).items()}
    with served(serving(files)) as url, pytest.raises(LookFailed):
        look_at(tmp_path / "m", url)


def test_the_command_says_what_it_sees(tmp_path: Path) -> None:
    (tmp_path / "anchors.json").write_bytes(anchors(PLAIN).encode())
    arguments = ("--state", tmp_path / "m", "--once", "--expect", tmp_path / "anchors.json")
    with served(serving(files_of(5))) as url:
        seen = run("monitor", url, *arguments, "--json")
        assert (seen.code, seen.json["size"], seen.json["grown"], seen.json["anchored"]) == (0, 5, 5, True)
        assert seen.json["quorum"] is None
        assert "5 entries, 0 of them new" in run("monitor", url, *arguments).out
    ended = run("monitor", url, *arguments)
    assert ended.code == 4
    assert "nothing could be learnt" in ended.err
    with served(serving(files_of(7, e2="x"))) as url:
        seen = run("monitor", url, *arguments, "--json")
    assert (seen.code, seen.json["alarm"]["kind"]) == (1, "fork")
    assert run("evidence", "check", seen.json["alarm"]["evidence"], "--expect", tmp_path / "anchors.json").code == 0


def test_a_folder_is_watched_too(tmp_path: Path) -> None:
    board = tmp_path / "board"
    for name, data in files_of(5).items():
        (board / name).parent.mkdir(parents=True, exist_ok=True)
        (board / name).write_bytes(data)
    assert run("monitor", board, "--state", tmp_path / "m", "--once", "--json").json["size"] == 5
    (board / CHECKPOINT).unlink()
    (board / CHECKPOINT).symlink_to("/etc/passwd")
    assert run("monitor", board, "--state", tmp_path / "m", "--once").code == 4
    assert run("monitor", tmp_path / "nowhere", "--state", tmp_path / "m", "--once").code == 2


def test_witnesses_are_asked_over_the_web(tmp_path: Path) -> None:
    """A104: the board gives everybody an old view, and a witness has signed for more."""
    note: list[bytes] = []
    asked: list[str] = []

    def answer(handler: BaseHTTPRequestHandler, name: str) -> None:
        asked.append(name)
        send(handler, note[0] if note else None)

    with served(answer) as witness:
        of = manifest(url=f"{witness}/w1")
        log = board_log(8, of)
        with served(serving(published(log, "w2", "w3"))) as url:
            seen = look_at(tmp_path / "m", url)
            assert seen.alarm is None
            assert any("w1 has no head" in remark for remark in seen.remarks)
            note.append(cosigned(log.signed_checkpoint(), "w1"))
            assert [one.name for one in look_at(tmp_path / "m", url).cosigned] == ["w1", "w2", "w3"]
            note[:] = [cosigned(board_log(9, of).signed_checkpoint(), "w1")]
            seen = look_at(tmp_path / "m", url)
    assert seen.alarm is not None
    assert (seen.alarm.kind, "witness w1" in seen.alarm.sentence) == ("roll-back", True)
    assert set(asked) == {f"w1/{monitoring_path(ORIGIN)}"}


def test_the_command_goes_on_until_an_alarm(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    current = {"files": files_of(5)}
    steps = iter([files_of(6), {}, {}, files_of(7), files_of(9, e2="x")])
    waited = []

    def sleep(seconds: float) -> None:
        if seconds == 7.0:  # and not the pause within a look
            waited.append(seconds)
            current["files"] = next(steps)

    with served(lambda handler, name: send(handler, current["files"].get(name))) as url:
        monkeypatch.setattr("e2evote.cli.monitor.WORLD", World(sleep=sleep))
        arguments = ("--state", tmp_path / "m", "--interval", "7", "--json")
        ended = run("monitor", url, *arguments)
    told = [json.loads(line) for line in ended.out.splitlines()]
    assert [(one["size"], one["failed"]) for one in told] == [(5, 0), (6, 0), (7, 2), (7, 0)]
    assert told[-1]["alarm"]["kind"] == "fork"
    assert "(2 in a row)" in ended.err
    assert (ended.code, waited) == (1, [7.0] * 5)
