"""One published challenge: everything recomputed from its seed (docs/spec.md, section 8; checks challenge.*)."""

from collections.abc import Sequence

from e2evote.algebra.elgamal import Ciphertext
from e2evote.algebra.group import Element
from e2evote.errors import MalformedInput
from e2evote.manifest.base_hash import ballot_base_hash
from e2evote.proofs.opening import Opening, reopened
from e2evote.proofs.place import Place
from e2evote.record.bodies import ChallengeBody
from e2evote.record.identifiers import shown, tracker_of
from e2evote.record.limits import Excess, excesses
from e2evote.record.opened import OpenedBallot, decode_opened
from e2evote.record.sealed import SealedBallot, SealedContest
from e2evote.verify.ballots import BallotContext, check_sealed_form
from e2evote.verify.checks import Check
from e2evote.verify.claims import Claim, item_claim, limit_claim
from e2evote.verify.findings import Findings
from e2evote.verify.leaves import Entry

OF_PAYLOAD = (Check.CHALLENGE_FORM, Check.CHALLENGE_TRACKER, Check.CHALLENGE_OPENING, Check.CHALLENGE_PROOF)
"""The checks of a challenge, which all need its payload."""


def check_challenge(context: BallotContext, entry: Entry, payload: bytes, findings: Findings) -> SealedBallot | None:
    """All checks of one challenge leaf and its payload, one by one; its sealed part where it has its form."""
    opened = check_form(context, entry, payload, findings)
    if opened is None:
        return None
    check_opening(context, entry.subject, opened, findings)
    return opened.sealed


def check_form(context: BallotContext, entry: Entry, payload: bytes, findings: Findings) -> OpenedBallot | None:
    """challenge.form and challenge.tracker."""
    body = entry.leaf.body
    if not isinstance(body, ChallengeBody):
        raise ValueError(f"{entry.subject} is no challenge")
    findings.examined(Check.CHALLENGE_FORM)
    try:
        opened = decode_opened(payload, context.setting.manifest, context.setting.group)
        check_sealed_form(context, opened.sealed, body.id)
    except MalformedInput as error:
        findings.fail(Check.CHALLENGE_FORM, entry.subject, str(error))
        findings.not_run("no challenge has its form", *OF_PAYLOAD[1:])
        return None
    tracker = tracker_of(context.h_e, opened.sealed.encode())
    detail = f"the sealed ballot has tracker {shown(tracker)}, the leaf {shown(body.tracker)}"
    findings.expect(Check.CHALLENGE_TRACKER, entry.subject, tracker == body.tracker, detail)
    return opened


def check_opening(context: BallotContext, subject: str, opened: OpenedBallot, findings: Findings) -> None:
    """challenge.opening and challenge.proof: values, ciphertexts and proofs of every contest, one by one."""
    check_claims(subject, open_ballot(context, subject, opened, findings), findings)


def check_claims(subject: str, claims: Sequence[Claim], findings: Findings) -> None:
    """challenge.proof of the proofs that `open_ballot` left, one by one."""
    for claim in claims:
        findings.expect(Check.CHALLENGE_PROOF, claim.name(subject), claim.holds(), claim.detail)


def open_ballot(context: BallotContext, subject: str, opened: OpenedBallot, findings: Findings) -> tuple[Claim, ...]:
    """challenge.opening, and the proofs that remain to be verified for challenge.proof.

    Those of items that open to something else are left out, and then the contest's limit proof too.
    """
    claims: list[Claim] = []
    for contest, choice in zip(opened.sealed.contests, opened.choices, strict=True):
        described = context.setting.manifest.contests[context.setting.manifest.contest_index(contest.id) - 1]
        over = {excess.item: excess for excess in excesses(described, choice.values)}
        claims += _open_contest(context, subject, opened, contest, choice.values, over, findings)
    return tuple(claims)


def _open_contest(
    context: BallotContext,
    subject: str,
    opened: OpenedBallot,
    contest: SealedContest,
    values: tuple[int, ...],
    over: dict[int, Excess],
    findings: Findings,
) -> list[Claim]:
    manifest, h_i = context.setting.manifest, ballot_base_hash(context.h_e, opened.sealed.id)
    index = manifest.contest_index(contest.id)
    described, where = manifest.contests[index - 1], f"{subject}, contest {contest.id}"
    good: list[Ciphertext[Element]] = []
    claims: list[Claim] = []
    rows = zip(contest.items, described.items(), values, strict=True)
    for position, (item, meant, value) in enumerate(rows):
        name = f"{where}, option {item.option or '(blank)'}"
        findings.examined(Check.CHALLENGE_OPENING)
        opening = Opening(context.K, item.alpha, item.beta, value, Place(index, meant.index))
        if position in over:
            findings.fail(Check.CHALLENGE_OPENING, name, over[position].detail)
        elif (ciphertext := reopened(opening, h_i, opened.seed)) is None:
            findings.fail(Check.CHALLENGE_OPENING, name, f"the ciphertext is not {value} sealed with the seed")
        else:
            good.append(ciphertext)
            claims.append(item_claim(context.K, h_i, index, contest, meant, position, good[-1]))
    if len(good) < len(contest.items) or -1 in over:
        findings.not_run("no challenge opens to what it says", Check.CHALLENGE_PROOF)
    if -1 in over:
        findings.fail(Check.CHALLENGE_OPENING, where, over[-1].detail)
    elif len(good) == len(contest.items):
        claims.append(limit_claim(context.K, h_i, index, described, contest, good))
    return claims
