"""The box and its witnesses: nothing is acknowledged without a quorum, and the dates are theirs."""

import shutil
import time
from dataclasses import replace
from pathlib import Path

import pytest

from e2evote.adapter.files import StaticWriter
from e2evote.adapter.inbox import InboxPost, collect, drop
from e2evote.adapter.reply import Acknowledged, read_reply
from e2evote.adapter.service import Batch
from e2evote.adapter.storage.sqlite import SqliteStorage
from e2evote.ballot.box_envelope import Envelope
from e2evote.board.checkpoint import decode_text
from e2evote.board.note import decode_note
from e2evote.board.proof import open_receipt
from e2evote.errors import Refused, StorageFull
from e2evote.verify.checks import Check
from e2evote.verify.report import Status
from tests.adapter.selections import Crash, refused
from tests.adapter.witnessed import CLOSES, OPENS, Witnessed, confirmed, opened_now, own_copy
from tests.ballot.election import signing_key

DAY = 86_400


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Witnessed:
    return confirmed(tmp_path_factory.mktemp("witnessed") / "s")


@pytest.fixture
def selection(template: Witnessed, tmp_path: Path) -> Witnessed:
    """Confirmed, in a folder and with witnesses of its own."""
    return own_copy(template, tmp_path / "s")


@pytest.fixture
def opened(selection: Witnessed) -> Witnessed:
    return opened_now(selection)


def refuse(refusal: Refused) -> None:
    raise refusal


def size_of(path: Path) -> int:
    return decode_text(decode_note(path.read_bytes()).text).size


def test_a_whole_selection_with_one_of_three_witnesses_down(selection: Witnessed) -> None:
    world = selection.world
    world.down("south")
    with selection.box() as box:
        chair = selection.administration(box.post)
        chair.open()
        done = box.post(selection.ballot("vera"))
        policy = selection.board().manifest.policy
        receipt = open_receipt(done.receipt, selection.board().log_key, policy)
        assert [one.name for one in receipt.cosigned] == ["east", "north"]
        world.now = int(CLOSES.timestamp())
        chair.close()
        chair.statement()
        for index in (1, 3):
            trustee = selection.trustee(index, box.post)
            trustee.accept()
            trustee.decrypt()
        chair.outcome()
    report = selection.verify()
    assert report.failing == frozenset()
    assert report.result(Check.BOARD_DATES).status is Status.PASS
    assert report.result(Check.BOARD_WITNESSES).status is Status.PASS
    entries = selection.board().entries
    for kind in ("open", "close"):
        index = next(entry.index for entry in entries if entry.leaf.kind == kind)
        assert size_of(selection.store.record / "dates" / kind) == index + 1


def test_nothing_is_acknowledged_without_a_quorum(opened: Witnessed) -> None:
    """It is stored, and the voter is told that it is not cast yet; the receipt comes when the witnesses are back."""
    world, ballot, other = opened.world, opened.ballot("vera"), opened.ballot("otto")
    with opened.box() as box:
        size = box.size
        world.down("east", "south")
        refusal = refused(lambda: box.post(ballot))
        assert refusal.code == "stored"
        assert "east: no answer" in refusal.detail
        assert "not yet a receipt" in refusal.detail
        assert refused(lambda: box.post(other)).code == "stored"
        assert box.size == size + 1  # the second was not even sequenced
        assert refused(opened.board).code == "not-cosigned"
        world.down()
        first = box.post(ballot)
        assert first.again
        assert box.post(other).index == size + 1
    with opened.box() as box:
        again = box.post(ballot)
        assert (again.receipt, again.again) == (first.receipt, True)
    assert opened.verify().failing == frozenset()


def test_the_inbox_tells_what_is_waited_for(opened: Witnessed) -> None:
    world, ballot, other = opened.world, opened.ballot("vera"), opened.ballot("otto")
    policy, key = opened.board().manifest.policy, opened.board().log_key
    name = drop(opened.store, ballot)
    with opened.box() as box:
        world.down("north", "south")
        assert (box.step().admitted, box.waiting.count("no answer")) == (1, 2)
        told = collect(opened.store, name)
        assert told is not None
        with pytest.raises(Refused) as refusal:
            read_reply(told, ballot, key, policy)
        assert refusal.value.code == "stored"
        assert (opened.store.inbox / name).exists()
        post = InboxPost(opened.store, opened.clock.patience(3))
        opened.clock.meanwhile.append(lambda: box.step() and None)
        assert refused(lambda: post(other)).code == "stored"
        world.down()
        assert box.step() == Batch(1, 0, (), box.size)  # the ballot that waited in the storage
        answer = collect(opened.store, name)
        assert answer is not None
        assert read_reply(answer, ballot, key, policy).entry == ballot.leaf
        assert not (opened.store.inbox / name).exists()


def test_a_box_that_starts_without_a_quorum_takes_in_and_waits(opened: Witnessed) -> None:
    world, ballot = opened.world, opened.ballot("vera")
    with opened.box() as box:
        size = box.size
    world.down("east", "north", "south")
    with opened.box() as box:
        assert refused(lambda: box.post(ballot)).code == "stored"
        assert box.size == size
    with opened.box() as box:
        world.down("east")
        assert box.step().admitted == 1
        assert box.post(ballot).index == size


def test_a_tail_that_was_not_signed_is_taken_up_when_the_witnesses_are_back(
    opened: Witnessed, monkeypatch: pytest.MonkeyPatch
) -> None:
    ballot = opened.ballot("vera")

    def gone(*arguments: object) -> None:
        raise Crash

    with monkeypatch.context() as patch, opened.box() as box:
        size = box.size
        patch.setattr(SqliteStorage, "swap_head", gone)
        with pytest.raises(Crash):
            box.post(ballot)
    opened.world.down("east", "north", "south")
    with opened.box() as box:
        assert (box.size, box.box.size) == (size, size)
        opened.world.down()
        assert box.post(ballot).index == size
        assert box.post(opened.ballot("otto")).index == size + 1
    assert opened.verify().failing == frozenset()


