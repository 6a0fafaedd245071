"""`e2evote verify`: the whole proof again, from the record alone."""

import os
from collections.abc import Iterator
from concurrent.futures import Executor, ProcessPoolExecutor
from contextlib import closing, contextmanager
from multiprocessing import get_context
from pathlib import Path
from typing import Annotated

import typer

from e2evote.board.checkpoint import CHECKPOINT_LIMIT, decode_text
from e2evote.board.log import CHECKPOINT
from e2evote.board.note import decode_note
from e2evote.cli.ending import Usage
from e2evote.cli.options import AllowTestGroup, Expect, Json, Record, Workers, read_small
from e2evote.cli.report import print_report
from e2evote.cli.terminal import as_json, bar
from e2evote.errors import MalformedInput
from e2evote.manifest.model import Manifest
from e2evote.record.archive import open_archive
from e2evote.verify.anchors import Anchors, decode_anchors
from e2evote.verify.examine import Question
from e2evote.verify.report import Report, unreadable_report
from e2evote.verify.run import examine_path

ENTRIES_PER_PROCESS = 64
"""A process takes longer to start than to check some ten ballots, which are handed out 32 at a time."""


def verify(
    record: Record,
    expect: Expect = None,
    since: Annotated[
        Path | None,
        typer.Option("--since", metavar="FILE", exists=True, help="A checkpoint of this log that you kept earlier."),
    ] = None,
    workers: Workers = 0,
    allow_test_group: AllowTestGroup = False,
    json: Json = False,
) -> None:
    """Check everything about a record, and say what was checked and what was not.

    Reads nothing but the files given, needs no network and no secret, and never stops at the first failure. Ends with
    0 accepted, 1 rejected, 2 usage, 3 malformed, 4 incomplete, 5 internal error, 6 consistent but not anchored.

    Example:  e2evote verify record --expect anchors.json
    """
    anchors = read_anchors(expect)
    earlier = read_small(since, CHECKPOINT_LIMIT) if since else None
    report, manifest = run_verification(record, anchors, earlier, workers, allow_test_group)
    if json:
        as_json(report.members())
    else:
        print_report(report, manifest)
    raise typer.Exit(int(report.exit_code))


def run_verification(
    record: Path, anchors: Anchors | None, since: bytes | None, workers: int, allow_test_group: bool
) -> tuple[Report, Manifest | None]:
    """The report on `record`, with a progress bar where somebody watches, and the manifest where it can be read."""
    question = Question(anchors, since, allow_test_group)
    try:
        with processes(workers, record) as executor, bar("ballots and challenges") as progress:
            examination = examine_path(record, question, executor, progress)
    except MalformedInput as error:
        return unreadable_report(str(error), anchors=anchors is not None, since=since is not None), None
    return examination.report, examination.setting.manifest if examination.setting else None


@contextmanager
def processes(workers: int, record: Path) -> Iterator[Executor | None]:
    """So many other processes, each started afresh; for 0 as many as pay for a record of this size. None for one."""
    number = workers or min(processors(), entries_of(record) // ENTRIES_PER_PROCESS)
    if number <= 1:
        yield None
        return
    with ProcessPoolExecutor(number, mp_context=get_context("spawn")) as executor:
        try:
            yield executor
        except BaseException:
            executor.shutdown(wait=False, cancel_futures=True)
            raise


def read_anchors(path: Path | None) -> Anchors | None:
    """The anchors in a file that the caller named."""
    if path is None:
        return None
    try:
        return decode_anchors(read_small(path))
    except MalformedInput as error:
        raise Usage(f"{path}: no anchors file: {error}") from None


def entries_of(record: Path) -> int:
    """The size that a record's checkpoint claims, which decides nothing but how many processes are started."""
    try:
        with closing(open_archive(record, read_all=False)) as archive:
            return decode_text(decode_note(archive.read(CHECKPOINT)).text).size
    except (KeyError, MalformedInput):
        return 0


def processors() -> int:
    """How many processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
