"""Sessions: only the host's server gets them, and what it gets leads one voter to this ballot client, once."""

import secrets
from collections.abc import Sequence
from typing import Any
from urllib.parse import parse_qs, urlsplit

from e2evote.adapter.conformance.deployment import Deployment, Failed, Skipped
from e2evote.adapter.conformance.finding import Check


def _refused(deployment: Deployment) -> None:
    answer = deployment.post(f"{deployment.api}/sessions", {"voter_ref": secrets.token_urlsafe(32)})
    if answer.status != 401 or answer.members().get("code") != "token-missing":
        raise Failed(f"{answer.url}: {answer.status} to who has no token, want 401 token-missing")


def _session(deployment: Deployment, voter_ref: str) -> dict[str, Any]:
    """A session of a voter that nobody else is."""
    token = deployment.given.token
    if not token:
        raise Skipped("want a token with the scope ballot:submit: --token-file")
    answer = deployment.post(f"{deployment.api}/sessions", {"voter_ref": voter_ref}, token)
    if answer.status != 201:
        raise Failed(f"{answer.url}: {answer.status} {answer.members().get('code', '')}, want 201")
    return answer.members()


def one_time_token(url: str) -> str:
    """The token in the fragment of a ballot client's address; Failed where there is not exactly one."""
    found = parse_qs(urlsplit(url).fragment).get("session", [])
    if len(found) != 1:
        raise Failed(f"{url.partition('#')[0]}#…: want one token, session=…, after the #")
    return found[0]


def _address(deployment: Deployment) -> None:
    url = str(_session(deployment, secrets.token_urlsafe(32)).get("url", ""))
    one_time_token(url)
    want = f"{deployment.pages}/client/"
    if url.partition("#")[0] != want:
        raise Failed(f"voters are sent to {url.partition('#')[0]}, want {want}: is --public-url of the server right?")


def _opaque(deployment: Deployment) -> None:
    voter_ref = secrets.token_urlsafe(32)
    if voter_ref in str(_session(deployment, voter_ref)):
        raise Failed("the answer has the voter's reference in it, which so comes into the browser's history")


def _once(deployment: Deployment) -> None:
    token = one_time_token(str(_session(deployment, secrets.token_urlsafe(32)).get("url", "")))
    exchange = f"{deployment.api}/sessions/exchange"
    first, second = (deployment.post(exchange, {"token": token}) for _ in range(2))
    if first.status != 200 or not first.members().get("session"):
        raise Failed(f"{exchange}: {first.status} to a new token, want 200 and a session")
    if second.status != 410:
        raise Failed(f"{exchange}: {second.status} to a token that was used, want 410")


SESSIONS: Sequence[Check] = (
    Check("sessions.refused", "who has no token gets no session", _refused),
    Check("sessions.address", "a session leads to the ballot client at this address", _address),
    Check("sessions.opaque", "the voter's reference is not in the address that voters are sent to", _opaque),
    Check("sessions.once", "a voter's token opens a session once", _once),
)
