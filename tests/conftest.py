"""What every test shares: a deterministic Hypothesis, and where data outside the repository would be."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from storage.postgres_server import NoServer, Server, a_server

ROOT = Path(__file__).resolve().parent.parent

# The same examples on every run: a failure on one machine is a failure on all. No deadline, because no
# test asserts a time.
settings.register_profile(
    "e2evote", derandomize=True, deadline=None, database=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("e2evote")


@pytest.fixture(scope="session")
def root() -> Path:
    """The checkout."""
    return ROOT


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of public election data that may lie beside the checkout; the tests that need it skip without it."""
    folder = ROOT.parent / "shared" / "data"
    if not folder.is_dir():
        pytest.skip("no ../shared/data beside the checkout: the public data sets are not part of the repository")
    return folder


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[Server]:
    """A real PostgreSQL server that answers; nobody stops it or leaves other settings behind."""
    pytest.importorskip("psycopg", reason="psycopg is not installed (the extra [postgres])")
    try:
        with a_server() as server:
            yield server
    except NoServer as missing:
        pytest.skip(str(missing))


@pytest.fixture
def postgres(postgres_server: Server) -> Iterator[str]:
    """The URL of a database without a log; what a test leaves in it is gone afterwards."""
    yield postgres_server.url()
    postgres_server.clear()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """How many mutants each check killed, over all shards (tests/simulate/test_mutants.py)."""
    kills: Counter[str] = Counter()
    for report in terminalreporter.getreports("passed"):
        for name, value in report.user_properties:
            if name == "kills":
                kills.update(value)
    if kills:
        terminalreporter.section("mutants killed, by check")
        for name, number in kills.most_common():
            terminalreporter.write_line(f"{number:6} {name}")
