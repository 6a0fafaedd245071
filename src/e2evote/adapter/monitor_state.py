"""What a monitor remembers, in a folder of its own: the last head that it verified, and evidence.

    state           canonical JSON, replaced as a whole
    manifest        of the log, as its entry 0 fixes it
    evidence-….json never overwritten, never deleted
    .lock           held by the one monitor that uses the folder, and free again when that has ended, however it ended

A file is written under another name, synced, renamed, and the folder synced: after a loss of power the old state is
there or the new one. A state that can't be read is never taken for no state: a monitor that forgets sees no roll-back.
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path

from e2evote.adapter import secretfile
from e2evote.board.checkpoint import CHECKPOINT_LIMIT
from e2evote.board.merkle import HASH_SIZE, Frontier
from e2evote.board.note import LogKey, decode_log_key
from e2evote.errors import MalformedInput, Refused
from e2evote.hashing import canonical
from e2evote.hashing.digest import sha256
from e2evote.hashing.fields import array, hex_bytes, integer, object_, string

STATE, MANIFEST, LOCK = "state", "manifest", ".lock"
MOST_AHEAD = 64
"""Heads that wait to be compared."""

EMPTY = Frontier()
"""Of a log of which nothing has been read."""

_LARGEST_STATE = 8 * 2**20
_LARGEST_MANIFEST = 4 * 2**20


@dataclass(frozen=True, slots=True)
class Seen:
    """What was verified of a log.

    head: its checkpoint, b"" before the first. frontier: of its entries. manifest: b"" while there is no entry 0.
    ahead: other checkpoints that the log signed, whose entries were not there to compare. began: when the first look
    was. confirmed: when a quorum of witnesses had last confirmed a head, 0 for never; seconds since 1970.
    """

    log_key: LogKey
    head: bytes = b""
    frontier: Frontier = EMPTY
    manifest: bytes = b""
    ahead: tuple[bytes, ...] = ()
    began: int = 0
    confirmed: int = 0


class StateFolder:
    """The folder of one monitor; `open_state` makes it and holds its lock."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def load(self) -> Seen | None:
        """What was remembered, None in a new folder; Refused where it can't be read."""
        try:
            data = self._read(STATE, _LARGEST_STATE)
        except FileNotFoundError:
            return None
        try:
            seen, digest = _decode(data)
            manifest = self._read(MANIFEST, _LARGEST_MANIFEST) if digest else b""
            if digest and sha256(manifest) != digest:
                raise MalformedInput("not the one that the state names", MANIFEST)
        except (MalformedInput, FileNotFoundError) as error:
            detail = f"{self.path}: {error}; without it a roll-back would not be seen, so nothing is begun anew"
            raise Refused("monitor-state", detail) from None
        return replace(seen, manifest=manifest)

    def save(self, seen: Seen) -> None:
        """Instead of what was remembered before. When it returns, a loss of power undoes nothing."""
        if seen.manifest and not self._has(MANIFEST, seen.manifest):
            self._write(MANIFEST, seen.manifest)
        self._write(STATE, _encode(seen))

    def file_evidence(self, kind: str, data: bytes) -> Path:
        """The evidence in a file named after its content; one that is there already stays as it is."""
        path = self.path / f"evidence-{kind}-{sha256(data).hex()[:16]}.json"
        if not path.exists():
            self._write(path.name, data)
        return path

    def _has(self, name: str, data: bytes) -> bool:
        path = self.path / name
        return path.exists() and path.read_bytes() == data

    def _read(self, name: str, limit: int) -> bytes:
        with (self.path / name).open("rb") as file:
            data = file.read(limit + 1)
        if len(data) > limit:
            raise MalformedInput(f"more than {limit} bytes", name)
        return data

    def _write(self, name: str, data: bytes) -> None:
        temporary = self.path / f".{name}.new"
        with temporary.open("wb") as file:  # what a crash left of it is nobody's: the lock is held
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        temporary.rename(self.path / name)
        secretfile.sync_folder(self.path)


@contextmanager
def open_state(path: Path) -> Iterator[StateFolder]:
    """The folder at `path`, made if need be; Refused while another monitor uses it."""
    if not path.is_dir():
        with suppress(FileExistsError):
            path.mkdir(mode=0o755)
        secretfile.sync_folder(path.absolute().parent)
    lock = os.open(path / LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    try:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Refused("monitor-running", f"{path}: another monitor uses this folder") from None
        yield StateFolder(path)
    finally:
        os.close(lock)


def _encode(seen: Seen) -> bytes:
    return canonical.encode(
        {
            "ahead": [note.decode() for note in seen.ahead],
            "began": seen.began,
            "confirmed": seen.confirmed,
            "head": seen.head.decode(),
            "log_key": seen.log_key.encode(),
            "manifest": sha256(seen.manifest).hex() if seen.manifest else "",
            "peaks": [peak.hex() for peak in seen.frontier.peaks],
            "size": seen.frontier.size,
            "v": 1,
        }
    )


def _decode(data: bytes) -> tuple[Seen, bytes]:
    """What the state says but for the manifest, of which it has the hash."""
    names = ("ahead", "began", "confirmed", "head", "log_key", "manifest", "peaks", "size", "v")
    members = object_(canonical.decode(data, limit=_LARGEST_STATE), "", names)
    integer(members["v"], "v", 1, 1)
    hashes = array(members["peaks"], "peaks", 0, 63)
    peaks = tuple(hex_bytes(peak, f"peaks[{i}]", HASH_SIZE) for i, peak in enumerate(hashes))
    try:
        frontier = Frontier(integer(members["size"], "size"), peaks)
    except ValueError as error:
        raise MalformedInput(str(error), "peaks") from None
    ahead = array(members["ahead"], "ahead", 0, MOST_AHEAD)
    notes = tuple(string(note, f"ahead[{i}]", 1, CHECKPOINT_LIMIT).encode() for i, note in enumerate(ahead))
    digest = hex_bytes(members["manifest"], "manifest", HASH_SIZE) if members["manifest"] else b""
    log_key = decode_log_key(string(members["log_key"], "log_key", 1, 1000))
    head = string(members["head"], "head", 0, CHECKPOINT_LIMIT).encode()
    began, confirmed = integer(members["began"], "began"), integer(members["confirmed"], "confirmed")
    return Seen(log_key, head, frontier, b"", notes, began, confirmed), digest
