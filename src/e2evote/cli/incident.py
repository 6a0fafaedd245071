"""`e2evote incident`: what went wrong, in the open; and `e2evote access list`, when names were opened to whom."""

from pathlib import Path
from typing import Annotated

import typer

from e2evote.adapter.board import BoardReader
from e2evote.adapter.incidents import KINDS, happenings, openings, report_incident
from e2evote.adapter.keys import load_key
from e2evote.adapter.leaf_words import line_shown
from e2evote.cli.ending import Usage
from e2evote.cli.lines import lines_named
from e2evote.cli.options import AllowTestGroup, Json, Key, PassphraseFile, Record, Store, Wait, read_small
from e2evote.cli.passphrase import passphrase
from e2evote.cli.terminal import as_json, say, table
from e2evote.cli.voter import board_of, post_to
from e2evote.hashing.canonical import Encodable
from e2evote.hashing.digest import sha256
from e2evote.record.voter_bodies import INCIDENTS
from e2evote.verify.checks import ExitCode
from e2evote.verify.walk import Walked, walk

app = typer.Typer(no_args_is_help=True)
access = typer.Typer(no_args_is_help=True)

LARGEST_DOCUMENT = 2**30


@app.callback()
def group() -> None:
    """Incidents, complaints and pauses, on the board for everybody.

    Example:  e2evote incident list record
    """


@access.callback()
def access_group() -> None:
    """When the names behind lines were opened, and to whom.

    Example:  e2evote access list record
    """


@app.command()
def report(
    store: Store,
    code: Annotated[str, typer.Argument(metavar="CODE", help=f"One of {', '.join(INCIDENTS)}.")],
    key: Key,
    line: Annotated[
        list[str] | None, typer.Option("--line", metavar="LINE", help="A line concerned; may be given again.")
    ] = None,
    lines_file: Annotated[
        Path | None, typer.Option("--lines-file", metavar="FILE", help="Lines concerned, one on each line of text.")
    ] = None,
    document: Annotated[
        Path | None,
        typer.Option("--document", metavar="FILE", help="A paper about it, kept by you: its hash is published."),
    ] = None,
    passphrase_file: PassphraseFile = None,
    wait: Wait = 60,
    allow_test_group: AllowTestGroup = False,
    json: Json = False,
) -> None:
    """Put an incident on the board: a word for what happened, the lines concerned, the hash of a paper about it.

    No text and no name goes there. Administrator, registrars, tellers, trustees, scrutineers and observers may each
    report one, and nobody can take it away. `answer` is for what is said about an earlier one.

    Example:  e2evote incident report box delivery --line 17 --line 203 --document letter.pdf --key theo.key
    """
    if code not in INCIDENTS:
        raise Usage(f"{code}: want one of {', '.join(INCIDENTS)}")
    board = BoardReader(board_of(store), allow_test_group=allow_test_group)
    named = lines_named(board.manifest, line or (), lines_file)
    paper = sha256(read_small(document, LARGEST_DOCUMENT)) if document else b""
    signer = load_key(key, passphrase(passphrase_file, str(key)))
    body, done = report_incident(board, post_to(store, wait), signer, code, named, paper)
    if json:
        as_json({"document": paper.hex(), "index": done.index, "lines": list(body.lines), "number": body.number})
        return
    say(f"Incident {body.number}, {code}, is entry {done.index}.")
    if paper:
        say(f"Keep the paper: its SHA-256 is {paper.hex()}")


@app.command(name="list")
def list_(record: Record, json: Json = False) -> None:
    """List incidents, pauses and resumptions, with who signed them.

    Example:  e2evote incident list record
    """
    walked = walk(record, KINDS)
    found = happenings(walked.setting, walked.entries)
    if json:
        rows: list[Encodable] = [
            {
                "author": one.author,
                "document": one.document,
                "index": one.index,
                "kind": one.kind,
                "lines": list(one.lines),
                "number": one.number,
                "organisation": one.organisation,
                "word": one.word,
            }
            for one in found
        ]
        as_json({"failing": _failing(walked), "found": rows, "paused": walked.state.paused})
    else:
        shown = [
            (
                one.index,
                f"{one.kind} {one.number}",
                one.word,
                ", ".join(map(line_shown, one.lines)),
                f"{one.author}, {one.organisation}",
                one.document[:16],
            )
            for one in found
        ]
        table(("entry", "what", "why", "lines", "signed by", "paper"), shown, numbers=(0,))
        say(f"{sum(one.kind == 'incident' for one in found)} incidents; voting is {_voting(walked)}")
    _end(walked, json)


@access.command(name="list")
def list_access(record: Record, json: Json = False) -> None:
    """List when the names behind lines were opened: to whom, by whom, why. Each time should be here, by the manifest.

    Example:  e2evote access list record
    """
    walked = walk(record, ("access",))
    found = openings(walked.setting, walked.entries)
    if json:
        rows: list[Encodable] = [
            {
                "document": one.document,
                "holder": one.holder,
                "index": one.index,
                "of": one.of,
                "purpose": one.purpose,
                "reader": one.reader,
            }
            for one in found
        ]
        as_json({"failing": _failing(walked), "found": rows})
    else:
        shown = [(one.index, one.of, one.purpose, one.reader, one.holder, one.document[:16]) for one in found]
        table(("entry", "of", "purpose", "to", "by", "paper"), shown, numbers=(0,))
        say(f"{len(found)} times; what was copied besides, nobody can see")
    _end(walked, json)


def _voting(walked: Walked) -> str:
    return "paused" if walked.state.paused else walked.state.phase.value


def _failing(walked: Walked) -> list[Encodable]:
    return [check.value for check in sorted(walked.failing)]


def _end(walked: Walked, json: bool) -> None:
    """Where the log itself is wrong, or its head not cosigned, what was listed is worth nothing, or little."""
    if walked.failing:
        if not json:
            say(f"The log itself does not hold ({', '.join(sorted(walked.failing))}).", style="bold red")
        raise typer.Exit(ExitCode.REJECTED)
    if walked.uncosigned:
        if not json:
            say("No quorum of witnesses has cosigned this head: look again.", style="yellow")
        raise typer.Exit(ExitCode.INCOMPLETE)
