"""The one process that appends: what it answers, what it refuses to go on from, and what a crash leaves."""

import os
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from e2evote.adapter import box_state, files, inbox, service
from e2evote.adapter.inbox import InboxPost, collect, drop
from e2evote.adapter.keys import new_key
from e2evote.adapter.passphrase import Passphrase
from e2evote.adapter.patience import Patience
from e2evote.adapter.reply import read_reply
from e2evote.adapter.service import Batch, open_box
from e2evote.ballot.box_envelope import Envelope
from e2evote.board.proof import open_receipt
from e2evote.errors import Refused
from e2evote.secret.keyfile import NotUnlocked
from e2evote.verify.checks import Verdict
from tests.adapter.selections import PHRASE, Clock, Selection, prepared
from tests.ballot.election import signing_key


def refused(act: Callable[[], object]) -> Refused:
    with pytest.raises(Refused) as refusal:
        act()
    return refusal.value


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
            found[name] = read_reply(data, envelope, log_key)
        except Refused as refusal:
            found[name] = refusal
    return found


# Answers


def test_what_is_acknowledged_is_in_the_published_record(tmp_path: Path) -> None:
    selection = prepared(tmp_path / "s", "open")
    ballot = selection.ballot("vera")
    with selection.box() as box:
        done = box.post(ballot)
        receipt = open_receipt(done.receipt, selection.board().log_key)
        assert (receipt.entry, receipt.index) == (ballot.leaf, done.index)
        assert receipt.checkpoint.size == selection.board().size == done.index + 1
        assert selection.verify().failing == frozenset()


def test_a_batch_from_the_inbox(tmp_path: Path) -> None:
    selection = prepared(tmp_path / "s", "open")
    ballots = [selection.ballot(name) for name in ("vera", "otto", "nina")]
    wrong = replace(ballots[0], payload=b"{}")
    sent = {drop(selection.store, envelope): envelope for envelope in (*ballots, wrong)}
    with selection.box() as box:
        size = box.size
        batch = box.step()
        second = box.step()
    assert (batch.admitted, batch.again, batch.size) == (3, 0, size + 3)
    assert second.admitted + len(second.refused) + second.again == 1  # the same line's second submission waited
    results = answers(selection, sent)
    indices = [getattr(results[name], "index", None) for name in sent]
    assert sorted(index for index in indices if index is not None)[:3] == [size, size + 1, size + 2]
    assert os.listdir(selection.store.inbox) == []
    assert selection.verify().failing == frozenset()


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
        return booth.challenge(booth.seal(key.public, {}), "7" * 32)[0]

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
        assert isinstance(refusal.__cause__, ZeroDivisionError)
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


# What it refuses to go on from


def payload_pack(selection: Selection) -> Path:
    (path,) = (selection.store.record / "payload" / "000.p").iterdir()
    return path


def test_a_record_that_fails_a_check_is_refused(tmp_path: Path) -> None:
    selection = prepared(tmp_path / "s", "cast")
    path = payload_pack(selection)
    data = bytearray(path.read_bytes())
    data[-10] ^= 1
    path.write_bytes(data)
    refusal = refused(lambda: opened(selection))
    assert refusal.code == "record-fails"
    assert "board.payload" in refusal.detail


def test_a_record_with_something_missing_is_refused(tmp_path: Path) -> None:
    selection = prepared(tmp_path / "s", "cast")
    payload_pack(selection).unlink()
    assert refused(lambda: opened(selection)).code == "record-incomplete"


def test_a_strangers_file_in_the_record_is_refused(tmp_path: Path) -> None:
    selection = prepared(tmp_path / "s", "cast")
    (selection.store.record / "notes.txt").write_bytes(b"hello")
    refusal = refused(lambda: opened(selection))
    assert (refusal.code, "record.files" in refusal.detail) == ("record-fails", True)


def swapped(selection: Selection, record: Path) -> None:
    shutil.rmtree(selection.store.record)
    shutil.copytree(record, selection.store.record)


def test_an_older_record_is_refused(tmp_path: Path) -> None:
    selection = prepared(tmp_path / "s", "cast")
    shutil.copytree(selection.store.record, tmp_path / "old")
    for name in ("nina", "karl"):
        with selection.box() as box:
            box.post(selection.ballot(name))
    swapped(selection, tmp_path / "old")
    assert refused(lambda: opened(selection)).code == "board-behind"


def test_a_record_that_somebody_else_has_continued_is_refused(tmp_path: Path) -> None:
    """A copy of the whole store went on elsewhere."""
    selection = prepared(tmp_path / "s", "cast")
    shutil.copytree(selection.store.path, tmp_path / "copy")
    other = Selection(replace(selection.store, path=tmp_path / "copy"))
    with other.box() as box:
        box.post(selection.ballot("nina"))
    swapped(selection, other.store.record)
    assert refused(lambda: opened(selection)).code == "board-ahead"


def test_a_fork_of_the_same_size_is_refused(tmp_path: Path) -> None:
    selection = prepared(tmp_path / "s", "cast")
    shutil.copytree(selection.store.path, tmp_path / "copy")
    other = Selection(replace(selection.store, path=tmp_path / "copy"))
    for each, name in ((selection, "nina"), (other, "karl")):
        with each.box() as box:
            box.post(each.ballot(name))
    swapped(selection, other.store.record)
    assert refused(lambda: opened(selection)).code == "board-forked"


