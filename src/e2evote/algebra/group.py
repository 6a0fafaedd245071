"""The group: the subgroup of prime order q in the numbers mod p (docs/spec.md §2).

    p = 2qh + 1                                                                            (2.1)

Outside bytes become a `Residue`, a number in [1, p) about which nothing else is known. Only a membership test
makes a residue an `Element`, and products of elements are elements, so that exponents of an `Element` may be
reduced mod q. A `Scalar` is an exponent in [0, q). Widths, challenges and membership are the group's own
affair: nothing outside `algebra` may assume that elements are integers.
"""

import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Self

from e2evote.algebra import integers
from e2evote.algebra.combination import RANDOM_BITS, product_of_squares
from e2evote.algebra.integers import Integer
from e2evote.errors import MalformedInput, NotMembers

DIGEST_SIZE = 32
SCREENING_MINIMUM = 4  # below this number of residues, one power each is cheaper than a combination


@dataclass(frozen=True, slots=True, repr=False)
class Group:
    """Parameters of one group and what can be done in it.

    They come from `algebra/parameters`, never from a record or a prover. Checked here: q and h divide as (2.1)
    says, and `generator`^q = 1. That p and q are prime, and h where `h_is_prime` says so, is shown by tests. Whether
    that is said of h makes no other group of it.
    """

    name: str
    p: Integer
    q: Integer
    generator: Integer
    h_is_prime: bool = field(default=False, compare=False)
    h: Integer = field(init=False, compare=False)
    element_size: int = field(init=False, compare=False)
    scalar_size: int = field(init=False, compare=False)
    g: "Element" = field(init=False, compare=False)
    identity: "Element" = field(init=False, compare=False)

    def __post_init__(self) -> None:
        p, q, generator = (integers.integer(x) for x in (self.p, self.q, self.generator))
        if q < 3 or p % 2 == 0 or (p - 1) % (2 * q) != 0:
            raise ValueError(f"group {self.name}: p is not 2qh + 1")
        if not 1 < generator < p or integers.power(generator, q, p) != 1:
            raise ValueError(f"group {self.name}: the generator has not order q")
        derived = {
            "p": p,
            "q": q,
            "generator": generator,
            "h": (p - 1) // (2 * q),
            "element_size": (p.bit_length() + 7) // 8,
            "scalar_size": (q.bit_length() + 7) // 8,
            "g": Element.computed(self, generator),
            "identity": Element.computed(self, Integer(1)),
        }
        for name, value in derived.items():
            object.__setattr__(self, name, value)

    def __repr__(self) -> str:
        return f"Group({self.name})"

    def __reduce__(self) -> tuple[object, tuple[object, ...]]:
        return _unpickled, (self.name, int(self.p), int(self.q), int(self.generator), self.h_is_prime)

    def decode_residue(self, data: bytes) -> "Residue":
        """Outside bytes as a number in [1, p), or MalformedInput. Not yet known to be a member."""
        if len(data) != self.element_size:
            raise MalformedInput(f"group element: {len(data)} bytes, want {self.element_size}")
        value = integers.from_bytes(data)
        if not 1 <= value < self.p:
            raise MalformedInput("group element: not in [1, p)")
        return Residue.computed(self, value)

    def decode_residues(self, data: bytes) -> "tuple[Residue, ...]":
        """Many of them, one after the other."""
        width, p, residues = self.element_size, self.p, []
        if len(data) % width:
            raise MalformedInput(f"group elements: {len(data)} bytes, want a multiple of {width}")
        for at in range(0, len(data), width):
            value = integers.from_bytes(data[at : at + width])
            if not 1 <= value < p:
                raise MalformedInput(f"group element {at // width}: not in [1, p)")
            residues.append(Residue.computed(self, value))
        return tuple(residues)

    def decode_scalar(self, data: bytes) -> "Scalar":
        """Outside bytes as a scalar, or MalformedInput: a number in [0, q) has one encoding."""
        if len(data) != self.scalar_size:
            raise MalformedInput(f"scalar: {len(data)} bytes, want {self.scalar_size}")
        value = integers.from_bytes(data)
        if value >= self.q:
            raise MalformedInput("scalar: not in [0, q)")
        return Scalar.computed(self, value)

    def scalar(self, value: int) -> "Scalar":
        """`value`, which must lie in [0, q)."""
        return Scalar(self, value)

    def reduce(self, value: int) -> "Scalar":
        """`value` mod q, for numbers of our own such as index differences; outside bytes are decoded instead."""
        return Scalar.computed(self, integers.integer(value) % self.q)

    def sum(self, scalars: "Iterable[Scalar]") -> "Scalar":
        """Their sum, 0 for none."""
        total = Integer(0)
        for scalar in scalars:
            if scalar.group is not self and scalar.group != self:
                raise ValueError(f"a scalar of {scalar.group.name} in a sum of {self.name}")
            total += scalar.value
        return Scalar.computed(self, total % self.q)

    def challenge(self, digest: bytes) -> "Scalar":
        """H_q: a digest of 256 bits mod q.    spec (1.3)

        The bias is negligible only because q is within 2^64 of 2^256, so no other group has such challenges.
        """
        if not (1 << 256) - (1 << 64) <= self.q < 1 << 256:
            raise ValueError(f"group {self.name}: q is not close to 2^256, a digest mod q would be biased")
        if len(digest) != DIGEST_SIZE:
            raise ValueError(f"challenge: a digest of {len(digest)} bytes, want {DIGEST_SIZE}")
        return Scalar.computed(self, integers.from_bytes(digest) % self.q)

    def is_member(self, residue: "Residue") -> bool:
        """x^q = 1, which holds exactly for the members.    spec (2.2)"""
        self._own(residue)
        return integers.power(residue.value, self.q, self.p) == 1

    def screen(self, residues: "Sequence[Residue]") -> "list[Element]":
        """The residues as elements in their order; NotMembers names the positions of those that are none.    spec (2.3)

        Z_p^* is C_2 × C_q × C_h. Jacobi symbol 1 says that the part in C_2 is trivial: -1 is a non-residue because
        qh is odd. Then (Π x_i^t_i)^q = 1, with fresh 128-bit t_i, says the same of the parts in C_h: where one of
        them is not 1, at most one value of its t_i passes, because h is prime and above 2^128. Random exponents
        alone would miss a changed sign half of the time. Groups without such an h are tested one by one.
        """
        for residue in residues:
            self._own(residue)
        if not self._combination_is_member(residues):
            strangers = tuple(i for i, residue in enumerate(residues) if not self.is_member(residue))
            if strangers:
                raise NotMembers(strangers)
        return [Element.computed(self, residue.value) for residue in residues]

    def without_batches(self) -> "Group":
        """The same group for whoever leaves nothing to chance: every number and proof is tested by itself."""
        return _unpickled(self.name, int(self.p), int(self.q), int(self.generator), False)

    @property
    def has_batches(self) -> bool:
        """Whether random combinations prove anything here: q and h are distinct primes above 2^128.    spec §2"""
        return self.h_is_prime and min(self.h, self.q) > 1 << RANDOM_BITS and self.h != self.q

    def combination_holds(
        self,
        commitments: "Sequence[tuple[Residue, Integer]]",
        numbers: "Sequence[tuple[Residue, Integer, Integer]]",
        right: "Element",
    ) -> bool:
        """Π commitment^s · Π x^((e mod q) + q·t) = `right`, and all commitments and x are squares.    spec (12.2)

        commitments: each with its weight s; numbers: each x with e and t. All s and t are fresh random numbers of 128
        bits, and every e is a sum of products with weights. True proves what spec §12 says. False proves that some
        equation does not hold, or that some number is no element.
        """
        if not self.has_batches:
            raise ValueError(f"group {self.name}: h is not known to be a prime above 2^{RANDOM_BITS}")
        terms = [(commitment.value, weight) for commitment, weight in commitments]
        terms.extend((x.value, e % self.q + self.q * t) for x, e, t in numbers)
        return product_of_squares(terms, self.p) == right.value

    def _combination_is_member(self, residues: "Sequence[Residue]") -> bool:
        """True proves membership of all (2.3). False proves nothing."""
        if not self.has_batches or len(residues) < SCREENING_MINIMUM:
            return False
        weighted = [(residue.value, Integer(secrets.randbits(RANDOM_BITS))) for residue in residues]
        product = product_of_squares(weighted, self.p)
        return product is not None and integers.power(product, self.q, self.p) == 1

    def _own(self, residue: "Residue") -> None:
        if residue.group is not self and residue.group != self:
            raise ValueError(f"a residue of {residue.group.name} in {self.name}")


