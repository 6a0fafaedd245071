"""Proof that a ciphertext encrypts one of 0 … R (Cramer, Damgård and Schoenmakers 1994; ElectionGuard 2.1, §3.3.5).

    OneOf(K, α, β, R):   exists ξ and j in 0 … R.  α = g^ξ   and   β = K^(j+ξ)

docs/spec.md §3. An option's limit and a contest's limit are the same statement: a contest's is about the product of
its own options' ciphertexts, which the verifier computes and never reads. Each branch j has a challenge c_j and a
response v_j; their sum is fixed by the hash, so that all branches but one can be made up in advance.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from e2evote.algebra.candidate import Candidate
from e2evote.algebra.group import Element, Group, Scalar
from e2evote.algebra.product import Product
from e2evote.hashing.digest import H
from e2evote.proofs.place import Commitment, Place


@dataclass(frozen=True, slots=True)
class OneOf:
    """The statement: (α, β) encrypts a number from 0 to `limit` under K. The limit is the manifest's.

    α and β are elements, or candidates whose membership is tested in one batch with the proof.
    """

    K: Element
    alpha: Element | Candidate
    beta: Element | Candidate
    limit: int

    def __post_init__(self) -> None:
        if isinstance(self.limit, bool) or not isinstance(self.limit, int) or self.limit < 1:
            raise ValueError(f"range proof: limit {self.limit!r}, want a number from 1")


@dataclass(frozen=True, slots=True)
class OneOfProof:
    """c_0 … c_R and v_0 … v_R; the commitments a_0, b_0 … a_R, b_R follow from them."""

    c: tuple[Scalar, ...]
    v: tuple[Scalar, ...]


ChallengeOf = Callable[[OneOf, Sequence[Commitment]], Scalar]


@dataclass(frozen=True, slots=True)
class BallotPlace:
    """The challenge at one place of the ballot whose identifier hash is H_I."""

    identifier_hash: bytes
    place: Place

    def __call__(self, statement: OneOf, commitments: Sequence[Commitment]) -> Scalar:
        """c = H_q(H_I; 24 ‖ contest ‖ option ‖ α ‖ β ‖ a_0 ‖ b_0 ‖ … ‖ a_R ‖ b_R)    spec (3.5)

        For a contest's limit there is no option among the fields: spec (3.6).
        """
        numbers = (x.encode() for x in (statement.alpha, statement.beta, *commitments))
        return self.over(statement.K.group, numbers)

    def over(self, group: Group, numbers: Iterable[bytes]) -> Scalar:
        """The same of α, β, a_0, b_0 … that are encoded already."""
        return group.challenge(H(self.identifier_hash, b"\x24", self.place.encode(), *numbers))


def commitments(statement: OneOf, proof: OneOfProof) -> tuple[Product, ...]:
    """a_0, b_0, a_1, b_1 … with a_j = g^v_j · α^c_j  (3.3)   and   b_j = K^(v_j - j·c_j) · β^c_j  (3.4)"""
    if not _has_all_branches(statement, proof):
        raise ValueError(f"range proof: {len(proof.c)} and {len(proof.v)} values for limit {statement.limit}")
    group = statement.K.group
    products: list[Product] = []
    for j, (c, v) in enumerate(zip(proof.c, proof.v, strict=True)):
        products.append(Product(((group.g, v), (statement.alpha, c))))
        products.append(Product(((statement.K, v.minus_times(j, c) if j else v), (statement.beta, c))))
    return tuple(products)


def challenge_sum(statement: OneOf, proof: OneOfProof) -> Scalar:
    """c_0 + … + c_R mod q    spec (3.7)"""
    return statement.K.group.sum(proof.c)


def verify(statement: OneOf, proof: OneOfProof, challenge_of: ChallengeOf) -> bool:
    """Whether there are exactly R + 1 branches and their challenges add up to the hash.    spec (3.7)"""
    if not _has_all_branches(statement, proof):
        return False
    values = [product.value() for product in commitments(statement, proof)]
    return challenge_of(statement, values) == challenge_sum(statement, proof)


def _has_all_branches(statement: OneOf, proof: OneOfProof) -> bool:
    return len(proof.c) == len(proof.v) == statement.limit + 1
