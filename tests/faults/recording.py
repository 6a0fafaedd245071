"""What a process did to the files below a folder, as strace saw it: the input of `power`.

The process is one thread, and its standard output carries what it acknowledged, a line each. Writes into shared
mappings cannot be seen. SQLite has one, its WAL-index (`-shm`), which it makes anew when it opens a database that
nobody has open; a mapping of any other file stops the recording.
"""

import re
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import pytest

from tests.faults.processes import Nursery, heard

CALLS = (
    "open,openat,creat,write,pwrite64,writev,pwritev,pwritev2,fsync,fdatasync,sync_file_range,rename,renameat,renameat2,"
    "link,linkat,symlink,symlinkat,unlink,unlinkat,ftruncate,truncate,mkdir,mkdirat,rmdir,fallocate,sendfile,"
    "copy_file_range,mmap"
)

_LINE = re.compile(r"(?:\d+ +)?(\w+)\((.*)\) += (-?\d+|0x[0-9a-f]+)(<[^>]*>)?.*")
_PLACE = re.compile(r"(?:AT_FDCWD|-?\d+)<([^>]*)>")
_STRING = re.compile(r'"((?:\\x[0-9a-f]{2})*)"')


@dataclass(frozen=True, slots=True)
class Write:
    """`data` at `offset` of a file; None: at the offset where the last such write ended."""

    path: str
    offset: int | None
    data: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Cut:
    """A file now has this length."""

    path: str
    size: int


@dataclass(frozen=True, slots=True)
class Opened:
    """A file is open for writing, and made if it was not there. at_end: writes without an offset go there."""

    path: str
    at_end: bool = False


@dataclass(frozen=True, slots=True)
class Made:
    """A folder."""

    path: str


@dataclass(frozen=True, slots=True)
class Renamed:
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class Linked:
    """The file has a second name."""

    old: str
    new: str


@dataclass(frozen=True, slots=True)
class Gone:
    path: str


@dataclass(frozen=True, slots=True)
class Synced:
    """fsync or fdatasync of a file or folder has returned."""

    path: str


@dataclass(frozen=True, slots=True)
class Said:
    """A line on standard output: somebody outside may rely on it from here on."""

    line: str


Operation = Write | Cut | Opened | Made | Renamed | Linked | Gone | Synced | Said


@cache
def why_not() -> str:
    """Why strace cannot be used here; "" if it can."""
    strace = shutil.which("strace")
    if strace is None:
        return "strace is not installed"
    with subprocess.Popen(["sleep", "10"]) as other:
        options = ["-e", "inject=getpid:error=EIO:when=1", "-p", str(other.pid)]
        with subprocess.Popen([strace, *options], stderr=subprocess.PIPE, text=True) as tried:
            assert tried.stderr is not None
            line = tried.stderr.readline()
            other.kill()
    return "" if "attached" in line else f"strace cannot trace here: {line.strip()}"


needs_strace = pytest.mark.skipif(bool(why_not()), reason=why_not() or "strace works")


def trace(born: Nursery, target: str, said: Path, *arguments: str, options: Sequence[str]) -> tuple[int, list[str]]:
    """Runs `target` to its end under strace; its exit code, and strace's lines."""
    log = said.with_name(f"{said.name}.strace")
    child = born(target, said, *arguments, strace=["-y", "-e", "signal=none", *options, "-o", str(log)])
    return child.wait(), log.read_text().splitlines()


def complaints(said: Path) -> str:
    """What the process wrote on its standard error."""
    return said.with_name(f"{said.name}.errors").read_text()


def record(born: Nursery, target: str, said: Path, root: Path, *arguments: str) -> tuple[Operation, ...]:
    """Runs `target` to its end; what it did below `root`, with paths relative to it, and what it said."""
    options = ["-xx", "-s", str(2**24), "-e", f"trace={CALLS}"]
    code, lines = trace(born, target, said, *arguments, options=options)
    if code:
        raise RuntimeError(
            f"the recorded process ended with {code}: {said.with_name(f'{said.name}.errors').read_text()}"
        )
    return tuple(operations(lines, root))


