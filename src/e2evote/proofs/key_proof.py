"""Proof that a trustee knows all its secrets: each coefficient of a polynomial, and its communication key.

    Keys(i, K_0 … K_{k-1}, κ):   knows a_0 … a_{k-1} and ζ.  K_j = g^(a_j)  and  κ = g^ζ

docs/spec.md §3; ElectionGuard 2.1, §3.2.2. One challenge serves all k + 1 logarithms. A trustee proves twice, for
the keys of votes and for those of ballot data, with the same κ in both. Because every coefficient is proved, no
trustee can make its own a function of the others'.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Enum

from e2evote.algebra.group import Element, Scalar
from e2evote.algebra.product import Product
from e2evote.hashing.digest import H
from e2evote.proofs.batch import Pending
from e2evote.proofs.place import Commitment, index4


class Purpose(Enum):
    """Which of a trustee's two polynomials; the value is hashed."""

    VOTE = "pk_vote"
    DATA = "pk_data"


@dataclass(frozen=True, slots=True)
class Keys:
    """The statement. The caller has checked that there are as many K as the quorum."""

    trustee: int
    K: tuple[Element, ...]
    kappa: Element

    def __post_init__(self) -> None:
        if not self.K:
            raise ValueError(f"trustee {self.trustee}: a polynomial without coefficients")


@dataclass(frozen=True, slots=True)
class KeyProof:
    """One challenge and k + 1 responses, the last for κ."""

    c: Scalar
    v: tuple[Scalar, ...]


ChallengeOf = Callable[[Keys, Sequence[Commitment]], Scalar]


@dataclass(frozen=True, slots=True)
class KeyChallenge:
    """The challenge for one polynomial, in the election whose parameters have the hash H_P."""

    parameter_hash: bytes
    purpose: Purpose

    def __call__(self, statement: Keys, commitments: Sequence[Commitment]) -> Scalar:
        """c_i = H_q(H_P; 10 ‖ "pk_vote" ‖ i ‖ K_i0 ‖ … ‖ K_i,k-1 ‖ κ_i ‖ h_i0 ‖ … ‖ h_ik)    spec (3.8)"""
        keys = (x.encode() for x in (*statement.K, statement.kappa, *commitments))
        fields = (b"\x10", self.purpose.value.encode(), index4(statement.trustee, "trustee"), *keys)
        return statement.kappa.group.challenge(H(self.parameter_hash, *fields))


def commitments(statement: Keys, proof: KeyProof) -> tuple[Product, ...]:
    """h_ij = g^v_ij · K_ij^c_i for each coefficient, and h_ik = g^v_ik · κ_i^c_i    spec (3.9)"""
    keys = (*statement.K, statement.kappa)
    if len(proof.v) != len(keys):
        raise ValueError(f"trustee {statement.trustee}: {len(proof.v)} responses for {len(keys)} keys")
    g = statement.kappa.group.g
    return tuple(Product(((g, v), (K, proof.c))) for K, v in zip(keys, proof.v, strict=True))


def verify(statement: Keys, proof: KeyProof, challenge_of: ChallengeOf) -> bool:
    """Whether there is one response per key and the challenge is the hash of what they determine."""
    if len(proof.v) != len(statement.K) + 1:
        return False
    return challenge_of(statement, [product.value() for product in commitments(statement, proof)]) == proof.c


def pending(statement: Keys, proof: KeyProof, challenge_of: ChallengeOf) -> Pending:
    """The same, to be verified with others."""
    if len(proof.v) != len(statement.K) + 1:
        return Pending((), lambda hints: False, lambda: False)
    return Pending(
        commitments(statement, proof),
        lambda hints: challenge_of(statement, hints) == proof.c,
        lambda: verify(statement, proof, challenge_of),
    )
