"""Records in directories: links, devices and strange names are refused, sizes are bounded (threat A119)."""

import os
from pathlib import Path

import pytest

from e2evote.errors import MalformedInput
from e2evote.record.archive import LARGEST_FILES, DirectoryArchive, MemoryArchive, ZipArchive, open_archive
from e2evote.record.zipped import zip_chunks


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


def _archives(folder: Path, tmp_path: Path) -> list[MemoryArchive | DirectoryArchive | ZipArchive]:
    """One record of the same files in every form, a directory also as a worker opens it."""
    files = {"checkpoint": b"note", "tile/0/000.p/1": bytes(range(32))}
    for name, data in files.items():
        (folder / name).write_bytes(data)
    (tmp_path / "record.zip").write_bytes(b"".join(zip_chunks(sorted(files.items()))))
    paths = (folder, tmp_path / "record.zip")
    return [MemoryArchive(files), *(open_archive(path, read_all=whole) for path in paths for whole in (True, False))]


@pytest.mark.parametrize("number", range(5))
def test_ranges_are_what_the_whole_has_there(number: int, folder: Path, tmp_path: Path) -> None:
    archives = _archives(folder, tmp_path)
    opened = archives[number]
    name, whole = "tile/0/000.p/1", bytes(range(32))
    assert (opened.size_of(name), opened.size_of("tile/0/001")) == (32, None)
    for offset, size in ((0, 32), (0, 0), (32, 0), (31, 1), (3, 7)):
        assert opened.read_range(name, offset, size) == whole[offset : offset + size]
    for offset, size in ((0, 33), (33, 0), (-1, 1), (0, -1)):
        with pytest.raises(ValueError, match=name):
            opened.read_range(name, offset, size)
    with pytest.raises(KeyError):
        opened.read_range("tile/0/001", 0, 0)
    for each in archives:
        each.close()


def test_a_worker_opens_what_it_is_asked_for_and_no_more(folder: Path) -> None:
    os.symlink("/etc", folder / "payload")
    opened = open_archive(folder, read_all=False)
    assert opened.read("checkpoint") == b"note"
    with pytest.raises(MalformedInput, match=r"payload: neither"):
        opened.size_of("payload")
    with pytest.raises(MalformedInput, match=r"payload: neither"):
        opened.sizes()


def test_more_files_than_stay_open_can_be_read_again_and_again(tmp_path: Path) -> None:
    (tmp_path / "hints").mkdir()
    for number in range(20):
        (tmp_path / f"hints/{number}").write_bytes(bytes([number]))
    opened = DirectoryArchive(tmp_path)
    for number in (*range(20), *range(20)):
        assert opened.read_range(f"hints/{number}", 0, 1) == bytes([number])
    descriptors = list(opened._opened.values())
    assert 1 <= len(descriptors) <= 4
    opened.close()
    for descriptor in descriptors:
        with pytest.raises(OSError, match="Bad file descriptor"):
            os.fstat(descriptor)


def test_a_large_file_is_refused_by_ranges_too(folder: Path) -> None:
    with (folder / "checkpoint").open("wb") as file:
        file.truncate(LARGEST_FILES["checkpoint"] + 1)
    with pytest.raises(MalformedInput, match="checkpoint: 65537 bytes, the limit is 65536"):
        open_archive(folder).read_range("checkpoint", 0, 1)


def test_a_file_cut_short_after_it_was_opened(folder: Path) -> None:
    opened = open_archive(folder)
    assert opened.read_range("checkpoint", 0, 1) == b"n"
    (folder / "checkpoint").write_bytes(b"no")
    with pytest.raises(MalformedInput, match="changed its size"):
        opened.read_range("checkpoint", 1, 3)
