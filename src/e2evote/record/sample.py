"""The turnout audit: which lines are asked whether they voted, and what that can find (docs/spec.md, section 15).

Nobody chooses the sample: the log is closed before the digits are drawn. Anybody can draw it again.
"""

from collections.abc import Iterable
from fractions import Fraction
from heapq import nsmallest
from math import perm

from e2evote.hashing.digest import KEY_SIZE, sha256


def seed_of(checkpoint: bytes, digits: str) -> bytes:
    """SHA-256(T ‖ digits)    spec (15.1)

    checkpoint: T, the text of the checkpoint at the close: origin, size and root, a line each, without signatures.
    """
    return sha256(checkpoint, digits.encode("ascii"))


def drawn(seed: bytes, lines: Iterable[str], size: int) -> tuple[str, ...]:
    """The `size` lines with the lowest SHA-256(seed ‖ line), lowest first; all if there are fewer.    spec (15.2)

    lines: those whose row is `online` and `counted`, each once. A smaller sample is the beginning of a larger one.
    """
    if len(seed) != KEY_SIZE or size < 1:
        raise ValueError(f"sample: {size} lines by a seed of {len(seed)} bytes")
    return tuple(line for _, line in nsmallest(size, ((sha256(seed, line.encode()), line) for line in lines)))


def impersonated(share: Fraction, voters: int) -> int:
    """F = ⌈f·V⌉: how many lines it takes for a share of at least `share` of `voters`."""
    if not 0 < share <= 1:
        raise ValueError(f"sample: {share} is not above 0 and at most 1")
    return -(-share.numerator * voters // share.denominator)


def detection_power(voters: int, false: int, size: int) -> Fraction:
    """1 - C(V - F, n) / C(V, n): the chance that a sample has one of the `false` lines.    spec (15.3)"""
    missed, all_samples = _missed(voters, false, size)
    return Fraction(all_samples - missed, all_samples)


def power_shown(voters: int, false: int, size: int) -> int:
    """`detection_power` in ten-thousandths, rounded down.    spec (15.3)"""
    missed, all_samples = _missed(voters, false, size)
    return (all_samples - missed) * 10_000 // all_samples


def size_for(power: Fraction, share: Fraction, voters: int) -> int:
    """The smallest sample that has, with at least this probability, a false line if there are `share` of them.

    spec (15.3)
    """
    false = impersonated(share, voters)
    if not 0 < power <= 1 or voters < 1:
        raise ValueError(f"sample: power {power} among {voters} lines")
    most = voters - false + 1  # with so many, one of them is false for certain

    def has_power(size: int) -> bool:
        missed, all_samples = _missed(voters, false, size)
        return (all_samples - missed) * power.denominator >= power.numerator * all_samples

    too_few, enough = 0, 1
    while enough < most and not has_power(enough):
        too_few, enough = enough, min(2 * enough, most)
    while enough - too_few > 1:
        middle = (too_few + enough) // 2
        too_few, enough = (too_few, middle) if has_power(middle) else (middle, enough)
    return enough


def _missed(voters: int, false: int, size: int) -> tuple[int, int]:
    """Numerator and denominator of C(V - F, n) / C(V, n), which is also C(V - n, F) / C(V, F): the shorter one."""
    if not 0 <= false <= voters or not 0 <= size <= voters:
        raise ValueError(f"sample: {size} lines of {voters}, {false} of them false")
    fewer, more = min(false, size), max(false, size)
    return perm(voters - more, fewer), perm(voters, fewer)
