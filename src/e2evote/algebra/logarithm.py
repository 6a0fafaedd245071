"""Counts read back from powers: the discrete logarithm below a known limit (docs/spec.md §3).

Baby steps and giant steps (Shanks 1971). The limit comes from public numbers, ballots times weights, so that a
value that is no count ends the search instead of prolonging it. One table serves many values.
"""

from collections.abc import Iterator
from math import isqrt

from e2evote.algebra.exponentiation import power
from e2evote.algebra.group import Element
from e2evote.algebra.integers import Integer, integer
from e2evote.errors import TooLargeForSearch

TABLE_LIMIT = 1 << 20
"""Baby steps at most: about 90 MiB."""


def fingerprint(value: Integer) -> int:
    """A short name of a number for the table; a collision costs a comparison, never the answer."""
    return hash(value)


class LogTable:
    """base^0 … base^(m-1), m about √(values·limit), for the logarithms of `values` elements up to `limit`."""

    __slots__ = ("_base", "_giant", "_later", "_limit", "_size", "_steps")

    def __init__(self, base: Element, limit: int, values: int = 1) -> None:
        group = base.group
        if not 0 <= integer(limit) < group.q:
            raise ValueError(f"logarithm: limit {limit} is not in [0, q)")
        if integer(values) < 1:
            raise ValueError(f"logarithm: a table for {values} values")
        self._base, self._limit = base, int(limit)
        self._size = min(isqrt(self._limit * values) + 1, self._limit + 1, TABLE_LIMIT)
        self._steps: dict[int, int] = {}
        self._later: dict[int, list[int]] = {}  # further exponents whose fingerprint was taken
        step = Integer(1)
        for exponent in range(self._size):
            short = fingerprint(step)
            if self._steps.setdefault(short, exponent) != exponent:
                self._later.setdefault(short, []).append(exponent)
            step = step * base.value % group.p
        self._giant = Element.computed(group, step).inverse()

    def log(self, value: Element) -> int:
        """The least t in [0, limit] with base^t = value, or TooLargeForSearch."""
        position = value
        for start in range(0, self._limit + 1, self._size):
            for baby in self._candidates(position):
                t = start + baby
                if t <= self._limit and power(self._base, value.group.scalar(t)) == value:
                    return t
            position = position * self._giant
        raise TooLargeForSearch(self._limit)

    def _candidates(self, position: Element) -> Iterator[int]:
        short = fingerprint(position.value)
        if short in self._steps:
            yield self._steps[short]
            yield from self._later.get(short, ())


def bounded_log(base: Element, value: Element, limit: int) -> int:
    """The least t in [0, limit] with base^t = value, or TooLargeForSearch."""
    return LogTable(base, limit).log(value)
