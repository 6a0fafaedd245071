"""Keys and tokens for tests: an issuer with keys of every kind, and tokens with any header and claims."""

import hmac
import json
from base64 import urlsafe_b64encode
from typing import Any

from joserfc import jwt
from joserfc.jwk import ECKey, OKPKey, RSAKey
from joserfc.jws import JWSRegistry

from e2evote.adapter.api.scopes import Grant
from e2evote.adapter.api.token_keys import decode_keys
from e2evote.adapter.api.tokens import TokenDesk, TokenRules

ISSUER, AUDIENCE, NOW = "https://issuer.example", "https://vote.example", 1_900_000_000

ED = OKPKey.generate_key("Ed25519", {"kid": "ed", "use": "sig"})
OTHER_ED = OKPKey.generate_key("Ed25519", {"kid": "ed"})
EC = ECKey.generate_key("P-256", {"kid": "ec", "alg": "ES256"})
RSA = RSAKey.generate_key(2048, {"kid": "rsa"})
KEYS = {"EdDSA": ED, "Ed25519": ED, "ES256": EC, "RS256": RSA}


class AnyAlgorithm(JWSRegistry):
    """Signs by whatever it is told, as an attacker does."""

    def get_alg(self, name: str) -> Any:
        return self.algorithms[name]


def jwks(*keys: Any) -> bytes:
    """The public halves."""
    return json.dumps({"keys": [key.as_dict(private=False) for key in keys]}).encode()


def claims(**changes: Any) -> dict[str, Any]:
    """Those of a good token; None takes one away."""
    members: dict[str, Any] = {
        "aud": AUDIENCE,
        "exp": NOW + 600,
        "iat": NOW - 5,
        "iss": ISSUER,
        "scope": "ballot:submit",
        "sub": "site",
    }
    return {name: value for name, value in (members | changes).items() if value is not None}


def token(algorithm: str = "EdDSA", key: Any = None, header: dict[str, Any] | None = None, **changes: Any) -> str:
    """A signed token."""
    key = key or KEYS[algorithm]
    full = {"alg": algorithm, "kid": key.kid} | (header or {})
    full = {name: value for name, value in full.items() if value is not None}
    return jwt.encode(full, claims(**changes), key, registry=AnyAlgorithm(strict_check_header=False))


def spliced(header: Any, payload: bytes, signature: bytes = b"") -> str:
    """A token put together by hand."""
    parts = (json.dumps(header).encode(), payload, signature)
    return ".".join(map(_b64, parts))


def by_hand(header: dict[str, Any], payload: bytes) -> str:
    """A token that no library makes, with a signature by the issuer's Ed25519 key."""
    text = spliced(header, payload).rpartition(".")[0]
    return f"{text}.{_b64(ED.get_op_key('sign').sign(text.encode()))}"


def by_secret(header: dict[str, Any], payload: bytes, secret: bytes) -> str:
    """A token with HMAC-SHA-256 under what everybody knows."""
    text = spliced(header, payload).rpartition(".")[0]
    return f"{text}.{_b64(hmac.digest(secret, text.encode(), 'sha256'))}"


def _b64(data: bytes) -> str:
    return urlsafe_b64encode(data).rstrip(b"=").decode()


def desk(*algorithms: str, keys: bytes = b"", now: float = NOW) -> TokenDesk:
    """A desk that takes these algorithms."""
    source = decode_keys(keys or jwks(ED, EC, RSA))
    return TokenDesk(TokenRules(ISSUER, AUDIENCE, source, algorithms or ("EdDSA", "ES256", "RS256")), lambda: now)


def granted(text: str, *algorithms: str) -> Grant:
    """What the token allows."""
    return desk(*algorithms).grant(f"Bearer {text}")
