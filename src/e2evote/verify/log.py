"""The log as a record holds it: checkpoint, files, entries, tree (docs/verification.md, record.files and board.*).

The checkpoint's size decides which files are expected. It is untrusted, so nothing here takes time or memory
that grows with the size claimed: what grows is bounded by the files that are there.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

from e2evote.board.bundles import decode_bundle
from e2evote.board.checkpoint import Checkpoint, decode_text
from e2evote.board.merkle import leaf_hash
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
from e2evote.board.tree import Tree
from e2evote.errors import CheckFailed, MalformedInput
from e2evote.manifest.model import Manifest
from e2evote.proofs.signature import decode_public_key
from e2evote.record.archive import Archive
from e2evote.verify.checks import Check
from e2evote.verify.findings import MOST_LISTED, Findings

CHECKPOINT = "checkpoint"
LARGEST_SIZE = 2**53 - 1


@dataclass(frozen=True, slots=True)
class PublishedLog:
    """What was read of a log: the entries that are there, by index, and their tree where all are there."""

    note: Note
    checkpoint: Checkpoint
    entries: Mapping[int, bytes]
    tree: Tree | None

    @property
    def is_whole(self) -> bool:
        """Every entry up to the checkpoint's size is there."""
        return self.tree is not None

    def root(self, size: int) -> bytes | None:
        """The root when the log had `size` entries, or None where entries for it are missing or there were fewer."""
        return self.tree.root(size) if self.tree and size <= self.tree.size else None


def read_log(archive: Archive, findings: Findings) -> PublishedLog:
    """Checkpoint and entries, with the check record.files; MalformedInput where the archive can't be read at all."""
    if CHECKPOINT not in archive.sizes():
        raise MalformedInput("there is no such file", CHECKPOINT)
    try:
        note = decode_note(archive.read(CHECKPOINT))
        checkpoint = decode_text(note.text)
    except MalformedInput as error:
        raise error.inside(CHECKPOINT) from None
    if checkpoint.size > LARGEST_SIZE:
        raise MalformedInput(f"size {checkpoint.size}, limit {LARGEST_SIZE}", CHECKPOINT)
    present = _check_files(archive, checkpoint.size, findings)
    entries: dict[int, bytes] = {}
    for path in sorted((path for path in present if path.series == ENTRIES), key=lambda path: path.index):
        name = path.encode()
        try:
            bundle = decode_bundle(archive.read(name), path.width)
        except MalformedInput as error:
            raise error.inside(name) from None
        entries.update(enumerate(bundle, start=path.index * WIDTH))
    tree = None
    if len(entries) == checkpoint.size:
        tree = Tree()
        for data in entries.values():
            tree.append(leaf_hash(data))
    return PublishedLog(note, checkpoint, entries, tree)


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
        if name.split("/", 1)[0] == HINTS:
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


def check_log(archive: Archive, log: PublishedLog, manifest: Manifest, findings: Findings) -> None:
    """board.checkpoint, board.root, board.tiles."""
    findings.examined(Check.BOARD_CHECKPOINT)
    if log.checkpoint.origin != manifest.origin:
        detail = f"origin {log.checkpoint.origin}, the manifest has {manifest.origin}"
        findings.fail(Check.BOARD_CHECKPOINT, CHECKPOINT, detail)
    else:
        try:
            log.note.verified_by([log_key(manifest)])
        except (CheckFailed, MalformedInput) as error:
            findings.fail(Check.BOARD_CHECKPOINT, CHECKPOINT, str(error))
    if log.tree is None:
        findings.not_run("entries are missing", Check.BOARD_ROOT, Check.BOARD_TILES)
        return
    root = log.tree.root(log.checkpoint.size)
    findings.expect(Check.BOARD_ROOT, CHECKPOINT, root == log.checkpoint.root, f"the entries have root {root.hex()}")
    findings.begin(Check.BOARD_TILES)
    sizes = archive.sizes()
    for path in tiles(log.checkpoint.size):
        name = path.encode()
        if name in sizes:
            expected = encode_tile(_tile(log.tree, path))
            detail = "not the hashes of the entries"
            findings.expect(Check.BOARD_TILES, name, archive.read(name) == expected, detail)


def _tile(tree: Tree, path: TilePath) -> Sequence[bytes]:
    level = 8 * int(path.series.removeprefix("tile/"))
    return tree.nodes(level, path.index * WIDTH, path.index * WIDTH + path.width)
