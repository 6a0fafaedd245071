"""A witness's memory: what it refuses whatever is asked, and that nothing makes it forget (A98, A108, A110)."""

import errno
import os
from pathlib import Path

import pytest

from e2evote.adapter.witness_folder import AHEAD, LATEST, declare_void, file_of, follow
from e2evote.adapter.witness_state import STEP, WitnessState
from e2evote.board.cosignature import time_of
from e2evote.board.note import LogKey, Signature, decode_note
from e2evote.board.witnessing import Rejected
from e2evote.errors import CheckFailed, Refused
from witness.worlds import NOW, ORIGIN, Clock, History, log_key, log_signer, make, opened

DAY = 86_400


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    make(tmp_path / "wanda")
    return tmp_path / "wanda"


def signed(state: WitnessState, data: bytes) -> Signature:
    """The one cosignature that a request gets."""
    answer = state.submit(data)
    assert not isinstance(answer, Rejected), answer
    (cosignature,) = answer
    return cosignature


def rejected(state: WitnessState, data: bytes) -> int:
    answer = state.submit(data)
    assert isinstance(answer, Rejected)
    return answer.status


def test_what_was_cosigned_is_remembered_by_the_next_process(folder: Path) -> None:
    history = History()
    first = signed(opened(folder), history.request(0, 3))
    state = opened(folder)
    assert state.published(file_of(ORIGIN)) == history.note(3, first)
    assert rejected(state, history.request(0, 5)) == 409
    second = signed(state, history.request(3, 5))
    assert state.settings.key.verify(history.checkpoint(5).text(), second.data)


def test_two_states_on_one_folder_know_of_each_other(folder: Path) -> None:
    history, other = History(), History("another")
    one, two = opened(folder), opened(folder)
    signed(one, history.request(0, 3))
    assert rejected(two, other.request(0, 3)) == 409
    assert rejected(two, other.request(3, 3)) == 422
    signed(two, history.request(3, 4))
    assert rejected(one, history.request(3, 4)) == 409


def test_a_folder_that_was_never_asked_publishes_nothing(folder: Path) -> None:
    state = opened(folder)
    assert state.published(file_of(ORIGIN)) is None
    assert state.published(file_of("elsewhere.example/log")) is None


@pytest.mark.parametrize("back", [0, 1, STEP])
def test_a_clock_that_goes_back_a_little_stands_still(folder: Path, back: int) -> None:
    history, clock = History(), Clock()
    state = opened(folder, clock)
    assert time_of(signed(state, history.request(0, 1))) == NOW
    clock.now = NOW - back
    assert time_of(signed(state, history.request(1, 2))) == NOW
    clock.now = NOW + 7
    assert time_of(signed(state, history.request(2, 3))) == NOW + 7


@pytest.mark.parametrize("back", [STEP + 1, DAY])
def test_a_clock_that_goes_back_by_more_stops_the_witness_until_it_is_right(folder: Path, back: int) -> None:
    history, clock = History(), Clock()
    state = opened(folder, clock)
    signed(state, history.request(0, 1))
    clock.now = NOW - back
    with pytest.raises(Refused) as refused:
        state.submit(history.request(1, 2))
    assert refused.value.code == "witness-clock"
    # What is refused anyway is refused by its own name, and after a restart nothing is different.
    assert rejected(state, History("another").request(1, 2)) == 422
    with pytest.raises(Refused):
        opened(folder, clock).submit(history.request(1, 2))
    clock.now = NOW + 1
    assert time_of(signed(state, history.request(1, 2))) == NOW + 1


def test_a_clock_that_was_a_day_ahead_is_forgiven_when_its_owner_says_so_and_only_for_that_time(folder: Path) -> None:
    history, clock = History(), Clock(NOW + DAY)
    state = opened(folder, clock)
    signed(state, history.request(0, 1))
    clock.now = NOW
    with pytest.raises(Refused):
        state.submit(history.request(1, 2))
    declare_void(folder, [NOW + DAY])
    assert time_of(signed(state, history.request(1, 2))) == NOW
    clock.now = NOW - DAY
    with pytest.raises(Refused):
        state.submit(history.request(2, 3))


