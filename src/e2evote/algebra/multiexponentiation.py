"""Π base^exponent mod p for many bases at once (docs/spec.md §2): two methods, one result.

Straus's interleaving shares the squarings among all bases and multiplies by odd powers from a small table of
each base. For hundreds of bases Pippenger's buckets are cheaper: the bases with the same digit are multiplied
first and the buckets are combined by running products. Both are variable time: exponents must be public.
"""

from collections.abc import Sequence

from e2evote.algebra.integers import Integer

Term = tuple[Integer, Integer]  # base, exponent

STRAUS_LIMIT = 250
"""From this number of bases on, buckets are faster."""


def multi_power_mod(terms: Sequence[Term], modulus: Integer) -> Integer:
    """Π base^exponent mod `modulus`; 1 when there are no terms. Exponents are not negative."""
    if any(exponent < 0 for _, exponent in terms):
        raise ValueError("a power with a negative exponent: invert by name")
    if len(terms) < STRAUS_LIMIT:
        return straus(terms, modulus)
    return buckets(terms, modulus)


def straus(terms: Sequence[Term], modulus: Integer) -> Integer:
    """Interleaved sliding windows (Straus 1964): one squaring per bit, whatever the number of bases."""
    bits = _bits(terms)
    window = min(range(1, 8), key=lambda w: (1 << (w - 1)) + bits / (w + 1))
    mask = (1 << window) - 1
    factors: list[list[Integer]] = [[] for _ in range(bits)]  # by the bit at which they join
    for base, exponent in terms:
        odd_powers = [base % modulus]
        square = base * base % modulus
        for _ in range((1 << (window - 1)) - 1):
            odd_powers.append(odd_powers[-1] * square % modulus)
        position, rest = 0, int(exponent)
        while rest:
            zeros = (rest & -rest).bit_length() - 1
            position, rest = position + zeros, rest >> zeros
            factors[position].append(odd_powers[(rest & mask) >> 1])
            position, rest = position + window, rest >> window
    total = Integer(1)
    for joining in reversed(factors):
        total = total * total % modulus
        for factor in joining:
            total = total * factor % modulus
    return total


def buckets(terms: Sequence[Term], modulus: Integer) -> Integer:
    """Digit by digit with one bucket per digit (Pippenger 1976; the form of Bernstein et al. 2012)."""
    bits, count = _bits(terms), len(terms)
    window = min(range(1, 17), key=lambda w: -(-bits // w) * (count + 1.9 * (1 << w)))
    mask = (1 << window) - 1
    one = Integer(1)
    total = one
    pairs = [(base, int(exponent)) for base, exponent in terms]
    for shift in range((bits - 1) // window * window, -1, -window):
        for _ in range(window):
            total = total * total % modulus
        filled = [one] * (mask + 1)
        for base, exponent in pairs:
            digit = exponent >> shift & mask
            if digit:
                filled[digit] = filled[digit] * base % modulus
        running = weighted = one  # running: the buckets from here up; weighted: Π bucket_d^d
        for bucket in reversed(filled[1:]):
            running = running * bucket % modulus
            weighted = weighted * running % modulus
        total = total * weighted % modulus
    return total


def _bits(terms: Sequence[Term]) -> int:
    return max((exponent.bit_length() for _, exponent in terms), default=0)
