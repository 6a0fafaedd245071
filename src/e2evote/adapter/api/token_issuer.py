"""A small issuer of tokens, for whoever has no OpenID Connect server (docs/http-acts.md, Tokens).

    FOLDER/token.key     its Ed25519 key, encrypted; with it anybody could make tokens, so it is not on the server
    FOLDER/jwks.json     the public half, for the server
    FOLDER/tokens.toml   what the server's configuration says about tokens

It is for a machine of the administrator's. A token that was made can't be taken back before its end; a new folder, and
its jwks.json on the server, ends all of them.
"""

import json
import secrets
import time
import tomllib
from base64 import urlsafe_b64encode
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from e2evote.adapter import whole_file
from e2evote.adapter.api.scopes import SCOPES, scopes_in
from e2evote.adapter.api.tokens import LONGEST_SECONDS
from e2evote.adapter.keys import load_key, new_key
from e2evote.adapter.passphrase import Passphrase
from e2evote.errors import MalformedInput, Refused
from e2evote.hashing import canonical
from e2evote.hashing.digest import sha256
from e2evote.secret.sign import SigningKey

KEY, KEYS, SETTINGS = "token.key", "jwks.json", "tokens.toml"
_LONGEST = 255


@dataclass(frozen=True, slots=True)
class Issuer:
    """Who makes tokens, for which server."""

    issuer: str
    audience: str
    key: SigningKey

    def token(
        self,
        subject: str,
        scopes: Sequence[str],
        seconds: int,
        elections: Sequence[str] = (),
        clock: Callable[[], float] = time.time,
    ) -> str:
        """A signed token; Refused for scopes that there are not, or that may not meet, and for more than a day."""
        unknown = [scope for scope in scopes if scope not in SCOPES]
        if unknown or not scopes:
            raise Refused("scope-unknown", f"{', '.join(unknown) or 'no scope'}: want some of {', '.join(SCOPES)}")
        scopes_in(scopes)
        if not 0 < seconds <= LONGEST_SECONDS:
            raise Refused("token-lifetime", f"{seconds} seconds, want 1 to {LONGEST_SECONDS}")
        if not 0 < len(subject) <= _LONGEST:
            raise Refused("token-subject", f"a subject of {len(subject)} characters, want 1 to {_LONGEST}")
        now = int(clock())
        claims: dict[str, canonical.Encodable] = {
            "aud": self.audience,
            "exp": now + seconds,
            "iat": now,
            "iss": self.issuer,
            "jti": secrets.token_hex(8),
            "scope": " ".join(scope for scope in SCOPES if scope in scopes),
            "sub": subject,
        }
        if elections:
            claims["elections"] = list(elections)
        header: canonical.Encodable = {"alg": "EdDSA", "kid": kid_of(self.key.public), "typ": "at+jwt"}
        signed = f"{_b64(canonical.encode(header))}.{_b64(canonical.encode(claims))}"
        return f"{signed}.{_b64(self.key.sign(signed.encode()))}"


def new_issuer(folder: Path, issuer: str, audience: str, passphrase: Passphrase) -> Path:
    """A new folder with a new key; Refused `file-exists` where there is one."""
    for name, text in (("issuer", issuer), ("audience", audience)):
        if not 0 < len(text) <= _LONGEST or not text.isascii() or not text.isprintable():
            raise MalformedInput(f"want 1 to {_LONGEST} printable ASCII characters", name)
    try:
        folder.mkdir(mode=0o700)
    except OSError as error:
        raise Refused("file-exists", f"{folder}: {error.strerror}") from None
    key = new_key(folder / KEY, passphrase)
    public: canonical.Encodable = {
        "alg": "EdDSA",
        "crv": "Ed25519",
        "kid": kid_of(key.public),
        "kty": "OKP",
        "use": "sig",
        "x": _b64(key.public),
    }
    whole_file.create(folder / KEYS, canonical.encode({"keys": [public]}) + b"\n")
    lines = ("[tokens]", *(f"{name} = {json.dumps(text)}" for name, text in _settings(issuer, audience)))
    whole_file.create(folder / SETTINGS, "\n".join((*lines, 'algorithms = ["EdDSA"]', "")).encode())
    return folder


def open_issuer(folder: Path, passphrase: Passphrase) -> Issuer:
    """The issuer in this folder."""
    try:
        with (folder / SETTINGS).open("rb") as file:
            members = tomllib.load(file)["tokens"]
        issuer, audience = members["issuer"], members["audience"]
    except OSError as error:
        raise Refused("file-missing", f"{folder / SETTINGS}: {error.strerror}") from None
    except (tomllib.TOMLDecodeError, KeyError, TypeError, UnicodeDecodeError):
        raise MalformedInput("names no issuer and audience", str(folder / SETTINGS)) from None
    if not isinstance(issuer, str) or not isinstance(audience, str):
        raise MalformedInput("names no issuer and audience", str(folder / SETTINGS))
    return Issuer(issuer, audience, load_key(folder / KEY, passphrase))


def kid_of(public: bytes) -> str:
    """The name of a key: the beginning of its hash."""
    return sha256(public).hex()[:16]


def _settings(issuer: str, audience: str) -> tuple[tuple[str, str], ...]:
    return ("issuer", issuer), ("audience", audience), ("jwks", KEYS)


def _b64(data: bytes) -> str:
    return urlsafe_b64encode(data).rstrip(b"=").decode()
