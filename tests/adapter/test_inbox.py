"""The inbox takes files from anybody, and an answer is believed only with a receipt."""

import os
from pathlib import Path

import pytest

from e2evote.adapter.inbox import InboxPost, arrived, collect, drop
from e2evote.adapter.patience import Patience
from e2evote.adapter.reply import Acknowledged, encode_reply, is_for, of_kind, read_reply
from e2evote.adapter.service import serving
from e2evote.ballot.box_envelope import LARGEST, Envelope
from e2evote.board.proof import open_receipt
from e2evote.errors import CheckFailed, MalformedInput, Refused
from e2evote.hashing import canonical
from tests.adapter.selections import Clock, Selection, prepared

NAME = "0123456789abcdef" * 2


@pytest.fixture
def selection(tmp_path: Path) -> Selection:
    return prepared(tmp_path / "s", "open")


def put(selection: Selection, name: str, data: bytes) -> Path:
    path = selection.store.inbox / name
    path.write_bytes(data)
    return path


def refusals(selection: Selection) -> list[Refused]:
    with selection.box() as box:
        batch = box.step()
    assert batch.admitted == 0
    return list(batch.refused)


@pytest.mark.parametrize("data", [b"", b"hello", bytes(1000), Envelope(b"{}").encode() + b"x"])
def test_what_is_no_submission_is_refused_and_taken_away(selection: Selection, data: bytes) -> None:
    path = put(selection, NAME, data)
    (refused,) = refusals(selection)
    assert refused.code == "submission-malformed"
    assert not path.exists()
    with pytest.raises(Refused) as told:
        read_reply(collect(selection.store, NAME) or b"", Envelope(b"x"), selection.board().log_key, None)
    assert told.value.code == "submission-malformed"


def test_links_devices_and_giants_are_refused_unread(selection: Selection, tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_bytes(b"do not show")
    inbox = selection.store.inbox
    (inbox / ("a" * 32)).symlink_to(secret)
    (inbox / ("b" * 32)).symlink_to(tmp_path / "nothing")
    os.mkfifo(inbox / ("c" * 32))
    with (inbox / ("d" * 32)).open("wb") as file:
        file.truncate(LARGEST + 1)
    found = refusals(selection)
    assert [refused.code for refused in found] == ["submission-malformed"] * 4
    assert all("do not show" not in refused.detail for refused in found)
    assert (os.listdir(inbox), secret.read_bytes()) == ([], b"do not show")


def test_other_files_are_left_alone(selection: Selection) -> None:
    for name in ("notes.txt", f".{NAME}.1234.new", NAME.upper(), f"{NAME}0"):
        put(selection, name, b"hello")
    assert refusals(selection) == []
    assert len(os.listdir(selection.store.inbox)) == 4


def test_the_oldest_come_first(selection: Selection) -> None:
    names = [drop(selection.store, Envelope(bytes([65 + i]))) for i in range(5)]
    for i, name in enumerate(reversed(names)):
        os.utime(selection.store.inbox / name, ns=(i, i))
    assert [name for name, _ in arrived(selection.store, 3)] == names[::-1][:3]


def test_a_batch_is_bounded_in_bytes(selection: Selection, monkeypatch: pytest.MonkeyPatch) -> None:
    for i in range(5):
        drop(selection.store, Envelope(bytes([65 + i]) * 100))
    monkeypatch.setattr("e2evote.adapter.inbox._MOST_BYTES", 300)
    assert len(list(arrived(selection.store, 10))) == 2
    monkeypatch.setattr("e2evote.adapter.inbox._MOST_BYTES", 1)
    assert len(list(arrived(selection.store, 10))) == 1


def test_many_are_handed_in_together(selection: Selection) -> None:
    """One batch for all; a refused one keeps none of the others out, and is told."""
    ballots = [selection.ballot(name) for name in ("vera", "otto", "ida")]
    with selection.box() as box, serving(box):
        post = InboxPost(selection.store, Patience(20.0, poll=0.01))
        done = post.all(ballots[:2])
        assert len({one.index for one in done}) == 2
        with pytest.raises(Refused) as refusal:
            post.all([Envelope(b"{}"), ballots[2], ballots[0]])
        assert refusal.value.code == "board.leaf"
        assert post.all([ballots[2]])[0].again
        assert post.all([]) == []


# Replies


def test_a_reply_is_believed_only_with_a_receipt_of_this_submission(selection: Selection) -> None:
    vera, otto = selection.ballot("vera"), selection.ballot("otto")
    with selection.box() as box:
        mine, other = box.post(vera), box.post(otto)
    key = selection.board().log_key
    assert read_reply(encode_reply(mine), vera, key, None) == mine
    with pytest.raises(CheckFailed, match="another entry"):
        read_reply(encode_reply(other), vera, key, None)
    with pytest.raises(MalformedInput, match="index"):
        read_reply(encode_reply(Acknowledged(mine.index + 1, mine.receipt, mine.entry)), vera, key, None)
    forged = mine.receipt.replace(f"\n{other.index}\n".encode(), f"\n{other.index + 9}\n".encode())
    cut = mine.receipt[:-30]
    for receipt in (forged, cut, other.receipt.replace(b"index 15", b"index 14")):
        if receipt != mine.receipt:
            with pytest.raises((CheckFailed, MalformedInput)):
                read_reply(encode_reply(Acknowledged(mine.index, receipt, mine.entry)), vera, key, None)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"{}",
        b"[]",
        b'{"status":"accepted"}',
        b'{"status":"maybe"}',
        b'{"code":"x","detail":"","status":"refused","v":1,"x":1}',
        b'{"again":0,"index":1,"receipt":"x","status":"accepted","v":1}',
        b'{"again":false,"index":1,"receipt":"x","status":"accepted","v":1}',
    ],
)
def test_what_is_no_reply_is_malformed(selection: Selection, data: bytes) -> None:
    with pytest.raises(MalformedInput):
        read_reply(data, Envelope(b"x"), selection.board().log_key, None)


