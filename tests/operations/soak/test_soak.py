"""The server under load for a long time: memory, open files and threads do not grow, and nothing fails.

    E2EVOTE_SOAK=7200 python -m pytest tests/operations/soak       two hours

In continuous integration it is ten minutes, beside the other tests; elsewhere twelve seconds, which show that it runs
and find gross leaks, no more. Voters cast and
vote again, others look up, read the board and the record, send the same again, ask for nonsense, break off in the
middle of a body or never read the answer. Memory may grow with the log, by a few kilobytes for each entry.
"""

import itertools
import json
import random
import socket
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from http.client import HTTPException
from pathlib import Path

import pytest

from e2evote.adapter.board import BoardReader
from e2evote.adapter.booth import Booth
from e2evote.adapter.election import Election
from e2evote.adapter.rehearsal import RehearsalKeys
from e2evote.adapter.store import Store
from e2evote.verify import verify_record
from tests.api.served import P, Served, rehearsal, serving
from tests.operations.effort import SOAK_SECONDS
from tests.operations.people import sent
from tests.operations.watching import Used, used

THREADS = 6
VOTERS = 40
PAUSE = min(0.36, max(0.02, SOAK_SECONDS / 3_000))
"""Between two requests of a thread: a long run has more requests, and not so many that the log is all of its memory, or
that other tests, which run beside it, wait for a processor."""

BYTES_AN_ENTRY = 24 * 1024
"""Kept in memory of each entry, at most: its leaf read, and what is indexed by line and tracker."""

SPARE = 24 * 2**20
CONFIG = "[limits]\n" + "".join(
    f"{kind} = {{ burst = 1000000, per_minute = 1000000 }}\n"
    for kind in ("archives", "casts", "reads", "sessions", "writes")
)


@dataclass
class Load:
    """What everybody shares: the server, ballots that were cast, and how the server answered."""

    server: Served
    booth: Booth
    keys: RehearsalKeys
    ends: float
    cast: list[tuple[str, str, bytes]] = field(default_factory=list)
    answers: Counter[int] = field(default_factory=Counter)
    failures: list[str] = field(default_factory=list)
    turn: threading.Lock = field(default_factory=threading.Lock)

    def run(self, number: int) -> None:
        """One thread, to the end."""
        chance = random.Random(number)
        acts: tuple[Callable[[random.Random], int], ...] = (
            self.vote, self.again, self.look, self.look, self.read, self.read, self.nonsense, self.break_off, self.deaf,
        )  # fmt: skip
        while time.monotonic() < self.ends:
            act = chance.choice(acts)
            try:
                status = act(chance)
            except (OSError, HTTPException) as error:
                self.failures.append(f"{act.__name__}: {type(error).__name__}: {error}")
                continue
            self.answers[status] += 1
            if status >= 500:
                self.failures.append(f"{act.__name__}: {status}")
            time.sleep(chance.uniform(0, 2 * PAUSE))

    def vote(self, chance: random.Random) -> int:
        with self.turn:  # the booth is for one at a time, and looks at the board before each ballot
            key = self.keys.voter(f"voter {chance.randrange(VOTERS)}")
            sealed = self.booth.seal(self.booth.owner(key.public), {"chair": {chance.choice(("ada", "bob")): 1}})
            line, tracker = sealed.voter.line, sealed.shown
            body = json.dumps(sent(self.booth.cast(sealed, key))).encode()
            status = self.post(body)
            if status in (200, 201):
                self.cast.append((line, tracker, body))
                del self.cast[:-100]
        return status

    def again(self, chance: random.Random) -> int:
        return self.post(chance.choice(self.cast)[2]) if self.cast else 0

    def look(self, chance: random.Random) -> int:
        if not self.cast:
            return 0
        line, tracker, _ = chance.choice(self.cast)
        answer = self.server.ask(f"{P}/lines/{line}/ballots/{tracker}")
        if answer.status == 200 and answer.json["status"] not in ("recorded", "superseded"):
            self.failures.append(f"look: {answer.json['status']}")
        return answer.status

    def read(self, chance: random.Random) -> int:
        names = ("", "/manifest", "/board/checkpoint", "/board/tile/entries/000.p/9", "/record.zip", "/reconciliation")
        path = chance.choice([*(f"{P}{name}" for name in names), "/v1/health", "/v1/metrics", "/v1/elections"])
        answer = self.server.ask(path)
        if path.endswith("/record.zip") and answer.status == 503 and answer.problem() == "busy":
            return 0  # one record at a time goes to one address, and all of these are one
        return answer.status

    def nonsense(self, chance: random.Random) -> int:
        body = chance.choice((b"", b"{", b"[" * 200, b'{"leaf": 1}', b'{"leaf": "{}", "payload": "{}"}', b"\xff" * 999))
        return self.post(body)

    def break_off(self, chance: random.Random) -> int:
        """The head says more than comes."""
        with socket.create_connection(self.server.address, timeout=30) as line:
            head = f"POST {P}/ballots HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
            head += "Content-Length: 9999\r\n\r\n"
            line.sendall(head.encode() + b"{" * chance.randrange(100))
        return 0

    def deaf(self, chance: random.Random) -> int:
        """Asks for much and goes away without reading."""
        with socket.create_connection(self.server.address, timeout=30) as line:
            line.sendall(f"GET {P}/record.zip HTTP/1.1\r\nHost: x\r\n\r\n".encode())
        return 0

    def post(self, body: bytes) -> int:
        return self.server.ask(f"{P}/ballots", "POST", body, content_type="application/json").status


