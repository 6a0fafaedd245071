"""The only reader above the secrecy line: a record as a directory or as a zip file (docs/record-format.md, Files).

Read-only. A directory is walked without following links; a link, a device or an odd name makes it malformed.
Files are read whole or by ranges, after their size was compared with the limit of their kind.
"""

import os
import stat
from collections.abc import Mapping
from contextlib import AbstractContextManager, closing
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Protocol

from e2evote.errors import MalformedInput
from e2evote.manifest.entries import MOST_EXTENSIONS
from e2evote.record.zipped import Member, check_member, read_member, read_members

DATES = ("dates/open", "dates/close", *(f"dates/extend-{n}" for n in range(1, MOST_EXTENSIONS + 1)))
"""The checkpoints right after the open and the close leaf and each extension, which stay beside later ones."""

LARGEST_FILES = {
    "checkpoint": 64 * 2**10,
    "dates": 64 * 2**10,
    "tile": 2**24 + 2**18,
    "payload": 2**31,
    "hints": 2**31,
}
"""Largest size in bytes by the first part of the path; nothing else is ever read."""
MOST_FILES = 10_000_000
_MOST_OPEN = 4


class Archive(Protocol):
    """Named bytes, read-only."""

    def sizes(self) -> Mapping[str, int]:
        """Every file's size by its path, `/` between the parts."""
        ...

    def size_of(self, name: str) -> int | None:
        """The size of one file, None where there is none."""
        ...

    def read(self, name: str) -> bytes:
        """The bytes of one file; KeyError where there is none, MalformedInput where it can't be read."""
        ...

    def read_range(self, name: str, offset: int, size: int) -> bytes:
        """`size` bytes of one file from `offset` on, which lie within it; else as `read`."""
        ...


def _refuse_large(name: str, size: int) -> None:
    limit = LARGEST_FILES.get(name.split("/", 1)[0], 0)
    if size > limit:
        raise MalformedInput(f"{size} bytes, the limit is {limit}", name)


def _refuse_outside(name: str, offset: int, size: int, whole: int) -> None:
    if not 0 <= offset <= offset + size <= whole:
        raise ValueError(f"{name}: bytes {offset} to {offset + size} of {whole}")


class DirectoryArchive:
    """A record in a directory. The last few files read stay open, so that ranges of them cost one call each.

    walk: list all files now. A worker that opens an archive again leaves it out: it asks for files by name.
    """

    def __init__(self, root: Path, *, walk: bool = True) -> None:
        self._root, self._walked = str(root), walk
        self._opened: dict[str, int] = {}
        self._sizes: dict[str, int] = _walk(self._root) if walk else {}

    def sizes(self) -> Mapping[str, int]:
        if not self._walked:
            self._sizes, self._walked = _walk(self._root), True
        return self._sizes

    def size_of(self, name: str) -> int | None:
        if name not in self._sizes and not self._walked:
            try:
                found = os.stat(os.path.join(self._root, name), follow_symlinks=False)
            except OSError:
                return None
            if not stat.S_ISREG(found.st_mode):
                raise MalformedInput("neither a file nor a folder", name)
            self._sizes[name] = found.st_size
        return self._sizes.get(name)

    def read(self, name: str) -> bytes:
        return self.read_range(name, 0, self._known(name))

    def read_range(self, name: str, offset: int, size: int) -> bytes:
        _refuse_outside(name, offset, size, self._known(name))
        try:
            data = _read_at(self._descriptor(name), offset, size)
        except OSError as error:
            raise MalformedInput(f"can't be read: {error.strerror}", name) from None
        if len(data) != size:
            raise MalformedInput("changed its size while it was read", name)
        return data

    def close(self) -> None:
        for descriptor in self._opened.values():
            os.close(descriptor)
        self._opened.clear()

    def __del__(self) -> None:
        self.close()

    def _known(self, name: str) -> int:
        size = self.size_of(name)
        if size is None:
            raise KeyError(name)
        _refuse_large(name, size)
        return size

    def _descriptor(self, name: str) -> int:
        if name not in self._opened:
            while len(self._opened) >= _MOST_OPEN:
                os.close(self._opened.pop(next(iter(self._opened))))
            flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
            descriptor = self._opened[name] = os.open(os.path.join(self._root, name), flags)
            if os.fstat(descriptor).st_size != self._sizes[name]:
                raise MalformedInput("changed its size while it was read", name)
        return self._opened[name]


