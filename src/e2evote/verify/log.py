"""The log as a record holds it: checkpoint, files, entries, tree (docs/verification.md, record.files and board.*).

Entries are read bundle by bundle, as often as somebody needs them, and are not kept.

The checkpoint's size decides which files are expected. It is untrusted, so nothing here takes time or memory
that grows with the size claimed: what grows is bounded by the files that are there.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice

from e2evote.board.bundles import decode_bundle
from e2evote.board.checkpoint import Checkpoint, decode_text
from e2evote.board.growing import GrowingTree
from e2evote.board.note import LogKey, Note, decode_note
from e2evote.board.tiles import (
    ENTRIES,
    HINTS,
    PAYLOAD,
    WIDTH,
    TilePath,
    bundles,
    decode_path,
    encode_tile,
    tiles,
    width_in,
)
from e2evote.errors import CheckFailed, MalformedInput
from e2evote.hashing.digest import sha256
from e2evote.manifest.model import Manifest
from e2evote.proofs.signature import decode_public_key
from e2evote.record.archive import DATES, Archive
from e2evote.verify.checks import Check
from e2evote.verify.findings import MOST_LISTED, Findings

CHECKPOINT = "checkpoint"
LARGEST_SIZE = 2**53 - 1


@dataclass(frozen=True, slots=True)
class PublishedLog:
    """A log whose checkpoint was read: which of its entry bundles are there, and its roots at the sizes noted."""

    note: Note
    checkpoint: Checkpoint
    bundles: tuple[TilePath, ...]
    is_whole: bool
    """Every entry up to the checkpoint's size is there."""
    roots: dict[int, bytes] = field(default_factory=dict)
    """Filled in while the entries are read."""
    batches: list[bytes] = field(default_factory=list)
    """The root over the entries of each full bundle; filled in while the entries are read."""

    def root(self, size: int) -> bytes | None:
        """The root when the log had `size` entries; None where that was not noted, or entries for it are missing."""
        return self.roots.get(size)


@dataclass(frozen=True, slots=True)
class Bundle:
    """Consecutive entries from `start` on, and the SHA-256 of the file that has them."""

    start: int
    sha256: bytes
    entries: tuple[bytes, ...]


def read_log(archive: Archive, findings: Findings) -> PublishedLog:
    """The checkpoint, with the check record.files; MalformedInput where the archive can't be read at all."""
    if CHECKPOINT not in archive.sizes():
        raise MalformedInput("there is no such file", CHECKPOINT)
    try:
        note, checkpoint = read_head(archive.read(CHECKPOINT))
    except MalformedInput as error:
        raise error.inside(CHECKPOINT) from None
    present = _check_files(archive, checkpoint.size, findings)
    there = tuple(sorted((path for path in present if path.series == ENTRIES), key=lambda path: path.index))
    return PublishedLog(note, checkpoint, there, sum(path.width for path in there) == checkpoint.size)


def read_head(data: bytes) -> tuple[Note, Checkpoint]:
    """A note whose text is a checkpoint of a log that a record can hold; who signed it is another question."""
    note = decode_note(data)
    checkpoint = decode_text(note.text)
    if checkpoint.size > LARGEST_SIZE:
        raise MalformedInput(f"size {checkpoint.size}, limit {LARGEST_SIZE}")
    return note, checkpoint


def read_bundle(archive: Archive, path: TilePath) -> Bundle:
    """The entries of one file, or MalformedInput."""
    name = path.encode()
    data = archive.read(name)
    try:
        return Bundle(path.index * WIDTH, sha256(data), decode_bundle(data, path.width))
    except MalformedInput as error:
        raise error.inside(name) from None


def read_entries(archive: Archive, log: PublishedLog) -> Iterator[tuple[int, bytes]]:
    """Every entry that is there, by index; one bundle is in memory."""
    for path in log.bundles:
        bundle = read_bundle(archive, path)
        yield from enumerate(bundle.entries, bundle.start)


