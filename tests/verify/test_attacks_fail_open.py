"""A verifier must not find right what it never looked at (threat A19).

A check begins as passed with no subject examined, so a check that nobody calls would pass unseen. This record has one
of everything that a check can be about.
"""

import pytest

from e2evote.verify import Check, Report, Status, Verdict
from e2evote.verify.examine import Question
from e2evote.verify.report import unreadable_report
from e2evote.verify.voters import OF_ROLL
from simulate.bases import base_election
from simulate.insider import Dossier
from tests.ballot.rolled import RolledRig, Terms
from verify.shown import anchors_of, verify_files

ON_A_ROLL = (*OF_ROLL, Check.BALLOT_LINE, Check.BALLOT_STYLE)
ELSEWHERE = {
    *OF_ROLL,
    Check.BALLOT_STYLE,
    Check.CHECKED_HEAD,
    *(check for check in Check if check.startswith(("channel.", "report."))),
}
"""Checks of what only a selection with a roll has, or paper, or a report. The last two have tests of their own."""


@pytest.fixture(scope="module")
def full() -> Report:
    """A complaint and a restart, a ballot replaced, a challenge, a lot, witnesses; with every anchor."""
    d = Dossier(base_election("everything"))
    return verify_files(d.files(), Question(anchors_of(d.anchors()), d.checkpoint(20), True))


@pytest.fixture(scope="module")
def on_a_roll() -> Report:
    """Lines added and removed, a contact and codes replaced, a code revoked, marks, a ballot annulled."""
    rig = RolledRig.at("issued", Terms(paper=("in_person", "postal")))
    for envelope in (rig.add(), rig.remove(7)):
        rig.post(envelope)
    for registrar in rig.registrars:
        rig.post(rig.issue(registrar))
    rig.post(rig.opening())
    for make in (rig.contact, rig.ballot, rig.annul, rig.ballot, rig.mark):
        rig.post(make(1))
    rig.post(rig.reissue("reg-1", 2))
    rig.post(rig.revoke("reg-2", 3))
    return rig.examination().report


@pytest.fixture(scope="module")
def weighted() -> Report:
    """Lines with two weights."""
    lines = (("all", 1),) * 3 + (("all", 2),) * 3
    return RolledRig.at("frozen", Terms(lines=lines, weights=(1, 2), floor=3)).examination().report


@pytest.mark.parametrize("check", [check for check in Check if check not in ELSEWHERE], ids=lambda check: check.value)
def test_every_check_looks_at_something(check: Check, full: Report) -> None:
    assert full.result(check).status is Status.PASS
    assert full.result(check).examined > 0


@pytest.mark.parametrize("check", ON_A_ROLL, ids=lambda check: check.value)
def test_every_check_of_voters_looks_at_something(check: Check, on_a_roll: Report, weighted: Report) -> None:
    report = weighted if check is Check.ROLL_WEIGHTS else on_a_roll
    assert not report.failing
    assert report.result(check).status is Status.PASS
    assert report.result(check).examined > 0


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
