"""The store of an interrupted verification gives back what was saved, or nothing: whatever else is there is ignored."""

import errno
import multiprocessing
import os
import stat
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import pytest

from e2evote.adapter import resume, secretfile
from e2evote.adapter.resume import FORMAT, KEY_SIZE, ResumeStore, open_store
from e2evote.secret.randomness import SystemRandomness

RECORD = b"example.org/log\n7\nroot\n"
PIECE, OTHER = sha256(b"piece").digest(), sha256(b"other").digest()
DATA = b"what a worker found out"


def opened(home: Path, record: bytes = RECORD, most: int = resume.MOST) -> ResumeStore:
    return open_store(record, {"HOME": str(home)}, SystemRandomness(), most)


def state(home: Path) -> Path:
    return home / ".local" / "state" / "e2evote" / "verify"


def file_of(home: Path, piece: bytes = PIECE, record: bytes = RECORD) -> Path:
    return state(home) / sha256(FORMAT + record).hexdigest() / piece.hex()


def saved(home: Path) -> bytes:
    """The file of a saved piece."""
    opened(home).save(PIECE, DATA)
    return file_of(home).read_bytes()


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_what_was_saved_is_given_back(tmp_path: Path) -> None:
    assert opened(tmp_path).load(PIECE) is None
    saved(tmp_path)
    store = opened(tmp_path)
    assert (store.load(PIECE), store.load(OTHER)) == (DATA, None)
    assert (store.taken, store.notes()) == (1, ())


