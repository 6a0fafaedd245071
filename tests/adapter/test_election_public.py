"""What a served selection takes in and answers: batches are shared by who casts, and nobody who asks waits for them."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from e2evote.adapter import Election
from e2evote.adapter.board import BoardReader
from e2evote.adapter.intake import Ticket
from e2evote.adapter.reply import Acknowledged
from e2evote.adapter.signing import signed
from e2evote.ballot.box import Box
from e2evote.ballot.box_envelope import Envelope
from e2evote.board.merkle import leaf_hash
from e2evote.board.proof import open_receipt
from e2evote.errors import MalformedInput, Refused, StorageDamaged
from e2evote.manifest.entries import Phase
from e2evote.record.leaf import decode_leaf
from e2evote.record.line_votes import MarkAt
from e2evote.record.row_proof import decode_row_proof, objection_to_row
from e2evote.record.voter_bodies import Incident, Mark, Remove
from e2evote.verify.leaves import Entry
from e2evote.verify.lookup import Lookup, look_up
from tests.adapter.rolled_stores import PAPER, RolledSelection, rolled_store
from tests.adapter.selections import PHRASE, Selection, prepared, refused
from tests.adapter.witnessed import confirmed, new, opened_now
from tests.ballot.election import signing_key


def served(selection: Selection) -> Election:
    return Election.open_store(selection.store.path, passphrase=PHRASE, allow_test_group=True)


def election_with_keys(selection: Selection) -> Election:
    return Election.open_store(
        selection.store.path,
        passphrase=PHRASE,
        administrator=signing_key("chair"),
        teller=signing_key("tess"),
        allow_test_group=True,
    )


# Many at once


def test_casts_of_many_threads_share_a_batch(tmp_path: Path) -> None:
    selection = prepared(tmp_path / "s", "open")
    ballots = [selection.ballot(f"voter {i}") for i in range(12)]
    batches = 0

    def count() -> None:
        nonlocal batches
        batches += 1

    with served(selection) as election, ThreadPoolExecutor(12) as threads:
        election.subscribe(count)
        size = election.status().size
        results = list(threads.map(election.cast, ballots))
        assert sorted(done.index for done in results) == list(range(size, size + 12))
        assert election.status().size == size + 12
    assert 0 < batches < 12
    assert selection.verify().failing == frozenset()


class Judging:
    """Stands for a box that has a hard ballot before it: it goes on when it is told to."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.began, self.may_end = threading.Event(), threading.Event()
        true = Box.consider

        def consider(box: Box, envelope: object) -> object:
            self.began.set()
            assert self.may_end.wait(60)
            return true(box, envelope)  # type: ignore[arg-type]

        monkeypatch.setattr(Box, "consider", consider)


