"""What a witness without a server is brought: a request in a file, or a whole record (docs/guide-witness.md).

From a record the witness makes the request itself. It hashes every entry, compares the tree with the record's
checkpoint and tiles, and proves to itself that the log begins with what it cosigned last; that is more than a request
shows, where two trees are known by hashes alone. Nothing is said about what the entries mean: that is `e2evote verify`.
"""

from contextlib import closing
from pathlib import Path

from e2evote.adapter.witness_state import Latest, WitnessState
from e2evote.board.checkpoint import Checkpoint, decode_text
from e2evote.board.merkle import leaf_hash
from e2evote.board.note import decode_note
from e2evote.board.tree import Tree
from e2evote.board.witnessing import REQUEST_LIMIT, Request
from e2evote.errors import Refused
from e2evote.record.archive import open_archive
from e2evote.verify.findings import Findings
from e2evote.verify.log import CHECKPOINT, LogCheck, read_entries, read_log

MAGIC = b"PK\x03\x04"
"""How a record in a zip file begins."""


def request_at(path: Path, state: WitnessState) -> tuple[bytes, bool]:
    """The request in a file, or made from a record there; and whether it was the latter."""
    if path.is_dir() or _begins(path) == MAGIC:
        return request_from(path, state), True
    with path.open("rb") as file:
        return file.read(REQUEST_LIMIT + 1), False


def request_from(record: Path, state: WitnessState) -> bytes:
    """The request that a record's checkpoint be cosigned, after every hash of the record was looked at."""
    findings, tree = Findings(), Tree()
    with closing(open_archive(record)) as archive:
        log = read_log(archive, findings)
        if not log.is_whole:
            raise Refused("record-incomplete", f"{record}: entries are missing")
        check = LogCheck(archive, log)
        for _, entry in read_entries(archive, log):
            leaf = leaf_hash(entry)
            check.append(leaf)
            tree.append(leaf)
        check.finish(findings)
        note = archive.read(CHECKPOINT)
    for name, tally in findings.checks.items():
        if tally.failed:
            failure = tally.failures[0]
            raise Refused("record-fails", f"{record}: {name.value}: {failure.subject}: {failure.detail}")
    latest = state.latest(log.checkpoint.origin) if _is_followed(log.checkpoint, state) else None
    return Request(*_proof(record, tree, latest), note).encode()


def checkpoint_at(path: Path) -> bytes:
    """The signed note in a file, or of a record."""
    if path.is_dir() or _begins(path) == MAGIC:
        with closing(open_archive(path, read_all=False)) as archive:
            return archive.read(CHECKPOINT)
    with path.open("rb") as file:
        return file.read(REQUEST_LIMIT)


def stated_in(note: bytes) -> Checkpoint:
    """What a note states, whoever signed it."""
    return decode_text(decode_note(note).text)


def _proof(record: Path, tree: Tree, latest: Latest | None) -> tuple[int, tuple[bytes, ...]]:
    """From what was cosigned last to the record's own size."""
    if latest is None or latest.checkpoint.size == 0:
        return 0, ()
    known = latest.checkpoint
    if known.size > tree.size:
        raise Refused("record-incomplete", f"{record}: {tree.size} entries, and this witness has cosigned {known.size}")
    if tree.root(known.size) != known.root:
        raise Refused(
            "board-rewritten",
            f"{record}: its first {known.size} entries have root {tree.root(known.size).hex()}, and this witness has "
            f"cosigned root {known.root.hex()}",
        )
    return known.size, tree.consistency_proof(known.size, tree.size)


def _is_followed(checkpoint: Checkpoint, state: WitnessState) -> bool:
    return any(key.name == checkpoint.origin for key in state.settings.logs)


def _begins(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(len(MAGIC))
    except OSError as error:
        raise Refused("file-missing", f"{path}: {error.strerror}") from None
