"""What a monitor remembers survives a kill at any moment, and is never taken for nothing."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from e2evote.adapter.monitor_state import STATE, Seen, open_state
from e2evote.board.accusation import EVIDENCE_LIMIT
from e2evote.board.evidence import check_evidence
from e2evote.errors import Refused
from monitor.boards import board_log, look, manifest, net, published
from monitor.signed import LOG_KEY

PLAIN = manifest(witnessed=False)
CALLS = ("fsync", "rename", "open")


class Crash(BaseException):
    """The process is gone."""


class Dying:
    """The machine's functions, of which the one with this number does half its work, or none, and ends the process."""

    def __init__(self, patch: pytest.MonkeyPatch, at: int, folder: Path) -> None:
        self.calls, self.at, self.folder = 0, at, folder
        real = {"fsync": os.fsync, "rename": Path.rename, "open": Path.open}
        for name, function in real.items():
            where = os if name == "fsync" else Path
            patch.setattr(where, name, self._dying(name, function))

    def _dying(self, name: str, function):  # type: ignore[no-untyped-def]
        def act(subject, *rest, **named):  # type: ignore[no-untyped-def]
            if isinstance(subject, Path) and self.folder not in subject.parents:
                return function(subject, *rest, **named)
            self.calls += 1
            if self.calls == self.at:
                if name == "open" and "w" in str(rest):
                    with function(subject, *rest, **named) as file:
                        file.write(b"half of wh")
                raise Crash
            return function(subject, *rest, **named)

        return act


@pytest.mark.parametrize("kind", ["growth", "fork", "first look"])
def test_a_kill_at_any_call_leaves_the_old_state_or_the_new_one(tmp_path: Path, kind: str) -> None:
    after = net(published(board_log(9, PLAIN, **({"e3": "x"} if kind == "fork" else {}))))
    at = 0
    while True:
        at += 1
        folder = tmp_path / str(at)
        if kind != "first look":
            look(folder, net(published(board_log(5, PLAIN))))
        with pytest.MonkeyPatch.context() as patch:
            dying = Dying(patch, at, folder)
            try:
                look(folder, after)
            except Crash:
                pass
            else:
                assert at > 5, "each of the calls was tried"
                break
        assert dying.calls == at
        with open_state(folder) as state:
            seen = state.load()
        assert (seen.frontier.size if seen else 0) in {"growth": (5, 9), "fork": (5,), "first look": (0, 9)}[kind]
        again = look(folder, after)
        assert (again.alarm is not None) == (kind == "fork")
        for path in folder.glob("evidence-*.json"):
            assert check_evidence(path.read_bytes()[: EVIDENCE_LIMIT + 1], LOG_KEY, None).word == "convicts"
        assert len(list(folder.glob("evidence-*.json"))) == (kind == "fork")


CHILD = """
import sys
from pathlib import Path
from e2evote.adapter.monitor_state import open_state
with open_state(Path(sys.argv[1])) as state:
    seen = state.load()
    print("open", flush=True)
    while True:
        state.save(seen)
"""


def test_a_monitor_that_is_killed_leaves_no_lock_and_no_damage(tmp_path: Path) -> None:
    look(tmp_path / "m", net(published(board_log(5, PLAIN))))
    before = (tmp_path / "m" / STATE).read_bytes()
    for _ in range(5):
        child = subprocess.Popen([sys.executable, "-c", CHILD, tmp_path / "m"], stdout=subprocess.PIPE)
        assert child.stdout
        with child.stdout:
            assert child.stdout.readline() == b"open\n"
            with pytest.raises(Refused, match="another monitor"), open_state(tmp_path / "m"):
                pass
            child.send_signal(signal.SIGKILL)
            child.wait()
        assert (tmp_path / "m" / STATE).read_bytes() == before
    assert look(tmp_path / "m", net(published(board_log(6, PLAIN)))).grown == 1


DAMAGE = {
    "cut": lambda data: data[:-1],
    "empty": lambda data: b"",
    "a peak less": lambda data: data.replace(b'"size":5', b'"size":4'),
    "another version": lambda data: data.replace(b'"v":1', b'"v":2'),
    "another manifest": lambda data: data.replace(b'"manifest":"', b'"manifest":"00')[:-2] + b"}",
}


@pytest.mark.parametrize("damage", DAMAGE.values(), ids=DAMAGE)
def test_a_state_that_cannot_be_read_is_not_taken_for_none(tmp_path: Path, damage) -> None:  # type: ignore[no-untyped-def]
    look(tmp_path / "m", net(published(board_log(5, PLAIN))))
    state = tmp_path / "m" / STATE
    data = damage(state.read_bytes())
    assert data != state.read_bytes()
    state.write_bytes(data)
    with pytest.raises(Refused) as refusal:
        look(tmp_path / "m", net(published(board_log(6, PLAIN))))
    assert refusal.value.code == "monitor-state"
    assert state.read_bytes() == data


def test_the_manifest_is_kept_with_the_state(tmp_path: Path) -> None:
    look(tmp_path / "m", net(published(board_log(5, PLAIN))))
    (tmp_path / "m" / "manifest").unlink()
    with pytest.raises(Refused, match="manifest"):
        look(tmp_path / "m", net(published(board_log(6, PLAIN))))


def test_a_manifest_of_a_look_that_came_to_nothing_is_replaced(tmp_path: Path) -> None:
    with open_state(tmp_path / "m") as state:
        (state.path / "manifest").write_bytes(b"left by a crash")
        state.save(Seen(LOG_KEY, manifest=b"the one"))
        assert state.load() == Seen(LOG_KEY, manifest=b"the one")
