"""What a disk may hold after a loss of power, from a recording of what a process did before it.

Only fsync and fdatasync make anything durable: of a file, what was written to it; of a folder, which names it has. So a
new file, synced itself, is gone with its folder's unsynced entry, and a rename is undone. At each moment of the
recording (a cut) the rest is in doubt, and is decided in four ways:

    kept        all of it reached the disk
    dropped     none of it did
    torn        it did in the order of the calls, up to a place inside one write, at a multiple of 512 or 4096 bytes
    reordered   each block of 512 or 4096 bytes, and each change of a folder, did or did not, by itself

Within one write a block is whole or as it was. Where a later block is there and an earlier one is not, there are
zeros. A rename within a folder is one change: a journal of metadata keeps it whole.
"""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tests.faults.recording import Cut, Gone, Linked, Made, Opened, Operation, Renamed, Said, Synced, Write

KEPT, DROPPED, TORN, REORDERED = "kept", "dropped", "torn", "reordered"
MODES = {KEPT: 1, DROPPED: 1, TORN: 2, REORDERED: 3}
"""Each mode with the number of images that it gives at a cut."""

ROOT = 0


@dataclass(frozen=True, slots=True)
class Image:
    """One state of the disk, and what had been acknowledged before power was lost."""

    cut: int
    mode: str
    files: dict[str, bytes] = field(repr=False)
    folders: frozenset[str]
    said: tuple[str, ...]

    @property
    def content(self) -> tuple[frozenset[tuple[str, bytes]], frozenset[str], int]:
        """Equal for images that need be looked at only once."""
        return frozenset(self.files.items()), self.folders, len(self.said)


@dataclass(slots=True)
class _Data:
    """A pending change of a file's bytes: `data` at `offset`, or the length `offset`."""

    node: int
    offset: int
    data: bytes | None


@dataclass(slots=True)
class _Names:
    """A pending change of folders: names and what they stand for; None: nothing."""

    folder: int
    changes: tuple[tuple[int, str, int | None], ...]


@dataclass(slots=True)
class _Disk:
    """Files by number, and for each folder its names."""

    data: dict[int, bytearray] = field(default_factory=dict)
    names: dict[int, dict[str, int]] = field(default_factory=lambda: {ROOT: {}})

    def copy(self) -> "_Disk":
        return _Disk({n: bytearray(d) for n, d in self.data.items()}, {n: dict(d) for n, d in self.names.items()})

    def apply(self, change: _Data | _Names) -> None:
        if isinstance(change, _Names):
            for folder, name, node in change.changes:
                names = self.names.setdefault(folder, {})
                if node is None:
                    names.pop(name, None)
                else:
                    names[name] = node
            return
        content = self.data.setdefault(change.node, bytearray())
        if change.data is None:
            del content[change.offset :]
            content.extend(bytes(change.offset - len(content)))
            return
        content.extend(bytes(max(0, change.offset - len(content))))
        content[change.offset : change.offset + len(change.data)] = change.data


class _Machine:
    """The recording played: what the running process sees, what is durable, and what is in doubt."""

    def __init__(self) -> None:
        self.seen, self.durable = _Disk(), _Disk()
        self.pending: list[_Data | _Names] = []
        self.folders = {ROOT}
        self.ends: dict[int, int] = {}  # where the next write without an offset goes
        self.said: list[str] = []
        self._next = 1

    def play(self, operation: Operation) -> None:
        match operation:
            case Said(line):
                self.said.append(line)
            case Made(path):
                self._make(*self._parent(path), folder=True)
            case Opened(path, at_end):
                parent, name = self._parent(path)
                if name not in self.seen.names[parent]:
                    self._make(parent, name, folder=False)
                node = self._node(path)
                self.ends[node] = len(self.seen.data[node]) if at_end else 0
            case Write(path, offset, data):
                node = self._node(path)
                start = self.ends[node] if offset is None else offset
                if offset is None:
                    self.ends[node] = start + len(data)
                self._do(_Data(node, start, data))
            case Cut(path, size):
                self._do(_Data(self._node(path), size, None))
            case Gone(path):
                parent, name = self._parent(path)
                self._do(_Names(parent, ((parent, name, None),)))
            case Renamed(old, new):
                (source, name), (target, new_name) = self._parent(old), self._parent(new)
                node = self.seen.names[source][name]
                self._do(_Names(target, ((target, new_name, node), (source, name, None))))
            case Linked(old, new):
                parent, name = self._parent(new)
                self._do(_Names(parent, ((parent, name, self._node(old)),)))
            case Synced(path):
                self._sync(self._node(path))

    def _make(self, parent: int, name: str, folder: bool) -> None:
        node, self._next = self._next, self._next + 1
        if folder:
            self.folders.add(node)
            for disk in (self.seen, self.durable):
                disk.names[node] = {}
        else:
            self._do(_Data(node, 0, b""))
        self._do(_Names(parent, ((parent, name, node),)))

    def _do(self, change: _Data | _Names) -> None:
        self.seen.apply(change)
        self.pending.append(change)

    def _sync(self, node: int) -> None:
        left = []
        for change in self.pending:
            if (change.folder if isinstance(change, _Names) else change.node) == node:
                self.durable.apply(change)
            else:
                left.append(change)
        self.pending = left

    def _parent(self, path: str) -> tuple[int, str]:
        *folders, name = path.split("/")
        node = ROOT
        for step in folders:
            node = self.seen.names[node][step]
        return node, name

    def _node(self, path: str) -> int:
        if not path:
            return ROOT
        parent, name = self._parent(path)
        return self.seen.names[parent][name]


