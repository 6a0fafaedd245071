"""The board on plain files: whole files, one writer, nothing but a board's names, no links."""

import errno
import os
import shutil
from pathlib import Path

import pytest

from board.keys import log_key, signer
from e2evote.adapter.files import LOCK, StaticDirectory, open_to_write
from e2evote.board.checkpoint import open_checkpoint
from e2evote.board.log import CHECKPOINT, Log
from e2evote.errors import MalformedInput, Refused, StorageFailed, StorageFull


def names(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if not path.is_dir()}


@pytest.fixture
def board(tmp_path: Path) -> Path:
    """A published log of 3 entries."""
    log = Log(signer())
    for number in range(3):
        log.append(b"entry", b"payload", b"hint" if number else None)
    with open_to_write(tmp_path / "board") as writer:
        writer.write(log.publish(0))
    return tmp_path / "board"


ODD = [
    "",
    ".",
    "..",
    "../checkpoint",
    "/etc/passwd",
    "tile/../checkpoint",
    "tile/0/0",
    "index.html",
    LOCK,
    "checkpoint/",
]


@pytest.mark.parametrize("name", ODD)
def test_odd_names_are_neither_written_nor_read(board: Path, name: str) -> None:
    before = names(board.parent)
    with pytest.raises(MalformedInput), open_to_write(board) as writer:
        writer.write({name: b"x", CHECKPOINT: b"x"})
    assert names(board.parent) == before
    assert StaticDirectory(board).read(CHECKPOINT, 1000) != b"x"
    with pytest.raises(MalformedInput):
        StaticDirectory(board).read(name, 1000)


def test_what_was_written_is_read(board: Path) -> None:
    assert names(board) == {
        "checkpoint",
        "tile/0/000.p/3",
        "tile/entries/000.p/3",
        "payload/000.p/3",
        "hints/000.p/3",
    }
    reader = StaticDirectory(board)
    assert open_checkpoint(reader.read(CHECKPOINT, 1000), log_key()).size == 3
    assert reader.read("tile/0/000.p/3", 96) == (board / "tile/0/000.p/3").read_bytes()
    with pytest.raises(FileNotFoundError):
        reader.read("tile/0/000.p/2", 96)
    with pytest.raises(FileNotFoundError):
        reader.read("tile/1/000.p/2", 96)
    with pytest.raises(MalformedInput, match="96 bytes, limit 95"):
        reader.read("tile/0/000.p/3", 95)


