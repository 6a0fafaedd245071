"""What a member is told about the own line, in plain words (docs/guide-member.md)."""

from e2evote.adapter.leaf_words import CHANNELS
from e2evote.adapter.roll_mine import CodesOf, Mine, VoteOf
from e2evote.adapter.roll_record import VoterRecord
from e2evote.cli.terminal import say, table
from e2evote.hashing.canonical import Encodable
from e2evote.record.electorate import Event
from e2evote.record.rows import ANNULLED, COUNTED, MARKED, NOT_VOTED, REMOVED


def print_mine(mine: Mine, record: VoterRecord) -> None:
    """All of it, for people."""
    if record.failing:
        failing = ", ".join(sorted(record.failing))
        say(f"The record itself does not hold ({failing}): nothing that it says is worth anything.", style="bold red")
    elif record.uncosigned:
        say("No quorum of witnesses has cosigned this record: it is the log's word alone.", style="yellow")
    name = record.manifest.election.name.best("en")
    say(f"Line {int(mine.line)} of {mine.lines} on the roll of {name}, as at {mine.as_at}.", style="bold")
    for failure in mine.failures:
        say(f"FAIL  {failure.name}: {failure}", style="bold red")
    if mine.failures:
        say("This opening is not what the record says. Keep it, and complain (docs/guide-member.md).", style="bold red")
    else:
        _print_held(mine)
    style = next((one.name.best("en") for one in record.manifest.styles if one.id == mine.style), mine.style)
    say(f"You vote with the ballot {style!r}; it counts {mine.weight}.")
    if mine.added:
        say(f"The line was added after the freeze: {_told(mine.added)}.")
    if mine.removed:
        say(f"The line was taken off the roll: {_told(mine.removed)}.", style="bold yellow")
    for codes in mine.codes:
        _print_codes(codes)
    for event in mine.annulled:
        say(f"A ballot of the line was annulled: {_told(event)}.", style="yellow")
    say(vote_sentence(mine.vote), style="bold")
    if mine.vote.objection:
        say(f"FAIL  tally.rows: the tally statement says {mine.vote.objection} of this line.", style="bold red")


def _print_held(mine: Mine) -> None:
    say("What is held of you:")
    table(("field", "value"), [(held.field, held.value or "(nothing)") for held in mine.fields])
    for held in mine.fields:
        for value, event in held.before:
            before = f"{value!r}" if value else "nothing"
            say(f"{held.field} was changed, before it was {before}: {_told(event)}.", style="yellow")
    if not any(held.before for held in mine.fields):
        say("None of it was changed since the roll was frozen.")


def _print_codes(codes: CodesOf) -> None:
    if not codes.times:
        say(f"{codes.registrar} has issued no code to the line yet; it will go to your {codes.contact}.")
        return
    often = "one code" if codes.times == 1 else f"{codes.times} codes, one after the other"
    now = f"number {codes.active} is in force" if codes.active else "none of them is in force"
    say(f"{codes.registrar} has issued {often} to the line, sent to your {codes.contact}; {now}.")
    for event in codes.events:
        what = "issued again" if event.kind == "credential.reissue" else "revoked"
        after = ", after the line had voted" if event.voted else ""
        say(f"  {what}{after}: {_told(event)}", style="yellow")


def vote_sentence(vote: VoteOf) -> str:
    """What counts for a line."""
    so_far = "" if vote.final else " so far"
    match vote.status:
        case s if s == COUNTED:
            return f"The line has voted online{so_far}: the ballot of entry {vote.index} counts."
        case s if s == NOT_VOTED:
            return f"No vote is recorded for the line{so_far}."
        case s if s == ANNULLED:
            return f"The line's ballot was annulled, and no vote counts for it{so_far}."
        case s if s == REMOVED:
            return "The line may not vote."
        case s if s == MARKED:
            return f"The line has voted {CHANNELS[vote.channel]}: entry {vote.index} says so, signed by two tellers."
    return (
        f"The line has voted {CHANNELS[vote.channel]}: entry {vote.index} says so, signed by two tellers. "
        "A ballot that it had cast online does not count."
    )


def members_of(mine: Mine, record: VoterRecord) -> dict[str, Encodable]:
    """The same for programs. It has the member's own data in it."""
    return {
        "added": _event(mine.added),
        "annulled": [_event(event) for event in mine.annulled],
        "as_at": mine.as_at,
        "codes": [
            {
                "active": one.active,
                "contact": one.contact,
                "events": [_event(event) for event in one.events],
                "issued": one.times,
                "registrar": one.registrar,
            }
            for one in mine.codes
        ],
        "failing": sorted(record.failing),
        "failures": [{"detail": one.detail, "name": one.name, "subject": one.subject} for one in mine.failures],
        "fields": [
            {
                "before": [{"change": _event(event), "value": value} for value, event in held.before],
                "field": held.field,
                "value": held.value,
            }
            for held in mine.fields
        ],
        "line": mine.line,
        "lines": mine.lines,
        "removed": _event(mine.removed),
        "style": mine.style,
        "uncosigned": record.uncosigned,
        "vote": {
            "channel": mine.vote.channel,
            "final": mine.vote.final,
            "index": mine.vote.index,
            "objection": mine.vote.objection,
            "status": mine.vote.status,
        },
        "weight": mine.weight,
    }


def _event(event: Event | None) -> Encodable:
    if event is None:
        return {}
    return {
        "approver": event.approver,
        "author": event.author,
        "index": event.index,
        "kind": event.kind,
        "reason": event.reason,
        "voted": event.voted,
    }


def _told(event: Event) -> str:
    approved = f", approved by {event.approver}" if event.approver else ""
    return f"entry {event.index}, reason {event.reason}, by {event.author}{approved}"