def test_nobody_else_may_look(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        saved(tmp_path)
    finally:
        os.umask(before)
    assert mode(state(tmp_path)) == mode(state(tmp_path).parent) == mode(file_of(tmp_path).parent) == 0o700
    assert mode(state(tmp_path) / "key") == mode(file_of(tmp_path)) == 0o600
    assert (state(tmp_path) / "key").stat().st_size == KEY_SIZE


def test_the_state_folder_is_where_the_environment_says(tmp_path: Path) -> None:
    environment = {"XDG_STATE_HOME": str(tmp_path / "there"), "HOME": str(tmp_path)}
    open_store(RECORD, environment, SystemRandomness()).save(PIECE, DATA)
    assert (tmp_path / "there" / "e2evote" / "verify" / "key").is_file()
    relative = {"XDG_STATE_HOME": "there", "HOME": str(tmp_path)}
    open_store(RECORD, relative, SystemRandomness()).save(PIECE, DATA)
    assert file_of(tmp_path).is_file(), "a relative path is no place, by the XDG specification"


def test_every_byte_of_a_file_counts(tmp_path: Path) -> None:
    good = saved(tmp_path)
    for position in range(len(good)):
        for mask in (0x01, 0x80):
            file_of(tmp_path).write_bytes(good[:position] + bytes([good[position] ^ mask]) + good[position + 1 :])
            store = opened(tmp_path)
            assert store.load(PIECE) is None, f"byte {position}"
            assert len(store.notes()) == 1
    for length in range(len(good)):
        file_of(tmp_path).write_bytes(good[:length])
        store = opened(tmp_path)
        assert store.load(PIECE) is None, f"cut at {length}"
        assert len(store.notes()) == 1
    for longer in (good + b"\x00", good + good, b"\x00" + good):
        file_of(tmp_path).write_bytes(longer)
        assert opened(tmp_path).load(PIECE) is None
    file_of(tmp_path).write_bytes(good)
    assert opened(tmp_path).load(PIECE) == DATA


def test_a_piece_does_not_stand_for_another(tmp_path: Path) -> None:
    good = saved(tmp_path)
    file_of(tmp_path, OTHER).write_bytes(good)
    store = opened(tmp_path)
    assert store.load(OTHER) is None
    assert store.load(PIECE) == DATA
    assert "changed since they were written" in store.notes()[0]


def put_longest(path: Path) -> None:
    with path.open("wb") as file:
        file.truncate(resume.LARGEST_PIECE + 2**20)


def put_link(path: Path) -> None:
    kept = path.with_name("elsewhere")
    path.rename(kept)
    path.symlink_to(kept)


def put_folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


def put_pipe(path: Path) -> None:
    """Opening one for reading waits for a writer, unless it is opened with care."""
    path.unlink()
    os.mkfifo(path)


def put_foreign(path: Path) -> None:
    good = ResumeStore(path.parent, b"k" * KEY_SIZE)
    path.unlink()
    good.save(PIECE, DATA)


def put_other_format(path: Path) -> None:
    path.write_bytes(path.read_bytes().replace(FORMAT, b"e2evote/resume/2\n"))


BAD: dict[Callable[[Path], None], str] = {
    put_longest: resume.TOO_LARGE,
    put_link: resume.NO_FILES,
    put_folder: resume.NO_FILES,
    put_pipe: resume.NO_FILES,
    put_foreign: resume.FOREIGN,
    put_other_format: resume.OTHER_FORMAT,
}


@pytest.mark.parametrize("spoil", BAD, ids=lambda spoil: spoil.__name__)
def test_what_is_wrong_with_a_file_is_said(tmp_path: Path, spoil: Callable[[Path], None]) -> None:
    saved(tmp_path)
    spoil(file_of(tmp_path))
    store = opened(tmp_path)
    assert store.load(PIECE) is None
    assert store.notes() == (f"1 saved piece is ignored, and checked again: {BAD[spoil]}.",)
    assert store.taken == 0


def test_a_file_that_can_not_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    saved(tmp_path)
    store = opened(tmp_path)
    monkeypatch.setattr(os, "open", failing(errno.EIO))
    assert store.load(PIECE) is None
    assert resume.UNREADABLE in store.notes()[0]


def test_one_sentence_for_each_kind(tmp_path: Path) -> None:
    store = opened(tmp_path)
    pieces = [sha256(bytes([number])).digest() for number in range(9)]
    for piece in pieces:
        store.save(piece, DATA)
    for piece in pieces[:5]:
        file_of(tmp_path, piece).write_bytes(b"")
    for piece in pieces[5:7]:
        put_other_format(file_of(tmp_path, piece))
    store = opened(tmp_path)
    assert [store.load(piece) for piece in pieces[:8]] == [None] * 7 + [DATA]
    assert sorted(store.notes()) == sorted(
        (
            f"5 saved pieces are ignored, and checked again: {resume.CHANGED}.",
            f"2 saved pieces are ignored, and checked again: {resume.OTHER_FORMAT}.",
            f"1 saved piece is ignored, and checked again: {resume.UNASKED}.",
        )
    )


def test_a_bad_file_is_written_anew(tmp_path: Path) -> None:
    saved(tmp_path)
    for spoil in (put_link, put_pipe, put_other_format):
        spoil(file_of(tmp_path))
        opened(tmp_path).save(PIECE, b"new")
        assert opened(tmp_path).load(PIECE) == b"new"
    if (kept := file_of(tmp_path).with_name("elsewhere")).exists():
        assert kept.read_bytes().endswith(DATA), "a link is replaced, not followed"


def no_key(home: Path) -> None:
    (state(home) / "key").chmod(0o640)


def short_key(home: Path) -> None:
    (state(home) / "key").write_bytes(b"k" * (KEY_SIZE - 1))


def link_key(home: Path) -> None:
    (state(home) / "key").rename(home / "key")
    (state(home) / "key").symlink_to(home / "key")


def folder_key(home: Path) -> None:
    (state(home) / "key").unlink()
    (state(home) / "key").mkdir()


def open_folder(home: Path) -> None:
    state(home).chmod(0o755)


def writable_folder(home: Path) -> None:
    state(home).parent.chmod(0o770)


def link_folder(home: Path) -> None:
    state(home).rename(home / "verify")
    state(home).symlink_to(home / "verify")


REFUSED: dict[Callable[[Path], None], str] = {
    no_key: "mode 0640 lets others in",
    short_key: "31 bytes, want 32",
    link_key: "symbolic link",
    folder_key: "not a regular file",
    open_folder: "mode 0755 lets others in",
    writable_folder: "mode 0770 lets others in",
    link_folder: "not a folder",
}


@pytest.mark.parametrize("spoil", REFUSED, ids=lambda spoil: spoil.__name__)
def test_a_key_or_folder_that_others_reach_is_not_used(tmp_path: Path, spoil: Callable[[Path], None]) -> None:
    """The run goes on, and nothing is read, written or removed."""
    saved(tmp_path)
    spoil(tmp_path)
    before = sorted(tmp_path.rglob("*"))
    store = opened(tmp_path)
    assert store.load(PIECE) is None
    store.save(OTHER, DATA)
    store.finish()
    assert sorted(tmp_path.rglob("*")) == before
    (sentence,) = store.notes()
    assert REFUSED[spoil] in sentence
    assert str(state(tmp_path).parent) in sentence


def test_without_a_home_nothing_is_kept() -> None:
    for environment in ({}, {"HOME": "", "XDG_STATE_HOME": "relative"}):
        store = open_store(RECORD, environment, SystemRandomness())
        store.save(PIECE, DATA)
        assert store.load(PIECE) is None
        assert "neither XDG_STATE_HOME nor HOME" in store.notes()[0]


def failing(number: int) -> Callable[..., int]:
    """A function of the operating system that fails with this error."""

    def fail(*arguments: object, **options: object) -> int:
        raise OSError(number, os.strerror(number))

    return fail


@pytest.mark.parametrize("call", ["open", "fsync", "fchmod"])
@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EIO, errno.EROFS, errno.EDQUOT])
def test_a_disk_that_fails_costs_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: str, number: int
) -> None:
    saved(tmp_path)
    store = opened(tmp_path)
    monkeypatch.setattr(os, call, failing(number))
    store.save(OTHER, DATA)
    store.save(OTHER, DATA)
    monkeypatch.undo()
    assert store.load(PIECE) == DATA
    (sentence,) = store.notes()
    assert sentence.startswith("Not everything is kept for a later run: ")
    assert os.strerror(number) in sentence
    assert [path.name for path in file_of(tmp_path).parent.iterdir()] == [PIECE.hex()], "and leaves nothing behind"


