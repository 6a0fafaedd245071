"""From what pydantic found wrong to one sentence about one place (docs/record-format.md, Manifest).

Only the first finding is told, except that a section which is not built comes before whatever else is unknown
about it. Nothing from outside enters a message at length or with characters that a terminal would obey.
"""

import re
from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

from e2evote.errors import MalformedInput
from e2evote.hashing.canonical import JSON
from e2evote.manifest.section import MISPLACED, NOT_BUILT, quoted

Path = tuple[str | int, ...]
"""Names of members and positions in lists, outermost first."""

MOST_MEMBERS = 50
_HOLDERS = (dict, list)
_PLAIN_NAME = re.compile(r"[A-Za-z0-9._-]{1,64}", re.ASCII)
_NAMES_OF_TYPES: Mapping[type, str] = {
    type(None): "null",
    bool: "a boolean",
    bytes: "bytes",
    dict: "an object",
    int: "an integer",
    list: "a list",
    str: "a string",
    tuple: "a list",
}
_WANTED: Mapping[str, str] = {
    "bool_type": "a boolean",
    "bytes_type": "a string",
    "dict_type": "an object",
    "int_type": "an integer",
    "model_type": "an object",
    "model_attributes_type": "an object",
    "string_type": "a string",
    "tuple_type": "a list",
}


def with_tuples(value: JSON, path: Path = ()) -> Any:
    """The decoded value with a tuple for each list, as the models want it.

    The models stop at the first item of a list that is wrong, but go through all members of an object. No object
    of a manifest has more than `MOST_MEMBERS`, so refusing wider ones here bounds what a hostile one can cause.
    """
    if type(value) is list:
        return tuple([with_tuples(x, (*path, i)) if type(x) in _HOLDERS else x for i, x in enumerate(value)])
    if type(value) is dict:
        if len(value) > MOST_MEMBERS:
            detail = f"{len(value)} members; no object of a manifest has more than {MOST_MEMBERS}"
            raise MalformedInput(detail, place(path))
        return {name: with_tuples(x, (*path, name)) if type(x) in _HOLDERS else x for name, x in value.items()}
    return value


def place(path: Path) -> str:
    """`contests[0].options[2].limit`"""
    where = ""
    for step in path:
        if isinstance(step, int):
            where += f"[{step}]"
        else:
            shown = step if _PLAIN_NAME.fullmatch(step) else quoted(step)
            where += f".{shown}" if where else shown
    return where


def malformed(error: ValidationError, value: object) -> MalformedInput:
    """The finding that says most, with the path of members and positions that leads to it."""
    findings = error.errors(include_url=False)
    finding = next((finding for finding in findings if finding["type"] == NOT_BUILT), findings[0])
    kind, context = finding["type"], finding.get("ctx", {})
    path = (*finding["loc"], *context.get("at", ()))
    if kind in ("union_tag_invalid", "union_tag_not_found"):
        path = (*path, context["discriminator"].strip("'"))
    return MalformedInput(_sentence(kind, finding["input"], context), place(_steps_in(value, path)))


def _sentence(kind: str, given: Any, context: Mapping[str, Any]) -> str:
    if kind in (MISPLACED, NOT_BUILT):
        return str(context["detail"])
    if kind in _WANTED:
        return f"{_NAMES_OF_TYPES.get(type(given), 'a value')}, want {_WANTED[kind]}"
    if kind in ("missing", "union_tag_not_found"):
        return "missing"
    if kind == "extra_forbidden":
        return "no such member"
    if kind == "greater_than_equal":
        return f"{given}, at least {context['ge']}"
    if kind == "less_than_equal":
        return f"{given}, at most {context['le']}"
    if kind == "too_short":
        return f"{context['actual_length']} items, at least {context['min_length']}"
    if kind == "too_long":
        length = context["actual_length"]  # unknown for an object, which is not read to its end
        return f"{'too many' if length is None else length} items, at most {context['max_length']}"
    if kind == "literal_error":
        shown = quoted(given) if isinstance(given, str) else _NAMES_OF_TYPES.get(type(given), "a value")
        return f"{shown}, want {context['expected']}"
    if kind == "union_tag_invalid":
        return f"{quoted(context['tag'])}, want {context['expected_tags']}"
    return f"refused as {kind}"


def _steps_in(value: object, path: Path) -> Path:
    """The steps that lead through the value. pydantic names the tag of a union besides, which is no member."""
    steps: list[str | int] = []
    for depth, step in enumerate(path):
        if isinstance(value, tuple) and isinstance(step, int):
            steps.append(step)
            value = value[step] if step < len(value) else None
        elif isinstance(value, dict) and isinstance(step, str) and (step in value or depth == len(path) - 1):
            steps.append(step)
            value = value.get(step)
    return tuple(steps)
