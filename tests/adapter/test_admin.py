"""What the administrator posts, and when it is refused before anything is posted."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from e2evote.adapter.admin import Administration
from e2evote.adapter.anchors import anchors_of, read_anchors, write_anchors
from e2evote.adapter.reply import Acknowledged
from e2evote.adapter.service import open_box
from e2evote.adapter.trustee_tool import TrusteeTool
from e2evote.ballot.box_envelope import Envelope
from e2evote.errors import MalformedInput, Refused
from e2evote.verify import verify_record
from e2evote.verify.checks import Check, Status
from tests.adapter.selections import PHRASE, Selection, hold_ceremony, new_store, prepared, refused
from tests.ballot.election import CONTESTS, make_manifest, signing_key


def nowhere(envelope: Envelope) -> Acknowledged:
    raise AssertionError(f"posted: {envelope}")


def test_opening_gives_the_anchors(tmp_path: Path) -> None:
    selection = prepared(tmp_path / "s", "confirmed")
    with selection.box() as box:
        anchors = selection.administration(box.post).open()
        assert selection.administration(box.post).open() == anchors  # once more is the same
    path = tmp_path / "anchors.json"
    write_anchors(path, anchors)
    write_anchors(path, anchors)
    assert read_anchors(path) == anchors == anchors_of(selection.board())
    report = verify_record(selection.store.record, anchors, allow_test_group=True)
    assert [report.result(check).status for check in (Check.ANCHOR_BASE_HASH, Check.ANCHOR_LOG_KEY)] == [
        Status.PASS
    ] * 2
    other = replace(anchors, base_hash=bytes(32))
    assert refused(lambda: write_anchors(path, other)).code == "file-exists"
    assert refused(lambda: read_anchors(tmp_path / "none")).code == "file-missing"
    path.write_bytes(b"{}")
    with pytest.raises(MalformedInput, match=r"anchors\.json"):
        read_anchors(path)
    assert verify_record(selection.store.record, other, allow_test_group=True).failing == {Check.ANCHOR_BASE_HASH}


def test_opening_waits_for_all_confirmations(tmp_path: Path) -> None:
    refusal = refused(prepared(tmp_path / "s", "committed").administration(nowhere).open)
    assert refusal.code == "ceremony.waiting"
    assert "[1, 2, 3]" in refusal.detail


def test_two_sign_where_two_must(tmp_path: Path) -> None:
    board = prepared(tmp_path / "s", "open").board()
    alone = Administration(board, nowhere, signing_key("chair"))
    for act in (alone.close, lambda: alone.lot("123456")):
        assert refused(act).code == "no-key"
    for chair, teller in (("tess", "tess"), ("chair", "chair"), ("stranger", "tess"), ("chair", "trustee-1")):
        keys = signing_key(chair), signing_key(teller)
        assert refused(lambda keys=keys: Administration(board, nowhere, *keys)).code == "wrong-key"


def test_closing_once_more_is_the_same(tmp_path: Path) -> None:
    selection = prepared(tmp_path / "s", "open")
    with selection.box() as box:
        first = selection.administration(box.post).close()
        again = selection.administration(box.post).close()
        assert (again.index, again.receipt, again.again) == (first.index, first.receipt, True)
        assert refused(lambda: selection.administration(box.post).lot("123456")).code == "board.phase"


@pytest.mark.parametrize("digits", ["", "12345", "1" * 65, "12345a", "１２３４５６", "123 456"])
def test_a_lot_is_digits(tmp_path: Path, digits: str) -> None:
    assert refused(lambda: prepared(tmp_path / "s", "closed").administration(nowhere).lot(digits)).code == "lot-digits"


def test_a_selection_with_a_lot(tmp_path: Path) -> None:
    """Ada and Bob have one vote each for one seat; the digits decide, and the record says so."""
    contests = tuple(replace(contest, ties="lot") for contest in CONTESTS)
    selection = Selection(new_store(tmp_path / "s", make_manifest(contests=contests)))
    with selection.box() as box:
        hold_ceremony(selection, box.post)
        chair = selection.administration(box.post)
        chair.open()
        for name, option in (("vera", "ada"), ("otto", "bob")):
            box.post(selection.ballot(name, {"mayor": {option: 1}}, "half"))
        chair.close()
        assert refused(chair.statement).code == "board.phase"
        chair.lot("314159")
        chair.statement()
        for i in (1, 2):
            tool = selection.trustee(i, box.post)
            tool.accept()
            tool.decrypt()
        outcome = chair.outcome()
    assert len(outcome.contests[0].standing.elected) == 1
    assert outcome.contests[0].standing.tied == ()
    assert selection.verify().failing == frozenset()


def test_there_is_no_statement_before_the_close_or_of_a_bad_record(tmp_path: Path) -> None:
    assert refused(prepared(tmp_path / "a", "open").administration(nowhere).statement).code == "tally.not-closed"
    selection = prepared(tmp_path / "b", "closed")
    pack = next((selection.store.record / "payload" / "000.p").iterdir())
    data = pack.read_bytes()
    at = data.index(b'{"contests":[{"id"') + 30
    pack.write_bytes(data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :])
    refusal = refused(selection.administration(nowhere).statement)
    assert (refusal.code, "board.payload" in refusal.detail) == ("record-fails", True)


def test_an_outcome_needs_a_statement_and_shares(tmp_path: Path) -> None:
    assert refused(prepared(tmp_path / "a", "closed").administration(nowhere).outcome).code == "not-stated"
    selection = prepared(tmp_path / "b", "stated")
    with selection.box() as box:
        chair = selection.administration(box.post)
        assert refused(chair.outcome).code == "tally.too-few-shares"
        tool = selection.trustee(2, box.post)
        tool.accept()
        tool.decrypt()
        assert "want 2 trustees" in refused(chair.outcome).detail


def test_a_share_that_comes_meanwhile_is_in_the_outcome(tmp_path: Path) -> None:
    selection = prepared(tmp_path / "s", "decrypted")
    with selection.box() as box:
        late = selection.trustee(2, box.post)
        late.accept()
        acts = iter([late.decrypt])

        def post(envelope: Envelope) -> Acknowledged:
            next(acts, lambda: None)()
            return box.post(envelope)

        assert selection.administration(post).outcome().trustees == (1, 2, 3)
    assert selection.verify().failing == frozenset()


def test_a_log_that_never_stands_still_ends_the_attempt(tmp_path: Path) -> None:
    def moving(envelope: Envelope) -> Acknowledged:
        raise Refused("outcome.head", "the log grew")

    assert refused(prepared(tmp_path / "s", "decrypted").administration(moving).outcome).code == "busy"


def test_a_restart_names_a_trustee_or_nobody(tmp_path: Path) -> None:
    chair = prepared(tmp_path / "s", "committed").administration(nowhere)
    for fault in (-1, 4):
        with pytest.raises(ValueError, match="want 0 to 3"):
            chair.restart(fault)


def test_a_finished_ceremony_is_not_restarted(tmp_path: Path) -> None:
    selection = prepared(tmp_path / "s", "confirmed")
    with selection.box() as box:
        assert refused(selection.administration(box.post).restart).code == "board.phase"


def test_a_selection_that_nobody_helped_is_whole(tmp_path: Path) -> None:
    """From nothing to an outcome, with one trustee missing at the end and the box started anew for every act."""
    store = new_store(tmp_path / "s")
    selection = Selection(store)

    def in_a_box(act: Callable[..., object]) -> None:
        with open_box(store, PHRASE, allow_test_group=True) as box:
            act(box.post)

    in_a_box(lambda post: hold_ceremony(selection, post))
    in_a_box(lambda post: selection.administration(post).open())
    in_a_box(lambda post: post(selection.ballot("vera")))
    in_a_box(lambda post: post(selection.ballot("vera")))
    in_a_box(lambda post: selection.administration(post).close())
    in_a_box(lambda post: selection.administration(post).statement())
    for act in (TrusteeTool.accept, TrusteeTool.decrypt):
        for i in (3, 2):
            in_a_box(lambda post, i=i, act=act: act(selection.trustee(i, post)))
    in_a_box(lambda post: selection.administration(post).outcome())
    report = selection.verify()
    assert report.failing == frozenset()
    assert (report.facts.counts["ballots"], report.facts.counts["counted"]) == (2, 1)
