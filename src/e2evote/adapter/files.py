"""The static board as plain files, for any web server to publish (docs/record-format.md, Files).

    checkpoint   tile/…   payload/…   hints/…        and a file `.lock` while somebody writes

A file appears whole or not at all: it is written under another name, synced, renamed, and its directory synced.
`checkpoint` comes after everything it covers. A hash tile or an entry bundle is never changed once published. Where
there is no room nothing has changed, and the writer may try again; after any other failed write nothing is known about
the disk, and it refuses to go on. With witnesses, the notes of the dates lie beside the log, in `dates/`.

Paths come from the log or from a reader's request; both pass `board.tiles`, and no symbolic link is followed. Needs
a POSIX system, for `dir_fd`.
"""

import errno
import os
import stat
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from io import FileIO
from pathlib import Path

from e2evote.board.bundles import ENTRY_LIMIT
from e2evote.board.checkpoint import CHECKPOINT_LIMIT
from e2evote.board.log import CHECKPOINT
from e2evote.board.tiles import HINTS, PAYLOAD, WIDTH, TilePath, decode_path
from e2evote.errors import MalformedInput, Refused, StorageFailed, StorageFull
from e2evote.record.archive import DATES

LOCK = ".lock"
_LARGEST_TILE = WIDTH * (ENTRY_LIMIT + 2)  # an entry bundle's; hash tiles are smaller

_DIRECTORY = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
_READ = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
_OF_ANOTHER_KIND = {errno.ELOOP, errno.ENOTDIR, errno.ENXIO, errno.EISDIR}
_CREATE = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
_FULL = {errno.ENOSPC, errno.EDQUOT}


class StaticDirectory:
    """A board's files under one directory, to read; `open_to_write` gives the one that also writes."""

    __slots__ = ("_root",)

    def __init__(self, path: Path) -> None:
        self._root = path

    def read(self, name: str, limit: int) -> bytes:
        """The file of that name, at most `limit` bytes; FileNotFoundError when there is none."""
        *folders, last = _split(name)
        with self._folder(folders) as folder:
            return _read(folder, last, name, limit)

    @contextmanager
    def _folder(self, names: list[str], create: bool = False) -> Iterator[int]:
        """The open directory below the root, each step without following a link."""
        folder = _open(str(self._root), _DIRECTORY, None)
        try:
            for name in names:
                if create:
                    _make_folder(folder, name)
                below = _open(name, _DIRECTORY, folder)
                os.close(folder)
                folder = below
            yield folder
        finally:
            os.close(folder)


class StaticWriter(StaticDirectory):
    """The only writer of a directory, while the `with` statement of `open_to_write` lasts, or the box has its lock."""

    __slots__ = ("_failed",)

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self._failed = False

    def checkpoint(self) -> bytes:
        """The checkpoint as it is published; b"" where there is none."""
        try:
            return self.read(CHECKPOINT, CHECKPOINT_LIMIT)
        except FileNotFoundError:
            return b""

    def write(self, files: Mapping[str, bytes]) -> None:
        """Publish these files, the checkpoint last."""
        for name in files:
            _split(name)
        self.publish((name, files[name]) for name in sorted(files, key=lambda name: (name == CHECKPOINT, name)))

    def publish(self, files: Iterable[tuple[str, bytes]]) -> None:
        """Store the files in this order, and then remove partial files that others have replaced.

        When it returns, a loss of power undoes nothing. Raises StorageFull, or Refused `storage-read-only`, where a
        file could not be written, and those before it were; StorageFailed where nothing is known; Refused
        `board-forked` where a tile is there with other bytes.
        """
        if self._failed:
            raise StorageFailed(f"{self._root}: an earlier write failed, so what the disk holds is unknown")
        self._failed, names = True, []
        try:
            for name, data in files:
                self._store(name, _split(name), data)
                names.append(name)
            for name in names:
                if name != CHECKPOINT and name not in DATES:
                    self._remove_replaced(decode_path(name))
        except Refused as refused:
            self._failed = refused.code not in ("storage-full", "storage-read-only")
            raise
        except OSError as error:
            raise StorageFailed(f"{error.filename or self._root}: {error.strerror or error}") from None
        self._failed = False

    def _store(self, name: str, path: list[str], data: bytes) -> None:
        *folders, last = path
        with self._folder(folders, create=True) as folder:
            if name.startswith("tile/") and _is_published(folder, last, name, data):
                os.fsync(folder)  # a writer that crashed after renaming may not have done so
                return
            _write(folder, last, data)

    def _remove_replaced(self, path: TilePath) -> None:
        """Partial files of a file now full; and of a pack, which C2SP does not know, the narrower ones.

        Narrower tiles and entry bundles stay until the full one is there, since readers of an earlier
        checkpoint may still ask for them.
        """
        *folders, last = TilePath(path.series, path.index).encode().split("/")
        if not path.is_full and path.series not in (PAYLOAD, HINTS):
            return
        with self._folder(folders) as folder:
            try:
                partials = _open(f"{last}.p", _DIRECTORY, folder)
            except FileNotFoundError:
                return
            try:
                for width in os.listdir(partials):
                    if width.isascii() and width.isdecimal() and int(width) < path.width:
                        os.unlink(width, dir_fd=partials)
                if path.is_full and not os.listdir(partials):
                    os.rmdir(f"{last}.p", dir_fd=folder)
            finally:
                os.close(partials)


