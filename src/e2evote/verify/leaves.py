"""One leaf at a time: form, author, signatures, place (docs/verification.md, board.leaf to board.phase).

The verifier runs this over a record, the box over each leaf before it appends it: one judgement for both. Signatures
take longest and are a function of their own, so that a verifier may leave them to many workers.
"""

from dataclasses import dataclass
from enum import Enum

from e2evote.algebra.group import Group
from e2evote.algebra.parameters import ACCEPTED, group_named
from e2evote.board.merkle import leaf_hash
from e2evote.errors import MalformedInput
from e2evote.manifest.base_hash import base_hash, parameter_hash
from e2evote.manifest.entries import KINDS
from e2evote.manifest.model import Manifest
from e2evote.proofs.signature import verify
from e2evote.record.leaf import Leaf, PayloadName, decode_leaf
from e2evote.record.phases import OutOfPlace, State, advance
from e2evote.verify.checks import Check
from e2evote.verify.findings import Findings

VOTER, LOG = "voter", "log"


@dataclass(frozen=True, slots=True)
class Setting:
    """What entry 0 fixes for everything after it."""

    manifest: Manifest
    group: Group
    parameter_hash: bytes
    base_hash: bytes
    first: bytes
    """Leaf hash of entry 0."""

    def start(self) -> State:
        """The state before entry 0."""
        return State(trustees=self.manifest.n, needs_lot=self.manifest.needs_lot, closes=self.manifest.dates.close)


def read_manifest(entry: bytes, payload: bytes) -> Manifest:
    """The manifest in entry 0 and its payload; MalformedInput where they hold none."""
    leaf = decode_leaf(entry, group_named(ACCEPTED[0]), 1, first=True)
    if leaf.kind != "manifest":
        raise MalformedInput(f"want manifest, not {leaf.kind}", "kind")
    if leaf.payload != PayloadName.of(payload):
        raise MalformedInput("not the payload that the leaf names", "payload")
    return Manifest.decode(payload)


def setting_of(entry: bytes, payload: bytes, manifest: Manifest, *, one_by_one: bool = False) -> Setting:
    """H_P, H_B and the leaf hash of entry 0; MalformedInput for an unknown group.

    one_by_one: the group as one that has no batches.
    """
    group = group_named(manifest.group)
    h_p = parameter_hash(group, manifest.n, manifest.quorum)
    if one_by_one:
        group = group.without_batches()
    return Setting(manifest, group, h_p, base_hash(h_p, payload), leaf_hash(entry))


@dataclass(frozen=True, slots=True)
class Entry:
    """A leaf in its place."""

    index: int
    leaf: Leaf
    leaf_hash: bytes
    trustee: int
    """The author's index among the trustees, 0 for other authors."""

    @property
    def subject(self) -> str:
        """How failures name the entry."""
        return f"entry {self.index} ({self.leaf.kind})"


class Stage(Enum):
    """How far a leaf has come: its form is good, its author is of the right role, it is allowed in its place."""

    FORM = 1
    BY_AUTHOR = 2
    IN_PLACE = 3


def judge_leaf(
    setting: Setting, state: State, index: int, data: bytes, findings: Findings
) -> tuple[Entry | None, State]:
    """board.leaf, board.author, board.signature and board.phase of the entry `data`.

    Returns the leaf where no check left it out, and the state after it.
    """
    entry, stage, after = judge_place(setting, state, index, data, findings)
    if entry and stage is not Stage.FORM:
        check_signatures(entry, findings)
    return entry if stage is Stage.IN_PLACE else None, after


def judge_place(
    setting: Setting, state: State, index: int, data: bytes, findings: Findings
) -> tuple[Entry | None, Stage, State]:
    """The same but for board.signature, for which no other judgement waits. The leaf wherever its form is good."""
    entry, stage = judge_author(setting, index, data, findings)
    if entry is None or stage is Stage.FORM:
        return entry, stage, state
    findings.examined(Check.BOARD_PHASE)
    try:
        after = advance(state, entry.leaf.kind, entry.leaf.body, entry.trustee)
    except OutOfPlace as error:
        findings.fail(Check.BOARD_PHASE, entry.subject, str(error))
        return entry, stage, state
    return entry, Stage.IN_PLACE, after


def judge_author(setting: Setting, index: int, data: bytes, findings: Findings) -> tuple[Entry | None, Stage]:
    """board.leaf and board.author: what can be judged where entries before it are missing."""
    entry = _read_entry(setting, index, data, findings)
    if entry is None or not _author_is_right(setting, entry, findings):
        return entry, Stage.FORM
    return entry, Stage.BY_AUTHOR


def _read_entry(setting: Setting, index: int, data: bytes, findings: Findings) -> Entry | None:
    """board.leaf: canonical, of the form of its kind, and of this election."""
    findings.examined(Check.BOARD_LEAF)
    try:
        entry = entry_of(setting, index, data)
    except MalformedInput as error:
        findings.fail(Check.BOARD_LEAF, f"entry {index}", str(error))
        return None
    if index and entry.leaf.election != setting.first:
        findings.fail(Check.BOARD_LEAF, f"entry {index}", "election is not the leaf hash of entry 0")
        return None
    return entry


def entry_of(setting: Setting, index: int, data: bytes) -> Entry:
    """The leaf in its place, or MalformedInput."""
    leaf = decode_leaf(data, setting.group, setting.manifest.n, first=index == 0)
    return Entry(index, leaf, leaf_hash(data), setting.manifest.trustee_index(leaf.author))


def _author_is_right(setting: Setting, entry: Entry, findings: Findings) -> bool:
    """board.author. False leaves the entry out: its author is not of the first role listed for the kind."""
    findings.examined(Check.BOARD_AUTHOR)
    leaf, roles = entry.leaf, KINDS[entry.leaf.kind].authors
    if roles[0] in (VOTER, LOG):
        if leaf.author != roles[0]:
            findings.fail(Check.BOARD_AUTHOR, entry.subject, f"author {leaf.author}, want {roles[0]}")
            return False
        wanted = KINDS[leaf.kind].signatures
        if len(leaf.signatures) != wanted:
            findings.fail(Check.BOARD_AUTHOR, entry.subject, f"{len(leaf.signatures)} signatures, want {wanted}")
        return True
    party = setting.manifest.party(leaf.author)
    if party is None or party.role != roles[0]:
        findings.fail(Check.BOARD_AUTHOR, entry.subject, f"author {leaf.author} is no {roles[0]}")
        return False
    allowed = [
        {party.key},
        *({other.key for other in setting.manifest.parties if other.role == role} for role in roles[1:]),
    ]
    keys = [signature.key for signature in leaf.signatures]
    if len(keys) != len(allowed) or any(key not in wanted for key, wanted in zip(keys, allowed, strict=True)):
        detail = f"want one signature each of {leaf.author}" + "".join(f" and a {role}" for role in roles[1:])
        findings.fail(Check.BOARD_AUTHOR, entry.subject, f"{len(keys)} signatures; {detail}")
    return True


def check_signatures(entry: Entry, findings: Findings) -> None:
    """board.signature: Ed25519 over (5.3), in the strict profile."""
    message = entry.leaf.message()
    for signature in entry.leaf.signatures:
        holds = verify(signature.key, message, signature.sig)
        detail = f"the signature of key {signature.key.hex()[:16]}… is not valid"
        findings.expect(Check.BOARD_SIGNATURE, entry.subject, holds, detail)
