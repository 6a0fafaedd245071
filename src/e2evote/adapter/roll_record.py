"""What a record says about who may vote, read for a person or a tool (docs/spec.md §5.4, §13).

From a directory or a zip file, with nothing else at hand, or from a board while it grows. The log is checked (its key's
signature, its tree, witnesses, each leaf and its place) and every leaf about voters is judged; proofs and the tally are
for `verify`, which takes longer.
"""

import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from e2evote.adapter.board import BoardReader
from e2evote.errors import Refused
from e2evote.manifest.model import Manifest
from e2evote.manifest.voters import RollEligibility
from e2evote.record.electorate import Electorate
from e2evote.record.roll import PostedRoll, RollForm, read_roll
from e2evote.record.roll_opening import PublishedRoll
from e2evote.record.roll_row import RollRow
from e2evote.record.state import State
from e2evote.record.text_lines import Pieces, in_one
from e2evote.record.voter_bodies import Add, Contact, Freeze, Seed
from e2evote.verify.checks import Check
from e2evote.verify.findings import Findings
from e2evote.verify.following import Following
from e2evote.verify.leaves import Entry, Setting
from e2evote.verify.packs import Packs
from e2evote.verify.payloads import Kept, keep_payload
from e2evote.verify.walk import walking

_CAST = ("ballot", "challenge")


@dataclass(frozen=True, slots=True)
class VoterRecord:
    """leaves: all but ballots and challenges. pieces: the payload of one of them.

    failing: checks that fail; whatever the record says is then worth nothing. uncosigned: no quorum of witnesses has
    cosigned its head.
    """

    setting: Setting
    state: State
    following: Following
    leaves: tuple[Entry, ...]
    pieces: Callable[[Entry], Pieces]
    failing: frozenset[Check] = frozenset()
    uncosigned: bool = False

    @property
    def manifest(self) -> Manifest:
        return self.setting.manifest

    @property
    def terms(self) -> RollEligibility:
        """The manifest's section about the roll; Refused `no-roll` where there is none."""
        if self.manifest.roll is None:
            raise Refused("no-roll", "in this selection whoever makes a key may vote: there is no roll")
        return self.manifest.roll

    @property
    def electorate(self) -> Electorate:
        """Lines, credentials and what counts; Refused where the roll is not frozen yet, or was left out."""
        electorate = self.following.electorate
        if electorate is None or not electorate.is_frozen:
            self.terms  # noqa: B018  a property that refuses
            self.refuse_failing()
            raise Refused("not-frozen", "the roll is not frozen yet")
        return electorate

    def of(self, kind: str) -> tuple[Entry, ...]:
        """The leaves of this kind, by index."""
        return tuple(entry for entry in self.leaves if entry.leaf.kind == kind)

    def frozen(self) -> tuple[Entry, Freeze]:
        """The leaf that froze the roll."""
        for entry in self.leaves:
            if isinstance(entry.leaf.body, Freeze):
                return entry, entry.leaf.body
        self.terms  # noqa: B018
        raise Refused("not-frozen", "the roll is not frozen yet")

    def roll(self) -> PostedRoll:
        """The rows as they were frozen."""
        entry, _ = self.frozen()
        return read_roll(self.pieces(entry), RollForm.of(self.manifest))

    def seeds(self) -> Mapping[str, bytes]:
        """By registrar what it has committed its part of the order to."""
        return {e.leaf.author: e.leaf.body.commit for e in self.leaves if isinstance(e.leaf.body, Seed)}

    def published(self) -> PublishedRoll:
        """What openings are held against."""
        _, freeze = self.frozen()
        added: dict[str, RollRow] = {}
        changes: dict[str, list[Contact]] = {}
        for entry in self.leaves:
            match entry.leaf.body:
                case Add() as body:
                    added[body.row.line] = body.row
                case Contact() as body:
                    changes.setdefault(body.line, []).append(body)
        return PublishedRoll(self.terms.fields, freeze.lines, freeze.root, added, changes)

    def refuse_failing(self) -> None:
        """Nothing is done on the word of a record in which a check fails."""
        if self.failing:
            raise Refused("record-fails", f"checks that fail: {', '.join(sorted(self.failing))}")


class _Payloads:
    """Payloads of leaves, each held against the hash in its leaf before anything of it is believed."""

    def __init__(self, packs: Packs) -> None:
        self._packs = packs
        self._kept: dict[int, Kept] = {}

    def judged(self, entry: Entry, findings: Findings) -> Pieces | None:
        """That of the leaf; None where it is missing or another one."""
        if entry.index not in self._kept:
            kept = keep_payload(entry, self._packs, tempfile.TemporaryFile, findings)
            if kept is None:
                return None
            self._kept[entry.index] = kept
        return self._kept[entry.index].blocks

    def of(self, entry: Entry) -> Pieces:
        """The same; Refused where there is none to be believed."""
        findings = Findings()
        pieces = self.judged(entry, findings)
        if pieces is None:
            code = "record-fails" if findings.failing() else "record-incomplete"
            raise Refused(code, f"the payload of {entry.subject} is not there, or not the one that the leaf names")
        return pieces


@contextmanager
def open_voter_record(path: Path) -> Iterator[VoterRecord]:
    """The record at `path`, a directory or a zip, as long as the `with` statement lasts; MalformedInput for none."""
    with walking(path) as log:
        payloads, following, leaves = _Payloads(log.packs), Following(log.setting.manifest), []
        for entry in log.leaves():
            needed = following.needs_payload(entry)
            following.take(entry, payloads.judged(entry, log.findings) if needed else None, log.findings)
            if entry.leaf.kind not in _CAST:
                leaves.append(entry)
        if missing := log.findings.of(Check.RECORD_PAYLOADS).missing:
            raise Refused("record-incomplete", f"{path}: {missing}")
        yield VoterRecord(log.setting, log.state, following, tuple(leaves), payloads.of, log.failing, log.uncosigned)


def voters_on(board: BoardReader) -> VoterRecord:
    """The same of a board as it was read last, every leaf of which was judged; good until it is read again."""
    leaves = tuple(entry for entry in board.entries if entry.leaf.kind not in _CAST)
    return VoterRecord(board.setting, board.state, board.voters, leaves, lambda entry: in_one(board.payload(entry)))
