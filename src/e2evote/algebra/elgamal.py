"""Exponential ElGamal in ElectionGuard's form (docs/spec.md §3).

    Enc(m; ξ) = (g^ξ, K^(m+ξ))                                                             (3.1)

The message stands in the exponent of the key itself. The product of two ciphertexts encrypts the sum of their
messages. `encrypt` is for openings that are public; a voter's nonce never comes here.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Generic

from e2evote.algebra.candidate import B
from e2evote.algebra.exponentiation import power
from e2evote.algebra.group import Element, Group, Scalar


@dataclass(frozen=True, slots=True)
class Ciphertext(Generic[B]):
    """A pad α and a masked message β, both members of one group, or both candidates for it."""

    alpha: B
    beta: B

    def __post_init__(self) -> None:
        if self.alpha.group is not self.beta.group and self.alpha.group != self.beta.group:
            raise ValueError(f"a ciphertext with α of {self.alpha.group.name} and β of {self.beta.group.name}")

    def __mul__(self, other: "Ciphertext[B]") -> "Ciphertext[B]":
        """Encrypts the sum of both messages under the sum of both nonces.    spec (3.2)"""
        if not isinstance(other, Ciphertext):
            return NotImplemented
        return Ciphertext(self.alpha * other.alpha, self.beta * other.beta)

    def __pow__(self, weight: Scalar) -> "Ciphertext[B]":
        """Encrypts `weight` times the message. Variable time: weights are public."""
        if not isinstance(weight, Scalar):
            return NotImplemented
        return Ciphertext(self.alpha**weight, self.beta**weight)

    def encode(self) -> bytes:
        """α ‖ β."""
        return self.alpha.encode() + self.beta.encode()


def identity(group: Group) -> Ciphertext[Element]:
    """(1, 1): the product of no ciphertexts, an encryption of 0 with nonce 0."""
    return Ciphertext(group.identity, group.identity)


def product(group: Group, ciphertexts: Iterable[Ciphertext[Element]]) -> Ciphertext[Element]:
    """(Π α, Π β), which is (1, 1) for none.    spec (3.2)"""
    alpha = beta = group.identity
    for ciphertext in ciphertexts:
        alpha, beta = alpha * ciphertext.alpha, beta * ciphertext.beta
    return Ciphertext(alpha, beta)


def encrypt(K: Element, message: int | Scalar, xi: Scalar) -> Ciphertext[Element]:
    """(g^ξ, K^(m+ξ)) for a published opening, message 0 ≤ m < q.    spec (3.1)

    Variable time: message and nonce must be public.
    """
    group = K.group
    m = message if isinstance(message, Scalar) else group.scalar(message)
    return Ciphertext(power(group.g, xi), power(K, m + xi))
