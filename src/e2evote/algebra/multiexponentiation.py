"""Π base^exponent mod p for many bases at once (docs/spec.md §2): two methods, one result.

Straus's interleaving shares the squarings among all bases and multiplies by odd powers from a small table of
each base. For hundreds of bases Pippenger's buckets are cheaper: the bases with the same digit are multiplied
first and the buckets are combined by running products. Both are variable time: exponents must be public.

Exponents of different lengths cost what they are long: each base joins where its own exponent begins.
"""

from collections.abc import Callable, Sequence
from itertools import pairwise

from e2evote.algebra.integers import Integer

Term = tuple[Integer, Integer]  # base, exponent
Look = Callable[[Integer], bool]

STRAUS_LIMIT = 250
"""From this number of bases on, buckets are faster."""

JACOBI_PRICE = 5
"""A Jacobi symbol costs about as much as so many multiplications; it decides how wide windows are, nothing else."""

_ROUND = 128  # exponents are grouped by their length in steps of so many bits


def multi_power_mod(terms: Sequence[Term], modulus: Integer) -> Integer:
    """Π base^exponent mod `modulus`; 1 when there are no terms. Exponents are not negative."""
    if any(exponent < 0 for _, exponent in terms):
        raise ValueError("a power with a negative exponent: invert by name")
    if len(terms) < STRAUS_LIMIT:
        return straus(terms, modulus)
    return buckets(terms, modulus)


def straus(terms: Sequence[Term], modulus: Integer) -> Integer:
    """Interleaved sliding windows (Straus 1964): one squaring per bit, whatever the number of bases."""
    factors: list[list[Integer]] = [[] for _ in range(_bits(terms))]  # by the bit at which they join
    for base, exponent in terms:
        rest = int(exponent)
        window = _odd_window(rest.bit_length())
        mask = (1 << window) - 1
        odd_powers = [base]
        if window > 1:
            square = base * base % modulus
            for _ in range((1 << (window - 1)) - 1):
                odd_powers.append(odd_powers[-1] * square % modulus)
        position = 0
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


def buckets(terms: Sequence[Term], modulus: Integer, look: Look | None = None, looked_at: int = 0) -> Integer:
    """Digit by digit with one bucket per digit (Pippenger 1976; the form of Bernstein et al. 2012).

    look: called with every filled bucket of the digits of the lowest `looked_at` bits; where it says no, the result
    is 0, which no product of units is, and the rest is not computed.
    """
    total = Integer(1)
    for low, high, pairs in _segments(terms, looked_at if look else 0):
        seen = look if low < looked_at else None
        for shift, width in _windows(low, high, len(pairs), seen is not None):
            for _ in range(width):
                total = total * total % modulus
            filled = _fill(pairs, shift, width, modulus)
            if seen and not all(seen(bucket) for bucket in filled if bucket is not None):
                return Integer(0)
            weighted = _combine(filled, modulus)
            if weighted is not None:
                total = total * weighted % modulus
    return total


def _segments(terms: Sequence[Term], cut: int) -> list[tuple[int, int, list[tuple[Integer, int]]]]:
    """(low, high, bases whose exponents reach into the bits from low to high), from the top; a limit at `cut` bits.

    Numbers are copied in the order in which they will be read, window after window: where they lay among other
    objects they took some 30 % longer to reach.
    """

    def length_of(pair: tuple[Integer, int]) -> int:
        return -(-pair[1].bit_length() // _ROUND) * _ROUND

    pairs = [(base, int(exponent)) for base, exponent in terms]
    pairs.sort(key=length_of, reverse=True)
    pairs = [(base + 0, exponent) for base, exponent in pairs]
    lengths = [length_of(pair) for pair in pairs]
    limits = sorted({0, *lengths, *([cut] if cut else [])})
    segments = []
    for low, high in pairwise(limits):
        number = sum(1 for length in lengths if length > low)
        longest = max((exponent.bit_length() for _, exponent in pairs[:number]), default=0)
        segments.append((low, high if low < cut else min(high, longest), pairs[:number]))
    return [segment for segment in reversed(segments) if segment[2] and segment[1] > segment[0]]


def _windows(low: int, high: int, number: int, looks: bool) -> list[tuple[int, int]]:
    """(shift, width) of the digits from the top: as many as cost least for `number` bases, as equal as they can be."""
    bits, price = high - low, 1 + (JACOBI_PRICE if looks else 0)

    def widths(count: int) -> list[int]:
        return [bits // count + (i < bits % count) for i in range(count)]

    def cost(count: int) -> int:
        return sum(number + price * (1 << width) for width in widths(count))

    best = min(range(-(-bits // 16), bits + 1), key=cost)
    digits, shift = [], high
    for width in widths(best):
        shift -= width
        digits.append((shift, width))
    return digits


def _fill(pairs: Sequence[tuple[Integer, int]], shift: int, width: int, modulus: Integer) -> list[Integer | None]:
    """By digit, the product of the bases whose exponents have it; None where there is none, and for the digit 0."""
    mask = (1 << width) - 1
    filled: list[Integer | None] = [None] * (mask + 1)
    for base, exponent in pairs:
        digit = exponent >> shift & mask
        if digit:
            bucket = filled[digit]
            filled[digit] = base if bucket is None else bucket * base % modulus
    return filled


def _combine(filled: Sequence[Integer | None], modulus: Integer) -> Integer | None:
    """Π bucket_d^d: `running` is the product of the buckets from d up, and of its values is taken the product."""
    running: Integer | None = None
    weighted: Integer | None = None
    for bucket in reversed(filled[1:]):
        if bucket is not None:
            running = bucket if running is None else running * bucket % modulus
        if running is not None:
            weighted = running if weighted is None else weighted * running % modulus
    return weighted


def _odd_window(bits: int) -> int:
    """The width for which the odd powers of one base and the multiplications by them are fewest."""
    return min(range(1, 8), key=lambda w: (1 << (w - 1)) + bits / (w + 1))


def _bits(terms: Sequence[Term]) -> int:
    return max((exponent.bit_length() for _, exponent in terms), default=0)