def contents(root: Path) -> tuple[Operation, ...]:
    """What makes the files below a folder, durably: for a recording that does not begin with nothing."""
    made: list[Operation] = []
    for path in sorted(root.rglob("*")):
        name = path.relative_to(root).as_posix()
        if path.is_dir():
            made.append(Made(name))
        else:
            made += [Opened(name), Write(name, 0, path.read_bytes()), Synced(name)]
    folders = [path.relative_to(root).as_posix() for path in root.rglob("*") if path.is_dir()]
    return (*made, *(Synced(folder) for folder in folders), Synced(""))


def images(
    recording: Sequence[Operation], before: Sequence[Operation] = (), seed: int = 0, times: int = 1
) -> Iterator[Image]:
    """Every cut in every mode, equal ones left out.

    before: what is there already. times: of the number of images with chance in them.
    """
    chance, machine, known = random.Random(seed), _Machine(), set()
    for operation in before:
        machine.play(operation)
    for cut, operation in enumerate(recording, 1):
        machine.play(operation)
        for mode, number in MODES.items():
            for _ in range(number * (times if mode in (TORN, REORDERED) else 1)):
                image = _image(machine, cut, mode, chance)
                if image.content not in known:
                    known.add(image.content)
                    yield image


def _image(machine: _Machine, cut: int, mode: str, chance: random.Random) -> Image:
    disk, pending = machine.durable.copy(), machine.pending
    if mode == KEPT:
        survivors: Sequence[_Data | _Names] = pending
    elif mode == DROPPED:
        survivors = ()
    elif mode == TORN:
        survivors = _torn(pending, chance)
    else:
        survivors = _reordered(pending, chance)
    for change in survivors:
        disk.apply(change)
    files: dict[str, bytes] = {}
    folders: set[str] = set()
    _walk(disk, machine.folders, ROOT, "", files, folders)
    return Image(cut, mode, files, frozenset(folders), tuple(machine.said))


def _torn(pending: Sequence[_Data | _Names], chance: random.Random) -> list[_Data | _Names]:
    if not pending:
        return []
    last = chance.randrange(len(pending))
    change = pending[last]
    survivors = list(pending[:last])
    if isinstance(change, _Data) and change.data:
        block = chance.choice((512, 4096))
        blocks = list(_blocks(change, block))
        survivors += blocks[: chance.randrange(len(blocks) + 1)]
    return survivors


def _reordered(pending: Sequence[_Data | _Names], chance: random.Random) -> list[_Data | _Names]:
    block = chance.choice((512, 4096))
    survivors: list[_Data | _Names] = []
    for change in pending:
        parts = list(_blocks(change, block)) if isinstance(change, _Data) and change.data else [change]
        survivors += [part for part in parts if chance.random() < 0.5]
    return survivors


def _blocks(change: _Data, size: int) -> Iterator[_Data]:
    """The write, divided where the file's blocks are."""
    data = change.data or b""
    start = 0
    while start < len(data):
        end = min(len(data), start + size - (change.offset + start) % size)
        yield _Data(change.node, change.offset + start, data[start:end])
        start = end


def _walk(disk: _Disk, known: set[int], node: int, path: str, files: dict[str, bytes], folders: set[str]) -> None:
    for name, below in disk.names.get(node, {}).items():
        full = f"{path}{name}"
        if below in known:
            folders.add(full)
            _walk(disk, known, below, f"{full}/", files, folders)
        else:
            files[full] = bytes(disk.data.get(below, b""))
