"""Bearer tokens: JWTs of one issuer, for one audience, by algorithms that the configuration names (RFC 7519, 8725).

What a token is allowed is decided by what is configured, never by what it says about itself: not its algorithm, not
where its key is to be found. A token has an end, a subject and scopes. Nothing of a token is repeated in an answer.
"""

import json
import time
from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any

from joserfc import jwt
from joserfc.errors import JoseError, UnsupportedAlgorithmError
from joserfc.jws import JWSRegistry, extract_compact

from e2evote.adapter.api.scopes import Grant, scopes_in
from e2evote.adapter.api.token_keys import ALGORITHMS, KeySource
from e2evote.errors import Refused

LARGEST = 8192
LEEWAY_SECONDS = 30
LONGEST_SECONDS = 24 * 3600
"""A token is good for a day at most, so that one that was lost ends."""
_MOST_WORDS = 200
_LONGEST_SUBJECT = 255
_LATEST = 2**53


@dataclass(frozen=True, slots=True)
class TokenRules:
    """What tokens are taken. issuer, audience: as in the tokens. algorithms: of `ALGORITHMS`."""

    issuer: str
    audience: str
    source: KeySource
    algorithms: tuple[str, ...] = ("EdDSA",)

    def __post_init__(self) -> None:
        if not self.issuer or not self.audience:
            raise ValueError("tokens: an issuer and an audience are needed")
        if not self.algorithms or not set(self.algorithms) <= ALGORITHMS.keys():
            raise ValueError(f"tokens: algorithms {self.algorithms}, want some of {', '.join(ALGORITHMS)}")


class _Registry(JWSRegistry):
    """Knows the algorithms that are configured and no other."""

    max_header_length = 1024
    max_payload_length = LARGEST

    def get_alg(self, name: str) -> Any:
        if name not in (self.allowed or ()):
            raise UnsupportedAlgorithmError(f"Algorithm of '{name}' is not allowed")
        return self.algorithms[name]


class _Strict(json.JSONDecoder):
    """Refuses what two readers could read differently: a name twice, and numbers that JSON has not."""

    def __init__(self) -> None:
        super().__init__(object_pairs_hook=_once, parse_constant=_no_number)


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    value = dict(pairs)
    if len(value) != len(pairs):
        raise ValueError("a name twice")
    return value


def _no_number(text: str) -> None:
    raise ValueError(f"{text} is not JSON")


class TokenDesk:
    """Looks at tokens."""

    def __init__(self, rules: TokenRules, clock: Callable[[], float] = time.time) -> None:
        self._rules, self._clock = rules, clock
        names = {*rules.algorithms} | ({"Ed25519"} if "EdDSA" in rules.algorithms else set())
        self._registry = _Registry(algorithms=sorted(names))

    def grant(self, authorization: str | None) -> Grant:
        """What the header `Authorization` allows; Refused `token-missing`, `token-invalid` or `scopes-apart`."""
        scheme, _, token = (authorization or "").partition(" ")
        if scheme.lower() != "bearer" or not token:
            raise Refused("token-missing", "this needs the header Authorization with a Bearer token")
        claims = self._claims(token.strip())
        self._check_terms(claims)
        subject, limits = claims.get("sub"), claims.get("elections", [])
        if not isinstance(subject, str) or not 0 < len(subject) <= _LONGEST_SUBJECT:
            raise _invalid("no subject")
        if not isinstance(limits, list) or not all(isinstance(id, str) for id in limits):
            raise _invalid("elections is no list of ids")
        if "elections" in claims and not limits:
            raise _invalid("elections is empty")
        return Grant(subject, scopes_in(_words(claims)), frozenset(limits))

    def _claims(self, token: str) -> dict[str, Any]:
        if len(token) > LARGEST or not token.isascii():
            raise _invalid(f"not at most {LARGEST} characters")
        try:
            header = extract_compact(token.encode(), registry=self._registry).headers()
        except (JoseError, ValueError, TypeError, RecursionError):
            raise _invalid("not a signed JWT") from None
        algorithm, kid = header.get("alg"), header.get("kid")
        if str(header.get("typ", "JWT")).lower() not in ("jwt", "at+jwt", "application/at+jwt"):
            raise _invalid("another kind of token")
        kind = "EdDSA" if algorithm == "Ed25519" else algorithm
        if kind not in self._rules.algorithms or not isinstance(kid, str | None):
            raise _invalid("not of an algorithm that is taken here")
        for key in self._rules.source.keys(kid, kind):
            try:
                return jwt.decode(token, key, registry=self._registry, decoder_cls=_Strict).claims
            except (JoseError, ValueError, TypeError, RecursionError):
                continue
        raise _invalid("its signature is by no key of the issuer")

    def _check_terms(self, claims: dict[str, Any]) -> None:
        now = self._clock()
        if claims.get("iss") != self._rules.issuer:
            raise _invalid("of another issuer")
        audience = claims.get("aud")
        if self._rules.audience not in (audience if isinstance(audience, list) else [audience]):
            raise _invalid("for another audience")
        ends = _moment(claims, "exp")
        if ends is None or ends + LEEWAY_SECONDS <= now:
            raise _invalid("it has ended" if ends else "it has no end")
        if ends > now + LONGEST_SECONDS + LEEWAY_SECONDS:
            raise _invalid(f"it ends later than in {LONGEST_SECONDS // 3600} hours")
        for name in ("nbf", "iat"):
            begins = _moment(claims, name)
            if begins is not None and begins > now + LEEWAY_SECONDS:
                raise _invalid("it has not begun")


def _moment(claims: dict[str, Any], name: str) -> float | None:
    value = claims.get(name)
    if value is None:
        return None
    if type(value) not in (int, float) or not 0 <= value <= _LATEST:
        raise _invalid(f"{name} is no time")
    return float(value)


def _words(claims: dict[str, Any]) -> Collection[str]:
    given = claims.get("scope", "")
    words = given.split(" ") if isinstance(given, str) else given
    if not isinstance(words, list) or len(words) > _MOST_WORDS or not all(isinstance(word, str) for word in words):
        raise _invalid("scope is no list of words")
    return words


def _invalid(why: str) -> Refused:
    return Refused("token-invalid", f"the token is not valid here: {why}")
