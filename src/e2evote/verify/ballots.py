"""One cast ballot, all by itself (docs/verification.md, ballot.form to ballot.limit-proof; docs/spec.md, section 7).

The box calls this before it accepts a ballot, the verifier for every ballot of a record. What needs more than one
ballot, such as uniqueness, is in `uniqueness` and in `record/select`.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from e2evote.algebra.candidate import B
from e2evote.algebra.elgamal import Ciphertext
from e2evote.algebra.exponentiation import precompute
from e2evote.algebra.group import Element
from e2evote.errors import MalformedInput, NotMembers
from e2evote.manifest.base_hash import ballot_base_hash
from e2evote.record.bodies import BallotBody
from e2evote.record.electorate import Entitlement
from e2evote.record.identifiers import ballot_identifier, line_of_key, shown, tracker_of
from e2evote.record.sealed import SealedBallot, decode_sealed
from e2evote.verify.checks import Check
from e2evote.verify.claims import Ciphertexts, Claim, claims_of
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

    def claims_of(self, sealed: SealedBallot, ciphertexts: Ciphertexts[B]) -> Iterator[Claim]:
        """Every proof of the ballot, in the order of its hints."""
        identifier_hash = ballot_base_hash(self.h_e, sealed.id)
        return claims_of(self.setting.manifest, self.K, identifier_hash, sealed, ciphertexts)

    def prepare(self) -> None:
        """Make the tables for g and K in this process, which pays off from the second ballot on."""
        precompute(self.setting.group.g, SELECTION_WINDOW)
        precompute(self.K, SELECTION_WINDOW)


def style_of(entitlement: Entitlement | None) -> str:
    """The style that a ballot must have, "" where its line is not on the roll, so that no style is right."""
    return entitlement.style if entitlement else ""


def check_ballot(
    context: BallotContext, entry: Entry, payload: bytes, findings: Findings, style: str | None = None
) -> SealedBallot | None:
    """All checks of one ballot leaf and its payload, one by one; the sealed ballot where it has its form."""
    sealed = check_form(context, entry, payload, findings, style)
    if sealed is not None:
        check_proofs(context, entry.subject, sealed, findings)
    return sealed


def check_form(
    context: BallotContext, entry: Entry, payload: bytes, findings: Findings, style: str | None = None
) -> SealedBallot | None:
    """The checks that need no exponentiation, ballot.form to ballot.tracker; the ballot where it has its form.

    style: what `style_of` gives for the line that the ballot names; None where no roll says so.
    """
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
        if style is not None:
            findings.not_run("no ballot has its form", Check.BALLOT_STYLE)
        return None
    if style is not None:
        wanted = f"want {style}" if style else "its line is not on the roll"
        findings.expect(Check.BALLOT_STYLE, entry.subject, sealed.style == style, f"style {sealed.style}: {wanted}")
    tracker = tracker_of(context.h_e, payload)
    detail = f"the payload has tracker {shown(tracker)}, the leaf {shown(body.tracker)}"
    findings.expect(Check.BALLOT_TRACKER, entry.subject, tracker == body.tracker, detail)
    return sealed


def check_proofs(context: BallotContext, subject: str, sealed: SealedBallot, findings: Findings) -> None:
    """ballot.elements, and where they hold ballot.selection-proof and ballot.limit-proof, one by one."""
    findings.examined(Check.BALLOT_ELEMENTS)
    ciphertexts = members_of(context, sealed)
    if ciphertexts is None:
        findings.fail(Check.BALLOT_ELEMENTS, subject, "an α or β is 1 or not in the subgroup of order q")
        findings.not_run("no ballot's ciphertexts are elements", *OF_PAYLOAD[-2:])
        return
    for claim in context.claims_of(sealed, ciphertexts):
        check = Check.BALLOT_LIMIT_PROOF if claim.is_limit else Check.BALLOT_SELECTION_PROOF
        findings.expect(check, claim.name(subject), claim.holds(), claim.detail)


def proofs_hold(sealed: SealedBallot, findings: Findings) -> None:
    """The findings of `check_proofs` for a ballot of which a batch has shown that everything holds."""
    findings.examined(Check.BALLOT_ELEMENTS)
    findings.examined(Check.BALLOT_SELECTION_PROOF, sum(len(contest.items) for contest in sealed.contests))
    findings.examined(Check.BALLOT_LIMIT_PROOF, len(sealed.contests))


def check_ballot_leaf(context: BallotContext, entry: Entry, findings: Findings) -> None:
    """ballot.identifier, and without a roll ballot.line, which need the leaf alone. With a roll see `voters`."""
    body, manifest = entry.leaf.body, context.setting.manifest
    keys = [signature.key for signature in entry.leaf.signatures]
    if not isinstance(body, BallotBody) or len(keys) != max(1, len(manifest.registrars)):
        return
    if manifest.roll is None:
        _check_line(context, entry, body.line, keys[0], findings)
    expected = ballot_identifier(context.h_e, body.line, keys, body.r)
    detail = "id is not the hash of line, keys and r"
    findings.expect(Check.BALLOT_IDENTIFIER, entry.subject, body.id == expected, detail)


def _check_line(context: BallotContext, entry: Entry, line: str, key: bytes, findings: Findings) -> None:
    findings.examined(Check.BALLOT_LINE)
    if any(key == party.key for party in context.setting.manifest.parties):
        findings.fail(Check.BALLOT_LINE, entry.subject, "signed with the key of a party")
    elif line != line_of_key(context.h_e, key):
        findings.fail(Check.BALLOT_LINE, entry.subject, f"line {line} is not that of the signing key")


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


def members_of(context: BallotContext, sealed: SealedBallot) -> Ciphertexts[Element] | None:
    """The ciphertexts as elements, or None where one is no member (2.2) or is 1.    spec 2"""
    if has_one(sealed):
        return None
    residues = [x for contest in sealed.contests for item in contest.items for x in (item.alpha, item.beta)]
    try:
        elements = iter(context.setting.group.screen(residues))
    except NotMembers:
        return None
    return tuple(
        tuple(Ciphertext(next(elements), next(elements)) for _ in contest.items) for contest in sealed.contests
    )


def has_one(sealed: SealedBallot) -> bool:
    """Whether some α or β is 1, which spec 2 forbids."""
    return any(x.is_one for contest in sealed.contests for item in contest.items for x in (item.alpha, item.beta))
