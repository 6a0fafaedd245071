"""What a registrar posts of the credentials that it issued: numbers, lines and public keys (docs/spec.md §13.3).

Text lines (docs/record-format.md, Credentials). The form of the payload is all that is judged here; whether these are
the right lines and numbers, and the keys valid ones, is for `credential.lines` and `credential.keys`. There may be no
rows: a line that was added and removed again is none to issue for, and every registrar issues once more all the same.
"""

import re
from binascii import unhexlify
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar

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
_ROW = re.compile(rb'\{"key":"([0-9a-f]{64})","line":"(?!0{7})([0-9]{7})","number":(?P<number>[1-9][0-9]{0,9})\}')
Wanted = TypeVar("Wanted")


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
        for _, rows in _read(self.pieces, self.registrar, _credential_of, lambda one: one):
            yield from rows


def encoded_credentials(registrar: str, credentials: Iterable[Credential]) -> Iterator[bytes]:
    """The payload of a credential.issue in pieces: one text line each."""
    yield text_line({"registrar": registrar})
    yield from row_lines(credential.encode() for credential in credentials)


def read_credentials(
    pieces: Pieces, registrar: str, take: Callable[[Credential], None] | None = None
) -> PostedCredentials:
    """The credentials that this registrar posted, read once to their end, or MalformedInput.

    take: called with each as it is read.
    """
    count = 0

    def of_match(one: re.Match[bytes]) -> None:
        if take:
            take(_credential_of(one))

    for before, rows in _read(pieces, registrar, of_match, take or _nothing):
        count = before + len(rows)
    return PostedCredentials(registrar, count, pieces)


def _read(
    pieces: Pieces,
    registrar: str,
    of_match: Callable[[re.Match[bytes]], Wanted],
    of_credential: Callable[[Credential], Wanted],
) -> Iterator[tuple[int, Sequence[Wanted]]]:
    """What is wanted of the rows of each text line, and how many came before."""
    lines = split(pieces(), LARGEST_TEXT_LINE)
    head = object_(read_head(lines), "", ("registrar",))
    one_of(head["registrar"], "registrar", (registrar,))
    before = 0

    def read(line: bytes, number: int) -> Sequence[Wanted]:
        nonlocal before
        found = plain_rows(line, _ROW)
        if found and all(int(one["number"]) <= LARGEST_INDEX for one in found):
            rows = [of_match(one) for one in found]
        else:
            rows = [of_credential(one) for one in _any(line, number, before)]
        before += len(rows)
        return rows

    return in_rows(lines, read)


def _nothing(credential: Credential) -> None:
    """It is only counted."""


def _credential_of(one: re.Match[bytes]) -> Credential:
    """The credential whose row has the pattern."""
    key, line, number = one.groups()
    return Credential(int(number), line.decode(), unhexlify(key))


def _any(line: bytes, number: int, before: int) -> Iterator[Credential]:
    """The rows of any text line, or MalformedInput with the reason."""
    for place, value in enumerate(read_values(line, number, LARGEST_TEXT_LINE), start=before):
        where = item("rows", place)
        fields = object_(value, where, ("key", "line", "number"))
        key = hex_bytes(fields["key"], f"{where}.key", 32)
        name = read_roll_line(fields["line"], f"{where}.line")
        yield Credential(integer(fields["number"], f"{where}.number", 1, LARGEST_INDEX), name, key)
