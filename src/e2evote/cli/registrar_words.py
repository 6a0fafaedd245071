"""What became of all credentials, by registrar, and each change with its reason: from the record alone."""

from collections import Counter

from e2evote.adapter.roll_record import VoterRecord
from e2evote.cli.terminal import say, table
from e2evote.hashing.canonical import Encodable
from e2evote.record.electorate import Event

_KINDS = ("credential.reissue", "credential.revoke", "annul")


def print_account(record: VoterRecord) -> None:
    """For people."""
    if record.failing:
        say(f"The record itself does not hold ({', '.join(sorted(record.failing))}).", style="bold red")
    if record.uncosigned:
        say("No quorum of witnesses has cosigned this record: it is the log's word alone.", style="yellow")
    counts = record.electorate.registrar_counts()
    rows = [(one.party, one.issued, one.used, one.unused, one.revoked) for one in counts]
    table(("registrar", "issued", "used", "unused", "revoked"), rows, (1, 2, 3, 4))
    renewed = tuple(record.electorate.renewed())
    voted = sum(record.electorate.has_voted(line) for line in renewed)
    say(f"lines that ever had more than one key of a registrar: {len(renewed)}; of these have voted: {voted}")
    events = _events(record)
    for (kind, reason), number in sorted(Counter((event.kind, event.reason) for event in events).items()):
        say(f"  {kind}, {reason}: {number}")
    if events:
        listed = [
            (e.index, e.kind, int(e.line), e.reason, e.author, e.approver, "yes" if e.voted else "no") for e in events
        ]
        table(("entry", "kind", "line", "reason", "by", "approved by", "had voted"), listed, (0, 2))


def account_members(record: VoterRecord) -> dict[str, Encodable]:
    """For programs."""
    renewed = tuple(record.electorate.renewed())
    return {
        "events": [
            {
                "approver": event.approver,
                "author": event.author,
                "index": event.index,
                "kind": event.kind,
                "line": event.line,
                "reason": event.reason,
                "voted": event.voted,
            }
            for event in _events(record)
        ],
        "failing": sorted(record.failing),
        "lines": record.electorate.lines,
        "registrars": [
            {
                "issued": one.issued,
                "party": one.party,
                "revoked": one.revoked,
                "unused": one.unused,
                "used": one.used,
            }
            for one in record.electorate.registrar_counts()
        ],
        "twice": {
            "lines": len(renewed),
            "voted": sum(record.electorate.has_voted(line) for line in renewed),
        },
        "uncosigned": record.uncosigned,
    }


def _events(record: VoterRecord) -> list[Event]:
    return [event for event in record.electorate.history if event.kind in _KINDS]
