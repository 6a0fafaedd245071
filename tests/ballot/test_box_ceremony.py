"""The key ceremony before the box: who says what a verifier would find false is refused, and named."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from e2evote.algebra.group import Residue
from e2evote.ballot.box_envelope import Envelope
from e2evote.ceremony import complaint, trustee
from e2evote.ceremony.states import Dealt, Drawn, Finished, Revealed, keys_of
from e2evote.errors import ShareComplaint
from e2evote.proofs.key_proof import KeyProof
from e2evote.record.bodies import Complaint, Confirm, InSession, Open, Restart
from e2evote.record.keys import PublicKeys, SealedShares
from tests.ballot.boxed import N, Rig
from tests.ballot.election import GROUP
from tests.randomness import DeterministicRandomness

SESSION = InSession(1)
ONE = GROUP.scalar(1)
IDENTITY = Residue(GROUP, GROUP.identity.value)


def negated(residue: Residue) -> Residue:
    return Residue(GROUP, GROUP.p - residue.value)


def own_keys(rig: Rig, index: int = 1) -> PublicKeys:
    state = rig.trustees[index]
    assert isinstance(state, Drawn)
    return state.own


def commit_to(rig: Rig, keys: PublicKeys, index: int = 1) -> None:
    """Trustee 1 commits to these keys, the others to theirs."""
    for i in range(1, N + 1):
        state, body = trustee.begin(rig.setup(), i, rig.session, DeterministicRandomness(f"cheat {i}"))
        if i == index:
            state = replace(state, own=keys)
            body = state.message()
        rig.trustees[i] = state
        rig.post(rig.by_trustee("ceremony.commit", i, body))


def reveal(rig: Rig, keys: PublicKeys, index: int = 1) -> Envelope:
    return rig.by_trustee("ceremony.reveal", index, InSession(rig.session), keys.encode())


def shifted(proof: KeyProof) -> KeyProof:
    return KeyProof(proof.c + ONE, proof.v)


# Reveals


def test_a_reveal_that_is_none_is_refused() -> None:
    rig = Rig.at("commits")
    good = own_keys(rig).encode()
    for payload in (b"{}", good[:-1], good + b" ", good.replace(b'"salt"', b'"silt"')):
        refusal = rig.refusal(rig.by_trustee("ceremony.reveal", 1, SESSION, payload))
        assert refusal.code == "ceremony.form"
    rig.reveals()


@pytest.mark.parametrize("length", [1, 3])
def test_a_polynomial_of_another_length_is_refused(length: int) -> None:
    rig = Rig.at("commits")
    keys = own_keys(rig)
    K = (*keys.K, keys.K[0])[:length]
    proof = KeyProof(keys.proof.c, (*keys.proof.v, ONE)[: length + 1])
    assert rig.refusal(reveal(rig, replace(keys, K=K, proof=proof))).code == "ceremony.form"


def test_other_keys_than_committed_to_are_refused() -> None:
    rig = Rig.at("commits")
    refusal = rig.refusal(reveal(rig, replace(own_keys(rig), salt=bytes(32))))
    assert refusal.code == "ceremony.commitment"
    assert "trustee 1" in refusal.detail


Spoil = Callable[[PublicKeys, PublicKeys], PublicKeys]
KEYS: dict[str, tuple[Spoil, str]] = {
    "a constant outside the group": (lambda k, o: replace(k, K=(negated(k.K[0]), *k.K[1:])), "ceremony.elements"),
    "kappa outside the group": (lambda k, o: replace(k, kappa=negated(k.kappa)), "ceremony.elements"),
    "a constant 1": (lambda k, o: replace(k, K=(IDENTITY, *k.K[1:])), "ceremony.elements"),
    "a leading 1": (lambda k, o: replace(k, K_hat=(k.K_hat[0], IDENTITY)), "ceremony.elements"),
    "no proof of the vote key": (lambda k, o: replace(k, proof=shifted(k.proof)), "ceremony.proof"),
    "no proof of the data key": (lambda k, o: replace(k, proof_hat=shifted(k.proof_hat)), "ceremony.proof"),
    "somebody else's kappa": (lambda k, o: replace(k, kappa=o.kappa), "ceremony.proof"),
}


@pytest.mark.parametrize("name", KEYS)
def test_false_keys_are_refused_though_committed_to(name: str) -> None:
    spoil, code = KEYS[name]
    rig = Rig.at("setup")
    commit_to(rig, spoil(own_keys(Rig.at("commits")), own_keys(Rig.at("commits"), 2)))
    refusal = rig.refusal(reveal(rig, own_keys(rig)))
    assert refusal.code == code
    assert "trustee 1" in refusal.detail


def test_a_key_for_both_purposes_is_refused() -> None:
    """K̂ = K with honest proofs of both: no equation fails, but the 3n keys are not distinct."""
    rig = Rig.at("setup")
    drawn = Rig.at("commits").trustees[1]
    assert isinstance(drawn, Drawn)
    secrets = replace(drawn.secrets, P_hat=drawn.secrets.P)
    keys = trustee.public_keys(rig.setup(), 1, secrets, DeterministicRandomness("twice"))
    commit_to(rig, keys)
    assert rig.refusal(reveal(rig, keys)).code == "ceremony.fresh"


def test_a_key_of_an_earlier_session_is_refused() -> None:
    rig = Rig.at("reveals")
    old = {i: state for i, state in rig.trustees.items() if isinstance(state, Revealed)}
    rig.post(rig.leaf("ceremony.restart", Restart(2, 0, "missing")))
    for i, state in old.items():
        again = replace(state.drawn, session=2)
        rig.trustees[i] = again
        rig.post(rig.by_trustee("ceremony.commit", i, again.message()))
    refusal = rig.refusal(reveal(rig, old[1].message()))
    assert refusal.code == "ceremony.fresh"
    assert "trustee 1" in refusal.detail


def test_a_session_after_a_restart_goes_through() -> None:
    rig = Rig.at("shares")
    keys = keys_of(state.revealed.message() for state in rig.trustees.values() if isinstance(state, Dealt))
    rig.post(rig.leaf("ceremony.restart", Restart(2, 3, "missing")))
    rig.commits("second ", keys)
    rig.reveals()
    rig.shares()
    rig.confirms()
    rig.post(rig.opening())
    examination = rig.examination()
    assert examination.report.failing == frozenset()
    assert [(fault.session, fault.trustee) for fault in examination.report.facts.faults] == [(1, 3)]


# Shares


def dealt(rig: Rig, index: int = 1) -> Dealt:
    """The state of a trustee that has dealt, from that in which it had revealed."""
    keys = {i: state.message() for i, state in rig.trustees.items() if isinstance(state, Revealed)}
    state = rig.trustees[index]
    assert isinstance(state, Revealed)
    return trustee.deal(state, keys)[0]


def first_changed(shares: SealedShares, **members: object) -> SealedShares:
    first, *others = shares.shares
    return SealedShares((replace(first, **members), *others))  # type: ignore[arg-type]


def post_shares(rig: Rig, shares: SealedShares) -> Envelope:
    return rig.by_trustee("ceremony.shares", 1, SESSION, shares.encode())


def test_shares_that_are_none_are_refused() -> None:
    rig = Rig.at("reveals")
    shares = dealt(rig).message()
    for payload in (b"{}", SealedShares(shares.shares[:1]).encode(), SealedShares(shares.shares[::-1]).encode()):
        assert rig.refusal(rig.by_trustee("ceremony.shares", 1, SESSION, payload)).code == "ceremony.form"
    rig.shares()


def test_false_shares_are_refused() -> None:
    rig = Rig.at("reveals")
    shares = dealt(rig).message()
    first = shares.shares[0]
    for members, code in (
        ({"C0": negated(first.C0)}, "ceremony.elements"),
        ({"C0": IDENTITY}, "ceremony.elements"),
        ({"v": first.v + ONE}, "ceremony.share-proof"),
        ({"C1": bytes(64)}, "ceremony.share-proof"),
    ):
        refusal = rig.refusal(post_shares(rig, first_changed(shares, **members)))
        assert refusal.code == code
        assert "trustee 1" in refusal.detail


# Confirmations, complaints, restarts


def test_another_h_g_is_refused() -> None:
    rig = Rig.at("shares")
    refusal = rig.refusal(rig.by_trustee("ceremony.confirm", 2, Confirm(1, b"\x01" * 32)))
    assert refusal.code == "ceremony.confirmation"
    assert "trustee 2" in refusal.detail
    rig.confirms()


def test_another_h_e_is_refused() -> None:
    rig = Rig.at("confirms")
    assert rig.refusal(rig.leaf("open", Open(1, b"\x01" * 32))).code == "ceremony.joint-key"
    assert rig.refusal(rig.leaf("open", Open(2, rig.finished(1).joint.h_e))).code == "board.phase"
    rig.post(rig.opening())


def test_a_restart_gives_the_reason_and_the_fault_that_follow_from_the_board() -> None:
    """Trustee 2 complains of trustee 1, who has dealt well and shows it: trustee 2 is at fault."""
    rig = Rig.at("shares")
    state = rig.trustees[1]
    assert isinstance(state, Dealt)
    for reason, fault in (("complaint", 1), ("complaint", 0)):
        assert rig.refusal(rig.leaf("ceremony.restart", Restart(2, fault, reason))).code == "ceremony.complaint"
    rig.post(rig.by_trustee("ceremony.complaint", 2, Complaint(1, 1)))
    for reason, fault in (("missing", 0), ("complaint", 2), ("complaint", 0), ("complaint", 3)):
        assert rig.refusal(rig.leaf("ceremony.restart", Restart(2, fault, reason))).code == "ceremony.complaint"
    _, answer = complaint.answer(state, 2)
    rig.post(rig.by_trustee("ceremony.answer", 1, answer))
    for fault in (0, 1, 3):
        assert rig.refusal(rig.leaf("ceremony.restart", Restart(2, fault, "complaint"))).code == "ceremony.complaint"
    rig.post(rig.leaf("ceremony.restart", Restart(2, 2, "complaint")))
    assert rig.examination().report.failing == frozenset()


def test_a_dealer_who_does_not_answer_is_at_fault() -> None:
    rig = Rig.at("shares")
    rig.post(rig.by_trustee("ceremony.complaint", 2, Complaint(1, 1)))
    rig.post(rig.leaf("ceremony.restart", Restart(2, 1, "complaint")))
    assert rig.examination().report.failing == frozenset()


def test_a_dealer_whose_share_does_not_open_is_at_fault() -> None:
    """Trustee 1 seals for trustee 2 what is not on its polynomial. The proof holds, so the box takes it."""
    rig = Rig.at("reveals")
    state = rig.trustees[1]
    assert isinstance(state, Revealed)
    elsewhere, _ = trustee.begin(rig.setup(), 1, 1, DeterministicRandomness("another polynomial"))
    secrets = replace(state.drawn.secrets, P=elsewhere.secrets.P)
    cheat = replace(state, drawn=replace(state.drawn, secrets=secrets))
    keys = {i: other.message() for i, other in rig.trustees.items() if isinstance(other, Revealed)}
    bad, shares = trustee.deal(cheat, keys)
    rig.post(post_shares(rig, shares))
    messages = {1: shares}
    for i in (2, 3):
        rig.trustees[i] = trustee.deal(_revealed(rig, i), keys)[0]
        messages[i] = _dealt(rig, i).message()
        rig.post(rig.by_trustee("ceremony.shares", i, SESSION, messages[i].encode()))
    with pytest.raises(ShareComplaint) as found:
        trustee.finish(_dealt(rig, 2), messages)
    rig.post(rig.by_trustee("ceremony.complaint", 2, complaint.complain(_dealt(rig, 2), found.value)))
    _, answer = complaint.answer(bad, 2)
    rig.post(rig.by_trustee("ceremony.answer", 1, answer))
    assert rig.refusal(rig.leaf("ceremony.restart", Restart(2, 2, "complaint"))).code == "ceremony.complaint"
    rig.post(rig.leaf("ceremony.restart", Restart(2, 1, "complaint")))
    assert rig.examination().report.failing == frozenset()


def _revealed(rig: Rig, index: int) -> Revealed:
    state = rig.trustees[index]
    assert isinstance(state, Revealed)
    return state


def _dealt(rig: Rig, index: int) -> Dealt:
    state = rig.trustees[index]
    assert isinstance(state, Dealt)
    return state


@pytest.mark.parametrize("phase", ["commits", "reveals", "shares", "confirms"])
def test_a_box_goes_on_in_the_middle_of_a_ceremony(phase: str) -> None:
    """`Rig.at` takes the box up again from the record of each step; here the rest of the ceremony follows."""
    rig = Rig.at(phase)
    steps = ("commits", "reveals", "shares", "confirms")
    for step in steps[steps.index(phase) + 1 :]:
        getattr(rig, step)()
    assert isinstance(rig.trustees[1], Finished)
    rig.post(rig.opening())
    assert rig.examination().report.failing == frozenset()