def test_a_record_without_a_checkpoint_is_refused(tmp_path: Path) -> None:
    selection = prepared(tmp_path / "s", "cast")
    (selection.store.record / "checkpoint").unlink()
    assert refused(lambda: opened(selection)).code == "board-missing"


def test_another_logs_key_is_refused(tmp_path: Path) -> None:
    selection = prepared(tmp_path / "s", "cast")
    path = selection.store.private / "log.key"
    path.unlink()
    new_key(path, PHRASE)
    assert refused(lambda: opened(selection)).code == "wrong-key"


# Crashes


class Crash(BaseException):
    """The process is gone."""


def crashing(limit: int) -> Callable[..., None]:
    """A function that works `limit` times and then no more. It is called for every file that is written."""
    calls = 0

    def crash() -> None:
        nonlocal calls
        calls += 1
        if calls > limit:
            raise Crash

    return crash


def interrupted(selection: Selection, limit: int, monkeypatch: pytest.MonkeyPatch) -> bool:
    """One batch that is cut off before, or after, some write; whether it came to its end."""
    crash = crashing(limit)
    with monkeypatch.context() as patch, selection.box() as box:
        for module, name in (
            (files, "_write"),
            (box_state.secretfile, "replace"),
            (box_state.os, "pwrite"),
            (inbox, "_write_whole"),
        ):
            real = getattr(module, name)

            def cut(*arguments: object, real: Callable[..., object] = real) -> object:
                crash()
                result = real(*arguments)
                crash()
                return result

            patch.setattr(module, name, cut)
        try:
            box.step()
        except Crash:
            return False
    return True


def test_a_crash_anywhere_loses_nothing_and_repeats_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """After a crash at any write, the next box answers every submission, and the record verifies."""
    whole = prepared(tmp_path / "whole", "open")
    booth = whole.booth()
    challenge, _ = booth.challenge(booth.seal(signing_key("nina").public, {}), "1" * 32)
    envelopes = [whole.ballot("vera"), whole.ballot("otto"), challenge]
    limit, ended, ends = 0, False, set()
    while not ended:
        shutil.copytree(whole.store.path, tmp_path / str(limit))
        selection = Selection(replace(whole.store, path=tmp_path / str(limit)))
        before = selection.board().size
        sent = {drop(selection.store, envelope): envelope for envelope in envelopes}
        ended = interrupted(selection, limit, monkeypatch)
        known = [collect(selection.store, name) for name in sent]
        with selection.box() as box:
            box.step()
            assert box.size == before + len(envelopes)
            assert sum(box.box.sessions.values()) == 1
            receipts = [box.post(envelope).receipt for envelope in envelopes]
        log_key = selection.board().log_key
        for data, envelope, receipt in zip(known, envelopes, receipts, strict=True):
            if data is not None:  # it was answered before the crash, and the answer stays true
                assert read_reply(data, envelope, log_key).receipt == receipt
        assert selection.verify().failing == frozenset()
        assert selection.verify().verdict is Verdict.INCOMPLETE
        ends.add(selection.board().checkpoint)
        shutil.rmtree(tmp_path / str(limit))
        limit += 1
    assert limit > 20
    assert len(ends) == 1


def test_after_a_failed_write_nothing_more_is_signed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    selection = prepared(tmp_path / "s", "open")
    with selection.box() as box:
        with monkeypatch.context() as patch:
            patch.setattr(files, "_write", lambda *arguments: 1 // 0)
            with pytest.raises(ZeroDivisionError):
                box.post(selection.ballot("vera"))
        for _ in range(2):
            with pytest.raises(RuntimeError, match="start the box again"):
                box.post(selection.ballot("otto"))
    with selection.box() as box:
        box.post(selection.ballot("vera"))


def test_an_answer_that_was_not_fetched_is_given_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Killed between the write and the reply: the same receipt again."""
    selection = prepared(tmp_path / "s", "open")
    ballot = selection.ballot("vera")
    name = drop(selection.store, ballot)
    with monkeypatch.context() as patch, selection.box() as box:

        def gone(*arguments: object) -> None:
            raise Crash

        patch.setattr(service, "answer", gone)
        with pytest.raises(Crash):
            box.step()
    size = selection.board().size
    with selection.box() as box:
        batch = box.step()
        assert (batch.admitted, batch.again, box.size) == (0, 1, size)
        data = collect(selection.store, name)
        assert data is not None
        assert read_reply(data, ballot, selection.board().log_key).receipt == box.post(ballot).receipt


@pytest.mark.slow
def test_a_long_log_goes_on_after_a_restart(tmp_path: Path) -> None:
    """Past the first full bundle: what is forgotten in memory is read from the record."""
    selection = prepared(tmp_path / "s", "open")
    booth, key = selection.booth(), signing_key("vera")
    board, first = selection.board(), None
    with selection.box() as box:
        while box.size < 254:
            sealed = booth.seal(key.public, {"mayor": {"ada": 1}}, "half")
            done = box.post(booth.cast(sealed, key))
            first = first or done
            board.refresh()
    assert first is not None
    for _ in range(4):
        with selection.box() as box:
            box.post(booth.cast(booth.seal(key.public, {"mayor": {"ada": 1}}, "half"), key))
    with selection.box() as box:
        again = box.post(Envelope(first.entry))
        assert (again.receipt, again.again) == (first.receipt, True)
        selection.administration(box.post).close()
        selection.administration(box.post).statement()
    report = selection.verify()
    assert report.failing == frozenset()
    assert report.facts.counts["ballots"] == 258 - 14


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
