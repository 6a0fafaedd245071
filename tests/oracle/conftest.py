"""The oracle as a fixture. Without network it cannot be installed and its tests skip; where `CI` is set they fail."""

import os
from collections.abc import Iterator

import pytest

from benchmarks.oracle.client import Oracle
from benchmarks.oracle.environment import Unavailable


@pytest.fixture(scope="session")
def oracle() -> Iterator[Oracle]:
    try:
        running = Oracle()
    except Unavailable as error:
        if os.environ.get("CI"):
            raise
        pytest.skip(f"no oracle: {error}")
    with running:
        yield running
