"""What an interrupted verification has found out, kept for the next one (docs/verification.md, Interrupted runs).

    $XDG_STATE_HOME/e2evote/verify/     or ~/.local/state/e2evote/verify/; mode 0700
        key                             32 random bytes, mode 0600, made on first use
        RECORD/PIECE                    one saved piece; both names are 64 hexadecimal digits

A piece's file is FORMAT ‖ 16 bytes that tell which key ‖ HMAC-SHA-256(key; FORMAT ‖ piece ‖ data) ‖ data. What is in it
is used only if that holds, since whoever could write it could make a verification say anything. Whatever is wrong with
a file, a folder or the disk costs the time that it would have saved, and a sentence; never a verdict.

Nothing is locked. A file appears whole or not at all, and one that another run has removed is missed, not needed.
"""

import hmac
import os
import re
import stat
from collections import Counter
from collections.abc import Mapping
from contextlib import suppress
from hashlib import sha256
from pathlib import Path

from e2evote.adapter import secretfile
from e2evote.errors import Refused
from e2evote.secret.randomness import Randomness

FORMAT = b"e2evote/resume/1\n"
KEY_SIZE = 32
LARGEST_PIECE = 64 * 2**20
MOST = 2 * 2**30
"""Bytes of all pieces of all records together; of older records half of it, and the oldest go first."""

_ANY_FORMAT = b"e2evote/resume/"
_TELLS = 16
_MAC = 32
_HEAD = len(FORMAT) + _TELLS + _MAC
_TRIES = 3
_OURS = re.compile(r"[0-9a-f]{64}|\.[0-9a-f]{64}\.[0-9a-f]+\.tmp")

CHANGED = "cut off, or changed since they were written"
FOREIGN = "written with another key: on another machine, or before the key file was replaced"
OTHER_FORMAT = "in the format of another version of e2evote"
TOO_LARGE = "larger than any that is written"
NO_FILES = "links, or no regular files"
UNREADABLE = "not readable"
UNASKED = "of another version of e2evote, another kind of run, or a record that has changed since"


class ResumeStore:
    """The pieces of one record. `folder` is None where nothing can be kept, and `reason` says why."""

    def __init__(self, folder: Path | None, key: bytes, reason: str = "", most: int = MOST) -> None:
        self._folder, self._key, self._most = folder, key, most
        self._tells = hmac.digest(key, b"which key", "sha256")[:_TELLS]
        self._stopped = reason
        self._ignored: Counter[str] = Counter()
        self._there = _pieces(folder) if folder else set()
        self._asked: set[str] = set()
        self._room = _make_room(folder, most) if folder else 0
        self.taken = 0

    def load(self, key: bytes) -> bytes | None:
        """What was saved under this key, if it is there and certain to be what was saved."""
        if self._folder is None:
            return None
        self._asked.add(key.hex())
        data = _read(self._folder / key.hex())
        if isinstance(data, bytes):
            data = self._opened(key, data)
        if isinstance(data, bytes):
            self.taken += 1
            return data
        if data is not None:
            self._ignored[data.why] += 1
        return None

    def save(self, key: bytes, data: bytes) -> None:
        """Keep this for the next run, if that is possible."""
        if self._folder is None or self._stopped:
            return
        sealed = b"".join((FORMAT, self._tells, self._mac(key, data), data))
        if len(data) > LARGEST_PIECE or len(sealed) > self._room:
            self._stopped = f"{self._folder.parent} would be larger than {self._most >> 20} MiB"
            return
        self._room -= len(sealed)
        try:
            _write(self._folder / key.hex(), sealed)
        except OSError as error:
            self._stopped = f"{self._folder}: {error.strerror or error}"

    @property
    def keeps(self) -> bool:
        """Whether a later run will find something."""
        return self._folder is not None and bool(_pieces(self._folder))

    def notes(self) -> tuple[str, ...]:
        """What was there and is not used, and why, and what is not kept: a sentence each."""
        ignored = +self._ignored
        if unasked := len(self._there - self._asked):
            ignored[UNASKED] += unasked
        notes = [
            f"{number} saved {'pieces are' if number > 1 else 'piece is'} ignored, and checked again: {why}."
            for why, number in sorted(ignored.items())
        ]
        if self._stopped:
            notes.append(f"Not everything is kept for a later run: {self._stopped}.")
        return tuple(notes)

    def finish(self) -> None:
        """The verification has come to its end: what is kept of this record is removed."""
        if self._folder:
            _remove(self._folder)

    def _opened(self, key: bytes, sealed: bytes) -> "bytes | _Ignored":
        if not sealed.startswith(FORMAT):
            other = sealed.startswith(_ANY_FORMAT) and b"\n" in sealed[len(_ANY_FORMAT) :][:10]
            return _Ignored(OTHER_FORMAT if other else CHANGED)
        tells, mac, data = sealed[len(FORMAT) :][:_TELLS], sealed[_HEAD - _MAC : _HEAD], sealed[_HEAD:]
        if not hmac.compare_digest(tells, self._tells):
            return _Ignored(CHANGED if len(tells) < _TELLS else FOREIGN)
        return data if hmac.compare_digest(mac, self._mac(key, data)) else _Ignored(CHANGED)

    def _mac(self, key: bytes, data: bytes) -> bytes:
        made = hmac.new(self._key, FORMAT, sha256)
        made.update(len(key).to_bytes(8, "big"))
        made.update(key)
        made.update(data)
        return made.digest()


