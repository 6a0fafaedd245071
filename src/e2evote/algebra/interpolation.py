"""Polynomials shared among numbered parties (docs/spec.md §3).

    w_i = Π_{ℓ ∈ U, ℓ ≠ i} ℓ / (ℓ - i)  mod q                                             (3.14)
    Y_i = Π_ℓ Π_m K_ℓm^(i^m),   K_ℓm = g^(a_ℓm)                                            (3.15)

An index is never 0 mod q, since the value there is the secret itself, and no two indices are equal mod q.
Coefficients are keyed by the index they belong to and recomputed from the indices, never read.
"""

from collections.abc import Collection, Mapping, Sequence

from e2evote.algebra.exponentiation import multi_power
from e2evote.algebra.group import Element, Group, Scalar
from e2evote.algebra.integers import Integer, integer


def lagrange_at_zero(group: Group, indices: Collection[int]) -> dict[int, Scalar]:
    """w_i for each index: P(0) = Σ w_i·P(i) for every P of lower degree than there are indices.    spec (3.14)"""
    if not indices:
        raise ValueError("interpolation from no shares")
    points = {index: _point(group, index) for index in indices}
    if len(points) != len(indices):
        raise ValueError(f"interpolation: an index occurs twice in {sorted(indices)}")
    coefficients = {}
    for i, x_i in points.items():
        numerator = denominator = group.scalar(1)
        for x in points.values():
            if x != x_i:
                numerator, denominator = numerator * x, denominator * (x - x_i)
        coefficients[i] = numerator * denominator.inverse()
    return coefficients


def combine(shares: Mapping[int, Element]) -> Element:
    """Π M_i^{w_i}: from A^P(i) at each index i to A^P(0).    spec (3.14)"""
    if not shares:
        raise ValueError("interpolation from no shares")
    group = next(iter(shares.values())).group
    coefficients = lagrange_at_zero(group, tuple(shares))
    return multi_power([(share, coefficients[i]) for i, share in shares.items()])


def joint_commitments(dealers: Sequence[Sequence[Element]]) -> tuple[Element, ...]:
    """Π_ℓ K_ℓm for each m: the coefficients of the sum of the dealers' polynomials, which are equally long."""
    if not dealers:
        raise ValueError("the sum of no polynomials")
    if len({len(commitments) for commitments in dealers}) != 1:
        raise ValueError(f"polynomials of {[len(commitments) for commitments in dealers]} coefficients")
    joint = tuple(dealers[0])
    for commitments in dealers[1:]:
        joint = tuple(left * right for left, right in zip(joint, commitments, strict=True))
    return joint


def polynomial_power(commitments: Sequence[Element], index: int) -> Element:
    """Π_m K_m^(i^m), which is g^P(i): one dealer's factor of (3.15), or Y_i itself from `joint_commitments`.

    By Horner's rule, so that every exponent is the small index itself.
    """
    if not commitments:
        raise ValueError("a polynomial without coefficients")
    x = _point(commitments[0].group, index)
    total = commitments[-1]
    for commitment in reversed(commitments[:-1]):
        total = total**x * commitment
    return total


def _point(group: Group, index: int) -> Scalar:
    if not 1 <= integer(index) < group.q:
        raise ValueError(f"index {index}: not in [1, q)")
    return Scalar(group, Integer(index))
