"""Eight processes that ask one witness's memory for cosignatures of two histories, and are killed at random.

    python crowd.py FOLDER OUT SECONDS SEED

Run by test_race.py. The histories of a log share their first entries. Each answer that a worker has in hand it writes
to OUT/<worker>.<times started>, a line each: when it asked, when it was answered (CLOCK_MONOTONIC), log, history, size.
"""

import json
import os
import random
import signal
import sys
import time
from pathlib import Path

from e2evote.board.merkle import leaf_hash
from e2evote.board.witnessing import Rejected, read_conflict
from witness.worlds import History, log_signer, opened

WORKERS = 8
SHARED = 5
LOGS = 40


class Fork(History):
    """A history that is like every other up to `SHARED` entries."""

    def _grown(self, size: int):  # type: ignore[no-untyped-def]
        while self.tree.size < size:
            kind = self.kind if self.tree.size >= SHARED else "entry"
            self.tree.append(leaf_hash(f"{kind} {self.tree.size}".encode()))
        return self.tree


def origin(number: int) -> str:
    return f"vote-{number}.example/log"


def histories(number: int) -> tuple[Fork, Fork]:
    signer = log_signer(origin(number))
    return Fork("one", signer), Fork("two", signer)


def work(folder: Path, out: Path, seconds: float, source: random.Random) -> None:
    """Ask until the end: all workers turn to the same log at about the same time."""
    state, began = opened(folder, time.time), time.monotonic()
    with out.open("ab", buffering=0) as file:
        known: dict[int, int] = {}
        kept: dict[int, tuple[Fork, Fork]] = {}
        while time.monotonic() - began < seconds:
            number = int((time.monotonic() * 4) % LOGS)
            history = kept.setdefault(number, histories(number))[source.randrange(2)]
            old = known.get(number, 0)
            size = old + source.choice((0, 1, 1, 2, 7))
            asked = time.monotonic()
            answer = state.submit(history.request(old, size))
            answered = time.monotonic()
            if isinstance(answer, Rejected):
                if answer.status == 409:
                    known[number] = read_conflict(answer.body)
                continue
            known[number] = size
            file.write(json.dumps([asked, answered, number, history.kind, size]).encode() + b"\n")


def main(folder: Path, out: Path, seconds: float, seed: int) -> None:
    source = random.Random(seed)
    end = time.monotonic() + seconds
    running: dict[int, int] = {}
    started = kills = 0
    while (left := end - time.monotonic()) > 0:
        while len(running) < WORKERS:
            started += 1
            process = os.fork()
            if process == 0:
                code = 1
                try:
                    work(folder, out / f"{started}", left, random.Random(seed * 1_000_003 + started))
                    code = 0
                finally:
                    os._exit(code)
            running[process] = started
        time.sleep(source.expovariate(1 / 0.03))
        victim = source.choice(list(running))
        os.kill(victim, signal.SIGKILL)
        kills += 1
        _, status = os.waitpid(victim, 0)
        if os.WIFEXITED(status) and os.WEXITSTATUS(status):
            raise SystemExit(f"worker {running[victim]} ended with {os.WEXITSTATUS(status)}")
        del running[victim]
    failed = 0
    for process in running:
        _, status = os.waitpid(process, 0)
        failed += status != 0
    print(json.dumps({"failed": failed, "kills": kills}))


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), float(sys.argv[3]), int(sys.argv[4]))
