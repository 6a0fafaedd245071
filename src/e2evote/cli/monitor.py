"""`e2evote monitor`: look at a board again and again, and raise an alarm when it is no longer the same log."""

from contextlib import ExitStack
from pathlib import Path
from typing import Annotated

import typer

from e2evote.adapter.monitor import Monitor
from e2evote.adapter.monitor_look import WORLD, Look, LookFailed
from e2evote.adapter.monitor_state import open_state
from e2evote.board.checkpoint import CHECKPOINT_LIMIT
from e2evote.cli.ending import Incomplete
from e2evote.cli.evidence import moment
from e2evote.cli.options import Expect, Json, read_small
from e2evote.cli.terminal import as_json, note, say
from e2evote.cli.verify import read_anchors
from e2evote.hashing.canonical import Encodable
from e2evote.verify.checks import ExitCode


def monitor(
    place: Annotated[str, typer.Argument(metavar="URL|DIR", help="The board: an address or a folder.")],
    state: Annotated[
        Path,
        typer.Option("--state", metavar="FOLDER", help="Where this monitor remembers what it saw."),
    ],
    expect: Expect = None,
    once: Annotated[bool, typer.Option("--once", help="Look once, for a timer that starts it again.")] = False,
    interval: Annotated[
        float, typer.Option("--interval", metavar="SECONDS", min=1, max=10**6, help="Between two looks.")
    ] = 60.0,
    max_age: Annotated[
        int | None,
        typer.Option("--max-age", metavar="SECONDS", min=1, help="Alarm if no quorum has confirmed a head since."),
    ] = None,
    since: Annotated[
        Path | None,
        typer.Option("--since", metavar="FILE", exists=True, help="A checkpoint of this log that you kept earlier."),
    ] = None,
    json: Json = False,
) -> None:
    """Watch a board: is it the same log as before, has nothing been changed or taken away, is it up to date?

    Ends with 1 at the first alarm, and then there is an evidence file in the folder if others can check it. A server
    that does not answer is no alarm: it is counted and said. With --once: 0 nothing wrong, 4 nothing could be learnt.

    Example:  e2evote monitor https://votes.example/board --state watch --expect anchors.json --max-age 3600

    Example:  e2evote monitor https://votes.example/board --state watch --once
    """
    anchors = read_anchors(expect)
    earlier = read_small(since, CHECKPOINT_LIMIT) if since else b""
    failed = 0
    with ExitStack() as held:
        folder = held.enter_context(open_state(state))
        watching = Monitor(place, folder, anchors, earlier, max_age, WORLD)
        while True:
            try:
                look = watching.look()
            except LookFailed as failure:
                failed += 1
                if once:
                    raise Incomplete(f"nothing could be learnt: {failure}") from None
                note(f"no look ({failed} in a row): {failure}")
            else:
                _show(look, failed, json)
                failed = 0
                if look.alarm:
                    raise typer.Exit(int(ExitCode.REJECTED))
                if once:
                    return
            WORLD.sleep(interval)


def _show(look: Look, failed: int, json: bool) -> None:
    if json:
        as_json(_members(look, failed))
        return
    head, alarm = look.head, look.alarm
    for remark in look.remarks:
        say(f"  {remark}", style="yellow")
    if alarm:
        say(f"ALARM ({alarm.kind}): {alarm.sentence}", style="bold red")
        if alarm.evidence:
            say(f"Evidence for others: {alarm.evidence}. Check it with e2evote evidence check, and tell everybody.")
        return
    by = ", ".join(f"{one.name} {moment(one.time)}" for one in look.cosigned)
    confirmed = f"; confirmed by {by}" if by else ""
    say(f"{head.origin}: {head.size} entries, {look.grown} of them new, root {head.root.hex()}{confirmed}")
    if not look.anchored:
        say("  The log's key is the one that this board showed first; with --expect it would be yours.", style="yellow")


def _members(look: Look, failed: int) -> dict[str, Encodable]:
    alarm: Encodable = None
    if look.alarm:
        evidence = str(look.alarm.evidence) if look.alarm.evidence else ""
        alarm = {"evidence": evidence, "kind": look.alarm.kind, "sentence": look.alarm.sentence}
    cosigned: list[Encodable] = [{"name": one.name, "time": one.time} for one in look.cosigned]
    return {
        "alarm": alarm,
        "anchored": look.anchored,
        "confirmed": look.confirmed,
        "cosigned": cosigned,
        "failed": failed,
        "grown": look.grown,
        "origin": look.head.origin,
        "quorum": look.quorum,
        "remarks": list(look.remarks),
        "root": look.head.root.hex(),
        "size": look.head.size,
    }
