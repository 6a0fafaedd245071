"""Different stories for different readers, and keys made from the others' secrets (A63, A70)."""

from dataclasses import replace

import pytest

from e2evote.algebra.parameters import TEST_512
from e2evote.ceremony.states import Drawn, Finished, Secrets
from e2evote.errors import Refused
from e2evote.secret.scalar import SecretScalar
from e2evote.secret.sharing import SecretPolynomial
from tests.simulate.ceremony import Board, make_setup, run, with_cheat
from tests.simulate.ceremony_cheats import Equivocating, Following

GROUP = TEST_512
SETUP = make_setup(3, 2)


def test_other_keys_for_one_reader_are_not_what_was_committed_to() -> None:
    """With one commit for all, whoever is shown other keys sees it."""
    result = run(SETUP, with_cheat(3, Equivocating(3, reader=1, consistent=False)))
    assert (sorted(result.objections), result.named()) == ([1], {3})
    assert result.steps() == {"ceremony.commitment"}


def test_a_whole_second_story_for_one_reader_ends_in_different_confirmations() -> None:
    """Commit, keys and shares all different: nobody's key is used, and nobody honest is blamed."""
    result = run(SETUP, with_cheat(3, Equivocating(3, reader=1, consistent=True)))
    assert result.named() == set()
    assert {by: type(error) for by, error in result.objections.items()} == {1: Refused, 2: Refused}
    assert "trustees [2] confirm other keys than trustee 1 sees" in str(result.objections[1])
    assert "trustees [1, 3] confirm other keys than trustee 2 sees" in str(result.objections[2])
    assert not result.keys


@pytest.mark.parametrize("name", ["P", "P_hat"])
def test_a_joint_key_of_one_is_refused(name: str) -> None:
    """The last trustee can do this only if it knows everybody's secrets before it commits; here it does."""

    def cancelling(own: SecretPolynomial, others: list[SecretPolynomial]) -> SecretPolynomial:
        total = GROUP.scalar(0)
        for other in others:
            total = total - other.coefficients[0].disclose()
        return SecretPolynomial([SecretScalar(total), *own.coefficients[1:]])

    def secrets(drawn: Drawn, board: Board) -> Secrets:
        others = [board.parties[i].drawn().secrets for i in (1, 2)]
        if name == "P":
            return replace(drawn.secrets, P=cancelling(drawn.secrets.P, [other.P for other in others]))
        return replace(drawn.secrets, P_hat=cancelling(drawn.secrets.P_hat, [other.P_hat for other in others]))

    result = run(SETUP, with_cheat(3, Following(3, secrets)))
    assert {str(error) for error in result.objections.values()} == {
        "the joint key is 1: all trustees must draw new keys [ceremony.joint-key]"
    }


def test_keys_that_cancel_a_partners_leave_the_honest_ones_alone() -> None:
    """K_30 = 1/K_20 is allowed, both logarithms being known: the joint key is then trustee 1's, and still shared."""

    def secrets(drawn: Drawn, board: Board) -> Secrets:
        theirs = board.parties[2].drawn().secrets.P.coefficients[0].disclose()
        return replace(drawn.secrets, P=SecretPolynomial([SecretScalar(-theirs), *drawn.secrets.P.coefficients[1:]]))

    result = run(SETUP, with_cheat(3, Following(3, secrets)))
    assert not result.objections
    state = result.board.parties[1].state
    assert isinstance(state, Finished)
    joint, only = state.joint, state.dealt.keys[1].K[0]
    assert only == joint.K
