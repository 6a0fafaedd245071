"""Is this the ballot that counts for this line? (docs/spec.md, section 7; README, Checking a tracker)

Asked with a line and a tracker, and answered with every ballot of the line: the same tracker could be shown to two
voters who voted alike, but it stands under one line only. The log is checked (its key's signature, its tree, each leaf
and its place); proofs and tally are `verify_record`'s, which takes longer and need not be repeated by every voter.
"""

from collections.abc import Iterable
from contextlib import closing
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path

from e2evote.board.merkle import leaf_hash
from e2evote.errors import MalformedInput
from e2evote.hashing.crockford import decode as decode_tracker
from e2evote.manifest.entries import Phase
from e2evote.manifest.model import Manifest
from e2evote.manifest.rules import key_failures, rule_failures
from e2evote.record.archive import open_archive
from e2evote.record.bodies import BallotBody, ChallengeBody, read_line
from e2evote.record.electorate import Event, MarkAt
from e2evote.record.identifiers import SHOWN_BYTES, shown
from e2evote.record.roll_row import typed_line
from e2evote.record.state import State
from e2evote.record.text_lines import Pieces, in_one
from e2evote.verify.checks import Check, Status
from e2evote.verify.findings import Findings
from e2evote.verify.following import Following
from e2evote.verify.leaves import Entry, Setting, judge_leaf, read_manifest, setting_of
from e2evote.verify.log import LogCheck, check_checkpoint, read_entries, read_log
from e2evote.verify.packs import Packs
from e2evote.verify.payloads import check_payload
from e2evote.verify.witnesses import check_witnesses


class Lookup(StrEnum):
    """What became of a ballot.

    `counted` and `recorded` are the line's latest valid ballot, after and before the close. `superseded`: a later valid
    ballot of the line counts, or its ballot on paper. `annulled`: by an entry of its own, at the member's request.
    `invalid`: in the log, and not valid by the rule of spec 7. `challenged`: opened, so that it can't count. `absent`:
    no such ballot of this line.
    """

    COUNTED = "counted"
    RECORDED = "recorded"
    SUPERSEDED = "superseded"
    ANNULLED = "annulled"
    CHALLENGED = "challenged"
    INVALID = "invalid"
    ABSENT = "absent"


@dataclass(frozen=True, slots=True)
class Listed:
    """One ballot of the line."""

    index: int
    tracker: str
    status: Lookup
    leaf_hash: bytes


@dataclass(frozen=True, slots=True)
class Found:
    """The answer for `line` and `tracker`, with all ballots of the line by index.

    elsewhere: the tracker is that of a ballot of another line. failing: checks of the log itself that fail; the answer
    is then worth nothing. uncosigned: the head is not cosigned by a quorum; the answer is then the log's word alone.
    With a roll, mark: that the line has voted on paper; events: what was changed about it, re-issues of its codes among
    that; on_roll: whether it may vote.
    """

    status: Lookup
    line: str
    tracker: str
    ballots: tuple[Listed, ...]
    elsewhere: bool
    phase: Phase
    failing: frozenset[Check] = frozenset()
    uncosigned: bool = False
    mark: MarkAt | None = None
    events: tuple[Event, ...] = ()
    on_roll: bool = True


def look_up(path: Path, line: str, tracker: str) -> Found:
    """The answer from the record at `path`, a directory or a zip; MalformedInput where it can't be read.

    tracker: 32 characters as shown, in any case, with or without hyphens, O for 0 and I or L for 1.
    """
    findings = Findings()
    with closing(open_archive(path)) as archive:
        log = read_log(archive, findings)
        first = next((data for _, data in read_entries(archive, log)), None)
        payload = Packs(archive, log.checkpoint.size).payload(0) if first is not None else None
        if first is None or not payload or not log.is_whole:
            raise MalformedInput("entries are missing", str(path))
        setting = read_setting(first, payload)
        search, packs = _Search(setting.manifest, line, tracker), Packs(archive, log.checkpoint.size)
        check_checkpoint(log, setting.manifest, findings)
        check_witnesses(log, setting.manifest, findings)
        tree, state = LogCheck(archive, log), setting.start()
        for index, data in read_entries(archive, log):
            tree.append(leaf_hash(data))
            entry, state = judge_leaf(setting, state, index, data, findings)
            if entry:
                pieces = _pieces(packs, entry, findings) if search.voters.needs_payload(entry) else None
                search.take(entry, pieces, findings)
        tree.finish(findings)
    for failure in (*key_failures(setting.manifest), *rule_failures(setting.manifest)):
        findings.fail(Check(failure.check), failure.subject, failure.detail)
    uncosigned = findings.status(Check.BOARD_WITNESSES) is Status.MISSING
    return replace(search.found(state, frozenset(findings.failing())), uncosigned=uncosigned)


