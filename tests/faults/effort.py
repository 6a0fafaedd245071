"""How much is tried: in every run of the tests a part that takes minutes, and all of it where somebody asks for it.

    E2EVOTE_FAULTS=long python -m pytest tests/faults -n 2

is the long form: ten times the kills, ten minutes of load, more images of a disk, and a log that grows past its first
full tile under every fault.
"""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

LONG = os.environ.get("E2EVOTE_FAULTS") == "long"


def effort(short: int, long: int) -> int:
    return long if LONG else short


@contextmanager
def in_memory() -> Iterator[Path]:
    """A folder on a file system in memory, where there is one: a process that is killed leaves it as any other."""
    with tempfile.TemporaryDirectory(dir="/dev/shm" if os.access("/dev/shm", os.W_OK) else None) as name:
        yield Path(name)
