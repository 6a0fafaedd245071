"""Statement, acceptances, shares and outcome before the box: what does not follow from the board is refused."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from e2evote.algebra.group import Residue
from e2evote.ballot.box_envelope import Envelope
from e2evote.manifest.entries import Phase
from e2evote.proofs.equal_logs import EqualLogsProof
from e2evote.record.bodies import Body, Head, OnStatement
from e2evote.record.elected import Standing
from e2evote.record.outcome import Outcome, decode_outcome
from e2evote.record.shares import DecryptionShare, DecryptionShares
from e2evote.record.statement import Product, Statement
from tests.ballot.boxed import Rig
from tests.ballot.election import GROUP

ONE = GROUP.scalar(1)


def negated(residue: Residue) -> Residue:
    return Residue(GROUP, GROUP.p - residue.value)


# The statement


def posted(rig: Rig, statement: Statement) -> Envelope:
    return rig.leaf("tally.statement", statement.body(), statement.encode())


def first_product(statement: Statement, **members: object) -> Statement:
    first, *others = statement.products
    changed: Product = replace(first, **members)  # type: ignore[arg-type]
    return replace(statement, products=(changed, *others))


STATEMENTS: dict[str, tuple[Callable[[Statement], Statement], str]] = {
    "of another root": (lambda s: replace(s, close_root=bytes(32)), "tally.close"),
    "of another size": (lambda s: replace(s, close_size=s.close_size - 1), "tally.close"),
    "without a line": (lambda s: replace(s, rows=s.rows[1:]), "tally.rows"),
    "with a line twice": (lambda s: replace(s, rows=(s.rows[0], *s.rows)), "tally.rows"),
    "with rows in another order": (lambda s: replace(s, rows=s.rows[::-1]), "tally.rows"),
    "with another ballot": (lambda s: replace(s, rows=(replace(s.rows[0], leaf=bytes(32)), *s.rows[1:])), "tally.rows"),
    "with another product": (lambda s: first_product(s, A=s.products[1].A), "tally.products"),
    "with a negated product": (lambda s: first_product(s, B=negated(s.products[0].B)), "tally.products"),
    "with another number": (lambda s: first_product(s, ballots=s.products[0].ballots + 1), "tally.products"),
    "with another weight": (lambda s: first_product(s, weight=s.products[0].weight + 1), "tally.products"),
    "with a line more": (
        lambda s: replace(s, reconciliation=replace(s.reconciliation, lines=s.reconciliation.lines + 1)),
        "tally.reconciliation",
    ),
    "without a product": (lambda s: replace(s, products=s.products[1:]), "tally.form"),
}


@pytest.mark.parametrize("name", STATEMENTS)
def test_a_false_statement_is_refused(name: str) -> None:
    spoil, code = STATEMENTS[name]
    rig = Rig.at("closed")
    assert rig.refusal(posted(rig, spoil(rig.statement()))).code == code


def test_a_statement_whose_leaf_is_of_other_rows_is_refused() -> None:
    rig = Rig.at("closed")
    statement = rig.statement()
    for body in (replace(statement.body(), lines=1), replace(statement.body(), rows=bytes(32))):
        assert rig.refusal(rig.leaf("tally.statement", body, statement.encode())).code == "tally.rows"
    assert rig.refusal(rig.leaf("tally.statement", Body(), statement.encode())).code == "board.leaf"


def test_there_is_one_statement() -> None:
    rig = Rig.at("closed")
    rig.post(posted(rig, rig.statement()))
    assert rig.refusal(posted(rig, first_product(rig.statement(), ballots=0))).code == "board.phase"


def test_a_statement_waits_for_the_lot() -> None:
    rig = Rig.at("cast", ties=True)
    rig.post(rig.leaf("close", Body()))
    assert rig.refusal(posted(rig, rig.statement())).code == "board.phase"


# Acceptances and shares


def test_another_statement_is_not_accepted() -> None:
    rig = Rig.at("stated")
    assert rig.refusal(rig.by_trustee("tally.accept", 1, OnStatement(b"\x01" * 32))).code == "tally.acceptance"
    rig.post(rig.acceptance(1))


def test_nobody_decrypts_without_having_accepted() -> None:
    rig = Rig.at("accepted")
    refusal = rig.refusal(rig.share(2, rig.decryption(1)))
    assert refusal.code == "tally.acceptance"
    assert "trustee 2" in refusal.detail


def test_shares_of_another_statement_are_refused() -> None:
    rig = Rig.at("accepted")
    payload = rig.decryption(1).encode()
    refusal = rig.refusal(rig.by_trustee("tally.share", 1, OnStatement(b"\x01" * 32), payload))
    assert refusal.code == "tally.acceptance"


def first_share(shares: DecryptionShares, **members: object) -> DecryptionShares:
    first, *others = shares.shares
    changed: DecryptionShare = replace(first, **members)  # type: ignore[arg-type]
    return DecryptionShares((changed, *others))


def test_a_bad_share_is_refused_and_its_trustee_named() -> None:
    rig = Rig.at("accepted")
    good = rig.decryption(3)
    first = good.shares[0]
    proof = EqualLogsProof(first.proof.c + ONE, first.proof.v)
    for shares, code in (
        (first_share(good, proof=proof), "tally.share-proof"),
        (first_share(good, M=good.shares[1].M), "tally.share-proof"),
        (rig.decryption(1), "tally.share-proof"),
        (first_share(good, M=negated(first.M)), "tally.elements"),
    ):
        refusal = rig.refusal(rig.share(3, shares))
        assert refusal.code == code
        assert "trustee 3" in refusal.detail
        assert f"contest {first.contest}, option {first.option}" in refusal.detail
    rig.post(rig.share(3, good))


def test_shares_that_are_none_are_refused() -> None:
    rig = Rig.at("accepted")
    good = rig.decryption(1)
    for payload in (b"{}", DecryptionShares(good.shares[1:]).encode(), DecryptionShares(good.shares[::-1]).encode()):
        refusal = rig.refusal(rig.by_trustee("tally.share", 1, OnStatement(rig.stated()[0]), payload))
        assert refusal.code == "tally.form"


def test_nothing_below_the_floor_is_taken() -> None:
    """Two ballots have the contest `mayor`, one has `board`; with a floor of 2 only `mayor` is decrypted."""
    open_ = Rig.at("accepted").decryption(1)
    rig = Rig.at("accepted", floor=2)
    good = rig.decryption(1)
    assert {share.contest for share in good.shares} == {"mayor"}
    for shares in (open_, DecryptionShares(())):
        assert rig.refusal(rig.share(1, shares)).code == "tally.floor"
    rig.post(rig.share(1, good))
    rig.post(rig.share(3))
    rig.post(rig.outcome_leaf(rig.outcome((1, 3))))
    assert rig.examination().report.failing == frozenset()


# The outcome


def first_cell(outcome: Outcome, votes: int) -> Outcome:
    first, *others = outcome.cells
    return replace(outcome, cells=(replace(first, votes=votes), *others))


def first_contest(outcome: Outcome, **members: object) -> Outcome:
    first, *others = outcome.contests
    return replace(outcome, contests=(replace(first, **members), *others))  # type: ignore[arg-type]


OUTCOMES: dict[str, tuple[Callable[[Outcome], Outcome], str]] = {
    "a vote more": (lambda o: first_cell(o, o.cells[0].votes + 1), "tally.decryption"),
    "another trustee": (lambda o: replace(o, trustees=(1, 2)), "tally.quorum"),
    "one trustee": (lambda o: replace(o, trustees=(1,)), "tally.quorum"),
    "a contest less": (lambda o: replace(o, cells=o.cells[:2]), "tally.floor"),
    "a ballot more": (lambda o: first_contest(o, ballots=o.contests[0].ballots + 1), "outcome.counts"),
    "an undervote more": (lambda o: first_contest(o, undervotes=o.contests[0].undervotes + 1), "outcome.counts"),
    "somebody else elected": (lambda o: first_contest(o, standing=Standing(("bob",), (), 0)), "outcome.elected"),
    "a contest without a row": (lambda o: replace(o, contests=o.contests[1:]), "tally.form"),
}


@pytest.mark.parametrize("name", OUTCOMES)
def test_a_false_outcome_is_refused(name: str) -> None:
    spoil, code = OUTCOMES[name]
    rig = Rig.at("decrypted")
    good = decode_outcome(rig.outcome((1, 3)), rig.manifest)
    assert good.contests[0].standing.elected == ("ada",)
    assert rig.refusal(rig.outcome_leaf(spoil(good).encode())).code == code


def test_an_outcome_says_what_log_it_is_of() -> None:
    rig = Rig.at("decrypted")
    payload, size = rig.outcome((1, 3)), rig.box.size
    root = rig.examination().log.root(size) or b""
    for head in (Head(root, size - 1), Head(bytes(32), size), Head(root, size + 1)):
        assert rig.refusal(rig.outcome_leaf(payload, head)).code == "outcome.head"
    rig.post(rig.outcome_leaf(payload))
    assert rig.box.state.phase is Phase.PUBLISHED


def test_an_outcome_leaves_out_no_share() -> None:
    rig = Rig.at("decrypted")
    payload = rig.outcome((1, 3))
    rig.post(rig.acceptance(2))
    rig.post(rig.share(2))
    assert rig.refusal(rig.outcome_leaf(payload)).code == "tally.quorum"
    rig.post(rig.outcome_leaf(rig.outcome((1, 2, 3))))
    assert rig.examination().report.failing == frozenset()


def test_an_outcome_needs_the_quorum() -> None:
    rig = Rig.at("accepted")
    payload = Rig.at("decrypted").outcome((1, 3))
    rig.post(rig.share(1))
    assert rig.refusal(rig.outcome_leaf(payload)).code == "tally.quorum"


def test_nothing_follows_the_outcome() -> None:
    rig = Rig.at("decrypted")
    rig.post(rig.outcome_leaf(rig.outcome((1, 3))))
    assert rig.refusal(rig.acceptance(2)).code == "board.phase"


def test_an_election_without_ballots_has_an_outcome() -> None:
    rig = Rig.at("open")
    rig.post(rig.leaf("close", Body()))
    rig.post(posted(rig, rig.statement()))
    for i in (1, 2):
        rig.post(rig.acceptance(i))
        rig.post(rig.share(i))
    rig.post(rig.outcome_leaf(rig.outcome((1, 2))))
    assert rig.examination().report.failing == frozenset()
