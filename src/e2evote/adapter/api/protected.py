"""What a route that needs a token says about itself in docs/openapi.json, beside what all routes say (`described`)."""

from collections.abc import Mapping, Sequence
from typing import Any

from e2evote.adapter.api.described import Answered, Schema, described
from e2evote.adapter.api.scopes import Scope

SECURITY: Mapping[str, Any] = {
    "bearer": {
        "type": "http",
        "scheme": "bearer",
        "bearerFormat": "JWT",
        "description": "A JWT of the configured issuer with the scope that is needed (docs/http-acts.md, Tokens).",
    }
}
"""The `securitySchemes` of the document."""

_CODES = ("token-missing", "token-invalid", "scope-missing", "scopes-apart", "issuer-unreachable")
_KEY_CODES = ("idempotency-busy", "idempotency-mismatch", "request-malformed")
_HEADERS: Mapping[str, Mapping[str, Any]] = {
    "Idempotency-Key": {
        "description": "The same request with the same key is carried out once; its answer is kept for two days.",
        "schema": {"type": "string", "pattern": "^[!#-~]{1,200}$"},
        "example": "5f0c8a1e-0b7d-4c1e-9a58-2f6d0d3b7a11",
    },
    "If-Match": {
        "description": "The entity tag of what is to be replaced.",
        "schema": {"type": "string"},
        "example": '"2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824"',
    },
}


def protected(
    summary: str,
    scope: Scope | None,
    answers: Mapping[int, Answered],
    problems: Sequence[str] = (),
    body: Schema | None = None,
    example: object = None,
    key: bool | None = None,
    match: bool = False,
) -> dict[str, Any]:
    """Arguments for `APIRouter.post` and its like. scope: None for a route that signatures alone protect.

    key: whether an Idempotency-Key is required; None where none is looked at. match: whether If-Match is required.
    """
    codes = (*(_CODES if scope else ()), *problems, *(() if key is None else _KEY_CODES))
    arguments = described(summary, answers, codes, body, example)
    extra = dict(arguments["openapi_extra"] or {})
    if scope:
        extra["security"] = [{"bearer": [scope]}]
    headers = ([("Idempotency-Key", bool(key))] if key is not None else []) + ([("If-Match", True)] if match else [])
    if headers:
        extra["parameters"] = [
            {"name": name, "in": "header", "required": required, **_HEADERS[name]} for name, required in headers
        ]
    return arguments | {"openapi_extra": extra}