@pytest.mark.parametrize("now", [0, -1, -DAY, 2**63, 0.5])
def test_a_clock_that_shows_no_time_signs_nothing(folder: Path, now: float) -> None:
    with pytest.raises(Refused) as refused:
        opened(folder, Clock(now)).submit(History().request(0, 1))
    assert refused.value.code == "witness-clock"


def test_a_restored_folder_is_noticed_by_its_own_cosignature(folder: Path) -> None:
    """The folder is set back to size 3; a request then bears the witness's cosignature of size 5."""
    history, path = History(), folder / LATEST / file_of(ORIGIN)
    signed(opened(folder), history.request(0, 3))
    old = path.read_bytes()
    own = signed(opened(folder), history.request(3, 5))
    path.write_bytes(old)

    state = opened(folder)
    with pytest.raises(Refused) as refused:
        state.submit(history.request(3, 5, own))
    assert refused.value.code == "witness-restored"
    # From now on for every request, a fork too, and after a restart; the proof is kept.
    for again in (state, opened(folder)):
        with pytest.raises(Refused) as refused:
            again.submit(History("another").request(3, 6))
        assert refused.value.code == "witness-restored"
    proof = decode_note((folder / AHEAD / file_of(ORIGIN)).read_bytes())
    assert proof.text == history.checkpoint(5).text()
    # Adopted, it goes on from there.
    assert state.adopt(history.note(5, own)) == history.checkpoint(5)
    assert rejected(state, history.request(3, 6)) == 409
    signed(state, history.request(5, 6))


def test_another_root_of_the_size_it_remembers_is_noticed_too(folder: Path) -> None:
    """A witness whose key signed two roots of one size has two folders, and neither may go on."""
    history, other, path = History(), History("another"), folder / LATEST / file_of(ORIGIN)
    own = signed(opened(folder), history.request(0, 3))
    path.write_bytes(b"")
    signed(opened(folder), other.request(0, 3))
    with pytest.raises(Refused) as refused:
        opened(folder).submit(history.request(3, 3, own))
    assert refused.value.code == "witness-restored"


def test_its_own_older_cosignature_is_no_sign_of_anything(folder: Path) -> None:
    history, state = History(), opened(folder)
    own = signed(state, history.request(0, 3))
    again = signed(state, history.request(3, 3, own))
    signed(state, history.request(3, 5))
    assert rejected(state, history.request(3, 4, again)) == 409
    signed(state, history.request(5, 6))


def test_a_cosignature_in_its_name_that_does_not_verify_is_no_sign_either(folder: Path) -> None:
    history, state = History(), opened(folder)
    own = signed(state, history.request(0, 3))
    signed(state, history.request(3, 5, own))  # over another text, so it does not verify


def test_only_what_it_cosigned_itself_is_adopted_and_only_forwards(folder: Path) -> None:
    history, state = History(), opened(folder)
    first = signed(state, history.request(0, 3))
    signed(state, history.request(3, 5))
    with pytest.raises(Refused) as refused:
        state.adopt(history.note(9))
    assert refused.value.code == "wrong-key"
    with pytest.raises(Refused) as refused:
        state.adopt(history.note(3, first))
    assert refused.value.code == "witness-restored"
    with pytest.raises(CheckFailed):
        state.adopt(History(signer=log_signer(seed=bytes(32))).note(3, first))


@pytest.mark.parametrize("what", ["gone", "a link", "a folder", "cut", "another log's", "without a cosignature"])
def test_a_damaged_memory_is_no_empty_memory(folder: Path, what: str) -> None:
    history, path = History(), folder / LATEST / file_of(ORIGIN)
    signed(opened(folder), history.request(0, 3))
    data = path.read_bytes()
    elsewhere = History(signer=log_signer("elsewhere.example/log"))
    path.unlink()
    if what == "a link":
        path.symlink_to(folder / "copy")
        (folder / "copy").write_bytes(data)
    elif what == "a folder":
        path.mkdir()
    elif what == "cut":
        path.write_bytes(data[:-9])
    elif what == "another log's":
        path.write_bytes(elsewhere.note(3))
    elif what == "without a cosignature":
        path.write_bytes(history.note(3))
    with pytest.raises(Refused) as refused:
        opened(folder)
    assert refused.value.code == "witness-damaged"


