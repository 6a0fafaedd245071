"""The box lets in what a verifier would accept, once, and refuses everything else by the name of the check."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from e2evote.algebra.group import Residue
from e2evote.ballot.box import Known
from e2evote.ballot.box_envelope import Envelope
from e2evote.ballot.sealing import cast, challenge
from e2evote.proofs.one_of import OneOfProof
from e2evote.record.bodies import BallotBody, ChallengeBody
from e2evote.record.identifiers import tracker_of
from e2evote.record.leaf import Leaf, decode_leaf
from e2evote.record.opened import decode_opened
from e2evote.record.sealed import SealedBallot, SealedItem, decode_sealed
from tests.ballot.boxed import SESSION, N, Rig
from tests.ballot.election import GROUP, signing_key
from tests.ballot.envelopes import name_of, sign, sign_with

VERA = signing_key("vera")


def leaf_of(envelope: Envelope) -> Leaf:
    return decode_leaf(envelope.leaf, GROUP, N, first=False)


def body_of(envelope: Envelope) -> BallotBody:
    body = leaf_of(envelope).body
    assert isinstance(body, BallotBody)
    return body


def ballot_of(sealed: SealedBallot, body: BallotBody, name: str = "vera") -> Envelope:
    """The insider's ballot: everything recomputed and signed anew, but for what is wrong with it."""
    return signed_ballot(sealed.encode(), body, sealed.election, name)


def signed_ballot(payload: bytes, body: BallotBody, h_e: bytes, name: str = "vera") -> Envelope:
    body = replace(body, tracker=tracker_of(h_e, payload))
    leaf = Leaf("ballot", "voter", Rig.at("open").box.setting.first, body, name_of(payload))
    return sign(leaf, (name,), payload)


def negated(residue: Residue) -> Residue:
    return Residue(GROUP, GROUP.p - residue.value)


def with_item(sealed: SealedBallot, **members: object) -> SealedBallot:
    """The ballot with its first item changed."""
    first, *others = sealed.contests
    item = replace(first.items[0], **members)  # type: ignore[arg-type]
    return replace(sealed, contests=(replace(first, items=(item, *first.items[1:])), *others))


def first_item(sealed: SealedBallot) -> SealedItem:
    return sealed.contests[0].items[0]


def shifted(proof: OneOfProof) -> OneOfProof:
    return OneOfProof((proof.c[0] + GROUP.scalar(1), *proof.c[1:]), proof.v)


def spoiled_limit(sealed: SealedBallot) -> SealedBallot:
    first, *others = sealed.contests
    return replace(sealed, contests=(replace(first, limit=shifted(first.limit)), *others))


Spoil = Callable[[SealedBallot, BallotBody], Envelope]
BALLOTS: dict[str, tuple[Spoil, str]] = {
    "no JSON": (lambda s, b: signed_ballot(b"{", b, s.election), "ballot.form"),
    "no such style": (lambda s, b: ballot_of(replace(s, style="none"), b), "ballot.form"),
    "a contest is missing": (lambda s, b: ballot_of(replace(s, contests=s.contests[:1]), b), "ballot.form"),
    "another election": (lambda s, b: ballot_of(replace(s, election=bytes(32)), b), "ballot.form"),
    "another id": (lambda s, b: ballot_of(replace(s, id=bytes(32)), b), "ballot.form"),
    "another line": (lambda s, b: ballot_of(s, replace(b, line="0" * 64)), "ballot.line"),
    "signed by another key": (lambda s, b: ballot_of(s, b, "otto"), "ballot.line"),
    "another r": (lambda s, b: ballot_of(s, replace(b, r=bytes(32))), "ballot.identifier"),
    "an element of order 2q": (
        lambda s, b: ballot_of(with_item(s, alpha=negated(first_item(s).alpha)), b),
        "ballot.elements",
    ),
    "an element 1": (
        lambda s, b: ballot_of(with_item(s, beta=Residue(GROUP, GROUP.identity.value)), b),
        "ballot.elements",
    ),
    "a false selection proof": (
        lambda s, b: ballot_of(with_item(s, proof=shifted(first_item(s).proof)), b),
        "ballot.selection-proof",
    ),
    "a false limit proof": (lambda s, b: ballot_of(spoiled_limit(s), b), "ballot.limit-proof"),
}


@pytest.mark.parametrize("name", BALLOTS)
def test_a_false_ballot_is_refused(name: str) -> None:
    spoil, code = BALLOTS[name]
    rig = Rig.at("open")
    good = rig.ballot("vera")
    sealed = decode_sealed(good.payload, rig.manifest, GROUP)
    assert rig.refusal(spoil(sealed, body_of(good))).code == code
    rig.post(good)


def test_a_false_tracker_is_refused() -> None:
    rig = Rig.at("open")
    good = rig.ballot("vera")
    leaf = replace(leaf_of(good), body=replace(body_of(good), tracker=b"\x01" * 32), signatures=())
    assert rig.refusal(sign_with(leaf, [VERA], good.payload)).code == "ballot.tracker"


