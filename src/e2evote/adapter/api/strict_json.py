"""JSON from strangers, read strictly: a value has one reading (docs/http.md, Bodies).

UTF-8, no name twice in an object, only whole numbers of at most 2^53 - 1 in size, at most 16 levels, no lone surrogate.
White space and the order of names are free. Depth and numbers are looked at before the parser, which recurses and
converts, sees anything; each pass is linear.
"""

import json
import re

from e2evote.errors import MalformedInput
from e2evote.hashing.brackets import is_within, outside_strings
from e2evote.hashing.canonical import DEPTH, JSON, LARGEST

MOST_ITEMS = 10_000
"""Members, items and brackets of one text: each costs memory of its own, many times what it takes in the text."""

_LONE = re.compile("[\ud800-\udfff]")
_LONGEST_NUMBER = len(str(LARGEST)) + 1


def decode_json(data: bytes, depth: int = DEPTH) -> JSON:
    """The value, or MalformedInput with the reason."""
    if data.startswith(b"\xef\xbb\xbf"):
        raise MalformedInput("begins with a byte order mark")
    structure = outside_strings(data, b",")
    if len(structure) > MOST_ITEMS:
        raise MalformedInput(f"more than {MOST_ITEMS} brackets and commas")
    if not is_within(structure.replace(b",", b""), depth):
        raise MalformedInput(f"brackets that do not pair, or nested deeper than {depth} levels")
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise MalformedInput(f"not UTF-8 at byte {error.start}") from None
    try:
        value: JSON = _PARSER.decode(text)
    except json.JSONDecodeError as error:
        raise MalformedInput(f"not JSON at character {error.pos}: {error.msg}") from None
    if "\\u" in text:  # only an escape can make a surrogate that stands alone
        _refuse_lone(value)
    return value


def _object(pairs: list[tuple[str, JSON]]) -> dict[str, JSON]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise MalformedInput("a name twice in one object")
    return members


def _integer(digits: str) -> int:
    if len(digits) > _LONGEST_NUMBER or abs(value := int(digits)) > LARGEST:
        raise MalformedInput(f"a number larger than {LARGEST}")
    return value


def _fraction(_digits: str) -> JSON:
    raise MalformedInput("a number that is not whole")


def _constant(name: str) -> JSON:
    raise MalformedInput(f"{name} is not JSON")


_PARSER = json.JSONDecoder(
    object_pairs_hook=_object, parse_int=_integer, parse_float=_fraction, parse_constant=_constant
)


def _refuse_lone(value: JSON) -> None:
    match value:
        case str():
            if _LONE.search(value):
                raise MalformedInput("a surrogate without its other half")
        case list():
            for one in value:
                _refuse_lone(one)
        case dict():
            for name, one in value.items():
                _refuse_lone(name)
                _refuse_lone(one)
