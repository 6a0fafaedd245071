"""A disk that is full, or may only be read, and a server whose clock is wrong: goals R4 and R6.

The disk is a small file system of its own, in memory; where none may be mounted the tests are skipped.
"""

import os
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from e2evote.errors import Refused
from tests.adapter.selections import prepared
from tests.faults.audit import Claims, audit
from tests.faults.cycle import Server, attend, names_of
from tests.faults.prepare import KINDS, Make

DAY = 86_400


def _mount(*arguments: str) -> bool:
    return subprocess.run(["mount", *arguments], capture_output=True, check=False).returncode == 0


@contextmanager
def small_disk(folder: Path, kilobytes: int) -> Iterator[Path]:
    """A file system of its own, of this size."""
    disk = folder / "small"
    disk.mkdir()
    if not _mount("-t", "tmpfs", "-o", f"size={kilobytes}k", "tmpfs", str(disk)):
        pytest.skip("no file system may be mounted here")
    try:
        yield disk
    finally:
        subprocess.run(["umount", "-l", str(disk)], check=False)


def _fill(disk: Path) -> Path:
    """A file that leaves no room for anything else."""
    ballast = disk / "ballast"
    file = os.open(ballast, os.O_WRONLY | os.O_CREAT)
    with suppress(OSError):
        while True:
            os.write(file, bytes(4096))
    os.close(file)
    return ballast


def listening() -> tuple[list[str], Callable[..., None]]:
    """What a server in this process says, and what it says it by."""
    said: list[str] = []

    def tell(*words: object) -> None:
        said.append(" ".join(map(str, words)))

    return said, tell


@pytest.mark.parametrize("kind", KINDS)
def test_a_full_disk_refuses_and_forgets_nothing(make: Make, tmp_path: Path, kind: str) -> None:
    """Until nothing goes in any more; then room is made, and the same server goes on."""
    said, tell = listening()
    with small_disk(tmp_path, 1500) as disk:
        log = make(kind, 3).copy(disk / "log")
        said += log.lines()
        reserve = disk / "reserve"
        reserve.write_bytes(bytes(500_000))
        server, refused = Server(log.place, str(log.record), tell), ""
        for number in range(1000):
            try:
                keys = server.take(names_of("a", number))
                server.sequence()
                server.acknowledge(keys)
            except Refused as error:
                refused = error.code
                break
        assert refused == "storage-full"
        _fill(disk)
        with pytest.raises(Refused) as again:
            attend(server, names_of("b", 0))
        assert again.value.code == "storage-full"
        (disk / "ballast").unlink()
        reserve.unlink()
        attend(server, names_of("c", 0))
        server.close()
        audit(log.place, log.record, Claims.of(said))
    assert any(line.startswith("receipt") for line in said[-6:])


@pytest.mark.parametrize("kind", KINDS)
def test_a_server_starts_on_a_full_disk_and_goes_on_when_there_is_room(make: Make, tmp_path: Path, kind: str) -> None:
    said, tell = listening()
    with small_disk(tmp_path, 1500) as disk:
        log = make(kind, 3).copy(disk / "log")
        said += log.lines()
        ballast = _fill(disk)
        with pytest.raises(Refused) as refused:
            attend(Server(log.place, str(log.record), tell), names_of("a", 0))
        assert refused.value.code in ("storage-full", "storage-read-only", "storage-failed", "storage-missing")
        ballast.unlink()
        server = Server(log.place, str(log.record), tell)
        attend(server, names_of("c", 0))
        server.close()
        audit(log.place, log.record, Claims.of([line for line in said if not line.startswith("refused")]))


@pytest.mark.parametrize("kind", KINDS)
def test_a_disk_that_may_only_be_read_refuses_by_name(make: Make, tmp_path: Path, kind: str) -> None:
    """From the start, and from one moment on."""
    said, tell = listening()
    with small_disk(tmp_path, 4000) as disk:
        log = make(kind, 3).copy(disk / "log")
        said += log.lines()
        if not _mount("-o", "remount,ro", str(disk)):
            pytest.skip("no file system may be mounted anew here")
        with pytest.raises(Refused) as refused:
            attend(Server(log.place, str(log.record), tell), names_of("a", 0))
        assert refused.value.code in ("storage-read-only", "storage-failed")
        assert _mount("-o", "remount,rw", str(disk))
        server = Server(log.place, str(log.record), tell)
        attend(server, names_of("b", 0))
        server.close()
        audit(log.place, log.record, Claims.of(said))


@pytest.mark.parametrize("step", [DAY, -DAY])
def test_a_servers_clock_decides_nothing(tmp_path: Path, step: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """It steps by a day while the server runs, and back at the next start: the order is that of the indices (R6)."""
    selection, real = prepared(tmp_path / "s", "open"), time.time
    late = selection.ballot("karl")
    with selection.box() as box:
        first = box.post(selection.ballot("vera"))
        monkeypatch.setattr(time, "time", lambda: real() + step)
        second = box.post(selection.ballot("otto"))
    with selection.box() as box:
        monkeypatch.setattr(time, "time", real)
        third = box.post(selection.ballot("nina"))
        monkeypatch.setattr(time, "time", lambda: real() - step)
        close = selection.administration(box.post).close()
        with pytest.raises(Refused) as refused:
            box.post(late)
    assert [second.index, third.index, close.index] == [first.index + 1, first.index + 2, first.index + 3]
    assert refused.value.code == "board.phase"
    report = selection.verify()
    assert report.failing == frozenset()
    assert report.facts.counts["ballots"] == 3
