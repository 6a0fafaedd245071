"""One small demonstration for all tests of a worker: a closed selection with all its keys, in the group for tests."""

from pathlib import Path

import pytest

from cli.running import Ended, done
from e2evote.adapter.demo.setup import DemoFolder

SAMPLE = 4


@pytest.fixture(scope="session")
def demonstration(tmp_path_factory: pytest.TempPathFactory) -> tuple[DemoFolder, Ended]:
    """The folder, and what the command printed."""
    path = tmp_path_factory.mktemp("demonstration") / "demo"
    ended = done("demo", "--sample", SAMPLE, "--group", "test-512", "--workers", 1, "--out", path, "--json")
    return DemoFolder.at(path), ended


@pytest.fixture(scope="session")
def demo(demonstration: tuple[DemoFolder, Ended]) -> DemoFolder:
    return demonstration[0]


@pytest.fixture
def blt(tmp_path: Path) -> Path:
    """A small file of ranked ballots, so that no test depends on what lies beside the checkout."""
    path = tmp_path / "small.blt"
    path.write_text('3 1\n2 1 2 0\n3 2 0\n1 3 1 2 0\n0\n"Ada"\n"Bob"\n"Çelik"\n"Small ward"\n', encoding="utf-8")
    return path
