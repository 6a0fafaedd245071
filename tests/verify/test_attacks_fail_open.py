"""A verifier must not find right what it never looked at (threat A19).

A check begins as passed with no subject examined, so a check that nobody calls would pass unseen. This record has one
of everything that a check can be about.
"""

import pytest

from e2evote.verify import Check, Report, Status, Verdict
from e2evote.verify.examine import Question
from e2evote.verify.report import unreadable_report
from simulate.bases import base_election
from simulate.insider import Dossier
from verify.shown import anchors_of, verify_files


@pytest.fixture(scope="module")
def full() -> Report:
    """A complaint and a restart, a ballot replaced, a challenge, a lot, witnesses; with every anchor."""
    d = Dossier(base_election("everything"))
    return verify_files(d.files(), Question(anchors_of(d.anchors()), d.checkpoint(20), True))


@pytest.mark.parametrize("check", Check, ids=lambda check: check.value)
def test_every_check_looks_at_something(check: Check, full: Report) -> None:
    assert full.result(check).status is Status.PASS
    assert full.result(check).examined > 0


def test_nothing_at_all_is_not_accepted() -> None:
    assert unreadable_report("no file", anchors=True, since=True).verdict is Verdict.MALFORMED


def test_a_record_without_anything_after_its_manifest_is_incomplete() -> None:
    d = Dossier(base_election("base"))
    del d.entries[1:]
    report = verify_files(d.files(), Question(None, None, True))
    assert report.failing == frozenset()
    assert report.verdict is Verdict.INCOMPLETE
    assert report.result(Check.TALLY_PRODUCTS).status is Status.NOT_RUN
    assert report.result(Check.TALLY_SHARE_PROOF).status is Status.NOT_RUN
