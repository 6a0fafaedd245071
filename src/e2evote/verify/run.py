"""The auditor's one call: `verify_record` (docs/verification.md).

Offline, read-only. Every error of the record ends up in the report; an exception from here is a fault of this
library or of the caller.
"""

from concurrent.futures import Executor
from contextlib import closing
from pathlib import Path

from e2evote.errors import MalformedInput
from e2evote.record.archive import OpenArchive, open_archive
from e2evote.verify.anchors import Anchors
from e2evote.verify.ballot_work import Progress
from e2evote.verify.examine import Examination, Question, examine, silent
from e2evote.verify.report import Report, unreadable_report


def verify_record(
    path: str | Path,
    expect: Anchors | None = None,
    executor: Executor | None = None,
    progress: Progress = silent,
    *,
    since: bytes | None = None,
    allow_test_group: bool = False,
) -> Report:
    """Verify the record at `path`, a directory or a zip file, and report every check.

    expect: anchors that reached the caller by another way than the record; without them the verdict is at best
    "consistent". executor: any `concurrent.futures.Executor`; its workers must see the same path. progress: called
    with ballots done and their total. since: an earlier checkpoint of the same log. allow_test_group: let a
    group for tests pass its check; the verdict is then at best "consistent" too.
    """
    question = Question(expect, since, allow_test_group)
    try:
        return examine_path(Path(path), question, executor, progress).report
    except MalformedInput as error:
        return unreadable_report(str(error), anchors=expect is not None, since=since is not None)


def examine_path(
    path: Path, question: Question, executor: Executor | None = None, progress: Progress = silent
) -> Examination:
    """The report with the facts behind it; MalformedInput where there is no record that can be read."""
    with closing(open_archive(path)) as archive:
        return examine(archive, OpenArchive(path), question, executor, progress)
