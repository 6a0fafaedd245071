"""`e2evote verify --resume`, killed again and again: run as a program by `test_resume`, with arguments of the command.

Pieces are of one entry, so that a small record has many. Each run is a process of its own that kills itself when it is
about to make something durable for the n-th time, so between any two steps of saving. With a STEP for first argument n
grows by it, and another run goes on to the end each time. With `chain` the run that goes on is killed too, after one
piece more, until there is nothing left to do.

Prints a JSON object for each run that comes to its end: how many runs were killed before it, how many pieces they had
saved in whole, what it took from them, and its output.
"""

import contextlib
import io
import json
import os
import signal
import sys
import tempfile
from pathlib import Path
from typing import Any

from e2evote.adapter import resume
from e2evote.cli import main
from e2evote.verify import pieces

fsync = os.fsync


def run(arguments: list[str], kill_at: int, result: Path) -> bool:
    """The command in another process; False if it was killed. Its output goes to `result`."""
    process = os.fork()
    if process == 0:
        in_child(arguments, kill_at, result)
    _, status = os.waitpid(process, 0)
    if os.WIFSIGNALED(status):
        return False
    if os.waitstatus_to_exitcode(status) != 0:
        raise RuntimeError("the run failed")
    return True


def in_child(arguments: list[str], kill_at: int, result: Path) -> None:
    """Never comes back."""
    durable = 0

    def counted(descriptor: int) -> None:
        nonlocal durable
        durable += 1
        if durable == kill_at:
            os.kill(os.getpid(), signal.SIGKILL)
        fsync(descriptor)

    os.fsync = counted
    taken = 0
    load = resume.ResumeStore.load

    def watched(self: resume.ResumeStore, key: bytes) -> bytes | None:
        nonlocal taken
        found = load(self, key)
        taken += found is not None
        return found

    resume.ResumeStore.load = watched  # type: ignore[method-assign]
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        code = main(["verify", *arguments])
    result.write_text(json.dumps({"code": code, "err": err.getvalue(), "out": out.getvalue(), "taken": taken}))
    os._exit(0)


def saved() -> int:
    """Pieces that are there in whole."""
    state = Path(os.environ["XDG_STATE_HOME"]) / "e2evote" / "verify"
    return sum(1 for path in state.glob("*/*") if not path.name.startswith("."))


def main_program() -> None:
    step, *arguments = sys.argv[1:]
    pieces.ONE_BY_ONE = pieces.SELECTIONS = 1
    with tempfile.TemporaryDirectory() as folder:
        result = Path(folder) / "result"
        if step == "chain":
            killed = before = 0
            while not run(arguments, 2 + killed % 2, result):
                killed, before = killed + 1, saved()
            show(result, before, killed)
            return
        for kill_at in range(1, 10_000, int(step)):
            if run(arguments, kill_at, result):
                return
            before = saved()
            run(arguments, 0, result)
            show(result, before, 1)


def show(result: Path, before: int, killed: int) -> None:
    found: dict[str, Any] = json.loads(result.read_text())
    print(json.dumps({**found, "killed": killed, "left": saved(), "saved": before}), flush=True)


if __name__ == "__main__":
    main_program()
