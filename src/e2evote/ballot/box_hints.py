"""The hints that the box lays beside a ballot: those it was given, if they are right, or its own (docs/spec.md §5.5).

A right hint is nothing but the commitments that the proofs determine. The proofs are verified before this is called, so
numbers that hash to the same challenges are these commitments, and others are computed again.
"""

from e2evote.proofs.batch import Subject
from e2evote.proofs.one_of import commitments
from e2evote.record.hints import encode_hints
from e2evote.record.sealed import SealedBallot
from e2evote.verify.ballots import BallotContext, members_of
from e2evote.verify.chunk import candidate_claims, matching


def hints_for(context: BallotContext, sealed: SealedBallot, given: bytes) -> bytes:
    """The hints of a ballot whose proofs all hold: `given`, or the same computed anew."""
    if matching(context, sealed, candidate_claims(context, sealed, Subject()), given):
        return given
    ciphertexts = members_of(context, sealed)
    if ciphertexts is None:
        raise ValueError("hints of a ballot whose ciphertexts are no elements")
    claims = context.claims_of(sealed, ciphertexts)
    return encode_hints(
        [[product.value() for product in commitments(claim.statement, claim.proof)] for claim in claims]
    )
