"""The fixtures of the conformance suite: a house of every kind, and a storage in it."""

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from e2evote.board.storage import Storage
from storage.houses import HOUSES, House


@pytest.fixture
def tmp_path() -> Iterator[Path]:
    """On a disk in memory where there is one: a sync costs nothing there, and no test here is about the disk itself."""
    memory = Path("/dev/shm")
    with TemporaryDirectory(dir=memory if os.access(memory, os.W_OK) else None) as folder:
        yield Path(folder)


@pytest.fixture(params=HOUSES)
def house(request: pytest.FixtureRequest, tmp_path: Path) -> House:
    return HOUSES[request.param](request, tmp_path)


@pytest.fixture
def storage(house: House) -> Iterator[Storage]:
    """A new, empty one."""
    made = house.create()
    yield made
    made.close()


@pytest.fixture(params=[kind for kind in HOUSES if kind != "memory"])
def shared(request: pytest.FixtureRequest, tmp_path: Path) -> House:
    """A house that other processes can enter, with an empty storage."""
    house = HOUSES[request.param](request, tmp_path)
    house.create().close()
    return house


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 3 MB of its own."""
    folder = tmp_path / "disk"
    folder.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=3m", "tmpfs", str(folder)]
    if subprocess.run(command, capture_output=True, check=False).returncode:
        pytest.skip("no disk can be mounted here")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)
