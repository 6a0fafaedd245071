"""A whole record, examined (docs/verification.md; docs/spec.md, section 11).

`examine` runs every check on whatever is there, also on a record that is still growing, and gives the report
together with the typed facts that it established. The auditor prints the report; trustees act on the facts.
"""

from collections.abc import Sequence
from concurrent.futures import Executor
from dataclasses import dataclass

from e2evote.algebra.parameters import ACCEPTED, TEST_GROUPS
from e2evote.errors import MalformedInput
from e2evote.manifest.model import Manifest
from e2evote.manifest.rules import key_failures, rule_failures
from e2evote.record.archive import Archive
from e2evote.record.bodies import BallotBody, ChallengeBody, InSession
from e2evote.record.phases import State
from e2evote.record.select import Cast, Ledger, Products
from e2evote.verify.anchors import Anchors, check_anchors, check_since
from e2evote.verify.ballot_work import BallotWork, Opener, Progress, check_all, check_payload
from e2evote.verify.ballots import BallotContext
from e2evote.verify.ceremony import Ceremony, check_ceremony
from e2evote.verify.checks import Check
from e2evote.verify.findings import Findings
from e2evote.verify.leaves import Entry, Setting, judge_leaf, judge_signed, read_manifest, setting_of
from e2evote.verify.log import PublishedLog, check_log, log_key, read_log
from e2evote.verify.outcome import check_head, check_outcome, results_of
from e2evote.verify.packs import Packs
from e2evote.verify.report import Facts, Report, report_of
from e2evote.verify.tally import (
    TallyEntries,
    check_acceptances,
    check_close,
    check_decryption,
    check_floor,
    check_products,
    check_rows,
    check_shares,
    read_tally,
)

_ALL = list(Check)
_FROM_PHASE = tuple(_ALL[_ALL.index(Check.BOARD_PHASE) : _ALL.index(Check.ANCHOR_BASE_HASH)])
_BALLOTS = tuple(_ALL[_ALL.index(Check.BALLOT_FORM) : _ALL.index(Check.TALLY_FORM)])


@dataclass(frozen=True, slots=True)
class Question:
    """What the caller asks besides the record."""

    anchors: Anchors | None = None
    since: bytes | None = None
    allow_test_group: bool = False


@dataclass(frozen=True, slots=True)
class Examination:
    """The report and what was established; empty where a record does not get so far."""

    report: Report
    log: PublishedLog
    setting: Setting | None
    state: State | None = None
    entries: tuple[Entry, ...] = ()
    ceremony: Ceremony | None = None
    ledger: Ledger | None = None
    products: Products | None = None
    tally: TallyEntries | None = None


@dataclass(frozen=True, slots=True)
class _Leaves:
    """The leaves that are left in, and the state after them."""

    entries: tuple[Entry, ...]
    state: State
    payloads: dict[int, bytes]
    """Payloads that hold, but for those of ballots and challenges."""

    def of(self, *kinds: str) -> list[Entry]:
        return [entry for entry in self.entries if entry.leaf.kind in kinds]

    def first(self, kind: str) -> Entry | None:
        return next(iter(self.of(kind)), None)

    def payload_of(self, entry: Entry) -> bytes | None:
        return self.payloads.get(entry.index)


def examine(
    archive: Archive, opener: Opener, question: Question, executor: Executor | None, progress: Progress
) -> Examination:
    """Every check on the record in `archive`; MalformedInput where it can't be read at all.

    opener: opens the same archive again, in a worker. progress: called with ballots done and their total.
    """
    findings = Findings()
    log = read_log(archive, findings)
    packs = Packs(archive, log.checkpoint.size)
    setting = _first_entry(log, packs, question, findings)
    if setting is None:
        _nothing_more(question, findings)
        return Examination(report_of(Facts(size=log.checkpoint.size), findings), log, None)
    for failure in (*key_failures(setting.manifest), *rule_failures(setting.manifest)):
        findings.fail(Check(failure.check), failure.subject, failure.detail)
    findings.examined(Check.MANIFEST_KEYS, len(setting.manifest.parties))
    findings.examined(Check.MANIFEST_RULES)
    check_log(archive, log, setting.manifest, findings)
    leaves = _check_leaves(setting, log, packs, findings)
    if not log.is_whole:
        findings.not_run("entries are missing", Check.RECORD_COMPLETE, *_FROM_PHASE)
        check_anchors(setting, log_key_or_none(setting.manifest), None, question.anchors, findings)
        check_since(setting, log, question.since, findings)
        facts = _facts(setting, log, leaves, None, None, None, question)
        return Examination(report_of(facts, findings), log, setting)
    return _examine_selection(log, packs, setting, leaves, opener, question, executor, progress, findings)


