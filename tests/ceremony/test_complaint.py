"""A share that does not open: who complains, what is published, and who is named (A71, A72)."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from e2evote.algebra.parameters import TEST_512
from e2evote.ceremony import complaint, saved
from e2evote.ceremony.received import check_keys
from e2evote.ceremony.states import Answered, Drawn, Finished, Secrets
from e2evote.errors import MalformedInput, ShareComplaint
from e2evote.hashing import canonical
from e2evote.record.bodies import Answer, read_body
from e2evote.record.keys import MemberKeys, SealedShares
from e2evote.secret.scalar import SecretScalar
from e2evote.secret.sharing import SecretPolynomial
from tests.simulate.ceremony import Board, Run, honest, make_setup, run, with_cheat
from tests.simulate.ceremony_cheats import Following
from tests.simulate.ceremony_shares import BadShare, FalseComplaint, LargeShare, ReplayedShares, off_by_one

GROUP = TEST_512
SETUP = make_setup(3, 2)
ONE = GROUP.scalar(1)


def more(data: bytes) -> bytes:
    return (GROUP.decode_scalar(data) + ONE).encode()


def as_sealed(cheat: BadShare, answer: Answer) -> Answer | None:
    """The wrong value, which is what was sealed."""
    state = cheat.state
    assert isinstance(state, Answered)
    share = off_by_one(state.dealt.revealed, answer.to)
    return replace(answer, P=share.encode()[:32])


Answering = Callable[[BadShare, Answer], Answer | None]
ANSWERS: dict[str, Answering] = {
    "the wrong value, as sealed": as_sealed,
    "the right value": lambda cheat, answer: answer,
    "another nonce": lambda cheat, answer: replace(answer, xi=more(answer.xi)),
    "nonce 0": lambda cheat, answer: replace(answer, xi=bytes(32)),
    "no answer": lambda cheat, answer: None,
}


@pytest.mark.parametrize("answered", ANSWERS.values(), ids=ANSWERS)
@pytest.mark.parametrize(("dealer", "victim"), [(3, 1), (1, 3), (2, 3)])
def test_a_bad_share_names_its_dealer_whatever_it_answers(dealer: int, victim: int, answered: Answering) -> None:
    result = run(SETUP, with_cheat(3, BadShare(dealer, victim, answered)))
    assert list(result.objections) == [victim]
    error = result.objections[victim]
    assert isinstance(error, ShareComplaint)
    assert (error.accuser, error.accused) == (victim, dealer)
    assert result.judged == dealer


def test_a_value_that_is_no_number_below_q_names_its_dealer() -> None:
    result = run(SETUP, with_cheat(3, LargeShare(3, 1)))
    assert "not in [0, q)" in str(result.objections[1])
    assert result.judged == 3


def test_shares_of_an_earlier_session_name_their_dealer() -> None:
    """The proof of the nonce does not name the session; what is inside opens with the old ζ only (A73)."""
    first = run(SETUP, honest(3))
    cheat = ReplayedShares(3, first.board.messages["shares", 3])
    result = run(make_setup(3, 2, earlier=first.reveals()), with_cheat(3, cheat), session=2)
    assert {type(error) for error in result.objections.values()} == {ShareComplaint}
    assert result.judged == 3


@pytest.mark.parametrize(("accuser", "accused"), [(3, 1), (1, 3), (2, 1)])
def test_a_false_complaint_names_its_accuser(accuser: int, accused: int) -> None:
    result = run(SETUP, with_cheat(3, FalseComplaint(accuser, accused)))
    assert list(result.objections) == [accuser]
    assert result.judged == accuser


def test_a_share_of_zero_is_a_share() -> None:
    """A dealer may choose polynomials with roots at a receiver; a complaint about 0 would be a false one."""

    def secrets(drawn: Drawn, board: Board) -> Secrets:
        a, b = (polynomial.coefficients[1].disclose() for polynomial in (drawn.secrets.P, drawn.secrets.P_hat))
        P, P_hat = (SecretPolynomial([SecretScalar(-x), SecretScalar(x)]) for x in (a, b))
        assert P.at(1).value == 0
        return replace(drawn.secrets, P=P, P_hat=P_hat)

    result = run(SETUP, with_cheat(3, Following(3, secrets)))
    assert not result.objections
    assert sorted(result.keys) == [1, 2]


def complete() -> Run:
    """An honest session and everything needed to judge in it."""
    return run(SETUP, honest(3))


def members_of(result: Run) -> dict[int, MemberKeys]:
    board = result.board
    reveals, commits = board.keys(0), board.read("commit", 0)
    return {i: check_keys(SETUP, 1, i, reveals[i], commits[i]) for i in SETUP.indices()}


def test_an_answer_is_the_share_and_ends_the_session_for_its_dealer() -> None:
    result = complete()
    finished = result.board.parties[1].state
    assert isinstance(finished, Finished)
    for state in (finished, finished.dealt):
        answered, message = complaint.answer(state, 2)
        revealed = finished.dealt.revealed
        assert message.P + message.P_hat == revealed.share_for(2).encode()
        assert message.xi == revealed.nonce_of_seal(2).disclose().encode()
        assert isinstance(answered, Answered)
        assert answered.message() == message
        members = canonical.decode(canonical.encode(message.members()), limit=1000)
        assert read_body("ceremony.answer", members, GROUP, 3) == message
        again = saved.decode(saved.encode(answered), SETUP)
        assert isinstance(again, Answered)
        assert again.message() == message


@pytest.mark.parametrize("accuser", [0, 1, 4])
def test_only_another_trustee_is_answered(accuser: int) -> None:
    state = complete().board.parties[1].state
    assert isinstance(state, Finished)
    with pytest.raises(ValueError, match=f"complaint of trustee {accuser}"):
        complaint.answer(state, accuser)
    bad = saved.encode(Answered(state.dealt, accuser))
    with pytest.raises(MalformedInput, match="accuser"):
        saved.decode(bad, SETUP)


def test_a_complaint_is_published_by_its_accuser() -> None:
    state = complete().board.parties[1].state
    assert isinstance(state, Finished)
    body = complaint.complain(state.dealt, ShareComplaint(1, 3, "not on the committed polynomial"))
    assert body.members() == {"against": 3, "session": 1}
    with pytest.raises(ValueError, match="complaint of trustee 2"):
        complaint.complain(state.dealt, ShareComplaint(2, 3))


def test_the_judgement_is_of_one_dispute() -> None:
    result = complete()
    keys, shares = members_of(result), result.board.shares(0)
    state = result.board.parties[1].state
    assert isinstance(state, Finished)
    _, answer = complaint.answer(state, 2)
    assert complaint.judge(SETUP, 2, 1, keys, shares[1], answer) == 2
    assert complaint.judge(SETUP, 2, 1, keys, shares[1], None) == 1
    assert complaint.judge(SETUP, 2, 1, {**keys, 2: keys[3]}, shares[1], answer) == 1
    other = SealedShares(tuple(replace(share, to=5 - share.to) for share in shares[1].shares))
    assert complaint.judge(SETUP, 2, 1, keys, other, answer) == 1
    with pytest.raises(ValueError, match="an answer to trustee 2 in the dispute with trustee 3"):
        complaint.judge(SETUP, 3, 1, keys, shares[1], answer)
    with pytest.raises(ValueError, match="against itself"):
        complaint.judge(SETUP, 1, 1, keys, shares[1], answer)
