"""Many files changed as one, in a folder that several processes share (docs/architecture.md, Storage).

    private/lock       held with flock by whoever reads or writes
    private/journal    the files that a change is about to make and to remove, while it lasts
    private/state      the last word: a change has happened when this file has its generation

A change makes new files, never another version of an old one; then it replaces `state`; then it removes what is out
of date. Whoever finds a journal finishes it: where `state` has come that far the old files go, else the new ones. A
file is written under another name, synced, renamed, and its folder synced. After a failed sync nothing is known, and
this object writes no more.
"""

import errno
import fcntl
import json
import os
import threading
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from e2evote.adapter.storage.seal import SEAL_SIZE, seal
from e2evote.errors import Refused, StorageDamaged, StorageFailed, StorageFull

BUSY_SECONDS = 30.0
"""How long one process waits for another's lock."""

STATE = "private/state"
LOCK = "private/lock"
JOURNAL = "private/journal"

_FULL = (errno.ENOSPC, errno.EDQUOT)
_READ_ONLY = (errno.EROFS, errno.EACCES, errno.EPERM)


class SyncFailed(Exception):
    """What a failed fsync leaves: no knowledge."""


@dataclass(frozen=True, slots=True)
class Change:
    """made: new files. state: the whole of `state`, with its generation. gone: files that are out of date then."""

    generation: int
    made: Mapping[str, bytes]
    state: bytes
    gone: tuple[str, ...] = ()


