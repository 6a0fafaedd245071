"""Two tellers mark who has voted on paper, and post what is on the papers, by commands alone."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from cli.desks import Desk, failed, text_of
from cli.running import done, run
from e2evote.adapter import secretfile
from tests.adapter.rolled_stores import ONLINE_FIRST, PAPER, rolled_store

COUNTS = "contest,option,number\nmayor,#papers,2\nmayor,#spoiled,1\nmayor,ada,1\nmayor,bob,1\n"
COUNTS += "board,#papers,2\nboard,#spoiled,0\nboard,dan,2\nboard,eve,1\nboard,fay,0\nboard,#blank,1\n"
TYPED = "2\n1\n1\n1\n" + "2\n0\n2\n1\n0\n1\n"
TEST = "--allow-test-group"


def desk(path: Path, phase: str, terms: object = PAPER) -> Desk:
    (path / "keys").mkdir()
    return Desk(rolled_store(path / "box", phase, terms), path / "keys")  # type: ignore[arg-type]


@pytest.fixture
def closed(tmp_path: Path) -> Iterator[Desk]:
    """Lines 3, 4 and 7 are marked."""
    made = desk(tmp_path, "closed")
    with made.at_work():
        lines = tmp_path / "lines.txt"
        lines.write_text("3\n 0000004  # came late\n\n7\n")
        pair = *made.by("tess"), *made.beside("tom")
        told = done("channel", "mark", made.store, "postal", "--lines-file", lines, *pair, "--json").json
        assert told["lines"] == ["0000003", "0000004", "0000007"]
        yield made


def test_marks(closed: Desk) -> None:
    listed = done("channel", "marks", closed.record, TEST, "--json").json
    assert [(one["channel"], one["contests"]) for one in listed["marks"]] == [
        ("in_person", {"board": 0, "mayor": 0}),
        ("postal", {"board": 2, "mayor": 3}),
    ]
    shown = text_of("channel", "marks", closed.record, TEST)
    assert "by post: 3, 4, 7" in shown
    assert "3 lines have voted online, 1 have not voted, 0 are removed" in shown
    mark = "channel", "mark", closed.store, "in_person"
    pair = *closed.by("tess"), *closed.beside("tom")
    for line, word in (("5", ""), ("3", "channel.mark"), ("99", "channel.mark"), ("x", "roll-line")):
        ended = run(*mark, "--line", line, *pair)
        assert (ended.code == 0, f"[{word}]" in ended.err) == (not word, bool(word)), ended.err
    assert run(*mark, *pair).code == 2
    assert run(*mark, "--line", "2", *closed.by("tess")).code == 2
    assert run(*mark, "--line", "2", "--line", "02", *pair).code == 2
    failed(1, "approval-signed", *mark, "--line", "2", *closed.by("tess"), *closed.beside("tess"))
    failed(2, "wrong-key", *mark, "--line", "2", *closed.by("tess"), *closed.beside("chair"))


def test_marks_in_two_places(closed: Desk, tmp_path: Path) -> None:
    drafts = tmp_path / "tuesday"
    mark = "channel", "mark", closed.store, "in_person", "--line", "5", "--line", "2", "--drafts", drafts
    done(*mark, *closed.by("tom"))
    files = sorted(drafts.iterdir())
    assert [file.name for file in files] == ["mark-in_person-0000002.draft", "mark-in_person-0000005.draft"]
    shown = text_of("approve", *files, "--store", closed.record, TEST)
    assert "Line 2 has voted in person, on paper." in shown
    assert "of another organisation" in shown
    failed(1, "approval-signed", "approve", *files, "--store", closed.record, *closed.by("tom"))
    told = done("approve", *files, "--store", closed.store, *closed.by("tess"), "--post", "--json").json
    assert all(one["index"] > 0 for one in told["drafts"])
    assert len(done("channel", "marks", closed.record, TEST, "--json").json["marks"][0]["lines"]) == 2


def test_where_online_prevails(tmp_path: Path) -> None:
    made = desk(tmp_path, "cast", ONLINE_FIRST)
    pair = *made.by("tess"), *made.beside("tom")
    ended = failed(1, "channel.mark", "channel", "mark", made.store, "postal", "--line", "3", "--line", "1", *pair)
    assert "line 0000001 has voted online" in ended.err


def counting(closed: Desk, folder: Path, *more: object, stdin: str = "") -> Path:
    draft, phrase = folder / "postal.draft", folder / "opening.phrase"
    secretfile.create(phrase, b"a sentence of the two tellers")
    opening = "--opening-passphrase-file", phrase, "--scrypt-log2", 15
    done("channel", "count", closed.store, "postal", "--out", draft, *opening, *closed.by("tess"), *more, stdin=stdin)
    return draft


def test_counts_of_two_tellers(closed: Desk, tmp_path: Path) -> None:
    """One types them, the other has them in a file."""
    draft = counting(closed, tmp_path, stdin="5\n0\n9\nx\n9\n" + TYPED)
    assert sorted(path.name for path in tmp_path.glob("postal.draft*")) == [
        "postal.draft",
        "postal.draft.opening",
        "postal.draft.payload",
    ]
    failed(1, "approval-unseen", "approve", draft, "--store", closed.store, *closed.by("tom"))
    mine, other = tmp_path / "mine.csv", tmp_path / "other.csv"
    mine.write_text(COUNTS)
    other.write_text(COUNTS.replace("dan,2", "dan,1"))
    agree = "channel", "agree", draft, "--store", closed.store, "--opening-passphrase-file", tmp_path / "opening.phrase"
    ended = failed(1, "paper.different", *agree, "--counts", other, *closed.by("tom"), "--post")
    assert "contest board, dan" in ended.err
    failed(1, "approval-signed", *agree, "--counts", mine, *closed.by("tess"), "--post")
    shown = text_of(*agree, "--counts", mine, *closed.by("tom"), "--post")
    assert "The totals are those of your counts" in shown
    pair = *closed.by("tess"), *closed.beside("tom")
    failed(1, "board.phase", "channel", "mark", closed.store, "postal", "--line", "5", *pair)


def test_a_draft_that_is_handed_in_later(closed: Desk, tmp_path: Path) -> None:
    mine = tmp_path / "mine.csv"
    mine.write_text(COUNTS)
    draft = counting(closed, tmp_path, "--counts", mine)
    agree = (
        "channel",
        "agree",
        draft,
        "--store",
        closed.record,
        "--opening-passphrase-file",
        tmp_path / "opening.phrase",
    )
    assert done(*agree, *closed.by("tom"), "--json", stdin=TYPED).json == {"index": -1, "missing": []}
    posted = done("approve", draft, "--store", closed.store, "--post", TEST, "--json").json
    assert posted["drafts"][0]["index"] > 0


def test_counts_that_cannot_be(closed: Desk, tmp_path: Path) -> None:
    count = "channel", "count", closed.store, "postal", "--out", tmp_path / "d", *closed.by("tess"), "--counts"
    file = tmp_path / "counts.csv"
    for old, new, code, word in (
        ("dan,2", "dan,5", 2, "paper.counts"),
        ("mayor,bob,1", "mayor,bob,2", 2, "paper.counts"),
        ("mayor,#spoiled,1", "mayor,#spoiled,2", 1, "channel.count"),
        ("mayor,bob,1\n", "", 3, "malformed"),
    ):
        assert old in COUNTS
        file.write_text(COUNTS.replace(old, new))
        failed(code, word, *count, file)
    assert not list(tmp_path.glob("d*"))


def test_before_the_close(tmp_path: Path) -> None:
    made = desk(tmp_path, "cast")
    file = tmp_path / "counts.csv"
    file.write_text(COUNTS)
    count = "channel", "count", made.store, "postal", "--out", tmp_path / "d", "--counts", file, *made.by("tess")
    failed(4, "tally.not-closed", *count)
