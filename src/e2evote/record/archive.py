"""The only reader above the secrecy line: a record as a directory or as a zip file (docs/record-format.md, Files).

Read-only. A directory is walked without following links; a link, a device or an odd name makes it malformed.
Bytes are read whole per file, after its size was compared with the limit of its kind.
"""

import os
import stat
from collections.abc import Mapping
from contextlib import AbstractContextManager, closing
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Protocol

from e2evote.errors import MalformedInput
from e2evote.record.zipped import Member, read_member, read_members

LARGEST_FILES = {"checkpoint": 64 * 2**10, "tile": 2**24 + 2**18, "payload": 2**31, "hints": 2**31}
"""Largest size in bytes by the first part of the path; nothing else is ever read."""
MOST_FILES = 10_000_000


class Archive(Protocol):
    """Named bytes, read-only."""

    def sizes(self) -> Mapping[str, int]:
        """Every file's size by its path, `/` between the parts."""
        ...

    def read(self, name: str) -> bytes:
        """The bytes of one file; KeyError where there is none, MalformedInput where it can't be read."""
        ...


def _refuse_large(name: str, size: int) -> None:
    limit = LARGEST_FILES.get(name.split("/", 1)[0], 0)
    if size > limit:
        raise MalformedInput(f"{size} bytes, the limit is {limit}", name)


class DirectoryArchive:
    """A record in a directory."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._sizes: dict[str, int] = {}
        pending = [""]
        while pending:
            folder = pending.pop()
            with os.scandir(root / folder) as entries:
                for entry in entries:
                    name = f"{folder}{entry.name}"
                    if not name.isascii():
                        raise MalformedInput("not an ASCII name", ascii(name))
                    mode = entry.stat(follow_symlinks=False).st_mode
                    if stat.S_ISDIR(mode):
                        pending.append(f"{name}/")
                    elif stat.S_ISREG(mode):
                        self._sizes[name] = entry.stat(follow_symlinks=False).st_size
                    else:
                        raise MalformedInput("neither a file nor a folder", name)
                    if len(self._sizes) > MOST_FILES:
                        raise MalformedInput(f"more than {MOST_FILES} files")

    def sizes(self) -> Mapping[str, int]:
        return self._sizes

    def read(self, name: str) -> bytes:
        _refuse_large(name, self._sizes[name])
        try:
            descriptor = os.open(self._root / name, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0))
            with os.fdopen(descriptor, "rb") as file:
                data = file.read(self._sizes[name] + 1)
        except OSError as error:
            raise MalformedInput(f"can't be read: {error.strerror}", name) from None
        if len(data) != self._sizes[name]:
            raise MalformedInput("changed its size while it was read", name)
        return data

    def close(self) -> None:
        """Nothing is held open."""


class ZipArchive:
    """A record in a zip file of the one form that `record pack` writes.

    read_all: read every member once, so that damage anywhere is seen, in the hints too. A worker that opens an
    archive again leaves it out: `read` compares the checksum of what it reads.
    """

    def __init__(self, file: BinaryIO, *, read_all: bool) -> None:
        self._file = file
        size = file.seek(0, os.SEEK_END)
        self._members: dict[str, Member] = {member.name: member for member in read_members(file, size)}
        if read_all:
            for member in self._members.values():
                read_member(file, member)

    def sizes(self) -> Mapping[str, int]:
        return {name: member.size for name, member in self._members.items()}

    def read(self, name: str) -> bytes:
        member = self._members[name]
        _refuse_large(name, member.size)
        return read_member(self._file, member)

    def close(self) -> None:
        self._file.close()


class MemoryArchive:
    """A record in memory: what the box holds before it is published, and what tests change."""

    def __init__(self, files: Mapping[str, bytes]) -> None:
        self._files = files

    def sizes(self) -> Mapping[str, int]:
        return {name: len(data) for name, data in self._files.items()}

    def read(self, name: str) -> bytes:
        _refuse_large(name, len(self._files[name]))
        return self._files[name]

    def close(self) -> None:
        """Nothing is held open."""


@dataclass(frozen=True, slots=True)
class OpenArchive:
    """Opens the archive at `path` for a worker, as a context; it can be sent to other processes."""

    path: Path

    def __call__(self) -> AbstractContextManager[Archive]:
        return closing(open_archive(self.path, read_all=False))


def open_archive(path: Path, *, read_all: bool = True) -> DirectoryArchive | ZipArchive:
    """The record at `path`; MalformedInput where there is none."""
    try:
        if path.is_dir():
            return DirectoryArchive(path)
        file = path.open("rb")
    except OSError as error:
        raise MalformedInput(f"can't be opened: {error.strerror}", str(path)) from None
    try:
        return ZipArchive(file, read_all=read_all)
    except BaseException:
        file.close()
        raise
