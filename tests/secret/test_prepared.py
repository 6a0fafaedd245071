"""A prepared ballot is the ballot that would have been sealed, for every choice, at the cost of none."""

import copy
import operator
import pickle
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import product

import pytest

from e2evote.algebra.exponentiation import precompute
from e2evote.algebra.group import Element
from e2evote.manifest.draft import ContestFacts, OptionFacts, StyleFacts
from e2evote.secret import prepared as prepared_module
from e2evote.secret.encrypt import ZeroNonce, seal_ballot
from e2evote.secret.prepared import LARGEST_STORED, PreparedBallot, prepare_ballot
from tests.ballot.election import GROUP, make_election, make_manifest
from tests.randomness import DeterministicRandomness
from tests.secret.test_prove import Work

ELECTION = make_election(make_manifest())
CONTEXT = ELECTION.context
ID, SEED = b"\x01" * 32, b"\x02" * 32
VALUES = {"mayor": (0, 1), "board": (2, 0, 1, 0)}
MAYOR = ((0, 0), (1, 0), (0, 1))
BOARD = tuple(
    values
    for values in product((0, 1, 2), (0, 1), (0, 1), (0, 1))
    if sum(values[:3]) <= 3 and not (values[3] and sum(values[:3]))
)
Values = Mapping[str, Sequence[int]]


def prepared(source: DeterministicRandomness, style: int = 0) -> PreparedBallot:
    manifest = ELECTION.manifest
    return prepare_ballot(manifest, manifest.styles[style], CONTEXT.K, CONTEXT.h_e, ID, SEED, source)


def sealed(values: Values, source: DeterministicRandomness) -> tuple[bytes, bytes]:
    manifest = ELECTION.manifest
    ballot, hints = seal_ballot(manifest, manifest.styles[0], CONTEXT.K, CONTEXT.h_e, ID, values, SEED, source)
    return ballot.encode(), hints


def test_every_choice_gives_the_very_ballot_of_the_direct_way() -> None:
    """All 3·12 choices, among them blank, empty, more than one vote for an option, and the whole limit."""
    assert len(BOARD) == 12
    for mayor, board in product(MAYOR, BOARD):
        values = {"mayor": mayor, "board": board}
        direct, made = DeterministicRandomness("same"), DeterministicRandomness("same")
        ballot, hints, seed = prepared(made).seal(values)
        assert (ballot.encode(), hints) == sealed(values, direct)
        assert (made.drawn, seed) == (direct.drawn, SEED)


@pytest.mark.parametrize("limit", [LARGEST_STORED, LARGEST_STORED + 1])
def test_limits_around_the_largest_that_is_kept_give_it_too(limit: int) -> None:
    options = (OptionFacts("a", "A", limit), OptionFacts("b", "B", 1))
    contests = (ContestFacts("one", "One", options, limit=limit, blank="counted"),)
    manifest = make_manifest(contests=contests, styles=(StyleFacts("all", "All", ("one",)),))
    arguments = (manifest, manifest.styles[0], CONTEXT.K, CONTEXT.h_e, ID)
    for values in ((limit, 0, 0), (limit - 1, 1, 0), (0, 1, 0), (0, 0, 1), (0, 0, 0)):
        ballot, hints = seal_ballot(*arguments, {"one": values}, SEED, DeterministicRandomness("same"))
        made = prepare_ballot(*arguments, SEED, DeterministicRandomness("same")).seal({"one": values})
        assert made == (ballot, hints, SEED)


def test_the_moment_of_voting_multiplies_no_group_element(monkeypatch: pytest.MonkeyPatch) -> None:
    """And it draws nothing and does the same for every choice."""
    source = DeterministicRandomness("count")
    ready = [prepared(source) for _ in range(len(MAYOR) * len(BOARD))]
    drawn, work, seen = source.drawn, Work(monkeypatch), []
    for ballot, mayor, board in zip(ready, MAYOR * len(BOARD), sorted(BOARD * len(MAYOR)), strict=True):
        work.done.clear()
        ballot.seal({"mayor": mayor, "board": board})
        seen.append(dict(work.done))
    assert all(counts == seen[0] for counts in seen)
    assert work.of_elements == 0
    assert not {"power", "secret_power", "power_secret", "invert"} & set(seen[0])
    assert source.drawn == drawn