def test_an_earlier_signature_of_the_same_ballot_is_an_answer(selection: Selection) -> None:
    """The box may have recorded the ballot under an older leaf; a leaf of another line is no answer."""
    ballot = selection.ballot("vera")
    with selection.box() as box:
        receipt = open_receipt(box.post(ballot).receipt, selection.board().log_key, None)
    value = canonical.decode(ballot.leaf, 4096)
    assert isinstance(value, dict)
    body = value["body"]
    assert isinstance(body, dict)
    for name, same in (("prev", True), ("line", False), ("tracker", False), ("id", False)):
        other = canonical.encode(value | {"body": body | {name: "00" * 32}})  # type: ignore[operator]
        assert is_for(receipt, Envelope(other)) is same
    assert not is_for(receipt, Envelope(canonical.encode({**value, "kind": "challenge"})))  # type: ignore[dict-item]
    assert not is_for(receipt, Envelope(b"{"))


def test_whoever_takes_ballots_takes_nothing_else(selection: Selection) -> None:
    ballot = selection.ballot("vera")
    assert of_kind(ballot, "ballot") is ballot
    with pytest.raises(MalformedInput, match="kind"):
        of_kind(ballot, "challenge")
    with pytest.raises(MalformedInput):
        of_kind(Envelope(b"{"), "ballot")


def test_a_forged_reply_is_not_believed(selection: Selection) -> None:
    """Whoever can write in replies/ but has not the log's key deceives nobody."""
    clock = Clock()

    def forge() -> None:
        for name in os.listdir(selection.store.inbox):
            reply = encode_reply(Acknowledged(15, b"c2sp.org/tlog-proof@v1\n", b""))
            (selection.store.replies / name).write_bytes(reply)

    clock.meanwhile.append(forge)
    with pytest.raises(MalformedInput):
        InboxPost(selection.store, clock.patience())(selection.ballot("vera"))


def test_without_patience_there_is_one_look(selection: Selection) -> None:
    with pytest.raises(Refused) as refused:
        InboxPost(selection.store, Patience())(selection.ballot("vera"))
    assert refused.value.code == "no-answer"
    assert len(os.listdir(selection.store.inbox)) == 1
