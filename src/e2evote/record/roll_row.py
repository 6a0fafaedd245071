"""One line of the roll as it is published: a number, commitments, a style, a weight (docs/record-format.md, Roll).

Who it is stands nowhere here. The commitments are (13.3) of the line's fields, in the order of the manifest.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from e2evote.errors import MalformedInput, Refused
from e2evote.hashing import canonical
from e2evote.hashing.canonical import JSON
from e2evote.hashing.fields import array, hex_bytes, integer, item, object_, string
from e2evote.record.body import read_id

LINE_DIGITS = 7
MOST_LINES = 10**LINE_DIGITS - 1
MOST_FIELDS = 10
_LINE = re.compile(rf"[0-9]{{{LINE_DIGITS}}}", re.ASCII)


@dataclass(frozen=True, slots=True)
class RollRow:
    """A line, and what was committed to of whoever it stands for. Line and style have the form of such names."""

    line: str
    commitments: tuple[bytes, ...]
    style: str
    weight: int

    def members(self) -> dict[str, canonical.Encodable]:
        """As it stands in a payload, or in the body of an addition."""
        return {
            "commitments": [commitment.hex() for commitment in self.commitments],
            "line": self.line,
            "style": self.style,
            "weight": self.weight,
        }

    def encode(self) -> bytes:
        """The canonical bytes, of which the leaf hash is taken.    spec (13.4)"""
        return row_bytes(self.line, self.commitments, self.style, self.weight)


def row_bytes(line: str, commitments: Iterable[bytes], style: str, weight: int) -> bytes:
    """The canonical bytes of a row: none of these needs an escape."""
    listed = '","'.join([commitment.hex() for commitment in commitments])
    return f'{{"commitments":["{listed}"],"line":"{line}","style":"{style}","weight":{weight}}}'.encode("ascii")


def line_of(number: int) -> str:
    """The name of the line with this number, from 1: seven digits, so that the order of text is that of numbers."""
    if not 1 <= number <= MOST_LINES:
        raise ValueError(f"line {number}, want 1 to {MOST_LINES}")
    return f"{number:0{LINE_DIGITS}}"


def read_roll_line(value: JSON, where: str) -> str:
    """The name of a line of a roll."""
    line = string(value, where, 1, 64)
    if not _LINE.fullmatch(line) or not int(line):
        raise MalformedInput(f"not {LINE_DIGITS} decimal digits from {line_of(1)}", where)
    return line


def typed_line(text: str) -> str:
    """The line that somebody means who typed its number, with or without leading zeros; Refused `roll-line`.

    What was typed is not repeated: it may be a name, or a code.
    """
    digits = text.strip()
    if not re.fullmatch(rf"[0-9]{{1,{LINE_DIGITS}}}", digits, re.ASCII) or not int(digits):
        raise Refused("roll-line", f"that is no line: a number of at most {LINE_DIGITS} digits, from 1")
    return line_of(int(digits))


def read_row(value: JSON, where: str) -> RollRow:
    """A row of any number of commitments; what the manifest asks of it besides is `roll.form`'s matter."""
    fields = object_(value, where, ("commitments", "line", "style", "weight"))
    given = array(fields["commitments"], f"{where}.commitments", 1, MOST_FIELDS)
    return RollRow(
        read_roll_line(fields["line"], f"{where}.line"),
        tuple(hex_bytes(one, item(f"{where}.commitments", i), 32) for i, one in enumerate(given)),
        read_id(fields["style"], f"{where}.style"),
        integer(fields["weight"], f"{where}.weight", 1, 1000),
    )
