"""The server as a process: restart, a second one, and what it leaves in its log."""

import json
import shutil
from pathlib import Path

import pytest

from api.conftest import ROOMY
from api.served import ADA, BOB, ID, P, Served, body, rehearsal, serving, voters
from cli.running import run
from e2evote.adapter.store import Store

FIELDS = {"time", "event", "method", "route", "status", "ms", "election", "code", "error", "place", "instance"}


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Store:
    """A store of this file's tests, which close it in the end."""
    return rehearsal(tmp_path_factory.mktemp("own") / "store")


def test_after_a_restart_everything_is_as_it_was(own: Store, tmp_path: Path) -> None:
    ready = voters(own).cast("vera", ADA, "")
    with serving(tmp_path, own) as server:
        cast = server.post(f"{P}/ballots", body(ready))
        assert cast.status == 201
    with serving(tmp_path, own) as server:
        again = server.post(f"{P}/ballots", body(ready))
        assert (again.status, again.json["index"]) == (200, cast.json["index"])
        found = server.ask(f"{P}/lines/{ready.line}/ballots/{ready.tracker}").json
        assert (found["status"], len(found["ballots"])) == ("recorded", 1)


CANARIES = [f"c4n4ry{number}" for number in range(8)]


def test_a122_the_log_and_the_numbers_say_nothing_about_who_asked_for_what(own: Store, tmp_path: Path) -> None:
    ready = voters(own).cast("canary", BOB, "")
    query, path, header, member, bearer, cookie, agent, forwarded = CANARIES
    with serving(tmp_path, own, config=ROOMY) as server:
        server.ask(f"{P}/lines/{ready.line}/ballots/{ready.tracker}?x={query}")
        server.ask(f"{P}/lines/{path}")
        server.ask(f"/{path}")
        server.ask(P, path)
        server.ask(P, x_header=header, authorization=f"Bearer {bearer}", cookie=cookie, user_agent=agent)
        server.ask(P, x_forwarded_for=forwarded)
        server.post(f"{P}/ballots", {"leaf": member, "payload": member, member: member})
        cast = server.post(f"{P}/ballots", body(ready))
        session = "5e55" * 16
        server.post(f"{P}/challenges", {**body(voters(own).challenge("canary", ADA, "")), "session": session})
        metrics = server.ask("/v1/metrics").body.decode()
        lines = server.log()
    text = server.errors.read_text("utf-8")
    assert [line["event"] for line in lines if line["event"] != "request"] == ["opened", "started"]
    assert json.loads(text.splitlines()[-1])["event"] == "ended"
    assert len([line for line in lines if line["event"] == "request"]) >= 9
    for line in lines:
        assert set(line) <= FIELDS
        assert line["time"].endswith("Z")
        assert "." not in line["time"], "whole seconds"
    voter = [ready.line, ready.tracker, ready.tracker.replace("-", ""), session, "127.0.0.1"]
    voter += [ready.envelope.leaf.decode()[-40:], cast.json["receipt"][-40:]]
    for secret in (*CANARIES, *voter):
        assert secret not in text
        assert secret not in metrics
    routes = {line.get("route") for line in lines}
    assert "/v1/elections/{id}/lines/{line}/ballots/{tracker}" in routes
    assert f'e2evote_log_entries{{election="{ID}"}}' in metrics
    assert 'e2evote_requests_total{method="POST",route="/v1/elections/{id}/ballots",status="201"} 1' in metrics


def test_two_stores_of_one_selection_are_refused(own: Store, tmp_path: Path) -> None:
    copy = Store.at(Path(shutil.copytree(own.path, tmp_path / "copy")))
    second = run("serve", "--store", own.path, "--store", copy.path, "--port", 0, "--allow-test-group", "--json")
    assert json.loads(second.out)["error"] == "usage"
    assert f"{copy.path}: another store has the selection" in second.err


def test_a_second_box_of_the_same_store_is_refused(server: Served, store: Store) -> None:
    assert server.ask("/v1/health").status == 200
    second = run("serve", "--store", store.path, "--port", 0, "--allow-test-group", "--json")
    assert json.loads(second.out)["error"] == "secret.locked"


@pytest.mark.parametrize(
    ("words", "error"),
    [
        ((), "usage"),
        (("--store", "nowhere"), "no-store"),
        (("--config", "nowhere.toml"), "file-missing"),
        (("--store", "STORE", "--public-url", "vote.example"), "malformed"),
        (("--store", "STORE", "--host", "300.300.300.300"), "http-address"),
        (("--store", "STORE", "--host", "0.0.0.0"), "usage"),  # links for voters would lead nowhere
        (("--store", "STORE"), "record-fails"),  # in the group for tests, which has to be allowed
    ],
    ids=str,
)
def test_what_can_not_be_served_is_refused_by_name(own: Store, words: tuple[str, ...], error: str) -> None:
    given = [str(own.path) if word == "STORE" else word for word in words]
    assert json.loads(run("serve", *given, "--port", 0, "--json").out)["error"] == error
