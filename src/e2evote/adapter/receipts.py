"""Receipts in the hands of a voter: is it one, and is its entry in a record? (docs/spec.md, section 5)

`check_receipt` needs the file and keys; `search_record` compares it with a record that claims to be the log, and gives
evidence where the entry is not there. A third party repeats both with the same files, offline.
"""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from e2evote.adapter.known_keys import KnownKeys, known_keys
from e2evote.algebra.parameters import ACCEPTED, group_named
from e2evote.board.accusation import Accusation, Fork, OtherEntry, Withheld
from e2evote.board.checkpoint import Checkpoint, decode_text, open_checkpoint
from e2evote.board.evidence import encode_evidence
from e2evote.board.log import CHECKPOINT
from e2evote.board.merkle import leaf_hash
from e2evote.board.note import LogKey, decode_note
from e2evote.board.policy import Cosigned, Policy
from e2evote.board.proof import Receipt, check_inclusion, decode_proof, open_receipt
from e2evote.board.tree import Tree
from e2evote.errors import CheckFailed, MalformedInput, Refused
from e2evote.hashing import canonical
from e2evote.manifest.parties import MOST_TRUSTEES
from e2evote.record.archive import Archive, open_archive
from e2evote.record.bodies import BallotBody
from e2evote.record.identifiers import shown
from e2evote.record.leaf import LARGEST_LEAF, decode_leaf, kind_of
from e2evote.verify.anchors import Anchors
from e2evote.verify.checks import Check
from e2evote.verify.findings import Findings
from e2evote.verify.leaves import read_setting
from e2evote.verify.log import read_entries, read_log
from e2evote.verify.packs import Packs

RECEIPT_LIMIT = 300_000
"""Bytes of a receipt file that anybody reads."""


@dataclass(frozen=True, slots=True)
class Ballot:
    """What a ballot's leaf says: whose line, and which tracker, as it was shown to the voter."""

    line: str
    tracker: str


@dataclass(frozen=True, slots=True)
class CheckedReceipt:
    """A receipt in which nothing fails. kind: of its entry. ballot: None for an entry that is no ballot.

    unknown: what could not be checked for want of keys, in sentences; empty for a receipt that can be relied on.
    witnessed: the manifest names witnesses. Without, a receipt is the log's word alone.
    """

    receipt: Receipt
    kind: str
    ballot: Ballot | None
    unknown: tuple[str, ...]
    witnessed: bool

    @property
    def cosigned(self) -> tuple[Cosigned, ...]:
        """The witnesses that had seen it, a quorum of them, and when."""
        return self.receipt.cosigned


def check_receipt(data: bytes, keys: KnownKeys) -> CheckedReceipt:
    """Signature, quorum and inclusion, as far as the keys go; CheckFailed where something does not hold."""
    unknown = []
    if keys.log_key is None:
        receipt = _unsigned(data)
        unknown.append("Whether any log has signed it: neither anchors nor a manifest were given.")
    else:
        receipt = open_receipt(data, keys.log_key, keys.policy)
        if not keys.anchored:
            unknown.append("Whether the manifest, and with it the log's key, is the right one: no anchors were given.")
    if not keys.has_manifest:
        unknown.append("Whether the witnesses have confirmed it: the manifest, which names them, was not given.")
    kind, ballot = _read_entry(receipt.entry, first=receipt.index == 0)
    return CheckedReceipt(receipt, kind, ballot, tuple(unknown), keys.policy is not None)


@dataclass(frozen=True, slots=True)
class Searched:
    """Where the entry of a receipt is in a record of `size` entries. present: at its index.

    elsewhere: other indices at which the same entry stands. accusation: what the two signed heads show against the log,
    None where the record is the log of the receipt. evidence: its file, b"" for none. uncosigned: the manifest names
    witnesses, and no quorum of them has cosigned the record's head.
    """

    index: int
    size: int
    present: bool
    elsewhere: tuple[int, ...]
    accusation: Accusation | None
    evidence: bytes
    uncosigned: bool

    @property
    def kept_back(self) -> bool:
        """The record ends before the entry, which convicts nobody by itself."""
        return isinstance(self.accusation, Withheld)