@lru_cache(maxsize=16)
def _unpickled(name: str, p: int, q: int, generator: int, h_is_prime: bool) -> Group:
    return Group(name, Integer(p), Integer(q), Integer(generator), h_is_prime)


@dataclass(frozen=True, slots=True)
class Residue:
    """A number in [1, p), decoded; whether it is a member of the group is not yet known."""

    group: Group
    value: Integer

    def __post_init__(self) -> None:
        value = integers.integer(self.value)
        if not 1 <= value < self.group.p:
            raise ValueError("residue: not in [1, p)")
        object.__setattr__(self, "value", value)

    @classmethod
    def computed(cls, group: Group, value: Integer) -> Self:
        """For this package alone: `value` is known to be an Integer in [1, p)."""
        residue = object.__new__(cls)
        object.__setattr__(residue, "group", group)
        object.__setattr__(residue, "value", value)
        return residue

    def __mul__(self, other: "Residue") -> "Residue":
        """The product mod p, which says nothing about the membership of either."""
        if not isinstance(other, Residue):
            return NotImplemented
        if other.group is not self.group and other.group != self.group:
            raise ValueError(f"a residue of {self.group.name} meets one of {other.group.name}")
        return Residue(self.group, self.value * other.value % self.group.p)

    @property
    def is_one(self) -> bool:
        """Whether it is the identity, which is a member."""
        return self.value == 1

    def encode(self) -> bytes:
        """Big-endian, in the group's width."""
        return integers.to_bytes(self.value, self.group.element_size)


