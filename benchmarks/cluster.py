"""The same verification by the workers of a `distributed` cluster, beside as many processes of this machine.

    python -m benchmarks.cluster

A LocalCluster of two worker processes runs as a process of its own, as a real cluster would; `e2evote verify --dask
ADDRESS` connects to it. Wall time of the whole command, against `--workers 2`; and the reports are compared byte by
byte. The cluster is started before the clock; connecting, and loading the library in its workers, are inside.
"""

import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import perf_counter

from benchmarks.ballots import record_of
from benchmarks.claim import Answer, NotMeasured, Row, Task, run
from benchmarks.setting import ROOT

WORKERS = 2
_SERVER = f"""
import sys
from distributed import LocalCluster
if __name__ == "__main__":
    with LocalCluster(n_workers={WORKERS}, threads_per_worker=1, processes=True, dashboard_address=None) as cluster:
        print(cluster.scheduler_address, flush=True)
        sys.stdin.read()
"""


def measure(task: Task) -> Answer:
    ballots = task.sized(20, 10_000)
    made = record_of(task, ballots)
    command = ["verify", str(made.record), "--expect", str(made.anchors), "--json"]
    with _cluster() as address:
        by_cluster, report = _run([*command, "--dask", address])
        own, same = _run([*command, "--workers", str(WORKERS)])
    if report != same:
        raise NotMeasured("the reports differ")
    return Answer(
        (
            Row(
                f"e2evote verify, {ballots:,} ballots: a cluster of {WORKERS} against {WORKERS} processes, wall time",
                own / by_cluster,
                "×",
                detail=f"{by_cluster:.1f} s and {own:.1f} s; equal reports",
            ),
        )
    )


def _run(command: list[str]) -> tuple[float, str]:
    """Wall time and what was printed."""
    start = perf_counter()
    whole = [sys.executable, "-m", "e2evote", *command]
    ended = subprocess.run(whole, cwd=ROOT, capture_output=True, text=True, check=False)
    seconds = perf_counter() - start
    if ended.returncode:
        last = (ended.stderr.strip() or "no message").splitlines()[-1]
        raise NotMeasured(f"e2evote {' '.join(command[-2:])}: exit code {ended.returncode}: {last}")
    return seconds, ended.stdout


@contextmanager
def _cluster() -> Iterator[str]:
    """The address of a scheduler with two workers."""
    with tempfile.TemporaryDirectory(prefix="e2evote-cluster-") as folder:
        script = Path(folder) / "cluster.py"
        script.write_text(_SERVER, "utf-8")
        process = subprocess.Popen(
            [sys.executable, str(script)],
            cwd=folder,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        with process:
            try:
                address = process.stdout.readline().strip() if process.stdout else ""
                if not address:
                    raise NotMeasured("no cluster starts; is the extra [dask] installed?")
                yield address
            finally:
                if process.stdin:
                    process.stdin.close()
                process.wait()


if __name__ == "__main__":
    sys.exit(run("cluster", __doc__, measure))
