"""Submissions are durable first: several doors, one writer, no room, lost replies."""

import errno
import shutil
import threading
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from e2evote.adapter import files, inbox
from e2evote.adapter.board_check import setting_of
from e2evote.adapter.inbox import collect, drop
from e2evote.adapter.intake import Intake
from e2evote.adapter.patience import Patience
from e2evote.adapter.reply import Acknowledged, read_reply
from e2evote.adapter.service import serving
from e2evote.adapter.storage.sqlite import SqliteStorage
from e2evote.adapter.store import Store
from e2evote.board.merkle import leaf_hash
from e2evote.board.proof import open_receipt
from e2evote.errors import Refused, StorageFailed, StorageFull
from e2evote.record.bodies import BallotBody
from e2evote.record.leaf import Signature, decode_leaf
from tests.adapter.selections import Selection, prepared, refused
from tests.ballot.election import signing_key


@pytest.fixture
def selection(tmp_path: Path) -> Selection:
    return prepared(tmp_path / "s", "open")


def intake_of(selection: Selection, storage: object) -> Intake:
    return Intake(storage, setting_of(storage))  # type: ignore[arg-type]


# Several doors


def test_what_another_door_took_in_is_found_by_the_box(selection: Selection) -> None:
    ballot = selection.ballot("vera")
    with closing(selection.store.open_storage()) as storage:
        intake = intake_of(selection, storage)
        ticket = intake.submit(ballot)
        assert (intake.result(ticket), intake.is_known(ticket), ticket.again) == (None, True, False)
        with selection.box() as box:
            assert intake.result(ticket) is None
            assert box.step().admitted == 1
            done = intake.result(ticket)
            assert isinstance(done, Acknowledged)
            assert (done.entry, done.again) == (ballot.leaf, False)
            assert box.post(ballot).receipt == done.receipt
        again = intake.result(intake.submit(ballot))
        assert isinstance(again, Acknowledged)
        assert (again.receipt, again.again) == (done.receipt, True)


