"""What every request goes through, with routes of the test's own: errors that nobody foresaw, headers, problems."""

import asyncio
import json
import re
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from io import StringIO
from pathlib import Path

from fastapi import APIRouter, Request, Response
from starlette.testclient import TestClient

from e2evote.adapter.api import casting, client_files, elections, health, published, sessions
from e2evote.adapter.api.app import ROUTES, make_app, openapi
from e2evote.adapter.api.body import json_body
from e2evote.adapter.api.headers import PAGE_POLICY
from e2evote.adapter.api.hosted import Hosted
from e2evote.adapter.api.log import Log
from e2evote.adapter.api.problems import OWN, REFUSALS, TITLES, answer_to, status_of
from e2evote.adapter.api.settings import Settings
from e2evote.errors import CheckFailed, MalformedInput, Refused

ENTERED, GO_ON = threading.Event(), threading.Event()


def routes(hosted: Hosted) -> APIRouter:
    router = APIRouter()

    @router.get("/broken")
    async def broken() -> Response:
        raise KeyError("the secret is 1234")

    @router.get("/ajar")
    async def ajar() -> Response:
        raise Refused("storage-failed", "/srv/store/private/log.sqlite: disk I/O error")

    @router.get("/page")
    async def page() -> Response:
        return Response("<p>", media_type="text/html")

    @router.post("/kept")
    async def kept(request: Request) -> Response:
        await json_body(request, hosted.room, 4 * 2**20, ("text",))
        ENTERED.set()
        await asyncio.to_thread(GO_ON.wait, 60)
        raise ValueError("after all")

    @router.put("/ours/{n}")
    async def ours(n: int) -> Response:
        return Response()

    return router


def client(log: StringIO, settings: Settings | None = None) -> TestClient:
    hosted = Hosted(settings or Settings(), Log(log))
    return TestClient(make_app(hosted, routes(hosted)), raise_server_exceptions=False)


def test_a123_bodies_are_held_until_their_requests_are_answered_and_then_given_back() -> None:
    large = {"text": "x" * (3 * 2**20)}
    with client(StringIO(), replace(Settings(), body_bytes=4 * 2**20)) as asked, ThreadPoolExecutor(1) as thread:
        for _ in range(2):
            first = thread.submit(asked.post, "/kept", json=large)
            assert ENTERED.wait(60)
            second = asked.post("/kept", json=large)
            assert (second.status_code, second.json()["code"]) == (503, "busy")
            GO_ON.set()
            assert first.result().status_code == 500
            assert asked.post("/kept", json=large).status_code == 500
            ENTERED.clear()
            GO_ON.clear()


def test_an_error_that_nobody_foresaw_is_a_problem_and_a_line_without_its_message() -> None:
    log = StringIO()
    answer = client(log).get("/broken")
    assert (answer.status_code, answer.headers["content-type"]) == (500, "application/problem+json")
    members = answer.json()
    assert members["code"] == "internal"
    assert members["instance"].startswith("urn:uuid:")
    assert "1234" not in answer.text + log.getvalue()
    error, request = map(json.loads, log.getvalue().splitlines())
    assert (error["event"], error["error"], error["instance"]) == ("internal-error", "KeyError", members["instance"])
    assert (request["route"], request["status"]) == ("/broken", 500)


def test_what_the_owner_has_to_see_to_is_told_to_nobody_else() -> None:
    log = StringIO()
    answer = client(log).get("/ajar")
    assert (answer.status_code, answer.json()["code"], answer.headers["retry-after"]) == (503, "storage-failed", "5")
    assert "/srv" not in answer.text
    assert json.loads(log.getvalue())["code"] == "storage-failed"


def test_a_page_has_the_policy_of_pages_and_no_other_origin_reads_what_is_not_public() -> None:
    asked = client(StringIO())
    answer = asked.get("/page")
    assert answer.headers["content-security-policy"] == PAGE_POLICY
    for private in (answer, asked.put("/ours/1"), asked.options("/ours/1"), asked.get("/ours/1")):
        assert "access-control-allow-origin" not in private.headers
    assert "access-control-allow-methods" not in asked.options("/ours/1").headers


def test_what_the_framework_finds_is_a_problem_too_and_repeats_nothing() -> None:
    answer = client(StringIO()).put("/ours/s3cret")
    assert (answer.status_code, answer.json()["code"]) == (400, "request-malformed")
    assert answer.json()["errors"][0]["pointer"] == "/path/n"
    assert "s3cret" not in answer.text


def test_every_code_has_the_status_that_the_documents_say(root: Path) -> None:
    text = (root / "docs" / "http.md").read_text("utf-8")
    rows = [line.strip("|").split("|") for line in text.splitlines() if line.startswith("| `")]
    documented = {row[0].strip().strip("`"): row[1].strip() for row in rows if row[1].strip().isdecimal()}
    own = {code: str(status) for code, (status, _) in OWN.items()}
    assert {code: status for code, status in documented.items() if code in own} == own
    statuses = [line.strip("|").split("|", 1) for line in text.splitlines() if line.startswith(("| 4", "| 5"))]
    for code, status in REFUSALS.items():
        assert any(row[0].strip() == str(status) and f"`{code}`" in row[1] for row in statuses), code


def test_every_public_route_and_every_named_refusal_is_in_the_documents(root: Path) -> None:
    hosted = Hosted(Settings(), Log(StringIO()))
    text = (root / "docs" / "http.md").read_text("utf-8")
    parts = (casting, client_files, elections, health, published, sessions)
    for path in openapi(*(part.routes(hosted) for part in parts))["paths"]:
        shown = path.replace("/v1/elections/{id}", "P").replace("/client/{name}", "/client")
        assert re.search(rf"[ `]{re.escape(shown)}[ `/?]", text), path
    documents = [(root / "docs" / name).read_text("utf-8") for name in ("errors.md", "verification.md")]
    for code in (*REFUSALS, *TITLES):
        assert any(f"`{code}`" in document for document in documents), code


def test_the_statuses_of_refusals() -> None:
    for code, status in (
        ("stale-prev", 409),
        ("board.phase", 409),
        ("ballot.limit-proof", 422),
        ("storage-anything", 503),
        ("challenge-limit", 429),
        ("token-missing", 401),
    ):
        assert status_of(code) == status
    assert answer_to(Refused("token-missing", "")).headers == {"www-authenticate": "Bearer"}
    assert answer_to(MalformedInput("no", "leaf")).code == "request-malformed"
    assert answer_to(CheckFailed("ballot.sealed", "ballot 1", "no")).status == 422


def test_every_route_is_described_with_all_its_statuses() -> None:
    hosted = Hosted(Settings(), Log(StringIO()))
    document = openapi(*(made(hosted) for made in ROUTES))
    assert document["openapi"].startswith("3.1")
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            answers = operation["responses"]
            assert {"429", "500"} <= set(answers), (method, path)
            assert operation["summary"]
            if method in ("post", "put"):
                assert operation["requestBody"]["required"] is True
