"""Multiplications modulo p of one chunk, counted: the same number on every machine.

The chunk is verified once more with numbers that count. Products of the big combination are made of
`tests/counted.Counted`, as in the test that keeps this cost from growing (`tests/verify/test_chunk_cost.py`); products
of candidates, which the limits need, are counted where they are made; powers by tables and by GMP count what they are
made of. A Jacobi symbol counts its measured price.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from unittest import mock

from benchmarks.ballots import Loaded
from benchmarks.clock import Prices
from benchmarks.verifying import clean
from e2evote.algebra import combination, integers
from e2evote.algebra.candidate import Candidate
from e2evote.algebra.exponentiation import FixedBase
from e2evote.algebra.integers import Integer
from tests.counted import Counted


@dataclass(slots=True)
class Count:
    """What was counted. jacobi: the price of one symbol in products."""

    jacobi: float
    products: int = 0
    symbols: int = 0

    @property
    def all(self) -> float:
        return self.products + self.jacobi * self.symbols


def counted(loaded: Loaded, price: Prices) -> Count:
    """The cost of the chunk that all the loaded ballots make."""
    count = Count(price.jacobi_in_products)
    with counting(count):
        clean(loaded.context, loaded.items)
    return count


@contextmanager
def counting(count: Count) -> Iterator[None]:
    jacobi, power = integers.jacobi, integers.power
    multiply, product, by_table = Candidate.__mul__, combination.product_of_squares, FixedBase.power

    def counted_jacobi(value: Any, modulus: Integer) -> int:
        count.symbols += 1
        return jacobi(value.value if isinstance(value, Counted) else value, modulus)

    def counted_multiply(left: Candidate, right: Candidate) -> Candidate:
        count.products += 1
        return multiply(left, right)

    def counted_product(terms: Any, modulus: Integer) -> Any:
        before = Counted.number
        result: Any = product([(Counted(base), exponent) for base, exponent in terms], modulus)  # type: ignore[misc]
        count.products += Counted.number - before
        return result.value if isinstance(result, Counted) else result

    def counted_table(self: FixedBase, exponent: Any) -> Any:
        count.products += len(self.rows)
        return by_table(self, exponent)

    def counted_power(base: Integer, exponent: Integer, modulus: Integer) -> Integer:
        count.products += int(exponent).bit_length() * 6 // 5
        return power(base, exponent, modulus)

    with (
        mock.patch.object(integers, "jacobi", counted_jacobi),
        mock.patch.object(integers, "power", counted_power),
        mock.patch.object(Candidate, "__mul__", counted_multiply),
        mock.patch("e2evote.algebra.group.product_of_squares", counted_product),
        mock.patch.object(FixedBase, "power", counted_table),
    ):
        yield
