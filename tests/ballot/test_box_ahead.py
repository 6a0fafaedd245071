"""Proofs of a batch that are tested together: what is refused is refused as if each ballot had come alone."""

from dataclasses import replace

import pytest

from e2evote.algebra.group import Group
from e2evote.ballot import box
from e2evote.ballot.box_envelope import Envelope
from e2evote.record.sealed import decode_sealed
from tests.ballot.boxed import Rig
from tests.ballot.election import GROUP
from tests.ballot.test_box import BALLOTS, ballot_of, body_of, spoiled_limit

VOTERS = ("vera", "otto", "nina", "karl", "ines", "paul")


@pytest.fixture
def tests(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many numbers each of the exact tests was about."""
    made: list[int] = []
    real = Group.combination_holds

    def counted(group: Group, commitments: list[object], *others: object) -> bool:
        made.append(len(commitments))
        return real(group, commitments, *others)  # type: ignore[arg-type]

    monkeypatch.setattr(Group, "combination_holds", counted)
    return made


def good(rig: Rig) -> list[Envelope]:
    return [rig.ballot(name) for name in VOTERS]


def test_ballots_of_a_batch_are_tested_at_once(tests: list[int]) -> None:
    rig = Rig.at("open")
    ballots = good(rig)
    tests.clear()
    rig.box.prove_ahead(ballots)
    assert len(tests) == 1
    for envelope in ballots:
        assert rig.admitted(envelope).hints == envelope.hints
    assert len(tests) == 1, "nothing was tested a second time"
    assert [rig.post(envelope) for envelope in ballots] == list(range(rig.box.size - len(ballots), rig.box.size))
    assert rig.examination().report.failing == frozenset()


@pytest.mark.parametrize("name", BALLOTS)
def test_a_false_ballot_among_good_ones_is_refused_by_the_same_name(name: str) -> None:
    spoil, code = BALLOTS[name]
    rig = Rig.at("open")
    ballots = good(rig)
    sealed = decode_sealed(ballots[0].payload, rig.manifest, GROUP)
    false = replace(spoil(sealed, body_of(ballots[0])), hints=ballots[0].hints)
    rig.box.prove_ahead([*ballots[1:3], false, *ballots[3:]])
    assert rig.refusal(false).code == code
    for envelope in ballots:
        rig.post(envelope)


def test_what_was_shown_of_one_ballot_is_not_believed_of_another() -> None:
    """The good one was proven, then comes one with its hints and other proofs, or its proofs and other hints."""
    rig = Rig.at("open")
    ballots = good(rig)
    rig.box.prove_ahead(ballots)
    spoil, code = BALLOTS["a false limit proof"]
    sealed = decode_sealed(ballots[0].payload, rig.manifest, GROUP)
    false = spoil(sealed, body_of(ballots[0]))
    for hints in (b"", ballots[0].hints, ballots[1].hints):
        assert rig.refusal(replace(false, hints=hints)).code == code
    assert rig.admitted(replace(ballots[0], hints=ballots[1].hints)).hints == ballots[0].hints


def test_a_flood_of_false_proofs_costs_no_more_than_twice(tests: list[int]) -> None:
    """The search for what is false ends; all others are tested one by one, as they would have been."""
    rig = Rig.at("open")
    false = []
    for number in range(24):
        made = rig.ballot(f"voter {number}")
        sealed = spoiled_limit(decode_sealed(made.payload, rig.manifest, GROUP))
        false.append(replace(ballot_of(sealed, body_of(made), f"voter {number}"), hints=made.hints))
    tests.clear()
    for envelope in false:
        assert rig.refusal(envelope).code == "ballot.limit-proof"
    alone = sum(tests)
    tests.clear()
    rig.box.prove_ahead(false)
    assert sum(tests) <= 2 * alone


def test_before_the_opening_and_alone_nothing_is_tested(tests: list[int], monkeypatch: pytest.MonkeyPatch) -> None:
    rig = Rig.at("open")
    ballots = good(rig)
    Rig.at("confirms").box.prove_ahead(ballots)
    tests.clear()
    rig.box.prove_ahead([ballots[0], Envelope(b"no leaf", b"", b"x"), replace(ballots[1], hints=b"")])
    assert tests == []
    monkeypatch.setattr(box, "_TOGETHER", 2)
    rig.box.prove_ahead(ballots)
    assert len(tests) == 3


def test_large_ballots_are_tested_in_smaller_groups(tests: list[int], monkeypatch: pytest.MonkeyPatch) -> None:
    """Of each proof some kilobytes are in memory as long as its group is tested."""
    rig = Rig.at("open")
    ballots = good(rig)
    monkeypatch.setattr(box, "_TOGETHER_BYTES", 3 * len(ballots[0].hints))
    tests.clear()
    rig.box.prove_ahead(ballots)
    assert len(tests) == 2
    tests.clear()
    monkeypatch.setattr(box, "_TOGETHER_BYTES", 1)
    rig.box.prove_ahead(ballots)
    assert tests == [], "each alone, and so when it is considered"
    rig.post(ballots[0])
