"""The commands on the box's store: look through it, export it, bring requests to witnesses and cosignatures back."""

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from cli.running import done, run
from e2evote.adapter import board_check
from e2evote.adapter.passphrase import Passphrase
from e2evote.adapter.service import open_box
from e2evote.adapter.store import Store, create_store
from e2evote.cli.board import moment
from e2evote.verify import verify_record
from tests.adapter.selections import PHRASE, Clock, prepared, write_log_key
from tests.adapter.witnessed import Witnessed, World, new
from tests.ballot.election import make_manifest, signing_key


def files(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def without_replaced(found: dict[str, bytes]) -> dict[str, bytes]:
    """All files but the narrower ones that readers of an earlier checkpoint may still ask for."""
    widest: dict[str, int] = {}
    for name in found:
        base, partial, width = name.partition(".p/")
        widest[base] = max(widest.get(base, 0), int(width) if partial else 256)
    return {
        name: data
        for name, data in found.items()
        if widest[name.partition(".p/")[0]] == int(name.partition(".p/")[2] or 256)
    }


def test_a_sound_store_is_said_to_be_sound(tmp_path: Path) -> None:
    selection = prepared(tmp_path / "s", "cast")
    board = selection.board()
    found = done("board", "check", selection.store.path, "--json").json
    root = board.root(board.size).hex()
    size = board.size
    assert found == {
        "cosigned": [], "published": size, "quorum": True, "root": root, "size": size, "unsigned": 0,
    }  # fmt: skip
    assert f"head       {size} entries" in done("board", "check", selection.store.path).out
    with selection.box():
        done("board", "check", selection.store.path)


def test_a_store_is_looked_through_while_its_box_works(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A head that comes in between is no fork, and a file that is replaced in between is not lost."""
    selection = prepared(tmp_path / "s", "cast")
    ballots = [selection.ballot("nina"), selection.ballot("karl")]
    with selection.box() as box:
        real = board_check.self_check

        def meanwhile(*arguments: object) -> object:
            found = real(*arguments)  # type: ignore[arg-type]
            if ballots:
                box.post(ballots.pop())
            return found

        monkeypatch.setattr(board_check, "self_check", meanwhile)
        found = board_check.check_board(selection.store)
        assert (found.shown.size, ballots) == (box.size, [])


def test_damage_is_named(tmp_path: Path) -> None:
    selection = prepared(tmp_path / "s", "cast")
    store = selection.store
    wanted = max((store.record / "tile" / "0" / "000.p").iterdir(), key=lambda path: int(path.name))
    data = wanted.read_bytes()
    wanted.write_bytes(data[::-1])
    ended = run("board", "check", store.path)
    assert (ended.code, "[record-fails]" in ended.err, wanted.name in ended.err) == (1, True, True)
    wanted.unlink()
    assert "is not published" in run("board", "check", store.path).err
    wanted.write_bytes(data)
    done("board", "check", store.path)
    with closing(sqlite3.connect(store.private / "log.sqlite")) as database, database:
        database.execute("UPDATE tile SET data = zeroblob(length(data))")
    ended = run("board", "check", store.path, "--json")
    assert (ended.code, ended.json["error"]) == (1, "storage-damaged")


def test_an_export_is_the_board(tmp_path: Path) -> None:
    selection = prepared(tmp_path / "s", "published")
    made = done("board", "export", selection.store.path, tmp_path / "copy", "--json").json
    assert made["size"] == selection.board().size
    assert files(tmp_path / "copy") == without_replaced(files(selection.store.record))
    assert verify_record(tmp_path / "copy", allow_test_group=True).failing == frozenset()
    shutil.rmtree(selection.store.record)  # it needs nothing of what is published
    selection.store.record.mkdir()
    done("board", "export", selection.store.path, tmp_path / "copy.zip", "--zip")
    assert verify_record(tmp_path / "copy.zip", allow_test_group=True).failing == frozenset()
    assert run("board", "export", selection.store.path, tmp_path / "copy").code == 2


def test_lost_files_are_replaced_by_an_export(tmp_path: Path) -> None:
    selection = prepared(tmp_path / "s", "cast")
    checkpoint = selection.board().checkpoint
    shutil.rmtree(selection.store.record)
    selection.store.record.mkdir()
    done("board", "export", selection.store.path, tmp_path / "copy")
    selection.store.record.rmdir()
    (tmp_path / "copy").rename(selection.store.record)
    with selection.box():
        assert selection.board().checkpoint == checkpoint


def test_a_storage_elsewhere(tmp_path: Path) -> None:
    key = write_log_key(tmp_path / "log.key")
    place = tmp_path / "elsewhere.sqlite"
    manifest = make_manifest().encode()
    store = create_store(
        tmp_path / "s", manifest, signing_key("chair"), key, PHRASE, storage=str(place), allow_test_group=True
    )
    assert place.exists()
    assert not (store.private / "log.sqlite").exists()
    (tmp_path / "s").rename(tmp_path / "moved")
    done("board", "check", tmp_path / "moved")
    with open_box(Store.at(tmp_path / "moved"), PHRASE, allow_test_group=True) as box:
        assert box.size == 1


def cosigned(selection: Witnessed, tmp_path: Path, name: str, *more: object) -> Path:
    """The cosignature that a witness makes by hand, in a file."""
    request, answer = tmp_path / f"{name}.request", tmp_path / f"{name}.cosignature"
    request.unlink(missing_ok=True)
    done("board", "request", selection.store.path, "--witness", name, "--out", request, *more)
    (witness,) = (each for each in selection.world.witnesses if each.name == name)
    answer.write_bytes(witness.answer(request.read_bytes()).body)
    return answer


def test_cosignatures_by_hand(tmp_path: Path) -> None:
    selection = new(tmp_path / "s")
    store, clock = selection.store, Clock()
    waiting = run("board", "check", store.path)
    assert (waiting.code, "no quorum" in waiting.out) == (4, True)
    assert run("board", "export", store.path, tmp_path / "copy").code == 4
    with open_box(store, PHRASE, allow_test_group=True, patience=clock.patience(3)) as box:
        assert "east: has no address" in box.step().waiting
        done("board", "cosignature", store.path, cosigned(selection, tmp_path, "east"))
        assert "north" in box.step().waiting
        taken = done("board", "cosignature", store.path, cosigned(selection, tmp_path, "north"), "--json").json
        assert taken == {"size": 1, "witnesses": ["north"]}
        assert box.step().waiting == ""
    found = done("board", "check", store.path, "--json").json
    time = moment(selection.world.now)
    assert found["cosigned"] == [{"name": "east", "time": time}, {"name": "north", "time": time}]
    assert "witness" in done("board", "check", store.path).out
    assert selection.board().size == 1


def test_a_cosignature_that_was_there_before_the_start_does_not_confirm_anything(tmp_path: Path) -> None:
    """An old copy of a store holds old cosignatures."""
    selection, clock = new(tmp_path / "s"), Clock()
    store = selection.store
    for name in ("east", "north"):
        done("board", "cosignature", store.path, cosigned(selection, tmp_path, name))
    with open_box(store, PHRASE, allow_test_group=True, patience=clock.patience(3)) as box:
        assert "east: has no address" in box.step().waiting
        selection.world.now += 60
        for name in ("east", "north"):  # again, from the size that it cosigned last
            done("board", "cosignature", store.path, cosigned(selection, tmp_path, name))
        assert box.step().waiting == ""


def test_what_is_no_cosignature_is_refused(tmp_path: Path) -> None:
    selection, other = new(tmp_path / "s"), new(tmp_path / "other")
    store = selection.store
    nonsense = tmp_path / "nonsense"
    for data in (b"", b"hello", b"\xff" * 100):
        nonsense.write_bytes(data)
        ended = run("board", "cosignature", store.path, nonsense, "--json")
        assert (ended.code, ended.json["error"]) == (4, "not-cosigned")
    good = cosigned(selection, tmp_path, "east").read_bytes()
    place = good.rindex(b"A") if b"A" in good[-40:] else len(good) - 10
    nonsense.write_bytes(good[:place] + (b"B" if good[place : place + 1] != b"B" else b"C") + good[place + 1 :])
    assert run("board", "cosignature", store.path, nonsense).code == 4
    done("board", "cosignature", store.path, cosigned(other, tmp_path, "east"))  # the same head: the log is the same
    assert run("board", "request", store.path, "--witness", "west", "--out", tmp_path / "r").code == 2
    assert run("board", "request", store.path, "--witness", "east", "--out", tmp_path / "r", "--old", 7).code == 1
    plain = prepared(tmp_path / "plain", "setup")
    assert run("board", "request", plain.store.path, "--witness", "east", "--out", tmp_path / "r").code == 2
    assert run("board", "cosignature", plain.store.path, nonsense).code == 2


def test_addresses_of_witnesses(tmp_path: Path) -> None:
    """One that does not answer is named, and so are those who work by hand."""
    phrase, path = tmp_path / "log.pass", tmp_path / "s"
    phrase.write_text("a passphrase for a log\n")
    strong = Passphrase("a passphrase for a log", cost=2**15)
    manifest = World().manifest().encode()
    key = write_log_key(tmp_path / "log.key", strong)
    create_store(path, manifest, signing_key("chair"), key, strong, allow_test_group=True)
    command = ("box", path, "--once", "--passphrase-file", phrase, "--allow-test-group", "--witness")
    for given in ("east", "west=http://127.0.0.1:1/", "east=ftp://a"):
        assert run(*command, given).code == 2
    ended = done(*command, "east=http://127.0.0.1:1")
    assert "east: http://127.0.0.1:1: " in ended.err
    assert "north: has no address" in ended.err
