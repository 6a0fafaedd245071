"""That a ciphertext holds what its maker says: everything is computed again from the seed (docs/spec.md §7 and §8).

    Opening(K, α, β, value, place):   (α, β) = Enc(K, value; ξ),  ξ the nonce that H_I and the seed give at the place

A challenged ballot is opened in this way. It is no proof of knowledge: seed and value are public, and whoever has
them repeats the encryption. Nothing here is secret, and nothing runs in constant time.
"""

from dataclasses import dataclass

from e2evote.algebra.elgamal import Ciphertext, encrypt
from e2evote.algebra.group import Element, Group, Scalar
from e2evote.hashing.digest import H
from e2evote.proofs.place import Commitment, Place

SEED_SIZE = 32
"""Bytes of ξ_B, from which all encryption nonces of one ballot follow."""


@dataclass(frozen=True, slots=True)
class Opening:
    """The statement: (α, β) encrypts `value` with the nonce of its place. Membership of α and β is not assumed."""

    K: Element
    alpha: Commitment
    beta: Commitment
    value: int
    place: Place

    def __post_init__(self) -> None:
        if isinstance(self.value, bool) or not 0 <= self.value < self.K.group.q:
            raise ValueError(f"opening: value {self.value!r} is not in [0, q)")


def nonce(group: Group, identifier_hash: bytes, place: Place, seed: bytes) -> Scalar:
    """ξ_ij = H_q(H_I; 21 ‖ b4(i) ‖ b4(j) ‖ ξ_B)    spec (7.4)"""
    if place.option is None:
        raise ValueError(f"contest {place.contest}: only an option has a nonce")
    if len(seed) != SEED_SIZE:
        raise ValueError(f"seed: {len(seed)} bytes, want {SEED_SIZE}")
    return group.challenge(H(identifier_hash, b"\x21", place.encode(), seed))


def reopened(statement: Opening, identifier_hash: bytes, seed: bytes) -> Ciphertext[Element] | None:
    """(g^ξ, K^(value+ξ)) where (α, β) is that, else None.    spec (7.5)

    A residue that equals the element computed here is thereby known to be one.
    """
    xi = nonce(statement.K.group, identifier_hash, statement.place, seed)
    again = encrypt(statement.K, statement.value, xi)
    same = (again.alpha.encode(), again.beta.encode()) == (statement.alpha.encode(), statement.beta.encode())
    return again if same else None
