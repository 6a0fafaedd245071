"""The notes that a witness remembers, a file each: there whole and durably, or as they were (docs/guide-witness.md).

A note is written under another name, synced, renamed, and the folder is synced. Whoever calls holds the lock of the
witness's folder. Where there is no room nothing has changed, and it may be tried again. After any other failure nothing
is known about the disk: this object stores and reads nothing more, and another one begins by storing all notes anew,
since a sync that failed once may seem to succeed when it is only repeated.
"""

import errno
import os
from contextlib import suppress
from pathlib import Path

from e2evote.adapter.witness_folder import opened
from e2evote.board.note import NOTE_LIMIT
from e2evote.errors import Refused

_NO_ROOM = {errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EMFILE, errno.ENFILE, errno.ENOMEM}
_CREATE = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
_READ = os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC


class Notes:
    """The files of one folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._failed = ""
        self._durable: dict[str, bytes] = {}

    def read(self, name: str) -> bytes:
        """The note of that name, durable; b"" for one that was made empty. Refused where there is none."""
        self._check()
        data = read_note(self._folder, name)
        if self._durable.get(name) != data:  # renamed by a process that may not have come to the sync
            try:
                with opened(self._folder) as folder:
                    os.fsync(folder)
            except OSError as error:
                raise self._fails(error) from None
            self._durable[name] = data
        return data

    def store(self, name: str, data: bytes) -> None:
        """`data` instead of what has this name, durably when this returns."""
        self._check()
        self._failed = f"{self._folder}: a write was interrupted"
        temporary = f".{name}.new"
        try:
            with opened(self._folder) as folder:
                file = _written(folder, temporary, data)
                try:
                    os.fsync(file)
                except OSError as error:
                    raise self._fails(error) from None
                finally:
                    os.close(file)
                try:
                    os.rename(temporary, name, src_dir_fd=folder, dst_dir_fd=folder)
                    os.fsync(folder)
                except OSError as error:
                    raise self._fails(error) from None
        except OSError as error:
            if error.errno not in _NO_ROOM:
                raise self._fails(error) from None
            self._failed = ""
            raise Refused("witness-full", f"{self._folder}: {error.strerror}; nothing was changed") from None
        self._failed = ""
        self._durable[name] = data

    def _check(self) -> None:
        if self._failed:
            raise Refused("witness-broken", f"{self._failed}; start the witness again")

    def _fails(self, error: OSError) -> Refused:
        self._failed = f"{self._folder}: {error.strerror}"
        return Refused("witness-broken", self._failed)


def read_note(folder: Path, name: str) -> bytes:
    """The bytes of a note, which may not be durable yet; Refused where there is none or it can't be read."""
    try:
        with opened(folder) as descriptor, os.fdopen(os.open(name, _READ, dir_fd=descriptor), "rb") as file:
            data = file.read(NOTE_LIMIT + 1)
    except OSError as error:
        raise Refused("witness-damaged", f"{folder / name}: {error.strerror}") from None
    if len(data) > NOTE_LIMIT:
        raise Refused("witness-damaged", f"{folder / name}: more than {NOTE_LIMIT} bytes")
    return data


def _written(folder: int, temporary: str, data: bytes) -> int:
    """A new file with these bytes, not synced yet; an OSError has changed nothing but this file."""
    with suppress(FileNotFoundError):
        os.unlink(temporary, dir_fd=folder)  # left by a crash; nobody else is at work
    file = os.open(temporary, _CREATE, 0o600, dir_fd=folder)
    try:
        view = memoryview(data)
        while view:
            view = view[os.write(file, view) :]
    except OSError:
        os.close(file)
        with suppress(OSError):
            os.unlink(temporary, dir_fd=folder)
        raise
    return file
