"""The hints that the box lays beside a ballot: those it was given, if they are right, or its own (docs/spec.md §5.5).

A right hint is nothing but the commitments that the proofs determine. The proofs are verified before this is called, so
numbers that hash to the same challenges are these commitments, and others are computed again.
"""

from collections.abc import Iterator

from e2evote.algebra.elgamal import Ciphertext
from e2evote.errors import MalformedInput
from e2evote.manifest.base_hash import ballot_base_hash
from e2evote.proofs.one_of import BallotPlace, OneOf, OneOfProof, challenge_sum, commitments
from e2evote.proofs.place import Place
from e2evote.record.hints import ProofHints, decode_hints, encode_hints
from e2evote.record.sealed import SealedBallot
from e2evote.verify.ballots import BallotContext, contest_total, members_of

Claim = tuple[OneOf, OneOfProof, BallotPlace]


def hints_for(context: BallotContext, sealed: SealedBallot, given: bytes) -> bytes:
    """The hints of a ballot whose proofs all hold: `given`, or the same computed anew."""
    claims = tuple(_claims(context, sealed))
    read = _read(context, sealed, given)
    if read and all(
        place(claim, hint) == challenge_sum(claim, proof)
        for (claim, proof, place), hint in zip(claims, read, strict=True)
    ):
        return given
    return encode_hints([[product.value() for product in commitments(claim, proof)] for claim, proof, _ in claims])


def _read(context: BallotContext, sealed: SealedBallot, given: bytes) -> tuple[ProofHints, ...]:
    manifest = context.setting.manifest
    style = manifest.style(sealed.style)
    if style is None:
        raise ValueError(f"style {sealed.style!r} is not in the manifest")
    try:
        return decode_hints(given, manifest, style, context.setting.group)
    except MalformedInput:
        return ()


def _claims(context: BallotContext, sealed: SealedBallot) -> Iterator[Claim]:
    """Every proof of the ballot in the order of the hints: each contest's items, then its limit."""
    manifest, h_i = context.setting.manifest, ballot_base_hash(context.h_e, sealed.id)
    ciphertexts = members_of(context, sealed)
    if ciphertexts is None:
        raise ValueError("hints of a ballot whose ciphertexts are no elements")
    for contest, encrypted in zip(sealed.contests, ciphertexts, strict=True):
        index = manifest.contest_index(contest.id)
        described = manifest.contests[index - 1]
        for item, ciphertext, meant in zip(contest.items, encrypted, described.items(), strict=True):
            place = BallotPlace(h_i, Place(index, meant.index))
            yield _statement(context, ciphertext, meant.limit), item.proof, place
        total = contest_total(described, encrypted)
        yield _statement(context, total, described.limit), contest.limit, BallotPlace(h_i, Place(index))


def _statement(context: BallotContext, ciphertext: Ciphertext, limit: int) -> OneOf:
    return OneOf(context.K, ciphertext.alpha, ciphertext.beta, limit)
