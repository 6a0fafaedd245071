"""Nobody votes like somebody else without knowing how: copied ballots and parts of ballots, in whatever disguise."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from e2evote.algebra.group import Residue
from e2evote.ballot.choices import choose
from e2evote.ballot.sealing import Submission, cast, seal
from e2evote.ballot.voter import owner
from e2evote.errors import MalformedInput
from e2evote.proofs.one_of import OneOfProof
from e2evote.record.bodies import BallotBody
from e2evote.record.identifiers import ballot_identifier, line_of_key, tracker_of
from e2evote.record.leaf import Leaf, PayloadName, Signature
from e2evote.record.sealed import SealedBallot, SealedItem, decode_sealed
from e2evote.record.select import NO_PREVIOUS, Cast, Ledger
from e2evote.secret.sign import SigningKey
from e2evote.verify.ballots import check_ballot
from e2evote.verify.findings import Findings
from e2evote.verify.uniqueness import Uniqueness, appearance, pads_of
from tests.ballot.election import FIRST, GROUP, VOTE, Election, make_election, make_manifest, signing_key
from tests.randomness import DeterministicRandomness

ELECTION = make_election(make_manifest())
VICTIM, THIEF = signing_key("victim"), signing_key("thief")
R = b"\x07" * 32


def vote(key: SigningKey, seed: str, election: Election = ELECTION, votes: object = None) -> Submission:
    choices = choose(election.manifest, "all", VOTE if votes is None else votes)  # type: ignore[arg-type]
    sealing = seal(election.context, choices, owner(election.context, key.public), DeterministicRandomness(seed))
    return cast(sealing, NO_PREVIOUS, key)


STOLEN = vote(VICTIM, "victim")
BALLOT = decode_sealed(STOLEN.payload, ELECTION.manifest, GROUP)
OWN = decode_sealed(vote(THIEF, "thief", votes={}).payload, ELECTION.manifest, GROUP)


def submit(sealed: SealedBallot, key: SigningKey = THIEF, ballot_id: bytes = b"", line: str = "") -> Submission:
    """The insider's leaf: everything recomputed and signed anew, but for what is given."""
    h_e = ELECTION.joint.h_e
    line = line or line_of_key(h_e, key.public)
    payload = sealed.encode()
    body = BallotBody(ballot_id or sealed.id, line, NO_PREVIOUS, R, tracker_of(h_e, payload))
    leaf = Leaf("ballot", "voter", FIRST, body, PayloadName.of(payload))
    return Submission(leaf.signed(Signature(key.public, key.sign(leaf.message()))), payload, b"")


def failing(submission: Submission) -> set[str]:
    findings = Findings()
    check_ballot(ELECTION.context, ELECTION.entry(9, submission.leaf), submission.payload, findings)
    return {str(check) for check in findings.failing()}


def own_id(key: SigningKey = THIEF) -> bytes:
    h_e = ELECTION.joint.h_e
    return ballot_identifier(h_e, line_of_key(h_e, key.public), (key.public,), R)


def rerandomised(item: SealedItem) -> SealedItem:
    """The same vote in a fresh ciphertext, which anybody can make."""
    K, s = ELECTION.joint.K, GROUP.scalar(99)
    alpha, beta = GROUP.screen((item.alpha, item.beta))
    alpha, beta = alpha * GROUP.g**s, beta * K**s
    return replace(item, alpha=Residue(GROUP, alpha.value), beta=Residue(GROUP, beta.value))


def with_items(sealed: SealedBallot, change: Callable[[SealedItem], SealedItem]) -> SealedBallot:
    contests = tuple(replace(c, items=tuple(map(change, c.items))) for c in sealed.contests)
    return replace(sealed, contests=contests)


def test_an_honest_ballot_passes() -> None:
    assert failing(STOLEN) == set()


def test_an_exact_copy_under_another_key() -> None:
    assert failing(submit(BALLOT)) == {"ballot.identifier"}
    assert failing(submit(BALLOT, ballot_id=own_id())) == {"ballot.form"}, "the id is in the sealed ballot too"


def test_a_copy_that_takes_the_victims_line_along() -> None:
    line = line_of_key(ELECTION.joint.h_e, VICTIM.public)
    assert failing(submit(BALLOT, line=line)) == {"ballot.line", "ballot.identifier"}


def test_a_copy_with_the_thiefs_own_identifier() -> None:
    """Every challenge hashes H_I, so each proof of the victim's is false in another ballot."""
    copied = replace(BALLOT, id=own_id())
    assert failing(submit(copied)) == {"ballot.selection-proof", "ballot.limit-proof"}


def test_a_copy_made_unrecognisable() -> None:
    copied = with_items(replace(BALLOT, id=own_id()), rerandomised)
    assert failing(submit(copied)) == {"ballot.selection-proof", "ballot.limit-proof"}
    copied = with_items(BALLOT, rerandomised)
    assert failing(submit(copied)) == {"ballot.identifier", "ballot.selection-proof", "ballot.limit-proof"}