def operations(lines: Sequence[str], root: Path) -> Iterator[Operation]:
    """The successful calls that changed something."""
    prefix = f"{root.resolve()}/"
    for line in lines:
        if line.startswith("+++ "):
            return
        parts = _LINE.fullmatch(line)
        if parts is None:
            raise RuntimeError(f"a line of strace that is not read here: {line[:200]}")
        if not parts[3].startswith("-"):
            yield from _Call(prefix, parts[1], parts[2].split(", "), int(parts[3], 0), parts[4] or "").operations()


@dataclass(frozen=True, slots=True)
class _Call:
    prefix: str
    name: str
    arguments: list[str]
    result: int
    result_path: str

    def operations(self) -> Iterator[Operation]:
        name, arguments = self.name, self.arguments
        if name in ("write", "writev") and arguments[0].startswith("1<"):
            yield from (Said(line) for line in heard(self._data().decode()))
            return
        path = self._path_of_call()
        if path is None:
            return
        match name:
            case "open" | "openat" | "creat":
                flags = arguments[1 if name == "open" else 2] if name != "creat" else "O_WRONLY|O_TRUNC"
                if "O_WRONLY" in flags or "O_RDWR" in flags:
                    yield Opened(path, "O_APPEND" in flags)
                if "O_TRUNC" in flags:
                    yield Cut(path, 0)
            case "write" | "writev":
                yield Write(path, None, self._data()[: self.result])
            case "pwrite64":
                yield Write(path, int(arguments[3]), self._data()[: self.result])
            case "ftruncate" | "truncate":
                yield Cut(path, int(arguments[1]))
            case "fsync" | "fdatasync":
                yield Synced(path)
            case "mkdir" | "mkdirat":
                yield Made(path)
            case "unlink" | "unlinkat" | "rmdir":
                yield Gone(path)
            case "rename":
                yield Renamed(path, self._below(self._path(1)))
            case "renameat" | "renameat2":
                yield Renamed(path, self._below(self._path(3, self._place(2))))
            case "link":
                yield Linked(path, self._below(self._path(1)))
            case "linkat":
                yield Linked(path, self._below(self._path(3, self._place(2))))
            case "mmap" if path.endswith("-shm") or "MAP_SHARED" not in arguments[3]:
                return
            case _:
                raise RuntimeError(f"{name} of {path} is not modelled")

    def _path_of_call(self) -> str | None:
        """The file that the call is about, if it lies below the root and has not been unlinked."""
        match self.name:
            case "open" | "openat" | "creat":
                path = _text(self.result_path[1:-1])
            case "rename" | "link" | "mkdir" | "unlink" | "rmdir" | "truncate":
                path = self._path(0)
            case "renameat" | "renameat2" | "linkat" | "mkdirat" | "unlinkat":
                path = self._path(1, self._place(0))
            case "mmap":
                path = self._place(4) if "<" in self.arguments[4] else ""
            case _:
                if "(deleted)" in self.arguments[0]:
                    return None
                path = self._place(0)
        return self._below(path) if path.startswith(self.prefix) or path + "/" == self.prefix else None

    def _below(self, path: str) -> str:
        if path + "/" == self.prefix:
            return ""
        if not path.startswith(self.prefix):
            raise RuntimeError(f"{self.name}: {path} is not below {self.prefix}")
        return path.removeprefix(self.prefix)

    def _place(self, number: int) -> str:
        parts = _PLACE.match(self.arguments[number])
        if parts is None:
            raise RuntimeError(f"{self.name}: no path in {self.arguments[number]}")
        return _text(parts[1])

    def _path(self, number: int, folder: str = "") -> str:
        path = _bytes(self.arguments[number]).decode()
        if not path.startswith("/"):
            path = f"{folder or Path.cwd()}/{path}"
        return path

    def _data(self) -> bytes:
        return b"".join(_bytes(f'"{part}"') for part in _STRING.findall(",".join(self.arguments[1:])))


def _bytes(quoted: str) -> bytes:
    return bytes.fromhex(quoted.strip('"').replace("\\x", ""))


def _text(path: str) -> str:
    return bytes.fromhex(path.replace("\\x", "")).decode() if path.startswith("\\x") else path
