"""The verifier's report for people (docs/verification.md, The report).

Every check has a line, and what was examined stands in it: zero is visible, and not run is not passed. The verdict
comes last, with what it does not cover beside it.
"""

from datetime import UTC, datetime

from rich.text import Text

from e2evote.cli.terminal import harmless, out, say, table
from e2evote.manifest.model import Manifest
from e2evote.verify import Report, Status, Verdict
from e2evote.verify.checks import CLAIMS
from e2evote.verify.report import ContestResult, CosignedNote, Result

MOST_SHOWN = 10
"""Failures of one check that are printed; `--json` has up to 1000."""

_STYLES = {Status.PASS: "green", Status.FAIL: "bold red", Status.MISSING: "yellow", Status.NOT_RUN: "yellow"}
_MEANINGS = {
    Verdict.ACCEPTED: "every check passed, and the record is that of the anchors given",
    Verdict.CONSISTENT: "every check passed, but nothing from outside the record says that it is the right one",
    Verdict.REJECTED: "a check failed",
    Verdict.INCOMPLETE: "no check failed, but something is missing",
    Verdict.MALFORMED: "this is no record that can be read",
}


def print_report(report: Report, manifest: Manifest | None = None) -> None:
    """Everything that the JSON report has. manifest: for the names beside the ids."""
    _print_election(report, manifest)
    for result in report.results:
        _print_result(result)
    say()
    _print_dates(report)
    for note in report.facts.cosigned:
        _print_cosigned(note)
    if report.facts.counts:
        _print_counts(report)
    for fault in report.facts.faults:
        named = f"put down to trustee {fault.trustee}" if fault.trustee else "put down to nobody"
        say(f"ceremony  session {fault.session} ended early ({fault.reason}), {named}", style="yellow")
    for contest in report.facts.results:
        _print_contest(contest, manifest)
    _print_verdict(report)


def _print_election(report: Report, manifest: Manifest | None) -> None:
    facts = report.facts
    if report.unreadable:
        say(f"unreadable: {report.unreadable}", style="bold red")
    if facts.election_id:
        name = f"{manifest.election.name.best('en')} " if manifest else ""
        say(f"election  {name}({facts.election_id})")
        say(f"group     {facts.group}" + (", a TEST GROUP without any secrecy" if facts.test_group else ""))
        say(f"log       {facts.size} entries, root {facts.root or 'unknown'}")
        say()


def _print_result(result: Result) -> None:
    line = Text(f"{result.status.value:<9}", style=_STYLES.get(result.status, "dim"))
    line.append(f" {result.check.value:<24}", style="default")
    if result.status is Status.NOT_ASKED:
        line.append(" no such anchor was given", style="dim")
    else:
        line.append(f" {result.examined:>7} examined", style="default")
    if result.failed:
        line.append(f", {result.failed} failed", style="bold red")
    if result.reason:
        line.append(f": {harmless(result.reason)}", style="yellow")
    out().print(line)
    for failure in result.failures[:MOST_SHOWN]:
        say(f"          {failure.subject}: {failure.detail}")
    if result.failed > MOST_SHOWN:
        say(f"          … and {result.failed - MOST_SHOWN} more; --json lists up to 1000")


def _print_dates(report: Report) -> None:
    dates = report.facts.dates
    if dates:
        times = "once" if dates.extensions == 1 else f"{dates.extensions} times"
        say(f"dates     {dates.open} to {dates.close}" + (f", put off {times}" if dates.extensions else ""))


def _print_cosigned(note: CosignedNote) -> None:
    named = [f"{one.name} {_moment(one.time)}" for one in note.witnesses]
    say(f"cosigned  {note.note}, {note.size} entries: {', '.join(named) or 'by no witness'}")


def _moment(seconds: int) -> str:
    """A time as the manifest writes dates; only the number where no calendar has it."""
    try:
        return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    except (OSError, OverflowError, ValueError):
        return f"{seconds} s"


def _print_counts(report: Report) -> None:
    counts = report.facts.counts
    say(f"ballots   {counts['counted']} counted, of {counts['ballots']} cast by {counts['lines']} lines")
    say(
        f"          {counts['challenges']} challenges published: the server's figure, and no evidence that anybody "
        "checked independently"
    )


def _print_contest(result: ContestResult, manifest: Manifest | None) -> None:
    contest = manifest.contest(result.contest) if manifest else None
    name = contest.name.best("en") if contest else result.contest
    say()
    say(f"{name} ({result.contest}): {result.ballots} ballots, {result.undervotes} votes not given", style="bold")
    if result.status != "decrypted":
        say(f"  {result.status}: too few ballots for the floor, nothing was decrypted", style="yellow")
        return
    names = {option.id: option.name.best("en") for option in contest.options} if contest else {}
    parts = result.parts if len(result.parts) > 1 else {}
    rows = []
    for option, votes in result.votes.items():
        word = "elected" if option in result.elected else "tied" if option in result.tied else ""
        own = [part[option] for part in parts.values()]
        rows.append((names.get(option, option) if option else "(blank)", option, *own, votes, word))
    headings = ("option", "id", *map(_part, parts), "votes", "")
    table(headings, rows, numbers=tuple(range(2, len(headings) - 1)))
    merged = [_part(name) for name in result.parts if "+" in name]
    if merged:
        say(f"  counted as one, because of the floor: {'; '.join(merged)}", style="yellow")
    if result.tied:
        say("  a tie, which no rule of the manifest resolves: " + ", ".join(result.tied), style="yellow")
    if result.vacant:
        say(f"  {result.vacant} seat{'s stay' if result.vacant > 1 else ' stays'} empty", style="yellow")


def _part(name: str) -> str:
    """The channels that were decrypted as one."""
    return name.replace("_", " ").replace("+", " + ")


def _print_verdict(report: Report) -> None:
    facts, verdict = report.facts, report.verdict
    say()
    for claim in report.not_claimed:
        say(f"NOT CLAIMED  {claim}: the record does not show {CLAIMS[claim]}", style="yellow")
    if facts.claims and facts.floor:
        say(f"floor        {facts.floor}: contests, and parts of them, with fewer counted ballots stay sealed")
    if facts.base_hash and not report.anchored:
        say("Compare these with what was announced, by another way than this record (or use --expect):")
        say(f"  base hash           {facts.base_hash}")
        say(f"  extended base hash  {facts.extended_base_hash or 'not there yet'}")
        say(f"  log key             {facts.log_key}")
    good = verdict is Verdict.ACCEPTED
    say(f"{verdict.value.upper()}: {_meaning(report)}", style="bold green" if good else "bold yellow")


def _meaning(report: Report) -> str:
    if report.failing:
        return f"{len(report.failing)} checks failed: " + ", ".join(sorted(report.failing))
    if report.verdict is Verdict.CONSISTENT and report.anchored:
        return "every check passed, but a test group is never accepted"
    return _MEANINGS[report.verdict]
