"""`verify_record` from outside: paths, executors, anchors, what an incomplete record looks like."""

from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import pytest

from e2evote.verify import Anchors, Check, ExitCode, Status, Verdict, decode_anchors, verify_record
from simulate.bases import base_election
from simulate.insider import Dossier
from verify.shown import anchors_of


@pytest.fixture(scope="module")
def dossier() -> Dossier:
    return Dossier(base_election("base"))


@pytest.fixture(scope="module")
def record(dossier: Dossier, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return dossier.write(tmp_path_factory.mktemp("run") / "record")


@pytest.fixture(scope="module")
def anchors(dossier: Dossier) -> Anchors:
    found = anchors_of(dossier.anchors())
    assert found is not None
    return found


def test_every_check_is_in_the_report_once_and_in_order(record: Path) -> None:
    report = verify_record(record, allow_test_group=True)
    assert [result.check for result in report.results] == list(Check)


def test_workers_make_the_same_report(record: Path, anchors: Anchors, dossier: Dossier, tmp_path: Path) -> None:
    packed = dossier.pack(tmp_path / "record.zip")
    alone = verify_record(record, anchors, allow_test_group=True)
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as executor:
        assert verify_record(record, anchors, executor, allow_test_group=True).encode() == alone.encode()
        assert verify_record(packed, anchors, executor, allow_test_group=True).encode() == alone.encode()


def test_the_report_names_the_election(record: Path) -> None:
    members = verify_record(record, allow_test_group=True).members()
    assert members["election"] == {"id": "reference-2031", "name": {"en": "Reference election"}}


def test_progress_ends_at_the_total(record: Path) -> None:
    seen: list[tuple[int, int]] = []
    verify_record(record, progress=lambda done, total: seen.append((done, total)), allow_test_group=True)
    assert seen[-1] == (5, 5)


def test_a_test_group_is_never_accepted(record: Path, anchors: Anchors) -> None:
    report = verify_record(record, anchors, allow_test_group=True)
    assert (report.verdict, report.anchored, report.exit_code) == (Verdict.CONSISTENT, True, ExitCode.CONSISTENT)
    refused = verify_record(record, anchors)
    assert refused.failing == {Check.MANIFEST_GROUP}
    assert refused.exit_code == ExitCode.REJECTED


def test_without_anchors_a_record_is_consistent_at_best(record: Path) -> None:
    report = verify_record(record, allow_test_group=True)
    assert report.result(Check.ANCHOR_BASE_HASH).status is Status.NOT_ASKED
    assert not report.anchored
    assert report.verdict is Verdict.CONSISTENT


def test_claims_not_made_stand_beside_the_verdict(record: Path) -> None:
    report = verify_record(record, allow_test_group=True)
    assert report.not_claimed == ("eligibility", "witnesses", "channels", "floor")
    assert report.facts.floor == 0


@pytest.mark.slow
def test_the_standard_group_is_accepted(tmp_path: Path) -> None:
    from dataclasses import replace

    from reference.encryptor import make_election
    from simulate.elections import ELECTIONS

    made = Dossier(make_election(replace(ELECTIONS["one-of-three"], group="electionguard-2.1-4096"), bytes(32)))
    path = made.write(tmp_path / "record")
    assert verify_record(path).verdict is Verdict.CONSISTENT
    assert verify_record(path, anchors_of(made.anchors())).verdict is Verdict.ACCEPTED


def test_nothing_at_the_path_is_malformed(tmp_path: Path) -> None:
    report = verify_record(tmp_path / "nowhere")
    assert (report.verdict, report.exit_code) == (Verdict.MALFORMED, ExitCode.MALFORMED)
    assert "can't be opened" in report.unreadable
    assert {result.status for result in report.results} == {Status.NOT_RUN, Status.NOT_ASKED}


@pytest.mark.parametrize("size", [0, 257, 2**40, 2**53 - 1, 2**53, 2**62])
def test_a_size_that_is_claimed_costs_nothing(size: int, dossier: Dossier, record: Path, tmp_path: Path) -> None:
    files = dossier.files()
    lines = files["checkpoint"].split(b"\n")
    lines[1] = str(size).encode()
    for name, data in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(data if name != "checkpoint" else b"\n".join(lines))
    report = verify_record(tmp_path, allow_test_group=True)
    assert report.verdict in (Verdict.MALFORMED, Verdict.REJECTED, Verdict.INCOMPLETE)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"{}",
        b"null",
        b'{"base_hash":"","extended_base_hash":"","log_key":""}',
        b'{"base_hash":"' + b"0" * 64 + b'","base_hash":"","extended_base_hash":"","log_key":"x"}',
    ],
)
def test_anchors_that_are_none_are_refused(data: bytes) -> None:
    from e2evote.errors import MalformedInput

    with pytest.raises(MalformedInput):
        decode_anchors(data)


def test_anchors_round_trip(anchors: Anchors) -> None:
    assert decode_anchors(anchors.encode()) == anchors
