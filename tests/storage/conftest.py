"""The fixtures of the conformance suite: a house of every kind, and a storage in it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from e2evote.board.storage import Storage
from storage.houses import HOUSES, House


@pytest.fixture(params=HOUSES)
def house(request: pytest.FixtureRequest, tmp_path: Path) -> House:
    return HOUSES[request.param](request, tmp_path)


@pytest.fixture
def storage(house: House) -> Iterator[Storage]:
    """A new, empty one."""
    made = house.create()
    yield made
    made.close()
