"""What a bearer token allows (docs/http-acts.md, Tokens).

Five scopes. Who may change the roll must not be able to issue credentials: with both, one service, or whoever has its
token, could add a line and vote for it. So a token that has both is refused, for whatever it is shown.
"""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Literal, get_args

from e2evote.errors import Refused

Scope = Literal["election:admin", "roll:write", "credential:issue", "ballot:submit", "audit:read"]

SCOPES: tuple[Scope, ...] = get_args(Scope)

APART: frozenset[Scope] = frozenset({"roll:write", "credential:issue"})
"""No token has all of these."""


@dataclass(frozen=True, slots=True)
class Grant:
    """What a valid token says: who it was given to, and for what. elections: ids it is limited to; none is no limit."""

    subject: str
    scopes: frozenset[Scope]
    elections: frozenset[str] = frozenset()


def scopes_in(words: Collection[str]) -> frozenset[Scope]:
    """The scopes among these words; others are another service's. Refused `scopes-apart` where they may not meet."""
    scopes = frozenset(scope for scope in SCOPES if scope in words)
    if scopes >= APART:
        raise Refused("scopes-apart", f"one token may not hold {' and '.join(sorted(APART))} together")
    return scopes


def check_allowed(grant: Grant, scope: Scope, election: str = "") -> None:
    """Refused `scope-missing` unless the grant has the scope and is good for this selection."""
    if scope not in grant.scopes:
        raise Refused("scope-missing", f"this needs a token with the scope {scope}")
    if election and grant.elections and election not in grant.elections:
        raise Refused("scope-missing", f"the token is not for the selection {election}")
