"""Requests for two histories at once, from threads and processes, with kills: never two roots, never back (A98).

What is checked is all that any client ever had in hand. WITNESS_SECONDS sets how long each test goes on; an hour is

    WITNESS_SECONDS=1800 python -m pytest tests/witness/test_race.py
"""

import json
import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from e2evote.adapter.witness_client import Witness
from e2evote.adapter.witness_folder import read_settings
from e2evote.board.checkpoint import decode_text
from e2evote.board.cosignature import WitnessKey
from e2evote.board.note import decode_note
from e2evote.board.witnessing import read_answer, read_conflict
from e2evote.errors import Refused
from witness.crowd import LOGS, SHARED, histories, origin
from witness.worlds import Served, begin, end, environment, log_key, make

SECONDS = float(os.environ.get("WITNESS_SECONDS", "12"))
HERE = Path(__file__).resolve().parent


@dataclass(frozen=True, slots=True)
class Answered:
    """A cosignature that a client had in hand, and when it asked and got it."""

    asked: float
    answered: float
    log: int
    history: str
    size: int


def violations(answers: Sequence[Answered]) -> list[str]:
    """Two histories of one log, or a smaller size to who asked after a larger one was out."""
    found = []
    for log in {answer.log for answer in answers}:
        of_log = [answer for answer in answers if answer.log == log]
        beyond = {answer.history for answer in of_log if answer.size > SHARED}
        if len(beyond) > 1:
            found.append(f"log {log}: two histories")
        largest, index = 0, 0
        out = sorted(of_log, key=lambda answer: answer.answered)
        for answer in sorted(of_log, key=lambda answer: answer.asked):
            while index < len(out) and out[index].answered < answer.asked:
                largest, index = max(largest, out[index].size), index + 1
            if answer.size < largest:
                found.append(f"log {log}: size {answer.size} after {largest}")
    return found


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    make(tmp_path / "wanda", logs=[log_key(origin(number)) for number in range(LOGS)])
    return tmp_path / "wanda"


def test_the_test_notices() -> None:
    good = [Answered(0, 1, 0, "one", 6), Answered(2, 3, 0, "one", 6), Answered(2.5, 4, 0, "one", 9)]
    assert violations(good) == []
    assert violations([*good, Answered(0.5, 2, 0, "two", SHARED)]) == []
    assert violations([*good, Answered(5, 6, 0, "two", 9)]) == ["log 0: two histories"]
    assert violations([*good, Answered(5, 6, 0, "one", 8)]) == ["log 0: size 8 after 9"]
    assert violations([*good, Answered(3.9, 6, 0, "one", 8)]) == []


def test_processes_on_one_folder_that_are_killed_at_random(folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    out.mkdir()
    seed = random.SystemRandom().randrange(2**32)
    command = [sys.executable, str(HERE / "crowd.py"), str(folder), str(out), str(SECONDS), str(seed)]
    result = subprocess.run(command, capture_output=True, check=False, env=environment(), text=True)
    assert result.returncode == 0, f"seed {seed}: {result.stderr}"
    told = json.loads(result.stdout)
    answers = [
        Answered(*json.loads(line))
        for path in out.iterdir()
        for line in path.read_bytes().split(b"\n")
        if line.endswith(b"]")
    ]
    assert violations(answers) == [], f"seed {seed}"
    assert told["failed"] == 0
    assert told["kills"] > SECONDS
    assert len({answer.log for answer in answers}) > 1
    assert any(answer.size > SHARED for answer in answers)


def test_a_web_service_that_is_killed_at_random(folder: Path, tmp_path: Path) -> None:
    """Eight clients of one server; each says what it had in hand, with the server's own record at the end."""
    seed = random.SystemRandom().randrange(2**32)
    errors = tmp_path / "errors"
    running = start(folder, 0, errors)
    key = read_settings(folder).key
    port, answers, stop = int(running.url.rsplit(":", 1)[1]), list[Answered](), threading.Event()
    clients = [
        threading.Thread(target=ask_on, args=(running.url, key, answers, stop, random.Random(seed + number)))
        for number in range(8)
    ]
    for client in clients:
        client.start()
    source, until, kills = random.Random(seed), time.monotonic() + SECONDS, 0
    try:
        while time.monotonic() < until:
            time.sleep(source.uniform(0.2, 1.5))
            running.process.send_signal(signal.SIGKILL)
            running.process.wait()
            assert running.process.stdout is not None
            running.process.stdout.close()
            kills += 1
            running = start(folder, port, errors)
    finally:
        stop.set()
        for client in clients:
            client.join()
    with Witness(running.url) as witness:
        for log in range(LOGS):
            shown, mine = witness.checkpoint(origin(log)), [a for a in answers if a.log == log]
            if mine:
                last = decode_text(decode_note(shown.body).text)
                assert last.size >= max(answer.size for answer in mine)
                kinds = {answer.history for answer in mine if answer.size > SHARED} or {"one", "two"}
                assert last.root in {h.checkpoint(last.size).root for h in histories(log) if h.kind in kinds}
    assert end(running) == 0
    assert violations(answers) == [], f"seed {seed}"
    assert kills >= 2
    assert answers
    assert errors.read_text() == ""


def start(folder: Path, port: int, errors: Path) -> Served:
    """The server, on the port that the clients know; another process may hold it for a moment after a kill."""
    return begin([sys.executable, HERE / "light_server.py", folder, str(port)], errors)


def ask_on(url: str, key: WitnessKey, answers: list[Answered], stop: threading.Event, source: random.Random) -> None:
    """Ask for one history or the other until the end, and keep what came back."""
    known: dict[int, int] = {}
    with Witness(url) as witness:
        while not stop.is_set():
            log = int(time.monotonic()) % LOGS
            history = histories(log)[source.randrange(2)]
            old = known.get(log, 0)
            size = old + source.choice((0, 1, 1, 2, 7))
            asked = time.monotonic()
            try:
                answer = witness.add_checkpoint(history.request(old, size), 5)
            except Refused:
                time.sleep(0.02)
                continue
            answered = time.monotonic()
            if answer.status == 409:
                known[log] = read_conflict(answer.body)
            elif answer.status == 200:
                read_answer(answer.body, history.checkpoint(size).text(), [key])
                answers.append(Answered(asked, answered, log, history.kind, size))
                known[log] = size
