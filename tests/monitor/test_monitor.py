"""What a monitor sees: growth, forks, roll-backs, old views, other logs; and what it must not take for any of them."""

import json
import random
from contextlib import suppress
from pathlib import Path

import pytest

from board.keys import signer
from e2evote.adapter.monitor import Monitor
from e2evote.adapter.monitor_look import Look, LookFailed
from e2evote.adapter.monitor_state import open_state
from e2evote.board.checkpoint import Checkpoint
from e2evote.board.evidence import Verdict, check_evidence
from e2evote.board.log import CHECKPOINT
from e2evote.board.note import sign_note
from e2evote.errors import MalformedInput, Refused
from e2evote.manifest.model import Manifest
from monitor.boards import (
    PLACE,
    Files,
    anchors,
    board_log,
    look,
    manifest,
    net,
    published,
)
from monitor.signed import LOG_KEY, T0, cosigned, log_of

PLAIN = manifest(witnessed=False)


def evidence(seen: Look) -> Verdict:
    """What a third party makes of the file that was written, with the log's key alone."""
    assert seen.alarm
    assert seen.alarm.evidence
    return check_evidence(seen.alarm.evidence.read_bytes(), LOG_KEY, None)


def plain(size: int, **changed: str) -> Files:
    return published(board_log(size, PLAIN, **changed))


def test_every_step_of_a_growing_board_is_followed(tmp_path: Path) -> None:
    """A101: also from nothing, and from the one entry."""
    before = 0
    for size in (0, 0, 1, 1, 2, 3, 5, 255, 256, 257, 511, 513):
        seen = look(tmp_path / "m", net(plain(size)), anchors=anchors(PLAIN))
        assert seen.alarm is None
        assert (seen.head.size, seen.grown, seen.anchored) == (size, size - before, True)
        before = size


def test_only_what_is_new_is_read(tmp_path: Path) -> None:
    look(tmp_path / "m", net(plain(700)))
    at = net(plain(770))
    assert look(tmp_path / "m", at).grown == 70
    assert [name for name in at.places[PLACE].asked if "entries" in name] == [
        "tile/entries/002",
        "tile/entries/003.p/2",
    ]


def test_an_empty_log_of_an_unknown_key_says_nothing(tmp_path: Path) -> None:
    with pytest.raises(LookFailed, match="still empty"):
        look(tmp_path / "m", net(plain(0)))
    assert look(tmp_path / "m", net(plain(1))).head.size == 1


def test_an_empty_log_with_another_root_is_none(tmp_path: Path) -> None:
    note = sign_note(Checkpoint(signer().key.name, 0, bytes(32)).text(), [signer()])
    seen = look(tmp_path / "m", net({CHECKPOINT: note}), anchors=anchors(PLAIN))
    assert seen.alarm
    assert seen.alarm.kind == "other-log"


@pytest.mark.parametrize(("m", "n"), [(1, 1), (3, 3), (3, 4), (4, 9), (200, 300), (256, 257), (257, 600)])
def test_a_rewritten_entry_is_a_fork(tmp_path: Path, m: int, n: int) -> None:
    """A97, A103: whatever the sizes; entry 0 is rewritten where there is nothing else."""
    look(tmp_path / "m", net(plain(m)), anchors=anchors(PLAIN))
    other = published(board_log(n, manifest(witnessed=False, election="autumn"))) if m == 1 else plain(n, e1="x")
    seen = look(tmp_path / "m", net(other), anchors=anchors(PLAIN))
    assert seen.alarm
    assert seen.alarm.kind == "fork"
    assert seen.head.size == m, "the head that was verified stays"
    verdict = evidence(seen)
    assert (verdict.kind, verdict.word) == ("fork", "convicts")
    assert look(tmp_path / "m", net(plain(n))).alarm is None, "the true log may go on"


def test_a_fork_is_proven_without_tiles_or_without_entries(tmp_path: Path) -> None:
    for number, lost in enumerate(("tile/0", "tile/entries")):
        folder = tmp_path / str(number)
        look(folder, net(plain(300)))
        files = {name: data for name, data in plain(600, e2="x").items() if not name.startswith(lost)}
        assert evidence(look(folder, net(files))).word == "convicts"


