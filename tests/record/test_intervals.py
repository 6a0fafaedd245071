"""Intervals (docs/spec.md, section 15) against published values, exact sums, and the coverage that they promise."""

from fractions import Fraction
from itertools import product
from math import comb

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from e2evote.record.intervals import SCALE, Interval, clopper_pearson, difference, newcombe, proportion, wilson

TAIL = Fraction(1, 40)


def units(text: str) -> int:
    """A printed number as ten-thousandths."""
    return int(Fraction(text) * SCALE)


def is_rounded_outward(found: Interval, low: str, high: str) -> bool:
    """Publications round to the nearest; a bound that is rounded outward is the same or one further out."""
    return 0 <= units(low) - found.low <= 1 and 0 <= found.high - units(high) <= 1


# Newcombe, Two-sided confidence intervals for the single proportion, Statistics in Medicine 17 (1998) 857-872, table I.
@pytest.mark.parametrize(
    ("x", "n", "score", "exact"),
    [
        (81, 263, ("0.2553", "0.3662"), ("0.2527", "0.3676")),
        (15, 148, ("0.0624", "0.1605"), ("0.0578", "0.1617")),
        (0, 20, ("0.0000", "0.1611"), ("0.0000", "0.1684")),
        (1, 29, ("0.0061", "0.1718"), ("0.0009", "0.1776")),
    ],
)
def test_single_proportions_of_newcombe_1998(x: int, n: int, score: tuple[str, str], exact: tuple[str, str]) -> None:
    assert is_rounded_outward(wilson(x, n), *score)
    assert is_rounded_outward(clopper_pearson(x, n), *exact)


# Newcombe, Interval estimation for the difference between independent proportions, Statistics in Medicine 17 (1998)
# 873-890, table II, method 10.
@pytest.mark.parametrize(
    ("x1", "n1", "x2", "n2", "low", "high"),
    [
        (56, 70, 48, 80, "0.0524", "0.3339"),
        (9, 10, 3, 10, "0.1705", "0.8090"),
        (6, 7, 2, 7, "0.0582", "0.8062"),
        (5, 56, 0, 29, "-0.0381", "0.1926"),
        (0, 10, 0, 20, "-0.1611", "0.2775"),
        (0, 10, 0, 10, "-0.2775", "0.2775"),
        (10, 10, 0, 20, "0.6791", "1.0000"),
        (10, 10, 0, 10, "0.6075", "1.0000"),
    ],
)
def test_differences_of_newcombe_1998(x1: int, n1: int, x2: int, n2: int, low: str, high: str) -> None:
    assert is_rounded_outward(newcombe(x1, n1, x2, n2), low, high)


def tail(x: int, n: int, k: int) -> Fraction:
    """P(X ≥ x) for X binomial with n and k/SCALE."""
    p = Fraction(k, SCALE)
    return sum((comb(n, i) * p**i * (1 - p) ** (n - i) for i in range(x, n + 1)), Fraction(0))


