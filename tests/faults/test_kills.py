"""Processes that end at any moment, under load: goal R1 (b).

Each kill is SIGKILL after a random time to a server that started a moment before, on a log that all servers before it
have worked on; another process takes in on the same storage all the while, and is killed now and then. After each kill
everything that was ever said about the log is held against it. None of n kills with a violation: with confidence 95 %
fewer than 3/n of all kills would have one (the rule of three).
"""

import random
import time
from collections import Counter
from collections.abc import Callable

import pytest

from tests.faults.audit import audit
from tests.faults.effort import effort
from tests.faults.prepare import KINDS, Log, Make
from tests.faults.processes import Nursery
from tests.faults.recording import complaints

KILLS = {"sqlite": effort(760, 7600), "files": effort(200, 2000)}
"""With the fifty of the whole server more than a thousand, and ten times as many in the long form."""

PARTS = 4
LIFE = 2
"""A server is let live at most this many times what one needs to start and to acknowledge a round."""

UNDISTURBED = 6
"""After so many kills a server is let do all that is left."""

MOST_ENTRIES = 60
"""After that many another log is begun, so that a start stays short."""


@pytest.mark.slow
@pytest.mark.parametrize("part", range(PARTS))
@pytest.mark.parametrize("kind", KINDS)
def test_a_kill_at_any_moment(
    born: Nursery, make: Make, kind: str, part: int, record_property: Callable[[str, object], None]
) -> None:
    chance, phases, log, longest = random.Random(part), Counter[str](), make(kind, part), 0.0
    for number in range(KILLS[kind] // PARTS):
        if number % UNDISTURBED == 0:
            longest = LIFE * _undisturbed(born, log, f"whole-{number}")
        if _kill(born, log, f"killed-{number}", chance.uniform(0, longest), phases) > MOST_ENTRIES:
            log.discard()
            log = make(kind, part)
    record_property("faults", {f"{kind}, {phase}": number for phase, number in phases.items()})
    assert phases["starting"]
    assert phases["at work"] > KILLS[kind] // PARTS // 5, phases


def _undisturbed(born: Nursery, log: Log, seed: str) -> float:
    """A server does all that is left, and one round; how long it took."""
    began = time.monotonic()
    assert born("tests.faults.cycle:main", log.said, *log.arguments(seed, 1)).wait() == 0, complaints(log.said)
    return time.monotonic() - began


def _kill(born: Nursery, log: Log, seed: str, seconds: float, phases: Counter[str]) -> int:
    """One server, killed after so many seconds; the size of its log then."""
    before = len(log.lines())
    taking = None
    if phases.total() % 3 == 0:
        taking = born("tests.faults.cycle:intake", log.said, log.place, f"in-{seed}")
    server = born("tests.faults.cycle:main", log.said, *log.arguments(seed, 1000))
    time.sleep(seconds)
    if taking and phases.total() % 2:
        taking.kill()
    server.kill()
    code = server.wait()
    lines = log.lines()
    assert code == -9, f"the server ended by itself with {code}: {complaints(log.said)}"
    phases[_phase(lines[before:])] += 1
    size = audit(log.place, log.record, log.claims())
    if taking:
        taking.kill()
        taking.wait()
    return size


def _phase(lines: list[str]) -> str:
    """Where the server was when it was killed, by what was said last."""
    words = [line.split()[0] for line in lines]
    if "started" not in words:
        return "before the first word"
    return "at work" if "receipt" in words or "signed" in words else "starting"
