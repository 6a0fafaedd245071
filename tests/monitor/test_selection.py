"""Monitor and receipts on a real selection: its box, its ballots, its board."""

from hashlib import sha256
from pathlib import Path

import pytest

from adapter.selections import Selection, prepared
from adapter.witnessed import confirmed
from cli.running import Ended, run
from e2evote.adapter.anchors import anchors_of
from e2evote.adapter.files import StaticDirectory
from e2evote.adapter.published import PublishedLog
from e2evote.adapter.reply import Acknowledged
from e2evote.board.log import Log
from e2evote.board.note import LogKey, Signer
from e2evote.proofs.signature import decode_public_key
from e2evote.secret.sign import SigningKey

SECRET = SigningKey(sha256(b"log").digest())


@pytest.fixture
def selection(tmp_path: Path) -> Selection:
    return prepared(tmp_path / "store", "open")


def voted(selection: Selection, tmp_path: Path) -> tuple[Acknowledged, Path]:
    """Vera's ballot among others, her receipt in a file, and anchors beside it."""
    with selection.box() as service:
        service.post(selection.ballot("otto"))
        done = service.post(selection.ballot("vera"))
        service.post(selection.ballot("wilma"))
    file = tmp_path / "ballot.tlog-proof"
    file.write_bytes(done.receipt)
    (tmp_path / "anchors.json").write_bytes(anchors_of(selection.board()).encode())
    return done, file


def watch(selection: Selection, tmp_path: Path) -> Ended:
    return run("monitor", selection.store.record, "--state", tmp_path / "watch", "--once", "--json")


def test_a_board_is_followed_while_ballots_come_in(selection: Selection, tmp_path: Path) -> None:
    before = watch(selection, tmp_path)
    voted(selection, tmp_path)
    after = watch(selection, tmp_path)
    assert (before.code, after.code) == (0, 0)
    assert after.json["grown"] == after.json["size"] - before.json["size"] > 0


def test_a_voter_checks_the_receipt_against_the_record(selection: Selection, tmp_path: Path) -> None:
    done, file = voted(selection, tmp_path)
    record, known = selection.store.record, ("--expect", tmp_path / "anchors.json")
    ended = run("receipt", "check", file, "--record", record, *known, "--json")
    assert (ended.code, ended.json["verdict"], ended.json["found"]) == (0, "accepted", "recorded")
    assert ended.json["index"] == done.index
    line, tracker = ended.json["line"], ended.json["tracker"]
    again = run("receipt", "check", file, "--record", record, *known, "--line", line, "--tracker", tracker)
    assert again.code == 0
    assert "recorded" in again.out
    assert "word alone" in again.out, "this selection names no witnesses"
    assert run("receipt", "missing", file, record, *known).code == 0


def test_with_witnesses_all_of_it_holds_under_their_quorum(tmp_path: Path) -> None:
    selection = confirmed(tmp_path / "store")
    selection.world.down("south")
    with selection.box() as service:
        selection.administration(service.post).open()
    done, file = voted(selection, tmp_path)
    record, known = selection.store.record, ("--expect", tmp_path / "anchors.json")
    ended = run("receipt", "check", file, "--record", record, *known, "--json")
    assert (ended.code, ended.json["verdict"], ended.json["found"]) == (0, "accepted", "recorded")
    assert [one["name"] for one in ended.json["cosigned"]] == ["east", "north"]
    assert run("receipt", "missing", file, record, *known).code == 0
    seen = watch(selection, tmp_path)
    assert (seen.code, seen.json["quorum"], seen.json["confirmed"] > 0) == (0, True, True)
    board = without(selection, done.index, tmp_path / "other")
    out = tmp_path / "evidence.json"
    assert run("receipt", "missing", file, board, *known, "--out", out).code == 1
    judged = run("evidence", "check", out, *known, "--json")
    assert [party["role"] for party in judged.json["convicted"]] == ["log"], "no honest witness has cosigned both"


def without(selection: Selection, index: int, folder: Path) -> Path:
    """The board as its server would have it: the same key, and one ballot less."""
    published = PublishedLog(selection.store.record)
    origin = selection.board().manifest.origin
    log = Log(Signer(LogKey(origin, decode_public_key(SECRET.public)), SECRET.sign))
    size = selection.board().size
    for number, entry in enumerate(published.entries(size)):
        if number != index:
            log.append(entry, published.payload(number, size))
    for name, data in log.publish(0).items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)
    return folder


def test_a_ballot_that_is_dropped_convicts_the_log(selection: Selection, tmp_path: Path) -> None:
    done, file = voted(selection, tmp_path)
    assert watch(selection, tmp_path).code == 0
    board = without(selection, done.index, tmp_path / "other")
    out = tmp_path / "evidence.json"
    known = ("--expect", tmp_path / "anchors.json")
    assert run("receipt", "missing", file, board, *known, "--out", out).code == 1
    ended = run("evidence", "check", out, *known, "--json")
    assert (ended.code, ended.json["verdict"], ended.json["evidence"]) == (0, "convicts", "entry")
    seen = run("monitor", board, "--state", tmp_path / "watch", "--once", "--json")
    assert seen.json["alarm"]["kind"] == "roll-back", "one entry less, so the end is missing too"


@pytest.mark.parametrize("command", [("receipt", "check"), ("evidence", "check")])
def test_damaged_files_end_with_one_line(selection: Selection, tmp_path: Path, command: tuple[str, ...]) -> None:
    done, file = voted(selection, tmp_path)
    known = ("--expect", tmp_path / "anchors.json")
    data = done.receipt
    if command[0] == "evidence":
        board = without(selection, done.index, tmp_path / "other")
        run("receipt", "missing", file, board, "--out", tmp_path / "evidence.json")
        file = tmp_path / "evidence.json"
        data = file.read_bytes()
    for place in range(0, len(data), 211):
        for damaged in (data[:place], data[:place] + b"\xff" + data[place + 1 :], data[:place] + data[place + 1 :]):
            file.write_bytes(damaged)
            ended = run(*command, file, *known)
            assert ended.code in (1, 3), (place, ended.everything)
            assert len(ended.err.splitlines()) == 1


def test_a_board_is_only_read(selection: Selection, tmp_path: Path) -> None:
    voted(selection, tmp_path)
    before = sorted((path, path.stat().st_mtime_ns) for path in selection.store.record.rglob("*"))
    watch(selection, tmp_path)
    assert sorted((path, path.stat().st_mtime_ns) for path in selection.store.record.rglob("*")) == before
    assert StaticDirectory(selection.store.record).read("checkpoint", 70_000)
