"""The benchmark of rolls runs, on a few lines; its numbers are nobody's business here."""

from benchmarks.claim import Task
from benchmarks.roll import measure


def test_each_part_has_its_row_and_all_together_have_the_bound() -> None:
    answer = measure(Task("quick"))
    assert [row.bound for row in answer.rows] == [None, None, None, 1.3, None]
    assert all(row.value > 0 for row in answer.rows)
