"""A tally statement from outside bytes, one text line at a time (docs/record-format.md, Statement).

    {"close":…,"products":[…]} 0A     the head
    [row,…] 0A                        4096 rows in each text line but the last, which has 1 to 4096

Whatever the number of rows, memory holds one text line of them: the payload comes in pieces of any size, and a text
line that is too long is refused before the rest of it is asked for.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from e2evote.algebra.group import Group
from e2evote.hashing.canonical import JSON
from e2evote.hashing.fields import array, hex_bytes, integer, item, object_, one_of
from e2evote.manifest.model import Manifest
from e2evote.record.bodies import read_line
from e2evote.record.scalars import read_residue
from e2evote.record.statement import (
    COUNTED,
    NO_CHANNEL,
    NOT_VOTED,
    ONLINE,
    Product,
    Row,
    Statement,
    StatementHead,
)
from e2evote.record.text_lines import Pieces, in_rows, read_head, read_values, split

LARGEST_TEXT_LINE = 2**20
"""Of a text line of rows; 4096 of the longest have 770,049 bytes."""
_LARGEST = 2**53 - 1


@dataclass(frozen=True, slots=True)
class PostedStatement:
    """A statement whose whole payload has its form: the head, and the rows as often as they are asked for."""

    head: StatementHead
    pieces: Pieces

    def rows(self) -> Iterator[Row]:
        """The rows as they stand, one at a time."""
        lines = split(self.pieces(), LARGEST_TEXT_LINE)
        next(lines, None)
        return _rows(lines)

    def whole(self) -> Statement:
        """With all rows in memory."""
        return _whole(self.head, self.rows())


def read_statement(pieces: Pieces, manifest: Manifest, group: Group) -> PostedStatement:
    """A statement from outside bytes, read once to its end, or MalformedInput.

    Every cell once, in order; any rows of the two shapes.
    """
    lines = split(pieces(), LARGEST_TEXT_LINE)
    head = _head(lines, manifest, group)
    for _ in _rows(lines):
        pass
    return PostedStatement(head, pieces)


def decode_statement(data: bytes, manifest: Manifest, group: Group) -> Statement:
    """The same with all rows in memory, for whoever holds the payload anyway."""
    lines = split((data,), LARGEST_TEXT_LINE)
    return _whole(_head(lines, manifest, group), _rows(lines))


def _whole(head: StatementHead, rows: Iterable[Row]) -> Statement:
    return Statement(head.close_root, head.close_size, head.products, tuple(rows))


def _head(lines: Iterator[bytes], manifest: Manifest, group: Group) -> StatementHead:
    members = object_(read_head(lines), "", ("close", "products"))
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
    """The rows of all text lines after the head."""

    def values(line: bytes, number: int) -> list[JSON]:
        return read_values(line, number, LARGEST_TEXT_LINE)

    for before, some in in_rows(lines, values):
        for place, row in enumerate(some, start=before):
            yield _row(row, item("rows", place))


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
