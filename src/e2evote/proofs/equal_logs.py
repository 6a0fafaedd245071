"""Proof that two discrete logarithms are equal (Chaum and Pedersen 1992).

    EqualLogs(K, A, M):   exists s.  K = g^s   and   M = A^s

docs/spec.md §3. Used for decryption shares: K is the public value Y_i of trustee i, which every verifier computes
from the key ceremony, A the pad of the tally's ciphertext (A, B), and M the share that the trustee publishes.
A is 1 where no ballot was counted; then M can only be 1.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from e2evote.algebra.group import Element, Scalar
from e2evote.algebra.product import Product
from e2evote.hashing.labels import H_own, Label
from e2evote.proofs.batch import Pending
from e2evote.proofs.place import Commitment, index4


@dataclass(frozen=True, slots=True)
class EqualLogs:
    """The statement: the logarithm of M to the base A is that of K to the base g."""

    K: Element
    A: Element
    M: Element


@dataclass(frozen=True, slots=True)
class EqualLogsProof:
    """Challenge and response; the commitments a and b follow from them."""

    c: Scalar
    v: Scalar


ChallengeOf = Callable[[EqualLogs, Sequence[Commitment]], Scalar]


@dataclass(frozen=True, slots=True)
class DecryptionShare:
    """The challenge for one share of one option's total, bound to the tally statement that it decrypts.

    `tally_statement` is the statement's leaf hash: a share made for one tally serves no other.
    """

    extended_base_hash: bytes
    contest: int
    option: int
    trustee: int
    B: Element
    tally_statement: bytes

    def __call__(self, statement: EqualLogs, commitments: Sequence[Commitment]) -> Scalar:
        """c_i = H_q of H_own(H_E; label; contest, option, i, Y_i, A, B, M_i, a_i, b_i, statement)    spec (3.13)"""
        a, b = commitments
        place = (("contest", self.contest), ("option", self.option), ("trustee", self.trustee))
        fields = [
            *(index4(index, what) for what, index in place),
            *(x.encode() for x in (statement.K, statement.A, self.B, statement.M, a, b)),
            self.tally_statement,
        ]
        return statement.K.group.challenge(H_own(self.extended_base_hash, Label.DECRYPTION_SHARE, *fields))


def commitments(statement: EqualLogs, proof: EqualLogsProof) -> tuple[Product, Product]:
    """a = g^v · K^c  (3.11)   and   b = A^v · M^c  (3.12)"""
    return (
        Product(((statement.K.group.g, proof.v), (statement.K, proof.c))),
        Product(((statement.A, proof.v), (statement.M, proof.c))),
    )


def verify(statement: EqualLogs, proof: EqualLogsProof, challenge_of: ChallengeOf) -> bool:
    """Whether the challenge is the hash of the commitments that the response determines."""
    return challenge_of(statement, [product.value() for product in commitments(statement, proof)]) == proof.c


def pending(statement: EqualLogs, proof: EqualLogsProof, challenge_of: ChallengeOf) -> Pending:
    """The same, to be verified with others."""
    return Pending(
        commitments(statement, proof),
        lambda hints: challenge_of(statement, hints) == proof.c,
        lambda: verify(statement, proof, challenge_of),
    )
