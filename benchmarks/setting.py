"""Where and with what a measurement was made: machine, commit, date, versions."""

import os
import platform
import subprocess
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def setting() -> dict[str, str]:
    """By name, what stands above every table."""
    return {
        "date": datetime.now(UTC).isoformat(timespec="minutes"),
        "commit": commit(),
        "machine": f"{processor()}, {processors()} cores, {platform.system()} {platform.machine()}",
        "python": platform.python_version(),
        "gmpy2": version("gmpy2"),
        "load": f"{os.getloadavg()[0]:.1f} when it began",
    }


def commit() -> str:
    """The checkout's commit, marked when files differ from it; `unknown` outside a checkout."""
    commands = (["git", "rev-parse", "--short", "HEAD"], ["git", "status", "--porcelain"])
    try:
        name, status = (
            subprocess.run(c, cwd=ROOT, capture_output=True, text=True, check=True).stdout for c in commands
        )
    except (OSError, subprocess.CalledProcessError):
        return "unknown"
    changed = [line for line in status.splitlines() if not line[3:].startswith("docs/benchmarks")]
    return name.strip() + ("+changes" if changed else "")


def processor() -> str:
    """The processor's name where the system tells it."""
    try:
        lines = Path("/proc/cpuinfo").read_text("utf-8").splitlines()
    except OSError:
        lines = []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor() or platform.machine()


def processors() -> int:
    """How many processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
