"""A backup of a box's store, made while the box runs (docs/operate.md, Backup).

    FOLDER/backup.json   the log's origin, and the SHA-256 of each file but the log
    FOLDER/checkpoint    what was published when the backup began
    FOLDER/log.sqlite    the log, wherever the store keeps it: an SQLite file, a folder or a database
    FOLDER/private/…     what else the box keeps to itself, such as the log's key, encrypted as it is there

The published files are not in it: they follow from the log. Whoever has the folder has what the box must keep secret
but for passphrases. What may be done with an old one is `adapter/restore.py`'s business.
"""

import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from e2evote.adapter import secretfile
from e2evote.adapter.board_check import setting_of
from e2evote.adapter.files import StaticWriter
from e2evote.adapter.storage import SQLITE_SUFFIX, create_storage, open_storage
from e2evote.adapter.storage.copying import copy_log, copy_sqlite
from e2evote.adapter.store import STORAGE, Store
from e2evote.board.heads import read_head
from e2evote.board.log import CHECKPOINT
from e2evote.board.merkle import HASH_SIZE
from e2evote.board.self_check import self_check
from e2evote.errors import MalformedInput, Refused
from e2evote.hashing import canonical
from e2evote.hashing.canonical import Encodable
from e2evote.hashing.digest import sha256
from e2evote.hashing.fields import hex_bytes, object_
from e2evote.verify.log import log_key

FACTS = "backup.json"
LOG = "log.sqlite"
PRIVATE = "private"
_KIND = "e2evote-backup"
_PASSING = (".lock", ".new", ".tmp", "-wal", "-shm", "-journal")
"""Files that only a running process needs."""

_LARGEST_FACTS = 2**20
_MOST_FILES = 10_000


@dataclass(frozen=True, slots=True)
class Backup:
    """What a backup says of itself. files: their SHA-256 by path from its folder on; the log is judged by itself."""

    path: Path
    origin: str
    files: dict[str, bytes]

    def encode(self) -> bytes:
        """The content of backup.json."""
        files: dict[str, Encodable] = {name: digest.hex() for name, digest in self.files.items()}
        return canonical.encode({"files": files, "kind": _KIND, "origin": self.origin, "v": 1})

    def read(self, name: str) -> bytes:
        """A file of the backup, with the bytes that were written; Refused or MalformedInput otherwise."""
        data = secretfile.read(self.path / name)
        if sha256(data) != self.files.get(name):
            raise MalformedInput("not the bytes that were backed up", str(self.path / name))
        return data


def read_backup(path: Path) -> Backup:
    """The backup in this folder, as far as backup.json goes."""
    if not (path / FACTS).is_file():
        raise Refused("no-store", f"{path}: no backup is here ({FACTS} is missing)")
    try:
        members = object_(
            canonical.decode(secretfile.read(path / FACTS), limit=_LARGEST_FACTS), "", ("files", "kind", "origin", "v")
        )
        named, origin = members["files"], members["origin"]
        if members["kind"] != _KIND or members["v"] != 1 or not isinstance(origin, str):
            raise MalformedInput("no backup of this version")
        if not isinstance(named, dict) or len(named) > _MOST_FILES:
            raise MalformedInput(f"want an object of at most {_MOST_FILES} files", "files")
        files = {_path(name): hex_bytes(digest, f"files.{name}", HASH_SIZE) for name, digest in named.items()}
    except MalformedInput as error:
        raise error.inside(str(path / FACTS)) from None
    return Backup(path, origin, files)


def backup_store(store: Store, target: Path) -> int:
    """A backup in a new folder, whole or not at all; the size of the signed log in it. The box may be running."""
    if os.path.lexists(target):
        raise Refused("file-exists", f"{target}: there is such a file already")
    place, origin = store.storage_place()
    temporary = target.with_name(f".{target.name}.{secrets.token_hex(8)}.new")
    try:
        (temporary / PRIVATE).mkdir(mode=0o700, parents=True)
        temporary.chmod(0o700)
        # before the log is read, so that the log in the backup has what was published then
        _put(temporary / CHECKPOINT, StaticWriter(store.record).checkpoint())
        for name, source in _kept(store, place):
            (temporary / name).parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            if name.endswith(SQLITE_SUFFIX):
                copy_sqlite(source, temporary / name)
            else:
                _put(temporary / name, secretfile.read(source))
        _copy_log(place, origin, temporary / LOG)
        size = _checked(temporary / LOG, origin)
        files = {
            path.relative_to(temporary).as_posix(): sha256(path.read_bytes())
            for path in sorted(temporary.rglob("*"))
            if path.is_file() and path != temporary / LOG
        }
        _put(temporary / FACTS, Backup(temporary, origin, files).encode())
        temporary.rename(target)
        secretfile.sync_folder(target.parent)
    except OSError as error:
        raise Refused("file-missing", f"{error.filename or target}: {error.strerror}") from None
    finally:
        shutil.rmtree(temporary, ignore_errors=True)
    return size


def _kept(store: Store, place: str) -> Iterator[tuple[str, Path]]:
    """Names and paths of the box's own files, but for the log and what only a running process needs."""
    log = Path(place).absolute()
    for path in sorted(store.private.rglob("*")):
        name = path.relative_to(store.path).as_posix()
        below_log = log == path.absolute() or log in path.absolute().parents
        if path.is_symlink() or not path.is_file() or below_log or path == store.private / STORAGE:
            continue
        if not path.name.startswith(".") and not path.name.endswith(_PASSING):
            yield name, path


def _copy_log(place: str, origin: str, target: Path) -> None:
    if place.endswith(SQLITE_SUFFIX):
        return copy_sqlite(Path(place), target)
    with (
        closing(open_storage(place, origin)) as source,
        closing(create_storage(str(target), origin)) as copy,
    ):
        copy_log(source, copy)


def _checked(log: Path, origin: str) -> int:
    """The copy is looked through as the box would at its start; the size of its head."""
    with closing(open_storage(str(log), origin)) as storage:
        head = read_head(storage, log_key(setting_of(storage).manifest))
        head.check_root(self_check(storage, {head.checkpoint.size}))
    return head.checkpoint.size


def _path(name: str) -> str:
    """A name of a file below the backup's folder, which leads nowhere else."""
    parts = name.split("/")
    printable = name.isascii() and name.isprintable() and "\\" not in name
    if not printable or any(part in ("", "..") or part.startswith(".") for part in parts):
        raise MalformedInput(f"{name[:60]!a} is no path of a backup", "files")
    if name not in (CHECKPOINT,) and (parts[0] != PRIVATE or len(parts) < 2):
        raise MalformedInput(f"{name[:60]!a} is no path of a backup", "files")
    return name


def _put(path: Path, data: bytes) -> None:
    secretfile.create(path, data)
