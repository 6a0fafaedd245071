"""Proof that somebody knows a discrete logarithm (Schnorr 1991), in ElectionGuard's compact form.

    KnownLog(K):   knows s.  K = g^s
    h = g^v · K^c,   c a hash of h and the statement,   v = u - c·s

docs/spec.md §3. Used with the nonce of an encrypted share, where K is the pad C0 (ElectionGuard 2.1, §3.2.2);
the keys of a trustee are proved together in `key_proof`.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from e2evote.algebra.group import Element, Scalar
from e2evote.algebra.product import Product
from e2evote.hashing.digest import H
from e2evote.proofs.batch import Pending
from e2evote.proofs.place import Commitment, index4


@dataclass(frozen=True, slots=True)
class KnownLog:
    """The statement: the logarithm of K to the base g is known."""

    K: Element


@dataclass(frozen=True, slots=True)
class KnownLogProof:
    """Challenge and response; the commitment h follows from them."""

    c: Scalar
    v: Scalar


ChallengeOf = Callable[[KnownLog, Sequence[Commitment]], Scalar]


@dataclass(frozen=True, slots=True)
class ShareSeal:
    """The challenge for the nonce of the share that `dealer` sealed for `receiver`; K is C0, `sealed` is C1."""

    parameter_hash: bytes
    dealer: int
    receiver: int
    sealed: bytes

    def __call__(self, statement: KnownLog, commitments: Sequence[Commitment]) -> Scalar:
        """c = H_q(H_P; 12 ‖ i ‖ ℓ ‖ γ ‖ C0 ‖ C1)    spec (3.10)"""
        (gamma,) = commitments
        parties = index4(self.dealer, "dealer") + index4(self.receiver, "receiver")
        fields = (b"\x12", parties, gamma.encode(), statement.K.encode(), self.sealed)
        return statement.K.group.challenge(H(self.parameter_hash, *fields))


def commitments(statement: KnownLog, proof: KnownLogProof) -> tuple[Product]:
    """γ = g^v · C0^c    spec (3.10)"""
    return (Product(((statement.K.group.g, proof.v), (statement.K, proof.c))),)


def verify(statement: KnownLog, proof: KnownLogProof, challenge_of: ChallengeOf) -> bool:
    """Whether the challenge is the hash of the commitment that the response determines."""
    return challenge_of(statement, [product.value() for product in commitments(statement, proof)]) == proof.c


def pending(statement: KnownLog, proof: KnownLogProof, challenge_of: ChallengeOf) -> Pending:
    """The same, to be verified with others."""
    return Pending(
        commitments(statement, proof),
        lambda hints: challenge_of(statement, hints) == proof.c,
        lambda: verify(statement, proof, challenge_of),
    )
