"""A secret polynomial, its values for the other trustees, and their seal (docs/spec.md §6).

    P(x) = Σ_j a_j·x^j  mod q,   K_j = g^(a_j)                                             (6.1)

The key of a trustee is P(0). Trustee ℓ gets P(ℓ) and P̂(ℓ) of the polynomials for votes and for ballot data, always
both at once. A value is a number in [0, q), zero included: a dealer may have chosen a polynomial with a root there.
What these classes hold prints as redacted and is not compared, copied or pickled.
"""

from collections.abc import Sequence
from typing import Self

from e2evote.algebra.group import Element, Group, Residue, Scalar
from e2evote.errors import MalformedInput
from e2evote.proofs.known_log import KnownLog, ShareSeal
from e2evote.proofs.share import Opening, Route, on_polynomial
from e2evote.record.keys import SealedShare
from e2evote.secret.guarded import Guarded
from e2evote.secret.prove import prove_known_log
from e2evote.secret.randomness import Randomness
from e2evote.secret.scalar import SecretScalar


class SecretPolynomial(Guarded):
    """k coefficients, none of them 0: then neither the key nor the leading commitment can be 1, and the degree is k-1.

    For the coefficients between the first and the last, leaving out 0 is a deviation of 1/q from uniform.
    """

    __slots__ = ("_coefficients",)

    def __init__(self, coefficients: Sequence[SecretScalar]) -> None:
        if not coefficients:
            raise ValueError("a polynomial without coefficients")
        self._coefficients = tuple(coefficients)

    @classmethod
    def random(cls, group: Group, quorum: int, randomness: Randomness) -> Self:
        """Of degree quorum - 1, every coefficient uniform in [1, q)."""
        return cls([SecretScalar.random(group, randomness) for _ in range(quorum)])

    @property
    def coefficients(self) -> tuple[SecretScalar, ...]:
        """a_0 … a_{k-1}, the witnesses of the key proof."""
        return self._coefficients

    def commitments(self) -> tuple[Element, ...]:
        """K_0 … K_{k-1}, K_j = g^(a_j)    spec (6.1)"""
        return tuple(a.power_of(a.group.g) for a in self._coefficients)

    def at(self, index: int) -> Scalar:
        """P(index) by Horner's rule. The value at 0, or at a multiple of q, would be the key itself: a ValueError."""
        group = self._coefficients[0].group
        if isinstance(index, bool) or not 1 <= index < group.q:
            raise ValueError(f"polynomial: index {index}, want 1 to q - 1")
        x, total = group.scalar(index), group.scalar(0)
        for a in reversed(self._coefficients):
            total = total * x + a.disclose()
        return total

    def encode(self) -> bytes:
        """The coefficients in their fixed width, for an encrypted file alone."""
        return b"".join(a.disclose().encode() for a in self._coefficients)

    @classmethod
    def decode(cls, data: bytes, group: Group, quorum: int) -> Self:
        """Exactly `quorum` coefficients, none of them 0, or MalformedInput."""
        size = group.scalar_size
        if len(data) != quorum * size:
            raise MalformedInput(f"polynomial: {len(data)} bytes, want {quorum * size}")
        return cls([decode_secret(data[at : at + size], group) for at in range(0, len(data), size)])


class SecretShare(Guarded):
    """P(ℓ) and P̂(ℓ) for one receiver, or the sum of several: then it is a trustee's share of the joint keys."""

    __slots__ = ("_P", "_P_hat")

    def __init__(self, P: Scalar, P_hat: Scalar) -> None:
        self._P, self._P_hat = P, P_hat

    @classmethod
    def of(cls, P: SecretPolynomial, P_hat: SecretPolynomial, receiver: int) -> Self:
        """What the dealer with these polynomials owes `receiver`."""
        return cls(P.at(receiver), P_hat.at(receiver))

    def fits(self, K: Sequence[Element], K_hat: Sequence[Element], receiver: int) -> bool:
        """Whether both values are on the polynomials with these commitments.    spec (6.6)"""
        return on_polynomial(K, receiver, _power(self._P)) and on_polynomial(K_hat, receiver, _power(self._P_hat))

    def plus(self, other: "SecretShare") -> "SecretShare":
        """The share of the sum of two dealers' polynomials."""
        return SecretShare(self._P + other._P, self._P_hat + other._P_hat)

    def keys(self) -> tuple[SecretScalar, SecretScalar]:
        """z and ẑ, from the sum over all dealers; a ValueError if one of them is 0."""
        return SecretScalar(self._P), SecretScalar(self._P_hat)

    def opened(self, xi: SecretScalar) -> Opening:
        """Both values and the nonce, to be published in answer to a complaint."""
        return Opening(self._P, self._P_hat, xi.disclose())

    def encode(self) -> bytes:
        """Both values in their fixed width, 64 bytes."""
        return self._P.encode() + self._P_hat.encode()

    @classmethod
    def decode(cls, data: bytes, group: Group) -> Self:
        """Two values below q, or MalformedInput."""
        size = group.scalar_size
        if len(data) != 2 * size:
            raise MalformedInput(f"share: {len(data)} bytes, want {2 * size}")
        return cls(group.decode_scalar(data[:size]), group.decode_scalar(data[size:]))


def seal_share(route: Route, share: SecretShare, xi: SecretScalar, randomness: Randomness) -> SealedShare:
    """C0 = g^ξ, C1 by (6.3)-(6.5), and the proof (3.10) that the nonce ξ is known; `randomness` is for the proof."""
    alpha, beta = xi.power_of(xi.group.g), xi.power_of(route.kappa)
    C1 = route.masked(alpha, beta, share.encode())
    seal = ShareSeal(route.parameter_hash, route.dealer, route.receiver, C1)
    proof, _ = prove_known_log(KnownLog(alpha), xi, seal, randomness)
    return SealedShare(route.receiver, published(alpha), C1, proof.c, proof.v)


def open_share(route: Route, zeta: SecretScalar, C0: Element, C1: bytes) -> SecretShare:
    """Both values by way of β = C0^ζ_ℓ, or MalformedInput if one is not below q.    spec (6.3)-(6.5)

    Whether they are the right ones is for `SecretShare.fits`; that the seal's proof holds was checked in public.
    """
    return SecretShare.decode(route.masked(C0, zeta.power_of(C0), C1), zeta.group)


def decode_secret(data: bytes, group: Group) -> SecretScalar:
    """A secret in [1, q) from its fixed width, or MalformedInput."""
    scalar = group.decode_scalar(data)
    if scalar.value == 0:
        raise MalformedInput("secret scalar: 0")
    return SecretScalar(scalar)


def published(element: Element) -> Residue:
    """The element as it stands in a message, where whoever reads it knows nothing of it yet."""
    return element.group.decode_residue(element.encode())


def _power(value: Scalar) -> Element:
    return SecretScalar(value).power_of(value.group.g) if value.value else value.group.identity