def search_record(data: bytes, path: Path, keys: KnownKeys) -> Searched:
    """The receipt's entry in the record at `path`, a directory or a zip, which must be signed by the receipt's log.

    Raises CheckFailed where receipt or record fail, Refused where entries of the record are missing.
    """
    with closing(open_archive(path, read_all=False)) as archive:
        if keys.log_key is None:
            raise ValueError("a search needs the log's key, if only the record's own")
        receipt = open_receipt(data, keys.log_key, None)
        note, head = _head_of(archive, keys.log_key)
        tree, same = Tree(), []
        for index, entry in _entries(archive, path):
            tree.append(leaf_hash(entry))
            if entry == receipt.entry:
                same.append(index)
    if tree.root(head.size) != head.root:
        raise CheckFailed(Check.BOARD_ROOT.value, "checkpoint", "not the root of the record's entries")
    accusation = _accusation(data, receipt, note, head, tree)
    witnesses = keys.policy.witness_keys if keys.policy else ()
    evidence = encode_evidence(accusation, keys.log_key, witnesses) if accusation else b""
    elsewhere = tuple(index for index in same if index != receipt.index)
    uncosigned = keys.policy is not None and not _has_quorum(keys.policy, note)
    return Searched(receipt.index, head.size, receipt.index in same, elsewhere, accusation, evidence, uncosigned)


def manifest_of(path: Path) -> bytes:
    """The manifest of the record at `path`, which its entry 0 names."""
    with closing(open_archive(path, read_all=False)) as archive:
        log = read_log(archive, Findings())
        first = next((data for _, data in read_entries(archive, log)), None)
        payload = Packs(archive, log.checkpoint.size).payload(0) if first is not None else None
    if first is None or not payload:
        raise Refused("record-incomplete", f"{path}: entry 0 or its payload is not there")
    read_setting(first, payload)
    return payload


def keys_of_record(path: Path, anchors: Anchors | None) -> KnownKeys:
    """The anchors' log key, or without anchors the record's own; and the policy, if the record's manifest is theirs.

    A record with another manifest may still be signed by the anchors' log: then that is what there is to show.
    """
    if anchors is None:
        return known_keys(None, manifest_of(path))
    try:
        return known_keys(anchors, manifest_of(path))
    except (CheckFailed, MalformedInput, Refused):
        return known_keys(anchors, None)


def _accusation(data: bytes, receipt: Receipt, note: bytes, head: Checkpoint, tree: Tree) -> Accusation | None:
    """What the receipt and the record's head show together; None where both are of one log that has the entry."""
    index, old = receipt.index, receipt.checkpoint
    if index >= head.size:
        return Withheld(data, note)
    leaf = tree.nodes(0, index, index + 1)[0]
    if leaf != leaf_hash(receipt.entry):
        return OtherEntry(data, note, leaf, tree.inclusion_proof(index, head.size))
    if old.size <= head.size and tree.root(old.size) != old.root:
        proof = tree.consistency_proof(old.size, head.size)
        return Fork(decode_proof(data).checkpoint, note, tree.root(old.size), proof)
    return None


def _has_quorum(policy: Policy, note: bytes) -> bool:
    try:
        policy.check(decode_note(note))
    except CheckFailed:
        return False
    return True


def _unsigned(data: bytes) -> Receipt:
    """The receipt by its form and its proof, whoever may have signed."""
    proof = decode_proof(data)
    if not proof.extra:
        raise MalformedInput("receipt: no extra line with the entry")
    checkpoint = decode_text(decode_note(proof.checkpoint).text)
    check_inclusion(proof, proof.extra, checkpoint)
    return Receipt(proof.extra, proof.index, checkpoint)


def _read_entry(entry: bytes, *, first: bool) -> tuple[str, Ballot | None]:
    """The kind of the entry, and what it says if it is a ballot; MalformedInput where it is no leaf."""
    value = canonical.decode(entry, limit=LARGEST_LEAF)
    kind = kind_of(value)
    if kind == "ballot":
        body = decode_leaf(entry, group_named(ACCEPTED[0]), MOST_TRUSTEES, first=first).body
        if isinstance(body, BallotBody):
            return kind, Ballot(body.line, shown(body.tracker))
    return kind, None


def _head_of(archive: Archive, log_key: LogKey) -> tuple[bytes, Checkpoint]:
    if archive.size_of(CHECKPOINT) is None:
        raise MalformedInput("there is no such file", CHECKPOINT)
    note = archive.read(CHECKPOINT)
    return note, open_checkpoint(note, log_key)


def _entries(archive: Archive, path: Path) -> Iterator[tuple[int, bytes]]:
    log = read_log(archive, Findings())
    if not log.is_whole:
        raise Refused("record-incomplete", f"{path}: entries are missing, so nothing is said about one of them")
    yield from read_entries(archive, log)
