"""Canonical JSON (docs/spec.md 5.3) and the small tests of form that every payload is made of.

A function here returns what it has tested or raises `BadForm`.
"""

import json
import re
from collections.abc import Iterable
from typing import Any

from reference.numbers import HASH_BYTES, SAFE_INTEGER, Group

NESTING = 16
LONE_SURROGATE = re.compile("[\ud800-\udfff]")
ID = re.compile(r"[a-z0-9][a-z0-9._-]{0,62}", re.ASCII)
DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z", re.ASCII)
HEXADECIMAL = re.compile(r"[0-9a-f]*", re.ASCII)


class BadForm(Exception):
    """These bytes or this value do not have the form that the documents give them."""


def write(value: object, depth: int = 0) -> str:
    """RFC 8785 for objects, arrays, strings, booleans and integers in [0, 2^53 - 1]."""
    if value is True or value is False:
        return "true" if value else "false"
    if isinstance(value, str):
        if LONE_SURROGATE.search(value):
            raise BadForm("a string has a lone surrogate")
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, int):
        if not 0 <= value <= SAFE_INTEGER:
            raise BadForm(f"the integer {value} is outside [0, 2^53 - 1]")
        return str(value)
    if depth >= NESTING:
        raise BadForm(f"nesting is deeper than {NESTING}")
    if isinstance(value, list):
        return "[" + ",".join(write(item, depth + 1) for item in value) + "]"
    if isinstance(value, dict):
        names = sorted(value, key=lambda name: write_key(name).encode("utf-16-be"))
        return "{" + ",".join(write(name) + ":" + write(value[name], depth + 1) for name in names) + "}"
    raise BadForm(f"{type(value).__name__} has no place in canonical JSON")


def write_key(name: object) -> str:
    """A member's name, which is sorted by UTF-16 code units."""
    if not isinstance(name, str) or LONE_SURROGATE.search(name):
        raise BadForm("a member's name is no text")
    return name


def encode(value: object) -> bytes:
    """The canonical bytes of a value."""
    return write(value).encode()


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    result = dict(pairs)
    if len(result) != len(pairs):
        raise BadForm("a key stands twice in one object")
    return result


def _refuse(_: str) -> Any:
    raise BadForm("a number is no integer in [0, 2^53 - 1]")


def _integer(text: str) -> int:
    return int(text) if len(text) <= len(str(SAFE_INTEGER)) else _refuse(text)


def decode(data: bytes) -> Any:
    """Parse, write again, compare."""
    try:
        value = json.loads(
            data.decode(),
            object_pairs_hook=_object,
            parse_int=_integer,
            parse_float=_refuse,
            parse_constant=_refuse,
        )
        again = encode(value)
    except (ValueError, RecursionError) as error:
        raise BadForm(f"not JSON: {error}") from error
    if again != data:
        raise BadForm("the bytes are not canonical")
    return value


def members(value: object, names: Iterable[str]) -> dict[str, Any]:
    """An object with exactly these members."""
    if not isinstance(value, dict):
        raise BadForm("not an object")
    expected = set(names)
    if set(value) != expected:
        raise BadForm(f"members {sorted(set(value) ^ expected)[:4]} are missing or too many")
    return value


def array(value: object, low: int, high: int) -> list[Any]:
    """A list of low to high items."""
    if not isinstance(value, list) or not low <= len(value) <= high:
        raise BadForm(f"not a list of {low} to {high} items")
    return value


def integer(value: object, low: int = 0, high: int = SAFE_INTEGER) -> int:
    """An integer in [low, high]; a boolean is none."""
    if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
        raise BadForm(f"not an integer from {low} to {high}")
    return value


def boolean(value: object) -> bool:
    """true or false."""
    if not isinstance(value, bool):
        raise BadForm("not a boolean")
    return value


def string(value: object, low: int = 0, high: int = SAFE_INTEGER) -> str:
    """Text of low to high UTF-8 bytes."""
    if not isinstance(value, str) or not low <= len(value.encode()) <= high:
        raise BadForm(f"not a text of {low} to {high} bytes")
    return value


def matching(value: object, pattern: re.Pattern[str]) -> str:
    """Text that the pattern matches from end to end."""
    if not isinstance(value, str) or not pattern.fullmatch(value):
        raise BadForm(f"not of the form {pattern.pattern}")
    return value


def one_of(value: object, choices: Iterable[str]) -> str:
    """One of these texts."""
    if not isinstance(value, str) or value not in choices:
        raise BadForm(f"not one of {list(choices)}")
    return value


def exactly(value: object, expected: object) -> None:
    """This value, compared as canonical JSON so that true is not 1."""
    if write(value) != write(expected):
        raise BadForm(f"not {write(expected)}")


def hexadecimal(value: object, digits: int = 2 * HASH_BYTES) -> bytes:
    """Lower-case hexadecimal of a fixed number of digits."""
    if not isinstance(value, str) or len(value) != digits or not HEXADECIMAL.fullmatch(value):
        raise BadForm(f"not {digits} lower-case hexadecimal digits")
    return bytes.fromhex(value)


def scalar(value: object, group: Group) -> int:
    """A number in [0, q) as 64 digits."""
    number = int.from_bytes(hexadecimal(value))
    if number >= group.q:
        raise BadForm("a scalar is not below q")
    return number


def scalars(value: object, count: int, group: Group) -> list[int]:
    """Exactly `count` scalars."""
    return [scalar(item, group) for item in array(value, count, count)]


def residue(value: object, group: Group) -> int:
    """A number in [1, p) in the width of p."""
    number = int.from_bytes(hexadecimal(value, 2 * group.width))
    if not 1 <= number < group.p:
        raise BadForm("a residue is not in [1, p)")
    return number


def residues(value: object, count: int, group: Group) -> list[int]:
    """Exactly `count` residues."""
    return [residue(item, group) for item in array(value, count, count)]
