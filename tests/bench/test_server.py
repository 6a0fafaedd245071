"""The benchmark of the server runs, on a few ballots; its numbers are nobody's business here."""

import pytest

from benchmarks.claim import Task
from benchmarks.server import OVERHEAD, measure


@pytest.mark.slow
def test_the_overhead_has_the_bound() -> None:
    answer = measure(Task("quick"))
    assert [row.bound for row in answer.rows] == [OVERHEAD, None, None, None, None]
    assert all(row.value > 0 for row in answer.rows)
