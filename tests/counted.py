"""Costs in multiplications: numbers that count, which is the same on every machine and on every run."""

from typing import Any

from e2evote.algebra.integers import Integer


class Counted:
    """A number that counts the multiplications it takes part in; those with plain numbers too."""

    number = 0

    def __init__(self, value: Integer) -> None:
        self.value = value

    def __mul__(self, other: Any) -> "Counted":
        Counted.number += 1
        return Counted(self.value * (other.value if isinstance(other, Counted) else other))

    __rmul__ = __mul__

    def __add__(self, other: int) -> "Counted":
        return Counted(self.value + other)

    def __mod__(self, modulus: Integer) -> "Counted":
        return Counted(self.value % modulus)

    def __bool__(self) -> bool:
        return bool(self.value)
