"""A reader of a growing board believes only what it has checked, and notices when it is shown another one."""

import shutil
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest

from e2evote.adapter import snapshot as snapshots
from e2evote.adapter.board import BoardReader
from e2evote.adapter.snapshot import fetch_record, pack_record, snapshot
from e2evote.board.log import Log
from e2evote.board.note import Signer
from e2evote.errors import MalformedInput, Refused
from e2evote.manifest.entries import Phase
from e2evote.verify import verify_record
from e2evote.verify.checks import Check
from e2evote.verify.log import log_key
from e2evote.verify.report import Report
from tests.adapter.selections import Selection, prepared, refused
from tests.ballot.election import make_manifest, signing_key


def test_a_reader_follows_the_board(tmp_path: Path) -> None:
    selection = prepared(tmp_path / "s", "open")
    board = selection.board()
    size = board.size
    assert not board.refresh()
    with selection.box() as box:
        for name in ("vera", "otto"):
            box.post(selection.ballot(name))
        assert board.refresh()
    assert (board.size, len(board.entries), board.state.phase) == (size + 2, size + 2, Phase.OPEN)
    assert len(board.ledger().counted()) == 2
    assert board.payload(board.entries[-1]).startswith(b'{"contests"')
    assert board.joint().h_e == selection.booth().context.h_e


def test_before_the_opening_there_is_no_joint_key(tmp_path: Path) -> None:
    board = prepared(tmp_path / "s", "confirmed").board()
    assert refused(board.joint).code == "not-open"
    assert len(board.ceremony().sessions[-1].keys) == 3


def test_a_test_group_needs_a_flag(tmp_path: Path) -> None:
    selection = prepared(tmp_path / "s", "setup")
    assert refused(lambda: BoardReader(selection.store.record)).code == "test-group"


def test_where_there_is_no_board(tmp_path: Path) -> None:
    assert refused(lambda: BoardReader(tmp_path)).code == "board-missing"
    selection = prepared(tmp_path / "s", "cast")
    shutil.rmtree(selection.store.record / "payload")
    assert refused(selection.board).code == "board-missing"


def rewritten(selection: Selection, path: Path, name: str) -> Path:
    """Another continuation of the same log."""
    shutil.copytree(selection.store.path, path)
    other = Selection(replace(selection.store, path=path))
    with other.box() as box:
        box.post(other.ballot(name))
    return other.store.record


def exchange(selection: Selection, record: Path) -> None:
    shutil.rmtree(selection.store.record)
    shutil.copytree(record, selection.store.record)


def test_a_log_that_was_rewritten_is_refused_for_good(tmp_path: Path) -> None:
    selection = prepared(tmp_path / "s", "cast")
    before = tmp_path / "before"
    shutil.copytree(selection.store.record, before)
    fork = rewritten(selection, tmp_path / "fork", "karl")
    with selection.box() as box:
        box.post(selection.ballot("nina"))
    for record in (fork, before):
        shutil.copytree(selection.store.record, tmp_path / "mine", dirs_exist_ok=True)
        board = selection.board()
        exchange(selection, record)
        assert refused(board.refresh).code == "board-rewritten"
        exchange(selection, tmp_path / "mine")
        assert refused(board.refresh).code == "board-rewritten"


def spoil(selection: Selection, name: str, position: int) -> None:
    path = selection.store.record / name
    data = bytearray(path.read_bytes())
    data[position] ^= 1
    path.write_bytes(data)


def test_what_does_not_fit_the_checkpoint_is_refused(tmp_path: Path) -> None:
    selection = prepared(tmp_path / "s", "cast")
    for name, position in (
        (f"tile/entries/000.p/{selection.board().size}", -1),
        ("checkpoint", 20),
        ("checkpoint", -5),
    ):
        path = selection.store.record / name
        good = path.read_bytes()
        spoil(selection, name, position)
        assert refused(selection.board).code in ("board-rewritten", "record-fails")
        path.write_bytes(good)
    assert selection.board().size > 0


def test_a_payload_is_compared_with_its_leaf(tmp_path: Path) -> None:
    selection = prepared(tmp_path / "s", "cast")
    pack = next((selection.store.record / "payload" / "000.p").iterdir())
    data = pack.read_bytes()
    at = data.rindex(b'{"contests"')
    pack.write_bytes(data[: at + 20] + b"?" + data[at + 21 :])
    board, codes = selection.board(), []
    for entry in (entry for entry in board.entries if entry.leaf.payload):
        try:
            board.payload(entry)
        except Refused as refusal:
            codes.append(refusal.code)
    assert codes == ["record-fails"]


def test_a_log_that_holds_what_no_box_lets_in_is_refused(tmp_path: Path) -> None:
    """The log's own key signs garbage: the reader stops there."""
    selection = prepared(tmp_path / "s", "setup")
    manifest = make_manifest()
    log = Log(Signer(log_key(manifest), signing_key("log").sign))
    board = selection.board()
    entry = next(iter(board._log.entries(1)))
    log.append(entry, manifest.encode())
    log.append(b'{"kind":"poem"}')
    for name, data in log.publish(0).items():
        path = selection.store.record / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    assert refused(board.refresh).code == "record-fails"
    assert refused(selection.board).code == "record-fails"


