"""The BLT reader refuses what it cannot be sure of, with the line, and reads real elections right."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from e2evote.adapter.blt import MOST_BYTES, Blt, read_blt
from e2evote.errors import MalformedInput

GOOD = """4 2
-3
3 1 3 2 0
2 3 4 0
1 0
0
"Ann"
"Bob"
"Cas"
"Dai"
"A small ward"
"""


def changed(old: str, new: str) -> bytes:
    assert GOOD.count(old) == 1
    return GOOD.replace(old, new).encode()


@pytest.mark.parametrize(
    ("old", "new", "where", "what"),
    [
        ("4 2\n", "4\n", "line 1", "candidates and of seats"),
        ("4 2\n", "4 2 1\n", "line 1", "candidates and of seats"),
        ("4 2\n", "four 2\n", "line 1", "'four 2'"),
        ("4 2\n", "٤ 2\n", "line 1", "candidates and of seats"),
        ("4 2\n", "04 2\n", "line 1", "'04 2'"),
        ("4 2\n", "1001 2\n", "line 1", "1001 candidates"),
        ("4 2\n", "0 0\n", "line 1", "0 candidates"),
        ("4 2\n", "4 0\n", "line 1", "0 seats"),
        ("4 2\n", "4 5\n", "line 1", "5 seats for 4 candidates"),
        ("4 2\n", "\ufeff4 2\n", "line 1", "ufeff"),
        ("-3\n", "-5\n", "line 2", "candidate from 1 to 4"),
        ("-3\n", "-0\n", "line 2", "withdrew"),
        ("-3\n", "-3 2\n", "line 2", "withdrew"),
        ("-3\n", "-3 -3\n", "line 2", "withdraws twice"),
        ("-3\n", "-3\n-3\n", "line 3", "withdraws twice"),
        ("3 1 3 2 0\n", "3 1 3 2 0\n-2\n", "line 4", "number of equal ballots"),
        ("3 1 3 2 0\n", "3 1 3 2\n", "line 3", "does not end with 0"),
        ("3 1 3 2 0\n", "3\n", "line 3", "does not end with 0"),
        ("3 1 3 2 0\n", "3 1 0 2 0\n", "line 3", "candidate from 1 to 4"),
        ("3 1 3 2 0\n", "3 1 5 0\n", "line 3", "'5'"),
        ("3 1 3 2 0\n", "3 1 +2 0\n", "line 3", "'+2'"),
        ("3 1 3 2 0\n", "3 1 2.0 0\n", "line 3", "'2.0'"),
        ("3 1 3 2 0\n", "3 1 3 1 0\n", "line 3", "candidate 1 ranked twice"),
        ("3 1 3 2 0\n", "3 1=3 2 0\n", "line 3", "equal ranks"),
        ("3 1 3 2 0\n", "3 1 = 3 0\n", "line 3", "equal ranks"),
        ("3 1 3 2 0\n", "3 1 - 2 0\n", "line 3", "skipped rank"),
        ("3 1 3 2 0\n", "0 1 3 2 0\n", "line 3", "at least 1"),
        ("3 1 3 2 0\n", "0.5 1 3 2 0\n", "line 3", "'0.5'"),
        ("3 1 3 2 0\n", "(id) 1 3 2 0\n", "line 3", "'(id)'"),
        ("3 1 3 2 0\n", "9999999999999999999999 1 0\n", "line 3", "number of equal ballots"),
        ("3 1 3 2 0\n", "95 1 3 2 0\n", "line 4", "97 ballots so far, limit 96"),
        ("1 0\n0\n", "1 0\n", "line 6", "number of equal ballots"),
        ('"Bob"\n', "Bob\n", "line 8", "the name of candidate 2 in double quotes"),
        ('"Bob"\n', '"Bob\n', "line 8", "in double quotes"),
        ('"Bob"\n', '"\n', "line 8", "in double quotes"),
        ('"Bob"\n', '"Bob" "Bet"\n', "line 8", "in double quotes"),
        ('"Bob"\n', '""\n', "line 8", "empty"),
        ('"Bob"\n', '"  "\n', "line 8", "empty"),
        ('"Bob"\n', '"Bo\u202eb"\n', "line 8", "cannot be shown"),
        ('"Bob"\n', '"Bo\x00b"\n', "line 8", "cannot be shown"),
        ('"Bob"\n', "", "line 10", "ends where the title"),
        ('"A small ward"\n', "", "line 10", "ends where the title"),
        ('"A small ward"\n', '"A small ward"\n"Eve"\n', "line 12", "after the title"),
    ],
)
def test_one_change_is_refused_and_named(old: str, new: str, where: str, what: str) -> None:
    with pytest.raises(MalformedInput) as caught:
        read_blt(changed(old, new), limit=96)
    assert caught.value.where.removeprefix("after ") == where
    assert what in caught.value.detail


def test_bytes_that_are_no_text_are_refused() -> None:
    with pytest.raises(MalformedInput, match="line 8: not UTF-8"):
        read_blt(GOOD.encode().replace(b"Bob", b"B\xf3b"))


def test_a_file_too_large_is_refused_unread() -> None:
    with pytest.raises(MalformedInput, match="limit 16777216"):
        read_blt(b"\xff" * (MOST_BYTES + 1))


@pytest.mark.parametrize("end", range(len(GOOD) - 1))
def test_a_file_cut_short_is_refused(end: int) -> None:
    with pytest.raises(MalformedInput):
        read_blt(GOOD[:end].encode())


@given(st.binary(max_size=200) | st.text(alphabet='0123456789-= \n"A', max_size=200).map(str.encode))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    try:
        election = read_blt(data)
    except MalformedInput:
        return
    assert sum(election.first_preferences()) <= election.total


def test_a_good_file() -> None:
    election = read_blt(GOOD.encode(), limit=6)
    assert election == Blt(
        title="A small ward",
        seats=2,
        candidates=("Ann", "Bob", "Cas", "Dai"),
        withdrawn=(3,),
        ballots=((3, (1, 2)), (2, (4,)), (1, ())),
    )
    assert election.total == 6
    assert election.first_preferences() == (3, 0, 0, 2)


def test_line_ends_tabs_and_blank_lines_mean_nothing() -> None:
    assert read_blt(GOOD.replace("\n", " \r\n\n").replace("1 3 2 0", "1\t3  2 0").encode()) == read_blt(GOOD.encode())


def test_real_elections_have_the_published_numbers(shared_data: Path) -> None:
    expected = json.loads((shared_data / "glasgow2012" / "expected.json").read_text("utf-8"))
    assert len(expected) == 21
    for ward in expected:
        election = read_blt((shared_data / "glasgow2012" / "blt" / f"{ward['ward']}.blt").read_bytes())
        assert election.total == ward["ballots"]
        assert election.seats == ward["seats"]
        assert election.candidates == tuple(candidate["name"] for candidate in ward["candidates"])
        assert sum(election.first_preferences()) == ward["ballots"], "every valid ballot there ranks somebody"
