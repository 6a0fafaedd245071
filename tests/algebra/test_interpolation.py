"""Shares of a polynomial give back its value at 0, for every choice of indices that is allowed."""

from itertools import combinations
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from e2evote.algebra.group import Scalar
from e2evote.algebra.interpolation import combine, joint_commitments, lagrange_at_zero, polynomial_power
from e2evote.algebra.parameters import TEST_512

GROUP = TEST_512
Q = int(GROUP.q)
scalars = st.integers(0, Q - 1).map(GROUP.scalar)


def at(coefficients: list[Scalar], index: int) -> Scalar:
    total = GROUP.scalar(0)
    for coefficient in reversed(coefficients):
        total = total * GROUP.reduce(index) + coefficient
    return total


@pytest.mark.parametrize(
    "indices",
    [
        (),
        (0, 1),  # the value at 0 is the secret
        (1, Q),  # q is 0 mod q
        (1, 2, 1),
        (1, Q + 1),  # the same point under two names
        (-1, 2),
        (1, True),
        (1, 2.0),
        (1, "2"),
        (None, 1),
    ],
)
def test_indices_that_are_no_distinct_points_are_refused(indices: tuple[Any, ...]) -> None:
    with pytest.raises(ValueError, match=r"index|interpolation|whole number"):
        lagrange_at_zero(GROUP, indices)


@pytest.mark.parametrize("index", [0, -1, Q, Q + 1, True])
def test_a_polynomial_has_no_public_value_at_0(index: int) -> None:
    with pytest.raises(ValueError, match=r"index|whole number"):
        polynomial_power([GROUP.g, GROUP.g], index)


def test_nothing_is_combined_from_nothing() -> None:
    with pytest.raises(ValueError, match="no shares"):
        combine({})
    with pytest.raises(ValueError, match="without coefficients"):
        polynomial_power([], 1)
    with pytest.raises(ValueError, match="no polynomials"):
        joint_commitments([])


def test_polynomials_of_different_length_are_not_added() -> None:
    with pytest.raises(ValueError, match="coefficients"):
        joint_commitments([[GROUP.g, GROUP.g], [GROUP.g, GROUP.g, GROUP.g]])


def test_coefficients_belong_to_their_index_and_not_to_their_position() -> None:
    forwards, backwards = lagrange_at_zero(GROUP, (1, 3, 4)), lagrange_at_zero(GROUP, (4, 3, 1))
    assert forwards == backwards
    assert len(set(forwards.values())) == 3
    assert forwards[1] == GROUP.scalar(2), "3/(3-1) · 4/(4-1)"


def test_coefficients_depend_on_who_takes_part() -> None:
    assert lagrange_at_zero(GROUP, (1, 2))[1] != lagrange_at_zero(GROUP, (1, 3))[1]
    assert lagrange_at_zero(GROUP, (7,)) == {7: GROUP.scalar(1)}


@given(st.lists(scalars, min_size=1, max_size=4))
def test_any_quorum_gives_the_value_at_zero(coefficients: list[Scalar]) -> None:
    quorum = len(coefficients)
    for indices in combinations(range(1, quorum + 3), quorum):
        w = lagrange_at_zero(GROUP, indices)
        assert sum((w[i] * at(coefficients, i) for i in indices), start=GROUP.scalar(0)) == coefficients[0]


@given(st.sets(st.integers(1, Q - 1), min_size=1, max_size=5))
def test_the_coefficients_of_any_indices_sum_to_one(indices: set[int]) -> None:
    assert sum(lagrange_at_zero(GROUP, indices).values(), start=GROUP.scalar(0)) == GROUP.scalar(1)


def test_fewer_than_the_quorum_do_not_give_the_value_at_zero() -> None:
    coefficients = [GROUP.scalar(x) for x in (11, 22, 33)]
    w = lagrange_at_zero(GROUP, (1, 2))
    assert w[1] * at(coefficients, 1) + w[2] * at(coefficients, 2) != coefficients[0]


@given(st.lists(scalars, min_size=1, max_size=4), st.one_of(st.integers(1, 9), st.integers(1, Q - 1)))
def test_the_polynomial_in_the_exponent_is_the_power_of_its_value(coefficients: list[Scalar], index: int) -> None:
    assert polynomial_power([GROUP.g**a for a in coefficients], index) == GROUP.g ** at(coefficients, index)


@given(st.lists(scalars, min_size=2, max_size=2), st.lists(scalars, min_size=2, max_size=2))
def test_joint_commitments_are_those_of_the_sum(left: list[Scalar], right: list[Scalar]) -> None:
    joint = joint_commitments([[GROUP.g**a for a in left], [GROUP.g**a for a in right]])
    assert polynomial_power(joint, 3) == GROUP.g ** (at(left, 3) + at(right, 3))


@given(st.lists(scalars, min_size=3, max_size=3), scalars)
def test_shares_in_the_exponent_combine(coefficients: list[Scalar], x: Scalar) -> None:
    A = GROUP.g**x
    shares = {i: A ** at(coefficients, i) for i in (5, 1, 2)}
    assert combine(shares) == A ** coefficients[0]
