"""Is this the ballot that counts for this line? (docs/spec.md, section 7; README, Checking a tracker)

Asked with a line and a tracker, and answered with every ballot of the line: the same tracker could be shown to two
voters who voted alike, but it stands under one line only. The log is checked (its key's signature, its tree, each leaf
and its place); proofs and tally are `verify_record`'s, which takes longer and need not be repeated by every voter.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path

from e2evote.hashing.crockford import decode as decode_tracker
from e2evote.manifest.entries import Phase
from e2evote.manifest.model import Manifest
from e2evote.record.bodies import BallotBody, ChallengeBody, read_line
from e2evote.record.electorate import Event, MarkAt
from e2evote.record.identifiers import SHOWN_BYTES, shown
from e2evote.record.roll_row import typed_line
from e2evote.record.state import State
from e2evote.record.text_lines import Pieces, in_one
from e2evote.verify.checks import Check
from e2evote.verify.findings import Findings
from e2evote.verify.following import Following
from e2evote.verify.leaves import Entry
from e2evote.verify.packs import Packs
from e2evote.verify.payloads import check_payload
from e2evote.verify.walk import walking


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
    with walking(path) as log:
        search = _Search(log.setting.manifest, line, tracker)
        for entry in log.leaves():
            pieces = _pieces(log.packs, entry, log.findings) if search.voters.needs_payload(entry) else None
            search.take(entry, pieces, log.findings)
        return replace(search.found(log.state, log.failing), uncosigned=log.uncosigned)


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
        counted = ledger.counted_for(self._line)
        annulled = electorate.annulled(self._line) if electorate else ()
        closed = state.phase not in (Phase.SETUP, Phase.OPEN)
        listed = []
        for entry, tracker in self._ballots:
            if entry.index in invalid:
                status = Lookup.INVALID
            elif entry.leaf_hash in annulled:
                status = Lookup.ANNULLED
            elif counted and entry.index == counted.index:
                status = Lookup.COUNTED if closed else Lookup.RECORDED
            else:
                status = Lookup.SUPERSEDED
            listed.append(Listed(entry.index, shown(tracker), status, entry.leaf_hash))
        return tuple(listed)


def _is(tracker: bytes, wanted: bytes) -> bool:
    return tracker[:SHOWN_BYTES] == wanted
