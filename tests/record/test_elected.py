"""Who is elected (docs/spec.md, section 10): thresholds, seats, ties, lots."""

import pytest

from e2evote.manifest.contests import Contest
from e2evote.record.elected import Standing, lot, standing

H_E = bytes(32)
NAMES = ("ada", "bob", "cyd", "dee")


def contest(seats: int = 1, threshold: tuple[str, str, int, int] | None = None, ties: str = "report") -> Contest:
    rule: dict[str, object] = {"rule": "none"}
    if threshold:
        rule = {"rule": threshold[0], "of": threshold[1], "share": (threshold[2], threshold[3])}
    return Contest.model_validate(
        {
            "id": "chair",
            "method": {"blank": "uncounted", "kind": "choose", "limit": 4},
            "name": {"en": "Chair"},
            "options": tuple({"id": name, "limit": 1, "name": {"en": name}} for name in NAMES),
            "outcome": {"seats": seats, "threshold": rule, "ties": {"rule": ties}},
        }
    )


def outcome(votes: tuple[int, int, int, int], ballots: int = 10, digits: str = "", **rules: object) -> Standing:
    return standing(contest(**rules), 1, dict(zip(NAMES, votes, strict=True)), ballots, H_E, digits)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("votes", "rules", "expected"),
    [
        ((3, 5, 1, 0), {}, Standing(("bob",), (), 0)),
        ((3, 5, 1, 0), {"seats": 2}, Standing(("bob", "ada"), (), 0)),
        ((3, 5, 1, 0), {"seats": 4}, Standing(("bob", "ada", "cyd", "dee"), (), 0)),
        ((3, 5, 1, 0), {"seats": 6}, Standing(("bob", "ada", "cyd", "dee"), (), 2)),
        ((5, 5, 1, 0), {}, Standing((), ("ada", "bob"), 1)),
        ((5, 5, 1, 0), {"seats": 2}, Standing(("ada", "bob"), (), 0)),
        ((5, 3, 3, 3), {"seats": 3}, Standing(("ada",), ("bob", "cyd", "dee"), 2)),
        ((5, 3, 3, 0), {"seats": 3}, Standing(("ada", "bob", "cyd"), (), 0)),
        ((0, 0, 0, 0), {}, Standing((), NAMES, 1)),
        ((5, 4, 0, 0), {"threshold": ("more_than", "ballots", 1, 2)}, Standing((), (), 1)),
        ((5, 4, 0, 0), {"threshold": ("at_least", "ballots", 1, 2)}, Standing(("ada",), (), 0)),
        ((5, 4, 0, 0), {"threshold": ("more_than", "votes", 1, 2)}, Standing(("ada",), (), 0)),
        ((5, 5, 0, 0), {"threshold": ("more_than", "votes", 1, 2)}, Standing((), (), 1)),
        ((5, 5, 0, 0), {"seats": 3, "threshold": ("at_least", "votes", 1, 2)}, Standing(("ada", "bob"), (), 1)),
        ((0, 0, 0, 0), {"threshold": ("more_than", "ballots", 0, 1)}, Standing((), (), 1)),
    ],
)
def test_the_rule(votes: tuple[int, int, int, int], rules: dict[str, object], expected: Standing) -> None:
    assert outcome(votes, **rules) == expected


def test_a_lot_orders_the_tied_by_hash() -> None:
    order = sorted(("ada", "bob", "cyd"), key=lambda name: lot(H_E, 1, NAMES.index(name) + 1, "271828"))
    drawn = outcome((4, 4, 4, 0), digits="271828", ties="lot", seats=2)
    assert drawn == Standing((order[0], order[1]), (), 0)


def test_a_lot_depends_on_digits_contest_and_option() -> None:
    values = {lot(H_E, c, o, digits) for c in (1, 2) for o in (1, 2) for digits in ("123456", "1234567")}
    assert len(values) == 8


def test_those_above_the_tie_come_first() -> None:
    drawn = outcome((4, 9, 4, 0), digits="271828", ties="lot", seats=2)
    assert drawn.elected[0] == "bob"
    assert drawn.elected[1] in ("ada", "cyd")
    assert (drawn.tied, drawn.vacant) == ((), 0)
