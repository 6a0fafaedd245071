"""Where the conformance suite runs. Another implementation joins by a line in HOUSES.

A house is one place with one storage at most. Its string `place` is what `open_storage` takes in another process; ""
where no other process can come.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from e2evote.adapter.storage import create_storage, open_storage
from e2evote.board.storage import Storage
from storage.memory import Kept, MemoryStorage

ORIGIN = "log.example/storage"


@dataclass(frozen=True)
class House:
    place: str
    create: Callable[[], Storage]
    open: Callable[[], Storage]


def memory_house(_request: pytest.FixtureRequest, _folder: Path) -> House:
    kept = Kept()
    return House("", lambda: MemoryStorage(kept), lambda: MemoryStorage(kept))


def house_at(place: str) -> House:
    """By the two functions that the rest of the library uses."""
    return House(place, lambda: create_storage(place, ORIGIN), lambda: open_storage(place, ORIGIN))


def sqlite_house(_request: pytest.FixtureRequest, folder: Path) -> House:
    return house_at(str(folder / "log.sqlite"))


def files_house(_request: pytest.FixtureRequest, folder: Path) -> House:
    return house_at(str(folder / "log"))


def postgres_house(request: pytest.FixtureRequest, _folder: Path) -> House:
    place = request.getfixturevalue("postgres")
    request.getfixturevalue("postgres_server").clear()  # one test may want several houses, one after the other
    return house_at(place)


HOUSES: dict[str, Callable[[pytest.FixtureRequest, Path], House]] = {
    "memory": memory_house,
    "sqlite": sqlite_house,
    "files": files_house,
    "postgres": postgres_house,
}
