"""One process that forks, for all tests of a worker."""

from collections.abc import Iterator

import pytest

from tests.faults.processes import Nursery, nursery


@pytest.fixture(scope="session")
def born() -> Iterator[Nursery]:
    with nursery("tests.faults.publishing", "tests.faults.plain") as processes:
        yield processes