def entries(store: Store) -> int:
    return BoardReader(store.record, allow_test_group=True).size


def grown(samples: list[tuple[Used, int]]) -> list[str]:
    """What grew from the middle of the run to its end, by the least of each quarter, and more than the log explains."""
    quarter = max(1, len(samples) // 4)
    middle, end = samples[quarter : 2 * quarter], samples[-quarter:]
    found = []
    more = min(one.memory for one, _ in end) - min(one.memory for one, _ in middle)
    allowed = SPARE + BYTES_AN_ENTRY * (end[-1][1] - middle[0][1])
    if more > allowed:
        found.append(f"memory grew by {more:,} bytes, and {allowed:,} are explained")
    for name in ("files", "threads"):
        before, after = (min(getattr(one, name) for one, _ in part) for part in (middle, end))
        if after > before + 5:
            found.append(f"{name}: {before} and then {after}")
    return found


def test_growth_is_noticed() -> None:
    flat = [(Used(0.0, 10**8, 10**8, 20, 9), 5 * i) for i in range(20)]
    assert grown(flat) == []
    leaks = [(Used(0.0, 10**8 + i * 10**7, 10**9, 20 + i, 9 + i), 5) for i in range(20)]
    assert [line.split()[0] for line in grown(leaks)] == ["memory", "files:", "threads:"]


@pytest.mark.slow
def test_nothing_grows_but_the_log(tmp_path: Path) -> None:
    store = rehearsal(tmp_path / "s")
    keys = RehearsalKeys.read(store)
    assert keys is not None
    samples: list[tuple[Used, int]] = []
    with serving(tmp_path, store, config=CONFIG) as server:
        booth = Booth(BoardReader(store.record, allow_test_group=True))
        load = Load(server, booth, keys, time.monotonic() + SOAK_SECONDS)
        threads = [threading.Thread(target=load.run, args=(number,)) for number in range(THREADS)]
        for thread in threads:
            thread.start()
        for _ in itertools.count():
            time.sleep(SOAK_SECONDS / 40)
            if time.monotonic() > load.ends:
                break
            samples.append((used(server.process.pid), entries(store)))
        for thread in threads:
            thread.join()
        assert server.ask("/v1/health").json["status"] == "ok"
    assert load.failures == []
    assert len(load.cast) > 5
    assert {200, 201, 400, 404} <= load.answers.keys() <= {0, 200, 201, 202, 400, 404, 409, 422}
    assert grown(samples) == []
    with Election.open_store(store.path, allow_test_group=True) as election:
        election.close()
        election.tally()
        place = election.record()
    report = verify_record(place.path, place.anchors, allow_test_group=True)
    assert report.failing == frozenset()
    assert report.facts.counts["ballots"] >= len(load.cast)