def test_above_the_largest_limit_that_is_kept_the_work_is_the_same_for_every_choice(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(prepared_module, "LARGEST_STORED", 1)
    for base in (GROUP.g, CONTEXT.K):
        precompute(base, 10)
    ready = [prepared(DeterministicRandomness("count")) for _ in BOARD]
    work, seen = Work(monkeypatch), []
    for ballot, board in zip(ready, BOARD, strict=True):
        work.done.clear()
        ballot.seal({"mayor": (1, 0), "board": board})
        seen.append(dict(work.done))
    assert all(counts == seen[0] for counts in seen)
    assert seen[0]["power_secret"] == (1 + 3) + (1 + 4), "β and the commitments to K, of an option and of the contest"


def test_preparing_costs_eight_powers_for_a_selection(monkeypatch: pytest.MonkeyPatch) -> None:
    for base in (GROUP.g, CONTEXT.K):
        precompute(base, 10)
    work = Work(monkeypatch)
    prepared(DeterministicRandomness("count"), style=1)
    assert work.done["power_secret"] == 3 * 8, "two options and their contest's limit of 1"
    assert not {"power", "secret_power", "invert"} & set(work.done)


@pytest.mark.parametrize(
    "values",
    [{"mayor": (1, 1), "board": (0, 0, 0, 0)}, {"mayor": (0, 1)}, {"mayor": (0,), "board": (0, 0, 0, 0)}],
    ids=["over the limit", "of another style", "an item missing"],
)
def test_values_that_the_style_does_not_allow_are_refused_and_use_nothing_up(values: Values) -> None:
    ballot = prepared(DeterministicRandomness("x"))
    with pytest.raises(ValueError, match=r"contest (mayor|board): |style all: "):
        ballot.seal(values)
    assert not ballot.is_spent
    ballot.seal(VALUES)
    assert ballot.is_spent


def test_a_prepared_ballot_is_used_once_and_then_has_nothing_left() -> None:
    ballot = prepared(DeterministicRandomness("x"))
    ballot.seal(VALUES)
    for again in (VALUES, {"mayor": (1, 0), "board": (0, 0, 0, 1)}):
        with pytest.raises(RuntimeError, match="used up: prepare another"):
            ballot.seal(again)
    assert ballot._held == []


def test_of_many_threads_one_gets_the_ballot() -> None:
    def attempt(ballot: PreparedBallot, number: int) -> int:
        try:
            ballot.seal({"mayor": MAYOR[number % 3], "board": BOARD[number]})
        except RuntimeError:
            return 0
        return 1

    with ThreadPoolExecutor(8) as pool:
        for round_ in range(20):
            ballot = prepared(DeterministicRandomness(str(round_)))
            assert sum(pool.map(attempt, [ballot] * 8, range(8))) == 1


def test_no_two_prepared_ballots_share_a_nonce() -> None:
    source = DeterministicRandomness("one source")
    numbers: list[bytes] = []
    for id in (b"\x01" * 32, b"\x02" * 32):
        manifest = ELECTION.manifest
        made = prepare_ballot(manifest, manifest.styles[0], CONTEXT.K, CONTEXT.h_e, id, SEED, source)
        ballot, hints, _ = made.seal(VALUES)
        numbers += [x.encode() for c in ballot.contests for item in c.items for x in (item.alpha, item.beta)]
        numbers += [hints[i : i + GROUP.element_size] for i in range(0, len(hints), GROUP.element_size)]
    assert len(set(numbers)) == len(numbers)


@pytest.mark.parametrize(
    "leak",
    [copy.copy, copy.deepcopy, hash, vars, pickle.dumps, lambda x: x.__getstate__(), lambda x: operator.eq(x, x),
     lambda x: copy.copy([x])[0].__copy__(), lambda x: x in [None]],
)  # fmt: skip
def test_a_prepared_ballot_is_not_copied_compared_or_stored(leak: Callable[[object], object]) -> None:
    with pytest.raises(TypeError):
        leak(prepared(DeterministicRandomness("x")))


def test_nothing_of_it_is_printed() -> None:
    ballot = prepared(DeterministicRandomness("x"))
    contents = ballot._held[0]
    shown = [f"{thing!r} {thing!s} {thing:}" for thing in (ballot, contents, contents.contests[0])]
    shown += [repr(contents.contests[0].items[0]), repr(contents.contests[0].items[0].branches)]
    assert shown[0] == " ".join(["PreparedBallot(<redacted>)"] * 3)
    assert not any(SEED.hex() in text or repr(SEED) in text or "Scalar" in text for text in shown)


@pytest.mark.parametrize("number", [0, -1, -2])
def test_a_nonce_that_would_make_some_choice_a_1_is_drawn_again(monkeypatch: pytest.MonkeyPatch, number: int) -> None:
    """ξ = 0, and the ξ for which β would be 1 with one vote or two: the choice is not known, so none may be so."""
    monkeypatch.setattr(
        "e2evote.secret.encrypt.nonce",
        lambda group, h_i, place, seed: group.reduce(number if place == place.__class__(2, 1) else 7 + place.option),
    )
    with pytest.raises(ZeroNonce):
        prepared(DeterministicRandomness("x"))


def test_what_is_kept_is_bounded() -> None:
    """(R+1)² commitments to K up to the largest limit that is kept, none above."""
    limits = (LARGEST_STORED, LARGEST_STORED + 1)
    for limit in limits:
        contests = (ContestFacts("one", "One", (OptionFacts("a", "A", limit),), limit=limit, blank="uncounted"),)
        manifest = make_manifest(contests=contests, styles=(StyleFacts("all", "All", ("one",)),))
        source = DeterministicRandomness("x")
        ballot = prepare_ballot(manifest, manifest.styles[0], CONTEXT.K, CONTEXT.h_e, ID, SEED, source)
        proof = ballot._held[0].contests[0].items[0]
        kept = (limit + 1) if limit == limits[0] else 0
        assert (len(proof.b), len(proof.betas)) == (kept, kept)
        assert {len(row) for row in proof.b} <= {limit + 1}
        assert isinstance(proof.alpha, Element)
