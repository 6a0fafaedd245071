"""What every claim's script has in common: its options, and its answer as rows of the table in docs/benchmarks.md.

A claim is measured beside its peer or its limit in the same run, so a row's number is a ratio or a count wherever it
can be: it says something about another machine too.
"""

import argparse
import json
import sys
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from time import perf_counter
from typing import Any, Literal

from benchmarks.generate import cache
from benchmarks.oracle.environment import Unavailable
from benchmarks.setting import setting
from e2evote.errors import E2EVoteError

Scale = Literal["quick", "default", "full"]


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table. bound: the number to reach, from below or from above (`at_most`); None for no claim."""

    item: str
    value: float
    unit: str
    bound: float | None = None
    at_most: bool = False
    detail: str = ""

    @property
    def met(self) -> bool | None:
        """Whether the bound is kept; None where there is none."""
        if self.bound is None:
            return None
        return self.value <= self.bound if self.at_most else self.value >= self.bound


@dataclass(frozen=True, slots=True)
class Point:
    """One point of a plot. own: CPU seconds of the first process; cpu: of all; peak: bytes of the one that had most."""

    ballots: int
    workers: int
    wall: float
    cpu: float
    own: float
    peak: float


@dataclass(frozen=True, slots=True)
class Answer:
    """What one script found. notes: sentences that belong under the table."""

    rows: tuple[Row, ...]
    points: tuple[Point, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Task:
    """What the caller asks: how much, and where things are. records: the folder in which generated records are kept;
    observed: a folder in which runs of `e2evote verify` are remembered, if claims may share them."""

    scale: Scale = "default"
    venv: Path | None = None
    records: Path = field(default_factory=cache)
    observed: Path | None = None
    workers: int = 2

    def sized(self, quick: int, default: int, full: int | None = None) -> int:
        """The number for this scale."""
        if self.scale == "quick":
            return quick
        return default if self.scale == "default" or full is None else full


class NotMeasured(Exception):
    """This claim can't be measured here; the text says why."""


Measure = Callable[[Task], Answer]


def answer_members(name: str, answer: Answer, seconds: float) -> dict[str, Any]:
    """The answer as it is kept in a file."""
    rows = [{**asdict(row), "met": row.met} for row in answer.rows]
    points = [asdict(point) for point in answer.points]
    return {
        "name": name,
        "setting": setting(),
        "seconds": seconds,
        "rows": rows,
        "points": points,
        "notes": list(answer.notes),
    }


def add_options(parser: argparse.ArgumentParser) -> None:
    """Options that every script and the command for all of them have."""
    size = parser.add_mutually_exclusive_group()
    size.add_argument("--quick", dest="scale", action="store_const", const="quick", help="tiny, to see that it runs")
    size.add_argument("--full", dest="scale", action="store_const", const="full", help="with 100,000 ballots")
    parser.set_defaults(scale="default")
    parser.add_argument("--venv", type=Path, help="the oracle's virtual environment (default: a cached one)")
    parser.add_argument("--records", type=Path, default=cache(), help=f"where records are kept (default {cache()})")
    parser.add_argument("--workers", type=positive, default=2, help="processes that make records (default 2)")


def positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError(f"{number}, want at least 1")
    return number


def task_of(options: argparse.Namespace) -> Task:
    return Task(options.scale, options.venv, options.records, workers=options.workers)


def run(name: str, what: str | None, measure: Measure) -> int:
    """One script on its own: measure, and print the rows or write them to a file."""
    parser = argparse.ArgumentParser(prog=f"python -m benchmarks.{name}", description=(what or name).partition("\n")[0])
    add_options(parser)
    parser.add_argument("--observed", type=Path, help="a folder to share runs of e2evote verify with other claims")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the answer there instead of printing it")
    options = parser.parse_args()
    task = replace(task_of(options), observed=options.observed)
    start = perf_counter()
    try:
        answer = measure(task)
        if task.scale == "quick":  # too little to judge
            answer = replace(answer, rows=tuple(replace(row, bound=None) for row in answer.rows))
    except (NotMeasured, Unavailable, E2EVoteError, OSError, ValueError) as error:
        print(f"{type(error).__name__}: {error}" if isinstance(error, ValueError) else str(error), file=sys.stderr)
        return 1
    if options.json:
        members = answer_members(name, answer, perf_counter() - start)
        options.json.write_text(json.dumps(members, indent=1) + "\n", "utf-8")
    else:
        show(answer.rows)
        print(*answer.notes, sep="\n")
    return 0


def show(rows: Sequence[Row]) -> None:
    """The rows on standard output."""
    for key, value in setting().items():
        print(f"{key:<8} {value}")
    print()
    for row in rows:
        print(f"{row.item}: {number(row.value)}{row.unit}  {wanted(row)}\n    {row.detail}")


def wanted(row: Row) -> str:
    """`at least 10×`, and whether it is met."""
    if row.bound is None:
        return ""
    sign = "≤" if row.at_most else "≥"
    return f"({sign} {number(row.bound)}{row.unit}: {'met' if row.met else 'NOT MET'})"


def number(value: float) -> str:
    """Three digits that count."""
    if value == 0:
        return "0"
    size = abs(value)
    if size >= 100:
        return f"{value:,.0f}"
    return f"{value:.1f}" if size >= 10 else f"{value:.2f}"
