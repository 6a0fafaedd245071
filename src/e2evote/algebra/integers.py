"""Whole numbers of thousands of bits: the only module that knows gmpy2 (docs/spec.md §2).

gmpy2 ships no types. To the type checker an `Integer` is an `int`, whose operators it has; at run time it is
an `mpz`, whose products are far faster. What Python and gmpy2 would guess about is refused here: a bool is not
a number, and a negative exponent is not a quiet inversion.
"""

from collections.abc import Iterable
from typing import TYPE_CHECKING

import gmpy2  # type: ignore[import-untyped, unused-ignore]

if TYPE_CHECKING:
    Integer = int
else:
    Integer = gmpy2.mpz


def integer(value: int) -> Integer:
    """`value` as an Integer. Only an int or an Integer is a number: True, 1.0 and "1" are ValueErrors."""
    if isinstance(value, bool) or not isinstance(value, (int, Integer)):
        raise ValueError(f"not a whole number: {type(value).__name__}")
    return Integer(value)


def from_bytes(data: bytes) -> Integer:
    """The number that `data` is in big-endian order, whatever its width."""
    number: Integer = Integer.from_bytes(data, "big")
    return number


def to_bytes(value: Integer, size: int) -> bytes:
    """`value` in exactly `size` bytes, big-endian."""
    return value.to_bytes(size, "big")


def multiply(left: Integer, right: Integer, modulus: Integer) -> Integer:
    """left·right mod modulus."""
    return left * right % modulus


def product(values: Iterable[Integer], modulus: Integer) -> Integer:
    """The product of `values` mod modulus; 1 when there are none."""
    total = Integer(1)
    for value in values:
        total = total * value % modulus
    return total


def power(base: Integer, exponent: Integer, modulus: Integer) -> Integer:
    """base^exponent mod modulus. Variable time: `exponent` must be public."""
    if exponent < 0:
        raise ValueError("a power with a negative exponent: invert by name")
    result: Integer = gmpy2.powmod(base, exponent, modulus)
    return result


def secret_power(base: Integer, exponent: Integer, modulus: Integer) -> Integer:
    """base^exponent mod modulus by GMP's `mpz_powm_sec`, whose time and memory accesses depend only on sizes.

    GMP asks for an exponent of at least 1 and an odd modulus. The exponent's size in machine words still shows.
    """
    if exponent < 1:
        raise ValueError("a secret exponent is at least 1")
    if modulus % 2 == 0:
        raise ValueError("a secret power needs an odd modulus")
    result: Integer = gmpy2.powmod_sec(base, exponent, modulus)
    return result


def invert(value: Integer, modulus: Integer) -> Integer:
    """value^-1 mod modulus; a ValueError where there is none."""
    try:
        result: Integer = gmpy2.invert(value, modulus)
    except ZeroDivisionError:
        raise ValueError("no inverse: the value and the modulus have a common divisor") from None
    return result


def jacobi(value: Integer, modulus: Integer) -> int:
    """The Jacobi symbol (value / modulus): 1, -1, or 0 when they have a common divisor. `modulus` is odd."""
    symbol: int = gmpy2.jacobi(value, modulus)
    return symbol


def is_prime(value: Integer) -> bool:
    """Whether `value` is prime: the Baillie-PSW test, then 25 Miller-Rabin rounds (error below 4^-25)."""
    answer: bool = gmpy2.is_prime(value, 49)
    return answer
