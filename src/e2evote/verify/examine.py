"""A whole record, examined (docs/verification.md; docs/spec.md, section 11).

`examine` runs every check on whatever is there, also on a record that is still growing, and gives the report
together with the typed facts that it established. The auditor prints the report; trustees act on the facts. It goes
over the record twice: `first_pass` reads every leaf in order, `ballot_work` has many workers check signatures and
ballots. What grows with the number of ballots is a few bytes for each; the rest is in scratch files.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from e2evote.algebra.parameters import ACCEPTED, TEST_GROUPS
from e2evote.board.checkpoint import decode_text
from e2evote.board.note import decode_note
from e2evote.errors import MalformedInput
from e2evote.manifest.rules import key_failures, rule_failures
from e2evote.record.archive import Archive
from e2evote.record.electorate import Electorate
from e2evote.record.joint import JointKeys
from e2evote.record.ledger_runs import SortedLedger
from e2evote.record.paper import PaperTotals
from e2evote.record.products import ChannelProducts, Products
from e2evote.record.roll_ledger import RollLedger
from e2evote.record.state import State
from e2evote.verify.anchors import Anchors, check_anchors, check_since
from e2evote.verify.ballot_work import Means, Opener, check_all
from e2evote.verify.ceremony import Ceremony, HintsOf, check_ceremony, no_hints
from e2evote.verify.channels import by_channel, check_papers
from e2evote.verify.checks import Check
from e2evote.verify.conclusion import check_tally, facts_of_record, log_key_or_none
from e2evote.verify.earlier_roots import EarlierRoots
from e2evote.verify.findings import Findings
from e2evote.verify.first_pass import Leaves, read_leaves
from e2evote.verify.leaves import Entry, Setting, read_manifest, setting_of
from e2evote.verify.log import PublishedLog, check_checkpoint, read_bundle, read_log
from e2evote.verify.packs import Hints, Packs
from e2evote.verify.pieces import Job
from e2evote.verify.report import CosignedNote, Facts, Report, report_of
from e2evote.verify.reported import check_reported
from e2evote.verify.tally import Board, TallyEntries
from e2evote.verify.voters import is_known, settled
from e2evote.verify.witnesses import check_dates, check_witnesses

_ALL = list(Check)
_FROM_PHASE = (Check.BOARD_PHASE, *_ALL[_ALL.index(Check.BOARD_DATES) : _ALL.index(Check.ANCHOR_BASE_HASH)])
_BALLOTS = tuple(_ALL[_ALL.index(Check.BALLOT_FORM) : _ALL.index(Check.CHANNEL_ELEMENTS)])
_OF_ROLLS = (
    *_ALL[_ALL.index(Check.ROLL_FORM) : _ALL.index(Check.CHANNEL_MARK)],
    Check.BALLOT_ANNULLED,
    Check.BALLOT_STYLE,
)
_OF_PAPER = tuple(check for check in Check if check.startswith("channel."))


@dataclass(frozen=True, slots=True)
class Question:
    """What the caller asks besides the record. one_by_one: test every number and proof by itself, without hints."""

    anchors: Anchors | None = None
    since: bytes | None = None
    allow_test_group: bool = False
    one_by_one: bool = False


@dataclass(frozen=True, slots=True)
class Examination:
    """The report and what was established; empty where a record does not get so far.

    others: the leaves that no check left out, but for ballots and challenges. kept: the number of all of them.
    """

    report: Report
    log: PublishedLog
    setting: Setting | None
    state: State | None = None
    others: tuple[Entry, ...] = ()
    kept: int = 0
    ceremony: Ceremony | None = None
    ledger: SortedLedger | RollLedger | None = None
    products: ChannelProducts | None = None
    tally: TallyEntries | None = None
    electorate: Electorate | None = None
    papers: Mapping[str, PaperTotals] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _First:
    """Entry 0 with its payload, and what they fix."""

    entry: bytes
    payload: bytes
    setting: Setting


@dataclass(frozen=True, slots=True)
class _Examining:
    """A record after the first pass, and what the second needs. `findings` grows."""

    archive: Archive
    opener: Opener
    question: Question
    means: Means
    log: PublishedLog
    first: _First
    leaves: Leaves
    ledger: SortedLedger | RollLedger
    cosigned: tuple[CosignedNote, ...]
    findings: Findings

    def second_pass(self, joint: JointKeys | None) -> Products | None:
        """Signatures, ballots and challenges; the products over the ballots that count, if all of them were used."""
        log, first = self.log, self.first
        K, h_e = (joint.K.encode(), joint.h_e) if joint else (b"", b"")
        root = log.root(log.checkpoint.size) or b""
        job = Job(first.entry, first.payload, K, h_e, log.checkpoint.size, root, self.question.one_by_one)
        work = check_all(self.archive, self.opener, job, first.setting, self.leaves, self.ledger, self.means)
        self.findings.add(work.findings)
        return work.products

    def hints_of(self) -> HintsOf:
        """What lies beside an entry to verify its proofs in a batch; nothing where that is not wanted."""
        if not self.first.setting.group.has_batches:
            return no_hints
        hints = Hints(self.archive, self.log.checkpoint.size)
        return lambda entry: hints.of(entry.index)

    def from_outside(self, joint: JointKeys | None) -> None:
        """anchor.*"""
        setting, question = self.first.setting, self.question
        check_anchors(setting, log_key_or_none(setting.manifest), joint, question.anchors, self.findings)
        check_since(setting, self.log, question.since, self.findings)


def examine(archive: Archive, opener: Opener, question: Question, means: Means | None = None) -> Examination:
    """Every check on the record in `archive`; MalformedInput where it can't be read at all.

    opener: opens the same archive again, in a worker. Refused where the run fails, and not the record: a scratch file
    can't be written, a worker does not see the record, the record changed meanwhile.
    """
    means = means or Means()
    findings = Findings()
    log = read_log(archive, findings)
    first = _first_entry(archive, log, question, findings)
    if first is None:
        for path in log.bundles:
            read_bundle(archive, path)  # a malformed one is more than a check that fails
        _nothing_more(question, findings)
        return Examination(report_of(Facts(size=log.checkpoint.size), findings), log, None)
    manifest = first.setting.manifest
    for failure in (*key_failures(manifest), *rule_failures(manifest)):
        findings.fail(Check(failure.check), failure.subject, failure.detail)
    findings.examined(Check.MANIFEST_KEYS, len(manifest.parties))
    findings.examined(Check.MANIFEST_RULES)
    check_checkpoint(log, manifest, findings)
    cosigned = check_witnesses(log, manifest, findings)
    leaves = read_leaves(archive, log, first.setting, _sizes_asked(question), means.scratch, findings)
    ledger = settled(first.setting, leaves, log.checkpoint.size if log.is_whole else 0, findings)
    examining = _Examining(archive, opener, question, means, log, first, leaves, ledger, cosigned, findings)
    return _examine_selection(examining) if log.is_whole else _examine_parts(examining)


def _first_entry(archive: Archive, log: PublishedLog, question: Question, findings: Findings) -> _First | None:
    """manifest.form and manifest.group."""
    bundle = read_bundle(archive, log.bundles[0]) if log.bundles else None
    data = bundle.entries[0] if bundle and bundle.start == 0 else None
    payload = Packs(archive, log.checkpoint.size).payload(0) if bundle else None
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
    setting = setting_of(data, payload, manifest, one_by_one=question.one_by_one) if known else None
    return _First(data, payload, setting) if setting else None


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


def _sizes_asked(question: Question) -> frozenset[int]:
    """Where the log's root is needed for an earlier checkpoint, whatever `check_since` will say of it."""
    try:
        return frozenset({decode_text(decode_note(question.since).text).size} if question.since is not None else ())
    except MalformedInput:
        return frozenset()


