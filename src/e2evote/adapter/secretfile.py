"""Files that hold secrets: private, whole, and one process at a time (docs/spec.md §6).

The bytes come encrypted from `secret/keyfile`; this file keeps them from being lost, seen or mixed up:

    create    a file that was not there before, mode 0600
    read      a regular file of ours that nobody else may read or write, and no symbolic link
    replace   the new bytes or the old ones after a crash, never a part
    put       the same, whether or not there was a file
    locked    an advisory lock for the whole of load, step, store, send

A state is stored before the message that comes from it is sent: `create` and `replace` return when the bytes and
the name are on the disk. POSIX only: other systems have neither these modes nor these locks.
"""

import fcntl
import os
import secrets
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from e2evote.errors import Refused

LARGEST = 64 * 2**20
_PRIVATE = 0o600
_OTHERS = 0o077


def create(path: Path, data: bytes) -> None:
    """A new file with these bytes. Refused if anything has the name already, even a dangling link."""
    temporary = _written(path, data)
    try:
        os.link(temporary, path, follow_symlinks=False)
    except FileExistsError:
        raise Refused("secret.exists", f"{path}: there is such a file already") from None
    finally:
        temporary.unlink()
    sync_folder(path.parent)


def replace(path: Path, data: bytes) -> None:
    """Other bytes in a file that `read` takes: a crash leaves the old ones or the new ones."""
    os.close(_open_private(path))
    put(path, data)


def put(path: Path, data: bytes) -> None:
    """These bytes under this name, whatever had it before; a link is replaced and not followed."""
    temporary = _written(path, data)
    try:
        temporary.replace(path)
    except OSError:
        temporary.unlink(missing_ok=True)
        raise
    sync_folder(path.parent)


def read(path: Path, limit: int = 0) -> bytes:
    """The bytes of a private file of at most `limit` bytes, by default `LARGEST`."""
    limit = limit or LARGEST
    with os.fdopen(_open_private(path), "rb") as file:
        data = file.read(limit + 1)
    if len(data) > limit:
        raise Refused("secret.size", f"{path}: more than {limit} bytes")
    return data


def delete(path: Path) -> None:
    """The name is gone from the disk. What storage keeps of the old blocks is beyond a program's reach."""
    os.close(_open_private(path))
    path.unlink()
    sync_folder(path.parent)


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Nobody else who asks for this lock has it meanwhile; Refused, without waiting, if somebody has.

    The lock is on `path`.lock, which stays: the file itself is another one after each `replace`.
    """
    lock = path.with_name(f"{path.name}.lock")
    try:
        descriptor = os.open(lock, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, _PRIVATE)
    except OSError as error:
        raise Refused("secret.lock", f"{lock}: {error.strerror}") from None
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Refused("secret.locked", f"{path}: another process is using it") from None
        yield
    finally:
        os.close(descriptor)


def _open_private(path: Path) -> int:
    """A descriptor of a file that only we can read or write; everything is asked of the descriptor, not of the name."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except FileNotFoundError:
        raise Refused("secret.missing", f"{path}: no such file") from None
    except OSError as error:
        link = path.is_symlink()
        raise Refused("secret.file", f"{path}: {'a symbolic link' if link else error.strerror}") from None
    status = os.fstat(descriptor)
    reason = ""
    if not stat.S_ISREG(status.st_mode):
        reason = "not a regular file"
    elif status.st_uid != os.geteuid():
        reason = f"belongs to user {status.st_uid}"
    elif status.st_mode & _OTHERS:
        reason = f"mode {stat.S_IMODE(status.st_mode):04o} lets others in, want {_PRIVATE:04o}"
    if reason:
        os.close(descriptor)
        raise Refused("secret.file", f"{path}: {reason}")
    return descriptor


def _written(path: Path, data: bytes) -> Path:
    """A new private file beside `path` with these bytes, on the disk; not there any more if that fails."""
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(8)}.tmp")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, _PRIVATE)
    try:
        with os.fdopen(descriptor, "wb") as file:
            os.fchmod(descriptor, _PRIVATE)
            file.write(data)
            file.flush()
            os.fsync(descriptor)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    return temporary


def sync_folder(folder: Path) -> None:
    """What was created, renamed or removed in it stays so after a loss of power."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
