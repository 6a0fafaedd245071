"""What happened in a selection, as a text that two people can compare (docs/guide-scrutineer.md).

Everything in it follows from the record, so everybody who has the same record gets the same bytes, whatever machine
they use. Cosignatures and the files that may be ignored are no part of it. The last line is the hash of all before it.
"""

from collections.abc import Iterator

from e2evote.adapter.leaf_words import line_shown
from e2evote.hashing.digest import sha256
from e2evote.record.bodies import BallotBody, ChallengeBody
from e2evote.record.identifiers import shown
from e2evote.verify.checks import Check, Status
from e2evote.verify.leaves import Entry
from e2evote.verify.report import Report
from e2evote.verify.walk import Walked

HEADING = "e2evote transcript, version 1"
_OF_FILES = (Check.RECORD_FILES, Check.BOARD_WITNESSES, Check.BOARD_DATES)
"""How much these examine depends on files and cosignatures that two copies of a record need not share."""


def transcript(report: Report, walked: Walked) -> bytes:
    """Of a record that was examined without anchors, and of all whose entries were read."""
    text = "".join(f"{line}\n" for line in _lines(report, walked)).encode()
    return text + f"SHA-256 of all lines above: {sha256(text).hex()}\n".encode()


def _lines(report: Report, walked: Walked) -> Iterator[str]:
    manifest, facts = walked.setting.manifest, report.facts
    yield HEADING
    yield f"selection           {_plain(manifest.election.name.best('en'))} ({manifest.election.id})"
    yield f"base hash           {facts.base_hash}"
    yield f"extended base hash  {facts.extended_base_hash or 'none yet'}"
    yield f"log                 {facts.log_key}"
    yield f"entries             {facts.size}, root {facts.root}"
    yield f"phase               {walked.state.phase}"
    yield ""
    yield "Entries"
    for entry in walked.entries:
        yield f"{entry.index:>7}  {entry.leaf.kind:<18}  {entry.leaf_hash.hex()}  {_by(entry, walked)}".rstrip()
    yield ""
    yield "Checks"
    for result in report.results:
        count = "" if result.check in _OF_FILES else f"{result.examined} examined"
        count += f", {result.failed} failed" if result.failed else ""
        yield f"{result.status.value:<12}  {result.check.value:<24}  {count}".rstrip()
    yield ""
    yield "Results"
    for contest in facts.results:
        yield f"{contest.contest}: {contest.status}, {contest.ballots} ballots"
        for name, votes in contest.parts.items():
            yield f"  {name}: " + ", ".join(f"{option or '(blank)'} {number}" for option, number in votes.items())
        for word, ids in (("elected", contest.elected), ("tied", contest.tied)):
            if ids:
                yield f"  {word}: {', '.join(ids)}"
    if not facts.results:
        yield "none yet"
    yield ""
    failing = sum(1 for result in report.results if result.status is Status.FAIL)
    yield f"{failing} checks fail; without anchors the record is {report.verdict.value}"


def _by(entry: Entry, walked: Walked) -> str:
    """Who signed it; of ballots and challenges what their voters know them by."""
    match entry.leaf.body:
        case BallotBody() as body:
            return f"line {line_shown(body.line)}, {shown(body.tracker)}"
        case ChallengeBody() as body:
            return shown(body.tracker)
    names = {party.key: party.id for party in walked.setting.manifest.parties}
    return ", ".join(names.get(signature.key, "?") for signature in entry.leaf.signatures)


def _plain(text: str) -> str:
    """On one line, whatever the manifest has."""
    return "".join(c if c.isprintable() else ascii(c)[1:-1] for c in text)
