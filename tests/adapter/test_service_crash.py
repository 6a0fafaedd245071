"""What a box refuses to go on from, and what a crash leaves: nothing is lost, and nothing is said twice."""

import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from e2evote.adapter import files, inbox, service
from e2evote.adapter.inbox import collect, drop
from e2evote.adapter.keys import new_key
from e2evote.adapter.reply import read_reply
from e2evote.adapter.storage.sqlite import SqliteStorage
from e2evote.ballot.box_envelope import Envelope
from e2evote.verify.checks import Verdict
from tests.adapter.selections import PHRASE, Crash, Selection, prepared, refused
from tests.ballot.election import signing_key


def opened(selection: Selection) -> None:
    with selection.box():
        pass


# What it refuses to go on from


def payload_pack(selection: Selection) -> Path:
    (path,) = (selection.store.record / "payload" / "000.p").iterdir()
    return path


def test_a_record_that_fails_a_check_is_refused(tmp_path: Path) -> None:
    selection = prepared(tmp_path / "s", "cast")
    path = payload_pack(selection)
    data = bytearray(path.read_bytes())
    data[-10] ^= 1
    path.write_bytes(data)
    refusal = refused(lambda: opened(selection))
    assert refusal.code == "record-fails"
    assert "board.payload" in refusal.detail


def test_a_record_with_something_missing_is_refused(tmp_path: Path) -> None:
    selection = prepared(tmp_path / "s", "cast")
    payload_pack(selection).unlink()
    assert refused(lambda: opened(selection)).code == "board-missing"


def test_a_strangers_file_in_the_record_is_refused(tmp_path: Path) -> None:
    selection = prepared(tmp_path / "s", "cast")
    (selection.store.record / "notes.txt").write_bytes(b"hello")
    refusal = refused(lambda: opened(selection))
    assert (refusal.code, "record.files" in refusal.detail) == ("record-fails", True)


def swapped(selection: Selection, record: Path) -> None:
    shutil.rmtree(selection.store.record)
    shutil.copytree(record, selection.store.record)


def test_an_older_record_is_brought_up_to_what_is_stored(tmp_path: Path) -> None:
    selection = prepared(tmp_path / "s", "cast")
    shutil.copytree(selection.store.record, tmp_path / "old")
    for name in ("nina", "karl"):
        with selection.box() as box:
            box.post(selection.ballot(name))
    checkpoint = selection.board().checkpoint
    swapped(selection, tmp_path / "old")
    opened(selection)
    assert selection.board().checkpoint == checkpoint
    assert selection.verify().failing == frozenset()


def test_an_older_copy_of_the_storage_is_refused(tmp_path: Path) -> None:
    selection = prepared(tmp_path / "s", "cast")
    shutil.copytree(selection.store.private, tmp_path / "old")
    with selection.box() as box:
        box.post(selection.ballot("nina"))
    shutil.rmtree(selection.store.private)
    shutil.copytree(tmp_path / "old", selection.store.private)
    assert refused(lambda: opened(selection)).code == "board-ahead"


def test_a_store_that_does_not_say_where_its_log_is_is_refused(tmp_path: Path) -> None:
    selection = prepared(tmp_path / "s", "setup")
    place = selection.store.private / "storage"
    origin = place.read_bytes().splitlines(keepends=True)[1]
    for line in (b"", b"\n", b"\xff\n", b"x" * 5000 + b"\n", b"\x07\n", b"log.sqlite\nx\n"):
        place.write_bytes(line + origin)
        assert refused(lambda: opened(selection)).code == "no-store"
    place.write_bytes(b"log.sqlite\nanother\n")
    assert refused(lambda: opened(selection)).code == "storage-origin"
    place.write_bytes(b"elsewhere.sqlite\n" + origin)
    assert refused(lambda: opened(selection)).code == "storage-missing"
    place.unlink()
    assert refused(lambda: opened(selection)).code == "no-store"


