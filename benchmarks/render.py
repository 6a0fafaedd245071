"""docs/benchmarks.md: the text as it stands, with the table, the notes and the plots of the last run put into it.

What is generated lies between two marks in the document; the rest is written by hand and kept. Plots need matplotlib,
the extra `[reports]`; without it the document says so in their place.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from benchmarks.claim import number

BEGIN, END = "<!-- measured: begin -->", "<!-- measured: end -->"
PLOTS = "benchmarks"
"""The folder of the plots, beside the document."""

Result = dict[str, Any]


def render(results: Sequence[Result], template: Path, out: Path) -> Path:
    """Write the document with these results to `out`; its path. ValueError where the template has no place for them."""
    text = template.read_text("utf-8")
    before, begin, rest = text.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise ValueError(f"{template}: the marks {BEGIN} and {END} are not there")
    out.mkdir(parents=True, exist_ok=True)
    measured = "\n\n".join([*_settings(results), table(results), *_notes(results), *plots(results, out / PLOTS)])
    place = out / "benchmarks.md"
    place.write_text(f"{before}{BEGIN}\n\n{measured}\n\n{END}{after}", "utf-8")
    return place


def table(results: Sequence[Result]) -> str:
    """One line for each row of each claim, and one for each claim that was not measured."""
    lines = ["| item | at least | measured | met? | |", "|---|---|---|---|---|"]
    for result in results:
        if "failed" in result:
            lines.append(f"| {result['name']} | | not measured: {_cell(result['failed'])} | | |")
        lines.extend(_line(row) for row in result["rows"])
    return "\n".join(lines)


def _line(row: Result) -> str:
    wanted = "" if row["bound"] is None else f"{'≤' if row['at_most'] else '≥'} {number(row['bound'])}{row['unit']}"
    met = {None: "", True: "yes", False: "**no**"}[row["met"]]
    measured = f"{number(row['value'])}{row['unit']}"
    return f"| {_cell(row['item'])} | {wanted} | {measured} | {met} | {_cell(row['detail'])} |"


def _cell(text: str) -> str:
    return " ".join(text.replace("|", "\\|").split())


def _settings(results: Sequence[Result]) -> list[str]:
    """Machine, commit, versions, and from when to when; of each claim apart where they differ."""
    if not results:
        return ["Nothing was measured yet."]
    settings = [result["setting"] for result in results]
    parts = []
    for name in ("machine", "commit", "python", "gmpy2"):
        values = list(dict.fromkeys(setting[name] for setting in settings))
        parts.append(f"{name} {', '.join(values)}")
    dates = sorted(setting["date"] for setting in settings)
    minutes = sum(result["seconds"] for result in results) / 60
    return [f"{'; '.join(parts)}; from {dates[0]} to {dates[-1]}, {minutes:.0f} minutes."]


def _notes(results: Sequence[Result]) -> list[str]:
    notes = [f"* {note}" for result in results for note in result["notes"]]
    return ["\n".join(notes)] if notes else []


def plots(results: Sequence[Result], folder: Path) -> list[str]:
    """The plots of every claim that has points, as links relative to the document."""
    points = [point for result in results for point in result["points"]]
    if len({point["ballots"] for point in points}) < 2:
        return []
    try:
        import matplotlib
    except ImportError:
        return ["(No plot: the extra `[reports]` was not installed.)"]
    matplotlib.use("svg")
    folder.mkdir(parents=True, exist_ok=True)
    made = []
    for name, field, unit, factor, alt in (
        ("verify-time", "wall", "wall time, s", 1.0, "Wall time of e2evote verify by number of ballots"),
        (
            "verify-memory",
            "peak",
            "peak memory of a process, MB",
            1e-6,
            "Peak memory of e2evote verify by number of ballots",
        ),
    ):
        _plot(points, field, unit, factor, folder / f"{name}.svg")
        made.append(f"![{alt}]({folder.name}/{name}.svg)")
    return made


def _plot(points: Sequence[Result], field: str, unit: str, factor: float, place: Path) -> None:
    """One line for each number of processes; both axes logarithmic for time, memory from 0."""
    import matplotlib as mpl
    from matplotlib.figure import Figure

    with mpl.rc_context({"svg.hashsalt": "e2evote", "svg.fonttype": "none"}):
        figure = Figure(figsize=(6.4, 4.0), layout="constrained")
        axes = figure.add_subplot()
        for workers, marker in zip(sorted({point["workers"] for point in points}), "osD^v", strict=False):
            own = sorted((p["ballots"], p[field] * factor) for p in points if p["workers"] == workers)
            label = f"{workers} process" + ("es" if workers > 1 else "")
            axes.plot(*zip(*own, strict=True), marker=marker, label=label)
        axes.set_xscale("log")
        if field == "wall":
            axes.set_yscale("log")
        else:
            axes.set_ylim(bottom=0)
        axes.set_xlabel("ballots of ten selections")
        axes.set_ylabel(unit)
        axes.grid(visible=True, which="major", alpha=0.4)
        axes.legend()
        figure.savefig(place, format="svg", metadata={"Date": None, "Creator": None})