def test_who_asks_does_not_wait_for_what_is_being_judged(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    selection = prepared(tmp_path / "s", "cast")
    (line, tracker), ballot = cast_by(selection, "vera"), selection.ballot("nina")
    judging = Judging(monkeypatch)
    with served(selection) as election:
        ticket = election.submit(ballot)
        assert judging.began.wait(60)
        assert election.status().phase is Phase.OPEN
        assert election.line(line).ballots[0].tracker == tracker
        assert election.lookup(line, tracker).status is Lookup.RECORDED
        index = election.line(line).ballots[0].index
        assert open_receipt(election.receipt(index), selection.board().log_key, None).index == index
        other = election.submit(selection.ballot("karl"))
        assert election.wait(ticket, 0.01) is None
        assert (election.result(ticket), election.is_known(ticket), election.is_known(other)) == (None, True, True)
        judging.may_end.set()
        assert election.post(ballot).entry == ballot.leaf


def cast_by(selection: Selection, name: str) -> tuple[str, str]:
    """Line and tracker of the voter's ballot."""
    line = selection.booth().line(signing_key(name).public)
    found = look_up(selection.store.record, line, "0" * 32)
    return line, found.ballots[-1].tracker


def test_whoever_waits_for_a_box_that_can_not_go_on_is_told_why(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    selection = prepared(tmp_path / "s", "open")
    ballots = [selection.ballot("vera"), selection.ballot("otto")]
    with served(selection) as election:

        def damaged(*_: object) -> object:
            raise StorageDamaged("entry 3")

        monkeypatch.setattr(type(election._service._with.storage), "pending", damaged)
        for ballot in ballots:  # the first one waits when it happens, the other comes later
            assert refused(lambda ballot=ballot: election.cast(ballot)).code == "storage-damaged"  # type: ignore[misc]


def test_a_listener_is_told_until_it_is_no_more_and_can_not_stop_the_box(tmp_path: Path) -> None:
    selection, told = prepared(tmp_path / "s", "open"), list[str]()
    with served(selection) as election:

        def failing() -> None:
            told.append("first")
            raise ValueError

        election.subscribe(failing)
        leave = election.subscribe(lambda: told.append("second"))
        election.cast(selection.ballot("vera"))
        assert set(told) == {"first", "second"}
        leave()
        leave()
        told.clear()
        election.cast(selection.ballot("otto"))
        assert set(told) == {"first"}


# Submissions


def test_a_submission_is_found_by_its_ticket_and_by_its_key(tmp_path: Path) -> None:
    selection = prepared(tmp_path / "s", "open")
    ballot = selection.ballot("vera")
    key = leaf_hash(ballot.leaf)
    with served(selection) as election:
        assert (election.result(key), election.is_known(key)) == (None, False)
        done = election.cast(ballot)
        assert election.submit(ballot) == Ticket(key, True)
        for of in (key, Ticket(key, False)):
            found = election.result(of)
            assert isinstance(found, Acknowledged)
            assert (found.index, found.receipt) == (done.index, done.receipt)
        assert election.cast(ballot).again
        both = [selection.ballot("otto"), selection.ballot("otto")]
        answers = [election.wait(ticket, 60) for ticket in [election.submit(envelope) for envelope in both]]
        (lost,) = [envelope for envelope, told in zip(both, answers, strict=True) if isinstance(told, Refused)]
        result = election.result(leaf_hash(lost.leaf))
        assert isinstance(result, Refused)
        assert result.code == "stale-prev"
        assert refused(lambda: election.cast(lost)).code == "stale-prev"


def test_a_session_is_the_same_for_ever_and_tells_nothing(tmp_path: Path) -> None:
    selection = prepared(tmp_path / "s", "open")
    with served(selection) as election:
        mine, other = election.session_for("member 17"), election.session_for("member 18")
        assert len({mine, other, election.session_for("member\u00a017")}) == 3
        assert len(bytes.fromhex(mine)) == 32
        for wrong in ("", "x" * 201):
            with pytest.raises(MalformedInput, match="voter_ref"):
                election.session_for(wrong)
    with served(selection) as election:
        assert election.session_for("member 17") == mine
    with served(prepared(tmp_path / "other", "open")) as election:
        assert election.session_for("member 17") != mine
    assert b"member 17" not in b"".join(path.read_bytes() for path in selection.store.private.iterdir())
    (selection.store.private / "sessions").write_bytes(b"short")
    with served(selection) as election, pytest.raises(MalformedInput):
        election.session_for("member 17")


# What is known


def test_the_status_through_all_phases(tmp_path: Path) -> None:
    with served(prepared(tmp_path / "setup", "setup")) as election:
        status = election.status()
        assert (status.phase, status.joint, status.h_e, status.test_group) == (Phase.SETUP, None, b"", True)
        assert (status.base_hash, election.id) == (election.setting.base_hash, election.manifest.election.id)
        assert not election.holds_keys
        assert status.frozen == ""
    with election_with_keys(prepared(tmp_path / "open", "open")) as election:
        status = election.status()
        anchors = election.record().anchors
        assert (status.h_e, status.log_key) == (anchors.extended_base_hash, anchors.log_key)
        assert status.joint is not None
        assert election.holds_keys
        assert (status.paused, status.closes) == (False, election.manifest.dates.close)
        election.pause("outage")
        assert election.status().paused
        assert refused(lambda: election.pause("weather")).code == "reason"
        election.resume("resolved")
        election.extend("2099-01-01T00:00:00Z")
        status = election.status()
        assert (status.paused, status.closes) == (False, "2099-01-01T00:00:00Z")
        election.close()
        assert election.status().phase is Phase.CLOSED


def test_what_is_not_there_yet_is_refused_by_name(tmp_path: Path) -> None:
    selection = prepared(tmp_path / "s", "cast")
    line, _ = cast_by(selection, "vera")
    with served(selection) as election:
        questions: dict[str, Callable[[], object]] = {
            "not-stated": lambda: election.row(line),
            "no-outcome": election.outcome,
            "no-report": election.report,
            "entry-unknown": lambda: election.receipt(election.status().size),
        }
        for code, question in questions.items():
            assert refused(question).code == code
        assert refused(election.reconciliation).code == "not-stated"
        assert refused(lambda: election.receipt(-1)).code == "entry-unknown"
        for act in (election.line, lambda text: election.lookup(text, "0" * 32)):
            with pytest.raises(MalformedInput):
                act("line 17")


def test_a_row_is_proven_with_the_statement_s_receipt(tmp_path: Path) -> None:
    selection = prepared(tmp_path / "s", "published")
    line, _ = cast_by(selection, "vera")
    with served(selection) as election:
        row, receipt = election.row(line)
        opened = open_receipt(receipt, selection.board().log_key, None)
        statement = decode_leaf(opened.entry, election.setting.group, election.manifest.n, first=False)
        assert objection_to_row(decode_row_proof(row.encode()), statement) == ""
        assert row.row.line == line
        assert refused(lambda: election.row("f" * 64)).code == "line-unknown"
        assert election.reconciliation().lines == 2
        assert election.outcome() == selection.administration(election.post).outcome()


def test_a_line_without_a_roll_is_whoever_has_its_key(tmp_path: Path) -> None:
    selection = prepared(tmp_path / "s", "cast")
    line, tracker = cast_by(selection, "vera")
    with served(selection) as election:
        known, new = election.line(line), election.line("a" * 64)
        assert [(listed.tracker, listed.status) for listed in known.ballots] == [(tracker, Lookup.RECORDED)]
        assert known.prev == known.ballots[0].leaf_hash
        assert (new.prev, new.ballots, new.keys, new.mark, new.weight) == (bytes(32), (), (), None, 1)
        assert new.style == ""  # this selection has two
        assert election.lookup("a" * 64, tracker).elsewhere
        assert election.lookup(line, tracker) == look_up(selection.store.record, line, tracker)


@pytest.fixture
def rolled(tmp_path: Path) -> RolledSelection:
    return rolled_store(tmp_path / "rolled", "cast", PAPER)


def test_a_line_of_a_roll(rolled: RolledSelection) -> None:
    electorate = rolled.electorate
    voted = next(name for name in electorate.names() if electorate.has_voted(name))
    with rolled.box() as box:
        marked = rolled.post(box.post, "mark", Mark("postal", "0000006"), "tess", "tom").index
    with served(rolled) as election:
        line = election.line(voted.lstrip("0"))
        assert (line.line, line.keys) == (voted, electorate.keys_of(voted))
        assert (line.style, line.weight, line.mark) == ("all", 1, None)
        assert line.prev == line.ballots[-1].leaf_hash
        assert election.line("6").mark == MarkAt(marked, "postal")
        assert refused(lambda: election.line("8")).code == "line-unknown"
        assert refused(lambda: election.line("nobody")).code == "roll-line"
        for listed in line.ballots:
            assert election.lookup(voted, listed.tracker) == look_up(rolled.store.record, voted, listed.tracker)


def test_a_line_that_was_taken_off_the_roll(tmp_path: Path) -> None:
    rolled = rolled_store(tmp_path / "rolled", "issued", PAPER)
    with rolled.box() as box:
        rolled.post(box.post, "roll.remove", Remove("0000005", "error"), "chair", "tess")
    with served(rolled) as election:
        assert election.line("4").style == "all"
        gone = election.line("5")
        assert (gone.style, gone.weight, gone.keys) == ("", 0, ())


def test_a_board_that_could_not_be_read_for_a_while_is_not_noted_twice(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    selection = prepared(tmp_path / "s", "cast")
    line, tracker = cast_by(selection, "vera")
    with served(selection) as election:
        note, noted = election._view._note, list[int]()

        def fails_once(board: BoardReader, entry: Entry) -> None:
            noted.append(entry.index)
            if entry.index == board.size - 1 and noted.count(entry.index) == 1:
                raise OSError("the disk was away")
            note(board, entry)

        monkeypatch.setattr(election._view, "_note", fails_once)
        with pytest.raises(OSError, match="away"):
            election.lookup(line, tracker)
        assert len(election.line(line).ballots) == 1
        assert noted == [*range(election._service.size), election._service.size - 1]


# Witnesses


def test_without_a_quorum_it_serves_and_says_so_until_the_witnesses_are_back(tmp_path: Path) -> None:
    """A server that starts while witnesses are down: nothing is shown that no quorum has seen, and nothing is lost."""
    selection = opened_now(confirmed(tmp_path / "s"))
    world, ballot = selection.world, selection.ballot("vera")
    world.down("north", "south")
    with Election.open_store(
        selection.store.path, passphrase=PHRASE, allow_test_group=True, witnesses=world.desk
    ) as election:
        assert election.status().phase is Phase.OPEN  # this head had its quorum before
        ticket = election.submit(ballot)
        assert election.wait(ticket, 0.5) is None
        assert "north" in election.waiting
        world.down()
        assert isinstance(election.wait(ticket, 60), Acknowledged)


def test_a_log_whose_first_head_nobody_has_cosigned_is_not_read(tmp_path: Path) -> None:
    selection = new(tmp_path / "s")
    selection.world.down("east", "north", "south")
    with Election.open_store(
        selection.store.path, passphrase=PHRASE, allow_test_group=True, witnesses=selection.world.desk
    ) as election:
        assert refused(election.status).code == "not-cosigned"
        assert refused(lambda: election.submit(selection_envelope(election))).code == "not-cosigned"
        selection.world.down()
        while election.waiting:
            election._service.bell.wait(election._service.bell.rung, 1)
        assert election.status().phase is Phase.SETUP


def selection_envelope(election: Election) -> Envelope:
    """Something that the door has to look at."""
    body = Incident("technical", bytes(32), (), 1)
    return signed(election.setting, "incident", body, (signing_key("tess"),))
