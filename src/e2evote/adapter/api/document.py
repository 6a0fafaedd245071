"""docs/openapi.json: what routes say about themselves, as one document that people and programs can read (OpenAPI 3.1).

Pages are left out, and what FastAPI adds on its own. A form that several routes have stands once, by its name.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from e2evote.adapter.api import schemas, schemas_acts
from e2evote.adapter.api.described import PROBLEM
from e2evote.adapter.api.examples import example_of
from e2evote.adapter.api.protected import SECURITY

NAMED: Mapping[str, Any] = {
    "Accepted": schemas.ACCEPTED,
    "Draft": schemas_acts.DRAFT,
    "Election": schemas.ELECTION,
    "Operation": schemas_acts.OPERATION,
    "Problem": PROBLEM,
    "Stored": schemas.STORED,
}
"""Forms by the names that they have in the document."""

INFO = {
    "description": "A selection's verbs and its public record, for any frontend. docs/http.md and docs/http-acts.md "
    "say in words what this says in forms. Every refusal is problem details (RFC 9457) with a stable code.",
    "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
}


def described_api(document: dict[str, Any]) -> dict[str, Any]:
    """The document that FastAPI makes of the routes, as it is published."""
    paths = {path: item for path, item in document["paths"].items() if path.startswith("/v1/")}
    for path, item in paths.items():
        for method, operation in item.items():
            for content in _bodies(operation):
                example = example_of(content["schema"], path)
                if example is not None:
                    content.setdefault("example", example)
            operation["operationId"] = re.sub("[^a-z]+", "_", f"{method} {path.removeprefix('/v1')}").strip("_")
            if "HTTPValidationError" in str(operation["responses"].get("422", "")):
                del operation["responses"]["422"]  # FastAPI's own, which no route here can answer with
    return {
        "openapi": document["openapi"],
        "info": {**document["info"], **INFO},
        "paths": _short(paths),
        "components": {
            "schemas": {name: _inside(schema) for name, schema in NAMED.items()},
            "securitySchemes": SECURITY,
        },
    }


def _bodies(operation: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """What is sent and answered, where it is JSON."""
    for one in (operation.get("requestBody", {}), *operation["responses"].values()):
        if "application/json" in one.get("content", {}):
            yield one["content"]["application/json"]


def _short(value: Any) -> Any:
    """The same with a reference in place of each form that has a name."""
    for name, schema in NAMED.items():
        if value == schema:
            return {"$ref": f"#/components/schemas/{name}"}
    return _inside(value)


def _inside(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _short(one) for key, one in value.items()}
    return [_short(one) for one in value] if isinstance(value, list) else value
