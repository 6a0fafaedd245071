"""A witness's folder: its key, which logs it follows, and what it has cosigned (docs/guide-witness.md).

    witness.key              the signing key, locked with a passphrase
    witness.json             its verifier key, and those of the logs
    latest/<origin hash>     for each log the checkpoint cosigned last, as a signed note; empty before the first
    ahead/<origin hash>      a checkpoint that this key has cosigned and the folder has forgotten: a proof that
                             an old copy was restored. Nothing is signed for that log while it lies there
    void-times               times of cosignatures, a line each, that the owner has declared wrong
    lock                     held while a checkpoint is compared and stored

<origin hash> is the hexadecimal SHA-256 of the log's origin. A file in `latest` that is missing is no first time: it
is made when the log is followed, so whoever finds none refuses. The folder is private to its owner.
"""

import fcntl
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from e2evote.adapter import secretfile
from e2evote.adapter.keys import load_key, new_key
from e2evote.adapter.passphrase import Passphrase
from e2evote.board.cosignature import WitnessKey, decode_witness_key
from e2evote.board.note import LogKey, Signer, decode_log_key
from e2evote.errors import MalformedInput, Refused
from e2evote.hashing import canonical
from e2evote.hashing.digest import sha256
from e2evote.hashing.fields import array, object_, string
from e2evote.proofs.signature import decode_public_key
from e2evote.secret.randomness import Randomness

KEY, SETTINGS, LATEST, AHEAD, VOID, LOCK = "witness.key", "witness.json", "latest", "ahead", "void-times", "lock"

MOST_LOGS = 1000
_LARGEST = 2**20
_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC


@dataclass(frozen=True, slots=True)
class Settings:
    """Who the witness is, and whose checkpoints it may cosign."""

    key: WitnessKey
    logs: tuple[LogKey, ...] = ()

    def encode(self) -> bytes:
        return canonical.encode(
            {"key": self.key.encode(), "kind": "witness", "logs": [log.encode() for log in self.logs], "v": 1}
        )


def make_witness(
    folder: Path,
    name: str,
    logs: Sequence[LogKey],
    passphrase: Passphrase,
    randomness: Randomness | None = None,
) -> Settings:
    """A new folder with a new key; Refused where there is something of that name.

    name: of the key in every cosignature, by custom an address without its scheme: `wanda.example/witness`.
    """
    try:
        folder.mkdir(mode=0o700)
    except FileExistsError:
        raise Refused("store-exists", f"{folder}: there is such a file or folder already") from None
    except OSError as error:
        raise Refused("file-missing", f"{folder}: {error.strerror}") from None
    for part in (LATEST, AHEAD):
        (folder / part).mkdir(mode=0o700)
    key = new_key(folder / KEY, passphrase, randomness)
    settings = Settings(WitnessKey(name, decode_public_key(key.public)))
    secretfile.put(folder / SETTINGS, settings.encode())
    return follow(folder, logs) if logs else settings


def follow(folder: Path, logs: Sequence[LogKey]) -> Settings:
    """These logs are the witness's too, from its next start on. What it has cosigned for a log stays."""
    with locked(folder, exclusive=True):
        settings = read_settings(folder)
        known = set(settings.logs)
        more = tuple(log for log in dict.fromkeys(logs) if log not in known)
        if any(log.public_key == settings.key.public_key for log in more):
            raise Refused("wrong-key", f"{folder}: the log has this witness's own key")
        if len(settings.logs) + len(more) > MOST_LOGS:
            raise Refused("wrong-key", f"{folder}: more than {MOST_LOGS} logs")
        origins = {log.name for log in settings.logs}
        for log in more:
            if log.name not in origins:
                _make_latest(folder, log.name)
        settings = Settings(settings.key, (*settings.logs, *more))
        secretfile.put(folder / SETTINGS, settings.encode())
        return settings


def read_settings(folder: Path) -> Settings:
    """The settings in a witness's folder; Refused where there is none."""
    path = folder / SETTINGS
    if not path.exists():
        raise Refused("no-store", f"{folder}: no witness's folder, which `e2evote witness init` makes")
    try:
        members = object_(canonical.decode(secretfile.read(path), limit=_LARGEST), "", ("key", "kind", "logs", "v"))
        if members["kind"] != "witness" or members["v"] != 1:
            raise MalformedInput("not the settings of a witness, version 1")
        vkeys = [
            string(vkey, f"logs[{i}]", 1, 1000) for i, vkey in enumerate(array(members["logs"], "logs", 0, MOST_LOGS))
        ]
        key = decode_witness_key(string(members["key"], "key", 1, 1000))
        return Settings(key, tuple(decode_log_key(vkey) for vkey in vkeys))
    except MalformedInput as error:
        raise error.inside(str(path)) from None


def unlock(folder: Path, settings: Settings, passphrase: Passphrase) -> Signer:
    """The witness's key, ready to sign; NotUnlocked under another passphrase."""
    key = load_key(folder / KEY, passphrase)
    if key.public != settings.key.public_key.encoded:
        raise Refused("wrong-key", f"{folder}: {KEY} is not the key that {SETTINGS} names")
    return Signer(settings.key, key.sign)


def file_of(origin: str) -> str:
    """The name of a log's file in `latest` and `ahead`, and of what the witness publishes of it."""
    return sha256(origin.encode()).hex()


def is_void(folder: Path, time: int) -> bool:
    """Whether the owner has declared this time of an earlier cosignature wrong."""
    path = folder / VOID
    return path.exists() and str(time).encode() in secretfile.read(path).split(b"\n")


def declare_void(folder: Path, times: Sequence[int]) -> None:
    """The clock was wrong when these were the times of cosignatures: later ones need not come after them."""
    with locked(folder, exclusive=True):
        path = folder / VOID
        known = secretfile.read(path) if path.exists() else b""
        secretfile.put(path, known + b"".join(f"{time}\n".encode() for time in times))


@contextmanager
def locked(folder: Path, *, exclusive: bool) -> Iterator[None]:
    """Waits until nobody else compares and stores. Between threads too: each has a descriptor of its own.

    The kernel releases the lock of a process that ends, however it ends.
    """
    flags = os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC
    try:
        lock = os.open(folder / LOCK, flags, 0o600)
    except OSError as error:
        raise Refused("witness-full", f"{folder / LOCK}: {error.strerror}") from None
    try:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX if exclusive else fcntl.LOCK_SH)
        except OSError as error:
            raise Refused("witness-full", f"{folder / LOCK}: {error.strerror}") from None
        yield
    finally:
        os.close(lock)


@contextmanager
def opened(folder: Path) -> Iterator[int]:
    """A descriptor of the folder, which names in it are looked up in and which can be synced."""
    descriptor = os.open(folder, _FOLDER)
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def _make_latest(folder: Path, origin: str) -> None:
    """Durably the empty file of a log that was never cosigned, unless it has one already."""
    with opened(folder / LATEST) as latest:
        try:
            file = os.open(file_of(origin), os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600, dir_fd=latest)
        except FileExistsError:
            return
        os.fsync(file)
        os.close(file)
        os.fsync(latest)
