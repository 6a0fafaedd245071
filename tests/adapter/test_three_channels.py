"""A selection online and on paper, from the marks to results by channel, by the tools of everybody."""

from pathlib import Path

from cli.running import done
from e2evote.adapter.channel_results import channel_results
from e2evote.adapter.paper_totals import agree, totals
from e2evote.record.roll_row import line_of
from e2evote.record.voter_bodies import Mark
from e2evote.secret.paper_opening import PaperCounts
from tests.adapter.rolled_stores import PAPER, rolled_store
from tests.adapter.selections import refused
from tests.ballot.election import signing_key

POSTAL = (PaperCounts("mayor", 2, 1, (2, 0)), PaperCounts("board", 2, 0, (2, 1, 0, 1)))
IN_PERSON = (PaperCounts("mayor", 1, 0, (0, 1)), PaperCounts("board", 1, 0, (0, 1, 1, 0)))


def test_from_marks_to_results(tmp_path: Path) -> None:
    """Lines 1, 2, 6 vote online; 3, 4, 7 by post, and 2 in person besides, which takes its ballot out."""
    selection = rolled_store(tmp_path / "s", "closed", PAPER)
    with selection.box() as box:
        chair = selection.administration(box.post)
        for number, channel in ((3, "postal"), (4, "postal"), (7, "postal"), (2, "in_person")):
            selection.post(box.post, "mark", Mark(channel, line_of(number)), "tess", "tom")
        early = refused(chair.statement)
        assert early.code == "tally.record-incomplete", early  # without the totals of the papers
        for channel, counts in (("in_person", IN_PERSON), ("postal", POSTAL)):
            draft, opening = totals(selection.board(), channel, counts, signing_key("tom"))
            box.post(agree(selection.board(), draft, opening, counts, signing_key("tess")).envelope())
        assert refused(lambda: channel_results(selection.board())).code == "no-outcome"
        chair.statement()
        for trustee in selection.trustees(box.post)[:2]:
            trustee.accept()
            trustee.decrypt()
        chair.outcome()
    mayor, board = channel_results(selection.board())
    assert dict(mayor.ballots) == {"online": 2, "in_person": 1, "postal": 2}
    assert dict(board.ballots) == {"online": 1, "in_person": 1, "postal": 2}
    by_channel = {part.channels: dict(part.votes) for part in mayor.parts}
    assert by_channel[("postal",)] == {"ada": 2, "bob": 0}
    assert by_channel[("in_person",)] == {"ada": 0, "bob": 1}
    assert {part.channels: dict(part.votes) for part in board.parts}[("postal",)] == {
        "dan": 2,
        "eve": 1,
        "fay": 0,
        "": 1,
    }
    assert selection.verify().failing == frozenset()
    shown = done("channel", "results", selection.store.record, "--allow-test-group").out
    assert "mayor: ballots online 2, in person 1, by post 2" in shown
    assert "no evidence of fraud" in shown
    told = done("channel", "results", selection.store.record, "--allow-test-group", "--json").json
    assert told["contests"][1]["parts"][2] == {"channels": ["postal"], "votes": {"dan": 2, "eve": 1, "fay": 0, "": 1}}
