"""A fault at each system call of the server's work on its log: goal R1 (a), R4 (see `injection` and `cycle`).

After each the server starts again, on a disk that works, goes on, and everything that was ever said is held against
what is stored.
"""

import pytest

from tests.faults.audit import audit
from tests.faults.effort import LONG
from tests.faults.injection import FAULTS, Disturbed, Instance, disturbed, instances
from tests.faults.prepare import KINDS, Log, Make
from tests.faults.processes import Nursery
from tests.faults.recording import complaints, needs_strace

pytestmark = [needs_strace, pytest.mark.slow]

SERVER = "tests.faults.cycle:main"
SYNC = ("fsync", "fdatasync")

SWALLOWED = Instance("fdatasync", 2, "disk")
"""SQLite syncs the folder when it makes a write-ahead log, and does not look at the result."""


def swept(born: Nursery, make: Make, kind: str, fault: str, size: int, rounds: int) -> list[Disturbed]:
    """A run with this fault at each call; each is checked."""
    log = make(kind, size)
    found = instances(born, SERVER, log.said, log.disk, *log.arguments("a", rounds))
    log.discard()
    return [one_fault(born, make(kind, size), instance, fault, rounds) for instance in found]


def one_fault(born: Nursery, log: Log, instance: Instance, fault: str, rounds: int) -> Disturbed:
    run = disturbed(born, instance, fault, SERVER, log.said, *log.arguments("a", rounds))
    assert run.met, f"{instance}: the run was another"
    assert run.code == (-9 if fault == "KILL" else 0), f"{run}: {complaints(log.said)}"
    claims = log.claims()
    if fault != "KILL":
        assert claims.refusals or claims.closed, f"{run}: neither refused nor ended well"
    if instance.call in SYNC and instance != SWALLOWED:
        assert not run.signed_after, f"{run}: signed after a failed fsync"
    again = born(SERVER, log.said, *log.arguments("b", 1))
    assert again.wait() == 0, f"{run}: the next start: {complaints(log.said)}"
    lines = log.lines()
    assert lines[-1] == "closed", f"{run}: the next start ended with {lines[-1]}"
    audit(log.place, log.record, log.claims())
    log.discard()
    return run


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("kind", KINDS)
def test_a_fault_at_each_system_call(born: Nursery, make: Make, kind: str, fault: str) -> None:
    runs = swept(born, make, kind, fault, size=3, rounds=2)
    calls = {run.instance.call for run in runs}
    assert len(runs) >= 100
    assert {"fsync", "openat", "write", "unlinkat", "mkdirat"} <= calls
    assert calls & {"renameat", "rename"}


def test_a_server_that_says_first_and_does_then_is_convicted(born: Nursery, make: Make) -> None:
    """The harness can fail: this server is killed before what it said is durable."""
    hasty = "tests.faults.cycle:hasty"
    log = make("sqlite", 3)
    found = instances(born, hasty, log.said, log.disk, *log.arguments("a", 1))
    log.discard()
    convicted = 0
    for instance in found:
        log = make("sqlite", 3)
        assert disturbed(born, instance, "KILL", hasty, log.said, *log.arguments("a", 1)).met
        try:
            audit(log.place, log.record, log.claims())
        except AssertionError:
            convicted += 1
        log.discard()
    assert 0 < convicted < len(found)


@pytest.mark.skipif(not LONG, reason="E2EVOTE_FAULTS=long is not set")
@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("kind", KINDS)
def test_a_fault_at_each_system_call_past_a_full_tile(born: Nursery, make: Make, kind: str, fault: str) -> None:
    assert len(swept(born, make, kind, fault, size=254, rounds=3)) >= 200