def expected_paths(size: int) -> Iterator[TilePath]:
    """The files of a log of `size`, but for its checkpoint and hints."""
    yield from tiles(size)
    yield from bundles(ENTRIES, size)
    yield from bundles(PAYLOAD, size)


def _check_files(archive: Archive, size: int, findings: Findings) -> set[TilePath]:
    """record.files; the expected files that are there."""
    check = Check.RECORD_FILES
    findings.begin(check)
    present = set()
    for name in archive.sizes():
        if name.split("/", 1)[0] == HINTS or name in DATES:
            continue
        findings.examined(check)
        if name == CHECKPOINT:
            continue
        path = _path(name)
        wanted = path and width_in(path, size)
        if path and wanted == path.width:
            present.add(path)
        elif not path or not wanted or path.is_full or path.width > wanted:
            findings.fail(check, ascii(name)[1:-1][:200], "no file of a log of this size")
    listed = islice((path for path in expected_paths(size) if path not in present), MOST_LISTED)
    for path in islice(listed, 1):
        findings.missing(check, f"{path.encode()} is not there")
    return present


def _path(name: str) -> TilePath | None:
    try:
        return decode_path(name)
    except MalformedInput:
        return None


def log_key(manifest: Manifest) -> LogKey:
    """The key that signs checkpoints, named as the origin; MalformedInput if the party's key is none."""
    return LogKey(manifest.origin, decode_public_key(manifest.parties_of("log")[0].key))


def check_checkpoint(log: PublishedLog, manifest: Manifest, findings: Findings) -> None:
    """board.checkpoint: it is the manifest's log, and its key has signed."""
    objection = objection_to(log.note, log.checkpoint, manifest)
    findings.expect(Check.BOARD_CHECKPOINT, CHECKPOINT, not objection, objection)


def objection_to(note: Note, checkpoint: Checkpoint, manifest: Manifest) -> str:
    """Why this is no head of the manifest's log by the log's own word; empty where it is one."""
    if checkpoint.origin != manifest.origin:
        return f"origin {checkpoint.origin}, the manifest has {manifest.origin}"
    try:
        note.verified_by([log_key(manifest)])
    except (CheckFailed, MalformedInput) as error:
        return str(error)
    return ""


class LogCheck:
    """board.root and board.tiles while a log is read, entry by entry; nothing is kept of a tile that was compared."""

    def __init__(self, archive: Archive, log: PublishedLog) -> None:
        self._archive, self._log = archive, log
        self._tree = GrowingTree(self._compare)
        self._by_level: dict[str, Findings] = {}

    def append(self, leaf: bytes) -> None:
        """The leaf hash of the next entry."""
        self._tree.append(leaf)

    def note_root(self) -> None:
        """Remember the root over the entries so far."""
        if self._log.is_whole:
            self._log.roots[self._tree.size] = self._tree.root()

    def finish(self, findings: Findings) -> None:
        """After the last entry."""
        if not self._log.is_whole:
            findings.not_run("entries are missing", Check.BOARD_ROOT, Check.BOARD_TILES)
            return
        self.note_root()
        root, claimed = self._tree.root(), self._log.checkpoint.root
        findings.expect(Check.BOARD_ROOT, CHECKPOINT, root == claimed, f"the entries have root {root.hex()}")
        for path, hashes in self._tree.unfinished():
            self._compare(path, hashes)
        findings.begin(Check.BOARD_TILES)
        for level in sorted(self._by_level, key=lambda series: int(series.removeprefix("tile/"))):
            findings.add(self._by_level[level])

    def _compare(self, path: TilePath, hashes: Sequence[bytes]) -> None:
        if path.series == "tile/1":
            self._log.batches.extend(hashes)
        name = path.encode()
        if self._log.is_whole and self._archive.size_of(name) is not None:
            holds = self._archive.read(name) == encode_tile(hashes)
            found = self._by_level.setdefault(path.series, Findings())
            found.expect(Check.BOARD_TILES, name, holds, "not the hashes of the entries")
