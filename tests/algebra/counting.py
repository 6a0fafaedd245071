"""Numbers that count their multiplications: what a computation costs, the same on every machine."""

from e2evote.algebra.exponentiation import FixedBase
from e2evote.algebra.group import Element


class Counted(int):
    """A number that counts how often one of its kind is multiplied, and stays one when it is reduced."""

    multiplications = 0

    def __mul__(self, other: int) -> "Counted":
        Counted.multiplications += 1
        return Counted(int(self) * int(other))

    def __mod__(self, other: int) -> "Counted":
        return Counted(int(self) % int(other))


def counting(base: Element, window: int) -> FixedBase:
    """A table whose powers count their multiplications."""
    table = FixedBase(base, window)
    object.__setattr__(table, "rows", tuple(tuple(Counted(entry) for entry in row) for row in table.rows))
    return table
