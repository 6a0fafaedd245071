"""Runs of `e2evote verify` on generated records, which several claims look at; each is made once.

Every run has the time of one process sampled (`benchmarks/observed.py`), and must end with `accepted`.
"""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks.ballots import record_of
from benchmarks.claim import Task
from benchmarks.observed import Seen, observe


@dataclass(frozen=True, slots=True)
class Runs:
    """Where what was seen is kept."""

    task: Task
    folder: Path

    def verify(self, ballots: int, workers: int) -> Seen:
        """The whole command on a record of so many ballots, which is made before the clock starts."""
        made = record_of(self.task, ballots)
        command = ["verify", str(made.record), "--expect", str(made.anchors), "--workers", str(workers), "--json"]
        return observe(command, self.folder / f"verify-{ballots}-{workers}.json", sample=workers == 1)


@contextmanager
def runs(task: Task) -> Iterator[Runs]:
    """Kept in the caller's folder, or in a temporary one."""
    with tempfile.TemporaryDirectory(prefix="e2evote-runs-") as folder:
        yield Runs(task, task.observed or Path(folder))
