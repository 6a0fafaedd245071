"""Verifications of one record in the background, for pages and programs that show their state (docs/verification.md).

`look` never waits. It begins a verification where the published head is another than the one that was verified, one at
a time for all that share a `Turn`, and after one has ended a pause of ten times as long, so that on a log that grows
all day each selection takes at most a tenth of one processor, which others may have first. The last report is also kept
in a file, so that a server that starts again has something to show. No anchors are given: a server can't say of itself
that it is the right one, and the verdict is `consistent` at best.
"""

import json
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from e2evote.adapter import whole_file
from e2evote.adapter.audit_process import ALLOW_TEST_GROUP
from e2evote.adapter.processes import claim_of
from e2evote.board.checkpoint import Checkpoint
from e2evote.verify.checks import Check

PAUSE = 10
"""How much longer than a verification nothing is done after it."""

_LARGEST = 64 * 2**20
_END_SECONDS = 5

State = Literal["idle", "waiting", "running"]
Turn = threading.Semaphore


@dataclass(frozen=True, slots=True)
class AuditView:
    """What there is to show.

    report: of the last verification that ended, as `e2evote verify --json` has it; None where there is none. done,
    total: ballots and challenges of the one that is running. failure: why the last one could not be finished.
    current: the report is of the head that is published now, which is `head`.
    """

    state: State
    done: int
    total: int
    report: Mapping[str, Any] | None
    failure: str
    current: bool
    head: Checkpoint | None


class Audits:
    """Of the record at `record`. kept: the file for the last report."""

    def __init__(self, record: Path, kept: Path, turn: Turn, *, allow_test_group: bool = False) -> None:
        self._record, self._kept, self._turn = record, kept, turn
        self._allow_test_group = allow_test_group
        self._lock = threading.Lock()
        self._state: State = "idle"
        self._done = self._total = 0
        self._report = _read(kept)
        self._failure, self._failed_at = "", ("", 0)
        self._rest_until = 0.0
        self._process: subprocess.Popen[str] | None = None
        self._closed = False

    def look(self) -> AuditView:
        """The state as it is now; a verification that is due begins."""
        head = claim_of(self._record)
        with self._lock:
            current = head is not None and _head_of(self._report) == (head.root.hex(), head.size)
            if head and not current and self._is_due(head):
                self._state, self._done, self._total = "waiting", 0, 0
                threading.Thread(target=self._run, name="audit", daemon=True).start()
            return AuditView(self._state, self._done, self._total, self._report, self._failure, current, head)

    def close(self) -> None:
        """End what is running."""
        with self._lock:
            self._closed = True
            process = self._process
        if process:
            process.terminate()
            process.wait(_END_SECONDS)

    def _is_due(self, head: Checkpoint) -> bool:
        if self._closed or self._state != "idle" or time.monotonic() < self._rest_until:
            return False
        return self._failed_at != (head.root.hex(), head.size)

    def _run(self) -> None:
        head = claim_of(self._record)
        with self._turn:
            began = time.monotonic()
            try:
                report, failure = self._verify()
                if report:
                    whole_file.replace(self._kept, json.dumps(report).encode())
            except (OSError, ValueError) as error:  # no process, no line of JSON, no room on the disk
                report, failure = None, type(error).__name__
            took = time.monotonic() - began
        with self._lock:
            self._process, self._state, self._failure = None, "idle", failure
            self._failed_at = (head.root.hex(), head.size) if failure and head else ("", 0)
            self._rest_until = time.monotonic() + (PAUSE * took if self._report is not None else 0.0)
            self._report = report or self._report

    def _verify(self) -> tuple[Mapping[str, Any] | None, str]:
        """The report, or why there is none."""
        command = [sys.executable, "-m", "e2evote.adapter.audit_process", str(self._record.absolute())]
        command += [ALLOW_TEST_GROUP] if self._allow_test_group else []
        with self._lock:
            if self._closed:
                return None, "the server ends"
            self._state = "running"
            process = self._process = subprocess.Popen(
                command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
            )
        report, failure = None, ""
        with process:
            for line in process.stdout or ():
                told = json.loads(line)
                report, failure = told.get("report", report), told.get("failed", failure)
                if "done" in told:
                    with self._lock:
                        self._done, self._total = told["done"], told["total"]
            if process.stdin:
                process.stdin.close()
        return report, failure or ("" if report else f"it ended with {process.returncode}")


def _head_of(report: Mapping[str, Any] | None) -> tuple[str, int]:
    return (str(report["root"]), int(report["size"])) if report else ("", 0)


def _read(kept: Path) -> Mapping[str, Any] | None:
    """The report that an earlier process kept; None where there is none."""
    try:
        if kept.stat().st_size > _LARGEST:
            return None
        report: dict[str, Any] = json.loads(kept.read_bytes())
        if [one["check"] for one in report["checks"]] == list(Check) and report["size"] >= 0:
            return report
    except (OSError, ValueError, KeyError, TypeError):
        pass  # whatever it is, it is no report of this version; another one is made
    return None
