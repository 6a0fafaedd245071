"""Limits of rate, and what they remember of whoever asked: nothing that can be turned into an address."""

from ipaddress import ip_network

import pytest

from e2evote.adapter.api.buckets import MOST_CLIENTS, Allowance, Buckets, network_of
from e2evote.adapter.api.clients import Network, Proxies


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def buckets(clock: Clock, burst: int = 3, per_minute: int = 60) -> Buckets:
    return Buckets({"casts": Allowance(burst, per_minute), "reads": Allowance(burst, per_minute)}, clock)


def test_a_bucket_is_emptied_and_refilled() -> None:
    clock = Clock()
    made = buckets(clock)
    assert [made.take("casts", "192.0.2.1") for _ in range(3)] == [0.0, 0.0, 0.0]
    assert made.take("casts", "192.0.2.1") == pytest.approx(1.0)
    clock.now = 0.5
    assert made.take("casts", "192.0.2.1") == pytest.approx(0.5)
    clock.now = 1.0
    assert made.take("casts", "192.0.2.1") == 0.0
    clock.now = 1000.0
    assert [made.take("casts", "192.0.2.1") for _ in range(4)] == [0.0, 0.0, 0.0, pytest.approx(1.0)]


def test_kinds_and_clients_have_buckets_of_their_own() -> None:
    made = buckets(Clock(), burst=1)
    assert made.take("casts", "192.0.2.1") == 0.0
    assert made.take("casts", "192.0.2.1") > 0
    assert made.take("reads", "192.0.2.1") == 0.0
    assert made.take("casts", "192.0.2.2") == 0.0


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("2001:db8::1", "2001:db8::ffff:2", True),
        ("2001:db8::1", "2001:db8:0:1::1", False),
        ("::ffff:192.0.2.1", "192.0.2.1", True),
        ("192.0.2.1", "192.0.2.2", False),
    ],
)
def test_a_client_is_an_address_or_a_network_of_the_sixth_version(one: str, other: str, same: bool) -> None:
    assert (network_of(one) == network_of(other)) is same


def test_a123_many_addresses_fill_no_memory() -> None:
    made = buckets(Clock())
    for number in range(MOST_CLIENTS + 100):
        made.take("casts", f"10.{number >> 16}.{number >> 8 & 255}.{number & 255}")
    assert len(made) == MOST_CLIENTS


def test_a122_what_is_remembered_of_a_client_is_not_its_address() -> None:
    clock = Clock()
    one, other = buckets(clock), buckets(clock)
    for made in (one, other):
        made.take("casts", "192.0.2.77")
    held = [b"".join(made._levels) for made in (one, other)]
    for data in held:
        assert len(data) == 16
        assert b"192" not in data
    assert held[0] != held[1], "the same address in two runs has two names"


TRUSTED: tuple[Network, ...] = (ip_network("10.0.0.0/8"), ip_network("127.0.0.1"))


@pytest.mark.parametrize(
    ("peer", "given", "client"),
    [
        ("192.0.2.9", "198.51.100.1", "192.0.2.9"),  # the header of somebody who is no proxy
        ("127.0.0.1", "198.51.100.1", "198.51.100.1"),
        ("127.0.0.1", "203.0.113.5, 198.51.100.1", "198.51.100.1"),  # what stands before it anybody has written
        ("127.0.0.1", "203.0.113.5, 198.51.100.1, 10.1.2.3", "198.51.100.1"),
        ("127.0.0.1", "198.51.100.1:4711", "198.51.100.1"),
        ("127.0.0.1", "[2001:db8::1]:4711", "2001:db8::1"),
        ("127.0.0.1", "2001:db8::1", "2001:db8::1"),
        ("127.0.0.1", "", "127.0.0.1"),
        ("127.0.0.1", "10.1.1.1, 10.1.1.2", "10.1.1.1"),
    ],
)
def test_a_header_is_believed_from_a_trusted_proxy_only(peer: str, given: str, client: str) -> None:
    scope = {"client": (peer, 1), "headers": [(b"x-forwarded-for", given.encode())]}
    assert Proxies("x-forwarded-for", TRUSTED).client(scope) == client
    assert Proxies().client(scope) == peer


def test_several_headers_are_one_list() -> None:
    headers = [(b"x-forwarded-for", b"203.0.113.5"), (b"x-forwarded-for", b"198.51.100.1")]
    assert Proxies("x-forwarded-for", TRUSTED).client({"client": ("10.0.0.1", 1), "headers": headers}) == "198.51.100.1"