@pytest.mark.parametrize(("x", "n"), [(x, n) for n in (1, 2, 3, 7, 20, 49) for x in {0, 1, n // 2, n - 1, n}])
def test_the_exact_interval_is_the_widest_that_the_exact_sums_allow(x: int, n: int) -> None:
    """Low is the greatest ten-thousandth whose upper tail is at most 2.5 %: the next one has more."""
    found = clopper_pearson(x, n)
    if x:
        assert tail(x, n, found.low) <= TAIL < tail(x, n, found.low + 1)
    else:
        assert found.low == 0
    assert found.high == SCALE - clopper_pearson(n - x, n).low


@pytest.mark.parametrize(("x", "n"), [(1, 1), (3, 7), (20, 20), (31, 49)])
def test_the_two_intervals_of_a_difference_have_the_confidence_of_the_root(x: int, n: int) -> None:
    """The upper end for m of m is 1, so that the lower end of the difference shows that of x/n."""
    low = difference(x, n, 9, 9).low + SCALE
    assert (1 - 2 * tail(x, n, low)) ** 2 >= Fraction(95, 100) > (1 - 2 * tail(x, n, low + 1)) ** 2


def test_many_ballots_take_no_time_and_lose_no_digit() -> None:
    """For 0 of n the bound has a closed form, 1 - 0.025^(1/n): (1 - high)^n ≤ 0.025 < (1 - high + 1/SCALE)^n."""
    n = 30_000
    high = clopper_pearson(0, n).high
    assert (SCALE - high) ** n * 40 <= SCALE**n < (SCALE - high + 1) ** n * 40
    few, many = clopper_pearson(3, 10), clopper_pearson(300_000, 1_000_000)
    assert few.low < many.low < 3000 < many.high < few.high
    assert many.high - many.low < 22


counts = st.integers(1, 400).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))


@given(counts)
@example((0, 1))
@example((1, 1))
@settings(max_examples=60, deadline=None)
def test_an_interval_of_a_proportion(given_counts: tuple[int, int]) -> None:
    x, n = given_counts
    for method in (wilson, clopper_pearson, proportion):
        found, mirrored = method(x, n), method(n - x, n)
        assert 0 <= found.low <= Fraction(x * SCALE, n) <= found.high <= SCALE
        assert (mirrored.low, mirrored.high) == (SCALE - found.high, SCALE - found.low)
    assert proportion(x, n).method == ("clopper-pearson" if n < 50 else "wilson")


@given(counts, counts)
@settings(max_examples=60, deadline=None)
def test_an_interval_of_a_difference(first: tuple[int, int], second: tuple[int, int]) -> None:
    found, mirrored = difference(*first, *second), difference(*second, *first)
    (x1, n1), (x2, n2) = first, second
    assert -SCALE <= found.low <= (Fraction(x1, n1) - Fraction(x2, n2)) * SCALE <= found.high <= SCALE
    assert (mirrored.low, mirrored.high) == (-found.high, -found.low)
    assert found.method == ("clopper-pearson" if min(n1, n2) < 50 else "newcombe")


def chances(n: int, p: Fraction) -> list[Fraction]:
    return [comb(n, x) * p**x * (1 - p) ** (n - x) for x in range(n + 1)]


GRID = [Fraction(k, 20) for k in range(21)] + [Fraction(1, 100), Fraction(99, 100)]


@pytest.mark.parametrize("n", [1, 2, 5, 12, 30])
def test_the_exact_interval_covers_every_proportion_with_95_percent(n: int) -> None:
    found = [clopper_pearson(x, n) for x in range(n + 1)]
    for p in GRID:
        covered = sum(c for c, i in zip(chances(n, p), found, strict=True) if i.low <= p * SCALE <= i.high)
        assert covered >= Fraction(95, 100), p


@pytest.mark.parametrize(("n1", "n2"), [(1, 1), (2, 9), (6, 6), (4, 13)])
def test_the_exact_difference_covers_every_difference_with_95_percent(n1: int, n2: int) -> None:
    """Every outcome of both channels is added up: no simulation."""
    found = {(a, b): difference(a, n1, b, n2) for a in range(n1 + 1) for b in range(n2 + 1)}
    for p1, p2 in product(GRID, GRID):
        first, second, delta = chances(n1, p1), chances(n2, p2), (p1 - p2) * SCALE
        covered = sum(first[a] * second[b] for (a, b), i in found.items() if i.low <= delta <= i.high)
        assert covered >= Fraction(95, 100), (p1, p2)


def test_newcombe_s_difference_covers_about_95_percent_from_50_ballots_on() -> None:
    """It promises no more than about: at least 93 % at each point of a grid, and 95 % on the average."""
    n = 50
    found = {(a, b): difference(a, n, b, n) for a in range(n + 1) for b in range(n + 1)}
    assert all(interval.method == "newcombe" for interval in found.values())
    coverages = []
    grid = [Fraction(k, 10) for k in range(1, 10)]
    for p1, p2 in product(grid, grid):
        first, second = ([float(c) for c in chances(n, p)] for p in (p1, p2))
        delta = (p1 - p2) * SCALE
        coverages.append(sum(first[a] * second[b] for (a, b), i in found.items() if i.low <= delta <= i.high))
    assert min(coverages) >= 0.93
    assert sum(coverages) / len(coverages) >= 0.95


@pytest.mark.parametrize(("x", "n"), [(0, 0), (1, 0), (-1, 5), (6, 5)])
def test_counts_that_are_none_are_our_own_mistake(x: int, n: int) -> None:
    for method in (wilson, clopper_pearson, proportion):
        with pytest.raises(ValueError, match="interval"):
            method(x, n)
    with pytest.raises(ValueError, match="interval"):
        difference(x, n, 5, 60)
    with pytest.raises(ValueError, match="interval"):
        difference(30, 60, x, n)