def _examine_parts(record: _Examining) -> Examination:
    """What can be said of a log with gaps."""
    record.second_pass(None)
    record.findings.not_run("entries are missing", Check.RECORD_COMPLETE, *_FROM_PHASE)
    record.from_outside(None)
    setting = record.first.setting
    facts = facts_of_record(setting, record.log, record.leaves, record.cosigned, None, None, None)
    return Examination(report_of(facts, record.findings), record.log, setting)


def _begin_undeclared(setting: Setting, leaves: Leaves, findings: Findings) -> None:
    """The checks that have nothing to examine where the manifest has no roll or paper channel, or there is no leaf."""
    if setting.manifest.roll is None:
        findings.begin(*_OF_ROLLS)
    if not setting.manifest.channels.paper:
        findings.begin(*_OF_PAPER)


def _board(record: _Examining) -> Board | None:
    """What the board says of lines; None where the roll was left out, for which no check that needs it is run."""
    ledger = record.ledger
    if isinstance(ledger, SortedLedger):
        return Board(ledger, None)
    if record.leaves.state.frozen and not is_known(ledger):
        return None
    record.findings.begin(Check.BALLOT_STYLE)
    return Board(ledger, ledger.electorate)


def _examine_selection(record: _Examining) -> Examination:
    """Everything from the ceremony on, over a log without gaps."""
    setting, leaves, findings = record.first.setting, record.leaves, record.findings
    cosigned = (*record.cosigned, *check_dates(record.archive, setting.manifest, record.log, leaves, findings))
    kinds = {entry.leaf.kind for entry in leaves.entries if entry.leaf.kind.startswith("ceremony.")}
    hints_of = record.hints_of()
    ceremony = check_ceremony(setting, leaves.of(*kinds, "open"), leaves.payload_of, findings, hints_of)
    _begin_undeclared(setting, leaves, findings)
    if ceremony.joint or not leaves.first("open"):
        findings.begin(*(check for check in _BALLOTS if check not in _OF_ROLLS))
    else:
        judged = _BALLOTS if setting.manifest.roll else (check for check in _BALLOTS if check not in _OF_ROLLS)
        findings.not_run("the joint key is not known", *judged)
    online = record.second_pass(ceremony.joint)
    board, papers = _board(record), leaves.of("paper")
    electorate = board.electorate if board else None
    read = check_papers(setting, papers, leaves.payload_of, electorate, ceremony.joint, findings, hints_of)
    products = by_channel(setting, online, read) if board else None
    if leaves.first("outcome") is None:
        detail = f"the selection is in the phase {leaves.state.phase}: there is no outcome"
        findings.missing(Check.RECORD_COMPLETE, detail)
    findings.examined(Check.RECORD_COMPLETE)
    scratch = record.means.scratch
    tally = check_tally(setting, record.log, leaves, ceremony, board, products, scratch, findings, hints_of)
    roots = EarlierRoots(record.archive, record.log, leaves.bundles)
    check_reported(setting.manifest, leaves.entries, leaves.payload_of, board, leaves.challenges, roots.at, findings)
    record.from_outside(ceremony.joint)
    facts = facts_of_record(setting, record.log, leaves, cosigned, ceremony, record.ledger, tally)
    return Examination(
        report_of(facts, findings),
        record.log,
        setting,
        leaves.state,
        tuple(leaves.entries),
        leaves.kept,
        ceremony,
        record.ledger,
        products,
        tally,
        electorate,
        read,
    )
