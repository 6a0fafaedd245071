"""The first pass over a record: every leaf's form, author and place, in order (docs/verification.md, board.*).

One process, because a leaf's place depends on all before it. Of a ballot or challenge a byte is kept, and its names go
to sorted runs; every other leaf is kept with its payload. Signatures and ballots are the second pass's, which may be
many workers': it reads the entries again and compares each bundle with the hash that was taken here.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field

from e2evote.board.merkle import leaf_hash
from e2evote.board.tiles import WIDTH
from e2evote.record.archive import Archive
from e2evote.record.bodies import BallotBody, ChallengeBody
from e2evote.record.ledger_runs import LedgerBuilder
from e2evote.record.roll_ledger import RollLedgerBuilder
from e2evote.record.runs import Scratch
from e2evote.record.select import Cast
from e2evote.record.state import State
from e2evote.record.text_lines import Pieces
from e2evote.verify.checks import Check
from e2evote.verify.findings import Findings
from e2evote.verify.leaves import Entry, Setting, Stage, judge_author, judge_place
from e2evote.verify.log import LogCheck, PublishedLog, read_bundle
from e2evote.verify.packs import Packs
from e2evote.verify.payloads import Kept, keep_payload

SIGNED, BALLOT, CHALLENGE = 1, 2, 4
"""Bits of an entry: its signatures are to be checked; it is a ballot, or a challenge, that no check left out."""


@dataclass(frozen=True, slots=True)
class Marks:
    """What is kept of one entry bundle: its SHA-256 and a byte of bits for each entry."""

    sha256: bytes
    flags: bytearray


@dataclass(slots=True)
class Leaves:
    """What the first pass leaves behind, and the state after the last leaf."""

    ledger: LedgerBuilder | RollLedgerBuilder
    state: State
    entries: list[Entry] = field(default_factory=list)
    """The leaves that no check left out, but for ballots and challenges."""
    payloads: dict[int, Kept] = field(default_factory=dict)
    """Payloads of these leaves, where they hold."""
    bundles: dict[int, Marks] = field(default_factory=dict)
    """By the number of the bundle."""
    ballots: int = 0
    challenges: int = 0

    @property
    def kept(self) -> int:
        """How many entries no check left out."""
        return len(self.entries) + self.ballots + self.challenges

    def of(self, *kinds: str) -> list[Entry]:
        """The leaves of these kinds."""
        return [entry for entry in self.entries if entry.leaf.kind in kinds]

    def first(self, kind: str) -> Entry | None:
        """The first of the kind."""
        return next(iter(self.of(kind)), None)

    def payload_of(self, entry: Entry) -> bytes | None:
        """Its payload, whole."""
        kept = self.payloads.get(entry.index)
        return kept.whole() if kept else None

    def pieces_of(self, entry: Entry) -> Pieces | None:
        """Its payload in pieces of at most 1 MiB, as often as asked."""
        kept = self.payloads.get(entry.index)
        return kept.blocks if kept else None

    def cast(self) -> Iterator[tuple[int, bool]]:
        """The index of each ballot and challenge, in order, and whether it is a ballot."""
        for number, marks in self.bundles.items():
            for index, flag in enumerate(marks.flags, number * WIDTH):
                if flag & (BALLOT | CHALLENGE):
                    yield index, bool(flag & BALLOT)


def read_leaves(
    archive: Archive, log: PublishedLog, setting: Setting, noted: Collection[int], scratch: Scratch, findings: Findings
) -> Leaves:
    """board.root to board.phase but for board.signature; payloads of all but ballots and challenges.

    noted: sizes at which the log's root is asked for, besides those before and after each leaf that is kept. Where
    entries are missing no leaf has a place, and all payloads are looked at here.
    """
    findings.begin(Check.RECORD_PAYLOADS, Check.BOARD_LEAF, Check.BOARD_PAYLOAD, Check.BOARD_AUTHOR)
    findings.begin(Check.BOARD_SIGNATURE, Check.BOARD_PHASE)
    builder = LedgerBuilder(scratch) if setting.manifest.roll is None else RollLedgerBuilder(scratch)
    leaves = Leaves(builder, setting.start())
    packs, tree = Packs(archive, log.checkpoint.size), LogCheck(archive, log)
    for path in log.bundles:
        bundle = read_bundle(archive, path)
        marks = leaves.bundles[path.index] = Marks(bundle.sha256, bytearray(len(bundle.entries)))
        for index, data in enumerate(bundle.entries, bundle.start):
            if index in noted:
                tree.note_root()
            if log.is_whole:
                entry, stage, leaves.state = judge_place(setting, leaves.state, index, data, findings)
                kept = stage is Stage.IN_PLACE
            else:
                entry, stage = judge_author(setting, index, data, findings)
                kept = stage is Stage.BY_AUTHOR
            if entry is None:
                tree.append(leaf_hash(data))
                continue
            flags = SIGNED if stage is not Stage.FORM else 0
            if kept and log.is_whole and _take_cast(entry, leaves):
                flags |= BALLOT if entry.leaf.kind == "ballot" else CHALLENGE
                tree.append(entry.leaf_hash)
            else:
                _take_other(entry, kept, leaves, tree, keep_payload(entry, packs, scratch, findings))
            marks.flags[index - bundle.start] = flags
    tree.finish(findings)
    return leaves


def _take_cast(entry: Entry, leaves: Leaves) -> bool:
    """Whether it is a ballot or challenge, whose names then go to the ledger."""
    match entry.leaf.body:
        case BallotBody() as body:
            leaves.ballots += 1
            cast = Cast(entry.index, entry.leaf_hash, body.id, body.line, body.prev, body.tracker)
            leaves.ledger.cast(cast, [signature.key for signature in entry.leaf.signatures])
        case ChallengeBody() as body:
            leaves.challenges += 1
            leaves.ledger.challenge(entry.index, body.id, body.tracker)
        case _:
            return False
    return True


def _take_other(entry: Entry, kept: bool, leaves: Leaves, tree: LogCheck, payload: Kept | None) -> None:
    """A leaf to keep, unless a check left it out or, where entries are missing, it is a ballot or challenge."""
    if not kept:
        tree.append(entry.leaf_hash)
        return
    tree.note_root()
    tree.append(entry.leaf_hash)
    tree.note_root()
    match entry.leaf.body:
        case BallotBody():
            leaves.ballots += 1
        case ChallengeBody():
            leaves.challenges += 1
        case _:
            leaves.entries.append(entry)
            if payload:
                leaves.payloads[entry.index] = payload
