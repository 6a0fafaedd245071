"""Work that takes longer than a request: begun, looked after, and its result kept (docs/http-acts.md, Operations).

One operation of this process is carried out at a time (`operation_work`). The same one,
asked for again about the same board, is the same operation. What was not done when the server ended is `failed` when it
starts again.
"""

import json
import queue
import secrets
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from e2evote.adapter.api import operation_work
from e2evote.adapter.api.problems import Problem
from e2evote.adapter.api.state import StateFile
from e2evote.adapter.election import Election
from e2evote.errors import E2EVoteError, Refused

KINDS = ("export", "verify")
MOST_WAITING = 8
KEPT_SECONDS = 7 * 86400
RUNNING, DONE, FAILED = "running", "done", "failed"

_TABLE = """create table if not exists operation (id text primary key, kind text not null, size integer not null,
    status text not null, result text not null, made real not null) without rowid"""

Work = Callable[..., operation_work.Result]


@dataclass(slots=True)
class _Job:
    """What is to be done, or being done."""

    id: str
    kind: str
    election: Election
    state: StateFile
    done: int = 0
    total: int = 0


class Operations:
    """All operations of this process."""

    def __init__(self, work: Work = operation_work.work, clock: Callable[[], float] = time.time) -> None:
        self._work, self._clock = work, clock
        self._states: dict[str, StateFile] = {}
        self._jobs: dict[str, _Job] = {}
        self._queue: queue.Queue[_Job] = queue.Queue(MOST_WAITING)
        self._turn = threading.Lock()
        self._thread = threading.Thread(target=self._carry_out, daemon=True)

    def follow(self, election: Election, state: StateFile) -> None:
        """Operations on this selection may be asked for; those that an earlier process left have failed."""
        state.ensure(_TABLE)
        interrupted = json.dumps({"code": "interrupted", "detail": "the server was stopped meanwhile; begin again"})
        with state.writing() as db:
            db.execute("update operation set status = ?, result = ? where status = ?", (FAILED, interrupted, RUNNING))
        self._states[election.id] = state

    def begin(self, kind: str, election: Election) -> str:
        """The id of a new operation, or of the one that does the same; Problem `busy` where too many wait."""
        state, size, now = self._states[election.id], election.status().size, self._clock()
        with self._turn:
            with state.writing() as db:
                db.execute("delete from operation where made < ? and status <> ?", (now - KEPT_SECONDS, RUNNING))
                found = db.execute(
                    "select id from operation where kind = ? and size = ? and status <> ?", (kind, size, FAILED)
                ).fetchone()
            if found:
                return str(found[0])
            if self._queue.full():  # only `begin` puts anything in, one at a time
                raise Problem("busy", "too many operations wait", headers={"retry-after": "30"})
            job = _Job(secrets.token_hex(16), kind, election, state)
            with state.writing() as db:
                db.execute("insert into operation values (?, ?, ?, ?, '', ?)", (job.id, kind, size, RUNNING, now))
            self._jobs[job.id] = job
            self._queue.put_nowait(job)  # what ends at once finds its row
            if not self._thread.is_alive():
                self._thread.start()
            return job.id

    def look(self, id: str) -> tuple[str, dict[str, object]]:
        """The selection and the state of an operation; Problem `not-found` where there is none of this id."""
        for election, state in list(self._states.items()):
            with state.reading() as db:
                row = db.execute("select kind, status, result from operation where id = ?", (id,)).fetchone()
            if row:
                kind, status, result = row
                job = self._jobs.get(id)
                done, total = (job.done, job.total) if job else (1, 1)
                members: dict[str, object] = {
                    "operation": id,
                    "kind": kind,
                    "election": election,
                    "status": status,
                    "progress": {"done": done, "total": total},
                }
                if result:
                    members["result" if status == DONE else "error"] = json.loads(result)
                return election, members
        raise Problem("not-found")

    def _carry_out(self) -> None:
        while True:
            job = self._queue.get()

            def tell(done: int, total: int, job: _Job = job) -> None:
                job.done, job.total = done, total

            try:
                allow = job.election.status().test_group
                result = self._work(job.kind, job.election.record_path, tell, allow_test_group=allow)
                self._end(job, DONE, dict(result))
            except Refused as refused:
                self._end(job, FAILED, {"code": refused.code, "detail": refused.detail})
            except E2EVoteError as error:
                self._end(job, FAILED, {"code": "malformed", "detail": str(error)})
            except Exception:  # whatever it was, others are waiting
                self._end(job, FAILED, {"code": "internal", "detail": "an error of the server"})

    def _end(self, job: _Job, status: str, result: dict[str, Any]) -> None:
        with suppress(E2EVoteError), job.state.writing() as db:
            db.execute("update operation set status = ?, result = ? where id = ?", (status, json.dumps(result), job.id))
        self._jobs.pop(job.id, None)
