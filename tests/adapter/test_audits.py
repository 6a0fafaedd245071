"""Verifications in the background: the verifier's own report, in turns, kept, and never begun twice for one head."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Semaphore
from typing import Any

import pytest

from e2evote.adapter.audits import Audits, AuditView
from e2evote.adapter.election import Election
from e2evote.algebra.parameters import TEST_512
from e2evote.verify import verify_record

PATIENCE = 60


def waited(look: Callable[[], Any], done: Callable[[Any], bool]) -> Any:
    """What `look` gives once it is `done`."""
    until = time.monotonic() + PATIENCE
    while not done(view := look()):
        assert time.monotonic() < until, view
        time.sleep(0.05)
    return view


def ended(audits: Audits) -> AuditView:
    view: AuditView = waited(audits.look, lambda view: view.state == "idle")
    return view


def without_files(report: Any) -> dict[str, Any]:
    """What is verified is a still copy, which has fewer files that a verifier ignores."""
    assert report["checks"][0]["check"] == "record.files"
    return {**report, "checks": report["checks"][1:]}


@pytest.fixture(scope="module")
def record(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    path = tmp_path_factory.mktemp("audits") / "store"
    contests = {"chair": ["ada", "bob"]}
    with Election.create(path, contests=contests, rehearsal=True, group=TEST_512.name) as election:
        election.open()
        election.cast("voter 1", {"chair": {"ada": 1}})
        election.close()
        election.tally()
        yield election.record_path


@pytest.fixture
def audits(record: Path, tmp_path: Path) -> Iterator[Audits]:
    made = Audits(record, tmp_path / "audit.json", Semaphore(), allow_test_group=True)
    yield made
    made.close()


def test_the_report_is_that_of_the_verifier(audits: Audits, record: Path, tmp_path: Path) -> None:
    first = audits.look()
    assert (first.state, first.report, first.current) == ("waiting", None, False)
    view = ended(audits)
    assert view.failure == ""
    assert view.current
    assert without_files(view.report) == without_files(verify_record(record, allow_test_group=True).members())
    again = Audits(record, tmp_path / "audit.json", Semaphore())
    shown = again.look()
    assert (shown.state, shown.current, shown.report) == ("idle", True, view.report), "kept for the next server"


@pytest.mark.parametrize("kept", [b"", b"{", b"[]", b"null", b'{"checks":[]}', b'{"checks":[{"check":"board.root"}]}'])
def test_a_kept_file_that_is_no_report_is_no_report(record: Path, tmp_path: Path, kept: bytes) -> None:
    (tmp_path / "audit.json").write_bytes(kept)
    audits = Audits(record, tmp_path / "audit.json", Semaphore(0))
    assert audits.look().report is None


def test_they_take_turns(record: Path, tmp_path: Path) -> None:
    turn = Semaphore(0)
    audits = Audits(record, tmp_path / "audit.json", turn, allow_test_group=True)
    audits.look()
    time.sleep(0.2)
    assert audits.look().state == "waiting"
    turn.release()
    assert ended(audits).report


def test_a_run_that_cannot_be_finished_is_told_and_not_begun_again(
    record: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.executable", "/bin/false")
    audits = Audits(record, tmp_path / "audit.json", Semaphore())
    audits.look()
    view = ended(audits)
    assert (view.report, view.failure) == (None, "it ended with 1")
    assert audits.look().state == "idle"


def test_without_room_for_the_report_it_ends_all_the_same(record: Path, tmp_path: Path) -> None:
    audits = Audits(record, tmp_path / "nowhere" / "audit.json", Semaphore(), allow_test_group=True)
    audits.look()
    assert ended(audits).failure == "FileNotFoundError"


def test_what_is_closed_ends_and_begins_nothing(record: Path, tmp_path: Path) -> None:
    audits = Audits(record, tmp_path / "audit.json", Semaphore(), allow_test_group=True)
    audits.look()
    waited(audits.look, lambda view: view.state == "running")
    audits.close()
    assert ended(audits).report is None
    assert audits.look().state == "idle"
