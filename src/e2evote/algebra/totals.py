"""Running products of many numbers, position by position (docs/spec.md §9): what a tally spends its time on.

    totals_i ← totals_i · x_i,   then   Π_w totals_i(w)^w                                    (9.1)

A step is a multiplication and a reduction, on plain integers: a `Residue` is made only of what comes out. Numbers of
one weight w have totals of their own, which are raised to w at the end.
"""

from collections.abc import Mapping, Sequence

from e2evote.algebra import integers
from e2evote.algebra.group import Group, Residue
from e2evote.algebra.integers import Integer
from e2evote.errors import MalformedInput


class Totals:
    """`width` products in one group, each 1 at first. They say nothing about anybody's membership."""

    __slots__ = ("_group", "_totals")

    def __init__(self, group: Group, width: int) -> None:
        self._group = group
        self._totals = [group.identity.value] * width

    def take(self, row: Sequence[Residue]) -> None:
        """Multiply each product by its number."""
        group = self._group
        for x in row:
            if x.group is not group and x.group != group:
                raise ValueError(f"a residue of {x.group.name} among those of {group.name}")
        self._multiply([x.value for x in row])

    def take_encoded(self, row: Sequence[bytes]) -> None:
        """The same with numbers in their encoding; MalformedInput for one that is not in [1, p)."""
        size, p = self._group.element_size, self._group.p
        values = list(map(integers.from_bytes, row))
        if row and (set(map(len, row)) != {size} or min(values) < 1 or max(values) >= p):
            raise MalformedInput(f"group element: not a number in [1, p) of {size} bytes")
        self._multiply(values)

    def residues(self) -> tuple[Residue, ...]:
        """The products."""
        return tuple(Residue(self._group, total) for total in self._totals)

    def _powers(self, exponent: int) -> list[Integer]:
        """Each product to the power of a public exponent."""
        if exponent == 1:
            return self._totals
        p, e = self._group.p, Integer(exponent)
        return [integers.power(total, e, p) for total in self._totals]

    def encode(self) -> bytes:
        """The products, one after the other, in the group's width."""
        size = self._group.element_size
        return b"".join(integers.to_bytes(total, size) for total in self._totals)

    def take_totals(self, data: bytes) -> None:
        """What `encode` wrote of another lot: then these are the products over both."""
        size = self._group.element_size
        if len(data) != size * len(self._totals):
            raise MalformedInput(f"products: {len(data)} bytes, want {size * len(self._totals)}")
        self.take_encoded([data[at : at + size] for at in range(0, len(data), size)])

    def _multiply(self, row: list[Integer]) -> None:
        p = self._group.p
        self._totals = [total * x % p for total, x in zip(self._totals, row, strict=True)]


def weighed(group: Group, width: int, totals: Mapping[int, Totals]) -> tuple[Residue, ...]:
    """Π over all weights w of the totals of w, each to the power of w; 1 where there are none.    (9.1)"""
    together = Totals(group, width)
    for weight, own in totals.items():
        together._multiply(own._powers(weight))
    return together.residues()
