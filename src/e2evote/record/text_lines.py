"""Payloads that have a row for every line: text lines of canonical JSON (docs/record-format.md, Statement, Roll).

    {…} 0A            the head
    [row,…] 0A        4096 rows in each text line but the last, which has 1 to 4096

Whatever the number of rows, memory holds one text line of them: a payload comes in pieces of any size, and a text line
that is too long is refused before the rest of it is asked for. "Line" alone is a voter's line.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from typing import TypeVar

from e2evote.errors import MalformedInput
from e2evote.hashing import canonical
from e2evote.hashing.canonical import JSON
from e2evote.hashing.fields import array
from e2evote.record.leaf import LARGEST_PAYLOAD, LARGEST_STATEMENT

ROWS_PER_TEXT_LINE = 4096
"""How many rows each text line of rows has, but for the last."""
LARGEST_HEAD = LARGEST_PAYLOAD
"""Of the first text line, as that of a statement is as long as the manifest has options."""

Row = TypeVar("Row")
_COMMA = ord(",")

Pieces = Callable[[], Iterable[bytes]]
"""Gives a payload anew each time it is called: the same bytes, in pieces of any size."""


def in_one(payload: bytes) -> Pieces:
    """A payload that is in memory."""
    return lambda: (payload,)


def text_line(value: canonical.Encodable) -> bytes:
    """One text line, with its 0x0A."""
    return canonical.encode(value) + b"\n"


def row_lines(rows: Iterable[bytes]) -> Iterator[bytes]:
    """The text lines of these rows, each the canonical bytes of one."""
    left = iter(rows)
    while some := tuple(islice(left, ROWS_PER_TEXT_LINE)):
        yield b"[%b]\n" % b",".join(some)


def split(pieces: Iterable[bytes], largest: int) -> Iterator[bytes]:
    """The text lines without their 0x0A, the head first; MalformedInput for one that is too long or does not end.

    largest: bytes that a text line of rows may have.
    """
    number, total, begun, limit = 1, 0, bytearray(), LARGEST_HEAD
    for piece in pieces:
        total += len(piece)
        if total > LARGEST_STATEMENT:
            raise MalformedInput(f"more than {LARGEST_STATEMENT} bytes")
        start = 0
        while start < len(piece):
            end = piece.find(b"\n", start)
            stop = len(piece) if end < 0 else end
            if len(begun) + stop - start > limit:
                raise MalformedInput(f"more than {limit} bytes", f"text line {number}")
            begun += memoryview(piece)[start:stop]
            if end < 0:
                break
            yield bytes(begun)
            number, begun, limit, start = number + 1, bytearray(), largest, end + 1
    if begun:
        raise MalformedInput("does not end with 0x0A", f"text line {number}")


def read_head(lines: Iterator[bytes]) -> JSON:
    """The value of the first text line, which is taken from `lines`."""
    return read_text_line(next(lines, b""), 1, LARGEST_HEAD)


def read_text_line(line: bytes, number: int, limit: int) -> JSON:
    """The value of the text line with this number, from 1."""
    try:
        return canonical.decode(line, limit)
    except MalformedInput as error:
        raise error.inside(f"text line {number}") from None


def read_values(line: bytes, number: int, limit: int) -> list[JSON]:
    """The rows of a text line after the head, of whatever form."""
    return array(read_text_line(line, number, limit), f"text line {number}", 1, ROWS_PER_TEXT_LINE)


def plain_rows(line: bytes, row: re.Pattern[bytes]) -> list[re.Match[bytes]] | None:
    """The rows of a text line that is nothing but rows of this pattern; None for any other.

    A pattern of the one canonical form of a row makes the text line canonical, at a fraction of the cost of reading
    JSON. It gives no reasons: what it does not match is read again as JSON, to be taken or refused there.
    """
    found, at, end = [], 1, len(line) - 1
    if line[:1] != b"[" or line[end:] != b"]":
        return None
    while one := row.match(line, at):
        found.append(one)
        at = one.end()
        if at == end:
            return found if len(found) <= ROWS_PER_TEXT_LINE else None
        if line[at] != _COMMA:
            return None
        at += 1
    return None


def in_rows(lines: Iterable[bytes], read: Callable[[bytes, int], Sequence[Row]]) -> Iterator[tuple[int, Sequence[Row]]]:
    """The rows of each text line after the head, and how many came before; each text line but the last must be full.

    read: gives the rows of one text line, of which it gets the number too; at most 4096.
    """
    before, full = 0, True
    for number, line in enumerate(lines, start=2):
        if not full:
            raise MalformedInput(
                f"fewer than {ROWS_PER_TEXT_LINE} rows, and not the last text line", f"text line {number - 1}"
            )
        rows = read(line, number)
        yield before, rows
        before, full = before + len(rows), len(rows) == ROWS_PER_TEXT_LINE