def read_setting(entry: bytes, payload: bytes) -> Setting:
    """What entry 0 and its payload fix for everything after them; MalformedInput where they are no manifest."""
    return setting_of(entry, payload, read_manifest(entry, payload))


def find(voters: Following, entries: Iterable[Entry], state: State, line: str, tracker: str) -> Found:
    """The answer from the leaves of a log in which no check fails, which `voters` has taken.    spec 7"""
    search = _Search(voters.manifest, line, tracker)
    for entry in entries:
        search.note(entry)
    search.voters = voters
    return search.found(state)


def _pieces(packs: Packs, entry: Entry, findings: Findings) -> Pieces | None:
    payload = check_payload(entry, packs.payload(entry.index), findings)
    return None if payload is None else in_one(payload)


class _Search:
    """The leaves of a log, one after the other; only the ballots of the line are kept."""

    def __init__(self, manifest: Manifest, line: str, tracker: str) -> None:
        self._wanted = decode_tracker(tracker)
        self._line = typed_line(line) if manifest.roll else read_line(line.strip(), "line")
        self.voters = Following(manifest)
        self._ballots: list[tuple[Entry, bytes]] = []
        self._challenged = self._elsewhere = False

    def take(self, entry: Entry, pieces: Pieces | None, findings: Findings) -> None:
        """The next leaf that no check left out so far, with its payload where that is needed."""
        self.voters.take(entry, pieces, findings)
        self.note(entry)

    def note(self, entry: Entry) -> None:
        """What the next leaf says of the line and the tracker."""
        match entry.leaf.body:
            case BallotBody() as body if body.line == self._line:
                self._ballots.append((entry, body.tracker))
            case BallotBody() as body:
                self._elsewhere |= _is(body.tracker, self._wanted)
            case ChallengeBody() as body:
                self._challenged |= _is(body.tracker, self._wanted)

    def found(self, state: State, failing: frozenset[Check] = frozenset()) -> Found:
        """The answer after the last leaf, which led to `state`."""
        ballots = self._listed(state)
        status = Lookup.CHALLENGED if self._challenged else Lookup.ABSENT
        for listed in ballots:
            if listed.tracker == shown(self._wanted):
                status = listed.status
        found = Found(status, self._line, shown(self._wanted), ballots, self._elsewhere, state.phase, failing)
        electorate = self.voters.electorate
        if electorate is None:
            return found
        events = tuple(event for event in electorate.history if event.line == self._line)
        on_roll = bool(electorate.voter(self._line))
        return replace(found, mark=electorate.mark_of(self._line), events=events, on_roll=on_roll)

    def _listed(self, state: State) -> tuple[Listed, ...]:
        """Every ballot that names the line, and what became of it."""
        ledger, electorate = self.voters.ledger, self.voters.electorate
        invalid = {index for index, _ in ledger.invalid}
        latest = {ballot.index for line, ballot in ledger.lines() if ballot and line == self._line}
        annulled = electorate.annulled(self._line) if electorate else ()
        closed = state.phase not in (Phase.SETUP, Phase.OPEN)
        listed = []
        for entry, tracker in self._ballots:
            if entry.index in invalid:
                status = Lookup.INVALID
            elif entry.leaf_hash in annulled:
                status = Lookup.ANNULLED
            elif entry.index in latest:
                status = Lookup.COUNTED if closed else Lookup.RECORDED
            else:
                status = Lookup.SUPERSEDED
            listed.append(Listed(entry.index, shown(tracker), status, entry.leaf_hash))
        return tuple(listed)


def _is(tracker: bytes, wanted: bytes) -> bool:
    return tracker[:SHOWN_BYTES] == wanted
