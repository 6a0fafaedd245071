"""Is this the ballot that counts for this line? (docs/spec.md, section 7; README, Checking a tracker)

Asked with a line and a tracker, and answered with every ballot of the line: the same tracker could be shown to two
voters who voted alike, but it stands under one line only. The log is checked (its key's signature, its tree, each leaf
and its place); proofs and tally are `verify_record`'s, which takes longer and need not be repeated by every voter.
"""

from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from e2evote.errors import MalformedInput
from e2evote.hashing.crockford import decode as decode_tracker
from e2evote.manifest.entries import Phase
from e2evote.manifest.rules import key_failures, rule_failures
from e2evote.record.archive import open_archive
from e2evote.record.bodies import BallotBody, ChallengeBody, read_line
from e2evote.record.identifiers import SHOWN_BYTES, shown
from e2evote.record.phases import State
from e2evote.verify.checks import Check
from e2evote.verify.examine import ledger_of
from e2evote.verify.findings import Findings
from e2evote.verify.leaves import Entry, Setting, judge_leaf, read_manifest, setting_of
from e2evote.verify.log import check_log, read_log
from e2evote.verify.packs import Packs


class Lookup(StrEnum):
    """What became of a ballot.

    `counted` and `recorded` are the line's latest valid ballot, after and before the close. `superseded`: a later valid
    ballot of the line counts. `invalid`: in the log, and not valid by the rule of spec 7. `challenged`: opened, so that
    it can't count. `absent`: no such ballot of this line.
    """

    COUNTED = "counted"
    RECORDED = "recorded"
    SUPERSEDED = "superseded"
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
    is then worth nothing.
    """

    status: Lookup
    line: str
    tracker: str
    ballots: tuple[Listed, ...]
    elsewhere: bool
    phase: Phase
    failing: frozenset[Check] = frozenset()


def look_up(path: Path, line: str, tracker: str) -> Found:
    """The answer from the record at `path`, a directory or a zip; MalformedInput where it can't be read.

    tracker: 32 characters as shown, in any case, with or without hyphens, O for 0 and I or L for 1.
    """
    findings = Findings()
    with closing(open_archive(path)) as archive:
        log = read_log(archive, findings)
        payload = Packs(archive, log.checkpoint.size).payload(0) if 0 in log.entries else None
        if not payload or not log.is_whole:
            raise MalformedInput("entries are missing", str(path))
        setting = read_setting(log.entries[0], payload)
        check_log(archive, log, setting.manifest, findings)
    for failure in (*key_failures(setting.manifest), *rule_failures(setting.manifest)):
        findings.fail(Check(failure.check), failure.subject, failure.detail)
    entries, state = judge_leaves(setting, log.entries, findings)
    return find(entries, state, line, tracker, frozenset(findings.failing()))


def read_setting(entry: bytes, payload: bytes) -> Setting:
    """What entry 0 and its payload fix for everything after them; MalformedInput where they are no manifest."""
    return setting_of(entry, payload, read_manifest(entry, payload))


def judge_leaves(setting: Setting, data: Mapping[int, bytes], findings: Findings) -> tuple[tuple[Entry, ...], State]:
    """All entries that no check left out, from entry 0 on, and the state after them."""
    state, kept = setting.start(), []
    for index, leaf in data.items():
        _, entry, state = judge_leaf(setting, state, index, leaf, findings)
        if entry:
            kept.append(entry)
    return tuple(kept), state


def find(
    entries: Sequence[Entry], state: State, line: str, tracker: str, failing: frozenset[Check] = frozenset()
) -> Found:
    """The answer from the leaves of a log.    spec 7, Which ballots count"""
    wanted = decode_tracker(tracker)
    line = read_line(line.strip(), "line")
    ballots = _ballots_of(entries, state, line)
    bodies = [entry.leaf.body for entry in entries]
    challenged = any(isinstance(body, ChallengeBody) and _is(body.tracker, wanted) for body in bodies)
    elsewhere = any(isinstance(body, BallotBody) and body.line != line and _is(body.tracker, wanted) for body in bodies)
    status = Lookup.CHALLENGED if challenged else Lookup.ABSENT
    for listed in ballots:
        if listed.tracker == shown(wanted):
            status = listed.status
    return Found(status, line, shown(wanted), ballots, elsewhere, state.phase, failing)


def _ballots_of(entries: Sequence[Entry], state: State, line: str) -> tuple[Listed, ...]:
    """Every ballot that names the line, and what became of it."""
    ledger = ledger_of(entries)
    invalid = {index for index, _ in ledger.invalid}
    latest = {cast.index for cast in ledger.counted()}
    closed = state.phase not in (Phase.SETUP, Phase.OPEN)
    listed = []
    for entry in entries:
        body = entry.leaf.body
        if not isinstance(body, BallotBody) or body.line != line:
            continue
        if entry.index in invalid:
            status = Lookup.INVALID
        elif entry.index in latest:
            status = Lookup.COUNTED if closed else Lookup.RECORDED
        else:
            status = Lookup.SUPERSEDED
        listed.append(Listed(entry.index, shown(body.tracker), status, entry.leaf_hash))
    return tuple(listed)


def _is(tracker: bytes, wanted: bytes) -> bool:
    return tracker[:SHOWN_BYTES] == wanted