def _first_entry(log: PublishedLog, packs: Packs, question: Question, findings: Findings) -> Setting | None:
    """manifest.form and manifest.group."""
    data, payload = log.entries.get(0), packs.payload(0) if log.entries else None
    if data is None or not payload:
        findings.not_run("entry 0 or its payload is not there", Check.MANIFEST_FORM)
        return None
    findings.examined(Check.MANIFEST_FORM)
    try:
        manifest = read_manifest(data, payload)
    except MalformedInput as error:
        findings.fail(Check.MANIFEST_FORM, "entry 0", str(error))
        return None
    findings.examined(Check.MANIFEST_GROUP)
    known = manifest.group in ACCEPTED or manifest.group in TEST_GROUPS
    if manifest.group not in ACCEPTED and not (known and question.allow_test_group):
        detail = "a test group: it offers no secrecy" if known else "not a group of this protocol"
        findings.fail(Check.MANIFEST_GROUP, f"group {manifest.group}", detail)
    return setting_of(data, payload, manifest) if known else None


def _nothing_more(question: Question, findings: Findings) -> None:
    examined = (Check.RECORD_FILES, Check.MANIFEST_FORM, Check.MANIFEST_GROUP)
    findings.not_run("the manifest can't be used", *(check for check in Check if check not in examined))
    if not findings.of(Check.MANIFEST_GROUP).examined:
        findings.not_run("the manifest can't be used", Check.MANIFEST_GROUP)
    _mark_not_asked(question, findings)


def _mark_not_asked(question: Question, findings: Findings) -> None:
    if question.anchors is None:
        findings.not_asked(Check.ANCHOR_BASE_HASH)
        findings.not_asked(Check.ANCHOR_LOG_KEY)
    if question.since is None:
        findings.not_asked(Check.ANCHOR_SINCE)


def _check_leaves(setting: Setting, log: PublishedLog, packs: Packs, findings: Findings) -> _Leaves:
    """board.leaf, board.author, board.signature, board.phase; the payloads of all but ballots and challenges."""
    findings.begin(Check.RECORD_PAYLOADS, Check.BOARD_LEAF, Check.BOARD_PAYLOAD, Check.BOARD_AUTHOR)
    findings.begin(Check.BOARD_SIGNATURE, Check.BOARD_PHASE)
    state = setting.start()
    entries, payloads = [], {}
    for index, data in log.entries.items():
        if log.is_whole:
            read, kept, state = judge_leaf(setting, state, index, data, findings)
        else:
            read, kept = judge_signed(setting, index, data, findings)
        if kept:
            entries.append(kept)
        later = log.is_whole and kept and isinstance(kept.leaf.body, BallotBody | ChallengeBody)
        if read and not later:
            payload = check_payload(read, packs.payload(index), findings)
            if kept and payload is not None:
                payloads[index] = payload
    return _Leaves(tuple(entries), state, payloads)


def _examine_selection(
    log: PublishedLog,
    packs: Packs,
    setting: Setting,
    leaves: _Leaves,
    opener: Opener,
    question: Question,
    executor: Executor | None,
    progress: Progress,
    findings: Findings,
) -> Examination:
    """Everything from the ceremony on, over a log without gaps."""
    kinds = {entry.leaf.kind for entry in leaves.entries if entry.leaf.kind.startswith("ceremony.")}
    ceremony = check_ceremony(setting, leaves.of(*kinds, "open"), leaves.payload_of, findings)
    joint = ceremony.joint
    ledger = ledger_of(leaves.entries)
    cast = leaves.of("ballot", "challenge")
    work = BallotWork(Findings(), None)
    if joint:
        findings.begin(*_BALLOTS)
        context = BallotContext(setting, joint.K, joint.h_e)
        counted = frozenset(ballot.index for ballot in ledger.counted())
        work = check_all(opener, context, cast, counted, log.checkpoint.size, executor, progress)
        findings.add(work.findings)
    elif leaves.first("open"):
        for entry in cast:
            check_payload(entry, packs.payload(entry.index), findings)
        findings.not_run("the joint key is not known", *_BALLOTS)
    else:
        findings.begin(*_BALLOTS)
    if leaves.first("outcome") is None:
        findings.missing(
            Check.RECORD_COMPLETE, f"the selection is in the phase {leaves.state.phase}: there is no outcome"
        )
    findings.examined(Check.RECORD_COMPLETE)
    tally = _check_tally(setting, log, leaves, ceremony, ledger, work.products, findings)
    check_anchors(setting, log_key_or_none(setting.manifest), joint, question.anchors, findings)
    check_since(setting, log, question.since, findings)
    facts = _facts(setting, log, leaves, ceremony, ledger, tally, question)
    return Examination(
        report_of(facts, findings), log, setting, leaves.state, leaves.entries, ceremony, ledger, work.products, tally
    )


