"""What may stand in a ballot: the device's choices, and the one rule of limits behind them."""

from collections.abc import Mapping

import pytest

from e2evote.ballot.choices import InvalidChoice, choose, style_of
from e2evote.record.limits import excesses
from e2evote.record.opened import Choice
from tests.ballot.election import CONTESTS, STYLES, VOTE, make_manifest

MANIFEST = make_manifest()
BOARD = MANIFEST.contests[1]


@pytest.mark.parametrize(
    ("votes", "message"),
    [
        ({"mayor": {"ada": 2}}, "contest mayor: 2 for option ada, limit 1"),
        ({"mayor": {"ada": 1, "bob": 1}}, "contest mayor: 2 selections, limit 1"),
        ({"mayor": {"ada": -1}}, "contest mayor: -1 for option ada, limit 1"),
        ({"mayor": {"": 1}}, "contest mayor: there is no blank vote"),
        ({"mayor": {"cyd": 1}}, "contest mayor: no option 'cyd'"),
        ({"mayor": {"ada": True}}, "contest mayor: True for option ada, want a number of votes"),
        ({"mayor": {"ada": 1.0}}, "contest mayor: 1.0 for option ada, want a number of votes"),
        ({"board": {"dan": 3}}, "contest board: 3 for option dan, limit 2"),
        ({"board": {"dan": 2, "eve": 1, "fay": 1}}, "contest board: 4 selections, limit 3"),
        ({"board": {"": 2}}, "contest board: 2 for the blank vote, limit 1"),
        ({"board": {"": 1, "eve": 1}}, "contest board: a blank vote and 1 selections, want one or the other"),
        ({"council": {"ada": 1}}, "contest council: not on a ballot of style 'all'"),
    ],
)
def test_a_vote_over_a_limit_is_refused_by_name(votes: Mapping[str, Mapping[str, int]], message: str) -> None:
    with pytest.raises(InvalidChoice) as error:
        choose(MANIFEST, "all", votes)
    assert str(error.value) == message


def test_a_style_has_only_its_contests() -> None:
    with pytest.raises(InvalidChoice, match="contest board: not on a ballot of style 'half'"):
        choose(MANIFEST, "half", VOTE)
    with pytest.raises(ValueError, match="style 'none': the manifest has 'all', 'half'"):
        choose(MANIFEST, "none", {})
    choices = choose(MANIFEST, "half", {})
    with pytest.raises(ValueError, match="not of this manifest's style"):
        style_of(make_manifest(styles=STYLES[:1], contests=CONTESTS), choices)


def test_what_is_left_out_has_no_votes() -> None:
    assert choose(MANIFEST, "all", VOTE).values() == {"mayor": (0, 1), "board": (2, 0, 1, 0)}
    assert choose(MANIFEST, "all", {}).values() == {"mayor": (0, 0), "board": (0, 0, 0, 0)}
    assert choose(MANIFEST, "all", {"board": {"": 1}}).contests[1] == Choice("board", (0, 0, 0, 1))


def test_choices_are_not_printed() -> None:
    choices = choose(MANIFEST, "all", VOTE)
    assert "bob" not in repr(choices)
    assert "2" not in repr(choices)


@pytest.mark.parametrize("values", [(0, 0, 0, 0), (2, 1, 0, 0), (0, 1, 1, 0), (0, 0, 0, 1)])
def test_values_within_all_limits(values: tuple[int, ...]) -> None:
    assert excesses(BOARD, values) == ()


@pytest.mark.parametrize(
    ("values", "items"),
    [
        ((3, 0, 0, 0), [0]),
        ((2, 1, 1, 0), [-1]),
        ((2, 2, 0, 0), [1, -1]),
        ((0, 0, 0, 2), [3, -1]),
        ((1, 0, 0, 1), [-1]),
        ((4, 0, 0, 0), [0, -1]),
    ],
)
def test_every_limit_that_is_not_kept_is_named(values: tuple[int, ...], items: list[int]) -> None:
    assert [excess.item for excess in excesses(BOARD, values)] == items


def test_the_contest_limit_is_that_of_the_limit_proof() -> None:
    """Σσ + L·blank ≤ L, over every combination of values one above the items' limits."""
    for a in range(4):
        for b in range(3):
            for blank in range(3):
                values = (a, b, 0, blank)
                total = a + b + BOARD.limit * blank
                assert (-1 in [e.item for e in excesses(BOARD, values)]) == (total > BOARD.limit), values


def test_values_are_one_per_item() -> None:
    with pytest.raises(ValueError, match="contest board: 3 values, want 4"):
        excesses(BOARD, (0, 0, 0))
