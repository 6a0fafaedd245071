"""Casting over HTTP: what the server needs for a ballot, beside what verifying the same ballot costs alone.

    python -m benchmarks.server

A rehearsal in the standard group, one contest of ten options of which a ballot votes for five, is served by
`e2evote serve`, a process of its own with the usual settings. Clients in this process hold ballots that are sealed and
signed already, and send them over connections of their own, sixteen at a time; each waits for its receipt before it
sends the next. The server's CPU time is that of its process as the system counts it, from the first request of a round
to the last answer: reading and checking requests, storing, verifying, sequencing, signing heads, publishing files,
receipts. In turns with the rounds this process verifies ballots of the same record, one by one from their bytes, as the
box does. The overhead is the first over the second.
"""

import http.client
import json
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter, process_time
from urllib.parse import urlsplit

from benchmarks.ballots import Loaded, load
from benchmarks.claim import Answer, NotMeasured, Row, Task, number, run
from benchmarks.generate import Made
from benchmarks.verifying import clean
from e2evote.adapter.board import BoardReader
from e2evote.adapter.booth import Booth
from e2evote.adapter.election import Election
from e2evote.adapter.rehearsal import RehearsalKeys
from e2evote.adapter.store import Store
from e2evote.algebra.parameters import ELECTIONGUARD_4096
from e2evote.manifest.draft import ContestFacts, OptionFacts
from tests.operations.people import sent
from tests.operations.watching import Used, used

OPTIONS, SELECTIONS = 10, 5
OVERHEAD = 1.25
CLIENTS = 16
WARM = 20
"""Ballots before the clock: tables and caches."""

_ID = "rehearsal"
_CONFIG = "[limits]\ncasts = { burst = 1000000, per_minute = 1000000 }\n"
_SETTLED = 60.0


@dataclass(frozen=True, slots=True)
class Round:
    """What some casts took: seconds of wall time and of the server's CPU, and of each answer."""

    casts: int
    wall: float
    cpu: float
    answers: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Serving:
    """The server of one store."""

    address: tuple[str, int]
    process: "subprocess.Popen[str]"

    def used(self) -> Used:
        return used(self.process.pid)

    def cast(self, bodies: Sequence[bytes], clients: int = CLIENTS) -> Round:
        """All of them, so many at a time."""
        before, start = self.used().cpu, perf_counter()
        with ThreadPoolExecutor(clients) as pool:
            answers = tuple(pool.map(self._one, bodies))
        return Round(len(bodies), perf_counter() - start, self.used().cpu - before, answers)

    def _one(self, body: bytes) -> float:
        start = perf_counter()
        connection = http.client.HTTPConnection(*self.address, timeout=120)
        try:
            connection.request("POST", f"/v1/elections/{_ID}/ballots", body, {"content-type": "application/json"})
            answer = connection.getresponse()
            data = answer.read()
        finally:
            connection.close()
        if answer.status not in (200, 201):
            raise NotMeasured(f"a cast was answered {answer.status}: {data[:200]!r}")
        return perf_counter() - start


@contextmanager
def serving(store: Path, folder: Path) -> Iterator[Serving]:
    """`e2evote serve`, and its end."""
    config = folder / "serve.toml"
    config.write_text(_CONFIG, "utf-8")
    words = [sys.executable, "-m", "e2evote", "serve", "--store", str(store), "--config", str(config)]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
    with (folder / "server.log").open("w") as log:
        process = subprocess.Popen(
            [*words, "--port", "0", "--json"], stdout=subprocess.PIPE, stderr=log, text=True, env=environment
        )
    try:
        line = process.stdout.readline() if process.stdout else ""
        if not line:
            raise NotMeasured(f"the server did not start: {(folder / 'server.log').read_text()[-500:]}")
        parts = urlsplit(json.loads(line)["address"])
        yield Serving((parts.hostname or "", parts.port or 0), process)
    finally:
        process.terminate()
        process.communicate(timeout=_SETTLED)


