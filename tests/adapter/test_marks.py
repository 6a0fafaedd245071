"""Marks for who has voted on paper: what is refused before anything is posted, and what is left."""

from pathlib import Path

from e2evote.adapter.approval import check_place
from e2evote.adapter.marks import drafted, marks
from e2evote.record.body import Body
from e2evote.record.roll_row import line_of
from e2evote.record.voter_bodies import Mark, Remove
from tests.adapter.rolled_stores import ONLINE_FIRST, PAPER, RolledSelection, rolled_store
from tests.adapter.selections import prepared, refused
from tests.ballot.election import signing_key

TELLERS = (signing_key("tess"), signing_key("tom"))


def marked(selection: RolledSelection, channel: str, *numbers: int) -> None:
    with selection.box() as box:
        for draft in drafted(selection.board(), channel, [line_of(n) for n in numbers], TELLERS):
            box.post(draft.envelope())


def refusal(selection: RolledSelection, channel: str, *numbers: int) -> tuple[str, str]:
    found = refused(lambda: drafted(selection.board(), channel, [line_of(n) for n in numbers], TELLERS))
    return found.code, found.detail


def test_marks_are_counted_by_channel_and_contest(tmp_path: Path) -> None:
    """Seven lines, of which 6 and 7 have one contest; 1, 2 and 6 have voted online; the mark of 2 takes it out."""
    selection = rolled_store(tmp_path / "s", "cast", PAPER)
    marked(selection, "postal", 2, 7)
    marked(selection, "in_person", 4)
    found = marks(selection.board())
    assert found.lines == {"in_person": ("0000004",), "postal": ("0000002", "0000007")}
    assert found.by_contest == {
        ("in_person", "mayor"): 1,
        ("in_person", "board"): 1,
        ("postal", "mayor"): 2,
        ("postal", "board"): 1,
    }
    assert (found.online, found.left, found.removed) == (2, 2, 0)


def test_what_gets_no_mark(tmp_path: Path) -> None:
    selection = rolled_store(tmp_path / "s", "cast", PAPER)
    assert refusal(selection, "postal", 8) == ("channel.mark", "line 0000008 is not on the roll")
    assert refusal(selection, "by_pigeon", 3)[0] == "no-channel"
    marked(selection, "postal", 3)
    assert refusal(selection, "in_person", 4, 3) == ("channel.mark", "line 0000003 has a mark already, by entry 23")
    with selection.box() as box:  # and the box says the same to whoever does not look
        box_says = refused(lambda: selection.post(box.post, "mark", Mark("in_person", "0000003"), "tom", "tess"))
        assert box_says.code == "channel.mark"


def test_who_has_voted_online_where_online_prevails(tmp_path: Path) -> None:
    selection = rolled_store(tmp_path / "s", "cast", ONLINE_FIRST)
    assert refusal(selection, "postal", 3, 1) == ("channel.mark", "line 0000001 has voted online")
    marked(selection, "postal", 3)
    assert selection.electorate.mark_of("0000003") is not None


def test_a_removed_line_has_no_paper(tmp_path: Path) -> None:
    selection = rolled_store(tmp_path / "s", "issued", PAPER)
    with selection.box() as box:
        selection.post(box.post, "roll.remove", Remove("0000005", "left"), "chair", "tess")
        selection.administration(box.post).open()
    assert refusal(selection, "postal", 5)[0] == "channel.mark"
    assert marks(selection.board()).removed == 1


def test_a_selection_without_roll_or_paper(tmp_path: Path) -> None:
    board = prepared(tmp_path / "a", "open").board()
    assert refused(lambda: marks(board)).code == "no-roll"
    assert refusal(rolled_store(tmp_path / "b", "cast"), "postal", 3)[0] == "no-channel"


def test_marks_go_on_after_the_close(tmp_path: Path) -> None:
    """Envelopes come late; a mark then still takes the ballot out."""
    selection = rolled_store(tmp_path / "s", "closed", PAPER)
    marked(selection, "postal", 1)
    assert marks(selection.board()).online == 2


def test_no_mark_before_the_opening(tmp_path: Path) -> None:
    assert refusal(rolled_store(tmp_path / "s", "issued", PAPER), "postal", 1)[0] == "board.phase"


def test_a_draft_that_the_board_has_overtaken(tmp_path: Path) -> None:
    selection = rolled_store(tmp_path / "s", "cast", PAPER)
    waiting = selection.draft("mark", Mark("postal", "0000004"), "tess")
    check_place(selection.board(), waiting)
    marked(selection, "in_person", 4)
    assert refused(lambda: check_place(selection.board(), waiting)).code == "channel.mark"
    close = selection.draft("close", Body(), "chair", "tess")
    check_place(selection.board(), close)


def test_one_teller_is_not_two(tmp_path: Path) -> None:
    board = rolled_store(tmp_path / "s", "cast", PAPER).board()
    for keys, code in (((TELLERS[0],) * 2, "approval-signed"), ((TELLERS[0], signing_key("chair")), "wrong-key")):
        assert refused(lambda keys=keys: drafted(board, "postal", ["0000004"], keys)).code == code
