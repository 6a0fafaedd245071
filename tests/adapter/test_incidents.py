"""Incidents, pauses, and the word of those who have checked, on a board."""

from pathlib import Path

import pytest

from e2evote.adapter.approval import author_of, signed_by
from e2evote.adapter.board import BoardReader
from e2evote.adapter.checking import check_and_say
from e2evote.adapter.inbox import Post
from e2evote.adapter.incidents import KINDS, happenings, openings, pause_number, report_incident
from e2evote.adapter.reply import Acknowledged
from e2evote.ballot.box_envelope import Envelope
from e2evote.errors import MalformedInput
from e2evote.manifest.entries import Phase
from e2evote.record.voter_bodies import MOST_NAMED, Reason
from e2evote.verify.checks import Check
from e2evote.verify.walk import walk
from tests.adapter.selections import Selection, prepared, refused
from tests.ballot.election import signing_key


def turn(selection: Selection, post: Post, kind: str, reason: str) -> Acknowledged:
    board, keys = selection.board(), [signing_key("chair"), signing_key("tess")]
    setting, body = board.setting, Reason(pause_number(board.state, kind), reason)
    return post(signed_by(setting, kind, body, author_of(setting, kind, keys[0]), keys).envelope())


def test_a_selection_that_is_paused_and_resumed(tmp_path: Path) -> None:
    """No ballot and no challenge meanwhile; what was there stays; both are visible, and the record verifies."""
    selection = prepared(tmp_path / "s", "cast")
    ballot = selection.ballot("vera")
    with selection.box() as box:
        turn(selection, box.post, "pause", "outage")
        refusal = refused(lambda: box.post(ballot))
        assert refusal.code == "board.phase"
        assert "paused for now; vote again when it was resumed" in refusal.detail
        assert refused(lambda: turn(selection, box.post, "pause", "order")).code == "board.phase"
        assert selection.board().state.paused
        turn(selection, box.post, "resume", "resolved")
        assert refused(lambda: turn(selection, box.post, "resume", "order")).code == "board.phase"
        box.post(ballot)
        turn(selection, box.post, "pause", "outage")
        assert selection.board().state.paused
        turn(selection, box.post, "resume", "resolved")
    walked = walk(selection.store.record, KINDS)
    found = happenings(walked.setting, walked.entries)
    assert [(one.kind, one.word, one.author, one.number) for one in found] == [
        ("pause", "outage", "chair", 1),
        ("resume", "resolved", "chair", 1),
        ("pause", "outage", "chair", 2),
        ("resume", "resolved", "chair", 2),
    ]
    assert (walked.failing, walked.state.phase) == (frozenset(), Phase.OPEN)
    assert selection.verify().failing == frozenset()


def test_incidents_are_numbered_by_whoever_comes_first(tmp_path: Path) -> None:
    selection = prepared(tmp_path / "s", "open")
    with selection.box() as box:
        board, other = selection.board(), selection.board()
        meanwhile = iter([lambda: report_incident(other, box.post, signing_key("tess"), "outage")])

        def late(envelope: Envelope) -> Acknowledged:
            next(meanwhile, lambda: None)()
            return box.post(envelope)

        body, done = report_incident(board, late, signing_key("trustee-1"), "complaint", ("b", "a", "b"), bytes(32))
        assert (body.number, body.lines) == (2, ("a", "b"))
    walked = walk(selection.store.record, KINDS)
    first, second = happenings(walked.setting, walked.entries)
    assert (first.number, first.author, first.document, second.index) == (1, "tess", "", done.index)
    assert (second.number, second.lines, second.document) == (2, ("a", "b"), bytes(32).hex())
    assert second.organisation == "Society of trustee-1"
    assert openings(walked.setting, walked.entries) == ()


def nowhere(envelope: Envelope) -> Acknowledged:
    raise AssertionError(f"posted: {envelope}")


def test_who_reports_and_how_much(tmp_path: Path) -> None:
    board = prepared(tmp_path / "s", "open").board()
    for name in ("log", "vera"):
        act = lambda name=name: report_incident(board, nowhere, signing_key(name), "other")  # noqa: E731
        assert refused(act).code == "wrong-key"
    many = tuple(f"{i:03}" for i in range(MOST_NAMED + 1))
    assert refused(lambda: report_incident(board, nowhere, signing_key("tess"), "roll", many)).code == "incident-lines"


def test_a_record_that_was_changed_says_so(tmp_path: Path) -> None:
    selection = prepared(tmp_path / "s", "open")
    with selection.box() as box:
        report_incident(selection.board(), box.post, signing_key("tess"), "outage")
    packs = (selection.store.record / "tile" / "entries" / "000.p").iterdir()
    pack = max(packs, key=lambda path: int(path.name))
    pack.write_bytes(pack.read_bytes().replace(b'"code":"outage"', b'"code":"answer"'))
    assert Check.BOARD_SIGNATURE in walk(selection.store.record, KINDS).failing
    pack.unlink()
    with pytest.raises(MalformedInput):
        walk(selection.store.record, KINDS)


def say_so(selection: Selection, board: BoardReader, post: Post, name: str, **counts: int) -> str:
    report, body, _ = check_and_say(
        selection.store.record, board, post, signing_key(name), None, allow_test_group=True, **counts
    )
    assert report.verdict.value == body.verdict
    return body.verdict


def test_a_named_checker_signs_what_came_of_it(tmp_path: Path) -> None:
    selection = prepared(tmp_path / "s", "cast")
    with selection.box() as box:
        board = selection.board()
        assert say_so(selection, board, box.post, "tess", challenges=3, receipts=12) == "incomplete"
        for name in ("chair", "trustee-1", "vera"):
            act = lambda name=name: say_so(selection, board, nowhere, name)  # noqa: E731
            assert refused(act).code == "wrong-key"
        with pytest.raises(ValueError, match="want 0 to"):
            say_so(selection, board, nowhere, "tess", receipts=-1)
    walked = walk(selection.store.record, ("checked",))
    assert [entry.leaf.author for entry in walked.entries] == ["tess"]
    assert walked.entries[0].leaf.body.members()["challenges"] == 3


def test_before_the_opening_there_is_nothing_to_say(tmp_path: Path) -> None:
    selection = prepared(tmp_path / "s", "confirmed")
    with selection.box() as box:
        assert refused(lambda: say_so(selection, selection.board(), box.post, "tess")).code == "board.phase"


def test_a_finished_record_is_consistent(tmp_path: Path) -> None:
    """The group for tests is never accepted; and the statement may follow the outcome."""
    selection = prepared(tmp_path / "s", "published")
    with selection.box() as box:
        assert say_so(selection, selection.board(), box.post, "tess") == "consistent"
    assert selection.verify().failing == frozenset()
