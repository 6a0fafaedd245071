"""What people have said of a selection: heads of `checked` leaves, and reports (docs/spec.md, section 15).

One judgement of each leaf for the box, before it appends it, and for the verifier. A report's facts are always
computed here; its words are the scrutineer's, and nothing is checked of them but their form.
"""

from collections.abc import Callable, Iterable

from e2evote.errors import MalformedInput
from e2evote.manifest.model import Manifest
from e2evote.record.report import PostedReport, StatedFacts, decode_report
from e2evote.record.report_counts import LeafCounts, VoterFacts, voter_facts
from e2evote.record.voter_bodies import Checked
from e2evote.verify.checks import Check
from e2evote.verify.findings import Findings
from e2evote.verify.leaves import Entry
from e2evote.verify.tally import Board
from e2evote.verify.voters import UNKNOWN

RootOf = Callable[[int], bytes | None]
"""The log's root at an earlier size; None where entries are missing."""

OF_REPORTS = (Check.REPORT_FORM, Check.REPORT_FACTS)


def check_reported(
    manifest: Manifest,
    entries: Iterable[Entry],
    payload_of: Callable[[Entry], bytes | None],
    board: Board | None,
    challenges: int,
    root_of: RootOf,
    findings: Findings,
) -> None:
    """checked.head, report.form and report.facts of a record.

    entries: the leaves that no check left out, in index order, but for ballots and `challenges` challenges. board: None
    where the roll was left out.
    """
    findings.begin(Check.CHECKED_HEAD, *OF_REPORTS)
    counts, voters = LeafCounts(challenges), None
    for entry in entries:
        if entry.leaf.kind == "checked":
            check_head(entry, root_of, findings)
        elif entry.leaf.kind == "report":
            report = check_form(manifest, entry, payload_of(entry), findings)
            if board is None:
                findings.not_run(UNKNOWN, Check.REPORT_FACTS)
            elif board.electorate and board.electorate.unknown:
                findings.not_run(f"{board.electorate.what_is_unknown} were left out", Check.REPORT_FACTS)
            elif report is not None:
                voters = voters or voters_on(manifest, board)
                root = root_of(entry.index)
                if root is not None:
                    check_facts(entry, report, counts.facts(voters, root, entry.index), findings)
        counts.take(entry.leaf.kind, entry.leaf.body)


def voters_on(manifest: Manifest, board: Board) -> VoterFacts:
    """The facts about lines of this board."""
    return voter_facts(manifest, board.rows(), board.electorate)


def check_head(entry: Entry, root_of: RootOf, findings: Findings) -> None:
    """checked.head: the head is that of a beginning of this log which ends before the leaf."""
    body = entry.leaf.body
    if not isinstance(body, Checked):
        raise ValueError(f"{entry.subject} says nothing of a check")
    if body.size > entry.index:
        detail = f"a head of {body.size} entries, the leaf is entry {entry.index}"
        findings.expect(Check.CHECKED_HEAD, entry.subject, False, detail)
        return
    root = root_of(body.size)
    if root is None:
        findings.not_run("entries are missing", Check.CHECKED_HEAD)
        return
    detail = f"the log had root {root.hex()} at size {body.size}"
    findings.expect(Check.CHECKED_HEAD, entry.subject, body.root == root, detail)


def check_form(manifest: Manifest, entry: Entry, payload: bytes | None, findings: Findings) -> PostedReport | None:
    """report.form; the report, unless it is left out. payload: None where it was left out before."""
    if payload is None:
        findings.not_run("the payload was left out", *OF_REPORTS)
        return None
    findings.examined(Check.REPORT_FORM)
    try:
        return decode_report(payload, manifest)
    except MalformedInput as error:
        findings.fail(Check.REPORT_FORM, entry.subject, str(error))
        findings.not_run("the payload was left out", Check.REPORT_FACTS)
        return None


def check_facts(entry: Entry, report: PostedReport, facts: StatedFacts, findings: Findings) -> None:
    """report.facts. facts: those of the log before the leaf."""
    differing, wanted = facts.differing(report.facts), facts.members()
    detail = "; ".join(f"{name}: want {wanted[name]}" for name in differing)
    findings.expect(Check.REPORT_FACTS, entry.subject, not differing, detail)
