"""Requests that schemathesis makes of docs/openapi.json, to selections in every phase: no 5xx, nothing undocumented.

Good and bad ones, with the token that is needed and without. They are the same in every run.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from api.acting import acting, bearer
from api.served import Served
from e2evote.adapter.api.rehearsed import TO
from e2evote.adapter.api.scopes import SCOPES
from e2evote.adapter.api.signed_entries import DESKS
from e2evote.adapter.election import Election
from e2evote.adapter.published import PublishedLog
from e2evote.adapter.store import Store
from generate_openapi import document

schemathesis = pytest.importorskip("schemathesis", reason="the extra [dev] is not installed")
checks = pytest.importorskip("schemathesis.checks")
hypothesis = pytest.importorskip("hypothesis")

pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("ignore")]

EXAMPLES = 16
PHASES = ("setup", "open", "closed", "published")
IDS = (*PHASES, "drafted", "unknown")
TAKEN = {desk.path: desk.kinds for desk in DESKS} | {"ballots": ("ballot",), "challenges": ("challenge",)}
CHECKED = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_schema_conformance",
)


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("phases")


@pytest.fixture(scope="module")
def served(place: Path) -> Iterator[Served]:
    """A rehearsal in each phase, and a draft."""
    stores = []
    for phase in PHASES:
        path = place / phase
        contests = {"chair": ["ada", "bob"]}
        with Election.create(path, contests=contests, rehearsal=True, group="test-512", election=phase) as made:
            if phase != "setup":
                made.open()
                made.cast("voter 1", {"chair": {"ada": 1}})
            if phase in ("closed", "published"):
                made.close()
            if phase == "published":
                made.tally()
        stores.append(Store.at(path))
    with acting(place, *stores) as server:
        admin, new = bearer(place, "election:admin"), {"id": "drafted", "organisation": "Society"}
        assert server.post("/v1/elections", new, idempotency_key="drafted", **admin).status == 201
        yield server


@pytest.fixture(scope="module")
def posted(place: Path, served: Served) -> list[tuple[str, dict[str, str]]]:
    """What was handed in before the outcome, by its kind: good, and with a byte changed."""
    log, size = PublishedLog(place / "published" / "record"), served.ask("/v1/elections/published").json["size"]
    found = []
    for index, entry in enumerate(log.entries(size)):
        leaf, payload = entry.decode(), log.payload(index, size)
        beside = {"payload": payload.decode()} if payload else {}
        bodies = [{"leaf": leaf, **beside}, {"leaf": leaf}, {"leaf": leaf.replace('"sig":"', '"sig":"0', 1)[:-1] + "}"}]
        found += [(json.loads(leaf)["kind"], body) for body in bodies]
    return found


@pytest.fixture(scope="module")
def tokens(place: Path, served: Served) -> dict[str, dict[str, str]]:
    return {scope: {"Authorization": bearer(place, scope)["authorization"]} for scope in SCOPES}


def operations() -> list[Any]:
    return [found.ok() for found in schemathesis.openapi.from_dict(document()).get_all_operations()]


@pytest.mark.parametrize("operation", operations(), ids=lambda one: f"{one.method} {one.path}")
def test_no_request_is_answered_with_5xx_or_with_what_is_not_documented(
    served: Served, tokens: dict[str, dict[str, str]], posted: list[tuple[str, dict[str, str]]], operation: Any
) -> None:
    security = operation.definition.raw.get("security", [])
    scopes = [scope for one in security for scope in one["bearer"]] or ["ballot:submit"]
    wanted = checks.CHECKS.get_by_names(CHECKED)
    strategies = hypothesis.strategies
    bodies = [{"to": to} for to in TO] if operation.path.endswith("/transitions") else []
    bodies += [body for kind, body in posted if kind in TAKEN.get(operation.path.rpartition("{id}/")[2], ())]
    modes = (schemathesis.GenerationMode.POSITIVE, schemathesis.GenerationMode.NEGATIVE)

    @hypothesis.settings(
        max_examples=EXAMPLES,
        deadline=None,
        derandomize=True,
        database=None,
        phases=[hypothesis.Phase.generate],
        suppress_health_check=list(hypothesis.HealthCheck),
    )
    @hypothesis.given(strategies.data())
    def asked(data: Any) -> None:
        mode = data.draw(strategies.sampled_from(modes))
        given = {"id": data.draw(strategies.sampled_from(IDS))} if "{id}" in operation.path else None
        case = data.draw(operation.as_strategy(mode, path_parameters=given))
        if bodies and data.draw(strategies.booleans()):
            case.body, case.media_type = data.draw(strategies.sampled_from(bodies)), "application/json"
        allowed = data.draw(strategies.sampled_from((True, True, True, False)))
        case.headers.update(tokens[scopes[0]] if allowed else {})
        response = case.call(base_url=served.url, timeout=60)
        case.validate_response(response, checks=wanted)

    asked()


def test_what_is_not_documented_is_noticed(served: Served) -> None:
    changed = document()
    del changed["paths"]["/v1/elections/{id}"]["get"]["responses"]["404"]
    schema = schemathesis.openapi.from_dict(changed)
    (case,) = [schema["/v1/elections/{id}"]["GET"].Case(path_parameters={"id": "unknown"})]
    response = case.call(base_url=served.url)
    with pytest.raises(BaseException, match="Undocumented status code"):
        case.validate_response(response, checks=checks.CHECKS.get_by_names(CHECKED))
