"""A ballot counts as often as the roll says: totals, bounds, undervotes, thresholds; a rare weight withholds."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import pytest

from e2evote.manifest.contests import Share
from e2evote.manifest.model import Manifest
from e2evote.manifest.voters import ONLINE
from e2evote.record.bodies import Body, OnStatement
from e2evote.record.floor import classes_of
from e2evote.record.products import Products, products
from e2evote.record.sealed import decode_sealed
from e2evote.record.statement import Statement, products_of
from e2evote.tally.cells import stated_parts
from e2evote.tally.facts import facts_of
from tests.ballot.election import GROUP
from tests.ballot.rolled import RolledRig, Terms
from tests.tally.rolls import again, decrypt, failing, finish, force, publish, state
from tests.tally.test_parts import shares_of

TERMS = Terms(lines=(("all", 1), ("all", 1), ("all", 3), ("all", 3), ("half", 3), ("half", 1)), weights=(1, 3), floor=1)
VOTES = {
    1: {"mayor": {"ada": 1}, "board": {"dan": 2, "eve": 1}},
    2: {"mayor": {"bob": 1}, "board": {"": 1}},
    3: {"mayor": {"bob": 1}, "board": {"dan": 1}},
    5: {"mayor": {"bob": 1}},
    6: {"mayor": {}},
}


def closed_rig(terms: Terms = TERMS) -> RolledRig:
    def make() -> RolledRig:
        rig = RolledRig.at("open", terms)
        for number, votes in VOTES.items():
            rig.post(rig.ballot(number, votes))
        rig.post(rig.leaf("close", Body()))
        return rig

    return again((__name__, terms), make)


def test_everything_counts_by_weight() -> None:
    rig = closed_rig()
    own = rig.statement()
    assert {(p.contest, p.ballots, p.weight) for p in own.products} == {("mayor", 5, 9), ("board", 3, 5)}
    assert classes_of(rig.manifest, rig.electorate) == {
        ("mayor", 1): 3,
        ("mayor", 3): 2,
        ("board", 1): 2,
        ("board", 3): 1,
    }
    outcome = finish(rig)
    assert failing(rig) == {}
    assert outcome.votes() == {
        ("mayor", "ada"): 1,
        ("mayor", "bob"): 1 + 3 + 3,
        ("board", "dan"): 2 + 3,
        ("board", "eve"): 1,
        ("board", "fay"): 0,
        ("board", ""): 1,
    }
    mayor, board = outcome.contests
    assert (mayor.ballots, mayor.undervotes) == (5, 9 - 8)
    assert (board.ballots, board.undervotes) == (3, 3 * 5 - 5 - 1 - 3)
    assert mayor.standing.elected == ("bob",)
    (result, _) = rig.examination().report.facts.results
    assert (result.votes, result.parts) == ({"ada": 1, "bob": 7}, {"online": {"ada": 1, "bob": 7}})


def once_each(rig: RolledRig) -> Products:
    """The products as if every ballot counted once."""
    counted = [rig.entries[ballot.index][1] or b"" for ballot in rig.box.ledger.counted()]
    return products(rig.manifest, GROUP, [decode_sealed(payload, rig.manifest, GROUP) for payload in counted])


def first(**fields: object) -> Callable[[RolledRig], Callable[[Statement], Statement]]:
    def edit(own: Statement) -> Statement:
        return replace(own, products=(replace(own.products[0], **fields), *own.products[1:]))  # type: ignore[arg-type]

    return lambda rig: edit


PRODUCTS = {
    "every ballot once": lambda rig: lambda own: replace(own, products=products_of({ONLINE: once_each(rig)})),
    "another weight": first(weight=8),
    "another number": first(ballots=9),
}


@pytest.mark.parametrize("name", PRODUCTS)
def test_a_total_of_other_weights(name: str) -> None:
    rig = closed_rig()
    envelope = state(rig, PRODUCTS[name](rig))
    assert rig.refusal(envelope).code == "tally.products"
    force(rig, envelope)
    assert list(failing(rig)) == ["tally.products"]


def test_undervotes_are_by_weight() -> None:
    rig = closed_rig()
    rig.post(state(rig))
    good = decrypt(rig)
    mayor, board = good.contests
    for wrong in (replace(mayor, undervotes=0), replace(mayor, ballots=9)):
        changed = replace(good, contests=(wrong, board))
        assert rig.refusal(publish(rig, changed)).code == "outcome.counts"
        spoiled = RolledRig.resumed(rig.manifest, tuple(rig.entries), {})
        force(spoiled, publish(rig, changed))
        assert list(failing(spoiled)) == ["outcome.counts"]


@dataclass(frozen=True)
class Majority(Terms):
    """The mayor needs so many of nine votes: of the ballots, by weight."""

    share: tuple[int, int] = (7, 9)

    def manifest(self) -> Manifest:
        made = super().manifest()
        mayor, board = made.contests
        threshold = Share(of="ballots", rule="at_least", share=self.share)
        mayor = mayor.model_copy(update={"outcome": mayor.outcome.model_copy(update={"threshold": threshold})})
        return Manifest.decode(made.model_copy(update={"contests": (mayor, board)}).encode())


@pytest.mark.parametrize(("share", "elected"), [((7, 9), ("bob",)), ((8, 9), ())])
def test_a_threshold_of_the_ballots_is_one_of_their_weight(share: tuple[int, int], elected: tuple[str, ...]) -> None:
    """Bob has 7 of 9, by 3 of 5 ballots: five ballots would give 7/5, and any threshold would be met."""
    rig = closed_rig(Majority(TERMS.registrars, TERMS.lines, weights=TERMS.weights, floor=1, share=share))
    outcome = finish(rig)
    assert outcome.contests[0].standing.elected == elected
    assert failing(rig) == {}


def test_a_threshold_of_the_number_of_ballots_is_not_the_rule() -> None:
    rig = closed_rig(Majority(TERMS.registrars, TERMS.lines, weights=TERMS.weights, floor=1, share=(8, 9)))
    rig.post(state(rig))
    good = decrypt(rig)
    mayor = replace(good.contests[0], standing=replace(good.contests[0].standing, elected=("bob",), vacant=0))
    envelope = publish(rig, replace(good, contests=(mayor, good.contests[1])))
    assert rig.refusal(envelope).code == "outcome.elected"
    force(rig, envelope)
    assert failing(rig) == {"outcome.elected": ["contest mayor"]}


RARE = replace(TERMS, floor=2)
"""One ballot of weight 3 has the board: its bearer's votes would be the total's digit that the others can't make."""


def test_a_rare_weight_withholds_its_contest() -> None:
    rig = closed_rig(RARE)
    rig.post(state(rig))
    rig.post(rig.acceptance(1))
    facts = facts_of(rig.examination())
    assert facts.parts == {"mayor": (("online",),), "board": ()}
    asked = stated_parts(rig.manifest, rig.stated()[1].products, {})
    assert asked["board"], "by numbers of ballots alone it would be decrypted"
    made = shares_of(rig, 1, asked)
    envelope = rig.by_trustee("tally.share", 1, OnStatement(rig.stated()[0]), made.encode())
    assert rig.refusal(envelope).code == "tally.floor"
    outcome = decrypt(rig)
    assert [contest.status for contest in outcome.contests] == ["decrypted", "withheld"]
    rig.post(publish(rig, outcome))
    assert failing(rig) == {}