@pytest.mark.parametrize("call", ["mkdir", "open", "fsync"])
def test_a_disk_that_fails_from_the_start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: str) -> None:
    monkeypatch.setattr(os, call, failing(errno.ENOSPC))
    store = opened(tmp_path)
    store.save(PIECE, DATA)
    store.finish()
    assert store.load(PIECE) is None
    assert os.strerror(errno.ENOSPC) in store.notes()[0]


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_that_can_not_be_written(tmp_path: Path) -> None:
    saved(tmp_path)
    file_of(tmp_path).parent.chmod(0o500)
    store = opened(tmp_path)
    store.save(OTHER, DATA)
    assert store.load(PIECE) == DATA
    assert "Permission denied" in store.notes()[0]


def test_the_end_of_a_verification_removes_its_pieces(tmp_path: Path) -> None:
    saved(tmp_path)
    (file_of(tmp_path).parent / f".{PIECE.hex()}.0123456789abcdef.tmp").write_bytes(b"killed while it was written")
    opened(tmp_path, b"another record").save(PIECE, DATA)
    store = opened(tmp_path)
    store.finish()
    store.finish()
    assert sorted(path.name for path in state(tmp_path).iterdir()) == sorted(
        ("key", file_of(tmp_path, record=b"another record").parent.name)
    )


def test_nothing_but_pieces_is_removed(tmp_path: Path) -> None:
    saved(tmp_path)
    folder = file_of(tmp_path).parent
    (folder / "mine").write_bytes(b"")
    opened(tmp_path).finish()
    assert [path.name for path in folder.iterdir()] == ["mine"]
    folder.rename(tmp_path / "elsewhere")
    (tmp_path / "elsewhere" / PIECE.hex()).write_bytes(b"")
    folder.symlink_to(tmp_path / "elsewhere")
    opened(tmp_path).finish()
    assert (tmp_path / "elsewhere" / PIECE.hex()).exists()


def test_the_size_is_bounded_and_the_oldest_records_go_first(tmp_path: Path) -> None:
    size, most = len(saved(tmp_path)), 10_000
    opened(tmp_path).finish()
    records = [b"record %d" % number for number in range(3)]
    for number, record in enumerate(records):
        opened(tmp_path, record, most).save(PIECE, bytes(2_000))
        os.utime(file_of(tmp_path, record=record).parent, (number, number))
    store = opened(tmp_path, b"new", most)
    there = [record for record in records if file_of(tmp_path, record=record).exists()]
    assert there == records[1:], "half of the room is for older records"
    for number in range(10):
        store.save(sha256(bytes([number])).digest(), bytes(2_000))
    total = sum(path.stat().st_size for path in state(tmp_path).rglob("*") if path.is_file() and path.name != "key")
    assert most - 2_000 - size < total <= most
    assert "would be larger than" in store.notes()[0]


def test_a_piece_that_is_too_large_is_not_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(resume, "LARGEST_PIECE", 10)
    store = opened(tmp_path)
    store.save(PIECE, bytes(11))
    assert not file_of(tmp_path).exists()
    assert store.notes()


def rival(home: Path, number: int) -> None:
    for turn in range(30):
        store = opened(home)
        for piece in (PIECE, OTHER):
            if store.load(piece) not in (None, DATA):
                raise AssertionError("not what was saved")
            store.save(piece, DATA)
        if (turn + number) % 3 == 0:
            store.finish()
        if store.notes() and resume.UNASKED not in store.notes()[0]:
            raise AssertionError(store.notes())


def test_two_runs_at_once_do_no_harm(tmp_path: Path) -> None:
    """Each gets what was saved or nothing, and neither has anything to complain of."""
    context = multiprocessing.get_context("spawn")
    runs = [context.Process(target=rival, args=(tmp_path, number)) for number in range(2)]
    for run in runs:
        run.start()
    for run in runs:
        run.join()
    assert [run.exitcode for run in runs] == [0, 0]
    assert (state(tmp_path) / "key").stat().st_size == KEY_SIZE


def test_a_key_made_by_another_run_meanwhile_is_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    saved(tmp_path)
    key = (state(tmp_path) / "key").read_bytes()
    (state(tmp_path) / "key").unlink()
    create = secretfile.create

    def slower(path: Path, data: bytes) -> None:
        create(path, key)
        create(path, data)

    monkeypatch.setattr(secretfile, "create", slower)
    assert opened(tmp_path).load(PIECE) == DATA
