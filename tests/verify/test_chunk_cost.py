"""What verifying in a batch costs, in multiplications modulo p: no later change makes it dearer unseen (spec 12)."""

from typing import Any

import pytest

from e2evote.algebra import combination, group, integers
from e2evote.algebra.candidate import Candidate
from e2evote.algebra.integers import Integer
from e2evote.algebra.multiexponentiation import JACOBI_PRICE, Term
from e2evote.manifest.draft import ContestFacts, OptionFacts, StyleFacts
from e2evote.proofs import batch
from e2evote.record.sealed import SealedBallot
from e2evote.secret.encrypt import seal_ballot
from e2evote.verify import chunk
from e2evote.verify.ballots import BallotContext
from tests.ballot.election import GROUP, make_election, make_manifest
from tests.counted import Counted
from tests.randomness import DeterministicRandomness


@pytest.fixture
def _counted(monkeypatch: pytest.MonkeyPatch) -> None:
    """Products of the batch are made of counting numbers; a Jacobi symbol counts what it is said to cost."""
    jacobi, multiply, product = integers.jacobi, Candidate.__mul__, group.product_of_squares

    def counted_jacobi(value: Any, modulus: Integer) -> int:
        Counted.number += JACOBI_PRICE
        return jacobi(value.value, modulus)

    def counted_multiply(left: Candidate, right: Candidate) -> Candidate:
        Counted.number += 1
        return multiply(left, right)

    def counted_product(terms: list[Term], modulus: Integer) -> Integer | None:
        result: Any = product([(Counted(base), e) for base, e in terms], modulus)  # type: ignore[misc]
        return result.value if isinstance(result, Counted) else result

    monkeypatch.setattr(combination.integers, "jacobi", counted_jacobi)
    monkeypatch.setattr(Candidate, "__mul__", counted_multiply)
    monkeypatch.setattr(group, "product_of_squares", counted_product)
    Counted.number = 0


def ten_options() -> tuple[BallotContext, SealedBallot, bytes]:
    """A ballot of ten options of limit 1 and its hints, in an election that has nothing else."""
    options = tuple(OptionFacts(f"o{i}", f"Option {i}") for i in range(10))
    contests = (ContestFacts("only", "Only", options, blank="uncounted"),)
    election = make_election(make_manifest(contests=contests, styles=(StyleFacts("all", "All", ("only",)),)))
    context, manifest = election.context, election.manifest
    values = {"only": [1] + [0] * 9}
    style = manifest.styles[0]
    return context, *seal_ballot(
        manifest, style, context.K, context.h_e, bytes(32), values, bytes(32), DeterministicRandomness("cost")
    )


@pytest.mark.parametrize(("selections", "most"), [(10, 355), (1000, 190), (10_000, 135)])
@pytest.mark.usefixtures("_counted")
def test_what_a_pair_of_branches_costs(selections: int, most: int) -> None:
    """Multiplications for each option and each limit of L = 1, Jacobi symbols and limits' products included."""
    context, sealed, hints = ten_options()
    subject = chunk._ballot_subject(context, sealed, hints)
    assert subject is not None
    made = Counted.number  # the limit's products, which every ballot of its own would need
    Counted.number = 0
    assert batch._all_hold(GROUP, [subject] * (selections // 10))
    total = Counted.number + made * selections // 10
    assert total / (selections * 11 // 10) <= most