def test_a_removed_entry_is_a_fork(tmp_path: Path) -> None:
    look(tmp_path / "m", net(plain(9)))
    log = board_log(3, PLAIN)
    for number in range(4, 12):
        log.append(f"entry {number}".encode(), b"payload")
    assert evidence(look(tmp_path / "m", net(published(log)))).word == "convicts"


@pytest.mark.parametrize("n", [0, 1, 4, 8])
def test_a_removed_end_is_a_roll_back(tmp_path: Path, n: int) -> None:
    """A103: an earlier head that somebody kept is all that can show it."""
    look(tmp_path / "m", net(plain(9)), anchors=anchors(PLAIN))
    seen = look(tmp_path / "m", net(plain(n)), anchors=anchors(PLAIN))
    assert seen.alarm
    assert seen.alarm.kind == "roll-back"
    assert "9" in seen.alarm.sentence
    verdict = evidence(seen)
    assert (verdict.kind, verdict.word, verdict.convicted) == ("roll-back", "shows", ())
    assert look(tmp_path / "m", net(plain(10)), anchors=anchors(PLAIN)).alarm is None


def test_a_board_that_is_behind_for_a_moment_is_no_alarm(tmp_path: Path) -> None:
    look(tmp_path / "m", net(plain(9)))
    at = net(plain(7))
    at.meanwhile.append(lambda: at.places[PLACE].files.update(plain(9)))
    assert look(tmp_path / "m", at).alarm is None


def test_a_checkpoint_kept_elsewhere_is_compared(tmp_path: Path) -> None:
    old, forked, larger = (files[CHECKPOINT] for files in (plain(5), plain(5, e2="x"), plain(12)))
    assert look(tmp_path / "a", net(plain(9)), since=old).alarm is None
    assert evidence(look(tmp_path / "b", net(plain(9)), since=forked)).word == "convicts"
    assert evidence(look(tmp_path / "c", net(plain(9)), since=larger)).kind == "roll-back"
    with pytest.raises(MalformedInput):
        look(tmp_path / "e", net(plain(9)), since=b"no checkpoint")
    seen = look(tmp_path / "d", net(plain(9)), since=log_of("x", origin="other.example").signed_checkpoint())
    assert seen.alarm
    assert seen.alarm.kind == "other-log"


def test_the_head_of_another_log_is_named(tmp_path: Path) -> None:
    """A109: another origin, another key, another manifest."""
    other = published(board_log(5, manifest(witnessed=False, election="autumn")))
    seen = look(tmp_path / "a", net(other), anchors=anchors(PLAIN))
    assert seen.alarm
    assert seen.alarm.kind == "other-log"
    assert "base hash" in seen.alarm.sentence
    look(tmp_path / "b", net(plain(4)))
    for note in (
        log_of("x", origin="other.example").signed_checkpoint(),
        sign_note(Checkpoint(LOG_KEY.name, 5, bytes(32)).text(), [signer(seed=bytes(32))]),
    ):
        seen = look(tmp_path / "b", net(plain(5) | {CHECKPOINT: note}))
        assert seen.alarm
        assert seen.alarm.kind == "other-log"
        assert seen.alarm.evidence is None
    with pytest.raises(Refused, match="remembers the log"):
        look(tmp_path / "b", net(plain(5)), anchors=anchors(PLAIN, signer(seed=bytes(32)).key.encode()))  # type: ignore[attr-defined]


def test_entries_that_are_not_those_signed_for(tmp_path: Path) -> None:
    look(tmp_path / "m", net(plain(300)))
    wrong = {name: data for name, data in plain(400, e350="x").items() if "entries" in name}
    seen = look(tmp_path / "m", net(plain(400) | wrong))
    assert seen.alarm
    assert seen.alarm.kind == "files"
    assert seen.alarm.evidence is None
    assert look(tmp_path / "m", net(plain(400))).grown == 100


