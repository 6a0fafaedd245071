"""Polynomials and shares: their values, their seal, and what they do not give away."""

import copy
import json
import pickle
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest

from e2evote.algebra.interpolation import lagrange_at_zero, polynomial_power
from e2evote.algebra.parameters import ELECTIONGUARD_4096, TEST_512
from e2evote.errors import MalformedInput
from e2evote.proofs.known_log import KnownLog, KnownLogProof, ShareSeal, verify
from e2evote.proofs.share import Route
from e2evote.secret.scalar import SecretScalar
from e2evote.secret.sharing import SecretPolynomial, SecretShare, decode_secret, open_share, published, seal_share
from tests.randomness import DeterministicRandomness

GROUP = TEST_512
Q = int(GROUP.q)
VECTORS = json.loads((Path(__file__).parents[1] / "vectors" / "electionguard_v21.json").read_text("utf-8"))
VECTOR = VECTORS["share_1_to_2"]


def polynomial(*coefficients: int) -> SecretPolynomial:
    return SecretPolynomial([SecretScalar(GROUP.scalar(a)) for a in coefficients])


def share(P: int, P_hat: int) -> SecretShare:
    return SecretShare(GROUP.scalar(P), GROUP.scalar(P_hat))


class Given:
    """A published nonce in place of a random one."""

    def __init__(self, number: int) -> None:
        self.number = number

    def below(self, bound: int) -> int:
        return self.number - 1

    def bytes(self, size: int) -> bytes:
        raise AssertionError("not asked for")


def vector_polynomial(name: str) -> SecretPolynomial:
    group = ELECTIONGUARD_4096
    return SecretPolynomial([SecretScalar(group.scalar(int(a, 16))) for a in VECTORS["guardians"][0][name]])


def test_the_share_of_the_vectors_byte_for_byte() -> None:
    group = ELECTIONGUARD_4096
    zeta = SecretScalar(group.scalar(int(VECTORS["guardians"][1]["SECRET_zeta"], 16)))
    P, P_hat = vector_polynomial("SECRET_a"), vector_polynomial("SECRET_a_hat")
    route = Route(bytes.fromhex(VECTORS["H_P"]), 1, 2, zeta.power_of(group.g))
    xi = SecretScalar(group.scalar(int(VECTOR["xi"], 16)))
    sealed = seal_share(route, SecretShare.of(P, P_hat, 2), xi, Given(int(VECTOR["u"], 16)))
    assert sealed.to == 2
    assert sealed.C0.encode() == int(VECTOR["C0"], 16).to_bytes(512, "big")
    assert sealed.C1.hex() == VECTOR["C1"].lower()
    assert int(sealed.c.encode().hex(), 16) == int(VECTOR["c"], 16)
    assert int(sealed.v.encode().hex(), 16) == int(VECTOR["v"], 16)
    opened = open_share(route, zeta, group.screen([sealed.C0])[0], sealed.C1)
    assert opened.fits(P.commitments(), P_hat.commitments(), 2)
    assert opened.encode() == P.at(2).encode() + P_hat.at(2).encode()
    assert [K.encode() for K in P.commitments()] == [
        int(K, 16).to_bytes(512, "big") for K in VECTORS["guardians"][0]["K"]
    ]


def test_values_of_a_small_polynomial() -> None:
    P = polynomial(5, 7, 2)
    assert [P.at(x) for x in (1, 2, 3)] == [GROUP.scalar(14), GROUP.scalar(27), GROUP.scalar(44)]
    assert P.commitments() == tuple(GROUP.g ** GROUP.scalar(a) for a in (5, 7, 2))
    assert GROUP.g ** P.at(3) == polynomial_power(P.commitments(), 3)
    assert polynomial(5).at(9) == GROUP.scalar(5)
    assert polynomial(Q - 2, 1).at(2).value == 0


@pytest.mark.parametrize("index", [0, -1, Q, Q + 1, 2 * Q, True])
def test_no_value_at_the_secret_itself_or_beside_the_indices(index: int) -> None:
    """P(0) and P(q) are the key; q + 1 is 1 once more (A68)."""
    with pytest.raises(ValueError, match="want 1 to q - 1"):
        polynomial(5, 7).at(index)


@pytest.mark.parametrize("k", [1, 2, 3])
def test_k_values_give_the_key_and_fewer_do_not(k: int) -> None:
    P = SecretPolynomial.random(GROUP, k, DeterministicRandomness(f"quorum {k}"))
    key = P.coefficients[0].disclose()
    for size in range(1, 5):
        for chosen in combinations(range(1, 5), size):
            w = lagrange_at_zero(GROUP, chosen)
            total = GROUP.scalar(0)
            for i in chosen:
                total = total + w[i] * P.at(i)
            assert (total == key) == (size >= k)


def test_a_drawn_polynomial_has_its_length_and_no_coefficient_is_zero() -> None:
    class Low:
        def below(self, bound: int) -> int:
            return 0

        def bytes(self, size: int) -> bytes:
            raise AssertionError("not asked for")

    P = SecretPolynomial.random(GROUP, 3, Low())
    assert [a.disclose() for a in P.coefficients] == [GROUP.scalar(1)] * 3
    with pytest.raises(ValueError, match="without coefficients"):
        SecretPolynomial([])
    with pytest.raises(ValueError, match="without coefficients"):
        SecretPolynomial.random(GROUP, 0, Low())


