"""From findings to a refusal: what would fail a check of the record is not appended (docs/verification.md).

The code of such a refusal is the name of the check, so that whoever is refused can look up and repeat it.
"""

from e2evote.ballot.checker import failures
from e2evote.errors import CheckFailed, MalformedInput, Refused, TrusteeFault
from e2evote.verify.findings import Findings


def refuse_failures(findings: Findings) -> None:
    """Refused for the first failure in the order of the report; nothing if there is none."""
    for failure in failures(findings):
        raise refusal(failure)


def refusal(reason: CheckFailed | TrusteeFault) -> Refused:
    """The refusal that a failed check, or a trustee's false message, leads to."""
    if isinstance(reason, TrusteeFault):
        return Refused(str(reason.step), f"trustee {reason.trustee}: {reason.detail}")
    return Refused(str(reason.check), f"{reason.subject}: {reason.detail}")


def bad_form(check: str, subject: str, error: MalformedInput) -> Refused:
    """The refusal of a payload that has not its form."""
    return Refused(str(check), f"{subject}: {error}")
