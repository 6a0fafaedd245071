"""Operations: begun once, carried out in another process, their result kept; what was interrupted says so."""

import hashlib
import json
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import pytest

from api.acting import acting, bearer
from api.served import P, rehearsal
from e2evote.adapter.api.operation_work import work
from e2evote.adapter.api.operations import DONE, FAILED, MOST_WAITING, RUNNING, Operations
from e2evote.adapter.api.problems import Problem
from e2evote.adapter.api.state import StateFile
from e2evote.adapter.election import Election
from e2evote.adapter.store import Store
from e2evote.errors import Refused

PATIENCE = 120.0


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("operations")


@pytest.fixture(scope="module")
def own(place: Path) -> Store:
    return rehearsal(place / "store")


def ended(look: Callable[[], Any]) -> Any:
    deadline = time.monotonic() + PATIENCE
    while (state := look())["status"] == RUNNING:
        assert time.monotonic() < deadline, state
        time.sleep(0.05)
    return state


@pytest.mark.slow
def test_a_record_is_verified_and_exported_by_whoever_may_audit(place: Path, own: Store) -> None:
    with acting(place, own) as served:
        audit = bearer(place, "audit:read")
        results = {}
        for kind in ("verify", "export"):
            begun = served.post(f"{P}/operations", {"kind": kind}, idempotency_key=kind, **audit)
            assert begun.status == 202
            where = begun.headers["location"].removeprefix(served.url)
            assert begun.json["status"] == RUNNING
            again = served.post(f"{P}/operations", {"kind": kind}, **audit)
            assert again.headers["location"].removeprefix(served.url) == where
            state = ended(lambda where=where: served.ask(where, **audit).json)
            assert state["status"] == DONE, state
            assert state["progress"]["done"] == state["progress"]["total"]
            results[kind] = state["result"]
            other = bearer(place, "audit:read", elections=("other",))
            assert served.ask(where, **other).problem() == "not-found"
        assert results["verify"]["verdict"] in ("consistent", "incomplete")
        archive = served.ask(f"{P}/record.zip").body
        assert results["export"] == {"bytes": len(archive), "sha256": hashlib.sha256(archive).hexdigest()}
        for body in ({"kind": "tally"}, {}, {"kind": 7}, {"kind": "verify", "x": 1}):
            assert served.post(f"{P}/operations", body, **audit).problem() == "request-malformed"
        assert served.ask(f"/v1/operations/{'0' * 32}", **audit).problem() == "not-found"


class Fake:
    """Work that lasts until it is let go."""

    def __init__(self, result: Any = None) -> None:
        self.let_go, self.calls, self.result = threading.Event(), 0, result

    def __call__(self, kind: str, record: Path, tell: Callable[[int, int], None], *, allow_test_group: bool) -> Any:
        self.calls += 1
        tell(3, 10)
        assert self.let_go.wait(PATIENCE)
        if isinstance(self.result, Exception):
            raise self.result
        return self.result or {"kind": kind}


@pytest.fixture
def election(tmp_path: Path) -> Iterator[Election]:
    with Election.create(tmp_path / "s", contests={"c": ["a", "b"]}, rehearsal=True, group="test-512") as made:
        yield made


@pytest.fixture
def state(tmp_path: Path) -> Iterator[StateFile]:
    file = StateFile(tmp_path / "adapter.sqlite")
    yield file
    file.close()


def test_progress_is_told_and_what_is_asked_twice_is_done_once(election: Election, state: StateFile) -> None:
    fake = Fake()
    operations = Operations(fake)
    operations.follow(election, state)
    name = operations.begin("verify", election)
    assert operations.begin("verify", election) == name
    deadline = time.monotonic() + PATIENCE
    while operations.look(name)[1]["progress"] != {"done": 3, "total": 10}:
        assert time.monotonic() < deadline
    fake.let_go.set()
    assert ended(lambda: operations.look(name)[1])["result"] == {"kind": "verify"}
    assert operations.begin("verify", election) == name
    assert fake.calls == 1
    election.open()
    assert operations.begin("verify", election) != name


def test_what_is_done_at_once_is_done(election: Election, state: StateFile, monkeypatch: pytest.MonkeyPatch) -> None:
    """A small board is exported sooner than a slow disk has taken the row of the operation."""
    fake, done, writing = Fake(), threading.Event(), state.writing
    fake.let_go.set()
    operations = Operations(fake)
    operations.follow(election, state)
    end = operations._end
    monkeypatch.setattr(operations, "_end", lambda *of: (end(*of), done.set()))

    def late() -> AbstractContextManager[sqlite3.Connection]:
        if threading.current_thread() is threading.main_thread():
            done.wait(0.5)
        return writing()

    monkeypatch.setattr(state, "writing", late)
    for kind in ("verify", "export"):  # for the first one a thread is yet to be started
        done.clear()
        name = operations.begin(kind, election)
        assert done.wait(PATIENCE)
        assert operations.look(name)[1]["status"] == DONE


@pytest.mark.parametrize(
    ("error", "code"),
    [(Refused("record-incomplete", "x"), "record-incomplete"), (ZeroDivisionError("secret"), "internal")],
)
def test_a_failure_is_told_by_its_code_alone_and_may_be_tried_again(
    election: Election, state: StateFile, error: Exception, code: str
) -> None:
    fake = Fake(error)
    fake.let_go.set()
    operations = Operations(fake)
    operations.follow(election, state)
    name = operations.begin("export", election)
    told = ended(lambda: operations.look(name)[1])
    assert (told["status"], told["error"]["code"]) == (FAILED, code)
    assert "secret" not in json.dumps(told)
    assert operations.begin("export", election) != name


def test_what_an_earlier_process_left_has_failed(election: Election, state: StateFile) -> None:
    stuck = Operations(Fake())
    stuck.follow(election, state)
    name = stuck.begin("verify", election)
    later = Operations(Fake())
    later.follow(election, state)
    told = later.look(name)[1]
    assert (told["status"], told["error"]["code"]) == (FAILED, "interrupted")


def test_a123_no_more_than_a_few_operations_wait(election: Election, state: StateFile) -> None:
    operations = Operations(Fake())
    operations.follow(election, state)

    def one_more() -> None:
        operations.begin("verify", election)
        with state.writing() as db:  # as if the board had grown
            db.execute("update operation set size = size - 1")

    for _ in range(MOST_WAITING):
        one_more()
    with pytest.raises(Problem, match="busy"):
        [one_more() for _ in range(2)]


def test_a_record_that_is_none_is_refused_by_the_process_that_reads_it(tmp_path: Path) -> None:
    with pytest.raises(Refused):
        work("verify", tmp_path, lambda done, total: None, allow_test_group=True)
