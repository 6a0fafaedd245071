"""One cast ballot, all by itself (docs/verification.md, ballot.form to ballot.limit-proof; docs/spec.md, section 7).

The box calls this before it accepts a ballot, the verifier for every ballot of a record. What needs more than one
ballot, such as uniqueness, is in `uniqueness` and in `record/select`.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from e2evote.algebra.elgamal import Ciphertext
from e2evote.algebra.elgamal import product as product_of
from e2evote.algebra.exponentiation import precompute
from e2evote.algebra.group import Element
from e2evote.errors import MalformedInput, NotMembers
from e2evote.manifest.base_hash import ballot_base_hash
from e2evote.manifest.contests import Contest
from e2evote.proofs.one_of import BallotPlace, OneOf, OneOfProof, verify
from e2evote.proofs.place import Place
from e2evote.record.bodies import BallotBody
from e2evote.record.identifiers import ballot_identifier, line_of_key, shown, tracker_of
from e2evote.record.sealed import SealedBallot, SealedContest, decode_sealed
from e2evote.verify.checks import Check
from e2evote.verify.findings import Findings
from e2evote.verify.leaves import Entry, Setting

SELECTION_WINDOW = 8
OF_PAYLOAD = (
    Check.BALLOT_FORM,
    Check.BALLOT_TRACKER,
    Check.BALLOT_ELEMENTS,
    Check.BALLOT_SELECTION_PROOF,
    Check.BALLOT_LIMIT_PROOF,
)
"""The checks that need a ballot's payload."""


@dataclass(frozen=True, slots=True)
class BallotContext:
    """What ballots are checked against: the setting and the key of the open selection."""

    setting: Setting
    K: Element
    h_e: bytes

    def prepare(self) -> None:
        """Make the tables for g and K in this process, which pays off from the second ballot on."""
        precompute(self.setting.group.g, SELECTION_WINDOW)
        precompute(self.K, SELECTION_WINDOW)


def check_ballot(context: BallotContext, entry: Entry, payload: bytes, findings: Findings) -> SealedBallot | None:
    """All checks of one ballot leaf and its payload; the sealed ballot where it has its form."""
    body = entry.leaf.body
    if not isinstance(body, BallotBody):
        raise ValueError(f"{entry.subject} is no ballot")
    check_ballot_leaf(context, entry, findings)
    findings.examined(Check.BALLOT_FORM)
    try:
        sealed = read_ballot(context, body.id, payload)
    except MalformedInput as error:
        findings.fail(Check.BALLOT_FORM, entry.subject, str(error))
        findings.not_run("no ballot has its form", *OF_PAYLOAD[1:])
        return None
    tracker = tracker_of(context.h_e, payload)
    detail = f"the payload has tracker {shown(tracker)}, the leaf {shown(body.tracker)}"
    findings.expect(Check.BALLOT_TRACKER, entry.subject, tracker == body.tracker, detail)
    findings.examined(Check.BALLOT_ELEMENTS)
    ciphertexts = members_of(context, sealed)
    if ciphertexts is None:
        detail = "an α or β is 1 or not in the subgroup of order q"
        findings.fail(Check.BALLOT_ELEMENTS, entry.subject, detail)
        findings.not_run("no ballot's ciphertexts are elements", *OF_PAYLOAD[-2:])
    else:
        _check_proofs(context, entry.subject, sealed, ciphertexts, findings)
    return sealed


def check_ballot_leaf(context: BallotContext, entry: Entry, findings: Findings) -> None:
    """ballot.line and ballot.identifier, which need the leaf alone."""
    body = entry.leaf.body
    if not isinstance(body, BallotBody) or len(entry.leaf.signatures) != 1:
        return
    key = entry.leaf.signatures[0].key
    findings.examined(Check.BALLOT_LINE)
    if any(key == party.key for party in context.setting.manifest.parties):
        findings.fail(Check.BALLOT_LINE, entry.subject, "signed with the key of a party")
    elif body.line != line_of_key(context.h_e, key):
        findings.fail(Check.BALLOT_LINE, entry.subject, f"line {body.line} is not that of the signing key")
    expected = ballot_identifier(context.h_e, body.line, (key,), body.r)
    detail = "id is not the hash of line, key and r"
    findings.expect(Check.BALLOT_IDENTIFIER, entry.subject, body.id == expected, detail)


