"""How verification grows: 10² to 10⁴ ballots (10⁵ with `--full`), one process and two; wall time and memory.

    python -m benchmarks.scaling

Whole processes: `e2evote verify` with `--workers 1` and `--workers 2` on records of ten selections a ballot. Speed-up
by two processes is wall time, at the largest record. Peak memory is of one process, the one that has most.
"""

import sys

from benchmarks.claim import Answer, NotMeasured, Point, Row, Task, run
from benchmarks.runs import runs
from benchmarks.setting import processors

SMALL = 1000
MOST_MORE, MOST = 20, 500
MB = 1e6


def measure(task: Task) -> Answer:
    sizes = {"quick": (20, 40), "default": (100, SMALL, 10_000), "full": (100, SMALL, 10_000, 100_000)}[task.scale]
    if processors() < 2:
        raise NotMeasured("two processes need two processors")
    points: list[Point] = []
    with runs(task) as observed:
        for ballots in sizes:
            for workers in (1, 2):
                seen = observed.verify(ballots, workers)
                points.append(Point(ballots, workers, seen.wall, seen.cpu, seen.own, seen.peak))
    rows = [_speed_up(points, ballots, ballots == sizes[-1]) for ballots in sizes[-2:]]
    small = SMALL if SMALL in sizes else sizes[0]
    rows += _memory(points, small, sizes[-1])
    return Answer(tuple(rows), tuple(points))


def _at(points: list[Point], ballots: int, workers: int) -> Point:
    return next(point for point in points if (point.ballots, point.workers) == (ballots, workers))


def _speed_up(points: list[Point], ballots: int, claimed: bool) -> Row:
    one, two = _at(points, ballots, 1), _at(points, ballots, 2)
    return Row(
        f"e2evote verify, {ballots:,} ballots: two processes against one, wall time",
        one.wall / two.wall,
        "×",
        1.8 if claimed else None,
        detail=f"{one.wall:.1f} s and {two.wall:.1f} s; CPU {one.cpu:.1f} s and {two.cpu:.1f} s, of which the first "
        f"process, which has the workers wait at its beginning and end, {two.own:.1f} s",
    )


def _memory(points: list[Point], small: int, large: int) -> list[Row]:
    rows = []
    for workers in (1, 2):
        few, many = _at(points, small, workers), _at(points, large, workers)
        detail = f"{few.peak / MB:.0f} MB and {many.peak / MB:.0f} MB, the process that had most of {workers}"
        growth = f"peak memory of e2evote verify, {large:,} ballots over {small:,}, a process of {workers}"
        rows.append(Row(growth, (many.peak - few.peak) / MB, " MB", MOST_MORE, at_most=True, detail=detail))
        most = f"peak memory of e2evote verify, {large:,} ballots, a process of {workers}"
        rows.append(Row(most, many.peak / MB, " MB", MOST, at_most=True, detail=detail))
    return rows


if __name__ == "__main__":
    sys.exit(run("scaling", __doc__, measure))
