"""One command of e2evote as a whole process, observed from inside: wall and CPU time, peak memory, and where time goes.

    python -m benchmarks.observed OUT [--sample] -- verify RECORD --expect ANCHORS

Used by the claims about whole processes. The command runs as from a shell; at its end OUT gets one JSON object. Peak
memory is the kernel's high-water mark of this process (VmHWM), and the largest of its workers. With `--sample`, a timer
of the process's CPU time interrupts every 5 ms or what the kernel makes of that, and each sample is given to the first
function from the inside out that belongs to a group: by its file, for numbers by its name, and where a hash of the
standard library is called, by the line. What belongs to none is `outside`, with the function that ran; so is all time
before the timer starts. The samples cost below one percent; they
see the main thread, so they are taken of runs without workers.
"""

import json
import resource
import signal
import subprocess
import sys
from collections import Counter
from dataclasses import dataclass, field
from linecache import getline
from pathlib import Path
from time import perf_counter, process_time
from types import FrameType
from typing import Any

from benchmarks.setting import ROOT

INTERVAL = 0.005
MULTIPLYING, JACOBI, HASHING, SIGNATURES = "multi-exponentiation", "Jacobi", "hashing", "Ed25519"
FILES = {
    "algebra/multiexponentiation.py": MULTIPLYING,
    "algebra/combination.py": MULTIPLYING,
    "algebra/exponentiation.py": MULTIPLYING,
    "hashing/digest.py": HASHING,
    "board/merkle.py": HASHING,
    "proofs/signature.py": SIGNATURES,
}
FUNCTIONS = {"jacobi": JACOBI, "power": MULTIPLYING}
"""Of algebra/integers.py."""
CALLS = ("sha256(", ".update(", "hmac.digest(")
"""On a line of the library that is running: the time is that of the hash."""
_LIBRARY = "e2evote/"


@dataclass(slots=True)
class Samples:
    """How often which group was found at work."""

    groups: Counter[str] = field(default_factory=Counter)
    outside: Counter[str] = field(default_factory=Counter)

    def take(self, _signal: int, frame: FrameType | None) -> None:
        """The handler of the timer."""
        nearest = ""
        while frame is not None:
            name = frame.f_code.co_filename.rpartition(_LIBRARY)[2]
            function = frame.f_code.co_name
            group = FILES.get(name) or (FUNCTIONS.get(function) if name == "algebra/integers.py" else None)
            if group:
                self.groups[group] += 1
                return
            if not nearest and frame.f_code.co_filename != name:
                nearest = f"{name}:{function}"
                line = getline(frame.f_code.co_filename, frame.f_lineno or 0)  # None at the start of a function
                if any(call in line for call in CALLS):
                    self.groups[HASHING] += 1
                    return
            frame = frame.f_back
        self.outside[nearest or "elsewhere, imports included"] += 1

    def members(self) -> dict[str, Any]:
        return {"groups": dict(self.groups), "outside": dict(self.outside.most_common())}


def peak_bytes() -> int:
    """The most memory that this process had at once."""
    try:
        lines = Path("/proc/self/status").read_text("ascii", "replace").splitlines()
    except OSError:
        lines = []
    for line in lines:
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) * 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def main() -> int:
    out, *rest = sys.argv[1:]
    sample, command = "--sample" in rest[: rest.index("--")], rest[rest.index("--") + 1 :]
    samples, start, before = Samples(), perf_counter(), process_time()
    if sample:
        signal.signal(signal.SIGPROF, samples.take)
        signal.setitimer(signal.ITIMER_PROF, INTERVAL, INTERVAL)
    from e2evote.cli import main as cli

    sys.argv = ["e2evote", *command]
    code = cli()
    if sample:
        signal.setitimer(signal.ITIMER_PROF, 0)
    sampled = process_time() - before
    workers = resource.getrusage(resource.RUSAGE_CHILDREN)
    seen = {
        "code": code,
        "wall": perf_counter() - start,
        "cpu": process_time() + workers.ru_utime + workers.ru_stime,
        "own": process_time(),
        "sampled": sampled,
        "peak": peak_bytes(),
        "peak_worker": workers.ru_maxrss * 1024,
        "samples": samples.members() if sample else None,
    }
    Path(out).write_text(json.dumps(seen) + "\n", "utf-8")
    return 0


@dataclass(frozen=True, slots=True)
class Seen:
    """What was observed of one run. own: CPU seconds without the workers'. sampled: those in which samples were taken.
    peak: bytes of the process that had most."""

    wall: float
    cpu: float
    own: float
    sampled: float
    peak: int
    groups: dict[str, int]
    outside: dict[str, int]

    @property
    def share_outside(self) -> float:
        """Of the CPU time of the whole process, from the start of the interpreter to its end."""
        return 1 - sum(self.groups.values()) / self.samples * self.sampled / self.cpu

    @property
    def samples(self) -> int:
        return sum(self.groups.values()) + sum(self.outside.values())


def observe(command: list[str], out: Path, *, sample: bool, timeout: float | None = None) -> Seen:
    """Run the command in a process of its own, unless `out` is there from an earlier run; ValueError if it failed."""
    if not out.exists():
        whole = [
            sys.executable,
            "-m",
            "benchmarks.observed",
            str(out),
            *(["--sample"] if sample else []),
            "--",
            *command,
        ]
        ended = subprocess.run(whole, cwd=ROOT, capture_output=True, text=True, timeout=timeout, check=False)
        if ended.returncode or not out.exists():
            raise ValueError(f"{' '.join(command[:2])}: {ended.stderr.strip()[-500:]}")
    seen = json.loads(out.read_text("utf-8"))
    if seen["code"] != 0:
        out.unlink()
        raise ValueError(f"{' '.join(command[:2])}: ended with exit code {seen['code']}")
    samples = seen["samples"] or {"groups": {}, "outside": {}}
    peak = max(seen["peak"], seen["peak_worker"])
    return Seen(seen["wall"], seen["cpu"], seen["own"], seen["sampled"], peak, samples["groups"], samples["outside"])


if __name__ == "__main__":
    sys.exit(main())
