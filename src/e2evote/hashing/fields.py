"""Strict reading of decoded JSON (docs/spec.md, section 5.3).

Each reader takes a value, says what it must be and where it stood, and returns it with its type or raises
MalformedInput naming the place: `contests[0].items[2].alpha: 1022 characters, want 1024`. No reader has a
default, converts, or passes over what it does not know.
"""

from collections.abc import Collection

from e2evote.errors import MalformedInput
from e2evote.hashing.canonical import JSON, LARGEST

_KINDS = {
    type(None): "null",
    bool: "a boolean",
    int: "an integer",
    str: "a string",
    list: "an array",
    dict: "an object",
}


def member(where: str, name: str) -> str:
    """The place of the member `name` of the object at `where`."""
    return f"{where}.{name}" if where else name


def item(where: str, index: int) -> str:
    """The place of the item `index` of the array at `where`."""
    return f"{where}[{index}]"


def object_(value: JSON, where: str, required: Collection[str], optional: Collection[str] = ()) -> dict[str, JSON]:
    """An object with every name of `required`, perhaps some of `optional`, and no other."""
    if type(value) is not dict:
        raise MalformedInput(f"{_kind(value)}, want an object", where)
    for name in required:
        if name not in value:
            raise MalformedInput(f"{name!r} is missing", where)
    for name in value:
        if name not in required and name not in optional:
            raise MalformedInput(f"{name!r} is unknown here", where)
    return value


def array(value: JSON, where: str, minimum: int, maximum: int) -> list[JSON]:
    """An array of `minimum` to `maximum` items."""
    if type(value) is not list:
        raise MalformedInput(f"{_kind(value)}, want an array", where)
    if not minimum <= len(value) <= maximum:
        raise MalformedInput(f"{len(value)} items, want {_span(minimum, maximum)}", where)
    return value


def string(value: JSON, where: str, minimum: int, maximum: int) -> str:
    """A string of `minimum` to `maximum` characters, whatever they are."""
    if type(value) is not str:
        raise MalformedInput(f"{_kind(value)}, want a string", where)
    if not minimum <= len(value) <= maximum:
        raise MalformedInput(f"{len(value)} characters, want {_span(minimum, maximum)}", where)
    return value


def integer(value: JSON, where: str, minimum: int = 0, maximum: int = LARGEST) -> int:
    """An integer in [`minimum`, `maximum`]; true and false are not integers."""
    if type(value) is not int:
        raise MalformedInput(f"{_kind(value)}, want an integer", where)
    if not minimum <= value <= maximum:
        raise MalformedInput(f"{value}, want {_span(minimum, maximum)}", where)
    return value


def boolean(value: JSON, where: str) -> bool:
    """true or false; 0 and 1 are neither."""
    if type(value) is not bool:
        raise MalformedInput(f"{_kind(value)}, want a boolean", where)
    return value


def hex_bytes(value: JSON, where: str, size: int) -> bytes:
    """Exactly `size` bytes as lower-case hexadecimal digits."""
    if type(value) is not str:
        raise MalformedInput(f"{_kind(value)}, want a string", where)
    if len(value) != 2 * size:
        raise MalformedInput(f"{len(value)} characters, want {2 * size}", where)
    try:
        data = bytes.fromhex(value)
    except ValueError:
        raise MalformedInput("is not hexadecimal", where) from None
    if data.hex() != value:  # fromhex also takes capitals and spaces
        raise MalformedInput("is not lower-case hexadecimal without spaces", where)
    return data


def one_of(value: JSON, where: str, choices: Collection[str]) -> str:
    """One of the strings `choices`."""
    if type(value) is not str or value not in choices:
        shown = repr(value[:40]) if type(value) is str else _kind(value)
        raise MalformedInput(f"{shown}, want one of {', '.join(map(repr, choices))}", where)
    return value


def _kind(value: JSON) -> str:
    return _KINDS[type(value)]


def _span(minimum: int, maximum: int) -> str:
    return str(minimum) if minimum == maximum else f"{minimum} to {maximum}"
