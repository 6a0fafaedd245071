"""One trustee cheats with its keys: the honest ones stop before they deal, and name it and nobody else."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from e2evote.algebra.group import Residue
from e2evote.algebra.parameters import TEST_512
from e2evote.ceremony.states import Drawn, Secrets
from e2evote.proofs.key_proof import KeyProof
from e2evote.record.keys import PublicKeys
from e2evote.secret.sharing import SecretPolynomial
from tests.randomness import DeterministicRandomness
from tests.simulate.ceremony import Board, honest, make_setup, run, with_cheat
from tests.simulate.ceremony_cheats import (
    Cheat,
    CheatingKeys,
    Edit,
    Following,
    Making,
    RogueReveal,
    Rushing,
    Silent,
    residues,
    rogue,
)

GROUP = TEST_512
SETUP = make_setup(3, 2)
IDENTITY = residues(GROUP.identity)[0]
Make = Callable[[int], Cheat]
Kind = tuple[Make, str]


def revealing(edit: Edit) -> Make:
    return lambda index: CheatingKeys(index, edit)


def following(secrets: Making) -> Make:
    return lambda index: Following(index, secrets)


def partner(board: Board, drawn: Drawn) -> Drawn:
    """The trustee before."""
    return board.parties[drawn.index - 1].drawn()


def length(number: int) -> Making:
    """Polynomials of so many coefficients."""

    def secrets(drawn: Drawn, board: Board) -> Secrets:
        randomness = DeterministicRandomness(f"length {number}")
        P, P_hat = (SecretPolynomial.random(GROUP, number, randomness) for _ in range(2))
        return replace(drawn.secrets, P=P, P_hat=P_hat)

    return secrets


def without_proof(drawn: Drawn, board: Board) -> PublicKeys:
    zero = GROUP.scalar(0)
    return replace(drawn.own, proof=KeyProof(zero, (zero,) * 3))


def wrong_response(position: int, hat: bool) -> Edit:
    def edit(drawn: Drawn, board: Board) -> PublicKeys:
        proof = drawn.own.proof_hat if hat else drawn.own.proof
        v = [*proof.v]
        v[position] = v[position] + GROUP.scalar(1)
        wrong = KeyProof(proof.c, tuple(v))
        return replace(drawn.own, proof_hat=wrong) if hat else replace(drawn.own, proof=wrong)

    return edit


def changed_key(position: int, hat: bool, change: Callable[[Residue], Residue]) -> Edit:
    """One coefficient's key is another; position -1 is the leading one."""

    def edit(drawn: Drawn, board: Board) -> PublicKeys:
        keys = [*(drawn.own.K_hat if hat else drawn.own.K)]
        keys[position] = change(keys[position])
        return replace(drawn.own, K_hat=tuple(keys)) if hat else replace(drawn.own, K=tuple(keys))

    return edit


def one(residue: Residue) -> Residue:
    return IDENTITY


def negative(residue: Residue) -> Residue:
    """p - x has order 2q: it is outside the subgroup."""
    return Residue(GROUP, GROUP.p - residue.value)


REVEALS: dict[str, Kind] = {
    "rogue key after committing to another (A63)": (RogueReveal, "ceremony.commitment"),
    "rogue key committed to (A63)": (revealing(rogue), "ceremony.proof"),
    "other keys than committed to (A65)": (Rushing, "ceremony.commitment"),
    "no proof (A64)": (revealing(without_proof), "ceremony.proof"),
    "proofs exchanged": (
        revealing(lambda drawn, board: replace(drawn.own, proof=drawn.own.proof_hat, proof_hat=drawn.own.proof)),
        "ceremony.proof",
    ),
    "another's proof (A04)": (
        revealing(lambda drawn, board: replace(drawn.own, proof=partner(board, drawn).own.proof)),
        "ceremony.proof",
    ),
    "too long (A66)": (following(length(3)), "ceremony.form"),
    "too short (A67)": (following(length(1)), "ceremony.form"),
    "κ is 1": (revealing(lambda drawn, board: replace(drawn.own, kappa=IDENTITY)), "ceremony.elements"),
    "κ outside the group": (
        revealing(lambda drawn, board: replace(drawn.own, kappa=negative(drawn.own.kappa))),
        "ceremony.elements",
    ),
    "another's secrets (A69)": (
        following(lambda drawn, board: partner(board, drawn).secrets),
        "ceremony.fresh",
    ),
    "another's κ (A69)": (
        following(lambda drawn, board: replace(drawn.secrets, zeta=partner(board, drawn).secrets.zeta)),
        "ceremony.fresh",
    ),
    "another's vote keys (A69)": (
        following(lambda drawn, board: replace(drawn.secrets, P=partner(board, drawn).secrets.P)),
        "ceremony.fresh",
    ),
    "another's data keys as vote keys (A69)": (
        following(lambda drawn, board: replace(drawn.secrets, P=partner(board, drawn).secrets.P_hat)),
        "ceremony.fresh",
    ),
    "vote keys as data keys (A69)": (
        following(lambda drawn, board: replace(drawn.secrets, P_hat=drawn.secrets.P)),
        "ceremony.fresh",
    ),
    "a vote key as κ (A69)": (
        following(lambda drawn, board: replace(drawn.secrets, zeta=drawn.secrets.P.coefficients[0])),
        "ceremony.fresh",
    ),
}
for hat, of in ((False, "votes"), (True, "data")):
    for place in (0, 1):
        REVEALS[f"key {place} of {of} is 1 (A67)"] = (revealing(changed_key(place, hat, one)), "ceremony.elements")
        outside = revealing(changed_key(place, hat, negative))
        REVEALS[f"key {place} of {of} outside the group"] = (outside, "ceremony.elements")
    for place in (0, 1, 2):
        REVEALS[f"response {place} for {of} (A64)"] = (revealing(wrong_response(place, hat)), "ceremony.proof")


