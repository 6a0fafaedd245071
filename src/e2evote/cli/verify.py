"""`e2evote verify`: the whole proof again, from the record alone."""

from concurrent.futures import Executor
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Annotated

import typer

from e2evote.board.checkpoint import CHECKPOINT_LIMIT
from e2evote.cli.ending import Usage
from e2evote.cli.options import AllowTestGroup, Dask, Expect, Json, Record, Workers, executor_for, read_small
from e2evote.cli.report import print_report
from e2evote.cli.terminal import as_json, bar
from e2evote.errors import MalformedInput
from e2evote.manifest.model import Manifest
from e2evote.verify.anchors import Anchors, decode_anchors
from e2evote.verify.examine import Question
from e2evote.verify.report import Report, unreadable_report
from e2evote.verify.run import examine_path


def verify(
    record: Record,
    expect: Expect = None,
    since: Annotated[
        Path | None,
        typer.Option("--since", metavar="FILE", exists=True, help="A checkpoint of this log that you kept earlier."),
    ] = None,
    workers: Workers = None,
    dask: Dask = None,
    allow_test_group: AllowTestGroup = False,
    json: Json = False,
) -> None:
    """Check everything about a record, and say what was checked and what was not.

    Reads nothing but the files given, needs no network and no secret, and never stops at the first failure. Ends with
    0 accepted, 1 rejected, 2 usage, 3 malformed, 4 incomplete, 5 internal error, 6 consistent but not anchored.

    Example:  e2evote verify record --expect anchors.json

    Example:  e2evote verify /mnt/audit/record --dask tcp://10.0.0.5:8786
    """
    anchors = read_anchors(expect)
    earlier = read_small(since, CHECKPOINT_LIMIT) if since else None
    executors = executor_for(workers, dask, record)
    report, manifest = run_verification(record, anchors, earlier, executors, allow_test_group)
    if json:
        as_json(report.members())
    else:
        print_report(report, manifest)
    raise typer.Exit(int(report.exit_code))


def run_verification(
    record: Path,
    anchors: Anchors | None,
    since: bytes | None,
    executors: AbstractContextManager[Executor | None],
    allow_test_group: bool,
) -> tuple[Report, Manifest | None]:
    """The report on `record`, with a progress bar where somebody watches, and the manifest where it can be read."""
    question = Question(anchors, since, allow_test_group)
    try:
        with executors as executor, bar("ballots and challenges") as progress:
            examination = examine_path(record, question, executor, progress)
    except MalformedInput as error:
        return unreadable_report(str(error), anchors=anchors is not None, since=since is not None), None
    return examination.report, examination.setting.manifest if examination.setting else None


def read_anchors(path: Path | None) -> Anchors | None:
    """The anchors in a file that the caller named."""
    if path is None:
        return None
    try:
        return decode_anchors(read_small(path))
    except MalformedInput as error:
        raise Usage(f"{path}: no anchors file: {error}") from None
