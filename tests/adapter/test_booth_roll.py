"""A voter with a line of a roll: the device takes the keys from the board, and asks for the codes after "cast"."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from e2evote.adapter.board import BoardReader
from e2evote.adapter.booth import Booth
from e2evote.ballot.box_envelope import Envelope
from e2evote.errors import Refused
from e2evote.record.bodies import BallotBody
from e2evote.record.identifiers import shown
from e2evote.record.leaf import decode_leaf
from e2evote.record.voter_bodies import Mark
from e2evote.verify.lookup import Lookup, find, look_up
from tests.ballot.election import GROUP, VOTE
from tests.ballot.envelopes import files_of
from tests.ballot.rolled import RolledRig, Terms

PAPER = Terms(paper=("postal",))


def publish(rig: RolledRig, folder: Path) -> Path:
    """The board as it is now."""
    for name, data in files_of(rig.manifest, tuple(rig.entries)).items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)
    return folder


def board_of(rig: RolledRig, folder: Path) -> BoardReader:
    return BoardReader(publish(rig, folder), allow_test_group=True)


def refused(act: Callable[[], object]) -> Refused:
    with pytest.raises(Refused) as caught:
        act()
    return caught.value


def body_of(envelope: Envelope) -> BallotBody:
    body = decode_leaf(envelope.leaf, GROUP, 3, first=False).body
    assert isinstance(body, BallotBody)
    return body


def test_a_line_is_typed_and_its_keys_are_the_boards(tmp_path: Path) -> None:
    rig = RolledRig.at("open", PAPER)
    booth = Booth(board_of(rig, tmp_path))
    voter = booth.voter(" 3 ")
    assert (voter.line, voter.keys) == ("0000003", rig.electorate.keys_of("0000003"))
    assert booth.voter("0000003") == voter
    envelope = booth.cast(booth.seal(voter, VOTE), *rig.signers(3))
    rig.post(envelope)
    publish(rig, tmp_path)
    again = booth.cast(booth.seal(voter, VOTE), *rig.signers(3))
    assert body_of(again).prev == rig.box.ledger.previous("0000003") != bytes(32)
    rig.post(again)
    assert rig.examination().report.failing == frozenset()


def test_the_style_is_that_of_the_line(tmp_path: Path) -> None:
    rig = RolledRig.at("open")
    booth = Booth(board_of(rig, tmp_path))
    half = {"mayor": VOTE["mayor"]}
    for style in ("", "half"):
        rig.post(booth.cast(booth.seal(booth.voter("7"), half, style), *rig.signers(7)))
        publish(rig, tmp_path)
    refusal = refused(lambda: booth.seal(booth.voter("7"), VOTE, "all"))
    assert (refusal.code, "has the style half" in refusal.detail) == ("ballot.style", True)
    assert booth.prepare(booth.voter("6")).style == "half"


def test_who_is_not_on_the_roll_or_has_no_key_is_told_before_sealing(tmp_path: Path) -> None:
    rig = RolledRig.at("issued")
    rig.post(rig.remove(2))
    rig.post(rig.opening())
    rig.post(rig.revoke("reg-2", 4))
    booth = Booth(board_of(rig, tmp_path))
    for line, detail in (("8", "not on the roll"), ("2", "was removed"), ("4", "not an active key from every")):
        refusal = refused(lambda line=line: booth.voter(line))  # type: ignore[misc]
        assert (refusal.code, detail in refusal.detail) == ("ballot.line", True)
    assert refused(lambda: booth.voter("x")).code == "roll-line"
    with pytest.raises(ValueError, match="has a roll"):
        booth.owner(rig.signers(1)[0].public)


def test_keys_that_changed_since_the_ballot_was_sealed(tmp_path: Path) -> None:
    rig = RolledRig.at("open")
    booth = Booth(board_of(rig, tmp_path))
    sealed = booth.seal(booth.voter("1"), VOTE)
    rig.post(rig.reissue("reg-1", 1))
    publish(rig, tmp_path)
    refusal = refused(lambda: booth.cast(sealed, *rig.signers(1)))
    assert (refusal.code, "has other keys now" in refusal.detail) == ("ballot.line", True)
    assert not sealed.is_spent
    assert refused(lambda: booth.cast(booth.seal(booth.voter("1"), VOTE), rig.signers(1)[0])).code == "wrong-key"


def test_a_challenge_is_checked_with_the_keys_of_the_board(tmp_path: Path) -> None:
    """The device seals for another line, or for keys of its own: the voter's checker knows the line."""
    rig = RolledRig.at("open")
    booth = Booth(board_of(rig, tmp_path))
    sealed = booth.seal(booth.voter("1"), VOTE)
    envelope, opened = booth.challenge(sealed, "0" * 32)

    def checked(line: str, **change: object) -> list[str]:
        preimage = replace(opened.preimage, **change)  # type: ignore[arg-type]
        found = booth.check(sealed.shown, envelope.leaf, envelope.payload, line, preimage)
        return [failure.check for failure in found]

    keys = opened.preimage.keys
    assert checked("0000001") == []
    assert checked("0000002") == ["ballot.line", "ballot.line"]
    assert checked("0000001", keys=keys[::-1]) == ["ballot.line", "ballot.identifier"]
    assert checked("0000001", keys=keys[:1]) == ["ballot.line", "ballot.identifier"]


def test_a_board_that_breaks_a_rule_about_voters_is_refused(tmp_path: Path) -> None:
    rig = RolledRig.at("open", PAPER)
    board = board_of(rig, tmp_path)
    bad = rig.leaf("mark", Mark("postal", "0000009"))
    rig.entries.append((bad.leaf, None, None))
    publish(rig, tmp_path)
    for _ in range(2):
        refusal = refused(board.refresh)
        assert (refusal.code, "channel.mark" in refusal.detail) == ("record-fails", True)


def test_a_ballot_is_looked_up_by_the_number_of_its_line(tmp_path: Path) -> None:
    rig = RolledRig.at("open", PAPER)
    trackers = {}
    for line in (1, 2, 3):
        trackers[line] = body_of(envelope := rig.ballot(line)).tracker
        rig.post(envelope)
    rig.post(rig.annul(2))
    rig.post(rig.mark(3))
    board = board_of(rig, tmp_path)
    wanted = {1: Lookup.RECORDED, 2: Lookup.ANNULLED, 3: Lookup.SUPERSEDED}
    for line, status in wanted.items():
        noted = shown(trackers[line])
        assert look_up(tmp_path, str(line), noted).status is status
        assert find(board.voters, board.entries, board.state, f"{line:07}", noted).status is status
    assert look_up(tmp_path, "1", shown(trackers[2])).elsewhere
    assert refused(lambda: look_up(tmp_path, "none", shown(trackers[1]))).code == "roll-line"
