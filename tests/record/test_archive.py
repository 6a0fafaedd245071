"""Records in directories: links, devices and strange names are refused, sizes are bounded (threat A119)."""

import os
from pathlib import Path

import pytest

from e2evote.errors import MalformedInput
from e2evote.record.archive import LARGEST_FILES, DirectoryArchive, MemoryArchive, open_archive


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "record/tile/0").mkdir(parents=True)
    (tmp_path / "record/checkpoint").write_bytes(b"note")
    (tmp_path / "record/tile/0/000.p/1").parent.mkdir()
    (tmp_path / "record/tile/0/000.p/1").write_bytes(bytes(32))
    return tmp_path / "record"


def test_files_have_paths_with_slashes(folder: Path) -> None:
    opened = open_archive(folder)
    assert dict(opened.sizes()) == {"checkpoint": 4, "tile/0/000.p/1": 32}
    assert opened.read("checkpoint") == b"note"
    with pytest.raises(KeyError):
        opened.read("tile/0/001")


def test_empty_folders_are_nothing(folder: Path) -> None:
    (folder / "hints").mkdir()
    assert "hints" not in open_archive(folder).sizes()


@pytest.mark.parametrize("target", ["checkpoint", "/etc/passwd", "nowhere"])
def test_a_link_is_refused(folder: Path, target: str) -> None:
    os.symlink(target, folder / "payload")
    with pytest.raises(MalformedInput, match=r"payload: neither a file nor a folder"):
        open_archive(folder)


def test_a_linked_folder_is_refused(folder: Path, tmp_path: Path) -> None:
    os.symlink(tmp_path, folder / "tile/entries")
    with pytest.raises(MalformedInput, match=r"tile/entries: neither"):
        open_archive(folder)


def test_a_pipe_is_refused_and_not_waited_for(folder: Path) -> None:
    os.mkfifo(folder / "tile/1")
    with pytest.raises(MalformedInput, match=r"tile/1: neither"):
        open_archive(folder)


def test_a_name_that_is_not_ascii_is_refused(folder: Path) -> None:
    (folder / "naïve").write_bytes(b"")
    with pytest.raises(MalformedInput, match="not an ASCII name"):
        open_archive(folder)


def test_a_large_file_is_refused_before_it_is_read(folder: Path) -> None:
    with (folder / "checkpoint").open("wb") as file:
        file.truncate(LARGEST_FILES["checkpoint"] + 1)
    with pytest.raises(MalformedInput, match="checkpoint: 65537 bytes, the limit is 65536"):
        open_archive(folder).read("checkpoint")


@pytest.mark.parametrize("size", [0, 3, 5])
def test_a_file_that_changes_while_it_is_read_is_refused(folder: Path, size: int) -> None:
    opened = DirectoryArchive(folder)
    (folder / "checkpoint").write_bytes(b"n" * size)
    with pytest.raises(MalformedInput, match="changed its size"):
        opened.read("checkpoint")


def test_a_file_exchanged_for_a_link_is_refused(folder: Path) -> None:
    opened = DirectoryArchive(folder)
    (folder / "checkpoint").unlink()
    os.symlink("/etc/hostname", folder / "checkpoint")
    with pytest.raises(MalformedInput, match="checkpoint: can't be read"):
        opened.read("checkpoint")


def test_nothing_at_the_path(tmp_path: Path) -> None:
    with pytest.raises(MalformedInput, match="can't be opened"):
        open_archive(tmp_path / "nowhere")


def test_files_that_are_no_part_of_a_record_are_never_read() -> None:
    with pytest.raises(MalformedInput, match="limit is 0"):
        MemoryArchive({"notes.txt": b"x"}).read("notes.txt")
