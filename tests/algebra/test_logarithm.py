"""Counts are found up to the limit and not beyond it."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from e2evote.algebra import logarithm
from e2evote.algebra.logarithm import LogTable, bounded_log
from e2evote.algebra.parameters import ELECTIONGUARD_4096, TEST_512
from e2evote.errors import TooLargeForSearch

GROUP = TEST_512
K = GROUP.g ** GROUP.scalar(123456789)


@pytest.mark.parametrize("limit", [0, 1, 2, 10, 99, 100])
def test_one_more_than_the_limit_is_not_found(limit: int) -> None:
    with pytest.raises(TooLargeForSearch) as caught:
        bounded_log(K, K ** GROUP.scalar(limit + 1), limit)
    assert caught.value.limit == limit


@pytest.mark.parametrize("exponent", [-1, 2**200, 10**9])
def test_what_is_no_count_ends_the_search(exponent: int) -> None:
    """A negative sum, or a message far outside the range, must not make the search endless."""
    with pytest.raises(TooLargeForSearch):
        bounded_log(K, K ** GROUP.reduce(exponent), 1000)


def test_a_power_of_another_base_is_not_found() -> None:
    with pytest.raises(TooLargeForSearch):
        bounded_log(K, GROUP.g, 1000)


@pytest.mark.parametrize("limit", [-1, True, 1.5, "9", GROUP.q])
def test_a_limit_is_a_number_from_0_below_q(limit: Any) -> None:
    with pytest.raises(ValueError, match=r"limit|whole number"):
        LogTable(K, limit)


@pytest.mark.parametrize("values", [0, -1, True])
def test_a_table_is_for_at_least_one_value(values: int) -> None:
    with pytest.raises(ValueError, match=r"values|whole number"):
        LogTable(K, 10, values)


@pytest.mark.parametrize("limit", [0, 1, 2, 3, 15, 16, 17])
@pytest.mark.parametrize("values", [1, 4, 1000])
def test_every_count_up_to_the_limit_is_found(limit: int, values: int) -> None:
    table = LogTable(K, limit, values)
    assert [table.log(K ** GROUP.scalar(t)) for t in range(limit + 1)] == list(range(limit + 1))


@given(st.integers(0, 5000), st.integers(0, 5000))
def test_a_count_is_found_exactly_when_it_is_within_the_limit(t: int, limit: int) -> None:
    value = K ** GROUP.scalar(t)
    if t <= limit:
        assert bounded_log(K, value, limit) == t
    else:
        with pytest.raises(TooLargeForSearch):
            bounded_log(K, value, limit)


def test_colliding_fingerprints_cost_no_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(logarithm, "fingerprint", lambda value: int(value) % 3)
    table = LogTable(K, 200, 20)
    assert [table.log(K ** GROUP.scalar(t)) for t in range(201)] == list(range(201))
    with pytest.raises(TooLargeForSearch):
        table.log(K ** GROUP.scalar(201))


def test_a_small_table_takes_more_giant_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(logarithm, "TABLE_LIMIT", 4)
    assert bounded_log(K, K ** GROUP.scalar(997), 1000) == 997


def test_the_identity_has_the_logarithm_0() -> None:
    assert bounded_log(K, GROUP.identity, 10) == 0
    assert bounded_log(GROUP.identity, GROUP.identity, 10) == 0
    with pytest.raises(TooLargeForSearch):
        bounded_log(GROUP.identity, K, 10)


def test_the_standard_group_counts_too() -> None:
    g = ELECTIONGUARD_4096.g
    assert bounded_log(g, g ** ELECTIONGUARD_4096.scalar(4321), 10_000) == 4321
