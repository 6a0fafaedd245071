"""The one process that appends: what it answers, what it refuses to go on from, and what a crash leaves."""

import os
import shutil
import signal
import subprocess
import sys
import threading
from dataclasses import replace
from pathlib import Path

import pytest

from e2evote.adapter.inbox import InboxPost, collect, drop
from e2evote.adapter.passphrase import Passphrase
from e2evote.adapter.patience import Patience
from e2evote.adapter.reply import read_reply
from e2evote.adapter.service import Batch, open_box
from e2evote.ballot.box import Box
from e2evote.ballot.box_envelope import Envelope
from e2evote.board.proof import open_receipt
from e2evote.errors import Refused
from e2evote.secret.keyfile import NotUnlocked
from tests.adapter.selections import PHRASE, Clock, Selection, prepared, refused
from tests.ballot.election import signing_key


def opened(selection: Selection) -> None:
    with selection.box():
        pass


def answers(selection: Selection, names: dict[str, Envelope]) -> dict[str, object]:
    """The reply to each submission: an acknowledgement, or the refusal."""
    log_key = selection.board().log_key
    found: dict[str, object] = {}
    for name, envelope in names.items():
        data = collect(selection.store, name)
        assert data is not None
        try:
            found[name] = read_reply(data, envelope, log_key, None)
        except Refused as refusal:
            found[name] = refusal
    return found


# Answers


def test_what_is_acknowledged_is_in_the_published_record(tmp_path: Path) -> None:
    selection = prepared(tmp_path / "s", "open")
    ballot = selection.ballot("vera")
    with selection.box() as box:
        done = box.post(ballot)
        receipt = open_receipt(done.receipt, selection.board().log_key, None)
        assert (receipt.entry, receipt.index) == (ballot.leaf, done.index)
        assert receipt.checkpoint.size == selection.board().size == done.index + 1
        assert selection.verify().failing == frozenset()


def test_a_batch_from_the_inbox(tmp_path: Path) -> None:
    selection = prepared(tmp_path / "s", "open")
    ballots = [selection.ballot(name) for name in ("vera", "otto", "nina")]
    wrong = replace(selection.ballot("karl"), payload=b"{}")
    sent = {drop(selection.store, envelope): envelope for envelope in (*ballots, wrong)}
    with selection.box() as box:
        size = box.size
        batch = box.step()
        assert (batch.admitted, batch.again, batch.size) == (3, 0, size + 3)
        assert [refusal.code for refusal in batch.refused] == ["board.payload"]
        assert box.step() == Batch(0, 0, (), size + 3)
    *accepted, refusal = answers(selection, sent).values()
    assert {getattr(answer, "index", None) for answer in accepted} == {size, size + 1, size + 2}
    assert isinstance(refusal, Refused)
    assert os.listdir(selection.store.inbox) == []
    assert selection.verify().failing == frozenset()


def test_of_two_ballots_of_a_line_one_waits_for_the_next_batch(tmp_path: Path) -> None:
    """Both name the same ballot before them, so whichever comes second is a conflict."""
    selection = prepared(tmp_path / "s", "open")
    for _ in range(2):
        drop(selection.store, selection.ballot("vera"))
    with selection.box() as box:
        first, second = box.step(), box.step()
    assert (first.admitted, first.refused, second.admitted) == (1, (), 0)
    assert [refusal.code for refusal in second.refused] == ["stale-prev"]
    assert selection.verify().facts.counts["ballots"] == 1