def test_wrong_tiles_make_no_fork(tmp_path: Path) -> None:
    """Only what leads to the signed root accuses the log; a server's damaged tile does not."""
    look(tmp_path / "m", net(plain(300)))
    wrong = {name: data for name, data in plain(600, e2="x").items() if name.startswith("tile/0")}
    assert look(tmp_path / "m", net(plain(600) | wrong)).alarm is None


def test_a_manifest_whose_quorums_need_not_meet(tmp_path: Path) -> None:
    """Protocol rule 13."""
    loose = Manifest.decode(manifest().encode().replace(b"group Witnesses 2 ", b"group Witnesses 1 "))
    seen = look(tmp_path / "m", net(published(board_log(5, loose), "w1")))
    assert seen.alarm is not None
    assert "breaks a rule" in seen.alarm.sentence


@pytest.mark.parametrize("lost", ["tile/entries/001", "tile/entries", "payload", "checkpoint"])
def test_what_is_not_there_is_no_alarm(tmp_path: Path, lost: str) -> None:
    files = {name: data for name, data in plain(400).items() if not name.startswith(lost)}
    with pytest.raises(LookFailed, match="no such file"):
        look(tmp_path / "m", net(files))
    assert look(tmp_path / "m", net(plain(400))).grown == 400


def test_a_head_without_its_entries_is_compared_later(tmp_path: Path) -> None:
    """The log has signed it; whoever hides its entries for a while does not undo that."""
    look(tmp_path / "m", net(plain(5)))
    files = {name: data for name, data in plain(9, e7="x").items() if not name.startswith("tile")}
    with pytest.raises(LookFailed):
        look(tmp_path / "m", net(files))
    assert evidence(look(tmp_path / "m", net(plain(9)))).word == "convicts"
    assert evidence(look(tmp_path / "m", net(plain(30)))).word == "convicts"


def test_a_head_whose_entries_are_garbage_is_compared_later(tmp_path: Path) -> None:
    look(tmp_path / "m", net(plain(5)))
    spoilt = {name: data if name == CHECKPOINT else b"<html>" for name, data in plain(9, e7="x").items()}
    for files in (spoilt, spoilt):
        with pytest.raises(LookFailed):
            look(tmp_path / "m", net(files))
    assert len(json.loads((tmp_path / "m" / "state").read_text())["ahead"]) == 1
    assert evidence(look(tmp_path / "m", net(plain(9)))).word == "convicts"


GARBAGE = {
    "nothing": b"",
    "a page": b"<html>not found</html>",
    "no signature": b"vote.example\n1\n" + b"A" * 44 + b"\n",
    "bytes": bytes(range(256)),
    "a huge size": sign_note(Checkpoint(LOG_KEY.name, 2**62, bytes(32)).text(), [signer()]),
}


@pytest.mark.parametrize("note", GARBAGE.values(), ids=GARBAGE)
def test_garbage_is_no_alarm_and_changes_nothing(tmp_path: Path, note: bytes) -> None:
    look(tmp_path / "m", net(plain(5)))
    state = (tmp_path / "m" / "state").read_bytes()
    with pytest.raises(LookFailed):
        look(tmp_path / "m", net(plain(6) | {CHECKPOINT: note}))
    assert (tmp_path / "m" / "state").read_bytes() == state


# With witnesses


def seen_by_two(size: int, time: int = T0, **changed: str) -> Files:
    return published(board_log(size, **changed), "w1", "w2", time=time)


def test_witnesses_are_named_with_their_times(tmp_path: Path) -> None:
    at = net(seen_by_two(5), w3=cosigned(board_log(5).signed_checkpoint(), "w3", time=T0 + 5))
    seen = look(tmp_path / "m", at)
    assert [(one.name, one.time) for one in seen.cosigned] == [("w1", T0), ("w2", T0), ("w3", T0 + 5)]
    assert (seen.quorum, seen.confirmed, seen.alarm) == (True, T0, None)
    assert any("w1" in remark for remark in seen.remarks), "nobody answers there, which is said"


def test_one_witness_is_no_quorum(tmp_path: Path) -> None:
    seen = look(tmp_path / "m", net(published(board_log(5), "w1")))
    assert (seen.quorum, seen.confirmed, seen.alarm) == (False, 0, None)


