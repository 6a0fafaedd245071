"""Numbers that stand for elements while their membership is put to the same test as what is claimed of them.

A batch tests claims and membership in one equation (docs/spec.md §12). Until it has passed, the bases of its claims are
`Candidate`s: they can be multiplied, raised to a public weight and encoded, which is all that a statement needs,
and a product of candidates remembers of which numbers it is made, so that the batch has exponents for these alone.
"""

from dataclasses import dataclass
from typing import Self, TypeVar

from e2evote.algebra import integers
from e2evote.algebra.group import Element, Group, Residue, Scalar
from e2evote.algebra.integers import Integer


@dataclass(frozen=True, slots=True)
class Candidate:
    """Π x^m over some of a subject's numbers; `factors` has their positions in the subject and m."""

    group: Group
    value: Integer
    factors: tuple[tuple[int, int], ...]

    @classmethod
    def at(cls, position: int, residue: Residue) -> Self:
        """The number at one position."""
        return cls(residue.group, residue.value, ((position, 1),))

    def __mul__(self, other: "Candidate") -> "Candidate":
        if not isinstance(other, Candidate):
            return NotImplemented
        if other.group is not self.group and other.group != self.group:
            raise ValueError(f"a candidate of {self.group.name} meets one of {other.group.name}")
        value = self.value * other.value % self.group.p
        return Candidate(self.group, value, self.factors + other.factors)

    def __pow__(self, weight: Scalar) -> "Candidate":
        """The power with a public weight, taken as the whole number that it is."""
        if not isinstance(weight, Scalar):
            return NotImplemented
        m = int(weight.value)
        value = integers.power(self.value, weight.value, self.group.p)
        return Candidate(self.group, value, tuple((position, n * m) for position, n in self.factors))

    def encode(self) -> bytes:
        """Big-endian, in the group's width."""
        return integers.to_bytes(self.value, self.group.element_size)


B = TypeVar("B", Element, Candidate)
"""What a statement is about: members, or numbers that will turn out to be members if their batch passes."""