def test_a_selection_is_not_opened_without_the_quorum(selection: Witnessed) -> None:
    with selection.box() as box:
        size = box.size
        selection.world.down("east", "north")
        refusal = refused(lambda: selection.administration(box.post).open())
        assert refusal.code == "no-quorum"
        assert "east: no answer; north: no answer" in refusal.detail
        assert box.size == size
        selection.world.down("east")
        selection.administration(box.post).open()
        assert box.size == size + 1


@pytest.mark.parametrize("late", [-301, 301])
def test_a_selection_is_opened_only_at_its_date(selection: Witnessed, late: int) -> None:
    """By the witnesses' clocks; the box has none."""
    with selection.box() as box:
        selection.world.now = int(OPENS.timestamp()) + late
        refusal = refused(lambda: selection.administration(box.post).open())
        assert refusal.code == "board.dates"
        assert f"east {late:+d} s" in refusal.detail
        selection.world.now = int(OPENS.timestamp()) + late // 301 * 300
        selection.administration(box.post).open()
    assert selection.verify().result(Check.BOARD_DATES).failures == ()


def test_a_selection_is_not_closed_early_and_may_be_closed_late(opened: Witnessed) -> None:
    world = opened.world
    with opened.box() as box:
        chair = opened.administration(box.post)
        world.now = int(CLOSES.timestamp()) - 301
        assert refused(chair.close).code == "board.dates"
        world.now = int(CLOSES.timestamp()) + 301
        chair.close()
    assert opened.verify().failing == {Check.BOARD_DATES}
    with opened.box() as box:  # stopping would mend nothing
        assert box.size == opened.board().size


def test_a_batch_that_was_judged_and_lost_is_judged_anew(opened: Witnessed, monkeypatch: pytest.MonkeyPatch) -> None:
    """There is no room for the checkpoint that a close asks for first; the box starts anew from what is stored."""
    world, booth, key = opened.world, opened.booth(), signing_key("nina")

    def challenge() -> Envelope:
        return booth.challenge(booth.seal(booth.owner(key.public), {}), "7" * 32)[0]

    kept: list[Envelope] = []

    def keep(envelope: Envelope) -> Acknowledged:
        kept.append(envelope)
        raise Refused("kept", "")

    assert refused(lambda: opened.administration(keep).close()).code == "kept"
    with opened.box() as box:
        for _ in range(opened.board().manifest.box.challenges):
            box.post(challenge())
        drop(opened.store, opened.ballot("vera"))
        world.now = int(CLOSES.timestamp())
        drop(opened.store, kept[0])
        size, real = box.size, StaticWriter.publish
        with monkeypatch.context() as patch:
            patch.setattr(StaticWriter, "publish", lambda *arguments: refuse(StorageFull("full")))
            assert "full" in box.step().waiting
            assert box.size == size
        assert StaticWriter.publish is real
        late = challenge()
        assert refused(lambda: box.post(late)).code == "challenge-limit"
        assert box.size == size + 2
    assert opened.verify().failing == frozenset()


def test_the_note_of_a_date_is_made_good_after_a_crash(opened: Witnessed) -> None:
    note = opened.store.record / "dates" / "open"
    data = note.read_bytes()
    note.unlink()
    with opened.box():
        assert note.read_bytes() == data


def test_an_old_copy_of_everything_on_this_machine_is_refused(opened: Witnessed, tmp_path: Path) -> None:
    shutil.copytree(opened.store.path, tmp_path / "old")
    with opened.box() as box:
        box.post(opened.ballot("vera"))
    shutil.rmtree(opened.store.path)
    shutil.copytree(tmp_path / "old", opened.store.path)
    for down in (("east",), ("south",)):
        opened.world.down(*down)
        refusal = refused(lambda: opened.box().__enter__())
        assert refusal.code == "board-behind"
        assert "has cosigned size" in refusal.detail


@pytest.mark.parametrize("step", [-DAY, DAY])
def test_clocks_that_step_a_day_change_nothing_but_the_times_of_cosignatures(
    opened: Witnessed, step: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A110: the wall clock of this machine, its own intervals, and the clock of a witness."""
    clock = opened.clock
    batches: list[Batch] = []
    real = time.time

    def stepped() -> None:
        clock.now += step  # even a clock that should only go forward
        opened.world.now += step

    with opened.box() as box:
        monkeypatch.setattr(time, "time", lambda: real() + step)
        drop(opened.store, opened.ballot("vera"))
        slept: list[float] = []

        def sleep(seconds: float) -> None:
            slept.append(seconds)
            if len(slept) == 1:
                stepped()
                drop(opened.store, opened.ballot("otto"))

        box.run(lambda: len(batches) == 2, replace(clock.patience(), sleep=sleep), batches.append)
    assert [batch.admitted for batch in batches] == [1, 1]
    assert all(0 <= seconds <= 1 for seconds in slept)
    assert opened.verify().failing == frozenset()


def test_a_box_without_visitors_shows_that_its_head_is_not_old(opened: Witnessed) -> None:
    """Whoever watches for stale views sees a new cosignature every ten minutes."""
    clock, seen = opened.clock, []

    def look() -> None:
        opened.world.now = int(OPENS.timestamp()) + int(clock.now)
        seen.append((opened.store.record / "checkpoint").read_bytes())

    clock.meanwhile.append(look)
    with opened.box() as box:
        box.run(lambda: clock.now > 1300, clock.patience())
    assert len(dict.fromkeys(seen)) == 3
    assert opened.verify().failing == frozenset()
