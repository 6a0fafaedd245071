"""Who asks: the address of the connection or, behind a proxy that is trusted, the one that the proxy names.

A header that a client can write itself is believed only where the connection comes from a trusted proxy. Of a list the
last address counts that is not a trusted proxy's; what stands before it anybody may have written.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network, ip_address

from e2evote.adapter.http_server import Message

Network = IPv4Network | IPv6Network
_MOST_HOPS = 20


@dataclass(frozen=True, slots=True)
class Proxies:
    """Whose word is taken, and in which header, in lower case; "" where there is no proxy."""

    header: str = ""
    trusted: Sequence[Network] = ()

    def client(self, scope: Message) -> str:
        """The address of whoever asks; only to be hashed, never to be stored or shown."""
        peer = scope.get("client") or ("", 0)
        address = str(peer[0])
        if not self.header or not self._trusts(address):
            return address
        given = [value.decode("latin-1") for name, value in scope["headers"] if name.decode("latin-1") == self.header]
        for hop in reversed(",".join(given).split(",")[-_MOST_HOPS:]):
            address = _bare(hop.strip()) or address
            if not self._trusts(address):
                break
        return address

    def _trusts(self, address: str) -> bool:
        try:
            found = ip_address(address)
        except ValueError:
            return False
        return any(found in network for network in self.trusted)


def _bare(hop: str) -> str:
    """Without brackets and port."""
    if hop.startswith("["):
        return hop[1:].partition("]")[0]
    return hop.partition(":")[0] if hop.count(":") == 1 else hop
