"""`e2evote tracker check`: is this ballot the one that counts for this line?"""

from typing import Annotated

import typer

from e2evote.adapter.leaf_words import CHANNELS
from e2evote.cli.options import Json, Record
from e2evote.cli.terminal import as_json, say, table
from e2evote.hashing.canonical import Encodable
from e2evote.verify.checks import ExitCode
from e2evote.verify.lookup import Found, Lookup, look_up

app = typer.Typer(no_args_is_help=True)

_MEANINGS = {
    Lookup.COUNTED: "this is the ballot that counts for this line",
    Lookup.RECORDED: "recorded for this line, and the one that will count unless a later one replaces it",
    Lookup.SUPERSEDED: "recorded for this line, but a later ballot of the line counts instead, or its ballot on paper",
    Lookup.ANNULLED: "recorded for this line, and annulled since: it does not count",
    Lookup.CHALLENGED: "this ballot was challenged: it was opened for checking and does not count",
    Lookup.INVALID: "recorded for this line, but not valid: it does not count",
    Lookup.ABSENT: "no such ballot is recorded for this line",
}

_CHANGES = {
    "annul": "a ballot was annulled by {0.author} and {0.approver}; reason: {0.reason}",
    "credential.reissue": "{0.author} made a new code, approved by {0.approver}; reason: {0.reason}",
    "credential.revoke": "{0.author} revoked a code, approved by {0.approver}; reason: {0.reason}",
    "roll.add": "the line was added by {0.author} and {0.approver}; reason: {0.reason}",
    "roll.contact": "the contact {0.field} was changed by {0.author} and {0.approver}; reason: {0.reason}",
    "roll.remove": "the line was removed by {0.author} and {0.approver}; reason: {0.reason}",
}


@app.callback()
def group() -> None:
    """Look up a ballot by its tracker.

    Example:  e2evote tracker check 17 7K3M-… record
    """


@app.command()
def check(
    line: Annotated[str, typer.Argument(metavar="LINE", help="Your line: the number from your letters.")],
    tracker: Annotated[
        str, typer.Argument(metavar="TRACKER", help="Your tracker; case, hyphens, O/0 and I/1 don't matter.")
    ],
    record: Record,
    json: Json = False,
) -> None:
    """Say what became of the ballot with this tracker, for this line, and list every ballot of the line.

    With a roll also whether the line is on it, whether it has voted on paper, and each change of its codes or contacts.
    The line matters: one tracker could be shown to two voters whose ballots are equal. What is said here is about the
    log in RECORD; that the record as a whole is right is what `e2evote verify` says. Ends with 0 if the ballot counts
    or will count, with 1 otherwise, and with 4 if no quorum of witnesses has cosigned the log yet.

    Example:  e2evote tracker check 17 7K3M-2QZX-8W4T-0V5N-C9RH-1DFG-6JSE-YBPA record
    """
    found = look_up(record, line, tracker)
    if json:
        as_json(_members(found))
    else:
        _print(found)
    if found.failing or found.status not in (Lookup.COUNTED, Lookup.RECORDED):
        raise typer.Exit(ExitCode.REJECTED)
    if found.uncosigned:
        raise typer.Exit(ExitCode.INCOMPLETE)


def _members(found: Found) -> dict[str, Encodable]:
    return {
        "ballots": [
            {"index": b.index, "leaf": b.leaf_hash.hex(), "status": b.status.value, "tracker": b.tracker}
            for b in found.ballots
        ],
        "elsewhere": found.elsewhere,
        "events": [
            {
                "approver": event.approver,
                "author": event.author,
                "field": event.field,
                "index": event.index,
                "kind": event.kind,
                "reason": event.reason,
                "voted": event.voted,
            }
            for event in found.events
        ],
        "failing": sorted(check.value for check in found.failing),
        "line": found.line,
        "mark": {"channel": found.mark.channel, "index": found.mark.index} if found.mark else None,
        "on_roll": found.on_roll,
        "phase": found.phase.value,
        "status": found.status.value,
        "tracker": found.tracker,
        "uncosigned": found.uncosigned,
    }


def _print(found: Found) -> None:
    if found.failing:
        failing = ", ".join(sorted(found.failing))
        say(f"The log itself does not hold ({failing}): nothing that it says is worth anything.", style="bold red")
    elif found.uncosigned:
        say("No quorum of witnesses has cosigned this head: it is the log's word alone. Look again.", style="yellow")
    good = found.status in (Lookup.COUNTED, Lookup.RECORDED) and not found.failing and not found.uncosigned
    say(f"{found.status.value}: {_MEANINGS[found.status]}", style="bold green" if good else "bold yellow")
    if found.elsewhere:
        say(
            "The tracker is that of a ballot of another line: if you were shown it as yours, tell the tellers.",
            style="yellow",
        )
    say(f"line {found.line}: {len(found.ballots)} ballots; the selection is {found.phase.value}")
    if not found.on_roll:
        say("The line is not on the roll, or was removed from it.", style="bold yellow")
    if found.mark:
        say(
            f"The line has voted {CHANNELS[found.mark.channel]}, on paper, by entry {found.mark.index}.", style="yellow"
        )
    for event in found.events:
        say(f"entry {event.index}: {_CHANGES[event.kind].format(event)}", style="yellow")
    if found.events:
        say("If you did not ask for a change, tell the tellers and the scrutineer.")
    rows = [(ballot.index, ballot.tracker, ballot.status.value) for ballot in found.ballots]
    if rows:
        table(("entry", "tracker", "status"), rows, numbers=(0,))
