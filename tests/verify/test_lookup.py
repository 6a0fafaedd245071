"""A tracker is looked up on its line: counted, recorded, superseded, challenged, invalid or absent."""

import shutil
from pathlib import Path

import pytest

from e2evote.errors import MalformedInput
from e2evote.manifest.entries import Phase
from e2evote.record.bodies import BallotBody
from e2evote.record.identifiers import shown
from e2evote.record.leaf import Leaf
from e2evote.record.voter_bodies import Mark
from e2evote.verify.checks import Check
from e2evote.verify.findings import Findings
from e2evote.verify.leaves import Entry
from e2evote.verify.lookup import Found, Lookup, find, look_up
from tests.adapter.rolled_stores import PAPER, rolled_store
from tests.adapter.selections import Selection, prepared
from tests.ballot.election import VOTE, signing_key

NOBODY = "0" * 64


@pytest.fixture(scope="module")
def selection(tmp_path_factory: pytest.TempPathFactory) -> Selection:
    """Vera votes twice, otto once, nina challenges."""
    selection = prepared(tmp_path_factory.mktemp("lookup") / "s", "open")
    with selection.box() as box:
        for name in ("vera", "vera", "otto"):
            box.post(selection.ballot(name))
        booth = selection.booth()
        box.post(booth.challenge(booth.seal(booth.owner(signing_key("nina").public), VOTE), "0" * 32)[0])
    return selection


def trackers(selection: Selection) -> list[str]:
    return [shown(e.leaf.body.tracker) for e in selection.board().entries if hasattr(e.leaf.body, "tracker")]


def line(selection: Selection, name: str) -> str:
    return selection.booth().line(signing_key(name).public)


def asked(selection: Selection, name: str, tracker: str) -> Found:
    return look_up(selection.store.record, line(selection, name), tracker)


def test_each_ballot_is_found_on_its_line_alone(selection: Selection) -> None:
    first, second, others, opened = trackers(selection)
    rows = [
        ("vera", first, Lookup.SUPERSEDED, False),
        ("vera", second, Lookup.RECORDED, False),
        ("otto", others, Lookup.RECORDED, False),
        ("otto", first, Lookup.ABSENT, True),
        ("vera", others, Lookup.ABSENT, True),
        ("nina", opened, Lookup.CHALLENGED, False),
        ("karl", second, Lookup.ABSENT, True),
    ]
    for name, tracker, status, elsewhere in rows:
        found = asked(selection, name, tracker)
        assert (found.status, found.elsewhere, found.phase) == (status, elsewhere, Phase.OPEN), (name, tracker)
        assert found.failing == frozenset()
        assert (found.line, found.tracker) == (line(selection, name), tracker)
    absent = asked(selection, "vera", shown(bytes(32)))
    assert (absent.status, absent.elsewhere) == (Lookup.ABSENT, False)


def test_every_ballot_of_the_line_is_listed(selection: Selection) -> None:
    first, second, *_ = trackers(selection)
    for tracker in (first, shown(bytes(32))):
        ballots = asked(selection, "vera", tracker).ballots
        assert [(ballot.tracker, ballot.status) for ballot in ballots] == [
            (first, Lookup.SUPERSEDED),
            (second, Lookup.RECORDED),
        ]
        assert [ballot.index for ballot in ballots] == sorted(ballot.index for ballot in ballots)
    assert asked(selection, "karl", first).ballots == ()


def test_what_hands_and_eyes_do_to_a_tracker_is_forgiven(selection: Selection) -> None:
    tracker = trackers(selection)[1]
    for text in (
        tracker.lower(),
        tracker.replace("-", ""),
        tracker.replace("-", " "),
        tracker.replace("0", "O").replace("1", "I"),
        tracker.replace("0", "o").replace("1", "l"),
    ):
        assert asked(selection, "vera", text).status is Lookup.RECORDED


