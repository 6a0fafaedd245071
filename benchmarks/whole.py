"""`e2evote verify` as a whole process: against electionguard-python, and where its time goes.

    python -m benchmarks.whole

A record of 10,000 ballots of ten selections, from the command line to the exit code, one process: interpreter start,
reading, tree, signatures, proofs, tally, report. CPU time of the process against the sum of ElectionGuard for Python's
verification of the same number of selections, from objects in memory, without limit proofs: measured on a sample before
and after and multiplied, the smaller one, since all of it would take half an hour. The share outside
multi-exponentiation, Jacobi symbols, hashing and Ed25519 is sampled (`benchmarks/observed.py`).
"""

import sys

from benchmarks.ballots import OPTIONS
from benchmarks.beside import Beside
from benchmarks.claim import Answer, Row, Task, run
from benchmarks.observed import Seen
from benchmarks.runs import runs

MOST_OUTSIDE = 15
SAMPLE = 50


def measure(task: Task) -> Answer:
    sizes = [task.sized(20, 10_000)] + ([100_000] if task.scale == "full" else [])
    rows: list[Row] = []
    notes: list[str] = []
    with Beside(task, task.sized(2, SAMPLE)) as beside, runs(task) as observed:
        for ballots in sizes:
            before = beside.round()
            seen = observed.verify(ballots, 1)
            theirs = min(before.verify, beside.round().verify)
            rows += _rows(ballots, seen, theirs)
            notes.append(_places(ballots, seen))
    return Answer(tuple(rows), notes=tuple(notes))


def _rows(ballots: int, seen: Seen, theirs: float) -> list[Row]:
    item, selections = f"e2evote verify, whole process, {ballots:,} ballots of {OPTIONS}", ballots * OPTIONS
    parts = ", ".join(f"{group} {100 * number / seen.samples:.0f} %" for group, number in sorted(seen.groups.items()))
    return [
        Row(
            f"{item}, vs electionguard-python on as many selections",
            theirs * selections / seen.cpu,
            "×",
            detail=f"{seen.cpu:,.1f} s of CPU, {seen.cpu / selections * 1e3:.2f} ms a selection; "
            f"theirs {theirs * 1e3:.1f} ms × {selections:,} = {theirs * selections / 60:,.0f} min",
        ),
        Row(
            f"{item}: share of time outside multi-exponentiation, Jacobi, hashing, Ed25519",
            100 * seen.share_outside,
            " %",
            MOST_OUTSIDE,
            at_most=True,
            detail=f"of the samples: {parts}",
        ),
    ]


def _places(ballots: int, seen: Seen) -> str:
    """Which functions make up the share outside."""
    places = list(seen.outside.items())[:6]
    listed = ", ".join(f"`{place}` {100 * number / seen.samples:.1f} %" for place, number in places)
    return f"Outside, {ballots:,} ballots, the functions in which most samples fell: {listed}."


if __name__ == "__main__":
    sys.exit(run("whole", __doc__, measure))