def test_a_polynomial_as_bytes() -> None:
    P = polynomial(5, 7, Q - 1)
    data = P.encode()
    assert len(data) == 96
    assert SecretPolynomial.decode(data, GROUP, 3).encode() == data
    for bad in (data[:-1], data + bytes(32), data[:64], b""):
        with pytest.raises(MalformedInput, match="polynomial"):
            SecretPolynomial.decode(bad, GROUP, 3)
    with pytest.raises(MalformedInput, match="0"):
        SecretPolynomial.decode(data[:32] + bytes(32) + data[64:], GROUP, 3)
    with pytest.raises(MalformedInput, match="not in"):
        SecretPolynomial.decode(data[:64] + Q.to_bytes(32, "big"), GROUP, 3)
    with pytest.raises(MalformedInput, match="0"):
        decode_secret(bytes(32), GROUP)


ZETA = SecretScalar(GROUP.scalar(17))
ROUTE = Route(b"\x11" * 32, 3, 2, ZETA.power_of(GROUP.g))


@pytest.mark.parametrize("values", [(0, 0), (1, 0), (0, 1), (255, 2**248), (Q - 1, Q - 1), (2**255, 1)])
def test_every_value_is_sealed_and_opened(values: tuple[int, int]) -> None:
    """Zero and leading zeros as well (A71); C1 has 64 bytes whatever is in it."""
    randomness = DeterministicRandomness(str(values))
    sealed = seal_share(ROUTE, share(*values), SecretScalar.random(GROUP, randomness), randomness)
    (C0,) = GROUP.screen([sealed.C0])
    seal = ShareSeal(ROUTE.parameter_hash, 3, 2, sealed.C1)
    assert verify(KnownLog(C0), KnownLogProof(sealed.c, sealed.v), seal)
    assert len(sealed.C1) == 64
    assert open_share(ROUTE, ZETA, C0, sealed.C1).encode() == share(*values).encode()


def test_a_share_opens_for_its_receiver_alone() -> None:
    randomness = DeterministicRandomness("receiver")
    sealed = seal_share(ROUTE, share(5, 7), SecretScalar.random(GROUP, randomness), randomness)
    (C0,) = GROUP.screen([sealed.C0])
    expected = share(5, 7).encode()
    for route, zeta in (
        (ROUTE, SecretScalar(GROUP.scalar(18))),
        (Route(ROUTE.parameter_hash, 1, 2, ROUTE.kappa), ZETA),
        (Route(ROUTE.parameter_hash, 3, 1, ROUTE.kappa), ZETA),
        (Route(b"\x12" * 32, 3, 2, ROUTE.kappa), ZETA),
    ):
        assert open_share(route, zeta, C0, sealed.C1).encode() != expected


@pytest.mark.parametrize("values", [(Q, 0), (0, Q), (2**256 - 1, 2**256 - 1)])
def test_what_opens_to_no_number_below_q_is_no_share(values: tuple[int, int]) -> None:
    xi = SecretScalar(GROUP.scalar(19))
    alpha = xi.power_of(GROUP.g)
    C1 = ROUTE.masked(alpha, xi.power_of(ROUTE.kappa), b"".join(value.to_bytes(32, "big") for value in values))
    with pytest.raises(MalformedInput, match="not in"):
        open_share(ROUTE, ZETA, alpha, C1)


def test_a_share_fits_where_both_values_do() -> None:
    P, P_hat = polynomial(5, 7), polynomial(11, 13)
    K, K_hat = P.commitments(), P_hat.commitments()
    assert SecretShare.of(P, P_hat, 2).fits(K, K_hat, 2)
    assert share(19, 37).fits(K, K_hat, 2)
    for wrong in (share(18, 37), share(19, 38), share(37, 19), share(0, 37), share(19, 0)):
        assert not wrong.fits(K, K_hat, 2)
    assert not share(19, 37).fits(K, K_hat, 1)
    root = polynomial(Q - 2, 1)
    assert share(0, 37).fits(root.commitments(), K_hat, 2)


def test_the_sum_of_shares_is_the_share_of_the_sum() -> None:
    total = SecretShare.of(polynomial(5, 7), polynomial(1, 1), 3).plus(
        SecretShare.of(polynomial(1, 2), polynomial(2, 2), 3)
    )
    z, z_hat = total.keys()
    assert (z.disclose(), z_hat.disclose()) == (GROUP.scalar(33), GROUP.scalar(12))
    with pytest.raises(ValueError, match="never zero"):
        share(5, 7).plus(share(Q - 5, 1)).keys()


def test_shares_as_bytes() -> None:
    data = share(1, Q - 1).encode()
    assert SecretShare.decode(data, GROUP).encode() == data
    for bad in (data[:63], data + b"\x00", data[:32] + Q.to_bytes(32, "big"), Q.to_bytes(32, "big") + data[:32]):
        with pytest.raises(MalformedInput):
            SecretShare.decode(bad, GROUP)


@pytest.mark.parametrize("secret", [polynomial(5, 7), share(5, 7)], ids=["polynomial", "share"])
def test_secrets_are_silent(secret: Any) -> None:
    for shown in (repr(secret), str(secret), f"{secret}", f"{secret:>40}", f"{[secret]}"):
        assert "<redacted>" in shown
        assert "5" not in shown
    for take in (copy.copy, copy.deepcopy, pickle.dumps, hash, lambda x: x == x, lambda x: x != x):
        with pytest.raises(TypeError):
            take(secret)
    assert not hasattr(secret, "__dict__")


def test_a_published_element_is_the_same_number() -> None:
    assert published(GROUP.g).encode() == GROUP.g.encode()
    assert GROUP.is_member(published(GROUP.g))