def rehearsal(folder: Path) -> Store:
    """An open selection with one contest."""
    options = tuple(OptionFacts(f"option-{number}", f"Option {number}") for number in range(OPTIONS))
    contest = ContestFacts("board", "Board", options, seats=SELECTIONS, limit=SELECTIONS, blank="uncounted")
    path = folder / "store"
    with Election.create(path, contests=[contest], rehearsal=True, group=ELECTIONGUARD_4096.name) as election:
        election.open()
    return Store.at(path)


def sealed(store: Store, count: int) -> list[bytes]:
    """The bodies of so many casts, each of another voter."""
    keys, booth = RehearsalKeys.read(store), Booth(BoardReader(store.record))
    if keys is None:
        raise NotMeasured(f"{store.path} is no rehearsal")
    bodies = []
    for voter in range(count):
        key = keys.voter(f"voter {voter}")
        votes = {"board": {f"option-{(voter + i) % OPTIONS}": 1 for i in range(SELECTIONS)}}
        envelope = booth.cast(booth.seal(booth.owner(key.public), votes), key)
        bodies.append(json.dumps(sent(envelope)).encode())
    return bodies


def verified(loaded: Loaded) -> float:
    """CPU seconds of this process for verifying one of these ballots, one by one."""
    start = process_time()
    for item in loaded.items:
        clean(loaded.context, (item,))
    return (process_time() - start) / len(loaded.items)


def measure(task: Task) -> Answer:
    size, rounds = task.sized(4, 60, 200), task.sized(1, 5)
    warm = min(WARM, size)
    with tempfile.TemporaryDirectory(prefix="e2evote-server-") as name:
        folder = Path(name)
        store = rehearsal(folder)
        bodies = sealed(store, warm + size * rounds)
        with serving(store.path, folder) as server:
            server.cast(bodies[:warm])
            loaded = load(Made(store.path), warm)
            verified(loaded)
            done, alone = [], []
            for place in range(rounds):
                start = warm + place * size
                done.append(server.cast(bodies[start : start + size]))
                alone.append(verified(loaded))
            after = server.used()
    return Answer(_rows(done, alone, after), notes=(f"Casting: {rounds} rounds of {size} ballots in turns.",))


def _rows(done: Sequence[Round], alone: Sequence[float], after: Used) -> tuple[Row, ...]:
    ratios = [one.cpu / one.casts / price for one, price in zip(done, alone, strict=True)]
    middle = sorted(range(len(ratios)), key=ratios.__getitem__)[len(ratios) // 2]
    casts, cpu = sum(one.casts for one in done), sum(one.cpu for one in done)
    wall = sum(one.wall for one in done)
    answers = sorted(answer for one in done for answer in one.answers)
    what = f"casting over HTTP, {OPTIONS} options, {SELECTIONS} selections"
    each = done[middle].cpu / done[middle].casts
    return (
        Row(
            f"{what}: the server's CPU time over verifying the ballot",
            statistics.median(ratios),
            "×",
            OVERHEAD,
            at_most=True,
            detail=f"{each * 1e3:.1f} over {alone[middle] * 1e3:.1f} ms; the middle of {len(ratios)} rounds in turns, "
            f"{number(min(ratios))} to {number(max(ratios))}",
        ),
        Row(f"{what}: casts for each second of one core", casts / cpu, "/s", detail=f"{casts} casts, {cpu:.1f} s"),
        Row(
            f"{what}: casts a second, {CLIENTS} clients that wait for their receipts",
            casts / wall,
            "/s",
            detail="clients and server on one machine",
        ),
        Row(
            f"{what}: time to the receipt, 50 of 100",
            statistics.median(answers) * 1e3,
            " ms",
            detail=f"99 of 100 within {answers[int(len(answers) * 0.99)] * 1e3:,.0f} ms; batches of 100 ms",
        ),
        Row(f"{what}: peak memory of the server", after.peak / 1e6, " MB", detail=f"{after.threads} threads"),
    )


if __name__ == "__main__":
    sys.exit(run("server", __doc__, measure))
