"""CPU time, and the price of one multiplication modulo p: what costs are expressed in."""

import statistics
from collections.abc import Callable
from dataclasses import dataclass
from time import process_time

import gmpy2

from e2evote.algebra.parameters import ELECTIONGUARD_4096 as GROUP
from e2evote.secret.randomness import SystemRandomness

_PRODUCTS, _SYMBOLS, _ROUNDS = 4000, 400, 5


def cpu(work: Callable[[], object]) -> float:
    """CPU seconds of this process for `work`."""
    start = process_time()
    work()
    return process_time() - start


def best(work: Callable[[], object], rounds: int = 3) -> float:
    """The least of a few."""
    return min(cpu(work) for _ in range(rounds))


@dataclass(frozen=True, slots=True)
class Prices:
    """CPU seconds of one product and of one Jacobi symbol modulo p, in this process, now."""

    product: float
    jacobi: float

    @property
    def jacobi_in_products(self) -> float:
        return self.jacobi / self.product


def prices() -> Prices:
    """Measured on random numbers of 4096 bits, the best of a few rounds."""
    randomness, p = SystemRandomness(), gmpy2.mpz(GROUP.p)
    numbers = [gmpy2.mpz(randomness.below(int(GROUP.p))) for _ in range(50)]

    def products() -> None:
        total = numbers[0]
        for _ in range(_PRODUCTS // len(numbers)):
            for x in numbers:
                total = total * x % p

    def symbols() -> None:
        for _ in range(_SYMBOLS // len(numbers)):
            for x in numbers:
                gmpy2.jacobi(x, p)

    return Prices(best(products, _ROUNDS) / _PRODUCTS, best(symbols, _ROUNDS) / _SYMBOLS)


def median_and_best(values: list[float]) -> str:
    """`best (median)` in milliseconds, for details."""
    return f"{min(values) * 1e3:.2f} (median {statistics.median(values) * 1e3:.2f}) ms"
