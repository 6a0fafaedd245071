"""The voter's device and checker on a board, and sealed ballots between two commands."""

import os
import stat
from dataclasses import replace
from pathlib import Path

import pytest

from e2evote.adapter.anchors import anchors_of
from e2evote.adapter.booth import Booth, new_session
from e2evote.adapter.sealed_file import cast_file, cast_from, challenge_file, challenge_from, put_away, take_out
from e2evote.ballot.choices import InvalidChoice
from e2evote.ballot.voter import Voter
from e2evote.errors import CheckFailed, MalformedInput
from e2evote.secret.keyfile import NotUnlocked
from e2evote.secret.sign import SigningKey
from tests.adapter.selections import PHRASE, Crash, Selection, prepared, refused
from tests.ballot.election import VOTE, signing_key

VERA = signing_key("vera")
SESSION = "5" * 32


def vera(voter: Voter) -> tuple[SigningKey, ...]:
    return (VERA,)


@pytest.fixture
def selection(tmp_path: Path) -> Selection:
    return prepared(tmp_path / "s", "open")


def test_a_booth_is_of_the_announced_selection(selection: Selection) -> None:
    board = selection.board()
    anchors = anchors_of(board)
    assert Booth(board, anchors).anchors == anchors
    for other, check in (
        (replace(anchors, base_hash=bytes(32)), "anchor.base-hash"),
        (replace(anchors, extended_base_hash=bytes(32)), "anchor.base-hash"),
        (replace(anchors, log_key="other+00000000+AAAA"), "anchor.log-key"),
    ):
        with pytest.raises(CheckFailed) as failed:
            Booth(board, other)
        assert failed.value.check == check


def test_there_is_no_booth_before_the_opening_and_no_vote_after_the_close(tmp_path: Path) -> None:
    assert refused(lambda: prepared(tmp_path / "a", "confirmed").booth()).code == "not-open"
    closed = prepared(tmp_path / "b", "open")
    booth = closed.booth()
    sealed, ready = booth.seal(booth.owner(VERA.public), VOTE), booth.prepare(booth.owner(VERA.public))
    with closed.box() as box:
        closed.administration(box.post).close()
    for act in (
        lambda: booth.seal(booth.owner(VERA.public), VOTE),
        lambda: booth.prepare(booth.owner(VERA.public)),
        lambda: booth.seal_prepared(ready, VOTE),
        lambda: booth.cast(sealed, VERA),
        lambda: booth.challenge(sealed, SESSION),
    ):
        assert refused(act).code == "voting-closed"
    assert not sealed.is_spent
    assert not ready.is_spent


def test_a_vote_that_is_none_is_refused_by_name(selection: Selection) -> None:
    booth = selection.booth()
    with pytest.raises(InvalidChoice, match="contest mayor: no option 'zoe'"):
        booth.seal(booth.owner(VERA.public), {"mayor": {"zoe": 1}})
    with pytest.raises(InvalidChoice, match="limit 1"):
        booth.seal(booth.owner(VERA.public), {"mayor": {"ada": 1, "bob": 1}})
    with pytest.raises(ValueError, match="style"):
        booth.seal(booth.owner(VERA.public), {}, "none")


def test_a_prepared_ballot_is_cast_or_challenged_like_any_other(selection: Selection) -> None:
    booth = selection.booth()
    with selection.box() as box:
        box.post(booth.cast(booth.seal_prepared(booth.prepare(booth.owner(VERA.public)), VOTE), VERA))
        ready = booth.prepare(booth.owner(VERA.public), "half")
        with pytest.raises(InvalidChoice, match="contest board: not on a ballot of style 'half'"):
            booth.seal_prepared(ready, VOTE)
        envelope, _ = booth.challenge(booth.seal_prepared(ready, {"mayor": {"ada": 1}}), SESSION)
        box.post(envelope)
        with pytest.raises(RuntimeError, match="used up: prepare another"):
            booth.seal_prepared(ready, {})
    counts = selection.verify().facts.counts
    assert (counts["valid"], counts["challenges"]) == (1, 1)


def test_a_cast_names_the_ballot_before_it(selection: Selection) -> None:
    booth = selection.booth()
    with selection.box() as box:
        for _ in range(3):
            box.post(booth.cast(booth.seal(booth.owner(VERA.public), VOTE), VERA))
    assert selection.verify().facts.counts["valid"] == 3


def test_a_receipt_is_of_one_tracker(selection: Selection) -> None:
    booth = selection.booth()
    sealed, other = (
        booth.seal(booth.owner(VERA.public), VOTE),
        booth.seal(booth.owner(signing_key("otto").public), VOTE),
    )
    tracker = sealed.shown
    with selection.box() as box:
        done = box.post(booth.cast(sealed, VERA))
    for text in (tracker, tracker.lower().replace("-", ""), tracker.replace("0", "o").replace("1", "l")):
        assert booth.check_receipt(done.receipt, text).index == done.index
    with pytest.raises(CheckFailed, match="has the tracker"):
        booth.check_receipt(done.receipt, other.shown)
    with pytest.raises(MalformedInput):
        booth.check_receipt(done.receipt, tracker[:-1])
    with pytest.raises((CheckFailed, MalformedInput)):
        booth.check_receipt(done.receipt[:-20], tracker)
    with selection.box() as box:
        closed = selection.administration(box.post).close()
    with pytest.raises(CheckFailed, match="not a ballot"):
        booth.check_receipt(closed.receipt, tracker)


