"""Numbers from 0 to a bound as encrypted bits, each proved to be 0 or 1 (docs/spec.md §14.2).

    u_0 = 1, u_1 = 2, u_2 = 4, …, u_(n-1) = M - 2^(n-1) + 1,   together M                           (14.2)

Whatever bits are chosen, the sum of their weights is a whole number from 0 to the bound M, and every such number is one
of these sums. So a product of powers of proved bits encrypts a number in that range, without a second proof. What
proves a bit is the range proof of `one_of` with the limit 1; here are its place and the weights.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

from e2evote.algebra.elgamal import Ciphertext
from e2evote.algebra.group import Element, Residue, Scalar
from e2evote.hashing.digest import b4
from e2evote.hashing.labels import H_own, Label
from e2evote.proofs.batch import Pending
from e2evote.proofs.one_of import OneOf, OneOfProof, challenge_sum, commitments, verify
from e2evote.proofs.place import Commitment, index4

REST = 0
"""In the place of an item's index: what the votes of a contest leave of its limit."""

X = TypeVar("X", Element, Residue)


@dataclass(frozen=True, slots=True)
class BitPlace:
    """The challenge of one bit of one channel's total. item: from 1, or `REST`. bit: from 0, by its weight."""

    extended_base_hash: bytes
    channel: str
    contest: int
    item: int
    bit: int

    def __call__(self, statement: OneOf, commitments: Sequence[Commitment]) -> Scalar:
        """c = H_q of H_own(H_E; label; channel, contest, item, bit, α, β, a_0, b_0, a_1, b_1)    spec (14.4)"""
        numbers = (x.encode() for x in (statement.alpha, statement.beta, *commitments))
        fields = (self.channel.encode(), index4(self.contest, "contest"), b4(self.item), b4(self.bit), *numbers)
        return statement.K.group.challenge(H_own(self.extended_base_hash, Label.PAPER_BIT, *fields))


def is_bit(K: Element, ciphertext: Ciphertext[Element]) -> OneOf:
    """The statement: (α, β) encrypts 0 or 1."""
    return OneOf(K, ciphertext.alpha, ciphertext.beta, 1)


def pending(statement: OneOf, proof: OneOfProof, place: BitPlace) -> Pending:
    """A bit's proof, to be verified with others or alone."""
    return Pending(
        commitments(statement, proof),
        lambda hints: place(statement, hints) == challenge_sum(statement, proof),
        lambda: verify(statement, proof, place),
    )


def weights(bound: int) -> tuple[int, ...]:
    """u_0, u_1, …: as many as `bound` has binary digits.    spec (14.2)"""
    if isinstance(bound, bool) or bound < 0:
        raise ValueError(f"bound: {bound}, want a number from 0")
    if bound == 0:
        return ()
    last = bound.bit_length() - 1
    return (*(1 << i for i in range(last)), bound - (1 << last) + 1)


def bits(number: int, bound: int) -> tuple[int, ...]:
    """The bits of `number` for these weights: the last one is 1 iff it is at least the largest power of two in `bound`.

    The same steps for every number; a ValueError that does not show it if it is above the bound.
    """
    if isinstance(number, bool) or not 0 <= number <= bound:
        raise ValueError(f"bits: the number is not in 0 to {bound}")
    if bound == 0:
        return ()
    *_, last = weights(bound)
    digits = bound.bit_length() - 1
    top = number >> digits
    lower = number - top * last
    return (*((lower >> i) & 1 for i in range(digits)), top)


def weighted_product(one: X, factors: Sequence[X], exponents: Sequence[int]) -> X:
    """Π x^n for small public whole numbers n, of elements or of numbers that may be none; `one` for no factors."""
    total = one
    for position in reversed(range(max(exponents, default=0).bit_length())):
        total = total * total
        for factor, exponent in zip(factors, exponents, strict=True):
            if exponent >> position & 1:
                total = total * factor
    return total
