"""One published challenge: everything recomputed from its seed (docs/spec.md, section 8; checks challenge.*)."""

from e2evote.algebra.elgamal import Ciphertext
from e2evote.errors import MalformedInput
from e2evote.manifest.base_hash import ballot_base_hash
from e2evote.proofs.one_of import BallotPlace
from e2evote.proofs.opening import Opening
from e2evote.proofs.opening import verify as verify_opening
from e2evote.proofs.place import Place
from e2evote.record.bodies import ChallengeBody
from e2evote.record.identifiers import shown, tracker_of
from e2evote.record.limits import excesses
from e2evote.record.opened import OpenedBallot, decode_opened
from e2evote.record.sealed import SealedBallot
from e2evote.verify.ballots import BallotContext, check_sealed_form, limit_holds, range_holds
from e2evote.verify.checks import Check
from e2evote.verify.findings import Findings
from e2evote.verify.leaves import Entry

OF_PAYLOAD = (Check.CHALLENGE_FORM, Check.CHALLENGE_TRACKER, Check.CHALLENGE_OPENING, Check.CHALLENGE_PROOF)
"""The checks of a challenge, which all need its payload."""


def check_challenge(context: BallotContext, entry: Entry, payload: bytes, findings: Findings) -> SealedBallot | None:
    """All checks of one challenge leaf and its payload; its sealed part where it has its form."""
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
    check_opening(context, entry.subject, opened, findings)
    return opened.sealed


def check_opening(context: BallotContext, subject: str, opened: OpenedBallot, findings: Findings) -> None:
    """challenge.opening and challenge.proof: values, ciphertexts and proofs of every contest."""
    manifest, h_i = context.setting.manifest, ballot_base_hash(context.h_e, opened.sealed.id)
    for contest, choice in zip(opened.sealed.contests, opened.choices, strict=True):
        index = manifest.contest_index(contest.id)
        described = manifest.contests[index - 1]
        where = f"{subject}, contest {contest.id}"
        over = {excess.item: excess for excess in excesses(described, choice.values)}
        good: list[Ciphertext] = []
        rows = zip(contest.items, described.items(), choice.values, strict=True)
        for position, (item, meant, value) in enumerate(rows):
            name = f"{where}, option {item.option or '(blank)'}"
            findings.examined(Check.CHALLENGE_OPENING)
            opening = Opening(context.K, item.alpha, item.beta, value, Place(index, meant.index))
            if position in over:
                findings.fail(Check.CHALLENGE_OPENING, name, over[position].detail)
            elif not verify_opening(opening, h_i, opened.seed):
                findings.fail(Check.CHALLENGE_OPENING, name, f"the ciphertext is not {value} sealed with the seed")
            else:
                # What equals a recomputed element is one, so this cannot fail.
                alpha, beta = context.setting.group.screen((item.alpha, item.beta))
                good.append(Ciphertext(alpha, beta))
                place = BallotPlace(h_i, Place(index, meant.index))
                holds = range_holds(context.K, good[-1], meant.limit, item.proof, place)
                findings.expect(Check.CHALLENGE_PROOF, name, holds, f"not proved to be from 0 to {meant.limit}")
        if len(good) < len(contest.items) or -1 in over:
            findings.not_run("no challenge opens to what it says", Check.CHALLENGE_PROOF)
        if -1 in over:
            findings.fail(Check.CHALLENGE_OPENING, where, over[-1].detail)
        elif len(good) == len(contest.items):
            holds = limit_holds(context, h_i, index, contest, good)
            detail = f"not proved to be within the contest's limit {described.limit}"
            findings.expect(Check.CHALLENGE_PROOF, where, holds, detail)
