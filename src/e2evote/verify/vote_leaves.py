"""What becomes of a line's ballot, and whose keys sign it (docs/verification.md, channel.mark, ballot.*)."""

from collections.abc import Sequence

from e2evote.record.electorate import Electorate, MarkAt
from e2evote.record.voter_bodies import Annul, Mark
from e2evote.verify.changes import Change, Judging
from e2evote.verify.checks import Check
from e2evote.verify.findings import Findings
from e2evote.verify.roll_leaves import absent


def judge_mark(judging: Judging, body: Mark) -> Change | None:
    """channel.mark: the first of a line, and where online prevails none of a line with a candidate."""
    if not judging.holds(Check.CHANNEL_MARK, absent(judging, body.line) or _not_markable(judging, body)):
        return None
    return lambda: judging.electorate.mark(body.line, MarkAt(judging.entry.index, body.channel))


def judge_annul(judging: Judging, body: Annul) -> Change | None:
    """ballot.annulled: the candidate of a line without a mark."""
    if not judging.holds(Check.BALLOT_ANNULLED, absent(judging, body.line) or _not_annullable(judging, body)):
        return None
    return lambda: judging.electorate.annul(judging.event(body.line, body.reason))


def check_keys(electorate: Electorate, subject: str, line: str, keys: Sequence[bytes], findings: Findings) -> None:
    """ballot.line of a ballot with as many signatures as there are registrars."""
    if electorate.unknown:
        findings.not_run(f"{electorate.what_is_unknown} were left out", Check.BALLOT_LINE)
        return
    detail = _objection_to(electorate, line, tuple(keys))
    findings.expect(Check.BALLOT_LINE, subject, not detail, detail)


def _objection_to(electorate: Electorate, line: str, keys: tuple[bytes, ...]) -> str:
    if not electorate.voter(line):
        return "the line is not on the roll"
    active = electorate.keys_of(line)
    if not active:
        return f"line {line} has not an active key from every registrar"
    return "" if active == keys else f"not signed with the active keys of line {line}"


def _not_markable(judging: Judging, body: Mark) -> str:
    if mark := judging.electorate.mark_of(body.line):
        return f"line {body.line} has a mark already, by entry {mark.index}"
    if not judging.manifest.channels.paper_prevails and judging.electorate.vote_of(body.line).candidate:
        return f"line {body.line} has voted online"
    return ""


def _not_annullable(judging: Judging, body: Annul) -> str:
    vote = judging.electorate.vote_of(body.line)
    if vote.mark:
        return f"line {body.line} has a mark"
    if vote.candidate is None or vote.candidate.leaf_hash != body.ballot:
        return f"not the ballot that counts for line {body.line}"
    return ""