class SharedFolder:
    """The files of one folder. Everything is done within `locked`, by one thread of one process at a time."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._process = os.getpid()
        self._turn = threading.Lock()
        self._failed = ""
        try:
            self._lock = os.open(root / LOCK, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
        except FileNotFoundError:
            raise Refused("storage-missing", f"{root}: there is no storage of a log") from None
        except OSError as error:
            raise Refused("storage-read-only", f"{root}: {error.strerror}") from error

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Nobody else reads or writes here meanwhile."""
        with self._turn:
            if self._lock < 0:
                raise RuntimeError(f"{self.root}: closed")
            if os.getpid() != self._process:
                raise RuntimeError(f"{self.root}: opened by process {self._process}; a child opens it for itself")
            self._take()
            try:
                yield
            finally:
                fcntl.flock(self._lock, fcntl.LOCK_UN)

    def read(self, name: str) -> bytes:
        """The file; StorageDamaged where there is none."""
        data = self.find(name)
        if data is None:
            raise StorageDamaged(f"{self.root / name}: missing")
        return data

    def find(self, name: str) -> bytes | None:
        """The file, or None."""
        try:
            return (self.root / name).read_bytes()
        except FileNotFoundError:
            return None
        except OSError as error:
            raise StorageFailed(f"{self.root / name}: {error.strerror}") from error

    def names(self, folder: str) -> list[str]:
        """What lies in a folder of the storage, in order."""
        try:
            return sorted(os.listdir(self.root / folder))
        except FileNotFoundError:
            return []
        except OSError as error:
            raise StorageFailed(f"{self.root / folder}: {error.strerror}") from error

    def change(self, change: Change) -> None:
        """All of it, durably, or an error and nothing of it; StorageFailed where nobody can tell."""
        if self._failed:
            raise StorageFailed(f"{self.root}: {self._failed}; nothing is written until it is opened again")
        plan = {"generation": change.generation, "made": list(change.made), "gone": list(change.gone)}
        done: list[str] = []
        try:
            for name, data in ((JOURNAL, sealed(JOURNAL, _json(plan))), *change.made.items()):
                done.append(name)
                self._store(name, data)
            self._store(STATE, change.state)
        except OSError as error:
            raise self._undone(error, done) from error
        except BaseException as error:
            raise self._broken(error) from error
        self.tidy(change.gone)

    def tidy(self, gone: Iterable[str]) -> None:
        """Removes what is out of date, and the journal when that is durable."""
        try:
            self._remove(gone)
            self._remove((JOURNAL,))
        except (OSError, SyncFailed) as error:
            raise self._broken(error) from error

    def recover(self, generation: int) -> None:
        """Ends a change that a crash has interrupted. generation: that of the state as it is."""
        data = self.find(JOURNAL)
        if data is None:
            return
        if self._failed:
            raise StorageFailed(f"{self.root}: {self._failed}; it must be opened again")
        plan = json.loads(unsealed(JOURNAL, data))
        try:
            for name in plan["made"]:
                self._sync_folders((self.root / name).parent)
        except (OSError, SyncFailed) as error:
            raise self._broken(error) from error
        self.tidy(plan["gone"] if plan["generation"] == generation else plan["made"])

    def replace(self, name: str, data: bytes) -> None:
        """A file that only repeats what `state` says, such as the published checkpoint."""
        if self.find(name) == data:
            return
        try:
            self._store(name, data)
        except (OSError, SyncFailed) as error:
            raise self._broken(error) from error

    def close(self) -> None:
        with self._turn:
            if self._lock >= 0:
                os.close(self._lock)
                self._lock = -1

    def _take(self) -> None:
        until = time.monotonic() + BUSY_SECONDS
        while True:
            try:
                return fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                if time.monotonic() > until:
                    raise Refused("storage-busy", f"{self.root}: locked by another process") from None
                time.sleep(0.002)

    def _undone(self, error: OSError, done: list[str]) -> Refused:
        """The error of a change for which there was no room, or no leave, once it has been taken back.

        After any other error even a rename may have happened, so nothing is touched until the storage is opened again.
        """
        if error.errno not in (*_FULL, *_READ_ONLY):
            return self._broken(error)
        try:
            self._remove((*done[1:], *(temporary(name) for name in (*done, STATE))))
            self._remove((JOURNAL,))
        except (OSError, SyncFailed) as second:
            if error.errno not in _READ_ONLY or done != [JOURNAL]:
                return self._broken(second)
        text = f"{self.root}: {error.strerror}"
        return StorageFull(text) if error.errno in _FULL else Refused("storage-read-only", text)

    def _broken(self, error: BaseException) -> StorageFailed:
        self._failed = f"an earlier write failed ({error})"
        return StorageFailed(f"{self.root}: {error}")

    def _store(self, name: str, data: bytes) -> None:
        path, new = self.root / name, self.root / temporary(name)
        make_folders(path.parent, self.root)
        with suppress(FileNotFoundError):
            os.unlink(new)  # left by a crash
        mode = 0o600 if name.startswith("private/") else 0o644
        file = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, mode)
        try:
            view = memoryview(data)
            while view:
                view = view[os.write(file, view) :]
            sync(file)
        finally:
            os.close(file)
        os.rename(new, path)
        sync_folder(path.parent)

    def _remove(self, names: Iterable[str]) -> None:
        """All that are there, durably."""
        folders = {}
        for name in names:
            with suppress(FileNotFoundError):
                os.unlink(self.root / name)
                folders[(self.root / name).parent] = True
        for folder in folders:
            sync_folder(folder)

    def _sync_folders(self, folder: Path) -> None:
        """Who crashed after making a folder may not have come to sync the one above."""
        if folder != self.root:
            self._sync_folders(folder.parent)
            if folder.is_dir():
                sync_folder(folder)


def sealed(place: str, data: bytes) -> bytes:
    """The data with a checksum after it."""
    return data + seal(place, data)


def unsealed(place: str, data: bytes) -> bytes:
    """The data before the checksum; StorageDamaged where that is another's."""
    content, mark = data[:-SEAL_SIZE], data[-SEAL_SIZE:]
    if seal(place, content) != mark:
        raise StorageDamaged(f"{place}: not as it was written")
    return content


def make_folders(folder: Path, root: Path) -> None:
    """The folder and those above it, below `root`, each durable in the one above."""
    if folder == root or folder.is_dir():
        return
    make_folders(folder.parent, root)
    with suppress(FileExistsError):
        os.mkdir(folder)
    sync_folder(folder.parent)


def temporary(name: str) -> str:
    """What a file is called until it is whole."""
    folder, _, last = name.rpartition("/")
    return f"{folder}/.{last}.new" if folder else f".{last}.new"


def sync(file: int) -> None:
    try:
        os.fsync(file)
    except OSError as error:
        raise SyncFailed(f"fsync: {error.strerror}") from error


def sync_folder(folder: Path) -> None:
    try:
        file = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    except OSError as error:
        raise SyncFailed(f"{folder}: {error.strerror}") from error
    try:
        sync(file)
    finally:
        os.close(file)


def _json(value: object) -> bytes:
    return json.dumps(value, separators=(",", ":"), sort_keys=True).encode()