# Copies


def equal(one: Report, other: Report) -> bool:
    """But for the number of files: a board that is served also has some that were superseded."""
    files = list(Check).index(Check.RECORD_FILES)
    return one.facts == other.facts and all(
        mine == theirs or place == files
        for place, (mine, theirs) in enumerate(zip(one.results, other.results, strict=True))
    )


def test_a_copy_of_a_record_is_the_record(tmp_path: Path) -> None:
    selection = prepared(tmp_path / "s", "published")
    fetch_record(selection.store.record, tmp_path / "copy")
    pack_record(selection.store.record, tmp_path / "record.zip")
    with snapshot(selection.store.record) as still:
        reports = [
            verify_record(path, allow_test_group=True)
            for path in (selection.store.record, tmp_path / "copy", tmp_path / "record.zip", still)
        ]
    assert reports[0].failing == frozenset()
    assert all(equal(reports[0], report) for report in reports)
    assert not still.exists()
    with zipfile.ZipFile(tmp_path / "record.zip") as archive:
        assert archive.testzip() is None
        assert "hints/000.p/" in "".join(archive.namelist())


def test_a_copy_replaces_nothing(tmp_path: Path) -> None:
    selection = prepared(tmp_path / "s", "cast")
    (tmp_path / "there").write_bytes(b"mine")
    for copy in (fetch_record, pack_record):
        assert refused(lambda copy=copy: copy(selection.store.record, tmp_path / "there")).code == "file-exists"
    assert (tmp_path / "there").read_bytes() == b"mine"
    assert refused(lambda: fetch_record(tmp_path, tmp_path / "copy")).code == "board-missing"
    assert not (tmp_path / "copy").exists()


def test_a_copy_of_half_a_record_is_refused(tmp_path: Path) -> None:
    selection = prepared(tmp_path / "s", "cast")
    shutil.rmtree(selection.store.record / "payload")
    assert refused(lambda: fetch_record(selection.store.record, tmp_path / "copy")).code == "record-incomplete"
    assert refused(lambda: pack_record(selection.store.record, tmp_path / "zip")).code == "record-incomplete"
    assert {path.name for path in tmp_path.iterdir()} == {"s"}


def test_a_link_is_not_followed(tmp_path: Path) -> None:
    selection = prepared(tmp_path / "s", "cast")
    pack = next((selection.store.record / "payload" / "000.p").iterdir())
    pack.rename(tmp_path / "elsewhere")
    pack.symlink_to(tmp_path / "elsewhere")
    with pytest.raises(MalformedInput):
        fetch_record(selection.store.record, tmp_path / "copy")


def test_hints_that_are_none_are_left_out(tmp_path: Path) -> None:
    selection = prepared(tmp_path / "s", "cast")
    hints = next((selection.store.record / "hints" / "000.p").iterdir())
    hints.write_bytes(b"hello")
    fetch_record(selection.store.record, tmp_path / "copy")
    assert not (tmp_path / "copy" / "hints").exists()
    with selection.box() as box:  # and the box goes on without them
        box.post(selection.ballot("nina"))
    assert selection.verify().failing == frozenset()


def test_a_copy_of_a_record_that_grows_meanwhile_is_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A batch comes after the checkpoint was read: its files replace some that the copy still needs."""
    selection = prepared(tmp_path / "s", "open")
    real, batches = snapshots._read_checkpoint, iter([selection.ballot("vera"), selection.ballot("otto")])
    with selection.box() as box:

        def read(record: Path) -> bytes:
            note = real(record)
            envelope = next(batches, None)
            if envelope:
                box.post(envelope)
            return note

        monkeypatch.setattr(snapshots, "_read_checkpoint", read)
        fetch_record(selection.store.record, tmp_path / "copy")
    assert equal(verify_record(tmp_path / "copy", allow_test_group=True), selection.verify())


def test_a_reader_of_a_board_that_grows_meanwhile_begins_anew(tmp_path: Path) -> None:
    selection = prepared(tmp_path / "s", "open")
    board = selection.board()
    with selection.box() as box:
        box.post(selection.ballot("vera"))
        board.refresh()
        ballot = board.entries[-1]
        box.post(selection.ballot("otto"))  # replaces the pack that the reader knows of
        assert board.payload(ballot).startswith(b'{"contests"')
        before = board.size
        assert board.examine().log.checkpoint.size == board.size == before + 1


def test_a_copy_under_an_earlier_head_is_what_that_head_covers(tmp_path: Path) -> None:
    """Its partial files are gone, and are the beginnings of those that replaced them."""
    selection = prepared(tmp_path / "s", "open")
    head, before = selection.board().checkpoint, selection.verify()
    with selection.box() as box:
        box.post(selection.ballot("vera"))
    assert not list(selection.store.record.glob(f"payload/000.p/{before.facts.size}"))
    with snapshot(selection.store.record, head) as still:
        assert equal(verify_record(still, allow_test_group=True), before)