@contextmanager
def open_to_write(path: Path) -> Iterator[StaticWriter]:
    """Makes the directory if need be and holds its lock; Refused while another writer does.

    The lock is a file, so that it also outlasts a crash: two writers could sign two histories, and whether the
    first has really ended is for a person to say.
    """
    _make_root(path)
    folder = _open(str(path), _DIRECTORY, None)
    try:
        try:
            lock = os.open(LOCK, _CREATE, 0o644, dir_fd=folder)
        except FileExistsError:
            raise Refused(
                "board-locked",
                f"{path}: {LOCK} says that {_holder(folder)} writes here; delete it only when that has ended",
            ) from None
        try:
            os.write(lock, f"process {os.getpid()}\n".encode())
            os.fsync(lock)
            yield StaticWriter(path)
        finally:
            os.close(lock)
            os.unlink(LOCK, dir_fd=folder)
    finally:
        os.close(folder)


def _split(name: str) -> list[str]:
    """The steps of a name that a board has; MalformedInput for every other."""
    if name != CHECKPOINT and name not in DATES:
        decode_path(name)
    return name.split("/")


def _open(name: str, flags: int, folder: int | None) -> int:
    try:
        return os.open(name, flags, dir_fd=folder)
    except OSError as error:
        if error.errno not in _OF_ANOTHER_KIND:
            raise
        raise MalformedInput("a symbolic link, or not of the kind that a board has here", name) from None


def _make_root(path: Path) -> None:
    """The directory and those above it; what is new is durable before anything is written there."""
    if not path.parent.exists():
        _make_root(path.parent)
    path.mkdir(exist_ok=True)
    parent = _open(str(path.parent), os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC, None)
    try:
        os.fsync(parent)
    finally:
        os.close(parent)


def _make_folder(parent: int, name: str) -> None:
    with suppress(FileExistsError), _room(name):
        os.mkdir(name, dir_fd=parent)
    os.fsync(parent)  # also when it was there: a writer that crashed may not have come to this line


def _read(folder: int, last: str, name: str, limit: int) -> bytes:
    file = _open(last, _READ, folder)
    try:
        status = os.fstat(file)
        if not stat.S_ISREG(status.st_mode):
            raise MalformedInput("not a regular file", name)
        if status.st_size > limit:
            raise MalformedInput(f"{status.st_size} bytes, limit {limit}", name)
        with open(file, "rb", closefd=False) as stream:
            data = stream.read(limit + 1)
    finally:
        os.close(file)
    if len(data) > limit:
        raise MalformedInput(f"more than {limit} bytes", name)
    return data


def _is_published(folder: int, last: str, name: str, data: bytes) -> bool:
    """Whether the file is there with these bytes; Refused if it is there with others: the log forked."""
    try:
        published = _read(folder, last, name, _LARGEST_TILE)
    except FileNotFoundError:
        return False
    if published != data:
        raise Refused("board-forked", f"{name}: already published with other bytes")
    return True


def _write(folder: int, last: str, data: bytes) -> None:
    """The file under another name, synced, renamed, the directory synced."""
    temporary = f".{last}.new"
    with suppress(FileNotFoundError):
        os.unlink(temporary, dir_fd=folder)  # left by a crash or a full disk; this is the only writer
    with _room(last):
        file = os.open(temporary, _CREATE, 0o644, dir_fd=folder)
    with os.fdopen(file, "wb", buffering=0) as stream:
        with _room(last):
            _write_all(stream, data)
        os.fsync(file)
    with _room(last):
        os.rename(temporary, last, src_dir_fd=folder, dst_dir_fd=folder)
    os.fsync(folder)


def _write_all(stream: FileIO, data: bytes) -> None:
    """Without a buffer, so that nothing is left to be written where there was no room."""
    view = memoryview(data)
    while view:
        view = view[stream.write(view) :]


@contextmanager
def _room(name: str) -> Iterator[None]:
    """A step before the file has its name: where there is no room for it, nothing has changed."""
    try:
        yield
    except OSError as error:
        if error.errno in _FULL:
            raise StorageFull(f"{name}: {error.strerror}") from None
        if error.errno == errno.EROFS:
            raise Refused("storage-read-only", f"{name}: {error.strerror}") from None
        raise


def _holder(folder: int) -> str:
    try:
        return _read(folder, LOCK, LOCK, 100).decode("utf-8", "replace").strip() or "somebody"
    except (FileNotFoundError, MalformedInput):
        return "somebody"