def test_a_party_may_not_vote_with_its_key() -> None:
    rig = Rig.at("open")
    good = rig.ballot("vera")
    refusal = rig.refusal(sign(replace(leaf_of(good), signatures=()), ("chair",), good.payload))
    assert refusal.code == "ballot.line"


def test_a_ballot_that_does_not_follow_the_latest_is_a_conflict() -> None:
    rig = Rig.at("open")
    stale = rig.ballot("vera")
    index = rig.post(rig.ballot("vera"))
    refusal = rig.refusal(stale)
    assert refusal.code == "stale-prev"
    assert rig.leaf_hash(index).hex() in refusal.detail


def test_a_first_ballot_may_not_claim_an_earlier_one() -> None:
    rig = Rig.at("open")
    good = rig.ballot("vera")
    body = replace(body_of(good), prev=b"\x01" * 32)
    assert (
        rig.refusal(sign_with(replace(leaf_of(good), body=body, signatures=()), [VERA], good.payload)).code
        == "stale-prev"
    )


def test_a_copied_ciphertext_is_refused() -> None:
    """The victim's first contest under the thief's identifier: its proofs fail, and it is a copy besides."""
    rig = Rig.at("open")
    victims = rig.ballot("vera")
    rig.post(victims)
    stolen = decode_sealed(victims.payload, rig.manifest, GROUP).contests[0]
    own = rig.ballot("otto")
    sealed = decode_sealed(own.payload, rig.manifest, GROUP)
    copy = ballot_of(replace(sealed, contests=(stolen, *sealed.contests[1:])), body_of(own), "otto")
    assert rig.refusal(copy).code == "ballot.selection-proof"
    rig.post(own)


# Challenges


def test_a_challenged_ballot_is_never_cast() -> None:
    rig = Rig.at("open")
    sealed = rig.sealed("vera")
    contents = sealed._of("looked at")
    made = cast(sealed, bytes(32), VERA)
    sealed._contents = contents
    opened = challenge(sealed)
    rig.post(Envelope(opened.leaf.encode(), opened.payload, opened.hints, SESSION))
    assert rig.refusal(Envelope(made.leaf.encode(), made.payload)).code == "ballot.challenged"


def test_a_cast_ballot_is_never_opened() -> None:
    rig = Rig.at("open")
    sealed = rig.sealed("vera")
    contents = sealed._of("looked at")
    made = cast(sealed, bytes(32), VERA)
    sealed._contents = contents
    opened = challenge(sealed)
    rig.post(Envelope(made.leaf.encode(), made.payload))
    refusal = rig.refusal(Envelope(opened.leaf.encode(), opened.payload, opened.hints, SESSION))
    assert refusal.code == "ballot.challenged"


def test_a_challenge_needs_a_session() -> None:
    rig = Rig.at("open")
    assert rig.refusal(rig.challenge("vera", "")[0]).code == "no-session"


def test_a_session_has_so_many_challenges_and_no_more() -> None:
    rig = Rig.at("open")
    limit = rig.manifest.box.challenges
    opened = [rig.challenge("vera")[0] for _ in range(limit)]
    for envelope in opened:
        rig.post(envelope)
    assert rig.refusal(rig.challenge("vera")[0]).code == "challenge-limit"
    for envelope in opened:  # once more costs nothing
        assert isinstance(rig.box.consider(envelope), Known)
    rig.post(rig.challenge("otto", "1" * 32)[0])
    resumed = Rig.resumed(rig.manifest, tuple(rig.entries), rig.box.sessions)
    resumed.trustees, resumed.seeds = rig.trustees, 2000
    assert resumed.refusal(resumed.challenge("vera")[0]).code == "challenge-limit"


def test_sessions_are_not_published() -> None:
    rig = Rig.at("open")
    rig.post(rig.challenge("vera")[0])
    assert all(SESSION.encode() not in part for entry in rig.entries for part in entry if part)
    assert SESSION.encode() not in repr(rig.box.sessions).encode()


def challenge_of(rig: Rig, payload: bytes, body: ChallengeBody) -> Envelope:
    leaf = Leaf("challenge", "log", rig.box.setting.first, body, name_of(payload))
    return Envelope(leaf.encode(), payload, session=SESSION)


def test_a_false_challenge_is_refused() -> None:
    rig = Rig.at("open")
    good, _ = rig.challenge("vera")
    body = leaf_of(good).body
    assert isinstance(body, ChallengeBody)
    opened = decode_opened(good.payload, rig.manifest, GROUP)
    choice = replace(opened.choices[0], values=(1, 0))
    spoiled = {
        "challenge.form": (good.payload[:-1], body),
        "challenge.tracker": (good.payload, replace(body, tracker=b"\x01" * 32)),
        "challenge.opening": (replace(opened, choices=(choice, *opened.choices[1:])).encode(), body),
    }
    for code, (payload, changed) in spoiled.items():
        assert rig.refusal(challenge_of(rig, payload, changed)).code == code
    assert rig.refusal(challenge_of(rig, replace(opened, seed=bytes(32)).encode(), body)).code == "challenge.opening"
    rig.post(good)
