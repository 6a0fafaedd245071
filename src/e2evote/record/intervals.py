"""Intervals for a proportion, and for the difference of two (docs/spec.md, section 15).

A report shows what channels have in common and where they differ, with how much of it chance alone can explain. No
verdict depends on any of this.

Bounds are whole ten-thousandths, rounded outward, so that the digits that are shown never promise more than the method
does. They are the same on every machine: Wilson's and Newcombe's come from decimal arithmetic of 50 digits,
Clopper and Pearson's from whole numbers. There is no floating point.
"""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, Context, Decimal, localcontext
from functools import lru_cache
from math import isqrt
from typing import Literal

SCALE = 10_000
"""Bounds are in units of 1/SCALE."""

FEW = 50
"""With fewer ballots than this, the exact intervals are used."""

Method = Literal["wilson", "newcombe", "clopper-pearson"]

_Z = Decimal("1.959963984540054")
_DIGITS = Context(prec=50)
_ONE = 10**40
# What is left outside on either side: 2.5 %, and (1 - √0.95)/2, rounded down so that the confidence is never less.
_TAIL = _ONE // 40
_TAIL_OF_TWO = (_ONE - isqrt(_ONE * _ONE * 95 // 100) - 1) // 2
_WEIGHT = 1 << 256


@dataclass(frozen=True, slots=True)
class Interval:
    """From `low` to `high`, in ten-thousandths, both included."""

    low: int
    high: int
    method: Method


def proportion(x: int, n: int) -> Interval:
    """The interval that reports show for x of n: Clopper and Pearson's for few, Wilson's otherwise."""
    return clopper_pearson(x, n) if n < FEW else wilson(x, n)


def difference(x1: int, n1: int, x2: int, n2: int) -> Interval:
    """The interval that reports show for x1/n1 - x2/n2.

    Newcombe's (15.5); where either n is below 50, (15.6), which covers the difference with at least 95 %.
    """
    if min(n1, n2) >= FEW:
        return newcombe(x1, n1, x2, n2)
    low1, high1 = _exact_bounds(x1, n1, _TAIL_OF_TWO)
    low2, high2 = _exact_bounds(x2, n2, _TAIL_OF_TWO)
    return Interval(low1 - high2, high1 - low2, "clopper-pearson")


def wilson(x: int, n: int) -> Interval:
    """( p + z²/2n ± z·√( p(1-p)/n + z²/4n² ) ) / ( 1 + z²/n )    spec (15.4)"""
    with localcontext(_DIGITS):
        low, high = _wilson(x, n)
        return Interval(_down(low), _up(high), "wilson")


def newcombe(x1: int, n1: int, x2: int, n2: int) -> Interval:
    """p1 - p2 - √( (p1-l1)² + (u2-p2)² )  to  p1 - p2 + √( (u1-p1)² + (p2-l2)² )    spec (15.5)"""
    with localcontext(_DIGITS):
        (l1, u1), (l2, u2) = _wilson(x1, n1), _wilson(x2, n2)
        p1, p2 = Decimal(x1) / n1, Decimal(x2) / n2
        low = p1 - p2 - ((p1 - l1) ** 2 + (u2 - p2) ** 2).sqrt()
        high = p1 - p2 + ((u1 - p1) ** 2 + (p2 - l2) ** 2).sqrt()
        return Interval(_down(max(low, Decimal(-1))), _up(min(high, Decimal(1))), "newcombe")


def clopper_pearson(x: int, n: int) -> Interval:
    """The exact interval at 95 %: proportions under which neither x or more nor x or fewer has less than 2.5 %."""
    return Interval(*_exact_bounds(x, n, _TAIL), "clopper-pearson")


def _wilson(x: int, n: int) -> tuple[Decimal, Decimal]:
    _check_counts(x, n)
    p, square = Decimal(x) / n, _Z * _Z
    middle = p + square / (2 * n)
    reach = _Z * (p * (1 - p) / n + square / (4 * n * n)).sqrt()
    low = (middle - reach) / (1 + square / n) if x else Decimal(0)
    high = (middle + reach) / (1 + square / n) if x < n else Decimal(1)
    return low, high


@lru_cache(4096)
def _exact_bounds(x: int, n: int, tail: int) -> tuple[int, int]:
    """The bounds with at most tail/_ONE outside on either side.

    Low is the greatest k with P(X ≥ x; k/SCALE) ≤ tail. High is the same question about the n - x others.
    """
    _check_counts(x, n)
    return _low(x, n, tail), SCALE - _low(n - x, n, tail)


def _low(x: int, n: int, tail: int) -> int:
    if x == 0:
        return 0
    return _greatest(lambda k: _is_rare(x, n, k, tail))


def _greatest(holds: Callable[[int], bool]) -> int:
    """The greatest k below SCALE for which it holds; it holds for 0, and for no k after one for which it does not."""
    low, beyond = 0, SCALE
    while beyond - low > 1:
        middle = (low + beyond) // 2
        if holds(middle):
            low = middle
        else:
            beyond = middle
    return low


def _is_rare(x: int, n: int, k: int, tail: int) -> bool:
    """Whether P(X ≥ x) ≤ tail/_ONE for X binomial with n and k/SCALE, 0 < k < SCALE.

    Terms are whole numbers in proportion to the probabilities, the most probable one 2^256, and each next one is had
    from the one before. They fall below 1 after some 19 standard deviations, which is where the sums end: what is cut
    off has no effect on the first 60 digits, and the work grows with the root of n.
    """
    mode = min(n, (n + 1) * k // SCALE)
    outside = _WEIGHT if mode >= x else 0
    total = _WEIGHT
    term = _WEIGHT
    for i in range(mode, n):
        term = term * (n - i) * k // ((i + 1) * (SCALE - k))
        if not term:
            break
        total += term
        outside += term if i + 1 >= x else 0
    term = _WEIGHT
    for i in range(mode, 0, -1):
        term = term * i * (SCALE - k) // ((n - i + 1) * k)
        if not term:
            break
        total += term
        outside += term if i - 1 >= x else 0
    return outside * _ONE <= tail * total


def _check_counts(x: int, n: int) -> None:
    if not 0 <= x <= n or n < 1:
        raise ValueError(f"interval: {x} of {n}")


def _down(value: Decimal) -> int:
    return int((value * SCALE).to_integral_value(ROUND_FLOOR))


def _up(value: Decimal) -> int:
    return int((value * SCALE).to_integral_value(ROUND_CEILING))
