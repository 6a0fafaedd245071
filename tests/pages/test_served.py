"""The pages and the client as `e2evote serve` hands them out: headers, sub-folder, and what an auditor finds."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from api.conftest import ROOMY
from api.served import Served, rehearsal, serving
from cli.running import run
from e2evote.adapter.api.headers import PAGE
from e2evote.adapter.election import ANCHORS
from e2evote.adapter.store import Store

BASE = "/elections/rehearsal/"
PAGES = ("/", *(f"{BASE}{path}" for path in ("", "tracker", "not-voted", "result", "audit", "report", "client/")))


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Store:
    return rehearsal(tmp_path_factory.mktemp("pages") / "store")


@pytest.fixture(scope="module")
def server(store: Store, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    arguments = ("--public-url", "http://127.0.0.1/sub/folder")
    with serving(tmp_path_factory.mktemp("server"), store, config=ROOMY, arguments=arguments) as served:
        yield served


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("prefix", ["", "/sub/folder"])
def test_a121_every_page_has_every_header_in_a_sub_folder_too(server: Served, prefix: str, path: str) -> None:
    answer = server.ask(prefix + path)
    assert answer.status == 200
    assert {name: answer.headers.get(name) for name in PAGE} == dict(PAGE)
    assert "set-cookie" not in answer.headers
    assert "access-control-allow-origin" not in answer.headers or path.endswith("client/")


def test_a121_a_form_says_nothing_to_pages_of_other_origins(server: Served) -> None:
    kind = "application/x-www-form-urlencoded"
    answer = server.ask(f"{BASE}tracker", "POST", b"line=1", content_type=kind, origin="https://elsewhere.example")
    assert answer.status == 422
    assert not [name for name in answer.headers if name.startswith("access-control")]
    answer = server.ask(f"{BASE}tracker", "OPTIONS", origin="https://elsewhere.example")
    assert not [name for name in answer.headers if name.startswith("access-control")]


def test_a122_the_servers_log_does_not_know_who_was_looked_up(server: Served) -> None:
    line, tracker = "ab" * 32, "7K3M" * 8
    kind = "application/x-www-form-urlencoded"
    body = f"line={line}&tracker={tracker}".encode()
    assert server.ask(f"{BASE}tracker", "POST", body, content_type=kind).status == 200
    assert server.ask(f"{BASE}not-voted", "POST", body, content_type=kind).status == 200
    written = server.errors.read_text("utf-8")
    assert f"{BASE[:11]}{{id}}/tracker" in written
    for secret in (line, tracker, line[:16]):
        assert secret not in written


def test_an_auditor_finds_the_page_that_the_manifest_names(server: Served, store: Store) -> None:
    anchors = store.path / ANCHORS
    for place in (BASE, f"/sub/folder{BASE}"):
        ended = run("audit-assets", f"{server.url}{place}client/", "--expect", anchors, "--json")
        assert ended.code == 0, ended.everything
        assert {file["status"] for file in ended.json["files"]} == {"same"}
    record = Path(store.record)
    assert run("audit-assets", f"{server.url}{BASE}client/", "--record", record).code == 6
    other = run("audit-assets", f"{server.url}{BASE}", "--record", record, "--json")
    assert other.code == 1
    assert "missing" in {one["what"] for one in other.json["findings"]}