def test_a_challenge_is_checked_on_another_device(selection: Selection) -> None:
    booth = selection.booth()
    sealed = booth.seal(booth.owner(VERA.public), VOTE)
    tracker = sealed.shown
    envelope, opened = booth.challenge(sealed, SESSION)
    checker = selection.booth()
    line = checker.line(VERA.public)
    assert checker.check(tracker, envelope.leaf, envelope.payload) == ()
    assert checker.check(tracker, envelope.leaf, envelope.payload, line, opened.preimage) == ()
    other = checker.line(signing_key("otto").public)
    failures = checker.check(tracker, envelope.leaf, envelope.payload, other, opened.preimage)
    assert [failure.check for failure in failures] == ["ballot.line"]
    noted = booth.seal(booth.owner(VERA.public), VOTE).shown
    assert [f.check for f in checker.check(noted, envelope.leaf, envelope.payload)] == ["challenge.tracker"]


def test_sessions_are_not_guessed() -> None:
    assert len({new_session() for _ in range(100)}) == 100


# Split commands


def test_a_sealed_ballot_waits_in_a_private_file(selection: Selection, tmp_path: Path) -> None:
    booth, path = selection.booth(), tmp_path / "ballot"
    sealed = booth.seal(booth.owner(VERA.public), VOTE)
    tracker = sealed.shown
    put_away(path, sealed, PHRASE)
    assert sealed.is_spent
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert b"contests" not in path.read_bytes()
    assert take_out(path, PHRASE, selection.booth()).shown == tracker
    with pytest.raises(NotUnlocked):
        take_out(path, type(PHRASE)("wrong", cost=2**10, minimum=2**10), booth)
    assert refused(lambda: put_away(path, booth.seal(booth.owner(VERA.public), VOTE), PHRASE)).code == "secret.exists"


def put(selection: Selection, path: Path) -> Booth:
    booth = selection.booth()
    put_away(path, booth.seal(booth.owner(VERA.public), VOTE), PHRASE)
    return booth


def test_a_cast_deletes_the_seed_and_can_be_handed_in_again(selection: Selection, tmp_path: Path) -> None:
    path = tmp_path / "ballot"
    booth = put(selection, path)
    envelope = cast_from(path, PHRASE, booth, vera)
    assert not path.exists()
    assert cast_from(path, PHRASE, booth, vera) == envelope
    assert refused(lambda: challenge_from(path, PHRASE, booth, SESSION)).code == "already-cast"
    assert refused(lambda: put(selection, path)).code == "secret.exists"
    with selection.box() as box:
        first = box.post(envelope)
        assert box.post(cast_from(path, PHRASE, booth, vera)).receipt == first.receipt


def test_a_challenge_deletes_it_too(selection: Selection, tmp_path: Path) -> None:
    path = tmp_path / "ballot"
    booth = put(selection, path)
    tracker = take_out(path, PHRASE, booth).shown
    envelope, preimage = challenge_from(path, PHRASE, booth, SESSION)
    assert not path.exists()
    assert challenge_from(path, PHRASE, booth, SESSION) == (envelope, preimage)
    assert refused(lambda: cast_from(path, PHRASE, booth, vera)).code == "already-challenged"
    line = booth.line(VERA.public)
    assert booth.check(tracker, envelope.leaf, envelope.payload, line, preimage) == ()
    with selection.box() as box:
        box.post(envelope)
    assert selection.verify().failing == frozenset()


@pytest.mark.parametrize("first", ["cast", "challenge"])
def test_no_crash_lets_a_ballot_be_both_cast_and_opened(
    selection: Selection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, first: str
) -> None:
    """Cut off before the seed is deleted: the first choice stands."""
    path = tmp_path / "ballot"
    booth = put(selection, path)

    def crash(path: Path) -> None:
        raise Crash

    def choose(choice: str) -> object:
        if choice == "cast":
            return cast_from(path, PHRASE, booth, vera)
        return challenge_from(path, PHRASE, booth, SESSION)

    with monkeypatch.context() as patch:
        patch.setattr("e2evote.adapter.secretfile.delete", crash)
        with pytest.raises(Crash):
            choose(first)
    assert path.exists()
    second, code = ("challenge", "already-cast") if first == "cast" else ("cast", "already-challenged")
    assert refused(lambda: choose(second)).code == code
    choose(first)
    assert not path.exists()


def test_files_that_were_spoiled_are_malformed(selection: Selection, tmp_path: Path) -> None:
    path = tmp_path / "ballot"
    booth = put(selection, path)
    cast_from(path, PHRASE, booth, vera)
    os.truncate(cast_file(path), 100)
    with pytest.raises(MalformedInput, match=r"ballot\.cast"):
        cast_from(path, PHRASE, booth, vera)
    other = tmp_path / "other"
    put(selection, other)
    challenge_from(other, PHRASE, booth, SESSION)
    for size in (0, 3, 60, 400):
        os.truncate(challenge_file(other), size)
        with pytest.raises(MalformedInput):
            challenge_from(other, PHRASE, booth, SESSION)
    assert refused(lambda: cast_from(tmp_path / "none", PHRASE, booth, vera)).code == "secret.missing"
