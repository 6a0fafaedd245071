"""The keys that tokens are signed with: a file, or what an OpenID Connect issuer publishes (RFC 7517).

Only public keys for signatures, each of the one kind that its algorithm has: Ed25519, P-256, or RSA of 2048 bits and
more. A set that holds a secret is refused whole, so that no key of the issuer's and no shared secret is ever on this
machine, and no signature can be taken for another algorithm's.
"""

import json
import threading
import time
from base64 import urlsafe_b64decode
from collections.abc import Callable, Collection, Mapping
from pathlib import Path
from typing import Any, Protocol

from joserfc.errors import JoseError
from joserfc.jwk import ECKey, OKPKey, RSAKey

from e2evote.adapter.api.outgoing import Outgoing, checked_url
from e2evote.errors import MalformedInput, Refused

ALGORITHMS: Mapping[str, tuple[str, str]] = {
    "EdDSA": ("OKP", "Ed25519"),
    "ES256": ("EC", "P-256"),
    "RS256": ("RSA", ""),
}
"""By algorithm the type and curve of its keys. `Ed25519`, the name by RFC 9864, is taken wherever `EdDSA` is."""

LARGEST = 256 * 1024
MOST_KEYS = 64
LEAST_RSA_BITS = 2048
FRESH_SECONDS = 600.0
STALE_SECONDS = 3600.0
RETRY_SECONDS = 30.0
_SECRET_MEMBERS = ("d", "p", "q", "dp", "dq", "qi", "oth", "k")

Key = ECKey | OKPKey | RSAKey
_CLASSES: Mapping[str, type[Key]] = {"EC": ECKey, "OKP": OKPKey, "RSA": RSAKey}


class KeySource(Protocol):
    """Where keys come from."""

    def keys(self, kid: str | None, algorithm: str) -> tuple[Key, ...]:
        """The keys for this algorithm and, where the token names one, of this name."""
        ...


class KeySet:
    """The usable keys of a JWKS. What is of another kind or for encryption is passed over."""

    def __init__(self, keys: Collection[tuple[str | None, str, Key]]) -> None:
        self._keys = tuple(keys)

    def keys(self, kid: str | None, algorithm: str) -> tuple[Key, ...]:
        """Without a name a token is checked only where there is just one key that it can mean."""
        found = tuple(
            key for name, of, key in self._keys if of == algorithm and (kid is None or name is None or name == kid)
        )
        return found if kid is not None or len(found) == 1 else ()

    def knows(self, kid: str | None) -> bool:
        """Whether some key has this name."""
        return kid is None or any(name == kid for name, _, _ in self._keys)


def decode_keys(data: bytes) -> KeySet:
    """A JWKS from outside, or MalformedInput; also where it holds a secret."""
    try:
        value = json.loads(data.decode("utf-8"))
        given = value["keys"]
    except (ValueError, TypeError, KeyError, RecursionError):
        raise MalformedInput("no JSON object with a list of keys", "jwks") from None
    if not isinstance(given, list) or not 1 <= len(given) <= MOST_KEYS:
        raise MalformedInput(f"want a list of 1 to {MOST_KEYS} keys", "jwks.keys")
    return KeySet([key for i, item in enumerate(given) for key in _read(item, f"jwks.keys[{i}]")])


def _read(item: Any, where: str) -> list[tuple[str | None, str, Key]]:
    if not isinstance(item, dict):
        raise MalformedInput("no object", where)
    if any(name in item for name in _SECRET_MEMBERS) or item.get("kty") == "oct":
        raise MalformedInput("a secret key; want public ones only", where)
    kid = item.get("kid")
    if kid is not None and not isinstance(kid, str):
        raise MalformedInput("no string", f"{where}.kid")
    if item.get("use", "sig") != "sig":
        return []
    for algorithm, (kind, curve) in ALGORITHMS.items():
        same = item.get("alg", algorithm) in (algorithm, "Ed25519" if algorithm == "EdDSA" else algorithm)
        if item.get("kty") == kind and item.get("crv", "") == curve and same:
            if kind == "RSA" and _rsa_bits(item, where) < LEAST_RSA_BITS:
                raise MalformedInput(f"an RSA key of less than {LEAST_RSA_BITS} bits", where)
            try:
                return [(kid, algorithm, _CLASSES[kind].import_key(item))]
            except (JoseError, ValueError, TypeError, KeyError):
                raise MalformedInput(f"no {kind} key", where) from None
    return []


