"""How often one client may ask: a bucket of tokens for each, refilled at a steady rate (docs/http.md, Limits).

Clients are known by a keyed hash of their address, in memory only, under a key that is drawn when the process starts:
nothing here can be turned into addresses, or compared with another run. At most `MOST_CLIENTS` are remembered; then the
one that was longest away is forgotten. Not for several threads.
"""

import hmac
import secrets
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from ipaddress import IPv6Address, ip_address, ip_network
from typing import TypeVar

MOST_CLIENTS = 2**16

_KEY_SIZE = 32
_PLACES = {4: 32, 6: 64}
"""Bits of an address that make a client: in IPv6 one client has a whole network."""


@dataclass(frozen=True, slots=True)
class Allowance:
    """Requests of one kind that one client may make: so many at once, and so many a minute."""

    burst: int
    per_minute: int


class Buckets:
    """The buckets of all clients, for each kind of request."""

    def __init__(self, allowances: Mapping[str, Allowance], clock: Callable[[], float] = time.monotonic) -> None:
        self._allowances, self._clock = dict(allowances), clock
        self._key = secrets.token_bytes(_KEY_SIZE)
        self._levels: OrderedDict[bytes, tuple[float, float]] = OrderedDict()

    def take(self, kind: str, address: str) -> float:
        """0 if the request may be made; else after how many seconds one may."""
        allowance, now = self._allowances[kind], self._clock()
        rate, name = allowance.per_minute / 60, self.name(kind, address)
        level, since = self._levels.pop(name, (float(allowance.burst), now))
        level = min(float(allowance.burst), level + (now - since) * rate)
        allowed = level >= 1
        self._levels[name] = (level - 1 if allowed else level, now)
        if len(self._levels) > MOST_CLIENTS:
            self._levels.popitem(last=False)
        return 0.0 if allowed else (1 - level) / rate

    def name(self, kind: str, address: str) -> bytes:
        """What a client is known by here; another one for every kind."""
        return hmac.digest(self._key, f"{kind} {network_of(address)}".encode(), "sha256")[:16]

    def __len__(self) -> int:
        return len(self._levels)


def network_of(address: str) -> str:
    """The part of an address that one client has; the text itself where it is none."""
    try:
        found = ip_address(address)
    except ValueError:
        return address
    if isinstance(found, IPv6Address) and found.ipv4_mapped:
        found = found.ipv4_mapped
    return str(ip_network((found, _PLACES[found.version]), strict=False))


Handler = TypeVar("Handler", bound=Callable[..., object])
_MARK = "e2evote_bucket"


def priced(kind: str) -> Callable[[Handler], Handler]:
    """Marks the handler of a route whose requests are of a kind of their own."""

    def mark(handler: Handler) -> Handler:
        handler.__dict__[_MARK] = kind
        return handler

    return mark


def kind_of(endpoint: object, method: str) -> str:
    """The kind of a request to this handler; None has no handler."""
    marked = getattr(endpoint, _MARK, "")
    return str(marked) or ("reads" if method in ("GET", "HEAD", "OPTIONS") else "writes")
