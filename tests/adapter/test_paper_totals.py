"""Two tellers and the totals of a channel: the second one signs only what it has counted too."""

from dataclasses import replace
from pathlib import Path

import pytest

from e2evote.adapter.approval import Draft, read_draft, write_draft
from e2evote.adapter.paper_totals import agree, context_of, differences, put_away, take_out, totals
from e2evote.errors import MalformedInput
from e2evote.record.leaf import PayloadName
from e2evote.record.roll_row import line_of
from e2evote.record.voter_bodies import Mark
from e2evote.secret.keyfile import NotUnlocked
from e2evote.secret.paper_opening import PaperCounts, PaperOpening
from tests.adapter.rolled_stores import PAPER, RolledSelection, rolled_store
from tests.adapter.selections import PHRASE, refused
from tests.ballot.election import signing_key

TESS, TOM = signing_key("tess"), signing_key("tom")
COUNTS = (PaperCounts("mayor", 2, 1, (1, 1)), PaperCounts("board", 2, 0, (2, 1, 0, 1)))
"""Lines 3, 4 and 7, of which 7 has no contest `board`, vote by post."""


@pytest.fixture
def selection(tmp_path: Path) -> RolledSelection:
    made = rolled_store(tmp_path / "s", "closed", PAPER)
    with made.box() as box:
        for number in (3, 4, 7):
            made.post(box.post, "mark", Mark("postal", line_of(number)), "tess", "tom")
    return made


def made_by_tess(selection: RolledSelection) -> tuple[Draft, PaperOpening]:
    return totals(selection.board(), "postal", COUNTS, TESS)


def test_from_the_papers_to_the_board(selection: RolledSelection, tmp_path: Path) -> None:
    draft, opening = made_by_tess(selection)
    write_draft(tmp_path / "postal.draft", draft)
    put_away(tmp_path / "postal.opening", opening, PHRASE)
    assert b"votes" not in (tmp_path / "postal.opening").read_bytes()
    board = selection.board()
    received = read_draft(board.setting, tmp_path / "postal.draft")
    opened = take_out(tmp_path / "postal.opening", PHRASE, board)
    assert opened == opening
    done = agree(board, received, opened, COUNTS, TOM)
    with selection.box() as box:
        box.post(done.envelope())
        again = refused(lambda: made_by_tess(selection))
        assert (again.code, "already" in again.detail) == ("board.phase", True)
        late = refused(lambda: selection.post(box.post, "mark", Mark("postal", line_of(5)), "tess", "tom"))
        assert (late.code, "already" in late.detail) == ("board.phase", True)
        selection.post(box.post, "mark", Mark("in_person", line_of(5)), "tess", "tom")


def test_papers_are_counted_after_the_close(tmp_path: Path) -> None:
    board = rolled_store(tmp_path / "s", "open", PAPER).board()
    assert refused(lambda: totals(board, "postal", COUNTS, TESS)).code == "tally.not-closed"


def test_there_are_as_many_papers_as_marks(selection: RolledSelection) -> None:
    more = (COUNTS[0], replace(COUNTS[1], spoiled=1))
    refusal = refused(lambda: totals(selection.board(), "postal", more, TESS))
    assert (refusal.code, refusal.detail) == (
        "channel.count",
        "contest board: 2 valid papers and 1 others, but 2 lines are marked",
    )
    assert refused(lambda: totals(selection.board(), "in_person", COUNTS, TESS)).code == "channel.count"
    assert refused(lambda: totals(selection.board(), "fax", COUNTS, TESS)).code == "no-channel"


def test_numbers_above_what_the_papers_give(selection: RolledSelection) -> None:
    for votes, words in (((3, 0), "3 votes for option ada, want 0 to 2"), ((2, 1), "use up 3 of 2")):
        counts = (replace(COUNTS[0], votes=votes), COUNTS[1])
        refusal = refused(lambda counts=counts: totals(selection.board(), "postal", counts, TESS))
        assert (refusal.code, words in refusal.detail) == ("paper.counts", True)


