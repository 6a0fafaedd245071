"""Who may vote, leaf by leaf: roll, credentials, marks, annulments (docs/verification.md, from roll.form on).

One judgement for the box, for whoever reads a board, and for the verifier. The verifier makes it after the first pass,
over the leaves that this left in and the ballots, which waited on disk: a re-issue or a mark may depend on which
ballots are valid, and that is known when all names were sorted.
"""

from collections.abc import Iterable
from heapq import merge

from e2evote.record.electorate import Electorate
from e2evote.record.ledger_runs import LedgerBuilder, SortedLedger
from e2evote.record.roll_ledger import RollLedger, RollLedgerBuilder, Waiting
from e2evote.record.text_lines import Pieces
from e2evote.record.voter_bodies import Add, Annul, Contact, Freeze, Issue, Mark, Reissue, Remove, Revoke
from e2evote.verify.changes import Change, Judging
from e2evote.verify.checks import Check
from e2evote.verify.credential_leaves import judge_issue, judge_reissue, judge_revoke
from e2evote.verify.findings import Findings
from e2evote.verify.first_pass import Leaves
from e2evote.verify.leaves import Entry, Setting
from e2evote.verify.roll_leaves import judge_add, judge_contact, judge_freeze, judge_remove
from e2evote.verify.vote_leaves import check_keys, judge_annul, judge_mark

KINDS = (
    "roll.freeze",
    "roll.add",
    "roll.remove",
    "roll.contact",
    "credential.issue",
    "credential.reissue",
    "credential.revoke",
    "annul",
    "mark",
)
"""What changes an electorate, besides ballots."""

OF_ROLL = (
    Check.ROLL_FORM,
    Check.ROLL_ROOT,
    Check.ROLL_AMENDMENT,
    Check.ROLL_WEIGHTS,
    Check.CREDENTIAL_FORM,
    Check.CREDENTIAL_LINES,
    Check.CREDENTIAL_KEYS,
    Check.CREDENTIAL_REISSUE,
    Check.CREDENTIAL_REVOKE,
    Check.CHANNEL_MARK,
    Check.BALLOT_ANNULLED,
)
"""The checks of these leaves."""

NEED_ROLL = (
    Check.CHANNEL_COUNT,
    Check.BALLOT_LINE,
    Check.BALLOT_STYLE,
    Check.TALLY_ROWS,
    Check.TALLY_RECONCILIATION,
    Check.TALLY_PRODUCTS,
    Check.TALLY_FLOOR,
    Check.OUTCOME_COUNTS,
    Check.REPORT_FACTS,
)
"""What else can't be judged where the roll was left out."""

LEAVES_OUT = (
    Check.ROLL_FORM,
    Check.ROLL_AMENDMENT,
    Check.CREDENTIAL_FORM,
    Check.CREDENTIAL_LINES,
    Check.CREDENTIAL_REISSUE,
    Check.CREDENTIAL_REVOKE,
    Check.CHANNEL_MARK,
    Check.BALLOT_ANNULLED,
)
"""Of these checks: a leaf that fails it is left out of every later one."""

UNKNOWN = "the roll was left out"


def judge(
    electorate: Electorate, entry: Entry, pieces: Pieces | None, findings: Findings, *, known: bool = False
) -> Change | None:
    """The leaf as the next one; what follows from it, or None where nothing does. Leaves of other kinds fit always.

    pieces: its payload. known: it was judged before, and is read again.
    """
    judging, body = Judging(electorate, entry, pieces, findings, known), entry.leaf.body
    if isinstance(body, Freeze):
        return judge_freeze(judging, body)
    if not electorate.is_frozen:
        return None  # the roll was left out
    match body:
        case Add():
            return judge_add(judging, body)
        case Remove():
            return judge_remove(judging, body)
        case Contact():
            return judge_contact(judging, body)
        case Issue():
            return judge_issue(judging, body)
        case Reissue():
            return judge_reissue(judging, body)
        case Revoke():
            return judge_revoke(judging, body)
        case Annul():
            return judge_annul(judging, body)
        case Mark():
            return judge_mark(judging, body)
    return None


def settled(setting: Setting, leaves: Leaves, size: int, findings: Findings) -> SortedLedger | RollLedger:
    """Which ballots count, when all leaves are read; with a roll, by judging each that is about voters.

    Leaves that are left out here are taken out of `leaves`.
    """
    if isinstance(leaves.ledger, LedgerBuilder):
        return leaves.ledger.settled(size)
    electorate = Electorate(setting.manifest)
    ledger = leaves.ledger.ledger(electorate, size)
    if not size:
        return ledger  # entries are missing
    findings.begin(*OF_ROLL, Check.BALLOT_LINE)
    signers, left_out = len(setting.manifest.registrars), set[int]()
    for leaf in _in_order(leaves.of(*KINDS), leaves.ledger):
        if isinstance(leaf, Waiting):
            if electorate.is_frozen and len(leaf.keys) == signers:
                check_keys(electorate, f"entry {leaf.index} (ballot)", leaf.line, leaf.keys, findings)
            ledger.take(leaf)
        elif not _take(electorate, leaf, leaves.pieces_of(leaf), findings):
            left_out.add(leaf.index)
    if not electorate.is_frozen and leaves.first("roll.freeze"):
        findings.not_run(UNKNOWN, *OF_ROLL[1:], *NEED_ROLL)
    leaves.entries = [entry for entry in leaves.entries if entry.index not in left_out]
    return ledger.finish()


def is_known(ledger: SortedLedger | RollLedger) -> bool:
    """Whether it can be said which ballots count: not where the roll was left out."""
    return isinstance(ledger, SortedLedger) or ledger.electorate.is_frozen


def _take(electorate: Electorate, entry: Entry, pieces: Pieces | None, findings: Findings) -> bool:
    """The next leaf: judged, and what follows from it. Whether it stays."""
    before = sum(findings.of(check).failed for check in LEAVES_OUT)
    is_unknown = entry.leaf.kind.startswith("credential.") and entry.leaf.author in electorate.unknown
    if change := judge(electorate, entry, pieces, findings):
        change()
    return not is_unknown and before == sum(findings.of(check).failed for check in LEAVES_OUT)


def _in_order(entries: Iterable[Entry], builder: RollLedgerBuilder) -> Iterable[Entry | Waiting]:
    leaves: Iterable[Iterable[Entry | Waiting]] = (entries, builder.ballots())
    return merge(*leaves, key=lambda leaf: leaf.index)
