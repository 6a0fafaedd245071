"""One node process for each file of tests: starting it takes longer than most of what it is asked."""

from collections.abc import Iterator

import pytest

from tests.web.client import Client


@pytest.fixture(scope="module")
def client() -> Iterator[Client]:
    started = Client.start()
    yield started
    started.stop()
