"""Two requests with one key are one; two different ones are refused; a failure can be tried again."""

import asyncio
from collections.abc import Iterator
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import pytest
from fastapi import Request, Response

from e2evote.adapter.api.idempotency import ABANDONED_SECONDS, KEPT_SECONDS, Idempotency, key_of
from e2evote.adapter.api.problems import Problem
from e2evote.adapter.api.state import StateFile


class Clock:
    now = 1_900_000_000.0

    def __call__(self) -> float:
        return self.now


def request(path: str = "/v1/x", **headers: str) -> Request:
    listed = [(name.replace("_", "-").encode(), text.encode("latin-1")) for name, text in headers.items()]
    scope: dict[str, Any] = {"type": "http", "method": "POST", "path": path, "headers": listed, "query_string": b""}
    return Request(scope | {"server": ("localhost", 80), "scheme": "http"})


@pytest.fixture
def state(tmp_path: Path) -> Iterator[StateFile]:
    file = StateFile(tmp_path / "adapter.sqlite")
    yield file
    file.close()


class Work:
    """What is carried out; how often. status: of its answer, or 0 for a problem."""

    def __init__(self, status: int = 201) -> None:
        self.status, self.done = status, 0

    async def __call__(self) -> Response:
        self.done += 1
        if not self.status:
            raise Problem("busy")
        return Response(f"done {self.done}".encode(), self.status, {"etag": f'"{self.done}"'})


def asked(
    keys: Idempotency, work: Work, key: str = "k", subject: str = "site", path: str = "/v1/x", **body: Any
) -> Response:
    return asyncio.run(keys.once(subject, key, request(path), body, work))


def test_the_same_request_is_carried_out_once(state: StateFile) -> None:
    keys, work = Idempotency(state), Work()
    first, again = asked(keys, work, a=1, b=2), asked(keys, work, b=2, a=1)
    assert work.done == 1
    assert (bytes(first.body), first.status_code) == (bytes(again.body), again.status_code) == (b"done 1", 201)
    assert (again.headers["etag"], again.headers["idempotency-replayed"]) == ('"1"', "true")
    assert "idempotency-replayed" not in first.headers


def test_keys_belong_to_the_tokens_subject(state: StateFile) -> None:
    keys, work = Idempotency(state), Work()
    asked(keys, work)
    asked(keys, work, subject="other")
    asked(keys, work, key="other")
    asked(keys, work, key="")
    asked(keys, work, key="")
    assert work.done == 5


@pytest.mark.parametrize("other", [{"path": "/v1/y"}, {"a": 2}, {"b": 1}])
def test_another_request_with_the_key_is_refused(state: StateFile, other: dict[str, Any]) -> None:
    keys, work = Idempotency(state), Work()
    asked(keys, work, a=1)
    with pytest.raises(Problem, match="idempotency-mismatch"):
        asked(keys, work, **({"a": 1} | other))
    assert work.done == 1


@pytest.mark.parametrize("status", [0, 409, 503])
def test_what_was_refused_may_be_tried_again(state: StateFile, status: int) -> None:
    keys, work = Idempotency(state), Work(status)
    for _ in range(2):
        with nullcontext() if status else pytest.raises(Problem, match="busy"):
            assert asked(keys, work).status_code == status
    work.status = 201
    assert asked(keys, work).status_code == 201
    assert work.done == 3


def test_a_second_one_meanwhile_is_told_to_wait_and_what_a_crash_left_is_forgotten(state: StateFile) -> None:
    clock = Clock()
    keys, inner = Idempotency(state, clock), Work()

    async def within() -> Response:
        with pytest.raises(Problem, match="idempotency-busy"):
            await keys.once("site", "k", request(), {}, inner)
        clock.now += ABANDONED_SECONDS + 1
        return await keys.once("site", "k", request(), {}, inner)

    response = asyncio.run(keys.once("site", "k", request(), {}, within))
    assert (response.status_code, inner.done) == (201, 1)


def test_an_answer_is_kept_for_more_than_a_day_also_by_another_process(state: StateFile) -> None:
    clock, work = Clock(), Work()
    asked(Idempotency(state, clock), work)
    clock.now += 24 * 3600 + 60
    asked(Idempotency(state, clock), work)
    assert work.done == 1
    clock.now += KEPT_SECONDS
    asked(Idempotency(state, clock), work)
    assert work.done == 2


@pytest.mark.parametrize("text", ["", " ", "a b", "x" * 201, "é", '"', 'a"b'])
def test_a_header_that_is_no_key_is_refused(text: str) -> None:
    with pytest.raises(Problem, match="request-malformed"):
        key_of(request(idempotency_key=text))


def test_a_key_is_taken_with_and_without_quotation_marks() -> None:
    assert key_of(request(idempotency_key='"abc"')) == key_of(request(idempotency_key="abc")) == "abc"
    assert key_of(request()) == ""
    with pytest.raises(Problem, match="idempotency-key-missing"):
        key_of(request(), required=True)
