"""Every check, in order, and one way to run them."""

from collections.abc import Callable, Sequence

from e2evote.adapter.conformance.behind_proxy import BEHIND_PROXY, no_cookies
from e2evote.adapter.conformance.client_files import CLIENT_FILES
from e2evote.adapter.conformance.deployment import Deployment
from e2evote.adapter.conformance.finding import Check, Finding, Result
from e2evote.adapter.conformance.host_page import HOST_PAGE
from e2evote.adapter.conformance.tokens import SESSIONS
from e2evote.adapter.conformance.webhook import WEBHOOK

_COOKIES = Check("adapter.cookies", "no answer of the adapter sets a cookie", no_cookies)

CHECKS: tuple[Check, ...] = (*BEHIND_PROXY, *CLIENT_FILES, *SESSIONS, _COOKIES, *HOST_PAGE, *WEBHOOK)


def run(
    deployment: Deployment, told: Callable[[Finding], None], checks: Sequence[Check] = CHECKS
) -> tuple[Finding, ...]:
    """These checks against one deployment, in order. Where the selection does not answer, the others are skipped."""
    findings: list[Finding] = []
    for check in checks:
        if any(one.name == CHECKS[0].name and one.result is Result.FAIL for one in findings):
            found = Finding(check.name, Result.SKIP, "the selection does not answer")
        else:
            found = check.run(deployment)
        findings.append(found)
        told(found)
    return tuple(findings)