@pytest.mark.parametrize("index", [2, 3])
@pytest.mark.parametrize("name", REVEALS)
def test_bad_keys_name_their_trustee(name: str, index: int) -> None:
    make, step = REVEALS[name]
    result = run(SETUP, with_cheat(3, make(index)))
    assert sorted(result.objections) == [i for i in (1, 2, 3) if i != index]
    assert result.named() == {index}
    assert result.steps() == {step}


def test_a_key_of_one_between_the_first_and_the_last_is_allowed_but_must_be_proved() -> None:
    """A polynomial may lack a term; this one does not, so that the proof fails and not the key."""
    setup = make_setup(4, 3)
    result = run(setup, with_cheat(4, CheatingKeys(4, changed_key(1, False, one))))
    assert (result.named(), result.steps()) == ({4}, {"ceremony.proof"})


def test_of_two_equal_trustees_ours_is_not_to_blame() -> None:
    """Trustee 1 has trustee 2's secrets and copies them: trustee 2 names 1, the others one of both."""
    copying = Following(1, lambda drawn, board: board.parties[2].drawn().secrets)
    result = run(SETUP, with_cheat(3, copying))
    assert {by: getattr(error, "trustee", 0) for by, error in result.objections.items()} == {2: 1, 3: 2}
    assert result.steps() == {"ceremony.fresh"}


def test_another_trustees_messages_are_not_ones_own() -> None:
    """Copied whole: the index is hashed in the commit and in the proofs (A68, A75)."""

    class Copying(Cheat):
        def commit(self, board: Board) -> bytes | None:
            super().commit(board)
            return board.messages["commit", 1]

        def shown_keys(self, board: Board) -> PublicKeys:
            return board.parties[1].drawn().own

    result = run(SETUP, with_cheat(3, Copying(3)))
    assert (result.named(), result.steps()) == ({3}, {"ceremony.commitment"})
    result = run(SETUP, with_cheat(3, CheatingKeys(3, lambda drawn, board: board.parties[1].drawn().own)))
    assert (result.named(), result.steps()) == ({3}, {"ceremony.proof"})


def test_keys_of_an_earlier_session_are_refused() -> None:
    """Shown as they were they are not what was committed to; committed to anew they are still old (A73)."""
    first = run(SETUP, honest(3))
    setup = make_setup(3, 2, earlier=first.reveals())
    old = first.board.parties[3].drawn()

    class Replaying(Cheat):
        def draw(self, board: Board) -> Drawn:
            return old

        def commit(self, board: Board) -> bytes | None:
            super().commit(board)
            return first.board.messages["commit", 3]

    class Keeping(Cheat):
        def draw(self, board: Board) -> Drawn:
            return replace(old, session=board.session, setup=board.setup)

    for cheat, step in ((Replaying(3), "ceremony.commitment"), (Keeping(3), "ceremony.fresh")):
        result = run(setup, with_cheat(3, cheat), session=2)
        assert (result.named(), result.steps()) == ({3}, {step})
    assert not run(SETUP, with_cheat(3, Keeping(3)), session=2).named()


@pytest.mark.parametrize("part", ["P", "P_hat", "zeta", "coefficient"])
def test_one_key_of_an_earlier_session_is_enough(part: str) -> None:
    first = run(SETUP, honest(3))
    old = first.board.parties[3].drawn().secrets

    def secrets(drawn: Drawn, board: Board) -> Secrets:
        now = drawn.secrets
        # The last one: the second of the old data keys as the second vote key.
        mixed = SecretPolynomial([now.P.coefficients[0], old.P_hat.coefficients[1]])
        return {
            "P": replace(now, P=old.P),
            "P_hat": replace(now, P_hat=old.P_hat),
            "zeta": replace(now, zeta=old.zeta),
            "coefficient": replace(now, P=mixed),
        }[part]

    result = run(make_setup(3, 2, earlier=first.reveals()), with_cheat(3, Following(3, secrets)), session=2)
    assert (result.named(), result.steps()) == ({3}, {"ceremony.fresh"})


def test_who_reveals_nothing_is_waited_for_and_not_named() -> None:
    result = run(SETUP, with_cheat(3, Silent(3)))
    assert {by: str(error) for by, error in result.objections.items()} == dict.fromkeys(
        (1, 2), "the keys of trustees [3] are not there yet [ceremony.waiting]"
    )
    assert result.named() == set()
