"""All claims, one after the other, and the document with their table and plot.

    python -m benchmarks [--quick | --full] [--only NAME …] [--out FOLDER] [--results FOLDER]

Each claim is a process of its own with a time limit. One that fails is in the table as not measured, with the reason,
and the others go on. Results are kept as one JSON file a claim; `--render` makes the document again from those that are
there. `--quick` only shows that everything runs: no number of it goes into docs/.
"""

import argparse
import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from time import perf_counter
from typing import Any

from benchmarks.claim import add_options
from benchmarks.render import render
from benchmarks.setting import ROOT, setting

CLAIMS = (
    "selection",
    "voting",
    "ballot",
    "batch",
    "culprit",
    "tally",
    "whole",
    "scaling",
    "cluster",
    "belenios",
    "board",
    "roll",
    "browser",
    "server",
)
LIMITS = {"quick": 300, "default": 1800, "full": 4 * 3600}
"""Seconds for one claim, by scale; records that it needs first are made in it."""
RESULTS = ROOT / "benchmarks" / "results"


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks", description="Measure all claims and write the document."
    )
    add_options(parser)
    parser.add_argument("--only", nargs="+", choices=CLAIMS, default=CLAIMS, metavar="NAME", help=", ".join(CLAIMS))
    parser.add_argument(
        "--results", type=Path, help=f"where results are kept (default {RESULTS.relative_to(ROOT)}/SCALE)"
    )
    parser.add_argument("--out", type=Path, help="where benchmarks.md goes (default docs/, of --quick the results)")
    parser.add_argument("--render", action="store_true", help="measure nothing, write the document of what is there")
    options = parser.parse_args()
    results = options.results or RESULTS / options.scale
    results.mkdir(parents=True, exist_ok=True)
    out = options.out or (results if options.scale == "quick" else ROOT / "docs")
    if not options.render:
        for old in results.glob("seen/*.json"):
            old.unlink()
        for name in options.only:
            measure(name, options, results)
    found = [json.loads(path.read_text("utf-8")) for name in CLAIMS if (path := results / f"{name}.json").exists()]
    print(render(found, ROOT / "docs" / "benchmarks.md", out))
    return int(any("failed" in one for one in found))


def measure(name: str, options: argparse.Namespace, results: Path) -> None:
    """One claim in a process of its own; its answer, or why there is none, in its file."""
    seen, place = results / "seen", results / f"{name}.json"
    seen.mkdir(exist_ok=True)
    place.unlink(missing_ok=True)
    command = [sys.executable, "-m", f"benchmarks.{name}", "--json", str(place), "--observed", str(seen)]
    command += ["--records", str(options.records), "--workers", str(options.workers)]
    command += ["--venv", str(options.venv)] if options.venv else []
    command += [] if options.scale == "default" else [f"--{options.scale}"]
    print(f"{name} …", end=" ", flush=True)
    start = perf_counter()
    why = _run(command, LIMITS[options.scale])
    seconds = perf_counter() - start
    if why or not place.exists():
        failed: dict[str, Any] = {"name": name, "setting": setting(), "seconds": seconds, "rows": [], "points": []}
        place.write_text(json.dumps({**failed, "notes": [], "failed": why or "it left no answer"}, indent=1), "utf-8")
    print(f"{seconds:.0f} s" + (f", not measured: {why}" if why else ""), flush=True)


def _run(command: list[str], limit: float) -> str:
    """Why the claim was not measured, "" if it was. Whatever it started ends with it."""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT / "src"), str(ROOT)])}
    process = subprocess.Popen(
        command,
        cwd=ROOT,
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    try:
        _, said = process.communicate(timeout=limit)
    except BaseException as error:
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
        if isinstance(error, subprocess.TimeoutExpired):
            return f"longer than {limit:.0f} s"
        raise
    if process.returncode == 0:
        return ""
    return (said.strip() or f"exit code {process.returncode}").splitlines()[-1][:300]


if __name__ == "__main__":
    sys.exit(main())
