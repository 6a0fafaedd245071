"""Who may make this request: the token's grant, as problems say it (RFC 6750)."""

from fastapi import Request

from e2evote.adapter.api.problems import Answer, Problem, of_refusal
from e2evote.adapter.api.scopes import Grant, Scope, check_allowed
from e2evote.adapter.api.tokens import TokenDesk
from e2evote.errors import Refused

_CHALLENGES = {
    "token-missing": "Bearer",
    "token-invalid": 'Bearer error="invalid_token"',
    "scope-missing": 'Bearer error="insufficient_scope"',
    "scopes-apart": 'Bearer error="insufficient_scope"',
}


class Refusal(Problem):
    """A refusal with headers of its own."""

    def __init__(self, answer: Answer) -> None:
        Exception.__init__(self, answer.code, answer.detail)
        self.answer = answer


class Door:
    """Lets in whoever has a token with the scope that is needed. Without a configured issuer, nobody."""

    def __init__(self, desk: TokenDesk | None) -> None:
        self._desk = desk

    def admit(self, request: Request, scope: Scope, election: str = "") -> Grant:
        """The grant of the request's token. It may ask an issuer for keys, so it is called by a thread."""
        try:
            if self._desk is None:
                raise Refused("token-missing", "this server takes no tokens: none is configured")
            grant = self._desk.grant(request.headers.get("authorization"))
            check_allowed(grant, scope, election)
            return grant
        except Refused as refused:
            answer = of_refusal(refused)
            challenge = _CHALLENGES.get(refused.code)
            headers = {**answer.headers, "www-authenticate": challenge} if challenge else answer.headers
            raise Refusal(Answer(answer.code, answer.status, answer.title, answer.detail, headers=headers)) from None