def test_a_copied_contest_or_option_in_an_own_ballot() -> None:
    own = replace(OWN, contests=(BALLOT.contests[0], OWN.contests[1]))
    found = failing(Submission(*_signed(own)))
    assert found == {"ballot.selection-proof", "ballot.limit-proof"}
    items = (BALLOT.contests[0].items[0], OWN.contests[0].items[1])
    own = replace(OWN, contests=(replace(OWN.contests[0], items=items), OWN.contests[1]))
    assert failing(Submission(*_signed(own))) == {"ballot.selection-proof", "ballot.limit-proof"}


def _signed(sealed: SealedBallot) -> tuple[Leaf, bytes, bytes]:
    """A changed ballot under the thief's own identifier and r, which are right."""
    own = vote(THIEF, "thief", votes={})
    body = own.leaf.body
    assert isinstance(body, BallotBody)
    payload = sealed.encode()
    leaf = replace(own.leaf, body=replace(body, tracker=tracker_of(ELECTION.joint.h_e, payload)))
    leaf = replace(leaf, payload=PayloadName.of(payload), signatures=())
    return leaf.signed(Signature(THIEF.public, THIEF.sign(leaf.message()))), payload, b""


def test_the_places_of_a_ballot_can_not_be_exchanged() -> None:
    mayor = OWN.contests[0]
    options = [item.option for item in mayor.items]
    moved = tuple(replace(item, option=o) for item, o in zip(mayor.items[::-1], options, strict=True))
    own = replace(OWN, contests=(replace(mayor, items=moved), OWN.contests[1]))
    assert failing(Submission(*_signed(own))) == {"ballot.selection-proof"}


@pytest.mark.parametrize("excess", [0, 1, 188])
@pytest.mark.parametrize("name", ["v", "c"])
def test_a_scalar_has_one_spelling(name: str, excess: int) -> None:
    """q + x verifies like x and would be a new ballot with the same vote; it is no scalar."""
    scalar = getattr(BALLOT.contests[0].items[0].proof, name)[0].encode().hex()
    spelled = (int(GROUP.q) + excess).to_bytes(32, "big").hex()
    assert STOLEN.payload.count(scalar.encode()) == 1
    with pytest.raises(MalformedInput, match=r"not in \[0, q\)"):
        decode_sealed(STOLEN.payload.replace(scalar.encode(), spelled.encode()), ELECTION.manifest, GROUP)


def test_a_ballot_of_another_election() -> None:
    """The same voter key in two elections: a ballot of one is none of the other."""
    other = make_election(make_manifest(name="autumn"))
    theirs = vote(THIEF, "elsewhere", other)
    assert failing(Submission(replace(theirs.leaf, election=FIRST), theirs.payload, b"")) >= {"ballot.form"}
    moved = replace(decode_sealed(theirs.payload, other.manifest, GROUP), election=ELECTION.joint.h_e, id=own_id())
    assert failing(submit(moved)) == {"ballot.selection-proof", "ballot.limit-proof"}


def test_equal_choices_have_different_trackers() -> None:
    """A device can't give two voters one ballot: it is bound to one line, and no tracker counts twice."""
    trackers = {signed.leaf.body.tracker for signed in (STOLEN, vote(VICTIM, "again"), vote(THIEF, "victim"))}  # type: ignore[attr-defined]
    assert len(trackers) == 3
    ledger = Ledger()
    ledger.cast(cast_of(STOLEN, 5))
    clash = submit(BALLOT)
    assert ledger.objection(cast_of(clash, 6)) == "an earlier ballot has its identifier"
    renamed = replace(cast_of(clash, 6), id=own_id())
    assert ledger.objection(renamed) == "an earlier ballot has its tracker"


def cast_of(submission: Submission, index: int) -> Cast:
    body, entry = submission.leaf.body, ELECTION.entry(index, submission.leaf)
    assert isinstance(body, BallotBody)
    return Cast(index, entry.leaf_hash, body.id, body.line, body.prev, body.tracker)


def test_ciphertexts_that_occur_twice_are_seen_across_ballots() -> None:
    uniqueness, findings = Uniqueness(), Findings()
    uniqueness.take(appearance(ELECTION.entry(5, STOLEN.leaf)), pads_of(BALLOT), findings)
    assert findings.failing() == set()
    copied = submit(replace(BALLOT, id=own_id()))
    entry = ELECTION.entry(6, copied.leaf)
    uniqueness.take(appearance(entry), pads_of(replace(BALLOT, id=own_id())), findings)
    assert {str(check) for check in findings.failing()} == {"ballot.unique"}


def test_a_proof_can_not_be_shortened_or_left_out() -> None:
    for proof in (
        OneOfProof((), ()),
        OneOfProof(BALLOT.contests[0].items[0].proof.c[:1], BALLOT.contests[0].items[0].proof.v[:1]),
    ):
        cut = with_items(BALLOT, lambda item, proof=proof: replace(item, proof=proof))  # type: ignore[misc]
        with pytest.raises(MalformedInput):
            decode_sealed(cut.encode(), ELECTION.manifest, GROUP)
