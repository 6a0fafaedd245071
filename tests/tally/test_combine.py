"""Any k good shares give the outcome; fewer give nothing, and a bad one gives its trustee's name."""

from collections.abc import Callable
from dataclasses import replace
from itertools import combinations

import pytest

from e2evote.algebra.group import Element, Residue
from e2evote.algebra.interpolation import combine as combined
from e2evote.algebra.logarithm import bounded_log
from e2evote.errors import CheckFailed, Refused, TooLargeForSearch
from e2evote.proofs.equal_logs import EqualLogs, verify
from e2evote.record.outcome import CellVotes, decode_outcome
from e2evote.record.shares import DecryptionShare, DecryptionShares
from e2evote.secret.prove import prove_equal_logs
from e2evote.tally.combine import Tally, combine
from tests.ballot.election import GROUP
from tests.randomness import DeterministicRandomness
from tests.tally.closed import COUNTS, STATEMENT, closed

CLOSED = closed()
TALLY = CLOSED.tally()
POSTED = CLOSED.shares([1, 2, 3])
VOTES = tuple(CellVotes(contest, "online", option, votes) for (contest, option), votes in COUNTS.items())
Change = Callable[[DecryptionShare], DecryptionShare]


def test_the_outcome() -> None:
    result = combine(TALLY, POSTED)
    assert result.faults == ()
    assert result.outcome.cells == VOTES
    assert result.outcome.trustees == (1, 2, 3)
    mayor, board = result.outcome.contests
    assert (mayor.status, mayor.ballots, mayor.undervotes) == ("decrypted", 4, 1)
    assert (mayor.standing.elected, mayor.standing.vacant) == (("ada",), 0)
    assert (board.status, board.ballots, board.undervotes) == ("decrypted", 3, 3)
    assert (board.standing.elected, board.standing.tied, board.standing.vacant) == (("dan",), ("eve", "fay"), 1)
    assert decode_outcome(result.outcome.encode(), CLOSED.election.manifest) == result.outcome


@pytest.mark.parametrize(("n", "k"), [(1, 1), (2, 2), (3, 2), (3, 3), (4, 3), (5, 3)])
def test_every_quorum_decrypts_and_nothing_smaller_does(n: int, k: int) -> None:
    scene = closed(n, k)
    posted, tally = scene.shares(range(1, n + 1)), scene.tally()
    for size in range(k, n + 1):
        for some in combinations(range(1, n + 1), size):
            result = combine(tally, {i: posted[i] for i in some}).outcome
            assert result.cells == VOTES
            assert result.trustees == some
    for some in combinations(range(1, n + 1), k - 1):
        with pytest.raises(Refused, match=rf"want {k} trustees \[tally.too-few-shares\]"):
            combine(tally, {i: posted[i] for i in some})


@pytest.mark.parametrize(("n", "k"), [(2, 2), (3, 2), (5, 3)])
def test_fewer_shares_than_the_quorum_say_nothing_even_without_the_rule(n: int, k: int) -> None:
    scene = closed(n, k)
    posted, tally = scene.shares(range(1, n + 1)), scene.tally()
    for some in combinations(range(1, n + 1), k - 1):
        for position, cell in enumerate(tally.cells()):
            parts = {i: GROUP.screen([posted[i].shares[position].M])[0] for i in some}
            with pytest.raises(TooLargeForSearch):
                bounded_log(tally.joint.K, cell.B / combined(parts), 1000)


def changed(shares: DecryptionShares, change: Change, position: int = 0) -> DecryptionShares:
    rows = list(shares.shares)
    rows[position] = change(rows[position])
    return DecryptionShares(tuple(rows))


def _negated(share: DecryptionShare) -> DecryptionShare:
    return replace(share, M=Residue(GROUP, GROUP.p - share.M.value))


def _off_by_one(share: DecryptionShare) -> DecryptionShare:
    return replace(share, M=share.M * Residue(GROUP, GROUP.g.value))


