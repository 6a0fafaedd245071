"""Files with names, addresses or codes of members, written so that they can all be found and destroyed again.

Each is private (mode 0600), whole or absent, and its name stands in `personal-files` beside it: a list of names and
kinds, without anything of a person, that `destroy` goes through when the time for which they are kept has passed.
docs/member-files.md.
"""

import errno
import os
import stat
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from e2evote.adapter import secretfile
from e2evote.errors import MalformedInput, Refused
from e2evote.hashing import canonical
from e2evote.hashing.fields import array, hex_bytes, item, object_, one_of, string
from e2evote.verify.ballot_work import Progress, silent

LIST = "personal-files"
KINDS = ("letters", "members", "notices", "opening", "register", "roll", "seed")
_KIND = "e2evote-personal-files"
_MOST = 10**7
_LONGEST_NAME = 255


@dataclass(frozen=True, slots=True)
class Listed:
    """A file of one selection: its name in the folder, and what it is. election: leaf hash of entry 0."""

    name: str
    kind: str
    election: bytes


def write_personal(path: Path, data: bytes, kind: str, election: bytes) -> None:
    """A new private file that stands in the list; it is listed before it is there, so that none is ever unlisted."""
    write_all(path.parent, [(path.name, data)], kind, election)


def write_all(
    folder: Path, files: Iterable[tuple[str, bytes]], kind: str, election: bytes, progress: Progress = silent
) -> None:
    """New private files of one kind in one folder, which is made if need be."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    written = list(files)
    for name, _ in written:
        if os.path.lexists(folder / name):
            raise Refused("secret.exists", f"{folder / name}: there is such a file already")
    enter(folder, [name for name, _ in written], kind, election)
    for done, (name, data) in enumerate(written, start=1):
        secretfile.create(folder / name, data)
        progress(done, len(written))


def enter(folder: Path, names: Sequence[str], kind: str, election: bytes) -> None:
    """These names in the list of their folder."""
    if kind not in KINDS:
        raise ValueError(f"{kind}: no kind of personal file")
    for name in names:
        if len(os.fsencode(name)) > _LONGEST_NAME:
            raise OSError(errno.ENAMETOOLONG, os.strerror(errno.ENAMETOOLONG), name)
    with secretfile.locked(folder / LIST):
        known = list(listed(folder))
        entered = set(known)
        new = [one for one in (Listed(name, kind, election) for name in names) if one not in entered]
        if new:
            _write(folder, [*known, *new])


def leave(folder: Path, gone: Iterable[Listed]) -> None:
    """These are not in the list any more; the list itself goes when nothing is in it."""
    with secretfile.locked(folder / LIST):
        taken = set(gone)
        rest = [one for one in listed(folder) if one not in taken]
        if rest:
            _write(folder, rest)
        elif os.path.lexists(folder / LIST):
            secretfile.delete(folder / LIST)


@dataclass(frozen=True, slots=True)
class Erased:
    """What became of listed files. absent: not in the folder. left: no regular file, or one that can't be deleted."""

    deleted: tuple[Listed, ...]
    absent: tuple[Listed, ...]
    left: tuple[Listed, ...]


def erase(folder: Path, files: Iterable[Listed]) -> Erased:
    """Listed files are deleted, whoever may read them by now; what is left stays in the list."""
    deleted, absent, left = [], [], []
    for one in files:
        path = folder / one.name
        try:
            if not stat.S_ISREG(path.lstat().st_mode):
                left.append(one)
                continue
            path.unlink()
        except FileNotFoundError:
            absent.append(one)
        except OSError:
            left.append(one)
        else:
            deleted.append(one)
    leave(folder, (*deleted, *absent))
    return Erased(tuple(deleted), tuple(absent), tuple(left))


def listed(folder: Path) -> tuple[Listed, ...]:
    """What the list of the folder has; nothing where there is no list."""
    path = folder / LIST
    if not os.path.lexists(path):
        return ()
    try:
        data = secretfile.read(path, 2**30)
        members = object_(canonical.decode(data.removesuffix(b"\n"), limit=2**30), "", ("files", "kind"))
        one_of(members["kind"], "kind", (_KIND,))
        return tuple(_listed(one, item("files", i)) for i, one in enumerate(array(members["files"], "files", 0, _MOST)))
    except MalformedInput as error:
        raise error.inside(str(path)) from None


def _listed(value: canonical.JSON, where: str) -> Listed:
    fields = object_(value, where, ("election", "kind", "name"))
    name = string(fields["name"], f"{where}.name", 1, _LONGEST_NAME)
    if "/" in name or "\0" in name or name in (".", ".."):
        raise MalformedInput("no name of a file in this folder", f"{where}.name")
    kind = one_of(fields["kind"], f"{where}.kind", KINDS)
    return Listed(name, kind, hex_bytes(fields["election"], f"{where}.election", 32))


def _write(folder: Path, files: Sequence[Listed]) -> None:
    members = [{"election": one.election.hex(), "kind": one.kind, "name": one.name} for one in files]
    secretfile.put(folder / LIST, canonical.encode({"files": list(members), "kind": _KIND}) + b"\n")
