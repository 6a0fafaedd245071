"""The demonstration's other processes: each party is a process of its own, started as a person would start it.

    python -m e2evote trustee begin …

What they print goes to a file each. One that fails is reported with its last line; none is left behind.
"""

import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from e2evote.errors import Refused

_PATIENCE = 30.0


@dataclass(frozen=True, slots=True)
class Child:
    """One process, and the file with what it prints."""

    name: str
    process: subprocess.Popen[bytes]
    log: Path

    @property
    def is_running(self) -> bool:
        return self.process.poll() is None

    def finished(self) -> None:
        """Wait for its end; Refused if that was not a good one."""
        if self.process.wait() != 0:
            raise self.failure()

    def failure(self) -> Refused:
        """What it said last."""
        lines = self.log.read_text("utf-8", "replace").split("\n")
        last = next((line for line in reversed(lines) if line.strip()), f"exit code {self.process.returncode}")
        return Refused("demo", f"{self.name}: {last[:500]}")


class Children:
    """All processes of one demonstration, as a context: at its end those that still run are stopped."""

    def __init__(self, logs: Path) -> None:
        self._logs = logs
        self._all: list[Child] = []

    def __enter__(self) -> "Children":
        return self

    def __exit__(self, *_: object) -> None:
        for child in self._all:
            self.stop(child)

    def start(self, name: str, *arguments: str | Path) -> Child:
        """A command of e2evote in a process of its own."""
        log = self._logs / f"{name.replace(' ', '-')}.log"
        command = [sys.executable, "-P", "-m", "e2evote", *(str(argument) for argument in arguments)]
        with log.open("ab") as output:
            process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT)
        child = Child(name, process, log)
        self._all.append(child)
        return child

    def together(self, commands: Sequence[tuple[str, Sequence[str | Path]]]) -> None:
        """Several commands at the same time, to the end of the last."""
        started = [self.start(name, *arguments) for name, arguments in commands]
        for child in started:
            child.finished()

    def stop(self, child: Child) -> None:
        """Ask it to end, and make it end if it does not."""
        if not child.is_running:
            return
        child.process.terminate()
        try:
            child.process.wait(_PATIENCE)
        except subprocess.TimeoutExpired:
            child.process.kill()
            child.process.wait()