def test_a_second_teller_who_finds_other_numbers(selection: RolledSelection) -> None:
    """Named without the numbers; nothing is signed."""
    draft, opening = made_by_tess(selection)
    board = selection.board()
    for own, place in (
        ((replace(COUNTS[0], votes=(2, 0)), COUNTS[1]), "contest mayor, ada"),
        ((replace(COUNTS[0], ballots=3, spoiled=0), COUNTS[1]), "contest mayor, valid papers"),
        ((COUNTS[0], replace(COUNTS[1], votes=(2, 1, 0, 0))), "contest board, blank votes"),
    ):
        refusal = refused(lambda own=own: agree(board, draft, opening, own, TOM))
        assert refusal.code == "paper.different"
        assert place in refusal.detail
        assert not any(character.isdigit() for character in refusal.detail)
    assert differences(board.manifest, COUNTS, COUNTS) == []


def test_totals_that_are_not_those_of_the_opening(selection: RolledSelection) -> None:
    """The first teller encrypts other votes than it shows; or shows the opening of another making."""
    board = selection.board()
    honest = made_by_tess(selection)
    other = (replace(COUNTS[0], votes=(2, 0)), COUNTS[1])
    cheating, _ = totals(board, "postal", other, TESS)
    for draft, opening in ((cheating, honest[1]), (made_by_tess(selection)[0], honest[1])):
        refusal = refused(lambda draft=draft, opening=opening: agree(board, draft, opening, COUNTS, TOM))
        assert refusal.code == "paper.opening"


def test_the_opening_of_another_election_or_channel(selection: RolledSelection) -> None:
    draft, opening = made_by_tess(selection)
    board = selection.board()
    for other in (replace(opening, h_e=bytes(32)), replace(opening, channel="in_person")):
        assert refused(lambda other=other: agree(board, draft, other, COUNTS, TOM)).code == "paper.opening"


def test_who_may_agree(selection: RolledSelection) -> None:
    draft, opening = made_by_tess(selection)
    board = selection.board()
    assert refused(lambda: agree(board, draft, opening, COUNTS, TESS)).code == "approval-signed"
    assert refused(lambda: agree(board, draft, opening, COUNTS, signing_key("chair"))).code == "wrong-key"
    assert refused(lambda: totals(board, "postal", COUNTS, signing_key("sue"))).code == "wrong-key"
    mark = selection.draft("mark", Mark("postal", line_of(5)), "tess")
    with pytest.raises(MalformedInput, match="want paper"):
        agree(board, mark, opening, COUNTS, TOM)


def test_marks_that_came_meanwhile(selection: RolledSelection) -> None:
    """Another line was marked after the first teller had counted: the box would refuse the totals, and so does this."""
    draft, opening = made_by_tess(selection)
    with selection.box() as box:
        selection.post(box.post, "mark", Mark("postal", line_of(5)), "tess", "tom")
    assert refused(lambda: agree(selection.board(), draft, opening, COUNTS, TOM)).code == "channel.count"


def test_an_opening_under_another_passphrase(selection: RolledSelection, tmp_path: Path) -> None:
    path, (_, opening) = tmp_path / "opening", made_by_tess(selection)
    put_away(path, opening, PHRASE)
    assert refused(lambda: put_away(path, opening, PHRASE)).code == "secret.exists"
    other = type(PHRASE)("another one", cost=PHRASE.cost, minimum=PHRASE.minimum)
    with pytest.raises(NotUnlocked):
        take_out(path, other, selection.board())


def test_what_is_posted_is_what_the_leaf_names(selection: RolledSelection) -> None:
    draft, _ = made_by_tess(selection)
    assert draft.leaf.payload == PayloadName.of(draft.payload)
    assert context_of(selection.board(), "postal").h_e == selection.board().joint().h_e
