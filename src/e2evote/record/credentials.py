"""What a registrar posts of the credentials that it issued: numbers, lines and public keys (docs/spec.md §13.3).

Text lines (docs/record-format.md, Credentials). The form of the payload is all that is judged here; whether these are
the right lines and numbers, and the keys valid ones, is for `credential.lines` and `credential.keys`.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from e2evote.errors import MalformedInput
from e2evote.hashing.fields import hex_bytes, integer, item, object_, one_of
from e2evote.record.body import LARGEST_INDEX
from e2evote.record.roll_row import read_roll_line
from e2evote.record.text_lines import (
    Pieces,
    in_rows,
    plain_rows,
    read_head,
    read_values,
    row_lines,
    split,
    text_line,
)

LARGEST_TEXT_LINE = 8 * 2**20
"""Of a text line of rows, as of a roll's."""
_ROW = re.compile(rb'\{"key":"([0-9a-f]{64})","line":"([0-9]{7})","number":([1-9][0-9]{0,9})\}')
_NO_LINE = b"0000000"


@dataclass(frozen=True, slots=True)
class Credential:
    """The public key of a line, and its number in the one series of its registrar."""

    number: int
    line: str
    key: bytes

    def encode(self) -> bytes:
        """The canonical bytes of the row."""
        return f'{{"key":"{self.key.hex()}","line":"{self.line}","number":{self.number}}}'.encode("ascii")


@dataclass(frozen=True, slots=True)
class PostedCredentials:
    """Credentials whose whole payload has its form: how many, and the rows as often as they are asked for."""

    registrar: str
    count: int
    pieces: Pieces

    def rows(self) -> Iterator[Credential]:
        """The rows as they stand, one at a time."""
        for _, rows in _read(self.pieces, self.registrar):
            yield from rows


def encoded_credentials(registrar: str, credentials: Iterable[Credential]) -> Iterator[bytes]:
    """The payload of a credential.issue in pieces: one text line each."""
    yield text_line({"registrar": registrar})
    yield from row_lines(credential.encode() for credential in credentials)


def read_credentials(pieces: Pieces, registrar: str) -> PostedCredentials:
    """The credentials that this registrar posted, read once to their end, or MalformedInput."""
    count = 0
    for before, rows in _read(pieces, registrar):
        count = before + len(rows)
    if not count:
        raise MalformedInput("no rows, want at least one")
    return PostedCredentials(registrar, count, pieces)


def _read(pieces: Pieces, registrar: str) -> Iterator[tuple[int, Sequence[Credential]]]:
    """The rows of each text line, and how many came before."""
    lines = split(pieces(), LARGEST_TEXT_LINE)
    head = object_(read_head(lines), "", ("registrar",))
    one_of(head["registrar"], "registrar", (registrar,))
    before = 0

    def read(line: bytes, number: int) -> Sequence[Credential]:
        nonlocal before
        rows = _plain(line) or _any(line, number, before)
        before += len(rows)
        return rows

    return in_rows(lines, read)


def _plain(line: bytes) -> Sequence[Credential] | None:
    """The rows of a text line with nothing wrong in it; None where something is."""
    found = plain_rows(line, _ROW)
    if found is None:
        return None
    rows = []
    for one in found:
        key, name, digits = one.groups()
        number = int(digits)
        if name == _NO_LINE or number > LARGEST_INDEX:
            return None
        rows.append(Credential(number, name.decode(), bytes.fromhex(key.decode())))
    return rows


def _any(line: bytes, number: int, before: int) -> Sequence[Credential]:
    """The rows of any text line, or MalformedInput with the reason."""
    rows = []
    for place, value in enumerate(read_values(line, number, LARGEST_TEXT_LINE), start=before):
        where = item("rows", place)
        fields = object_(value, where, ("key", "line", "number"))
        key = hex_bytes(fields["key"], f"{where}.key", 32)
        name = read_roll_line(fields["line"], f"{where}.line")
        rows.append(Credential(integer(fields["number"], f"{where}.number", 1, LARGEST_INDEX), name, key))
    return rows
