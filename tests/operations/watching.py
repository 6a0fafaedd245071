"""What a process uses, as Linux tells it."""

import os
from dataclasses import dataclass
from pathlib import Path

_TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True)
class Used:
    """cpu: seconds of all its threads. memory, peak: bytes resident, now and at most. files, threads: how many."""

    cpu: float
    memory: int
    peak: int
    files: int
    threads: int


def used(pid: int) -> Used:
    """Now, by a process that runs."""
    folder = Path(f"/proc/{pid}")
    fields = (folder / "stat").read_text().rpartition(")")[2].split()
    status = dict(line.split(":", 1) for line in (folder / "status").read_text().splitlines())

    def kilobytes(name: str) -> int:
        return int(status[name].split()[0]) * 1024

    return Used(
        (int(fields[11]) + int(fields[12])) / _TICKS,
        kilobytes("VmRSS"),
        kilobytes("VmHWM"),
        len(os.listdir(folder / "fd")),
        int(status["Threads"]),
    )
