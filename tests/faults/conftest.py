"""One process that forks, for all tests of a worker, and storages to start from."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.effort import in_memory
from tests.faults.prepare import Log, Make, new_log
from tests.faults.processes import Nursery, nursery

TARGETS = ("plain", "publishing", "cycle", "witness", "box", "door")


@pytest.fixture(scope="session")
def born() -> Iterator[Nursery]:
    with nursery(*(f"tests.faults.{name}" for name in TARGETS)) as processes:
        yield processes


@pytest.fixture(scope="session")
def make(born: Nursery) -> Iterator[Make]:
    """Logs of each kind and size are made once and copied; all are gone at the end."""
    made: dict[tuple[str, int], Log] = {}
    with in_memory() as folder:
        number = iter(range(1_000_000))

        def copy(kind: str, size: int) -> Log:
            if (kind, size) not in made:
                made[kind, size] = new_log(born, folder / f"{kind}-{size}", kind, size)
            return made[kind, size].copy(folder / str(next(number)))

        yield copy


@pytest.fixture
def memory() -> Iterator[Path]:
    with in_memory() as folder:
        yield folder
