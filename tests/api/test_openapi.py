"""docs/openapi.json is what the routes say, has everything that a program needs, and its examples are what it says."""

from collections.abc import Iterator
from typing import Any

import pytest

from generate_openapi import FILE, document, written

schemas = pytest.importorskip("jsonschema_rs", reason="it comes with schemathesis, of the extra [dev]")

DOCUMENT = document()
OPERATIONS = [
    (method, path, operation) for path, item in DOCUMENT["paths"].items() for method, operation in item.items()
]
NAMES = [f"{method} {path}" for method, path, _ in OPERATIONS]


def test_the_committed_document_is_what_the_routes_say() -> None:
    assert FILE.read_text("utf-8") == written()


def contents(operation: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every body of a request or an answer, with its media type."""
    yield from operation.get("requestBody", {}).get("content", {}).items()
    for answer in operation["responses"].values():
        yield from answer.get("content", {}).items()


@pytest.mark.parametrize(("method", "path", "operation"), OPERATIONS, ids=NAMES)
def test_each_operation_says_what_a_client_must_know(method: str, path: str, operation: dict[str, Any]) -> None:
    answers = operation["responses"]
    assert operation["summary"]
    assert {"429", "500"} <= set(answers)
    assert any(status < "300" for status in answers)
    for status, answer in answers.items():
        assert answer["description"]
        if status >= "400":
            ((media_type, content),) = answer["content"].items()
            if path == "/v1/health" and status == "503":  # says how it is, also where it is not well
                continue
            assert media_type == "application/problem+json"
            assert content["schema"] == {"$ref": "#/components/schemas/Problem"}
            assert content["example"]["status"] == int(status)
    if operation.get("security"):
        assert {"401", "403"} <= set(answers)
    named = {one["name"] for one in operation.get("parameters", ()) if one["in"] == "path"}
    assert named == {part[1:-1] for part in path.split("/") if part.startswith("{")}
    if method in ("post", "put"):
        assert operation["requestBody"]["required"] is True
        assert {"400", "408", "413", "415"} <= set(answers)


@pytest.mark.parametrize(("method", "path", "operation"), OPERATIONS, ids=NAMES)
def test_examples_have_the_form_that_they_are_examples_of(method: str, path: str, operation: dict[str, Any]) -> None:
    for media_type, content in contents(operation):
        if "json" not in media_type:
            continue
        schema = {**content["schema"], "components": DOCUMENT["components"]}
        validator = schemas.Draft202012Validator(schema)
        validator.validate(content["example"])


def test_operations_have_names_of_their_own() -> None:
    names = [operation["operationId"] for _, _, operation in OPERATIONS]
    assert len(set(names)) == len(names)
