"""The product over ballots is that of plain numbers, at the cost of two multiplications for a ciphertext."""

import pytest

from e2evote.algebra.group import Group, Residue
from e2evote.algebra.integers import Integer
from e2evote.algebra.parameters import TEST_512
from e2evote.algebra.totals import Totals
from e2evote.ballot.bulk import Vote, seal_all
from e2evote.errors import MalformedInput
from e2evote.record.products import products, weighted_products
from e2evote.record.sealed import SealedBallot, decode_sealed
from tests.ballot.election import GROUP, VOTE, make_election, make_manifest
from tests.randomness import DeterministicRandomness

ELECTION = make_election(make_manifest())
MANIFEST, P = ELECTION.manifest, int(GROUP.p)
TOY = Group("toy-24", Integer(0xFFF93F356A395FFF), Integer(0xFFFFFD), Integer(0xCCCCA8BCC08F3688))
VOTES = [
    Vote("all", VOTE, (bytes([1]) * 32,)),
    Vote("half", {}, (bytes([2]) * 32,)),
    Vote("all", {}, (bytes([3]) * 32,)),
]


def some(position: int) -> DeterministicRandomness:
    return DeterministicRandomness(f"products {position}")


BALLOTS: list[SealedBallot] = [
    decode_sealed(made.payload, MANIFEST, GROUP)
    for made in seal_all(ELECTION.context, VOTES, len(VOTES), randomness_of=some)
]


def plainly(ballots: list[SealedBallot]) -> dict[tuple[str, str], tuple[int, int]]:
    """One number after the other, with Python's own integers."""
    cells = {(contest.id, item.option): (1, 1) for contest in MANIFEST.contests for item in contest.items()}
    for ballot in ballots:
        for contest in ballot.contests:
            for item in contest.items:
                A, B = cells[contest.id, item.option]
                cells[contest.id, item.option] = A * int(item.alpha.value) % P, B * int(item.beta.value) % P
    return cells


@pytest.mark.parametrize("number", [0, 1, 3])
def test_the_products_are_those_of_plain_numbers(number: int) -> None:
    made = products(MANIFEST, GROUP, iter(BALLOTS[:number]))
    assert {cell: (int(A.value), int(B.value)) for cell, (A, B) in made.cells.items()} == plainly(BALLOTS[:number])
    assert list(made.cells) == [(c.id, item.option) for c in MANIFEST.contests for item in c.items()], "in this order"
    assert made.ballots == {"mayor": number, "board": {0: 0, 1: 1, 3: 2}[number]}


@pytest.mark.parametrize("weights", [(1, 1, 1), (2, 1, 5), (7, 7, 1000), (1, 3, 3)])
def test_a_ballot_of_weight_w_is_as_w_ballots(weights: tuple[int, int, int]) -> None:
    made = weighted_products(MANIFEST, GROUP, zip(BALLOTS, weights, strict=True))
    many = [ballot for ballot, weight in zip(BALLOTS, weights, strict=True) for _ in range(weight)]
    assert {cell: (int(A.value), int(B.value)) for cell, (A, B) in made.cells.items()} == plainly(many)
    assert made.ballots == {"mayor": 3, "board": 2}
    assert made.weight == {"mayor": sum(weights), "board": weights[0] + weights[2]}
    assert made.classes["mayor", weights[0]] == weights.count(weights[0])
    lots = [weighted_products(MANIFEST, GROUP, [one]) for one in zip(BALLOTS, weights, strict=True)]
    assert lots[0].together(lots[1]).together(lots[2]) == made


def test_two_lots_together_are_all() -> None:
    two = products(MANIFEST, GROUP, BALLOTS[:1]).together(products(MANIFEST, GROUP, BALLOTS[1:]))
    assert two == products(MANIFEST, GROUP, BALLOTS)


def test_no_object_is_made_of_a_product_on_the_way(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[Residue] = []
    check = Residue.__post_init__
    monkeypatch.setattr(Residue, "__post_init__", lambda self: made.append(self) or check(self))
    products(MANIFEST, GROUP, BALLOTS * 5)
    assert len(made) == 2 * 6, "A and B of each cell"


def test_numbers_of_another_group_or_of_another_length_are_refused() -> None:
    totals = Totals(TEST_512, 2)
    with pytest.raises(ValueError, match="toy-24"):
        totals.take([Residue(TEST_512, Integer(2)), Residue(TOY, Integer(2))])
    with pytest.raises(ValueError, match="zip"):
        totals.take([Residue(TEST_512, Integer(2))])
    assert [int(x.value) for x in totals.residues()] == [1, 1]


@pytest.mark.parametrize(
    "data", [bytes(64), P.to_bytes(64, "big"), b"\x01" * 63, b"\x01" * 65], ids=["0", "p", "short", "long"]
)
def test_bytes_that_are_no_number_of_the_group_are_malformed(data: bytes) -> None:
    with pytest.raises(MalformedInput, match=r"not a number in \[1, p\) of 64 bytes"):
        Totals(TEST_512, 2).take_encoded([b"\x01" * 64, data])


def test_totals_go_through_bytes_unchanged() -> None:
    one, other = Totals(TEST_512, 3), Totals(TEST_512, 3)
    one.take_encoded([bytes([i]) * 64 for i in (1, 2, 3)])
    other.take_encoded([bytes([i]) * 64 for i in (4, 5, 6)])
    other.take_totals(one.encode())
    ones = int.from_bytes(b"\x01" * 64, "big")
    expected = [a * ones * b * ones % P for a, b in ((1, 4), (2, 5), (3, 6))]
    assert [int(x.value) for x in other.residues()] == expected
    with pytest.raises(MalformedInput, match="products: 128 bytes, want 192"):
        other.take_totals(one.encode()[64:])