def test_it_waits_while_another_process_works(selection: Selection) -> None:
    ballots = [selection.ballot(name) for name in ("vera", "otto", "nina", "karl")]
    results: list[Acknowledged | Refused] = []
    patience = Patience(seconds=60, poll=0.02)

    def client(number: int) -> None:
        """Every ballot, each client beginning with another one."""
        with closing(selection.store.open_storage()) as storage:
            intake = intake_of(selection, storage)
            for envelope in ballots[number:] + ballots[:number]:
                results.append(intake.wait(envelope, patience))

    with selection.box() as box, serving(box):
        size = box.size
        threads = [threading.Thread(target=client, args=(number,)) for number in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert box.size == size + 4
    assert len(results) == 16
    receipts = {(done.entry, done.index, done.receipt) for done in results if isinstance(done, Acknowledged)}
    assert sorted(index for _, index, _ in receipts) == list(range(size, size + 4))
    assert selection.verify().failing == frozenset()


def test_without_a_box_it_is_stored_and_no_more(selection: Selection) -> None:
    ballot = selection.ballot("vera")
    with closing(selection.store.open_storage()) as storage:
        intake = intake_of(selection, storage)
        refusal = refused(lambda: intake.wait(ballot, Patience()))
        assert (refusal.code, "not yet a receipt" in refusal.detail) == ("stored", True)
    with selection.box() as box:
        assert box.step().admitted == 1


def test_a_refusal_is_told_at_every_door_and_may_be_tried_again(selection: Selection) -> None:
    first, second = selection.ballot("vera"), selection.ballot("vera")
    with closing(selection.store.open_storage()) as storage, selection.box() as box:
        intake = intake_of(selection, storage)
        ticket = intake.submit(first)
        other = intake.submit(second)
        box.step()
        box.step()
        results = [intake.result(each) for each in (ticket, other)]
        (lost,) = [result for result in results if isinstance(result, Refused)]
        assert lost.code == "stale-prev"
        envelope = first if isinstance(results[0], Refused) else second
        assert refused(lambda: box.post(envelope)).code == "stale-prev"  # it is judged anew


def test_a_wrong_payload_does_not_keep_out_the_right_one(selection: Selection) -> None:
    ballot = selection.ballot("vera")
    with closing(selection.store.open_storage()) as storage:
        intake = intake_of(selection, storage)
        for payload, code in ((b"{}", "board.payload"), (b"", "record.payloads")):
            refusal = refused(lambda payload=payload: intake.submit(replace(ballot, payload=payload)))  # type: ignore[misc]
            assert refusal.code == code
        assert storage.pending(9, 2**20) == ()
        intake.submit(ballot)
    with selection.box() as box:
        assert box.step().admitted == 1


def test_the_same_ballot_in_another_leaf_has_the_first_receipt(selection: Selection) -> None:
    """Signed once more, after another ballot of the line: the ballot that it is about is in the log already."""
    key, ballot = signing_key("vera"), selection.ballot("vera")
    with selection.box() as box:
        first = box.post(ballot)
        later = box.post(selection.ballot("vera"))
        setting = box.box.setting
        leaf = decode_leaf(ballot.leaf, setting.group, setting.manifest.n, first=False)
        assert isinstance(leaf.body, BallotBody)
        leaf = replace(leaf, body=replace(leaf.body, prev=leaf_hash(later.entry)))
        other = leaf.signed(Signature(key.public, key.sign(leaf.message()))).encode()
        answer = box.post(replace(ballot, leaf=other))
        assert (answer.receipt, answer.again) == (first.receipt, True)
        assert box.size == first.index + 2


def test_of_two_boxes_on_one_storage_one_stops(tmp_path: Path) -> None:
    """Two machines, each with a folder and the log's key: the lock of a folder tells neither of the other."""
    first = prepared(tmp_path / "first", "open")
    shutil.move(first.store.private / "log.sqlite", tmp_path / "shared.sqlite")
    place = first.store.private / "storage"
    place.write_text(f"{tmp_path / 'shared.sqlite'}\n{first.board().manifest.origin}\n")
    shutil.copytree(first.store.path, tmp_path / "second")
    second = Selection(Store(tmp_path / "second"))
    vera, otto, nina = first.ballot("vera"), first.ballot("otto"), first.ballot("nina")
    with first.box() as one, second.box() as two:
        size = one.size
        done = one.post(vera)
        assert refused(lambda: two.post(otto)).code == "storage-conflict"
        for _ in range(2):
            assert refused(two.step).code == "storage-conflict"
        assert second.board().size == size  # it has let nothing out
        one.post(nina)
        assert one.size == size + 3  # with otto's, which the other had stored
    with second.box() as two:  # started again it finds all of it
        assert two.post(vera).receipt == done.receipt
    assert first.board().root(size + 3) == second.board().root(size + 3)


# No room


class Failing:
    """A method that raises for the first `times` calls."""

    def __init__(self, real: Callable[..., object], error: Refused, times: int) -> None:
        self.real, self.error, self.times = real, error, times

    def __call__(self, *arguments: object, **others: object) -> object:
        if self.times:
            self.times -= 1
            raise self.error
        return self.real(*arguments, **others)

    def __get__(self, instance: object, owner: object) -> Callable[..., object]:
        return lambda *arguments: self(instance, *arguments)


CODES = [StorageFull("no space left"), Refused("storage-read-only", "read-only"), Refused("storage-busy", "busy")]


@pytest.mark.parametrize("error", CODES, ids=lambda error: error.code)
def test_where_there_is_no_room_a_cast_is_refused_and_the_box_goes_on(
    selection: Selection, monkeypatch: pytest.MonkeyPatch, error: Refused
) -> None:
    vera, otto = selection.ballot("vera"), selection.ballot("otto")
    with selection.box() as box:
        with monkeypatch.context() as patch:
            patch.setattr(SqliteStorage, "submit", Failing(SqliteStorage.submit, error, 2))
            assert refused(lambda: box.post(vera)).code == error.code
            name = drop(selection.store, otto)
            batch = box.step()
            assert [refusal.code for refusal in batch.refused] == [error.code]
            told = collect(selection.store, name)
            assert told is not None
            with pytest.raises(Refused) as refusal:
                read_reply(told, otto, selection.board().log_key, None)
            assert refusal.value.code == error.code
        assert not box.post(vera).again
        assert not box.post(otto).again
    assert selection.verify().failing == frozenset()


@pytest.mark.parametrize("error", CODES, ids=lambda error: error.code)
@pytest.mark.parametrize("name", ["sequence", "swap_head", "add_cosigned"])
def test_where_there_is_no_room_later_it_stays_stored_until_there_is(
    selection: Selection, monkeypatch: pytest.MonkeyPatch, name: str, error: Refused
) -> None:
    """Judging went ahead of the storage; the same batch is tried again, and nothing is judged twice."""
    ballots = {drop(selection.store, ballot): ballot for ballot in map(selection.ballot, ("vera", "otto"))}
    with selection.box() as box:
        size = box.size
        with monkeypatch.context() as patch:
            patch.setattr(SqliteStorage, name, Failing(getattr(SqliteStorage, name), error, 3))
            for _ in range(3):
                assert error.detail in box.step().waiting
            assert box.box.size == size + 2
            for each, ballot in ballots.items():
                told = collect(selection.store, each)
                assert told is not None
                with pytest.raises(Refused) as refusal:
                    read_reply(told, ballot, selection.board().log_key, None)
                assert refusal.value.code == "stored"
            box.step()
            assert box.waiting == ""
        for each, ballot in ballots.items():
            data = collect(selection.store, each)
            assert data is not None
            assert read_reply(data, ballot, selection.board().log_key, None).entry == ballot.leaf
        assert box.size == size + 2
    assert selection.verify().failing == frozenset()


def test_no_room_for_published_files(selection: Selection, monkeypatch: pytest.MonkeyPatch) -> None:
    with selection.box() as box:
        size = box.size
        with monkeypatch.context() as patch:
            patch.setattr(files, "_write", Failing(files._write, StorageFull("full"), 5))
            drop(selection.store, selection.ballot("vera"))
            assert "full" in box.step().waiting
            assert selection.board().size == size
            for _ in range(5):
                box.step()
            assert box.waiting == ""
        assert selection.board().size == size + 1
    assert selection.verify().failing == frozenset()


def test_no_room_for_an_answer(selection: Selection, monkeypatch: pytest.MonkeyPatch) -> None:
    """The ballot is cast all the same; its voter is told when there is room."""
    ballot = selection.ballot("vera")
    name = drop(selection.store, ballot)

    def full(*arguments: object) -> None:
        raise OSError(errno.ENOSPC, "full")

    with selection.box() as box:
        with monkeypatch.context() as patch:
            patch.setattr(inbox, "_write_whole", full)
            assert box.step().admitted == 1
            assert collect(selection.store, name) is None
            assert (selection.store.inbox / name).exists()
        box.step()
        data = collect(selection.store, name)
        assert data is not None
        assert read_reply(data, ballot, selection.board().log_key, None).entry == ballot.leaf


@pytest.mark.parametrize("name", ["submit", "sequence", "swap_head", "add_cosigned"])
def test_after_a_failed_write_the_box_ends_and_nothing_is_lost(
    selection: Selection, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    ballot = selection.ballot("vera")
    drop(selection.store, ballot)
    with selection.box() as box:
        with monkeypatch.context() as patch:
            patch.setattr(SqliteStorage, name, Failing(getattr(SqliteStorage, name), StorageFailed("fsync"), 1))
            assert refused(box.step).code == "storage-failed"
        if name != "submit":
            for act in (box.step, lambda: box.post(selection.ballot("otto"))):
                assert refused(act).code == "storage-failed"
    with selection.box() as box:
        done = box.post(ballot)
        assert open_receipt(done.receipt, selection.board().log_key, None).entry == ballot.leaf
    assert selection.verify().failing == frozenset()


def test_a_reply_that_was_lost_and_a_box_that_was_started_again(selection: Selection) -> None:
    """A111: the same bytes, by every door, before and after a restart: one entry, one receipt."""
    ballot, receipts = selection.ballot("vera"), set()
    for _ in range(2):
        with selection.box() as box:
            for _ in range(2):
                receipts.add(box.post(ballot).receipt)
                name = drop(selection.store, ballot)
                box.step()
                data = collect(selection.store, name)
                assert data is not None
                receipts.add(read_reply(data, ballot, selection.board().log_key, None).receipt)
        with closing(selection.store.open_storage()) as storage:
            receipts.add(intake_of(selection, storage).wait(ballot, Patience()).receipt)
    assert len(receipts) == 1
    assert [entry.leaf.kind for entry in selection.board().entries].count("ballot") == 1
