"""What a route says about itself in docs/openapi.json: its answers, its problems, its body (docs/http.md).

A route reads its body itself, so that everything about a body is said here and nowhere else. Every status that a route
can answer with is named, and its problems by their codes.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from fastapi import Response

from e2evote.adapter.api.problems import MEDIA_TYPE, TYPE, status_of, title_of
from e2evote.hashing.canonical import LARGEST

Schema = Mapping[str, Any]

COUNT: Schema = {"type": "integer", "minimum": 0, "maximum": LARGEST}
TEXT: Schema = {"type": "string"}
BOOLEAN: Schema = {"type": "boolean"}
ID: Schema = {"type": "string", "pattern": "^[a-z0-9][a-z0-9._-]*$"}

EVERYWHERE = ("rate-limited", "internal")
"""Codes that every route may answer with."""

WITH_BODY = ("request-malformed", "media-type", "too-large", "too-slow", "busy")
"""Codes of routes that read a body."""


def hexadecimal(size: int) -> Schema:
    """Lower-case digits for so many bytes; 0 for any number of them."""
    return {"type": "string", "pattern": f"^[0-9a-f]{{{2 * size}}}$" if size else "^([0-9a-f]{2})*$"}


def members(required: Mapping[str, Schema], optional: Mapping[str, Schema] | None = None) -> Schema:
    """An object with these members and no others."""
    return {
        "type": "object",
        "properties": {**required, **(optional or {})},
        "required": list(required),
        "additionalProperties": False,
    }


def array(of: Schema) -> Schema:
    """A list of these."""
    return {"type": "array", "items": of}


def one_of(*words: str) -> Schema:
    """One of these words."""
    return {"type": "string", "enum": list(words)}


def or_null(schema: Schema) -> Schema:
    """This, or null."""
    return {"anyOf": [schema, {"type": "null"}]}


@dataclass(frozen=True, slots=True)
class Answered:
    """One way in which a route answers. schema: of its JSON; None where it is of another type, or empty."""

    what: str
    schema: Schema | None = None
    media_type: str = "application/json"
    example: object = None


PROBLEM: Schema = {
    "type": "object",
    "properties": {
        "type": {"type": "string", "pattern": "^urn:e2evote:problem:"},
        "title": TEXT,
        "status": {"type": "integer", "minimum": 400, "maximum": 599},
        "code": TEXT,
        "detail": TEXT,
        "instance": TEXT,
        "errors": array(members({"pointer": TEXT, "detail": TEXT})),
    },
    "required": ["type", "title", "status", "code", "detail"],
    "additionalProperties": False,
}
"""RFC 9457, and `code`."""


def described(
    summary: str,
    answers: Mapping[int, Answered],
    problems: Sequence[str] = (),
    body: Schema | None = None,
    example: object = None,
    query: Mapping[str, Schema] | None = None,
) -> dict[str, Any]:
    """Arguments for `APIRouter.get` and its like. problems: the codes beside those that every route has.

    body, example: the schema of the request's JSON, and one such. query: what may stand after the ? of the address.
    """
    codes = (*problems, *(WITH_BODY if body else ()), *EVERYWHERE)
    responses = {status: _answer(one) for status, one in answers.items()}
    for status in sorted({status_of(code) for code in codes}):
        named = dict.fromkeys(code for code in codes if status_of(code) == status)
        what = "; ".join(f"`{code}`: {title_of(code)}" for code in named)
        content = {"schema": PROBLEM, "example": _problem(next(iter(named)), status)}
        responses[status] = {"description": what, "content": {MEDIA_TYPE: content}}
    extra: dict[str, Any] = {}
    if query:
        extra["parameters"] = [{"name": name, "in": "query", "schema": one} for name, one in query.items()]
    if body:
        given = {"schema": body} | ({} if example is None else {"example": example})
        extra["requestBody"] = {"required": True, "content": {"application/json": given}}
    return {
        "summary": summary,
        "status_code": min(answers),
        "response_class": Response,
        "responses": responses,
        "openapi_extra": extra or None,
    }


def _answer(one: Answered) -> dict[str, Any]:
    described: dict[str, Any] = {"description": one.what}
    if one.schema is not None:
        content = {"schema": one.schema} | ({} if one.example is None else {"example": one.example})
        described["content"] = {one.media_type: content}
    return described


def _problem(code: str, status: int) -> dict[str, object]:
    """An example of a problem with this code."""
    title = title_of(code)
    return {"type": f"{TYPE}{code}", "title": title, "status": status, "code": code, "detail": title}