def test_a_ballot_that_anybody_can_make_up_keeps_nobody_waiting(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Many for one line, with signatures that are none: the right one is of the same batch, each is judged once."""
    judged: list[bytes] = []
    true = Box.consider

    def consider(box: Box, envelope: Envelope) -> object:
        judged.append(envelope.leaf)
        return true(box, envelope)

    selection = prepared(tmp_path / "s", "open")
    ballot = selection.ballot("vera")
    last = ballot.leaf.rindex(b'"sig":"') + 7
    for number in range(20):
        forged = ballot.leaf[:last] + f"{number:08x}".encode() + ballot.leaf[last + 8 :]
        drop(selection.store, replace(ballot, leaf=forged))
    drop(selection.store, ballot)
    monkeypatch.setattr(Box, "consider", consider)
    with selection.box() as box:
        batch = box.step()
    assert (batch.admitted, len(batch.refused)) == (1, 20)
    assert {refusal.code for refusal in batch.refused} == {"board.signature"}
    assert len(judged) == len(set(judged)) == 21


def test_the_order_in_a_batch_does_not_tell_who_came_first(tmp_path: Path) -> None:
    selection = prepared(tmp_path / "s", "open")
    ballots = [selection.ballot(name) for name in ("vera", "otto", "nina", "karl")]
    logs = []
    for copy, order in (("a", ballots), ("b", ballots[::-1])):
        shutil.copytree(selection.store.path, tmp_path / copy)
        other = Selection(replace(selection.store, path=tmp_path / copy))
        for envelope in order:
            drop(other.store, envelope)
        with other.box() as box:
            box.step()
        logs.append(other.board().checkpoint)
    assert logs[0] == logs[1]


def test_a_ballot_before_the_close_in_one_batch_is_let_in(tmp_path: Path) -> None:
    selection = prepared(tmp_path / "s", "open")
    kept: list[Envelope] = []

    def keep(envelope: Envelope) -> object:
        kept.append(envelope)
        raise Refused("kept", "")

    with pytest.raises(Refused, match="kept"):
        selection.administration(keep).close()  # type: ignore[arg-type]
    drop(selection.store, kept[0])
    drop(selection.store, selection.ballot("vera"))
    with selection.box() as box:
        batch = box.step()
    assert (batch.admitted, batch.refused) == (2, ())
    assert [entry.leaf.kind for entry in selection.board().entries][-2:] == ["ballot", "close"]


def test_the_same_submission_gets_the_same_receipt_for_ever(tmp_path: Path) -> None:
    selection = prepared(tmp_path / "s", "open")
    ballot = selection.ballot("vera")
    with selection.box() as box:
        first = box.post(ballot)
        for name in ("otto", "nina"):
            box.post(selection.ballot(name))
        again = box.post(ballot)
        assert (again.index, again.receipt, again.again) == (first.index, first.receipt, True)
    with selection.box() as box:
        assert box.post(ballot).receipt == first.receipt
        assert box.size == first.index + 3


def test_a_challenge_limit_outlasts_the_box(tmp_path: Path) -> None:
    selection = prepared(tmp_path / "s", "open")
    booth, key = selection.booth(), signing_key("vera")

    def challenge() -> Envelope:
        return booth.challenge(booth.seal(booth.owner(key.public), {}), "7" * 32)[0]

    for _ in range(selection.board().manifest.box.challenges):
        with selection.box() as box:
            box.post(challenge())
    with selection.box() as box:
        assert refused(lambda: box.post(challenge())).code == "challenge-limit"
    private = b"".join(path.read_bytes() for path in selection.store.private.iterdir())
    assert b"7" * 32 not in private
    assert selection.verify().failing == frozenset()


# Running


def test_it_runs_until_it_is_told_to_stop(tmp_path: Path) -> None:
    selection, clock = prepared(tmp_path / "s", "open"), Clock()
    ballots = iter([selection.ballot("vera"), selection.ballot("otto")])
    batches: list[Batch] = []

    def another() -> None:
        envelope = next(ballots, None)
        if envelope:
            drop(selection.store, envelope)

    clock.meanwhile.append(another)
    with selection.box() as box:
        box.run(lambda: len(batches) == 2, clock.patience(), batches.append)
    assert [batch.admitted for batch in batches] == [1, 1]
    assert clock.now == 3 * selection.board().manifest.box.batch_ms / 1000


def test_participants_wait_for_their_answers(tmp_path: Path) -> None:
    selection, clock = prepared(tmp_path / "s", "open"), Clock()
    with selection.box() as box:
        clock.meanwhile.append(lambda: box.step() and None)
        post = InboxPost(selection.store, clock.patience())
        ballot = selection.ballot("vera")
        done = post(ballot)
        assert (done.entry, done.again) == (ballot.leaf, False)
        assert post(ballot).again
        assert refused(lambda: post(replace(selection.ballot("otto"), payload=b"{}"))).code == "board.payload"
    assert os.listdir(selection.store.replies) == []


def test_without_a_box_nobody_waits_for_ever(tmp_path: Path) -> None:
    selection, clock = prepared(tmp_path / "s", "open"), Clock()
    ballot = selection.ballot("vera")
    assert refused(lambda: InboxPost(selection.store, clock.patience(5))(ballot)).code == "no-answer"
    with selection.box() as box:  # and what was handed in is found later
        assert box.step().admitted == 1


def test_threads_take_turns(tmp_path: Path) -> None:
    selection = prepared(tmp_path / "s", "open")
    ballots = [selection.ballot(f"voter {i}") for i in range(8)]
    with selection.box() as box:
        size = box.size
        threads = [threading.Thread(target=box.post, args=(ballot,)) for ballot in ballots]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert box.size == size + 8
    assert selection.verify().failing == frozenset()


def test_what_can_not_be_judged_does_not_stop_the_box(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    selection = prepared(tmp_path / "s", "open")
    with selection.box() as box:
        with monkeypatch.context() as patch:
            patch.setattr(box.box, "consider", lambda envelope: 1 // 0)
            refusal = refused(lambda: box.post(selection.ballot("vera")))
        assert refusal.code == "internal"
        assert "ZeroDivisionError" in refusal.detail
        box.post(selection.ballot("vera"))


# Who may run


def test_a_second_box_is_refused(tmp_path: Path) -> None:
    selection = prepared(tmp_path / "s", "open")
    with selection.box():
        assert refused(lambda: opened(selection)).code == "secret.locked"
    opened(selection)


def test_a_second_process_is_refused_and_a_killed_one_is_not_in_the_way(tmp_path: Path) -> None:
    selection = prepared(tmp_path / "s", "open")
    program = (
        "import sys, time\n"
        "from pathlib import Path\n"
        "from e2evote.adapter.store import Store\n"
        "from tests.adapter.selections import Selection\n"
        "with Selection(Store.at(Path(sys.argv[1]))).box():\n"
        "    print('open', flush=True)\n"
        "    time.sleep(600)\n"
    )
    root = Path(__file__).resolve().parents[2]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(root / "src"), str(root)])}
    command = [sys.executable, "-c", program, str(selection.store.path)]
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "open\n"
        assert refused(lambda: opened(selection)).code == "secret.locked"
        process.send_signal(signal.SIGKILL)
        process.wait()
    opened(selection)


def test_the_wrong_passphrase_opens_nothing(tmp_path: Path) -> None:
    selection = prepared(tmp_path / "s", "setup")
    wrong = Passphrase("wrong", cost=PHRASE.cost, minimum=PHRASE.minimum)
    with pytest.raises(NotUnlocked), open_box(selection.store, wrong, allow_test_group=True):
        pass


def test_a_test_group_needs_a_flag(tmp_path: Path) -> None:
    selection = prepared(tmp_path / "s", "setup")
    with pytest.raises(Refused) as refusal, open_box(selection.store, PHRASE):
        pass
    assert "manifest.group" in refusal.value.detail


def test_patience_is_the_callers(tmp_path: Path) -> None:
    assert not Patience(0).waiting().goes_on("nothing")
    said: list[str] = []
    clock = Clock()
    waiting = Patience(2.5, 1.0, clock.time, clock.sleep, said.append).waiting()
    assert [waiting.goes_on("a"), waiting.goes_on("a"), waiting.goes_on("b"), waiting.goes_on("b")] == [
        True,
        True,
        True,
        False,
    ]
    assert (said, clock.now) == (["a", "b"], 2.5)