@pytest.mark.parametrize("tracker", ["", "hello", "0" * 31, "0" * 33, "U" * 32, "0" * 10_000])
def test_what_is_no_tracker_is_malformed(selection: Selection, tracker: str) -> None:
    with pytest.raises(MalformedInput):
        asked(selection, "vera", tracker)


@pytest.mark.parametrize("wrong", ["", "ABC", "0" * 65, "a b", "é"])
def test_what_is_no_line_is_malformed(selection: Selection, wrong: str) -> None:
    with pytest.raises(MalformedInput, match="line"):
        look_up(selection.store.record, wrong, trackers(selection)[0])


def test_after_the_close_it_is_counted(tmp_path: Path) -> None:
    selection = prepared(tmp_path / "s", "closed")
    for name, tracker in zip(("vera", "otto"), trackers(selection), strict=False):
        found = asked(selection, name, tracker)
        assert (found.status, found.phase) == (Lookup.COUNTED, Phase.CLOSED)


def test_an_invalid_ballot_is_called_invalid(selection: Selection) -> None:
    """No box lets it in; a record may hold it, and it does not count."""
    board = selection.board()
    last = board.entries[-1]
    template = next(entry.leaf for entry in board.entries if isinstance(entry.leaf.body, BallotBody))
    body = BallotBody(b"\x01" * 32, line(selection, "vera"), bytes(32), bytes(32), b"\x02" * 32)
    leaf = Leaf("ballot", "voter", template.election, body, template.payload)
    stale = Entry(last.index + 1, leaf, b"\x03" * 32, 0)
    board.voters.take(stale, None, Findings())
    found = find(board.voters, (*board.entries, stale), board.state, body.line, shown(body.tracker))
    assert [ballot.status for ballot in found.ballots] == [Lookup.SUPERSEDED, Lookup.RECORDED, Lookup.INVALID]
    assert found.status is Lookup.INVALID


def test_a_log_that_fails_is_shown_to_fail(selection: Selection, tmp_path: Path) -> None:
    record = tmp_path / "record"
    shutil.copytree(selection.store.record, record)
    size, tracker = selection.board().size, trackers(selection)[1]
    bundle = record / "tile" / "entries" / "000.p" / str(size)
    data = bytearray(bundle.read_bytes())
    data[-3] ^= 1
    bundle.write_bytes(data)
    found = look_up(record, line(selection, "vera"), tracker)
    assert found.failing >= {Check.BOARD_ROOT, Check.BOARD_LEAF}
    bundle.unlink()
    with pytest.raises(MalformedInput, match="entries are missing"):
        look_up(record, line(selection, "vera"), tracker)
    with pytest.raises(MalformedInput):
        look_up(tmp_path / "nothing", NOBODY, tracker)
    shutil.rmtree(record / "payload")
    with pytest.raises(MalformedInput):
        look_up(record, NOBODY, tracker)


def test_what_was_changed_about_a_line_of_the_roll(tmp_path: Path) -> None:
    """Each re-issue with who made it and who approved it; of other lines nothing."""
    selection = rolled_store(tmp_path / "s", "cast", PAPER)
    with selection.box() as box:
        selection.with_codes(box.post, 1)
        selection.post(box.post, "mark", Mark("postal", "0000001"), "tess", "tom")
    anything = "0" * 32
    found = look_up(selection.store.record, " 1", anything)
    assert [(event.author, event.approver, event.voted) for event in found.events] == [
        ("reg-1", "tess", True),
        ("reg-2", "tess", True),
    ]
    assert found.mark is not None
    assert {ballot.status for ballot in found.ballots} == {Lookup.SUPERSEDED}
    other, unknown = (look_up(selection.store.record, line, anything) for line in ("2", "8"))
    assert (other.events, other.mark, other.on_roll, unknown.on_roll) == ((), None, True, False)
    board = selection.board()
    assert find(board.voters, board.entries, board.state, "1", anything) == found
