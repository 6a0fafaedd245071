"""Tables and products of powers give what plain powers give, and tables stay with their base."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from e2evote.algebra import exponentiation
from e2evote.algebra.exponentiation import FixedBase, multi_power, power, precompute, table_of
from e2evote.algebra.group import Element, Group, Scalar
from e2evote.algebra.integers import Integer
from e2evote.algebra.parameters import ELECTIONGUARD_4096, TEST_512
from e2evote.algebra.product import Product

Q = int(TEST_512.q)
TOY = Group("toy-24", Integer(0xFFF93F356A395FFF), Integer(0xFFFFFD), Integer(0xCCCCA8BCC08F3688))
TABLE = FixedBase(TEST_512.g)
scalars = st.one_of(st.integers(0, Q - 1), st.sampled_from([0, 1, 2, 255, 256, Q - 1, Q - 2])).map(TEST_512.scalar)
elements = st.integers(0, 50).map(lambda x: TEST_512.g ** TEST_512.scalar(x))


@pytest.fixture(autouse=True)
def _no_tables_from_elsewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exponentiation, "_tables", type(exponentiation._tables)())


class Recording(tuple[Integer, ...]):
    """A row of a table that notes which of its entries are read."""

    reads: list[int]

    def __getitem__(self, index: Any) -> Any:
        self.reads.append(index)
        return super().__getitem__(index)


@pytest.mark.parametrize("window", [0, -1, 17, True])
def test_a_window_out_of_range_is_refused(window: int) -> None:
    with pytest.raises(ValueError, match="window"):
        FixedBase(TEST_512.g, window)


def test_an_exponent_of_another_group_is_refused() -> None:
    with pytest.raises(ValueError, match="toy-24"):
        TABLE.power(TOY.scalar(1))
    with pytest.raises(ValueError, match="toy-24"):
        multi_power([(TEST_512.g, TEST_512.scalar(1)), (TEST_512.g, TOY.scalar(1))])
    with pytest.raises(ValueError, match="toy-24"):
        multi_power([(TEST_512.g, TEST_512.scalar(1)), (TOY.g, TOY.scalar(1))])


def test_a_product_of_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="no powers"):
        Product(()).value()


@given(scalars)
def test_a_table_gives_the_power(x: Scalar) -> None:
    assert TABLE.power(x) == TABLE.power_secret(x) == TEST_512.g**x


@settings(max_examples=20)
@given(st.integers(1, 10), st.integers(1, 2**24), elements)
def test_every_window_gives_the_power(window: int, x: int, base: Element) -> None:
    exponent = TEST_512.reduce(x**10)
    assert FixedBase(base, window).power(exponent) == base**exponent


@pytest.mark.parametrize("window", [1, 3, 8])
def test_a_table_of_the_identity_gives_the_identity(window: int) -> None:
    assert FixedBase(TEST_512.identity, window).power(TEST_512.scalar(5)) == TEST_512.identity


@pytest.mark.parametrize("exponent", [0, 1, 2**255, Q - 1])
def test_a_secret_exponent_reads_one_entry_of_every_row(exponent: int) -> None:
    table = FixedBase(TEST_512.g)
    rows = tuple(Recording(row) for row in table.rows)
    for row in rows:
        row.reads = []
    object.__setattr__(table, "rows", rows)
    assert table.power_secret(TEST_512.scalar(exponent)) == TEST_512.g ** TEST_512.scalar(exponent)
    assert [len(row.reads) for row in rows] == [1] * 32


def test_the_digit_zero_costs_a_multiplication_like_any_other() -> None:
    """No entry is 1, by which a multiplication would be cheap."""
    assert all(entry.bit_length() > 400 for row in TABLE.rows for entry in row)


@given(st.lists(st.tuples(elements, scalars), min_size=1, max_size=6), st.booleans())
def test_a_product_is_the_product_of_the_powers(terms: list[tuple[Element, Scalar]], with_table: bool) -> None:
    if with_table:
        precompute(terms[0][0], 2)
    expected = TEST_512.identity
    for base, exponent in terms:
        expected = expected * base**exponent
    assert multi_power(terms) == Product(tuple(terms)).value() == expected


def test_a_table_is_made_once_and_used() -> None:
    base = TEST_512.g ** TEST_512.scalar(11)
    assert table_of(base) is None
    assert power(base, TEST_512.scalar(5)) == base ** TEST_512.scalar(5)
    table = precompute(base, 4)
    assert precompute(base, 4) is precompute(base, 3) is table_of(base) is table
    wider = precompute(base, 5)
    assert table_of(base) is wider
    assert power(base, TEST_512.scalar(5)) == base ** TEST_512.scalar(5)


def test_a_table_is_used_where_there_is_one(monkeypatch: pytest.MonkeyPatch) -> None:
    base = TEST_512.g ** TEST_512.scalar(12)
    precompute(base, 2)
    asked: list[Scalar] = []
    monkeypatch.setattr(FixedBase, "power_secret", lambda self, exponent: asked.append(exponent) or self.base)
    assert power(base, TEST_512.scalar(9)) == base
    assert multi_power([(base, TEST_512.scalar(8))]) == base
    assert asked == [TEST_512.scalar(9), TEST_512.scalar(8)]


def test_a_table_never_serves_the_same_number_in_another_group() -> None:
    """Two groups share p and q but not g; a third shares only the number."""
    twin = Group("twin", TEST_512.p, TEST_512.q, (TEST_512.g ** TEST_512.scalar(5)).value, h_is_prime=True)
    base = TEST_512.g ** TEST_512.scalar(5)
    precompute(base, 2)
    assert base.value == twin.g.value
    assert table_of(base) is not None
    assert table_of(twin.g) is None
    square = TOY.g * TOY.g
    small = TEST_512.g ** TEST_512.scalar(0)
    precompute(small, 1)
    assert table_of(TOY.identity) is None
    assert power(square, TOY.scalar(3)) == square ** TOY.scalar(3)


def test_the_least_recently_used_table_makes_room(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exponentiation, "CACHE_LIMIT", 3)
    bases = [TEST_512.g ** TEST_512.scalar(i) for i in range(1, 5)]
    for base in bases[:3]:
        precompute(base, 1)
    power(bases[0], TEST_512.scalar(2))
    precompute(bases[3], 1)
    assert [table_of(base) is not None for base in bases] == [True, False, True, True]


def test_threads_that_share_the_cache_get_the_right_powers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exponentiation, "CACHE_LIMIT", 3)
    bases = [TEST_512.g ** TEST_512.scalar(i) for i in range(2, 10)]
    exponent = TEST_512.scalar(Q // 7)

    def work(number: int) -> bool:
        base = bases[number % len(bases)]
        precompute(base, 1 + number % 4)
        return power(base, exponent) == base**exponent

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(work, range(160)))
    assert len(exponentiation._tables) <= 3


@settings(max_examples=3)
@given(st.integers(0, 2**256 - 190))
def test_the_standard_group_has_tables_too(x: int) -> None:
    group = ELECTIONGUARD_4096
    exponent, table = group.scalar(x), FixedBase(group.g, 4)
    assert table.power(exponent) == group.g**exponent
    assert multi_power([(group.g, exponent), (group.g, -exponent)]) == group.identity
