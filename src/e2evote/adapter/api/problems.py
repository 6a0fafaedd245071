"""Every refusal as RFC 9457 problem details, with a code that stays the same (docs/http.md, Problems; docs/errors.md).

    {"type": "urn:e2evote:problem:CODE", "title": …, "status": …, "code": CODE, "detail": …}

`title` belongs to the code, `detail` to this request. Where members of a body are at fault `errors` names each by its
JSON pointer. An internal error has an `instance`, under which the server's log names the place in the code.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from fastapi import Response

from e2evote.errors import CheckFailed, E2EVoteError, MalformedInput, Refused

MEDIA_TYPE = "application/problem+json"
TYPE = "urn:e2evote:problem:"

OWN: Mapping[str, tuple[int, str]] = {
    "busy": (503, "The server has too much to do just now"),
    "election-exists": (409, "There is an election, or a draft of one, with this id"),
    "election-unknown": (404, "This server has no such election"),
    "idempotency-busy": (409, "The same request is being worked on"),
    "idempotency-key-missing": (400, "The request needs an idempotency key"),
    "idempotency-mismatch": (422, "The idempotency key was used for another request"),
    "internal": (500, "An error of the server"),
    "issuer-unreachable": (503, "The keys of the token's issuer can't be fetched"),
    "kind-elsewhere": (422, "This address does not take entries of that kind"),
    "media-type": (415, "The body is not of a type that is taken here"),
    "method-not-allowed": (405, "This address does not take that method"),
    "no-drafts": (404, "This server begins no elections"),
    "no-manifest": (409, "The draft has no manifest yet"),
    "no-rehearsal": (403, "Only in a rehearsal anything happens without a signed entry"),
    "not-found": (404, "There is nothing at this address"),
    "precondition-failed": (412, "It was changed meanwhile"),
    "precondition-required": (428, "The request must say which version it is about"),
    "rate-limited": (429, "Too many requests from one address"),
    "request-malformed": (400, "The request has not the form that is documented"),
    "scope-missing": (403, "The token does not allow this"),
    "scopes-apart": (403, "No token may both change the roll and issue credentials"),
    "sessions-by-host": (403, "Sessions are made by the host of this election"),
    "submission-unknown": (404, "Nothing like this was handed in, or its answer is forgotten"),
    "token-expired": (410, "The one-time token is too old"),
    "token-invalid": (401, "The bearer token is not valid here"),
    "token-missing": (401, "A bearer token is needed"),
    "token-used": (410, "The one-time token was used before, or there is none"),
    "too-large": (413, "The body is too large"),
    "too-slow": (408, "The body did not come in time"),
}
"""Codes that only the HTTP adapter has, with status and title."""

REFUSALS: Mapping[str, int] = {
    "board-ahead": 503,
    "board-behind": 503,
    "board-forked": 503,
    "board-locked": 503,
    "board-missing": 503,
    "board-rewritten": 503,
    "box-busy": 503,
    "challenge-limit": 429,
    "failure-limit": 429,
    "internal": 500,
    "entry-unknown": 404,
    "line-unknown": 404,
    "manifest-rules": 422,
    "no-answer": 503,
    "no-client": 404,
    "no-outcome": 404,
    "no-report": 404,
    "no-quorum": 503,
    "not-cosigned": 503,
    "not-stated": 404,
    "record-changed": 503,
    "record-fails": 503,
    "record-incomplete": 503,
    "roll-line": 400,
    "secret.locked": 503,
    "submission-malformed": 422,
    "test-group": 422,
    "too-large": 413,
    "url-unreachable": 503,
    "waiting-limit": 429,
}
"""Status of a refusal of docs/errors.md; any other is a conflict with the state of the election, 409."""

TITLES: Mapping[str, str] = {
    "already-cast": "This sealed ballot was cast",
    "already-challenged": "This sealed ballot was opened",
    "already-marked": "The line has voted on paper",
    "board.dates": "The dates of the election do not allow this",
    "board.phase": "Not in this phase of the election",
    "box-busy": "Too many submissions wait",
    "challenge-limit": "The session has as many challenges as there may be",
    "entry-unknown": "The log has no such entry",
    "failure-limit": "Too many proofs of this line or session have failed",
    "line-unknown": "The roll has no such line",
    "no-outcome": "There is no outcome yet",
    "no-report": "There is no report yet",
    "no-session": "A challenge needs a session that was given out here",
    "not-stated": "There is no tally statement yet",
    "roll-line": "This is no line number",
    "stale-prev": "The line has a later ballot",
    "storage-full": "There is no room for a submission",
    "submission-malformed": "This is no submission",
    "voting-closed": "Voting is over",
    "voting-paused": "Voting online is paused",
    "waiting-limit": "Submissions of this line or session wait already",
}
"""Titles of refusals that voters and hosts meet; others are named by their code."""

_HEADERS: Mapping[str, Mapping[str, str]] = {
    "401": {"www-authenticate": "Bearer"},
    "503": {"retry-after": "5"},
    "failure-limit": {"retry-after": "60"},
    "waiting-limit": {"retry-after": "5"},
}
"""Headers of a refusal, by its code or its status."""

_CONFLICTS = ("board.phase", "board.dates")
"""Checks that a leaf fails because of when it comes, not because of what it is."""

_STORAGE = "storage-"
"""Codes that begin so concern the server, 503."""

_LONGEST_DETAIL = 1000


@dataclass(frozen=True, slots=True)
class FieldError:
    """One member of a body that is at fault. pointer: RFC 6901."""

    pointer: str
    detail: str


@dataclass(frozen=True, slots=True)
class Answer:
    """A problem as it is answered."""

    code: str
    status: int
    title: str
    detail: str = ""
    errors: Sequence[FieldError] = ()
    headers: Mapping[str, str] = field(default_factory=dict)
    instance: str = ""

    def response(self) -> Response:
        """The HTTP response."""
        members: dict[str, object] = {
            "type": TYPE + self.code,
            "title": self.title,
            "status": self.status,
            "code": self.code,
            "detail": self.detail[:_LONGEST_DETAIL] or self.title,
        }
        if self.errors:
            members["errors"] = [{"pointer": one.pointer, "detail": one.detail} for one in self.errors]
        if self.instance:
            members["instance"] = self.instance
        headers = {"cache-control": "no-store", **self.headers}
        return Response(json.dumps(members).encode(), self.status, headers, media_type=MEDIA_TYPE)


class Problem(Exception):
    """A request that is answered with one of the adapter's own codes."""

    def __init__(
        self,
        code: str,
        detail: str = "",
        *,
        errors: Sequence[FieldError] = (),
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(code, detail)
        status, title = OWN[code]
        self.answer = Answer(code, status, title, detail, errors, headers or {})

    def __str__(self) -> str:
        return f"{self.answer.code}: {self.answer.detail}"


def answer_to(error: Exception) -> Answer:
    """What is answered to whoever caused this error; `internal` for what nobody foresaw."""
    match error:
        case Problem():
            return error.answer
        case Refused():
            return of_refusal(error)
        case CheckFailed():
            return _answer(error.check, status_of(error.check), f"{error.subject}: {error.detail}")
        case MalformedInput():
            return of_malformed(error)
        case E2EVoteError():
            return _answer("refused", 422, str(error))
    return _answer("internal", 500, "")


def of_refusal(refused: Refused) -> Answer:
    """A refusal of the box, or of the facade. What the server's owner has to see to is told to nobody else."""
    status = status_of(refused.code)
    detail = refused.detail if status < 500 else ""
    headers = _HEADERS.get(refused.code, _HEADERS.get(str(status), {}))
    return _answer(refused.code, status, detail, headers)


def of_malformed(error: MalformedInput) -> Answer:
    """Input that is no encoding of what it should be; where it is known, with the place."""
    status, title = OWN["request-malformed"]
    return Answer("request-malformed", status, title, str(error))


def status_of(code: str) -> int:
    """The HTTP status of a refusal with this code."""
    if code in OWN:
        return OWN[code][0]
    if code in REFUSALS:
        return REFUSALS[code]
    if code.startswith(_STORAGE):
        return 503
    return 422 if "." in code and code not in _CONFLICTS else 409


def title_of(code: str) -> str:
    """One line for people, the same for every occurrence of a code."""
    if code in OWN:
        return OWN[code][1]
    if code in TITLES:
        return TITLES[code]
    if "." in code:
        return f"The check {code} would fail"
    return f"Refused: {code.replace('-', ' ')}"


def _answer(code: str, status: int, detail: str, headers: Mapping[str, str] | None = None) -> Answer:
    return Answer(code, status, title_of(code), detail, (), headers or {})