@pytest.mark.parametrize(
    "harm",
    [
        "UPDATE item SET entry = CAST(replace(CAST(entry AS TEXT), 'kind', 'KIND') AS BLOB) WHERE id = 4",
        "UPDATE tile SET data = zeroblob(length(data))",
        "UPDATE entry SET item = (SELECT max(item) FROM entry) + 1 WHERE idx = 3",
        "DELETE FROM entry WHERE idx = 3",
        "DELETE FROM entry WHERE idx = (SELECT max(idx) FROM entry)",
        "UPDATE head SET size = size - 1",
        "UPDATE chunk SET data = zeroblob(length(data)) WHERE id = (SELECT min(id) FROM chunk)",
    ],
)
def test_a_damaged_storage_is_refused_and_nothing_is_cut_off(tmp_path: Path, harm: str) -> None:
    selection = prepared(tmp_path / "s", "cast")
    with closing(sqlite3.connect(selection.store.private / "log.sqlite")) as database, database:
        assert database.execute(harm).rowcount > 0
    before = selection.board().checkpoint
    with closing(sqlite3.connect(selection.store.private / "log.sqlite")) as database:
        rows = database.execute("SELECT count(*) FROM entry").fetchone()
        for _ in range(2):
            assert refused(lambda: opened(selection)).code == "storage-damaged"
        assert database.execute("SELECT count(*) FROM entry").fetchone() == rows
    assert selection.board().checkpoint == before


def test_a_record_that_somebody_else_has_continued_is_refused(tmp_path: Path) -> None:
    """A copy of the whole store went on elsewhere."""
    selection = prepared(tmp_path / "s", "cast")
    shutil.copytree(selection.store.path, tmp_path / "copy")
    other = Selection(replace(selection.store, path=tmp_path / "copy"))
    with other.box() as box:
        box.post(selection.ballot("nina"))
    swapped(selection, other.store.record)
    assert refused(lambda: opened(selection)).code == "board-ahead"


def test_a_fork_of_the_same_size_is_refused(tmp_path: Path) -> None:
    selection = prepared(tmp_path / "s", "cast")
    shutil.copytree(selection.store.path, tmp_path / "copy")
    other = Selection(replace(selection.store, path=tmp_path / "copy"))
    for each, name in ((selection, "nina"), (other, "karl")):
        with each.box() as box:
            box.post(each.ballot(name))
    swapped(selection, other.store.record)
    assert refused(lambda: opened(selection)).code == "board-forked"


def test_a_record_without_a_checkpoint_is_refused(tmp_path: Path) -> None:
    selection = prepared(tmp_path / "s", "cast")
    (selection.store.record / "checkpoint").unlink()
    assert refused(lambda: opened(selection)).code == "board-missing"


def test_another_logs_key_is_refused(tmp_path: Path) -> None:
    selection = prepared(tmp_path / "s", "cast")
    path = selection.store.private / "log.key"
    path.unlink()
    new_key(path, PHRASE)
    assert refused(lambda: opened(selection)).code == "wrong-key"


# Crashes


def crashing(limit: int) -> Callable[..., None]:
    """A function that works `limit` times and then no more. It is called for every file that is written."""
    calls = 0

    def crash() -> None:
        nonlocal calls
        calls += 1
        if calls > limit:
            raise Crash

    return crash


def interrupted(selection: Selection, limit: int, monkeypatch: pytest.MonkeyPatch) -> bool:
    """One batch that is cut off before, or after, some write; whether it came to its end."""
    crash = crashing(limit)
    with monkeypatch.context() as patch, selection.box() as box:
        for module, name in (
            (files, "_write"),
            (inbox, "_write_whole"),
            *((SqliteStorage, name) for name in ("submit", "sequence", "swap_head", "add_cosigned")),
        ):
            real = getattr(module, name)

            def cut(*arguments: object, real: Callable[..., object] = real) -> object:
                crash()
                result = real(*arguments)
                crash()
                return result

            patch.setattr(module, name, cut)
        try:
            box.step()
        except Crash:
            return False
    return True


