"""`e2evote prepare` and `e2evote rehearsal`: papers before a selection, and what a rehearsal leaves for everybody."""

from pathlib import Path
from typing import Annotated

import typer

from e2evote.adapter.transcript import transcript
from e2evote.cli.ending import Usage
from e2evote.cli.options import AllowTestGroup, Dask, Json, Record, Workers, executor_for, read_small
from e2evote.cli.output import refuse_existing, write_new
from e2evote.cli.preparing import assessment, rehearsal_plan
from e2evote.cli.terminal import as_json, say
from e2evote.cli.verify import run_verification
from e2evote.errors import MalformedInput
from e2evote.manifest.entries import KINDS
from e2evote.manifest.model import Manifest
from e2evote.verify.examine import Question
from e2evote.verify.walk import walk

app = typer.Typer(no_args_is_help=True)
rehearsal = typer.Typer(no_args_is_help=True)

ManifestArgument = Annotated[Path, typer.Argument(metavar="MANIFEST", help="The manifest of the selection.")]
Out = Annotated[Path | None, typer.Option("--out", metavar="FILE", help="The file to write; printed without it.")]


@app.callback()
def group() -> None:
    """Papers that the responsible person fills in before a selection opens.

    Example:  e2evote prepare assessment manifest.json --out assessment.md
    """


@rehearsal.callback()
def rehearsal_group() -> None:
    """A rehearsal: what is to be tried, and a transcript that everybody can compare.

    Example:  e2evote rehearsal transcript record --out transcript.txt
    """


@app.command(name="assessment")
def assess(manifest: ManifestArgument, out: Out = None, json: Json = False) -> None:
    """Write the security assessment of a selection, as far as its manifest says something; people add the rest.

    Parties and organisations as declared, claims, dates, floor, what single organisations could do, and what is left to
    people: boxes to tick, with names and dates. To be published before the selection opens.

    Example:  e2evote prepare assessment manifest.json --out assessment.md
    """
    _give(assessment(_read(manifest, out)), out, json)


@rehearsal.command()
def plan(manifest: ManifestArgument, out: Out = None, json: Json = False) -> None:
    """Write the plan of a rehearsal: who does what, and what is tried on purpose.

    Example:  e2evote rehearsal plan manifest.json --out rehearsal.md
    """
    _give(rehearsal_plan(_read(manifest, out)), out, json)


@rehearsal.command(name="transcript")
def transcribe(
    record: Record,
    out: Out = None,
    workers: Workers = None,
    dask: Dask = None,
    allow_test_group: AllowTestGroup = False,
    json: Json = False,
) -> None:
    """Write what happened in a selection as a text: every entry, every check, every result.

    Everybody who has the same record gets the same text, byte for byte; its last line is the hash of all others, to be
    compared aloud. It is no verdict with anchors: for that, run e2evote verify.

    Example:  e2evote rehearsal transcript record --out transcript.txt
    """
    if out is not None:
        refuse_existing(out)
    question = Question(allow_test_group=allow_test_group)
    report, read = run_verification(record, question, executor_for(workers, dask, record))
    if read is None:
        raise MalformedInput(report.unreadable or "no manifest can be read", str(record))
    _give(transcript(report, walk(record, frozenset(KINDS))).decode(), out, json)


def _read(path: Path, out: Path | None) -> Manifest:
    if not path.exists():
        raise Usage(f"{path}: no such file")
    if out is not None:
        refuse_existing(out)
    try:
        return Manifest.decode(read_small(path))
    except MalformedInput as error:
        raise error.inside(str(path)) from None


def _give(text: str, out: Path | None, json: bool) -> None:
    if out is not None:
        write_new(out, text.encode())
    if json:
        as_json({"file": str(out) if out else "", "last": text.splitlines()[-1], "text": "" if out else text})
    elif out is not None:
        say(f"written  {out}")
        say(text.splitlines()[-1])
    else:
        for line in text.splitlines():
            say(line)
