"""From a closed history to its outcome; and what two verifiers, of which one shares no code with the box, say of it."""

from e2evote.record.statement import Statement
from e2evote.verify.checks import Verdict
from reference.verifier import verify
from tests.ballot.envelopes import files_of
from tests.ballot.rolled import RolledRig
from tests.voters.parties import papers


def stated(rig: RolledRig) -> Statement:
    """Totals on paper, and the statement that follows from the board."""
    for channel in ("in_person", "postal"):
        rig.post(papers(rig, channel))
    statement = rig.statement()
    rig.post(rig.leaf("tally.statement", statement.body(), statement.encode()))
    return statement


def published(rig: RolledRig) -> None:
    """Acceptances, shares and outcome."""
    for trustee in (1, 2):
        rig.post(rig.acceptance(trustee))
    for trustee in (1, 2):
        rig.post(rig.share(trustee))
    rig.post(rig.outcome_leaf(rig.outcome((1, 2))))


def verifiers_agree(rig: RolledRig) -> None:
    """Nothing fails, nothing is missing, and what is counted is the same."""
    library = rig.examination().report
    reference = verify(files_of(rig.manifest, tuple(rig.entries)), allow_test_group=True)
    assert library.verdict is Verdict.CONSISTENT, library.failing
    assert reference["verdict"] == "consistent"
    statuses = {check["check"]: check["status"] for check in reference["checks"]}
    assert {result.check.value: result.status.value for result in library.results} == statuses
    for name in ("counts", "results"):
        assert library.members()[name] == reference[name], name
