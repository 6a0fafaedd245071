"""The adapter through the author's proxy: nothing it answers may be replaced, added to, or kept for too long."""

import struct
from collections.abc import Sequence

from e2evote.adapter.conformance.deployment import Answer, Deployment, Failed
from e2evote.adapter.conformance.finding import Check
from e2evote.board.checkpoint import decode_text
from e2evote.board.log import CHECKPOINT
from e2evote.board.note import decode_note
from e2evote.board.tiles import ENTRIES, PAYLOAD, TilePath, bundles
from e2evote.errors import MalformedInput

PROBLEM = "application/problem+json"
PROBLEM_TYPE = "urn:e2evote:problem:"
ELSEWHERE = "https://elsewhere.example"
LARGE_BALLOT = 1_500_000
"""Bytes; a proxy with a smaller limit on bodies refuses ballots with many options."""


def _reachable(deployment: Deployment) -> None:
    told = deployment.found(deployment.api).members()
    if told.get("id") != deployment.election:
        raise Failed(f"{deployment.api}: this is {told.get('id')!r}, want {deployment.election!r}")


def _problem(answer: Answer, status: int, code: str) -> None:
    """The answer is the adapter's own refusal, with this status and code."""
    if answer.status != status:
        raise Failed(f"{answer.url}: the answer is {answer.status}, want {status}")
    if answer.media_type != PROBLEM:
        raise Failed(f"{answer.url}: {status} with {answer.media_type or 'no type'}, want {PROBLEM}")
    members = answer.members()
    wanted = {"type": PROBLEM_TYPE + code, "code": code, "status": status}
    for name, value in wanted.items():
        if members.get(name) != value:
            raise Failed(f"{answer.url}: {name} is {members.get(name)!r}, want {value!r}")


def _not_found(deployment: Deployment) -> None:
    _problem(deployment.get(f"{deployment.api}/no-such-thing"), 404, "not-found")


def _malformed(deployment: Deployment) -> None:
    _problem(deployment.post(f"{deployment.api}/ballots", {"leaf": 1, "payload": 2}), 400, "request-malformed")


def _method(deployment: Deployment) -> None:
    answer = deployment.send("DELETE", deployment.api)
    _problem(answer, 405, "method-not-allowed")
    if "GET" not in answer.headers.get("allow", ""):
        raise Failed(f"{deployment.api}: 405 without Allow: GET")


def _large(deployment: Deployment) -> None:
    answer = deployment.post(f"{deployment.api}/ballots", {"leaf": "{}", "payload": "0" * LARGE_BALLOT})
    if answer.media_type != PROBLEM or answer.status != 400:
        raise Failed(f"a body of {LARGE_BALLOT} bytes: {answer.status} {answer.media_type}, want the adapter's own 400")


def _cors(deployment: Deployment) -> None:
    for answer in (
        deployment.send("GET", deployment.api, None, {"Origin": ELSEWHERE}),
        deployment.send("GET", f"{deployment.pages}/client/e2evote.js", None, {"Origin": ELSEWHERE}),
        deployment.send("OPTIONS", f"{deployment.api}/ballots", None, _PREFLIGHT),
    ):
        allowed = answer.headers.get_list("access-control-allow-origin")
        if allowed != ["*"]:
            raise Failed(f"{answer.url}: Access-Control-Allow-Origin is {', '.join(allowed) or 'missing'}, want *")
        if "access-control-allow-credentials" in answer.headers:
            raise Failed(f"{answer.url}: Access-Control-Allow-Credentials is there; no cookie is ever needed")


_PREFLIGHT = {
    "Origin": ELSEWHERE,
    "Access-Control-Request-Method": "POST",
    "Access-Control-Request-Headers": "content-type",
}


def _board(deployment: Deployment, path: str) -> Answer:
    return deployment.found(f"{deployment.api}/board/{path}")


def _size(deployment: Deployment) -> int:
    try:
        return decode_text(decode_note(_board(deployment, CHECKPOINT).body).text).size
    except MalformedInput as error:
        raise Failed(f"{deployment.api}/board/{CHECKPOINT}: {error}") from None


def _first(deployment: Deployment, kind: str) -> TilePath:
    return next(iter(bundles(kind, _size(deployment), 0)))


def _cache(deployment: Deployment) -> None:
    checkpoint = _board(deployment, CHECKPOINT)
    if not 0 <= _seconds(checkpoint) <= MOST_SECONDS:
        raise Failed(f"{checkpoint.url}: Cache-Control is {_said(checkpoint)!r}, want {MOST_SECONDS} s at most")
    bundle = _board(deployment, _first(deployment, ENTRIES).encode())
    if _seconds(bundle) < MOST_SECONDS:
        raise Failed(f"{bundle.url}: Cache-Control is {_said(bundle)!r}, want {MOST_SECONDS} s at least")


MOST_SECONDS = 60


def _said(answer: Answer) -> str:
    return str(answer.headers.get("cache-control", ""))


def _seconds(answer: Answer) -> int:
    """How long the answer may be kept, by its header; -1 where it does not say, and everybody may guess."""
    said = [one.strip().lower() for one in _said(answer).split(",")]
    if "no-store" in said or "no-cache" in said:
        return 0
    ages = [one.partition("=")[2] for one in said if one.startswith(("max-age=", "s-maxage="))]
    return max((int(age) for age in ages if age.isdecimal()), default=-1)


def _manifest(deployment: Deployment) -> None:
    pack = _board(deployment, _first(deployment, PAYLOAD).encode())
    if len(pack.body) < 4:
        raise Failed(f"{pack.url}: no payloads")
    (length,) = struct.unpack(">I", pack.body[:4])
    manifest = deployment.found(f"{deployment.api}/manifest")
    if manifest.body != pack.body[4 : 4 + length]:
        raise Failed(f"{manifest.url}: other bytes than the payload of entry 0 in {pack.url}")


def no_cookies(deployment: Deployment) -> None:
    """Runs last: over every answer that the adapter gave."""
    for answer in deployment.answers:
        if "set-cookie" in answer.headers:
            raise Failed(f"{answer.url}: Set-Cookie; the adapter sets none, so something before it does")


BEHIND_PROXY: Sequence[Check] = (
    Check("adapter.reachable", "the selection answers at this address", _reachable),
    Check("adapter.problem-404", "what is not there is answered with the adapter's own problem details", _not_found),
    Check("adapter.problem-400", "a malformed request is answered with the adapter's own problem details", _malformed),
    Check("adapter.problem-405", "a wrong method is answered with problem details and Allow", _method),
    Check("adapter.large-body", f"a ballot of {LARGE_BALLOT} bytes reaches the adapter", _large),
    Check("adapter.cors", "public answers may be read by pages of any origin, without credentials", _cors),
    Check("board.cache", "parts of the board may be kept by caches, its checkpoint for seconds", _cache),
    Check("board.manifest", "the manifest is the same bytes under both its names", _manifest),
)