def test_a_memory_that_is_damaged_meanwhile_stops_the_witness(folder: Path) -> None:
    history, state = History(), opened(folder)
    signed(state, history.request(0, 3))
    (folder / LATEST / file_of(ORIGIN)).unlink()
    for _ in range(2):
        with pytest.raises(Refused) as refused:
            state.submit(history.request(0, 3))
        assert refused.value.code == "witness-damaged"


def test_to_follow_a_log_again_forgets_nothing(folder: Path) -> None:
    history = History()
    signed(opened(folder), history.request(0, 3))
    follow(folder, [log_key(), log_key("elsewhere.example/log")])
    state = opened(folder)
    assert [key.name for key in state.settings.logs] == [ORIGIN, "elsewhere.example/log"]
    assert rejected(state, history.request(0, 3)) == 409
    signed(state, History(signer=log_signer("elsewhere.example/log")).request(0, 1))


def test_a_log_with_the_witnesses_own_key_is_refused(folder: Path) -> None:
    own = opened(folder).settings.key.public_key
    with pytest.raises(Refused) as refused:
        follow(folder, [LogKey("x.example", own)])
    assert refused.value.code == "wrong-key"


CALLS = ("open", "write", "fsync", "rename")


@pytest.mark.parametrize("number", [errno.EIO, errno.ENOSPC, errno.EROFS])
@pytest.mark.parametrize("call", CALLS)
def test_where_a_write_fails_nothing_is_signed(
    folder: Path, monkeypatch: pytest.MonkeyPatch, call: str, number: int
) -> None:
    """Where only room was missing the next request is served; else none, until the witness is started again."""
    history, state = History(), opened(folder)
    signed(state, history.request(0, 3))
    real, on = getattr(os, call), True

    def failing(*arguments: object, **more: object) -> object:
        if on and (call != "open" or str(arguments[0]).endswith(".new")):
            raise OSError(number, os.strerror(number))
        return real(*arguments, **more)

    monkeypatch.setattr(os, call, failing)
    with pytest.raises(Refused) as refused:
        state.submit(history.request(3, 4))
    on = False
    room = number != errno.EIO and call in ("open", "write")
    assert refused.value.code == ("witness-full" if room else "witness-broken")
    if room:
        signed(state, history.request(3, 4))
        return
    for data in (history.request(3, 4), history.request(3, 5)):
        with pytest.raises(Refused) as refused:
            state.submit(data)
        assert refused.value.code == "witness-broken"
    with pytest.raises(Refused):
        state.published(file_of(ORIGIN))
    again = opened(folder)
    latest = again.latest(ORIGIN)
    assert latest is not None
    # Only the sync of the folder comes after the new name; then the witness remembers more than it said.
    assert latest.checkpoint in (history.checkpoint(3), history.checkpoint(4))
    signed(again, history.request(latest.checkpoint.size, 6))


def test_nothing_is_shown_that_may_not_be_on_the_disk(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another process has renamed and died before its sync: whoever reads the file makes it durable first."""
    history, reader = History(), opened(folder)
    signed(opened(folder), history.request(0, 3))
    synced = []
    real = os.fsync
    monkeypatch.setattr(
        os, "fsync", lambda descriptor: (synced.append(os.readlink(f"/proc/self/fd/{descriptor}")), real(descriptor))
    )
    assert reader.published(file_of(ORIGIN)) is not None
    assert synced == [str(folder / LATEST)]
    assert reader.published(file_of(ORIGIN)) is not None
    assert len(synced) == 1


def test_every_file_is_stored_anew_at_the_start(folder: Path) -> None:
    """A sync that failed once may seem to succeed when it is repeated, so nothing relies on the old file."""
    signed(opened(folder), History().request(0, 3))
    path = folder / LATEST / file_of(ORIGIN)
    before = path.stat().st_ino
    opened(folder)
    assert path.stat().st_ino != before
