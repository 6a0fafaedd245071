"""The seal of a share, and who is contradicted once a disputed share is opened (docs/spec.md §6).

    k_iℓ = H(H_P; 11 ‖ i ‖ ℓ ‖ κ_ℓ ‖ α ‖ β),   α = g^ξ,  β = κ_ℓ^ξ                                       (6.3)
    C0 = α,   C1 = (P_i(ℓ) ⊕ k_1) ‖ (P̂_i(ℓ) ⊕ k_2)                                                 (6.5)

ElectionGuard 2.1, §3.2.2. Dealer and receiver compute the same from their secrets. When the receiver complains, the
dealer publishes both values and ξ, and everybody computes it from those: that is `judge`. Each value has the fixed
width of a scalar, leading zeros included, so that no value is sealed differently from another.
"""

import hmac
from collections.abc import Sequence
from dataclasses import dataclass

from e2evote.algebra.exponentiation import power
from e2evote.algebra.group import Element, Residue, Scalar
from e2evote.algebra.interpolation import polynomial_power
from e2evote.hashing.digest import H
from e2evote.proofs.place import index4

VALUE_SIZE = 32
"""Bytes of one value, and of the mask over it, which is one output of HMAC-SHA-256."""


@dataclass(frozen=True, slots=True)
class Route:
    """Whose share this is and for whom, under which parameter hash H_P; `kappa` is the receiver's κ_ℓ."""

    parameter_hash: bytes
    dealer: int
    receiver: int
    kappa: Element

    def parties(self) -> bytes:
        """b4(i) ‖ b4(ℓ)"""
        return index4(self.dealer, "dealer") + index4(self.receiver, "receiver")

    def seal_key(self, alpha: Element, beta: Element) -> bytes:
        """k_iℓ = H(H_P; 11 ‖ b4(i) ‖ b4(ℓ) ‖ κ_ℓ ‖ α ‖ β)    spec (6.3)"""
        return H(self.parameter_hash, b"\x11", self.parties(), self.kappa.encode(), alpha.encode(), beta.encode())

    def masks(self, alpha: Element, beta: Element) -> tuple[bytes, bytes]:
        """k_1 and k_2: k_t = HMAC(k_iℓ; t ‖ "share_enc_keys" ‖ 00 ‖ "share_encrypt" ‖ i ‖ ℓ ‖ 02 00)    spec (6.4)

        The last two bytes are the length of both masks together in bits.
        """
        key = self.seal_key(alpha, beta)
        context = b"share_enc_keys\x00share_encrypt" + self.parties() + b"\x02\x00"
        first, second = (hmac.digest(key, bytes([t]) + context, "sha256") for t in (1, 2))
        return first, second

    def masked(self, alpha: Element, beta: Element, values: bytes) -> bytes:
        """Both values of 32 bytes under their masks, or both out of C1: the mask is its own inverse.    spec (6.5)"""
        if len(values) != 2 * VALUE_SIZE:
            raise ValueError(f"share: {len(values)} bytes, want {2 * VALUE_SIZE}")
        mask = b"".join(self.masks(alpha, beta))
        return bytes(value ^ pad for value, pad in zip(values, mask, strict=True))


@dataclass(frozen=True, slots=True)
class Opening:
    """What an accused dealer publishes: P_i(ℓ), P̂_i(ℓ) and the nonce ξ they were sealed with."""

    P: Scalar
    P_hat: Scalar
    xi: Scalar


@dataclass(frozen=True, slots=True)
class Dispute:
    """What was public about a share before its dealer opened it: the commitments of both polynomials, and the seal."""

    route: Route
    K: tuple[Element, ...]
    K_hat: tuple[Element, ...]
    C0: Residue
    C1: bytes


def on_polynomial(K: Sequence[Element], receiver: int, power_of_value: Element) -> bool:
    """g^P_i(ℓ) = Π_j K_ij^(ℓ^j), the left side given    spec (6.6)"""
    return polynomial_power(K, receiver) == power_of_value


def contradiction(dispute: Dispute, opening: Opening) -> str:
    """What of the dealer's messages the opening contradicts; empty if all of them fit.    spec 6, Complaint

    Variable time: an opening is public.
    """
    route, group = dispute.route, dispute.route.kappa.group
    alpha = power(group.g, opening.xi)
    if alpha.encode() != dispute.C0.encode():
        return "C0 is not g^ξ"
    sealed = route.masked(alpha, route.kappa**opening.xi, opening.P.encode() + opening.P_hat.encode())
    if sealed != dispute.C1:
        return "C1 is not the seal of the published values"
    for name, K, value in (("P", dispute.K, opening.P), ("P_hat", dispute.K_hat, opening.P_hat)):
        if not on_polynomial(K, route.receiver, power(group.g, value)):
            return f"{name} is not on the committed polynomial"
    return ""


def judge(dispute: Dispute, opening: Opening | None) -> int:
    """The index of the trustee at fault: the dealer if it does not answer or is contradicted, else the accuser."""
    route = dispute.route
    if opening is None or contradiction(dispute, opening):
        return route.dealer
    return route.receiver
