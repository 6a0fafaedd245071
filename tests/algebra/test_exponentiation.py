"""Tables and products of powers give what plain powers give, and tables stay with their base."""

import os
import signal
import sys
import warnings
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
from tests.algebra.counting import Counted

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


def bytes_of(window: int) -> int:
    return FixedBase(TEST_512.g, window).size


def test_the_least_recently_used_table_makes_room(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exponentiation, "CACHE_BYTES", 3 * bytes_of(1))
    bases = [TEST_512.g ** TEST_512.scalar(i) for i in range(1, 5)]
    for base in bases[:3]:
        precompute(base, 1)
    power(bases[0], TEST_512.scalar(2))
    precompute(bases[3], 1)
    assert [table_of(base) is not None for base in bases] == [True, False, True, True]


def test_memory_bounds_the_cache_and_one_large_table_displaces_many_small_ones(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exponentiation, "CACHE_BYTES", bytes_of(6) + bytes_of(1))
    bases = [TEST_512.g ** TEST_512.scalar(i) for i in range(1, 8)]
    for base in bases[:6]:
        precompute(base, 1)
    assert len(exponentiation._tables) == 6
    precompute(bases[6], 6)
    assert [table_of(base) is not None for base in bases] == [False] * 5 + [True, True]
    precompute(bases[0], 7)
    assert [base for base in bases if table_of(base)] == [bases[0]], (
        "larger than the bound, and yet kept: just asked for"
    )


@pytest.mark.parametrize(("window", "mebibytes"), [(4, 0.6), (6, 1.5), (8, 4.4)])
def test_the_size_of_a_table_is_what_it_takes(window: int, mebibytes: float) -> None:
    """Against measured processes (a few per cent of which are not the table's)."""
    rows = range(0, ELECTIONGUARD_4096.q.bit_length(), window)
    table = object.__new__(FixedBase)
    for name, value in {"base": ELECTIONGUARD_4096.g, "window": window, "rows": tuple(() for _ in rows)}.items():
        object.__setattr__(table, name, value)
    assert abs(table.size / 2**20 - mebibytes) < 0.15 * mebibytes


@pytest.mark.parametrize(
    ("powers", "window"),
    [(1, 2), (30, 4), (100, 5), (600, 7), (700, 8), (2200, 8), (4000, 10), (15000, 11), (21000, 12), (10**9, 13)],
)
def test_the_window_follows_from_the_expected_powers(powers: int, window: int) -> None:
    assert exponentiation.window_for(powers, 256) == window


@pytest.mark.parametrize("powers", [2, 9, 35, 130, 1000, 3500, 11000, 30000])
def test_no_other_window_costs_fewer_multiplications(powers: int) -> None:
    """Counted as the code spends them: a row has 2^w entries, a power reads one of each row."""
    costs = {}
    for window in range(1, 14):
        rows = len(range(0, 256, window))
        costs[window] = rows * 2**window + rows * powers
    assert costs[exponentiation.window_for(powers, 256)] == min(costs.values())


def test_what_several_callers_expect_adds_up() -> None:
    base = TEST_512.g ** TEST_512.scalar(21)
    windows = [precompute(base, expected=40).window for _ in range(60)]
    assert windows == sorted(windows)
    assert windows[0] == 4
    assert windows[-1] >= exponentiation.window_for(60 * 40, 256) - 1
    assert len(set(windows)) == 3, "a table is replaced only by one that is wider by two"
    assert precompute(base, expected=1) is precompute(base, 4) is table_of(base), "a wider one serves"
    assert power(base, TEST_512.scalar(5)) == base ** TEST_512.scalar(5)


def test_expectations_that_mean_nothing_are_refused() -> None:
    for expected in (0, -1, True):
        with pytest.raises(ValueError, match="expected powers"):
            precompute(TEST_512.g, expected=expected)
    with pytest.raises(ValueError, match="either"):
        precompute(TEST_512.g, 4, expected=4)


@pytest.mark.parametrize(("window", "rows"), [(4, 64), (8, 32), (10, 26), (12, 22), (13, 20)])
def test_a_power_costs_a_multiplication_for_every_row_but_the_first(window: int, rows: int) -> None:
    """Rows of a table that would be large are made up, since only their number matters."""
    table = object.__new__(FixedBase)
    one = tuple(Counted(2) for _ in range(1 << window))
    for name, value in {"base": TEST_512.g, "window": window, "rows": (one,) * rows}.items():
        object.__setattr__(table, name, value)
    assert rows == len(range(0, 256, window))
    for exponent in (0, 1, Q // 3, Q - 1):
        Counted.multiplications = 0
        table.power_secret(TEST_512.scalar(exponent))
        assert Counted.multiplications == rows - 1


def test_threads_that_share_the_cache_get_the_right_powers(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tables are made, widened, displaced and used at once, through every door that reads them."""
    bound = 3 * bytes_of(4)
    monkeypatch.setattr(exponentiation, "CACHE_BYTES", bound)
    bases = [TEST_512.g ** TEST_512.scalar(i) for i in range(2, 10)]
    exponent = TEST_512.scalar(Q // 7)
    expected = [base**exponent for base in bases]
    before = sys.getswitchinterval()

    def work(number: int) -> bool:
        base, right = bases[number % len(bases)], expected[number % len(bases)]
        if number % 3:
            made = precompute(base, 1 + number % 4)
        else:
            made = precompute(base, expected=1 + number % 40)
        held = exponentiation.fast(base)  # which others may displace before it is used
        answers = [made.power(exponent), power(base, exponent), multi_power([(base, exponent)])]
        answers.append(held.power(exponent) if isinstance(held, FixedBase) else held**exponent)
        return made.base == base and answers == [right] * 4

    sys.setswitchinterval(1e-5)
    try:
        with ThreadPoolExecutor(8) as pool:
            assert all(pool.map(work, range(400)))
    finally:
        sys.setswitchinterval(before)
    assert sum(kept.table.size for kept in exponentiation._tables.values()) <= bound
    assert all(kept.table.base.value == key[-1] for key, kept in exponentiation._tables.items())


def test_a_table_made_meanwhile_by_another_thread_is_not_replaced_by_a_narrower_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    base = TEST_512.g ** TEST_512.scalar(22)
    wide = FixedBase(base, 6)

    def made_meanwhile(element: Element, window: int) -> FixedBase:
        exponentiation._keep(exponentiation._key(element), wide, 0)
        return FixedBase(element, window)

    monkeypatch.setattr(exponentiation, "FixedBase", made_meanwhile)
    assert precompute(base, 3) is wide
    assert table_of(base) is wide


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_a_process_forked_while_a_thread_has_the_lock_gets_its_own() -> None:
    base = TEST_512.g ** TEST_512.scalar(23)
    with exponentiation._lock, warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # from 3.12 on, of forking beside threads
        child = os.fork()
        if not child:
            signal.alarm(20)
            os._exit(0 if table_of(base) is None and precompute(base, 1) is table_of(base) else 1)
    assert os.waitpid(child, 0)[1] == 0


@settings(max_examples=3)
@given(st.integers(0, 2**256 - 190))
def test_the_standard_group_has_tables_too(x: int) -> None:
    group = ELECTIONGUARD_4096
    exponent, table = group.scalar(x), FixedBase(group.g, 4)
    assert table.power(exponent) == group.g**exponent
    assert multi_power([(group.g, exponent), (group.g, -exponent)]) == group.identity
