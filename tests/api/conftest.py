"""One served rehearsal for all tests of a worker that leave it as open as they found it."""

from collections.abc import Iterator

import pytest

from api.served import Served, rehearsal, serving, voters
from e2evote.adapter.rehearsed_voters import RehearsedVoters
from e2evote.adapter.store import Store

pytest.importorskip("fastapi", reason="the extra [http] is not installed")
pytest.importorskip("uvicorn", reason="the extra [http] is not installed")

ROOMY = """
[limits]
archives = { burst = 1000, per_minute = 1000 }
casts = { burst = 10000, per_minute = 10000 }
reads = { burst = 10000, per_minute = 10000 }
sessions = { burst = 1000, per_minute = 1000 }
writes = { burst = 1000, per_minute = 1000 }
"""
"""Tests ask from one address only."""


@pytest.fixture(scope="session")
def store(tmp_path_factory: pytest.TempPathFactory) -> Store:
    return rehearsal(tmp_path_factory.mktemp("served") / "store")


@pytest.fixture(scope="session")
def server(store: Store) -> Iterator[Served]:
    with serving(store.path.parent, store, config=ROOMY) as served:
        yield served


@pytest.fixture(scope="session")
def devices(store: Store, server: Served) -> RehearsedVoters:
    return voters(store)