def read_ballot(context: BallotContext, ballot_id: bytes, payload: bytes) -> SealedBallot:
    """ballot.form; MalformedInput names the place."""
    sealed = decode_sealed(payload, context.setting.manifest, context.setting.group)
    check_sealed_form(context, sealed, ballot_id)
    return sealed


def check_sealed_form(context: BallotContext, sealed: SealedBallot, ballot_id: bytes) -> None:
    """The part of the form that a sealed ballot shares with its leaf and its election."""
    if sealed.election != context.h_e:
        raise MalformedInput("not the extended base hash of this election", "election")
    if sealed.id != ballot_id:
        raise MalformedInput("not the leaf's", "id")


Ciphertexts = tuple[tuple[Ciphertext, ...], ...]
"""By contest and item."""


def members_of(context: BallotContext, sealed: SealedBallot) -> Ciphertexts | None:
    """The ciphertexts as elements, or None where one is no member (2.2) or is 1.    spec 2"""
    residues = [x for contest in sealed.contests for item in contest.items for x in (item.alpha, item.beta)]
    group = context.setting.group
    try:
        elements = iter(group.screen(residues))
    except NotMembers:
        return None
    if any(residue.value == group.identity.value for residue in residues):
        return None
    return tuple(
        tuple(Ciphertext(next(elements), next(elements)) for _ in contest.items) for contest in sealed.contests
    )


def _check_proofs(
    context: BallotContext, subject: str, sealed: SealedBallot, ciphertexts: Ciphertexts, findings: Findings
) -> None:
    manifest, identifier_hash = context.setting.manifest, ballot_base_hash(context.h_e, sealed.id)
    for contest, encrypted in zip(sealed.contests, ciphertexts, strict=True):
        index = manifest.contest_index(contest.id)
        described = manifest.contests[index - 1]
        for item, ciphertext, meant in zip(contest.items, encrypted, described.items(), strict=True):
            place = BallotPlace(identifier_hash, Place(index, meant.index))
            holds = range_holds(context.K, ciphertext, meant.limit, item.proof, place)
            where = f"{subject}, contest {contest.id}, option {item.option or '(blank)'}"
            findings.expect(Check.BALLOT_SELECTION_PROOF, where, holds, f"not proved to be from 0 to {meant.limit}")
        holds = limit_holds(context, identifier_hash, index, contest, encrypted)
        where = f"{subject}, contest {contest.id}"
        detail = f"not proved to be within the contest's limit {described.limit}"
        findings.expect(Check.BALLOT_LIMIT_PROOF, where, holds, detail)


def range_holds(K: Element, ciphertext: Ciphertext, limit: int, proof: OneOfProof, place: BallotPlace) -> bool:
    """(3.3)-(3.7) for one ciphertext."""
    return verify(OneOf(K, ciphertext.alpha, ciphertext.beta, limit), proof, place)


def limit_holds(
    context: BallotContext,
    identifier_hash: bytes,
    index: int,
    contest: SealedContest,
    ciphertexts: Sequence[Ciphertext],
) -> bool:
    """The limit proof over ᾱ, β̄, which are computed here and never read.    spec (7.6), (3.6)"""
    described = context.setting.manifest.contests[index - 1]
    place = BallotPlace(identifier_hash, Place(index))
    return range_holds(context.K, contest_total(described, ciphertexts), described.limit, contest.limit, place)


def contest_total(contest: Contest, ciphertexts: Sequence[Ciphertext]) -> Ciphertext:
    """ᾱ = Π α_j · α_blank^L,   β̄ = Π β_j · β_blank^L    spec (7.6)"""
    group = ciphertexts[0].alpha.group
    weighted = (
        ciphertext if item.weight == 1 else ciphertext ** group.scalar(item.weight)
        for item, ciphertext in zip(contest.items(), ciphertexts, strict=True)
    )
    return product_of(group, weighted)