@pytest.mark.parametrize(("age", "stale"), [(99, False), (100, False), (101, True), (86400 * 30, True)])
def test_an_old_view_is_an_alarm(tmp_path: Path, age: int, stale: bool) -> None:
    """A104: nothing is wrong with the head, but its witnesses' times."""
    at = net(seen_by_two(5))
    at.now = T0 + age
    seen = look(tmp_path / "m", at, max_age=100)
    assert (seen.alarm is not None and seen.alarm.kind == "stale") == stale
    assert look(tmp_path / "m", at).alarm is None, "without a limit there is no such alarm"


def test_one_witness_alone_makes_no_head_new(tmp_path: Path) -> None:
    files = seen_by_two(5)
    files[CHECKPOINT] = cosigned(files[CHECKPOINT], "w3", time=T0 + 1000)
    at = net(files)
    at.now = T0 + 1000
    seen = look(tmp_path / "m", at, max_age=100)
    assert seen.confirmed == T0
    assert seen.alarm
    assert seen.alarm.kind == "stale"


def test_what_is_never_confirmed_gets_stale_too(tmp_path: Path) -> None:
    at = net(published(board_log(5), "w1"))
    assert look(tmp_path / "m", at, max_age=100).alarm is None
    at.now += 101
    seen = look(tmp_path / "m", at, max_age=100)
    assert seen.alarm
    assert seen.alarm.kind == "stale"


def test_times_of_the_future_are_said_and_give_no_credit(tmp_path: Path) -> None:
    at = net(seen_by_two(5, time=T0 + 10**6))
    seen = look(tmp_path / "m", at, max_age=100)
    assert any("ahead of this clock" in remark for remark in seen.remarks)
    at = net(published(board_log(6), "w3", time=T0 + 200))
    at.now = T0 + 300
    seen = look(tmp_path / "m", at, max_age=100)
    assert seen.alarm
    assert seen.alarm.kind == "stale"


def test_without_witnesses_freshness_is_not_known(tmp_path: Path) -> None:
    at = net(plain(5))
    at.now = T0 + 10**6
    seen = look(tmp_path / "m", at, max_age=100)
    assert seen.alarm is None
    assert seen.quorum is None
    assert any("no witnesses" in remark for remark in seen.remarks)


def test_a_witness_that_is_ahead_shows_an_old_view(tmp_path: Path) -> None:
    """A104: the board gives an old head, which is validly signed by all."""
    later = cosigned(board_log(8).signed_checkpoint(), "w3", time=T0 + 5)
    seen = look(tmp_path / "m", net(seen_by_two(5), w3=later))
    assert seen.alarm
    assert seen.alarm.kind == "roll-back"
    assert "w3" in seen.alarm.sentence
    assert evidence(seen).word == "shows"


@pytest.mark.parametrize(("m", "n"), [(5, 5), (4, 5), (5, 4)])
def test_a_witness_with_another_root_shows_a_fork(tmp_path: Path, m: int, n: int) -> None:
    """A97: the board shows one history here and another one to w3. A larger head there is kept until this one grows."""
    there = cosigned(board_log(m, e2="x").signed_checkpoint(), "w3", time=T0 + 5)
    seen = look(tmp_path / "m", net(seen_by_two(n), w3=there))
    if m > n:
        assert seen.alarm
        assert seen.alarm.kind == "roll-back"
        seen = look(tmp_path / "m", net(seen_by_two(9)))
    verdict = evidence(seen)
    assert (verdict.kind, [party.role for party in verdict.convicted]) == ("fork", ["log"])


def test_a_witness_that_cosigned_both_is_convicted_with_the_log(tmp_path: Path) -> None:
    look(tmp_path / "m", net(seen_by_two(5)))
    verdict = evidence(look(tmp_path / "m", net(published(board_log(7, e2="x"), "w2", "w3", time=T0 + 60))))
    assert [party.name for party in verdict.convicted] == [LOG_KEY.name, "w2"]


