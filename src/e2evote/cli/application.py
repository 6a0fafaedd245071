"""All commands together, and the way in: `main`.

Each command has an example in its help and takes `--json`. A command prints its result or raises; what an error looks
like and which exit code it has is decided in `ending` alone.
"""

import io
import os
import sys
from collections.abc import Sequence
from typing import Annotated

import typer

from e2evote import __version__
from e2evote.cli import (
    administer,
    approve,
    audit_assets,
    ballot,
    board,
    box,
    channel,
    checked,
    conformance,
    demo,
    doctor,
    evidence,
    incident,
    key,
    manifest,
    monitor,
    pause,
    prepare,
    receipt,
    record,
    register,
    registrar,
    rehearsal_end,
    rehearse,
    roll,
    sample,
    scrutineer_report,
    serve_all,
    tally,
    token,
    tracker,
    trustee,
    witness,
)
from e2evote.cli.ending import INTERRUPTED, ending
from e2evote.cli.terminal import as_json, complain, harmless
from e2evote.cli.verify import verify

app = typer.Typer(
    name="e2evote",
    add_completion=False,
    no_args_is_help=False,
    pretty_exceptions_enable=False,
    pretty_exceptions_show_locals=False,
    rich_markup_mode="rich",
    context_settings={"help_option_names": ["-h", "--help"]},
)

app.add_typer(demo.app, name="demo")
app.add_typer(key.app, name="key")
app.add_typer(manifest.app, name="manifest")
app.add_typer(prepare.app, name="prepare")
app.add_typer(prepare.rehearsal, name="rehearsal")
prepare.rehearsal.command()(rehearsal_end.end)
app.command()(rehearse.rehearse)
app.command()(administer.init)
app.command()(box.box)
app.add_typer(board.app, name="board")
app.command()(serve_all.serve)
app.add_typer(trustee.app, name="trustee")
app.add_typer(roll.app, name="roll")
app.add_typer(registrar.app, name="registrar")
app.add_typer(register.app, name="register")
app.command()(administer.restart)
app.command(name="open")(administer.open_)
app.add_typer(ballot.app, name="ballot")
app.command()(approve.approve)
app.command()(pause.pause)
app.command()(pause.resume)
app.add_typer(channel.app, name="channel")
app.add_typer(incident.app, name="incident")
app.add_typer(incident.access, name="access")
app.command()(checked.checked)
app.command()(administer.extend)
app.command()(administer.close)
app.add_typer(tally.app, name="tally")
app.add_typer(sample.app, name="sample")
app.command()(verify)
app.add_typer(tracker.app, name="tracker")
app.add_typer(witness.app, name="witness")
app.add_typer(record.app, name="record")
app.add_typer(receipt.app, name="receipt")
app.add_typer(scrutineer_report.app, name="report")
app.add_typer(token.app, name="token")
app.command()(monitor.monitor)
app.command(name="audit-assets")(audit_assets.audit_assets_)
app.add_typer(evidence.app, name="evidence")
app.command()(conformance.conformance)
app.command()(doctor.doctor)


@app.callback(invoke_without_command=True)
def everything(
    context: typer.Context,
    version: Annotated[bool, typer.Option("--version", help="Print the version.")] = False,
) -> None:
    """End-to-end verifiable voting: encrypted ballots on a public log, and a proof of the total for everybody.

    Example:  e2evote demo
    """
    if version:
        print(__version__)
    elif context.invoked_subcommand is None:
        print(context.get_help())


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; its exit code. Nothing is raised, and no traceback is printed."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")

    def run() -> int:
        code = app(args=words, prog_name="e2evote", standalone_mode=False)
        sys.stdout.flush()
        if code == INTERRUPTED:  # newer versions of typer make this of a KeyboardInterrupt
            raise KeyboardInterrupt
        return code if isinstance(code, int) else 0

    def say(word: str, line: str, code: int) -> None:
        if "--json" in words:
            as_json({"detail": harmless(line), "error": word, "exit": int(code)})
        suffix = "" if word in ("usage", "internal", "interrupted") else f" [{word}]"
        complain(f"{line}{suffix}")

    code = int(ending(run, say))
    _leave_quietly()
    return code


def _leave_quietly() -> None:
    """Where the reader of the output has gone, nothing is left to be flushed at the end of the process."""
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
