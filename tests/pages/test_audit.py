"""The audit page: what a verification in the background found, and that it is never shown as more than it is."""

import time
from pathlib import Path
from threading import Semaphore
from typing import Any

import pytest

from e2evote.adapter.audits import Audits, AuditView
from e2evote.verify import Check, verify_record
from pages.conftest import Hosted
from pages.hosting import client_of, seen

PATIENCE = 60


def test_the_page_begins_shows_progress_and_ends_with_every_check(ended_one: Hosted) -> None:
    client = client_of(ended_one.election)
    page = seen(client.get("/elections/ended-one/audit"))
    assert "No verification has ended yet" in page.words or "verification is" in page.words
    until = time.monotonic() + PATIENCE
    while not client.get("/elections/ended-one/audit.json").json()["report"]:
        assert time.monotonic() < until
        time.sleep(0.05)
    page = seen(client.get("/elections/ended-one/audit"))
    for check in Check:
        assert check in page.words
    assert "Consistent. Every check passed. This server cannot say that it is the selection" in page.words
    assert "Accepted" not in page.words
    assert "The number of challenges is the server's figure." in page.words
    assert "eligibility: That the keys behind the lines belong to members" in page.words
    assert ended_one.election.record().anchors.base_hash.hex() in page.words
    assert (ended_one.election.path / "private" / "audit.json").exists()


def test_failures_progress_and_age_are_shown(ended_one: Hosted, monkeypatch: pytest.MonkeyPatch) -> None:
    report = verify_record(ended_one.election.record_path, allow_test_group=True).members()
    bad: dict[str, Any] = {**report, "verdict": "rejected", "size": 3}
    bad["checks"] = [dict(one) for one in report["checks"]]  # type: ignore[union-attr, arg-type]
    failing = next(one for one in bad["checks"] if one["check"] == "ballot.tracker")
    failing |= {"status": "fail", "failed": 30}
    failing["failures"] = [{"subject": f"entry {i}", "detail": "<b>not so</b>"} for i in range(30)]
    head = Audits(ended_one.election.record_path, Path("nowhere"), Semaphore(0)).look().head
    view = AuditView("running", 40, 90, bad, "the disk is full", False, head)
    monkeypatch.setattr(Audits, "look", lambda self: view)
    page = seen(client_of(ended_one.election).get("/elections/ended-one/audit"))
    assert "A verification is running: 40 of 90 ballots" in page.words
    assert page.of("progress") == [{"max": "90", "value": "40", "aria-label": "Audit"}]
    assert "could not be finished: the disk is full" in page.words
    assert "What follows is about the first 3." in page.words
    assert "Rejected. A check failed." in page.words
    assert "<b>not so</b>" in page.words
    assert "entry 19" in page.words
    assert "entry 20" not in page.words
    assert "And 10 more" in page.words
    assert page.of("b") == []
    assert page.of("meta") == seen(client_of(ended_one.election).get("/elections/ended-one/")).of("meta"), "no refresh"
