"""`e2evote verify`: the whole proof again, from the record alone."""

import os
from concurrent.futures import Executor
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Annotated

import typer

from e2evote.adapter.processes import claim_of, rare_collection
from e2evote.adapter.resume import ResumeStore, open_store
from e2evote.board.checkpoint import CHECKPOINT_LIMIT
from e2evote.cli.ending import Usage
from e2evote.cli.options import (
    AllowTestGroup,
    Dask,
    Expect,
    Json,
    OneByOne,
    Record,
    Resume,
    Workers,
    executor_for,
    read_small,
)
from e2evote.cli.report import print_report
from e2evote.cli.terminal import as_json, bar, note
from e2evote.errors import MalformedInput
from e2evote.manifest.model import Manifest
from e2evote.secret.randomness import SystemRandomness
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
    one_by_one: OneByOne = False,
    resume: Resume = False,
    allow_test_group: AllowTestGroup = False,
    json: Json = False,
) -> None:
    """Check everything about a record, and say what was checked and what was not.

    Reads nothing but the files given, needs no secret and, without --dask, no network, and never stops at the first
    failure. Ends with 0 accepted, 1 rejected, 2 usage, 3 malformed, 4 incomplete, 5 internal error, 6 consistent but
    not anchored.

    Example:  e2evote verify record --expect anchors.json

    Example:  e2evote verify record --expect anchors.json --workers 4 --resume

    Example:  e2evote verify /mnt/audit/record --expect anchors.json --dask tcp://10.0.0.5:8786
    """
    anchors = read_anchors(expect)
    earlier = read_small(since, CHECKPOINT_LIMIT) if since else None
    question = Question(anchors, earlier, allow_test_group, one_by_one)
    executors = executor_for(workers, dask, record)
    store = store_for(record) if resume else None
    report, manifest = run_verification(record, question, executors, store)
    if json:
        as_json(report.members())
    else:
        print_report(report, manifest)
    if store:
        store.finish()
    raise typer.Exit(int(report.exit_code))


def run_verification(
    record: Path,
    question: Question,
    executors: AbstractContextManager[Executor | None],
    store: ResumeStore | None = None,
) -> tuple[Report, Manifest | None]:
    """The report on `record`, with a progress bar where somebody watches, and the manifest where it can be read.

    What is to be said about an interrupted run is no part of the report.
    """

    def aside() -> str:
        return f" ({store.taken} pieces from the interrupted run)" if store and store.taken else ""

    try:
        with rare_collection(), executors as executor, bar("ballots and challenges", aside) as progress:
            examination = examine_path(record, question, executor, progress, store)
    except MalformedInput as error:
        since = question.since is not None
        return unreadable_report(str(error), anchors=question.anchors is not None, since=since), None
    except KeyboardInterrupt:
        if store and store.keeps:
            note("What is done is kept: the same command goes on from here.")
        raise
    if store:
        for sentence in store.notes():
            note(sentence)
        if store.taken:
            note(f"{store.taken} pieces were taken from an interrupted run.")
    return examination.report, examination.setting.manifest if examination.setting else None


def store_for(record: Path) -> ResumeStore | None:
    """Where results on this record are kept, by what its checkpoint says; None where it has none."""
    claim = claim_of(record)
    return open_store(claim.text(), os.environ, SystemRandomness()) if claim else None


def read_anchors(path: Path | None) -> Anchors | None:
    """The anchors in a file that the caller named."""
    if path is None:
        return None
    try:
        return decode_anchors(read_small(path))
    except MalformedInput as error:
        raise Usage(f"{path}: no anchors file: {error}") from None
