"""What a verification keeps of each ballot in memory (docs/architecture.md, Verification)."""

import gc
import tracemalloc
from pathlib import Path
from tempfile import TemporaryFile
from typing import BinaryIO

import pytest

from e2evote.record.archive import OpenArchive, open_archive
from e2evote.verify import Check
from e2evote.verify.ballot_work import Means
from e2evote.verify.examine import Examination, Question, examine
from tests.verify.synthetic import HALF, VOTES_ON_A_LINE, read_only, unsigned, write_record

FEW, MANY = 700, 2100
MOST = 64
"""Bytes for each ballot."""


@pytest.fixture
def _small_buffers(monkeypatch: pytest.MonkeyPatch) -> None:
    """What has a fixed size in a real run is full with few ballots here, so that it does not count as growth."""
    monkeypatch.setattr("e2evote.record.runs.RUN_LIMIT", 2**13)
    monkeypatch.setattr("e2evote.record.runs._BLOCK", 2**7)
    monkeypatch.setattr("e2evote.verify.pieces.SELECTIONS", 400)
    monkeypatch.setattr("e2evote.verify.worker.check_chunk", read_only)
    monkeypatch.setattr("e2evote.verify.worker.check_signatures", unsigned)
    monkeypatch.setattr("e2evote.verify.payloads.WHOLE", 2**13)
    monkeypatch.setattr("e2evote.verify.packs.WHOLE", 2**13)


def scratch() -> BinaryIO:
    return TemporaryFile()


def examined(path: Path) -> tuple[Examination, int, int]:
    """With the most memory that was in use beyond that before, and what was still in use at the end."""
    gc.collect()
    tracemalloc.start()
    before, _ = tracemalloc.get_traced_memory()
    archive = open_archive(path)
    question = Question(allow_test_group=True)
    # Cycles that nobody needs any more are not taken for growth.
    means = Means(scratch=scratch, progress=lambda done, total: gc.collect() and None)
    found = examine(archive, OpenArchive(path), question, means)
    archive.close()
    gc.collect()
    kept, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return found, most - before, kept - before


@pytest.mark.usefixtures("_small_buffers")
@pytest.mark.parametrize("roll", [False, True], ids=["open", "roll"])
def test_memory_hardly_grows_with_the_number_of_ballots(roll: bool, tmp_path: Path) -> None:
    paths = {number: write_record(tmp_path / str(number), number, roll=roll) for number in (FEW, MANY)}
    examined(paths[FEW])  # what is loaded once
    found = {number: examined(path) for number, path in paths.items()}
    for number, (examination, _, _) in found.items():
        assert not examination.report.failing
        assert examination.report.facts.counts["ballots"] == number
        counted = len(HALF.lines) if roll else number - number // VOTES_ON_A_LINE
        assert examination.report.facts.counts["counted"] == counted
        assert examination.report.result(Check.BALLOT_UNIQUE).examined == number
        assert examination.products is not None
    assert (found[MANY][1] - found[FEW][1]) / (MANY - FEW) <= MOST
    assert (found[MANY][2] - found[FEW][2]) / (MANY - FEW) <= MOST / 2