def test_a_crash_anywhere_loses_nothing_and_repeats_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """After a crash at any write, the next box answers every submission, and the record verifies."""
    whole = prepared(tmp_path / "whole", "open")
    booth = whole.booth()
    challenge, _ = booth.challenge(booth.seal(booth.owner(signing_key("nina").public), {}), "1" * 32)
    envelopes = [whole.ballot("vera"), whole.ballot("otto"), challenge]
    limit, ended, ends = 0, False, set()
    while not ended:
        shutil.copytree(whole.store.path, tmp_path / str(limit))
        selection = Selection(replace(whole.store, path=tmp_path / str(limit)))
        before = selection.board().size
        sent = {drop(selection.store, envelope): envelope for envelope in envelopes}
        ended = interrupted(selection, limit, monkeypatch)
        known = [collect(selection.store, name) for name in sent]
        with selection.box() as box:
            box.step()
            assert box.size == before + len(envelopes)
            assert sum(box.box.sessions.values()) == 1
            receipts = [box.post(envelope).receipt for envelope in envelopes]
        log_key = selection.board().log_key
        for data, envelope, receipt in zip(known, envelopes, receipts, strict=True):
            if data is not None:  # it was answered before the crash, and the answer stays true
                assert read_reply(data, envelope, log_key, None).receipt == receipt
        assert selection.verify().failing == frozenset()
        assert selection.verify().verdict is Verdict.INCOMPLETE
        ends.add(selection.board().checkpoint)
        shutil.rmtree(tmp_path / str(limit))
        limit += 1
    assert limit > 20
    assert len(ends) == 1


def test_after_a_failed_write_nothing_more_is_signed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    selection = prepared(tmp_path / "s", "open")
    with selection.box() as box:
        with monkeypatch.context() as patch:
            patch.setattr(files, "_write", lambda *arguments: 1 // 0)
            with pytest.raises(ZeroDivisionError):
                box.post(selection.ballot("vera"))
        for _ in range(2):
            assert refused(lambda: box.post(selection.ballot("otto"))).code == "storage-failed"
    with selection.box() as box:
        box.post(selection.ballot("vera"))


def test_an_answer_that_was_not_fetched_is_given_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Killed between the write and the reply: the same receipt again."""
    selection = prepared(tmp_path / "s", "open")
    ballot = selection.ballot("vera")
    name = drop(selection.store, ballot)
    with monkeypatch.context() as patch, selection.box() as box:

        def gone(*arguments: object) -> None:
            raise Crash

        patch.setattr(service, "answer", gone)
        with pytest.raises(Crash):
            box.step()
    size = selection.board().size
    with selection.box() as box:
        batch = box.step()
        assert (batch.admitted, batch.again, box.size) == (0, 1, size)
        data = collect(selection.store, name)
        assert data is not None
        assert read_reply(data, ballot, selection.board().log_key, None).receipt == box.post(ballot).receipt


@pytest.mark.slow
def test_a_long_log_goes_on_after_a_restart(tmp_path: Path) -> None:
    """Past the first full bundle: what is forgotten in memory is read from the record."""
    selection = prepared(tmp_path / "s", "open")
    booth, key = selection.booth(), signing_key("vera")
    board, first = selection.board(), None
    with selection.box() as box:
        while box.size < 254:
            sealed = booth.seal(booth.owner(key.public), {"mayor": {"ada": 1}}, "half")
            done = box.post(booth.cast(sealed, key))
            first = first or done
            board.refresh()
    assert first is not None
    for _ in range(4):
        with selection.box() as box:
            box.post(booth.cast(booth.seal(booth.owner(key.public), {"mayor": {"ada": 1}}, "half"), key))
    with selection.box() as box:
        again = box.post(Envelope(first.entry))
        assert (again.receipt, again.again) == (first.receipt, True)
        selection.administration(box.post).close()
        selection.administration(box.post).statement()
    report = selection.verify()
    assert report.failing == frozenset()
    assert report.facts.counts["ballots"] == 258 - 14
