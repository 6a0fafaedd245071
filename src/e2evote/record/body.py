"""What bodies of leaves are made of: the empty one, and readers of single members (docs/record-format.md, Leaf)."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from e2evote.errors import MalformedInput
from e2evote.hashing.canonical import JSON
from e2evote.hashing.fields import hex_bytes, integer, object_, string
from e2evote.manifest.sections import DATE

HASH = 32
LARGEST_INDEX = 2**31 - 1
_LINE = re.compile(r"[0-9a-z-]{1,64}", re.ASCII)
_ID = re.compile(r"[a-z0-9][a-z0-9._-]{0,62}", re.ASCII)
_DIGITS = re.compile(r"[0-9]{6,64}", re.ASCII)

Members = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Body:
    """The empty body: manifest, close. Base of all others."""

    def members(self) -> Members:
        return {}


def read_line(value: JSON, where: str) -> str:
    """The name of a line: 1 to 64 characters of 0-9, a-z and -."""
    line = string(value, where, 1, 64)
    if not _LINE.fullmatch(line):
        raise MalformedInput("not 1 to 64 characters of 0-9, a-z and -", where)
    return line


def read_id(value: JSON, where: str) -> str:
    """An *id* as the manifest uses them for parties, contests, options and styles."""
    name = string(value, where, 1, 63)
    if not _ID.fullmatch(name):
        raise MalformedInput("is no id", where)
    return name


def read_digits(value: JSON, where: str) -> str:
    """6 to 64 decimal digits, drawn in public."""
    digits = string(value, where, 6, 64)
    if not _DIGITS.fullmatch(digits):
        raise MalformedInput("not 6 to 64 decimal digits", where)
    return digits


def read_date(value: JSON, where: str) -> str:
    """Text of the form of a date; whether such a day exists is no matter of form."""
    date = string(value, where, 1, 20)
    if not DATE.fullmatch(date):
        raise MalformedInput("is no date (YYYY-MM-DDThh:mm:ssZ)", where)
    return date


def read_hash(members: Mapping[str, JSON], name: str) -> bytes:
    """A member of 32 bytes."""
    return hex_bytes(members[name], f"body.{name}", HASH)


def read_head(members: Mapping[str, JSON]) -> tuple[bytes, int]:
    """The member `head`: root and size of the log at some point."""
    head = object_(members["head"], "body.head", ("root", "size"))
    return hex_bytes(head["root"], "body.head.root", HASH), integer(head["size"], "body.head.size", 0, 2**53 - 1)
