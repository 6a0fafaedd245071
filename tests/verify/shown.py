"""A record of the insider's, shown to the library's verifier in the form that a tamper asks for."""

from contextlib import nullcontext
from pathlib import Path

from e2evote.errors import MalformedInput
from e2evote.hashing import canonical
from e2evote.record.archive import MemoryArchive
from e2evote.verify import Anchors, Report, decode_anchors, verify_record
from e2evote.verify.examine import Question, examine
from e2evote.verify.report import unreadable_report
from simulate.insider import Dossier


def anchors_of(expect: dict[str, str] | None) -> Anchors | None:
    """The library's anchors from the insider's."""
    return decode_anchors(canonical.encode(expect)) if expect is not None else None


def verify_files(files: dict[str, bytes], question: Question) -> Report:
    """The report on a record in memory."""
    archive = MemoryArchive(files)
    try:
        return examine(archive, lambda: nullcontext(archive), question).report
    except MalformedInput as error:
        since = question.since is not None
        return unreadable_report(str(error), anchors=question.anchors is not None, since=since)


def library_report(d: Dossier, shown: str, folder: Path, *, one_by_one: bool = False) -> Report:
    """The library's report on the dossier, shown as `files`, `zip` or `directory`."""
    expect = anchors_of(d.expect)
    if shown == "files":
        return verify_files(d.files(), Question(expect, d.since, d.allow_test_group, one_by_one))
    path = folder / ("record.zip" if shown == "zip" else "record")
    if not path.exists():
        path = d.pack(path) if shown == "zip" else d.write(path)
    return verify_record(path, expect, since=d.since, allow_test_group=d.allow_test_group, one_by_one=one_by_one)
