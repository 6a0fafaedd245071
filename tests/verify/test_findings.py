"""The account of checks: nothing passes that nobody ran (threat A19)."""

from e2evote.verify.checks import Check, Status, Verdict
from e2evote.verify.findings import MOST_LISTED, Findings
from e2evote.verify.report import Facts, report_of

CHECK = Check.BALLOT_FORM


def test_a_check_that_nobody_ran_has_not_passed() -> None:
    report = report_of(Facts(), Findings())
    assert {result.status for result in report.results} == {Status.NOT_RUN}
    assert report.verdict is Verdict.INCOMPLETE


def test_a_check_that_was_begun_passes_with_nothing_to_examine() -> None:
    findings = Findings()
    findings.begin(CHECK)
    assert findings.status(CHECK) is Status.PASS
    assert findings.of(CHECK).examined == 0


def test_failing_wins_over_everything() -> None:
    findings = Findings()
    findings.missing(CHECK, "gone")
    findings.not_run("no time", CHECK)
    assert findings.status(CHECK) is Status.MISSING
    findings.fail(CHECK, "ballot 1", "wrong")
    assert findings.status(CHECK) is Status.FAIL


def test_not_run_counts_only_where_nothing_was_examined() -> None:
    findings = Findings()
    findings.not_run("no time", CHECK)
    assert findings.status(CHECK) is Status.NOT_RUN
    findings.examined(CHECK)
    assert findings.status(CHECK) is Status.PASS


def test_failures_are_listed_up_to_a_limit_and_all_counted() -> None:
    total = Findings()
    for part in range(3):
        findings = Findings()
        for i in range(MOST_LISTED // 2):
            findings.expect(CHECK, f"ballot {part}.{i}", False, "wrong")
        total.add(findings)
    tally = total.of(CHECK)
    assert (tally.failed, tally.examined, len(tally.failures)) == (1500, 1500, MOST_LISTED)
    assert tally.failures[0].subject == "ballot 0.0"


def test_every_check_alone_rejects() -> None:
    for check in Check:
        findings = Findings()
        findings.begin(*Check)
        findings.fail(check, "x", "y")
        verdict = report_of(Facts(), findings).verdict
        assert verdict is (Verdict.MALFORMED if check is Check.MANIFEST_FORM else Verdict.REJECTED)


def test_every_check_alone_can_leave_a_record_incomplete() -> None:
    for check in Check:
        findings = Findings()
        findings.begin(*(other for other in Check if other is not check))
        assert report_of(Facts(), findings).verdict is Verdict.INCOMPLETE
