"""The bytes that are checked are the bytes that are used, though a worker opens the archive again (threat A137)."""

from contextlib import nullcontext

import pytest

from e2evote.record.archive import MemoryArchive
from e2evote.verify import Check, Report, Verdict
from e2evote.verify.examine import Question, examine
from simulate.bases import base_election
from simulate.insider import Dossier

QUESTION = Question(None, None, True)


@pytest.fixture(scope="module")
def dossier() -> Dossier:
    return Dossier(base_election("base"))


def examined_then(first: dict[str, bytes], second: dict[str, bytes]) -> Report:
    """The report where the archive has other files by the time that the ballots are read."""
    archive, later = MemoryArchive(first), MemoryArchive(second)
    return examine(archive, lambda: nullcontext(later), QUESTION).report


def with_ballots(dossier: Dossier, *order: int) -> dict[str, bytes]:
    """The record's files with the payloads of its ballots in another order; leaves and tree stay."""
    other = Dossier(dossier.made)
    ballots = other.all("ballot")
    payloads = [ballot.payload_bytes() for ballot in ballots]
    for ballot, source in zip(ballots, order, strict=True):
        ballot.packed = payloads[source]
    return other.files()


def test_the_same_archive_twice_is_consistent(dossier: Dossier) -> None:
    report = examined_then(dossier.files(), with_ballots(dossier, 0, 1, 2, 3))
    assert report.verdict is Verdict.CONSISTENT


def test_ballots_exchanged_after_the_leaves_were_read(dossier: Dossier) -> None:
    """Both are good ballots of this election; each is compared with the leaf that was checked."""
    report = examined_then(dossier.files(), with_ballots(dossier, 0, 3, 2, 1))
    assert report.failing == {Check.BOARD_PAYLOAD}
    assert report.result(Check.BOARD_PAYLOAD).failed == 2
    assert report.verdict is Verdict.REJECTED


def test_ballots_taken_away_after_the_leaves_were_read(dossier: Dossier) -> None:
    name = next(name for name in dossier.files() if name.startswith("payload/"))
    fewer = {path: data for path, data in dossier.files().items() if path != name}
    report = examined_then(dossier.files(), fewer)
    assert report.verdict is Verdict.INCOMPLETE
    assert report.result(Check.TALLY_PRODUCTS).status.value == "not run"
