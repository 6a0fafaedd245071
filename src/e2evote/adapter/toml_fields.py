"""Strict readers of the values in a TOML file of a person: each refusal names the place and what is wanted there."""

from collections.abc import Collection, Mapping
from datetime import datetime

from e2evote.errors import MalformedInput
from e2evote.manifest.draft import Name

Table = Mapping[str, object]


def read_table(value: object, where: str, required: Collection[str], optional: Collection[str]) -> Table:
    """A table with these names and no others."""
    if not isinstance(value, dict):
        raise MalformedInput("want a table", where)
    for name in value:
        if name not in required and name not in optional:
            raise MalformedInput(f"unknown name {name[:40]!r}, want one of {', '.join((*required, *optional))}", where)
    for name in required:
        if name not in value:
            raise MalformedInput(f"{name!r} is missing", where)
    return value


def read_list(value: object, where: str) -> list[object]:
    """A list of anything."""
    if not isinstance(value, list):
        raise MalformedInput("want a list", where)
    return value


def read_string(value: object, where: str) -> str:
    """A text."""
    if not isinstance(value, str):
        raise MalformedInput("want a text in quotes", where)
    return value


def read_word(value: object, where: str, words: Collection[str]) -> str:
    """One of these words."""
    if not isinstance(value, str) or value not in words:
        raise MalformedInput(f"want one of {', '.join(words)}", where)
    return value


def read_integer(value: object, where: str) -> int:
    """A whole number from 0."""
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value < 2**53:
        raise MalformedInput("want a whole number, not negative", where)
    return value


def read_name(value: object, where: str) -> Name:
    """A text, or one for each language."""
    if isinstance(value, str):
        return value
    names = read_table(value, where, (), value if isinstance(value, dict) else ())
    return {language: read_string(text, f"{where}.{language}") for language, text in names.items()}


def read_moment(value: object, where: str) -> datetime:
    """A date with its time and zone."""
    if not isinstance(value, datetime):
        raise MalformedInput("want a date with its time and zone, as 2026-05-01T08:00:00Z", where)
    return value
