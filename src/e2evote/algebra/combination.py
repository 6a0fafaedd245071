"""Π x^e of numbers of which nothing is known, together with the answer whether all of them are squares (spec §12).

Z_p^* is C_2 × C_q × C_h, and -1 is the element of order 2. An exponent acts on the part in C_2 by its last bit alone,
so one product misses a changed sign half of the time. Jacobi symbols see it: 1 says that the part in C_2 is
trivial. Few numbers have their symbols computed one by one. Among many, Pippenger's buckets are products of random
parts of them: where some number has symbol -1, a window of w random bits leaves all its buckets with symbol 1 with
chance 2^-w at most, so the windows over 128 random bits do so together with 2^-128 (12.5).
"""

from collections.abc import Sequence

from e2evote.algebra import integers
from e2evote.algebra.integers import Integer
from e2evote.algebra.multiexponentiation import STRAUS_LIMIT, Term, buckets, straus

RANDOM_BITS = 128
"""The lowest bits of every exponent that must be random, uniform and independent of all else."""

BUCKETS_LOOKED_AT_FROM = 3000
"""From this number of bases on there are fewer buckets than bases."""


def product_of_squares(terms: Sequence[Term], modulus: Integer) -> Integer | None:
    """Π base^exponent, or None where a base is found to be no square modulo `modulus`.    spec (12.3), (12.4)

    The lowest `RANDOM_BITS` bits of the exponents are random. Then the chance that a product comes back although
    some base is no square is 2^-RANDOM_BITS at most.
    """

    def is_square(value: Integer) -> bool:
        return integers.jacobi(value, modulus) == 1

    if len(terms) >= BUCKETS_LOOKED_AT_FROM:
        product = buckets(terms, modulus, is_square, RANDOM_BITS)
        return product if product else None
    if not all(is_square(base) for base, _ in terms):
        return None
    return straus(terms, modulus) if len(terms) < STRAUS_LIMIT else buckets(terms, modulus)