def _one(share: DecryptionShare) -> DecryptionShare:
    return replace(share, M=Residue(GROUP, GROUP.identity.value))


def _v(share: DecryptionShare) -> DecryptionShare:
    return replace(share, proof=replace(share.proof, v=share.proof.v + GROUP.scalar(1)))


def _c(share: DecryptionShare) -> DecryptionShare:
    return replace(share, proof=replace(share.proof, c=share.proof.c + GROUP.scalar(1)))


@pytest.mark.parametrize(
    ("change", "step"),
    [
        (_negated, "tally.elements"),
        (_off_by_one, "tally.share-proof"),
        (_one, "tally.share-proof"),
        (_v, "tally.share-proof"),
        (_c, "tally.share-proof"),
    ],
)
@pytest.mark.parametrize("position", [0, 5])
def test_a_bad_share_is_named_and_does_not_block(change: Change, step: str, position: int) -> None:
    bad = changed(POSTED[2], change, position)
    result = combine(TALLY, POSTED | {2: bad})
    assert [(fault.trustee, fault.step) for fault in result.faults] == [(2, step)]
    cell = ("contest mayor, option ada", "contest board, option (blank)")[position // 5]
    assert cell in result.faults[0].detail
    assert result.outcome.cells == VOTES
    assert result.outcome.trustees == (1, 3)
    with pytest.raises(Refused, match=rf"good shares of trustees \[1\], want 2 trustees; trustee 2, {step}"):
        combine(TALLY, {1: POSTED[1], 2: bad})


def test_an_even_challenge_does_not_save_a_changed_sign() -> None:
    """A trustee draws nonces until c is even: then -M satisfies every equation, and only its membership does not."""
    key, cell = CLOSED.election.trustees[2], TALLY.cells()[0]
    M = Element.computed(GROUP, GROUP.p - key.z.power_of(cell.A).value)
    claim = EqualLogs(TALLY.joint.verification_key(2), cell.A, M)
    place = cell.place(TALLY.joint.h_e, 2, TALLY.statement)
    tries = (prove_equal_logs(claim, key.z, place, DeterministicRandomness(f"try {i}"))[0] for i in range(64))
    proof = next(proof for proof in tries if proof.c.value % 2 == 0)
    assert verify(claim, proof, place), "an equation sees no difference"
    bad = changed(POSTED[2], lambda share: replace(share, M=Residue(GROUP, M.value), proof=proof))
    result = combine(TALLY, POSTED | {2: bad})
    assert [(fault.trustee, fault.step) for fault in result.faults] == [(2, "tally.elements")]
    assert result.outcome.cells == VOTES


def test_shares_under_another_name_or_of_another_cell() -> None:
    """A weight belongs to an index, and so does every proof."""
    swapped = combine(TALLY, {1: POSTED[1], 2: POSTED[3], 3: POSTED[3]})
    assert [fault.trustee for fault in swapped.faults] == [2]
    with pytest.raises(Refused):
        combine(TALLY, {1: POSTED[2], 2: POSTED[1]})
    rows = POSTED[2].shares
    crossed = DecryptionShares((replace(rows[0], M=rows[1].M, proof=rows[1].proof), *rows[1:]))
    assert [fault.trustee for fault in combine(TALLY, POSTED | {2: crossed}).faults] == [2]


def test_shares_for_another_statement_or_election() -> None:
    other = replace(TALLY, statement=bytes(32))
    with pytest.raises(Refused, match=r"good shares of trustees \[\]"):
        combine(other, POSTED)
    joint = replace(TALLY.joint, h_e=bytes(32))
    with pytest.raises(Refused, match=r"good shares of trustees \[\]"):
        combine(replace(TALLY, joint=joint), POSTED)


def test_shares_of_too_few_or_too_many_cells() -> None:
    rows = POSTED[2].shares
    for some in (rows[:2], rows[2:], (), rows[::-1], (*rows, rows[0])):
        result = combine(TALLY, POSTED | {2: DecryptionShares(some)})
        assert [(fault.trustee, fault.step) for fault in result.faults] == [(2, "tally.floor")]


def test_a_stranger_is_no_trustee() -> None:
    result = combine(TALLY, POSTED | {4: POSTED[3]})
    assert str(result.faults[0]) == "trustee 4, tally.share-proof: there are 3 trustees"
    assert result.outcome.trustees == (1, 2, 3)


def test_a_contest_below_the_floor_is_withheld() -> None:
    scene = closed(floor=4)
    result = combine(scene.tally(), scene.shares([1, 3]))
    assert [cell.contest for cell in result.outcome.cells] == ["mayor", "mayor"]
    mayor, board = result.outcome.contests
    assert mayor.status == "decrypted"
    assert (board.status, board.ballots, board.undervotes) == ("withheld", 3, 0)
    assert (board.standing.elected, board.standing.tied, board.standing.vacant) == ((), (), 0)
    over = combine(scene.tally(), scene.shares([1, 3]) | {2: POSTED[2]})
    assert [(fault.trustee, fault.step) for fault in over.faults] == [(2, "tally.floor")]


def test_a_selection_without_ballots_has_an_outcome() -> None:
    scene = closed(votes=())
    result = combine(scene.tally(), scene.shares([1, 2])).outcome
    assert {cell.votes for cell in result.cells} == {0}
    assert [contest.ballots for contest in result.contests] == [0, 0]


def with_more_votes(position: int, more: int) -> tuple[Tally, dict[int, DecryptionShares]]:
    """A statement that encrypts more votes than the ballots have, and the shares of trustees who decrypt anything."""
    products = list(TALLY.stated.products)
    added = TALLY.joint.K ** GROUP.scalar(more)
    products[position] = replace(products[position], B=products[position].B * Residue(GROUP, added.value))
    tally = replace(TALLY, stated=replace(TALLY.stated, products=tuple(products)))
    posted = {}
    for trustee in (1, 2):
        z, Y = CLOSED.election.trustees[trustee].z, tally.joint.verification_key(trustee)
        rows = []
        for cell in tally.cells():
            claim, place = EqualLogs(Y, cell.A, z.power_of(cell.A)), cell.place(tally.joint.h_e, trustee, STATEMENT)
            proof, _ = prove_equal_logs(claim, z, place, DeterministicRandomness(f"{trustee} {cell}"))
            rows.append(DecryptionShare(*cell.cell, Residue(GROUP, claim.M.value), proof))
        posted[trustee] = DecryptionShares(tuple(rows))
    return tally, posted


@pytest.mark.parametrize("more", [2, 10**6, int(GROUP.q) - 4])
def test_a_total_that_no_ballots_can_have_ends_the_search(more: int) -> None:
    """Ada has 3 of 4 ballots; 5, a million and -1 are no counts."""
    with pytest.raises(CheckFailed) as error:
        combine(*with_more_votes(0, more))
    assert error.value.check == "tally.decryption"
    assert error.value.detail == "the total is no number from 0 to 4"


def test_totals_that_are_too_large_together() -> None:
    """Bob may have 2 of 4 ballots and ada 3, but not both with one vote each."""
    with pytest.raises(CheckFailed) as error:
        combine(*with_more_votes(1, 2))
    assert error.value.check == "outcome.counts"
    assert error.value.detail == "1 votes more than ballots of weight 4 with 1 votes each can hold"


def test_a_statement_outside_the_subgroup() -> None:
    products = list(TALLY.stated.products)
    products[1] = replace(products[1], B=Residue(GROUP, GROUP.p - products[1].B.value))
    with pytest.raises(CheckFailed, match="tally.elements: contest mayor, option bob"):
        combine(replace(TALLY, stated=replace(TALLY.stated, products=tuple(products))), POSTED)
