"""The seal of a share as ElectionGuard 2.1.0 has it, and the judgement on an opened one."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from e2evote.algebra.group import Element, Group, Scalar
from e2evote.algebra.interpolation import polynomial_power
from e2evote.algebra.parameters import ELECTIONGUARD_4096, TEST_512
from e2evote.proofs.share import Dispute, Opening, Route, contradiction, judge, on_polynomial
from e2evote.secret.sharing import published

VECTORS = json.loads((Path(__file__).parents[1] / "vectors" / "electionguard_v21.json").read_text("utf-8"))
VECTOR = VECTORS["share_1_to_2"]


def padded(text: str, size: int) -> bytes:
    """The file writes numbers in hex without leading zeros."""
    return int(text, 16).to_bytes(size, "big")


def element(text: str) -> Element:
    group = ELECTIONGUARD_4096
    return group.screen([group.decode_residue(padded(text, group.element_size))])[0]


def test_the_masks_are_electionguards() -> None:
    xi = ELECTIONGUARD_4096.decode_scalar(padded(VECTOR["xi"], 32))
    kappa = element(VECTORS["guardians"][1]["kappa"])
    route = Route(bytes.fromhex(VECTORS["H_P"]), 1, 2, kappa)
    alpha, beta = ELECTIONGUARD_4096.g**xi, kappa**xi
    assert alpha == element(VECTOR["C0"])
    assert route.seal_key(alpha, beta) == bytes.fromhex(VECTOR["k"])
    assert route.masks(alpha, beta) == (bytes.fromhex(VECTOR["k1"]), bytes.fromhex(VECTOR["k2"]))
    assert replace(route, receiver=1).masks(alpha, beta) != route.masks(alpha, beta)
    values = route.masked(alpha, beta, bytes.fromhex(VECTOR["C1"]))
    assert route.masked(alpha, beta, values) == bytes.fromhex(VECTOR["C1"])
    K = [element(text) for text in VECTORS["guardians"][0]["K"]]
    K_hat = [element(text) for text in VECTORS["guardians"][0]["K_hat"]]
    P, P_hat = (ELECTIONGUARD_4096.decode_scalar(values[at : at + 32]) for at in (0, 32))
    assert on_polynomial(K, 2, ELECTIONGUARD_4096.g**P)
    assert on_polynomial(K_hat, 2, ELECTIONGUARD_4096.g**P_hat)
    dispute = Dispute(route, tuple(K), tuple(K_hat), published(alpha), bytes.fromhex(VECTOR["C1"]))
    assert judge(dispute, Opening(P, P_hat, xi)) == 2
    assert judge(replace(dispute, K=tuple(K_hat)), Opening(P, P_hat, xi)) == 1


GROUP = TEST_512


def scalar(value: int, group: Group = GROUP) -> Scalar:
    return group.reduce(value)


# Dealer 3 with P(x) = 5 + 7x, P̂(x) = 11 + 13x, receiver 2 with ζ = 17, ξ = 19.
KAPPA = GROUP.g ** scalar(17)
ROUTE = Route(b"\x11" * 32, 3, 2, KAPPA)
K = (GROUP.g ** scalar(5), GROUP.g ** scalar(7))
K_HAT = (GROUP.g ** scalar(11), GROUP.g ** scalar(13))
OPENING = Opening(scalar(19), scalar(37), scalar(19))
ALPHA, BETA = GROUP.g ** scalar(19), KAPPA ** scalar(19)
DISPUTE = Dispute(
    ROUTE, K, K_HAT, published(ALPHA), ROUTE.masked(ALPHA, BETA, scalar(19).encode() + scalar(37).encode())
)


def test_an_honest_opening_contradicts_nothing_and_names_the_accuser() -> None:
    assert polynomial_power(K, 2) == GROUP.g ** scalar(19)
    assert contradiction(DISPUTE, OPENING) == ""
    assert judge(DISPUTE, OPENING) == 2


def test_no_opening_names_the_dealer() -> None:
    assert judge(DISPUTE, None) == 3


@pytest.mark.parametrize(
    ("dispute", "opening", "reason"),
    [
        (DISPUTE, replace(OPENING, xi=scalar(20)), "C0 is not"),
        (DISPUTE, replace(OPENING, xi=scalar(0)), "C0 is not"),
        (DISPUTE, replace(OPENING, P=scalar(20)), "C1 is not"),
        (DISPUTE, replace(OPENING, P_hat=scalar(38)), "C1 is not"),
        (DISPUTE, replace(OPENING, P=OPENING.P_hat, P_hat=OPENING.P), "C1 is not"),
        (replace(DISPUTE, C0=published(ALPHA * GROUP.g)), OPENING, "C0 is not"),
        (replace(DISPUTE, C1=DISPUTE.C1[:63] + bytes([DISPUTE.C1[63] ^ 1])), OPENING, "C1 is not"),
        (replace(DISPUTE, C1=DISPUTE.C1[32:] + DISPUTE.C1[:32]), OPENING, "C1 is not"),
        (replace(DISPUTE, route=replace(ROUTE, parameter_hash=b"\x12" * 32)), OPENING, "C1 is not"),
        (replace(DISPUTE, route=replace(ROUTE, kappa=KAPPA * GROUP.g)), OPENING, "C1 is not"),
        (replace(DISPUTE, route=replace(ROUTE, dealer=1)), OPENING, "C1 is not"),
        (replace(DISPUTE, route=replace(ROUTE, receiver=1)), OPENING, "C1 is not"),
        (replace(DISPUTE, K=(K[0], K[1] * GROUP.g)), OPENING, "P is not"),
        (replace(DISPUTE, K_hat=(K_HAT[0] * GROUP.g, K_HAT[1])), OPENING, "P_hat is not"),
    ],
)
def test_every_contradiction_is_found_and_names_the_dealer(dispute: Dispute, opening: Opening, reason: str) -> None:
    assert contradiction(dispute, opening).startswith(reason)
    assert judge(dispute, opening) == dispute.route.dealer


@pytest.mark.parametrize(("P", "P_hat"), [(20, 37), (19, 38), (0, 37)])
def test_what_was_really_sealed_is_still_off_the_polynomial(P: int, P_hat: int) -> None:
    """The dealer tells the truth about a wrong share."""
    sealed = ROUTE.masked(ALPHA, BETA, scalar(P).encode() + scalar(P_hat).encode())
    opening = Opening(scalar(P), scalar(P_hat), OPENING.xi)
    assert contradiction(replace(DISPUTE, C1=sealed), opening).endswith("is not on the committed polynomial")
    assert judge(replace(DISPUTE, C1=sealed), opening) == 3


@pytest.mark.parametrize("values", [(0, 0), (1, 0), (0, 1), (2**200, 2**248 - 1), (int(GROUP.q) - 1, 255)])
def test_leading_zeros_are_sealed_like_all_digits(values: tuple[int, int]) -> None:
    """Values of fewer bytes keep their width (A71)."""
    data = b"".join(scalar(value).encode() for value in values)
    assert len(data) == 64
    sealed = ROUTE.masked(ALPHA, BETA, data)
    assert len(sealed) == 64
    assert ROUTE.masked(ALPHA, BETA, sealed) == data


@pytest.mark.parametrize("size", [0, 32, 63, 65])
def test_only_two_whole_values_are_masked(size: int) -> None:
    with pytest.raises(ValueError, match=f"share: {size} bytes, want 64"):
        ROUTE.masked(ALPHA, BETA, bytes(size))


@pytest.mark.parametrize(("dealer", "receiver"), [(0, 1), (1, 0), (1, 2**31)])
def test_indices_are_from_one(dealer: int, receiver: int) -> None:
    with pytest.raises(ValueError):
        Route(b"\x11" * 32, dealer, receiver, KAPPA).masks(ALPHA, BETA)