def ledger_of(entries: Sequence[Entry]) -> Ledger:
    """The ledger of all ballots and challenges among `entries`.    spec 7"""
    ledger = Ledger()
    for entry in entries:
        match entry.leaf.body:
            case BallotBody() as body:
                ledger.cast(Cast(entry.index, entry.leaf_hash, body.id, body.line, body.prev, body.tracker))
            case ChallengeBody() as body:
                ledger.challenge(body.id)
    return ledger


def _check_tally(
    setting: Setting,
    log: PublishedLog,
    leaves: _Leaves,
    ceremony: Ceremony,
    ledger: Ledger,
    products: Products | None,
    findings: Findings,
) -> TallyEntries:
    joint, closing = ceremony.joint, leaves.first("close")
    kinds = ("tally.statement", "tally.accept", "tally.share", "outcome")
    read = read_tally(setting, leaves.of(*kinds), leaves.payload_of, findings)
    size = closing.index + 1 if closing else 0
    check_close(read, size, log.root(size), findings)
    check_rows(read, ledger, findings)
    check_products(read, products, findings)
    stated, shares = check_shares(setting, read, joint, findings)
    check_acceptances(read, findings)
    check_floor(setting, read, products, findings)
    check_decryption(setting, read, joint, stated, shares, findings)
    check_outcome(setting, read, products, joint, leaves.first("lot"), findings)
    before = read.outcome.index if read.outcome else 0
    check_head(read, before, log.root(before), findings)
    return read


def log_key_or_none(manifest: Manifest) -> str:
    """The verifier key of the log, "" where the party's key is none."""
    try:
        return log_key(manifest).encode()
    except (MalformedInput, ValueError):
        return ""


def _facts(
    setting: Setting,
    log: PublishedLog,
    leaves: _Leaves,
    ceremony: Ceremony | None,
    ledger: Ledger | None,
    tally: TallyEntries | None,
    question: Question,
) -> Facts:
    manifest = setting.manifest
    sessions = [
        entry.leaf.body.session
        for entry in leaves.entries
        if isinstance(entry.leaf.body, InSession) and entry.leaf.kind.startswith("ceremony.")
    ]
    counts: dict[str, int] = {
        "ballots": len(leaves.of("ballot")),
        "challenges": len(leaves.of("challenge")),
        "counted": len(ledger.counted()) if ledger else 0,
        "lines": len(ledger.lines()) if ledger else 0,
        "sessions": max(sessions, default=0),
        "valid": ledger.valid if ledger else 0,
    }
    root = log.root(log.checkpoint.size)
    claims: dict[str, bool] = {name: bool(value) for name, value in manifest.claims.model_dump().items()}
    return Facts(
        election_id=manifest.election.id,
        election_name=dict(manifest.election.name.items()),
        group=manifest.group,
        test_group=manifest.group in TEST_GROUPS,
        base_hash=setting.base_hash.hex(),
        extended_base_hash=ceremony.joint.h_e.hex() if ceremony and ceremony.joint else "",
        root=root.hex() if root else "",
        size=log.checkpoint.size,
        log_key=log_key_or_none(manifest),
        floor=manifest.floor.minimum,
        claims=claims,
        counts=counts,
        faults=ceremony.faults if ceremony else (),
        results=results_of(tally.result if tally else None),
    )


def silent(done: int, total: int) -> None:
    """Progress that nobody watches."""