@dataclass(frozen=True, slots=True, init=False, repr=False)
class Element:
    """A member of the subgroup of order q: the group makes it (`g`, `identity`, `screen`), or a product of others."""

    group: Group
    value: Integer

    def __init__(self) -> None:
        raise TypeError("elements come from Group.screen, Group.g and products of elements")

    @classmethod
    def computed(cls, group: Group, value: Integer) -> Self:
        """For this package alone: `value` is known to be a product of members' powers, or was tested."""
        element = object.__new__(cls)
        object.__setattr__(element, "group", group)
        object.__setattr__(element, "value", value)
        return element

    def __mul__(self, other: "Element") -> "Element":
        if not isinstance(other, Element):
            return NotImplemented
        self._same_group(other.group)
        return Element.computed(self.group, self.value * other.value % self.group.p)

    def __truediv__(self, other: "Element") -> "Element":
        if not isinstance(other, Element):
            return NotImplemented
        return self * other.inverse()

    def __pow__(self, exponent: "Scalar") -> "Element":
        """self^exponent. Variable time: `exponent` must be public."""
        if not isinstance(exponent, Scalar):
            return NotImplemented
        self._same_group(exponent.group)
        return Element.computed(self.group, integers.power(self.value, exponent.value, self.group.p))

    def secret_power(self, exponent: "Scalar") -> "Element":
        """self^exponent by GMP's constant-time exponentiation; a ValueError for the exponent 0."""
        self._same_group(exponent.group)
        return Element.computed(self.group, integers.secret_power(self.value, exponent.value, self.group.p))

    def residue(self) -> Residue:
        """The number alone, as it stands in a record, where its membership is open again."""
        return Residue.computed(self.group, self.value)

    def inverse(self) -> "Element":
        """The element whose product with this one is 1."""
        return Element.computed(self.group, integers.invert(self.value, self.group.p))

    def encode(self) -> bytes:
        """Big-endian, in the group's width."""
        return integers.to_bytes(self.value, self.group.element_size)

    def __repr__(self) -> str:
        return f"Element({self.group.name}, {self.encode()[:8].hex()}…)"

    def _same_group(self, group: Group) -> None:
        if group is not self.group and group != self.group:
            raise ValueError(f"an element of {self.group.name} meets one of {group.name}")


@dataclass(frozen=True, slots=True, repr=False)
class Scalar:
    """A number in [0, q): an exponent. Its repr is silent, since it may be halfway to or from a secret."""

    group: Group
    value: Integer

    def __post_init__(self) -> None:
        value = integers.integer(self.value)
        if not 0 <= value < self.group.q:
            raise ValueError("scalar: not in [0, q)")
        object.__setattr__(self, "value", value)

    @classmethod
    def computed(cls, group: Group, value: Integer) -> Self:
        """For this package alone: `value` is known to be an Integer in [0, q)."""
        scalar = object.__new__(cls)
        object.__setattr__(scalar, "group", group)
        object.__setattr__(scalar, "value", value)
        return scalar

    def __add__(self, other: "Scalar") -> "Scalar":
        if not isinstance(other, Scalar):
            return NotImplemented
        return self._reduced(other, self.value + other.value)

    def __sub__(self, other: "Scalar") -> "Scalar":
        if not isinstance(other, Scalar):
            return NotImplemented
        return self._reduced(other, self.value - other.value)

    def __mul__(self, other: "Scalar") -> "Scalar":
        if not isinstance(other, Scalar):
            return NotImplemented
        return self._reduced(other, self.value * other.value)

    def minus_times(self, number: int, other: "Scalar") -> "Scalar":
        """self - number·other, for a whole number of our own."""
        return self._reduced(other, self.value - number * other.value)

    def __neg__(self) -> "Scalar":
        return self._reduced(self, -self.value)

    def inverse(self) -> "Scalar":
        """The scalar whose product with this one is 1; a ValueError for 0."""
        return Scalar(self.group, integers.invert(self.value, self.group.q))

    def encode(self) -> bytes:
        """Big-endian, in the group's width."""
        return integers.to_bytes(self.value, self.group.scalar_size)

    def __repr__(self) -> str:
        return f"Scalar({self.group.name})"

    def _reduced(self, other: "Scalar", value: Integer) -> "Scalar":
        if other.group is not self.group and other.group != self.group:
            raise ValueError(f"a scalar of {self.group.name} meets one of {other.group.name}")
        return Scalar.computed(self.group, value % self.group.q)
