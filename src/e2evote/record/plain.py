"""Frozen dataclasses of plain values as canonical JSON, and back (docs/spec.md, section 5.3).

For what is worked out from a record and handed on: the fields are strings, integers from 0, booleans, tuples of these,
and further such dataclasses. Their types are the format. `read` is for bytes from outside: every member and no other,
within the limits of its type, and where a dataclass refuses its values, the place is said too.
"""

from dataclasses import dataclass, fields, is_dataclass
from functools import cache
from types import GenericAlias
from typing import Annotated, Any, Literal, TypeVar, get_args, get_origin, get_type_hints

from e2evote.errors import MalformedInput
from e2evote.hashing import canonical
from e2evote.hashing.canonical import JSON, Encodable
from e2evote.hashing.fields import array, boolean, hex_bytes, integer, item, member, object_, one_of, string

MOST_ITEMS = 100_000

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Utf8:
    """A string of so many bytes in UTF-8; of 0 to 500 where a field does not say."""

    least: int
    most: int


@dataclass(frozen=True, slots=True)
class Items:
    """A tuple of at most so many items."""

    most: int


@dataclass(frozen=True, slots=True)
class Bytes:
    """A string of lower-case hexadecimal digits for exactly so many bytes."""

    size: int


def encode(value: object) -> bytes:
    """The one encoding of a dataclass of plain values."""
    return canonical.encode(members(value))


def members(value: object) -> Encodable:
    """The value as JSON: an object with a member for each field, an array for each tuple."""
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: members(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, tuple):
        return [members(one) for one in value]
    if type(value) in (bool, int, str):
        return value  # type: ignore[return-value]
    raise ValueError(f"{type(value).__name__} is no plain value")


def decode(kind: type[T], data: bytes, limit: int) -> T:
    """The value of this type whose encoding `data` is, or MalformedInput that names the place."""
    return read(kind, canonical.decode(data, limit), "")


def read(kind: type[T], value: JSON, where: str) -> T:
    """The value of this type that the JSON says, or MalformedInput that names the place."""
    found: T = _read(kind, value, where)
    return found


@cache
def _types(kind: Any) -> dict[str, Any]:
    hints = get_type_hints(kind, include_extras=True)
    return {field.name: hints[field.name] for field in fields(kind)}


def _read(kind: Any, value: JSON, where: str) -> Any:
    if isinstance(kind, type) and is_dataclass(kind):
        types = _types(kind)
        given = object_(value, where, types)
        values = {name: _read(one, given[name], member(where, name)) for name, one in types.items()}
        try:
            return kind(**values)
        except ValueError as error:
            raise MalformedInput(str(error), where) from None
    if get_origin(kind) is Annotated:
        inner, limits = get_args(kind)
        if isinstance(limits, Utf8):
            return _read_text(value, where, limits)
        if isinstance(limits, Bytes):
            return hex_bytes(value, where, limits.size).hex()
        if isinstance(limits, Items):
            return _read_tuple(inner, value, where, limits.most)
    if get_origin(kind) is tuple:
        return _read_tuple(kind, value, where, MOST_ITEMS)
    if get_origin(kind) is Literal:
        return one_of(value, where, get_args(kind))
    if kind is bool:
        return boolean(value, where)
    if kind is int:
        return integer(value, where)
    if kind is str:
        return _read_text(value, where, Utf8(0, 500))
    raise ValueError(f"{kind} is no type of plain values")


def _read_text(value: JSON, where: str, limits: Utf8) -> str:
    text = string(value, where, 0, limits.most)
    size = len(text.encode())
    if not limits.least <= size <= limits.most:
        raise MalformedInput(f"{size} bytes, want {limits.least} to {limits.most}", where)
    return text


def _read_tuple(kind: GenericAlias, value: JSON, where: str, most: int) -> tuple[Any, ...]:
    inner = get_args(kind)[0]
    return tuple(_read(inner, one, item(where, i)) for i, one in enumerate(array(value, where, 0, most)))
