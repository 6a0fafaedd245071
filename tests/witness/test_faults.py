"""KILL, EIO and ENOSPC at every system call of a witness's update and of its start, injected by strace (R1).

After each the witness starts again, remembers what anybody heard from it, and signs no other history. The calls that
only read are taken as well under WITNESS_FAULTS=all.
"""

import json
import os
import re
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from e2evote.board.note import decode_note
from e2evote.board.witnessing import Rejected
from witness.worlds import ORIGIN, Clock, History, environment, make, opened

STRACE = shutil.which("strace")
pytestmark = pytest.mark.skipif(STRACE is None, reason="strace is not installed, so no fault is injected here")

WRITING = {"write", "fsync", "rename", "renameat", "renameat2", "unlink", "unlinkat", "flock", "openat", "mkdir"}
READING = {"read", "pread64", "close", "fstat", "newfstatat", "lseek", "getdents64"}
CALLS = WRITING | (READING if os.environ.get("WITNESS_FAULTS") == "all" else set())
FAULTS = ("signal=KILL", "error=EIO", "error=ENOSPC")
NAMED = {"secret.file", "witness-full", "witness-broken", "witness-damaged"}


@dataclass(frozen=True, slots=True)
class Case:
    """The n-th call of this name goes wrong in this way."""

    call: str
    number: int
    fault: str


class Nursery:
    """Updates in processes that strace watches."""

    def __init__(self, place: Path) -> None:
        self._place = place
        self._process = subprocess.Popen(
            [sys.executable, str(Path(__file__).with_name("nursery.py"))],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=environment(),
        )

    def update(self, folder: Path, request: bytes, start: bool, *options: str) -> tuple[bool, str]:
        """Whether the process was killed, and what it said."""
        file = self._place / "request"
        file.write_bytes(request)
        child = self._ask(json.dumps({"folder": str(folder), "request": str(file), "start": start}))
        command = [str(STRACE), "-p", child, *options]
        watching = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
        assert watching.stderr is not None
        line = watching.stderr.readline()
        if "attached" not in line:
            watching.wait()
            self._ask("go")
            pytest.skip(f"strace may not attach to another process here: {line.strip()}")
        told = json.loads(self._ask("go"))
        watching.stderr.close()
        watching.wait()
        return told["killed"], told["said"]

    def _ask(self, line: str) -> str:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(f"{line}\n")
        self._process.stdin.flush()
        return self._process.stdout.readline().strip()

    def close(self) -> None:
        self._process.communicate()


@pytest.fixture(scope="module")
def nursery(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Nursery]:
    nursery = Nursery(tmp_path_factory.mktemp("nursery"))
    yield nursery
    nursery.close()


@pytest.fixture(scope="module")
def before(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A witness that has cosigned size 3."""
    folder = tmp_path_factory.mktemp("before") / "wanda"
    make(folder)
    answer = opened(folder).submit(History().request(0, 3))
    assert not isinstance(answer, Rejected)
    return folder


def cases(nursery: Nursery, folder: Path, start: bool) -> list[Case]:
    """Every interesting call of an undisturbed update, one by one, with every fault."""
    log = folder.parent / "calls"
    killed, said = nursery.update(folder, History().request(3, 5), start, "-o", str(log))
    assert not killed
    assert said.startswith("— ")
    names = re.findall(r"^(\w+)\(", log.read_text("utf-8", "replace"), re.M)
    assert {"fsync", "flock"} <= set(names)
    seen: Counter[str] = Counter()
    found = []
    for name in names:
        seen[name] += 1
        found += [Case(name, seen[name], fault) for fault in FAULTS if name in CALLS]
    return found


@pytest.mark.parametrize("start", [False, True], ids=["an update", "a start and an update"])
def test_a_fault_at_each_system_call(nursery: Nursery, before: Path, tmp_path: Path, start: bool) -> None:
    copy = tmp_path / "copy"
    shutil.copytree(before, copy)
    kinds: Counter[str] = Counter()
    for number, case in enumerate(cases(nursery, copy, start)):
        folder = tmp_path / f"{number}"
        shutil.copytree(before, folder)
        inject = f"inject={case.call}:{case.fault}:when={case.number}"
        killed, said = nursery.update(folder, History().request(3, 5), start, "-o", os.devnull, "-e", inject)
        kinds[check(folder, case, killed, said)] += 1
        shutil.rmtree(folder)
    assert kinds["killed"] > 5
    assert kinds["refused"] > 5


def check(folder: Path, case: Case, killed: bool, said: str) -> str:
    """What happened, when nothing happened that may not."""
    history, other = History(), History("another")
    heard = said.startswith("— ")
    assert killed == (case.fault == "signal=KILL"), (case, said)
    if not said and not killed:
        assert case.call == "write", case  # it could not say what it had to say
    elif not heard and not killed:
        word, code = said.split(" ")
        assert word != "bug", (case, said)
        assert word == "system" or code in NAMED, (case, said)
    state = opened(folder, Clock())
    latest = state.latest(ORIGIN)
    assert latest is not None, case
    known = latest.checkpoint
    assert known in (history.checkpoint(3), history.checkpoint(5)), case
    if heard:
        assert known == history.checkpoint(5), (case, "what was heard is forgotten")
        assert decode_note(history.note(5) + said.encode())
    if known.size == 5:
        answer = state.submit(other.request(3, 6))
        assert isinstance(answer, Rejected), case
    assert not isinstance(state.submit(history.request(known.size, 7)), Rejected), case
    return "killed" if killed else "heard" if heard else "refused"