def open_store(record: bytes, environment: Mapping[str, str], randomness: Randomness, most: int = MOST) -> ResumeStore:
    """The store for a record, which is named by what its checkpoint states; where there can be none, one that says so.

    environment: XDG_STATE_HOME and HOME say where it is.
    """
    try:
        state = _state_folder(environment)
        key = _key_in(state, randomness)
        folder = state / sha256(FORMAT + record).hexdigest()
        return ResumeStore(folder, key, "", most)
    except Refused as error:
        return ResumeStore(None, bytes(KEY_SIZE), error.detail)
    except OSError as error:
        where = f"{error.filename}: " if error.filename else ""
        return ResumeStore(None, bytes(KEY_SIZE), f"{where}{error.strerror or error}")


class _Ignored:
    """A file that is there and is not used."""

    def __init__(self, why: str) -> None:
        self.why = why


def _state_folder(environment: Mapping[str, str]) -> Path:
    """Our folder, made if need be; Refused unless it is ours and nobody else may look or write there."""
    named, home = environment.get("XDG_STATE_HOME", ""), environment.get("HOME", "")
    if not os.path.isabs(named) and not os.path.isabs(home):
        raise Refused("secret.file", "neither XDG_STATE_HOME nor HOME names a folder")
    base = Path(named) if os.path.isabs(named) else Path(home) / ".local" / "state"
    base.mkdir(parents=True, exist_ok=True)
    for folder, others in ((base / "e2evote", 0o022), (base / "e2evote" / "verify", 0o077)):
        with suppress(FileExistsError):
            folder.mkdir(mode=0o700)
        status = folder.lstat()
        if not stat.S_ISDIR(status.st_mode):
            raise Refused("secret.file", f"{folder}: not a folder")
        if status.st_uid != os.geteuid() or status.st_mode & others:
            raise Refused("secret.file", f"{folder}: mode {stat.S_IMODE(status.st_mode):04o} lets others in, want 0700")
    return folder


def _key_in(state: Path, randomness: Randomness) -> bytes:
    path = state / "key"
    try:
        key = secretfile.read(path)
    except Refused as error:
        if error.code != "secret.missing":
            raise
        with suppress(Refused):  # another run was faster
            secretfile.create(path, randomness.bytes(KEY_SIZE))
        key = secretfile.read(path)
    if len(key) != KEY_SIZE:
        raise Refused("secret.file", f"{path}: {len(key)} bytes, want {KEY_SIZE}")
    return key


def _read(path: Path) -> bytes | _Ignored | None:
    """The bytes of a saved piece; None where there is none."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
        with os.fdopen(descriptor, "rb") as file:
            status = os.fstat(descriptor)
            if not stat.S_ISREG(status.st_mode):
                return _Ignored(NO_FILES)
            if status.st_size > _HEAD + LARGEST_PIECE:
                return _Ignored(TOO_LARGE)
            return file.read(_HEAD + LARGEST_PIECE)
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError:
        return _Ignored(NO_FILES if path.is_symlink() or path.is_dir() else UNREADABLE)


def _write(path: Path, data: bytes) -> None:
    """Another run may remove the folder at any moment, since its own verification has ended."""
    for last in [False] * (_TRIES - 1) + [True]:
        try:
            path.parent.mkdir(mode=0o700, exist_ok=True)
            secretfile.put(path, data)
            return
        except (FileNotFoundError, FileExistsError):  # the latter when the folder goes while it is looked at
            if last:
                raise


def _pieces(folder: Path) -> set[str]:
    """The names of pieces in a folder, without those that were being written."""
    with suppress(OSError):
        return {name for name in os.listdir(folder) if _OURS.fullmatch(name) and not name.startswith(".")}
    return set()


def _make_room(own: Path, most: int) -> int:
    """How many bytes may still be written. Of other records the oldest go until half of `most` holds the rest."""
    used: list[tuple[float, int, Path]] = []
    with suppress(OSError):
        for entry in os.scandir(own.parent):
            if _OURS.fullmatch(entry.name) and entry.name != own.name:
                with suppress(OSError):
                    used.append((entry.stat(follow_symlinks=False).st_mtime, _size(Path(entry.path)), Path(entry.path)))
    used.sort()
    while used and sum(size for _, size, _ in used) > most // 2:
        _remove(used.pop(0)[2])
    return most - sum(size for _, size, _ in used) - _size(own)


def _size(folder: Path) -> int:
    with suppress(OSError):
        return sum(entry.stat(follow_symlinks=False).st_size for entry in os.scandir(folder))
    return 0


def _remove(folder: Path) -> None:
    """The pieces in a folder, and the folder; what is none of ours stays, and what can't be removed."""
    with suppress(OSError):
        if folder.is_symlink():
            return
        for name in os.listdir(folder):
            if _OURS.fullmatch(name):
                with suppress(OSError):
                    (folder / name).unlink()
        folder.rmdir()
