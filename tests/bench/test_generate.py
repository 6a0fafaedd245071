"""The record generator: what it makes is a record like any other, whether or not it was interrupted."""

import shutil
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from pathlib import Path
from typing import Any

import pytest

from benchmarks import generate as generating
from benchmarks.generate import Made, Shape, generate, vote_of
from e2evote.algebra.parameters import ELECTIONGUARD_4096, TEST_512
from e2evote.ballot.box_envelope import Envelope
from e2evote.verify import verify_record
from e2evote.verify.anchors import decode_anchors
from e2evote.verify.report import Report


def nobody_watches(_what: str) -> "generating.Step":
    return lambda done, total: None


def made(shape: Shape, folder: Path) -> Made:
    with ThreadPoolExecutor(1) as executor:
        return generate(shape, folder, executor, 1, nobody_watches)


def verified(record: Made, *, test_group: bool) -> Report:
    anchors = decode_anchors(record.anchors.read_bytes())
    return verify_record(record.record, anchors, allow_test_group=test_group)


def expect_sound(report: Report, shape: Shape) -> None:
    assert report.verdict == ("consistent" if report.facts.test_group else "accepted")
    assert report.facts.counts["counted"] == report.facts.counts["ballots"] == shape.ballots
    chosen = [vote_of(number, shape.options) for number in range(shape.ballots)]
    votes = report.facts.results[0].votes
    assert votes == {generating.option(i): chosen.count(i) for i in range(1, shape.options + 1)}


def test_a_record_of_twenty_ballots_verifies(tmp_path: Path) -> None:
    shape = Shape(20, 3, TEST_512.name)
    record = made(shape, tmp_path / "made")
    expect_sound(verified(record, test_group=True), shape)
    assert sorted(path.name for path in record.folder.iterdir()) == ["about.json", "anchors.json", "record"]
    assert list((record.record / "hints").iterdir())


def test_what_is_there_is_not_made_again(tmp_path: Path) -> None:
    shape = Shape(3, 2, TEST_512.name)
    record = made(shape, tmp_path / "made")
    before = (record.record / "checkpoint").read_bytes()
    assert made(shape, tmp_path / "made") == record
    assert (record.record / "checkpoint").read_bytes() == before
    with pytest.raises(ValueError, match="another shape"):
        made(Shape(4, 2, TEST_512.name), tmp_path / "made")


@pytest.mark.slow
def test_an_interrupted_run_goes_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One stops after the first bundle is published, one before the last leaves are."""

    class Interrupted(Exception):
        pass

    def interrupt(*_: object) -> None:
        raise Interrupted

    shape, folder = Shape(300, 2, TEST_512.name), tmp_path / "made"
    with monkeypatch.context() as patched:
        patched.setattr(generating, "finish", interrupt)
        with pytest.raises(Interrupted):
            made(shape, folder)
    whole = tmp_path / "whole"
    shutil.copytree(folder, whole)

    def cut_short(*arguments: Any, **more: Any) -> Iterator[Envelope]:
        yield from islice(sealed(*arguments, **more), 280)
        raise Interrupted

    sealed = generating.seal_all
    with monkeypatch.context() as patched:
        patched.setattr(generating, "seal_all", cut_short)
        with pytest.raises(Interrupted):
            made(shape, tmp_path / "half")
    for place in (whole, tmp_path / "half"):
        assert not (place / "about.json").exists()
        expect_sound(verified(made(shape, place), test_group=True), shape)


@pytest.mark.slow
def test_a_record_in_the_standard_group_verifies(tmp_path: Path) -> None:
    shape = Shape(20, 3, ELECTIONGUARD_4096.name)
    record = made(shape, tmp_path / "made")
    expect_sound(verified(record, test_group=False), shape)