def _walk(root: str) -> dict[str, int]:
    """Every file below `root` with its size."""
    sizes: dict[str, int] = {}
    pending = [""]
    while pending:
        folder = pending.pop()
        with os.scandir(os.path.join(root, folder)) as entries:
            for entry in entries:
                name = f"{folder}{entry.name}"
                if not name.isascii():
                    raise MalformedInput("not an ASCII name", ascii(name))
                found = entry.stat(follow_symlinks=False)
                if stat.S_ISDIR(found.st_mode):
                    pending.append(f"{name}/")
                elif stat.S_ISREG(found.st_mode):
                    sizes[name] = found.st_size
                else:
                    raise MalformedInput("neither a file nor a folder", name)
                if len(sizes) > MOST_FILES:
                    raise MalformedInput(f"more than {MOST_FILES} files")
    return sizes


def _read_at(descriptor: int, offset: int, size: int) -> bytes:
    """Up to `size` bytes from `offset` on; fewer where the file ends before."""
    data = os.pread(descriptor, size, offset)
    while 0 < len(data) < size:  # one call gives at most 2 GiB
        more = os.pread(descriptor, size - len(data), offset + len(data))
        if not more:
            break
        data += more
    return data


class ZipArchive:
    """A record in a zip file of the one form that `record pack` writes.

    read_all: read every member once, so that damage anywhere is seen, in the hints too. A worker that opens an
    archive again leaves it out: `read` compares the checksum of what it reads, and what is read by ranges is compared
    with hashes that the log has.
    """

    def __init__(self, file: BinaryIO, *, read_all: bool) -> None:
        self._file = file
        size = file.seek(0, os.SEEK_END)
        self._members: dict[str, Member] = {member.name: member for member in read_members(file, size)}
        self._sizes = {member.name: member.size for member in self._members.values()}
        if read_all:
            for member in self._members.values():
                check_member(file, member)

    def sizes(self) -> Mapping[str, int]:
        return self._sizes

    def size_of(self, name: str) -> int | None:
        return self._sizes.get(name)

    def read(self, name: str) -> bytes:
        member = self._members[name]
        _refuse_large(name, member.size)
        return read_member(self._file, member)

    def read_range(self, name: str, offset: int, size: int) -> bytes:
        member = self._members[name]
        _refuse_large(name, member.size)
        _refuse_outside(name, offset, size, member.size)
        self._file.seek(member.offset + offset)
        data = self._file.read(size)
        if len(data) != size:
            raise MalformedInput("the archive ends within it", name)
        return data

    def close(self) -> None:
        self._file.close()


class MemoryArchive:
    """A record in memory: what the box holds before it is published, and what tests change."""

    def __init__(self, files: Mapping[str, bytes]) -> None:
        self._files = files

    def sizes(self) -> Mapping[str, int]:
        return {name: len(data) for name, data in self._files.items()}

    def size_of(self, name: str) -> int | None:
        return len(self._files[name]) if name in self._files else None

    def read(self, name: str) -> bytes:
        _refuse_large(name, len(self._files[name]))
        return self._files[name]

    def read_range(self, name: str, offset: int, size: int) -> bytes:
        data = self.read(name)
        _refuse_outside(name, offset, size, len(data))
        return data[offset : offset + size]

    def close(self) -> None:
        """Nothing is held open."""


@dataclass(frozen=True, slots=True)
class OpenArchive:
    """Opens the archive at `path` for a worker, as a context; it can be sent to other processes."""

    path: Path

    def __call__(self) -> AbstractContextManager[Archive]:
        return closing(open_archive(self.path, read_all=False))


def open_archive(path: Path, *, read_all: bool = True) -> DirectoryArchive | ZipArchive:
    """The record at `path`; MalformedInput where there is none. read_all: look at every file, not only where asked."""
    try:
        if path.is_dir():
            return DirectoryArchive(path, walk=read_all)
        file = path.open("rb")
    except OSError as error:
        raise MalformedInput(f"can't be opened: {error.strerror}", str(path)) from None
    try:
        return ZipArchive(file, read_all=read_all)
    except BaseException:
        file.close()
        raise
