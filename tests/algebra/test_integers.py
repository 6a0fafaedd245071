"""The face to gmpy2: what it refuses to guess, and that it computes what Python computes."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from e2evote.algebra import integers
from e2evote.algebra.integers import Integer
from e2evote.algebra.multiexponentiation import buckets, multi_power_mod, straus

MODULUS = Integer(2**127 - 1)
numbers = st.integers(1, 2**127 - 2).map(Integer)
exponents = st.integers(0, 2**130).map(Integer)


@pytest.mark.parametrize("value", [True, False, 1.0, "1", "１２", " 12_3\n", b"1", None, Decimal(1)])
def test_what_is_not_a_whole_number_is_refused(value: Any) -> None:
    with pytest.raises(ValueError, match="not a whole number"):
        integers.integer(value)


def test_a_negative_exponent_is_no_inversion() -> None:
    with pytest.raises(ValueError, match="negative exponent"):
        integers.power(Integer(2), Integer(-1), Integer(7))
    with pytest.raises(ValueError, match="negative exponent"):
        multi_power_mod([(Integer(3), Integer(2)), (Integer(2), Integer(-1))], Integer(7))


@pytest.mark.parametrize("exponent", [0, -1])
def test_a_secret_power_needs_a_positive_exponent(exponent: int) -> None:
    with pytest.raises(ValueError, match="at least 1"):
        integers.secret_power(Integer(2), Integer(exponent), Integer(7))


def test_a_secret_power_needs_an_odd_modulus() -> None:
    with pytest.raises(ValueError, match="odd modulus"):
        integers.secret_power(Integer(3), Integer(2), Integer(8))


@pytest.mark.parametrize(("value", "modulus"), [(0, 7), (7, 7), (6, 15)])
def test_what_has_no_inverse_is_refused(value: int, modulus: int) -> None:
    with pytest.raises(ValueError, match="no inverse"):
        integers.invert(Integer(value), Integer(modulus))


def test_a_number_too_big_for_its_width_is_refused() -> None:
    with pytest.raises(OverflowError):
        integers.to_bytes(Integer(256), 1)


def test_bytes_are_big_endian_and_of_fixed_width() -> None:
    assert integers.to_bytes(Integer(258), 4) == b"\x00\x00\x01\x02"
    assert integers.from_bytes(b"\x00\x01\x02") == 258
    assert integers.from_bytes(b"") == 0


@given(numbers, st.integers(1, 2**130))
def test_both_powers_are_pythons(base: Integer, exponent: int) -> None:
    expected = pow(int(base), exponent, int(MODULUS))
    assert integers.power(base, Integer(exponent), MODULUS) == expected
    assert integers.secret_power(base, Integer(exponent), MODULUS) == expected


@given(numbers)
def test_an_inverse_times_its_number_is_one(value: Integer) -> None:
    assert integers.multiply(value, integers.invert(value, MODULUS), MODULUS) == 1


@given(numbers)
def test_the_jacobi_symbol_is_eulers_criterion(value: Integer) -> None:
    power = integers.power(value, (MODULUS - 1) // 2, MODULUS)
    assert integers.jacobi(value, MODULUS) == (1 if power == 1 else -1)
    assert integers.jacobi(value * value % MODULUS, MODULUS) == 1


def test_the_jacobi_symbol_of_a_multiple_is_zero() -> None:
    assert integers.jacobi(Integer(6), Integer(15)) == 0


@given(st.lists(numbers, max_size=8))
def test_a_product_is_the_product(values: list[Integer]) -> None:
    expected = 1
    for value in values:
        expected = expected * int(value) % int(MODULUS)
    assert integers.product(values, MODULUS) == expected


@pytest.mark.parametrize("composite", [0, 1, 4, 561, 2**128 + 1, (2**61 - 1) * (2**89 - 1), 3215031751])
def test_composites_are_not_prime(composite: int) -> None:
    assert not integers.is_prime(Integer(composite))


@pytest.mark.parametrize("prime", [2, 3, 2**61 - 1, 2**127 - 1, 2**256 - 189])
def test_primes_are_prime(prime: int) -> None:
    assert integers.is_prime(Integer(prime))


@given(st.lists(st.tuples(numbers, exponents), max_size=12))
def test_every_multi_exponentiation_is_the_product_of_the_powers(terms: list[tuple[Integer, Integer]]) -> None:
    expected = integers.product([integers.power(b, e, MODULUS) for b, e in terms], MODULUS)
    assert straus(terms, MODULUS) == expected
    assert buckets(terms, MODULUS) == expected
    assert multi_power_mod(terms, MODULUS) == expected


def test_many_bases_go_through_the_buckets() -> None:
    terms = [(Integer(3 + i), Integer(i * i * 7919)) for i in range(300)]
    assert multi_power_mod(terms, MODULUS) == straus(terms, MODULUS) != 1