def test_a_witness_that_says_nonsense_accuses_nobody(tmp_path: Path) -> None:
    for note in (
        b"nonsense",
        board_log(5).signed_checkpoint(),
        cosigned(log_of("x", origin="other.example").signed_checkpoint(), "w3"),
        cosigned(sign_note(Checkpoint(LOG_KEY.name, 9, bytes(32)).text(), [signer(seed=bytes(32))]), "w3"),
    ):
        seen = look(tmp_path / "m", net(seen_by_two(5), w3=note))
        assert seen.alarm is None
        assert any("w3" in remark for remark in seen.remarks)


def test_a_spoilt_cosignature_is_an_alarm_and_hides_no_fork(tmp_path: Path) -> None:
    spoilt = seen_by_two(5)
    line = spoilt[CHECKPOINT].splitlines()[-1]
    spoilt[CHECKPOINT] = spoilt[CHECKPOINT].replace(line, line[:-8] + b"AAAAAA==")
    seen = look(tmp_path / "m", net(spoilt))
    assert seen.alarm
    assert seen.alarm.kind == "other-log"
    assert "w2" in seen.alarm.sentence
    forked = seen_by_two(6, e3="x")
    look(tmp_path / "m", net(seen_by_two(5)))
    line = forked[CHECKPOINT].splitlines()[-1]
    forked[CHECKPOINT] = forked[CHECKPOINT].replace(line, line[:-8] + b"AAAAAA==")
    assert evidence(look(tmp_path / "m", net(forked))).word == "convicts"


def test_the_head_with_its_quorum_is_kept(tmp_path: Path) -> None:
    look(tmp_path / "m", net(seen_by_two(5)))
    look(tmp_path / "m", net(published(board_log(5))))
    state = json.loads((tmp_path / "m" / "state").read_text())
    assert state["head"].count("w1") == state["head"].count("w2") == 1


def test_evidence_is_written_once_and_never_over_another_file(tmp_path: Path) -> None:
    look(tmp_path / "m", net(plain(5)))
    first = look(tmp_path / "m", net(plain(7, e2="x")))
    assert first.alarm
    assert first.alarm.evidence
    data = first.alarm.evidence.read_bytes()
    again = look(tmp_path / "m", net(plain(7, e2="x")))
    assert again.alarm
    assert again.alarm.evidence == first.alarm.evidence
    other = look(tmp_path / "m", net(plain(7, e2="y")))
    assert other.alarm
    assert other.alarm.evidence not in (None, first.alarm.evidence)
    assert first.alarm.evidence.read_bytes() == data


def test_one_monitor_at_a_time_uses_a_folder(tmp_path: Path) -> None:
    with open_state(tmp_path / "m"), pytest.raises(Refused, match="another monitor"), open_state(tmp_path / "m"):
        pass


def test_a_monitor_goes_on_looking(tmp_path: Path) -> None:
    at = net(plain(2))
    with open_state(tmp_path / "m") as state:
        monitor = Monitor(PLACE, state, world=at.world())
        for size in (2, 4, 4, 260):
            at.places[PLACE].files = plain(size)
            assert monitor.look().head.size == size
        at.places[PLACE].files = plain(300, e3="x")
        seen = monitor.look()
        assert seen.alarm
        assert seen.alarm.kind == "fork"


@pytest.mark.parametrize("seed", range(12))
def test_an_honest_board_never_alarms_and_a_forked_one_always_does(tmp_path: Path, seed: int) -> None:
    """Whatever is lost on the way, and however often the monitor is started anew."""
    rng = random.Random(seed)
    size, folder = 1, tmp_path / "m"
    for _ in range(8):
        size += rng.choice((0, 1, 2, 50, 255, 256))
        files = plain(size)
        for lost in rng.sample(sorted(files), rng.choice((0, 0, 1, 2))):
            del files[lost]
        with suppress(LookFailed):
            assert look(folder, net(files)).alarm is None
    known = look(folder, net(plain(size))).head.size
    other = plain(known + rng.choice((0, 1, 300)), **{f"e{rng.randrange(1, known)}": "x"})
    assert evidence(look(folder, net(other))).word == "convicts"
