"""The auditor's one call: `verify_record` (docs/verification.md).

Offline, read-only. Every error of the record ends up in the report. `Refused` says that the run could not be finished;
any other exception from here is a fault of this library or of the caller.
"""

from concurrent.futures import Executor
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryFile
from typing import BinaryIO

from e2evote.errors import MalformedInput
from e2evote.record.archive import OpenArchive, open_archive
from e2evote.verify.anchors import Anchors
from e2evote.verify.ballot_work import Means, Progress, silent
from e2evote.verify.examine import Examination, Question, examine
from e2evote.verify.report import Report, unreadable_report
from e2evote.verify.resume import Resume


def verify_record(
    path: str | Path,
    expect: Anchors | None = None,
    executor: Executor | None = None,
    progress: Progress = silent,
    *,
    since: bytes | None = None,
    allow_test_group: bool = False,
    one_by_one: bool = False,
    resume: Resume | None = None,
) -> Report:
    """Verify the record at `path`, a directory or a zip file, and report every check.

    expect: anchors that reached the caller by another way than the record; without them the verdict is at best
    "consistent". executor: any `concurrent.futures.Executor`; its workers must see the same path. progress: called
    with ballots done and their total. since: an earlier checkpoint of the same log. allow_test_group: let a
    group for tests pass its check; the verdict is then at best "consistent" too. one_by_one: verify no proofs in
    batches, which takes longer and leaves nothing to chance. resume: where results are stored for a run that goes on
    after this one was interrupted. The report is the same with any of them.
    """
    question = Question(expect, since, allow_test_group, one_by_one)
    try:
        return examine_path(Path(path), question, executor, progress, resume).report
    except MalformedInput as error:
        return unreadable_report(str(error), anchors=expect is not None, since=since is not None)


def examine_path(
    path: Path,
    question: Question,
    executor: Executor | None = None,
    progress: Progress = silent,
    resume: Resume | None = None,
) -> Examination:
    """The report with the facts behind it; MalformedInput where there is no record that can be read.

    What does not fit into memory lies in temporary files, which are gone with the examination.
    """
    with closing(open_archive(path)) as archive:
        return examine(archive, OpenArchive(path.absolute()), question, Means(executor, progress, _scratch, resume))


def _scratch() -> BinaryIO:
    return TemporaryFile()
