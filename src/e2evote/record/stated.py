"""A tally statement from outside bytes, one text line at a time (docs/record-format.md, Statement).

    {"close":…,"products":[…]} 0A     the head
    [row,…] 0A                        4096 rows in each text line but the last, which has 1 to 4096

Whatever the number of rows, memory holds one text line of them: the payload comes in pieces of any size, and a text
line that is too long is refused before the rest of it is asked for.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from e2evote.algebra.group import Group
from e2evote.errors import MalformedInput
from e2evote.hashing import canonical
from e2evote.hashing.canonical import JSON
from e2evote.hashing.fields import array, hex_bytes, integer, item, object_, one_of
from e2evote.manifest.model import Manifest
from e2evote.record.bodies import read_line
from e2evote.record.leaf import LARGEST_PAYLOAD, LARGEST_STATEMENT
from e2evote.record.scalars import read_residue
from e2evote.record.statement import (
    COUNTED,
    NO_CHANNEL,
    NOT_VOTED,
    ONLINE,
    ROWS_PER_TEXT_LINE,
    Product,
    Row,
    Statement,
    StatementHead,
)

LARGEST_HEAD = LARGEST_PAYLOAD
"""Of the head, which is as long as the manifest has options."""
LARGEST_TEXT_LINE = 2**20
"""Of a text line of rows; 4096 of the longest have 770,049 bytes."""
_LARGEST = 2**53 - 1

Pieces = Callable[[], Iterable[bytes]]
"""Gives a payload anew each time it is called: the same bytes, in pieces of any size."""


def in_one(payload: bytes) -> Pieces:
    """A payload that is in memory."""
    return lambda: (payload,)


@dataclass(frozen=True, slots=True)
class PostedStatement:
    """A statement whose whole payload has its form: the head, and the rows as often as they are asked for."""

    head: StatementHead
    pieces: Pieces

    def rows(self) -> Iterator[Row]:
        """The rows as they stand, one at a time."""
        lines = split(self.pieces())
        next(lines, None)
        return _rows(lines)

    def whole(self) -> Statement:
        """With all rows in memory."""
        return _whole(self.head, self.rows())


def read_statement(pieces: Pieces, manifest: Manifest, group: Group) -> PostedStatement:
    """A statement from outside bytes, read once to its end, or MalformedInput.

    Every cell once, in order; any rows of the two shapes.
    """
    lines = split(pieces())
    head = _head(lines, manifest, group)
    for _ in _rows(lines):
        pass
    return PostedStatement(head, pieces)


def decode_statement(data: bytes, manifest: Manifest, group: Group) -> Statement:
    """The same with all rows in memory, for whoever holds the payload anyway."""
    lines = split((data,))
    return _whole(_head(lines, manifest, group), _rows(lines))


def split(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """The text lines without their 0x0A, the head first; MalformedInput for one that is too long or does not end."""
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
            number, begun, limit, start = number + 1, bytearray(), LARGEST_TEXT_LINE, end + 1
    if begun:
        raise MalformedInput("does not end with 0x0A", f"text line {number}")


def _whole(head: StatementHead, rows: Iterable[Row]) -> Statement:
    return Statement(head.close_root, head.close_size, head.products, tuple(rows))


def _head(lines: Iterator[bytes], manifest: Manifest, group: Group) -> StatementHead:
    members = object_(_decode(next(lines, b""), 1, LARGEST_HEAD), "", ("close", "products"))
    close = object_(members["close"], "close", ("root", "size"))
    cells = [(contest.id, option.option) for contest in manifest.contests for option in contest.items()]
    products = array(members["products"], "products", len(cells), len(cells))
    return StatementHead(
        hex_bytes(close["root"], "close.root", 32),
        integer(close["size"], "close.size", 0, _LARGEST),
        tuple(
            _product(product, item("products", i), cell, group)
            for i, (product, cell) in enumerate(zip(products, cells, strict=True))
        ),
    )


def _rows(lines: Iterator[bytes]) -> Iterator[Row]:
    """The rows of all text lines after the head; each but the last must be full."""
    before, full = 0, True
    for number, line in enumerate(lines, start=2):
        if not full:
            raise MalformedInput(
                f"fewer than {ROWS_PER_TEXT_LINE} rows, and not the last text line", f"text line {number - 1}"
            )
        rows = array(_decode(line, number, LARGEST_TEXT_LINE), f"text line {number}", 1, ROWS_PER_TEXT_LINE)
        for place, row in enumerate(rows, start=before):
            yield _row(row, item("rows", place))
        before, full = before + len(rows), len(rows) == ROWS_PER_TEXT_LINE


def _decode(line: bytes, number: int, limit: int) -> JSON:
    try:
        return canonical.decode(line, limit)
    except MalformedInput as error:
        raise error.inside(f"text line {number}") from None


def _product(value: JSON, where: str, cell: tuple[str, str], group: Group) -> Product:
    fields = object_(value, where, ("A", "B", "ballots", "channel", "contest", "option"))
    one_of(fields["contest"], f"{where}.contest", (cell[0],))
    one_of(fields["option"], f"{where}.option", (cell[1],))
    A = read_residue(group, fields["A"], f"{where}.A")
    B = read_residue(group, fields["B"], f"{where}.B")
    ballots = integer(fields["ballots"], f"{where}.ballots", 0, _LARGEST)
    return Product(*cell, one_of(fields["channel"], f"{where}.channel", (ONLINE,)), A, B, ballots)


def _row(value: JSON, where: str) -> Row:
    fields = object_(value, where, ("channel", "leaf", "line", "status"))
    line = read_line(fields["line"], f"{where}.line")
    channel = one_of(fields["channel"], f"{where}.channel", (ONLINE, NO_CHANNEL))
    if channel == NO_CHANNEL:
        one_of(fields["leaf"], f"{where}.leaf", ("",))
        return Row(line, channel, b"", one_of(fields["status"], f"{where}.status", (NOT_VOTED,)))
    leaf = hex_bytes(fields["leaf"], f"{where}.leaf", 32)
    return Row(line, channel, leaf, one_of(fields["status"], f"{where}.status", (COUNTED,)))
