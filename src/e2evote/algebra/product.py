"""A product of powers that is not yet computed: an equation's right-hand side as data (docs/spec.md §3, §12).

Alone it is evaluated here; with thousands of others its exponents are added up in a batch (`proofs/batch`).
"""

from dataclasses import dataclass

from e2evote.algebra.candidate import Candidate
from e2evote.algebra.exponentiation import multi_power
from e2evote.algebra.group import Element, Scalar


@dataclass(frozen=True, slots=True)
class Product:
    """Π base^exponent."""

    terms: tuple[tuple[Element | Candidate, Scalar], ...]

    def value(self) -> Element:
        """The element that the product is; a ValueError where a base is not yet known to be one."""
        known = [(base, exponent) for base, exponent in self.terms if isinstance(base, Element)]
        if len(known) != len(self.terms):
            raise ValueError("a product of candidates has no value before their batch has passed")
        return multi_power(known)
