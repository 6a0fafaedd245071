"""One leaf at a time: form, author, signatures, place (docs/verification.md, board.leaf to board.phase).

The verifier runs this over a record, the box over each leaf before it appends it: one judgement for both. Signatures
take longest and are a function of their own, so that a verifier may leave them to many workers.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum

from e2evote.algebra.group import Group
from e2evote.algebra.parameters import ACCEPTED, group_named
from e2evote.board.merkle import leaf_hash
from e2evote.errors import MalformedInput
from e2evote.manifest.base_hash import base_hash, parameter_hash
from e2evote.manifest.entries import CAPACITIES, KINDS
from e2evote.manifest.model import Manifest
from e2evote.manifest.parties import Party
from e2evote.proofs.signature import verify
from e2evote.record.leaf import Leaf, PayloadName, decode_leaf
from e2evote.record.phases import advance
from e2evote.record.state import By, OutOfPlace, State, Terms
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
        return State(Terms.of(self.manifest), closes=self.manifest.dates.close)


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


def read_setting(entry: bytes, payload: bytes) -> Setting:
    """What entry 0 and its payload fix for everything after them; MalformedInput where they are no manifest."""
    return setting_of(entry, payload, read_manifest(entry, payload))


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
        after = advance(state, entry.leaf.kind, entry.leaf.body, By(entry.leaf.author, entry.trustee))
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
    """board.author. False leaves the entry out: its author is not the first one listed for the kind."""
    findings.examined(Check.BOARD_AUTHOR)
    manifest, leaf, kind = setting.manifest, entry.leaf, KINDS[entry.leaf.kind]
    first = kind.authors[0]
    if first in (VOTER, LOG):
        if leaf.author != first:
            findings.fail(Check.BOARD_AUTHOR, entry.subject, f"author {leaf.author}, want {first}")
            return False
        wanted = kind.signatures(len(manifest.registrars))
        if len(leaf.signatures) != wanted:
            findings.fail(Check.BOARD_AUTHOR, entry.subject, f"{len(leaf.signatures)} signatures, want {wanted}")
        return True
    author = manifest.party(leaf.author)
    if author is None or author not in signers(manifest, first):
        findings.fail(Check.BOARD_AUTHOR, entry.subject, f"author {leaf.author} is no {first}")
        return False
    keys = [signature.key for signature in leaf.signatures]
    others = [{party.key: party for party in signers(manifest, name)} for name in kind.authors[1:]]
    if len(keys) != len(kind.authors) or keys[0] != author.key or any(map(_is_not_in, keys[1:], others)):
        detail = f"want one signature each of {leaf.author}" + "".join(f" and a {name}" for name in kind.authors[1:])
        findings.fail(Check.BOARD_AUTHOR, entry.subject, f"{len(keys)} signatures; {detail}")
    elif kind.apart:
        parties = (author, *(parties[key] for key, parties in zip(keys[1:], others, strict=True)))
        if len({party.organisation for party in parties}) < len(parties):
            names = " and ".join(party.id for party in parties)
            findings.fail(Check.BOARD_AUTHOR, entry.subject, f"{names} are of one organisation")
    return True


def _is_not_in(key: bytes, parties: Mapping[bytes, Party]) -> bool:
    return key not in parties


def signers(manifest: Manifest, name: str) -> tuple[Party, ...]:
    """The parties that may sign as `name`, a role or a capacity.    spec 5.4"""
    if name not in CAPACITIES:
        return tuple(party for party in manifest.parties if party.role == name)
    roll = manifest.roll
    named = {"holder": roll.holders if roll else (), "reader": roll.readers if roll else ()}
    return tuple(
        party
        for party in manifest.parties
        if party.role in CAPACITIES[name] and party.id in named.get(name, (party.id,))
    )


def check_signatures(entry: Entry, findings: Findings) -> None:
    """board.signature: Ed25519 over (5.3), in the strict profile."""
    message = entry.leaf.message()
    for signature in entry.leaf.signatures:
        holds = verify(signature.key, message, signature.sig)
        detail = f"the signature of key {signature.key.hex()[:16]}… is not valid"
        findings.expect(Check.BOARD_SIGNATURE, entry.subject, holds, detail)