def _rsa_bits(item: Mapping[str, Any], where: str) -> int:
    try:
        text = item["n"]
        return int.from_bytes(urlsafe_b64decode(text + "=" * (-len(text) % 4)), "big").bit_length()
    except (KeyError, TypeError, ValueError):
        raise MalformedInput("no modulus", where) from None


def read_keys(path: Path) -> KeySet:
    """The JWKS in this file."""
    try:
        with path.open("rb") as file:
            data = file.read(LARGEST + 1)
    except OSError as error:
        raise Refused("file-missing", f"{path}: {error.strerror}") from None
    if len(data) > LARGEST:
        raise MalformedInput(f"more than {LARGEST} bytes", str(path))
    try:
        return decode_keys(data)
    except MalformedInput as error:
        raise error.inside(str(path)) from None


class IssuerKeys:
    """The keys that an issuer publishes at `…/.well-known/openid-configuration`, kept for ten minutes.

    A token with a name that is not known has them fetched again, at most every 30 seconds. While the issuer does not
    answer the old ones are good for an hour; then tokens are refused with `issuer-unreachable`.
    """

    def __init__(
        self, issuer: str, outgoing: Outgoing | None = None, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._issuer, self._outgoing, self._clock = checked_url(issuer), outgoing or Outgoing(), clock
        self._turn, self._fetching = threading.Lock(), threading.Lock()
        self._set = KeySet(())
        self._fetched: float | None = None
        self._tried: float | None = None

    def keys(self, kid: str | None, algorithm: str) -> tuple[Key, ...]:
        """While one thread asks the issuer, the others go by what is there; only for the first keys they wait."""
        if self._age() is None:
            with self._fetching:
                self._refresh(kid)
        elif self._fetching.acquire(blocking=False):
            try:
                self._refresh(kid)
            finally:
                self._fetching.release()
        age = self._age()
        if age is None or age > STALE_SECONDS:
            raise Refused("issuer-unreachable", "the issuer of tokens gives no keys; try again later")
        with self._turn:
            return self._set.keys(kid, algorithm)

    def _age(self) -> float | None:
        with self._turn:
            return None if self._fetched is None else self._clock() - self._fetched

    def _refresh(self, kid: str | None) -> None:
        """The issuer is asked where it is time, and not more often."""
        now, age = self._clock(), self._age()
        with self._turn:
            wanted = age is None or age > FRESH_SECONDS or not self._set.knows(kid)
            if not wanted or (self._tried is not None and now - self._tried < RETRY_SECONDS):
                return
            self._tried = now
        try:
            found = self._fetch()
        except (Refused, MalformedInput):
            return  # nobody is told what was wrong but by what follows
        with self._turn:
            self._set, self._fetched = found, now

    def _fetch(self) -> KeySet:
        document = self._outgoing.get(f"{self._issuer.rstrip('/')}/.well-known/openid-configuration", LARGEST)
        try:
            members = json.loads(document.body.decode("utf-8"))
            issuer, place = members["issuer"], members["jwks_uri"]
        except (ValueError, TypeError, KeyError, RecursionError):
            raise MalformedInput("no configuration of an issuer", self._issuer) from None
        if document.status != 200 or issuer != self._issuer or not isinstance(place, str):
            raise MalformedInput("another issuer's configuration", self._issuer)
        found = self._outgoing.get(checked_url(place), LARGEST)
        if found.status != 200:
            raise MalformedInput(f"status {found.status}", place)
        return decode_keys(found.body)