def test_the_checkpoint_comes_last(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    log = Log(signer())
    for _ in range(300):
        log.append(b"entry", b"payload")
    order: list[str] = []
    rename, fsync = os.rename, os.fsync

    def seen_rename(source: str, target: str, *, src_dir_fd: int, dst_dir_fd: int) -> None:
        order.append(target)
        rename(source, target, src_dir_fd=src_dir_fd, dst_dir_fd=dst_dir_fd)

    def seen_fsync(descriptor: int) -> None:
        order.append("sync")
        fsync(descriptor)

    monkeypatch.setattr(os, "rename", seen_rename)
    monkeypatch.setattr(os, "fsync", seen_fsync)
    with open_to_write(tmp_path / "board") as writer:
        order.clear()
        writer.write(dict(sorted(log.publish(0).items())))  # in which order they are given does not matter
    assert order[-3:] == ["sync", CHECKPOINT, "sync"]
    assert order.count(CHECKPOINT) == 1
    for place, event in enumerate(order):
        if event != "sync":
            assert order[place - 1] == order[place + 1] == "sync"


def test_a_published_tile_never_changes(board: Path) -> None:
    for name in ("tile/0/000.p/3", "tile/entries/000.p/3"):
        published = (board / name).read_bytes()
        with open_to_write(board) as writer:
            writer.write({name: published})
        for other in (bytes(len(published)), published[:-1], published + b"x", b""):
            with (
                pytest.raises(Refused, match="already published with other bytes"),
                open_to_write(board) as writer,
            ):
                writer.write({name: other, CHECKPOINT: b"forked"})
        assert (board / name).read_bytes() == published
    assert StaticDirectory(board).read(CHECKPOINT, 1000) != b"forked"


def test_partial_files_go_when_the_full_one_is_there_and_packs_when_a_wider_one_is(tmp_path: Path) -> None:
    log, previous, folder = Log(signer()), 0, tmp_path / "board"
    with open_to_write(folder) as writer:
        for size in (2, 5, 256, 258, 600):
            while log.size < size:
                log.append(b"entry", b"payload", b"hint")
            writer.write(log.publish(previous))
            previous = size
            if size == 5:
                assert {name for name in names(folder) if ".p/" in name} == {
                    "tile/0/000.p/2",
                    "tile/0/000.p/5",
                    "tile/entries/000.p/2",
                    "tile/entries/000.p/5",
                    "payload/000.p/5",
                    "hints/000.p/5",
                }
    assert {name for name in names(folder) if ".p/" in name} == {
        "tile/0/002.p/88",
        "tile/1/000.p/1",
        "tile/1/000.p/2",
        "tile/entries/002.p/88",
        "payload/002.p/88",
        "hints/002.p/88",
    }
    assert not (folder / "tile/0/000.p").exists()


def test_one_writer(board: Path) -> None:
    with open_to_write(board):
        with pytest.raises(Refused, match=f"process {os.getpid()} writes here") as refusal, open_to_write(board):
            raise AssertionError("two writers")
        assert refusal.value.code == "board-locked"
        assert (board / LOCK).exists()  # the refused one did not take the lock away
    with open_to_write(board):
        pass
    assert not (board / LOCK).exists()


@pytest.mark.parametrize("content", ["", "process 99999999\n", "\x00" * 1000])
def test_the_lock_of_a_writer_that_crashed_stays(board: Path, content: str) -> None:
    (board / LOCK).write_text(content)
    with pytest.raises(Refused, match="delete it only when that has ended"), open_to_write(board):
        raise AssertionError("two writers")
    assert (board / LOCK).exists()


def test_after_a_failed_write_nothing_more_is_written(board: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def failing(descriptor: int) -> None:
        raise OSError("the disk is gone")

    log = Log(signer())
    for _ in range(4):
        log.append(b"another entry")
    before = StaticDirectory(board).read(CHECKPOINT, 1000)
    with open_to_write(board) as writer:
        monkeypatch.setattr(os, "fsync", failing)
        with pytest.raises(StorageFailed, match="the disk is gone"):
            writer.write(log.publish(0))
        monkeypatch.undo()
        with pytest.raises(StorageFailed, match="an earlier write failed"):
            writer.write({CHECKPOINT: b"x"})
    assert StaticDirectory(board).read(CHECKPOINT, 1000) == before


@pytest.mark.parametrize(
    ("number", "code"),
    [(errno.ENOSPC, "storage-full"), (errno.EDQUOT, "storage-full"), (errno.EROFS, "storage-read-only")],
)
@pytest.mark.parametrize("name", ["open", "rename", "mkdir"])
def test_where_there_is_no_room_it_may_be_tried_again(
    board: Path, monkeypatch: pytest.MonkeyPatch, number: int, code: str, name: str
) -> None:
    real, log = getattr(os, name), Log(signer())
    for _ in range(300):
        log.append(b"entry", b"payload")

    def full(*arguments: object, **others: object) -> object:
        if name == "open" and not int(arguments[1]) & os.O_CREAT:  # type: ignore[call-overload]
            return real(*arguments, **others)
        raise OSError(number, os.strerror(number))

    before = StaticDirectory(board).read(CHECKPOINT, 1000)
    for path in (board / "tile/0", board / "tile/entries", board / "payload"):
        shutil.rmtree(path)  # of another log
    with open_to_write(board) as writer:
        with monkeypatch.context() as patch:
            patch.setattr(os, name, full)
            with pytest.raises(Refused) as refusal:
                writer.write(log.publish(0))
            assert refusal.value.code == code
        assert writer.checkpoint() == before
        writer.write(log.publish(0))
        assert writer.checkpoint() == log.signed_checkpoint()


def test_a_device_that_is_full(board: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The write itself fails, to a real device without room."""
    real = os.open

    def redirected(name: str, flags: int, *rest: int, **others: int) -> int:
        return real("/dev/full", os.O_WRONLY) if name == ".checkpoint.new" else real(name, flags, *rest, **others)

    with open_to_write(board) as writer:
        with monkeypatch.context() as patch:
            patch.setattr(os, "open", redirected)
            with pytest.raises(StorageFull):
                writer.write({CHECKPOINT: b"x"})
        writer.write({CHECKPOINT: b"y"})
        assert writer.checkpoint() == b"y"


def test_the_notes_of_the_dates_are_a_boards_files(board: Path) -> None:
    with open_to_write(board) as writer:
        writer.publish([("dates/open", b"one"), ("dates/close", b"two")])
        writer.publish([("dates/open", b"other")])
        with pytest.raises(MalformedInput):
            writer.publish([("dates/other", b"x")])
    assert StaticDirectory(board).read("dates/open", 100) == b"other"


def test_an_empty_folder_has_no_checkpoint(tmp_path: Path) -> None:
    with open_to_write(tmp_path / "new") as writer:
        assert writer.checkpoint() == b""


def test_what_a_crash_left_behind_is_overwritten(board: Path) -> None:
    (board / ".checkpoint.new").write_bytes(b"half a check")
    with open_to_write(board) as writer:
        writer.write({CHECKPOINT: b"whole"})
    assert StaticDirectory(board).read(CHECKPOINT, 1000) == b"whole"
    assert not (board / ".checkpoint.new").exists()


def test_what_is_not_a_boards_file_is_not_removed(board: Path) -> None:
    odd = board / "payload/000.p/.3.new"
    odd.write_bytes(b"half a pack")
    with open_to_write(board) as writer:
        writer.write({"payload/000": b"x"})
    assert odd.exists()
    assert not (board / "payload/000.p/3").exists()


def test_links_are_followed_neither_to_read_nor_to_write(board: Path, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "secret").write_bytes(b"secret")
    reader = StaticDirectory(board)

    (board / "tile/1").symlink_to(outside)
    for name in ("tile/1/000.p/1", "tile/1/000"):
        with pytest.raises(MalformedInput, match="symbolic link"):
            reader.read(name, 1000)
        with pytest.raises(MalformedInput, match="symbolic link"), open_to_write(board) as writer:
            writer.write({name: b"x", CHECKPOINT: b"x"})

    (board / "payload/001").symlink_to(outside / "secret")
    with pytest.raises(MalformedInput, match="symbolic link"):
        reader.read("payload/001", 1000)
    with open_to_write(board) as writer:
        writer.write({"payload/001": b"x"})  # takes the link's place
    assert (outside / "secret").read_bytes() == b"secret"
    assert reader.read("payload/001", 1000) == b"x"

    (tmp_path / "linked").symlink_to(board)
    with pytest.raises(MalformedInput, match="symbolic link"):
        StaticDirectory(tmp_path / "linked").read(CHECKPOINT, 1000)
    with pytest.raises(MalformedInput, match="symbolic link"), open_to_write(tmp_path / "linked"):
        raise AssertionError("followed")
    assert os.listdir(outside) == ["secret"]


def test_special_files_are_not_read(board: Path) -> None:
    os.mkfifo(board / "payload/001")
    (board / "payload/002").mkdir()
    for name in ("payload/001", "payload/002"):
        with pytest.raises(MalformedInput, match="regular file|not of the kind"):
            StaticDirectory(board).read(name, 1000)
    (board / "tile/1").write_bytes(b"a file where a folder should be")
    with pytest.raises(MalformedInput, match="not of the kind"):
        StaticDirectory(board).read("tile/1/000", 1000)
