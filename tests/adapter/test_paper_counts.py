"""What tellers write down: every mistake is named with its place, and nothing that was forgotten is taken for 0."""

from pathlib import Path

import pytest

from e2evote.adapter.paper_counts import read_counts
from e2evote.errors import MalformedInput, Refused
from e2evote.secret.paper_opening import PaperCounts
from tests.secret.papers import COUNTS, MANIFEST

TOML = """
[mayor]
papers = 5
spoiled = 1
votes = { ada = 2, bob = 3 }

[board]
papers = 4
spoiled = 2
votes = { dan = 3, eve = 1, fay = 2 }
blank = 2
"""
CSV = """contest,option,number
mayor,#papers,5
mayor,#spoiled,1
mayor,ada,2
mayor,bob,3

board,#papers,4
board,#spoiled,2
board,dan,3
board,eve,1
board,fay,2
board,#blank,2
"""


def read(name: str, text: str) -> tuple[PaperCounts, ...]:
    return read_counts(Path(name), text.encode(), MANIFEST)


def test_both_forms_say_the_same() -> None:
    counts = (PaperCounts("mayor", 5, 1, (2, 3)), PaperCounts("board", 4, 2, (3, 1, 2, 2)))
    assert read("a.toml", TOML) == read("a.CSV", CSV) == counts
    assert read("a.csv", "\ufeff" + CSV.replace("\n", "\r\n")) == counts
    assert [one.contest for one in COUNTS] == ["mayor", "board"]


@pytest.mark.parametrize(
    ("old", "new", "wanted"),
    [
        ("bob = 3", "bob = -1", r"mayor\.votes\.bob: want a whole number"),
        ("bob = 3", "bob = 3.0", r"mayor\.votes\.bob: want a whole number"),
        ("bob = 3", "bob = true", r"mayor\.votes\.bob: want a whole number"),
        (", bob = 3", "", r"mayor\.votes: 'bob' is missing"),
        ("bob = 3", "bob = 3, cem = 0", "unknown name 'cem'"),
        ("spoiled = 1\n", "", r"mayor: 'spoiled' is missing"),
        ("blank = 2\n", "", r"board: 'blank' is missing"),
        ("spoiled = 1", "spoiled = 1\nblank = 0", "unknown name 'blank'"),
        ("[board]", "[bored]", "unknown name 'bored'"),
        ("[mayor]", "[mayor", "no TOML"),
    ],
)
def test_mistakes_in_toml(old: str, new: str, wanted: str) -> None:
    assert old in TOML
    with pytest.raises(MalformedInput, match=wanted) as error:
        read("tuesday.toml", TOML.replace(old, new))
    assert "tuesday.toml" in str(error.value)


@pytest.mark.parametrize(
    ("old", "new", "wanted"),
    [
        ("mayor,bob,3\n", "", "mayor: the number of 'bob' is missing"),
        ("mayor,#spoiled,1\n", "", "'#spoiled' is missing"),
        ("mayor,bob,3", "mayor,bob,3\nmayor,bob,3", r"row 6: mayor, bob: counted twice"),
        ("mayor,bob,3", "mayor,bob,three", "row 5: 'three' is no whole number"),
        ("mayor,bob,3", "mayor,bob,3,0", "row 5: 4 cells"),
        ("mayor,bob,3", "mayor,cem,3", "row 5: no option 'cem'"),
        ("mayor,bob,3", "mayor,#blank,0", "row 5: no option '#blank'"),
        ("mayor,bob,3", "major,bob,3", "row 5: no contest 'major'"),
        ("contest,option,number\n", "", "row 1: the first row"),
        ("mayor,bob,3", 'mayor,"bob,3', "no CSV"),
    ],
)
def test_mistakes_in_csv(old: str, new: str, wanted: str) -> None:
    assert old in CSV
    with pytest.raises(MalformedInput, match=wanted) as error:
        read("tuesday.csv", CSV.replace(old, new))
    assert "tuesday.csv" in str(error.value)


def test_a_contest_that_nobody_counted() -> None:
    with pytest.raises(MalformedInput, match="board: the contest is missing"):
        read("a.csv", CSV[: CSV.index("board")])
    with pytest.raises(MalformedInput, match="UTF-8"):
        read_counts(Path("a.csv"), b"\xff", MANIFEST)


def test_more_than_the_papers_allow() -> None:
    with pytest.raises(Refused, match="want 0 to 5") as refusal:
        read("a.toml", TOML.replace("bob = 3", "bob = 6"))
    assert refusal.value.code == "paper.counts"
    with pytest.raises(Refused, match="use up 6 of 5 on 5 papers"):
        read("a.csv", CSV.replace("mayor,bob,3", "mayor,bob,4"))
