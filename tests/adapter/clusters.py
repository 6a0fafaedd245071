"""Clusters for tests, and what their workers are asked to do."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from e2evote.errors import Refused

ROOT = Path(__file__).resolve().parents[2]
PATHS = os.pathsep.join((str(ROOT / "src"), str(ROOT / "tests")))
ALLOWED_FAILURES = "DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES"


class Cluster:
    """A running `cluster_process`."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self._process = process
        self.address = self._line()

    def kill(self) -> None:
        """Scheduler and workers are gone from one moment to the next."""
        os.killpg(self._process.pid, signal.SIGKILL)

    def scale(self, workers: int) -> None:
        """So many workers from now on."""
        self._ask(f"scale {workers}")

    @property
    def tasks(self) -> int:
        """How many tasks the scheduler knows of."""
        return int(self._ask("tasks"))

    def _ask(self, line: str) -> str:
        if self._process.stdin is None:
            raise AssertionError("no standard input")
        self._process.stdin.write(f"{line}\n")
        self._process.stdin.flush()
        return self._line()

    def _line(self) -> str:
        if self._process.stdout is None:
            raise AssertionError("no standard output")
        return self._process.stdout.readline().strip()


@contextmanager
def cluster(workers: int, folder: Path, paths: str = PATHS, failures: int = 0) -> Iterator[Cluster]:
    """A scheduler with so many workers, which find their modules in `paths` and work in `folder`.

    failures: so many workers may die of a task before it is given up.
    """
    process = subprocess.Popen(
        [sys.executable, str(ROOT / "tests" / "adapter" / "cluster_process.py"), str(workers)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        cwd=folder,
        env={**os.environ, "PYTHONPATH": paths, ALLOWED_FAILURES: str(failures)},
        start_new_session=True,
    )
    with process:
        try:
            yield Cluster(process)
        finally:
            if process.stdin:
                with suppress(BrokenPipeError):
                    process.stdin.close()
            process.wait()


def double(number: int) -> int:
    return 2 * number


def process_id() -> int:
    return os.getpid()


def die() -> None:
    os._exit(1)


def refuse() -> None:
    raise Refused("record-changed", "on this worker")


def fail() -> None:
    raise ValueError("a bug")


def wait_for(path: Path) -> None:
    """Until there is such a file."""
    while not path.exists():
        time.sleep(0.01)
