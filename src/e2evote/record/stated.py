"""A tally statement from outside bytes, one text line at a time (docs/record-format.md, Statement).

    {"close":…,"products":[…],"reconciliation":…} 0A     the head
    [row,…] 0A                                           4096 rows in each text line but the last, which has 1 to 4096

Whatever the number of rows, memory holds one text line of them: the payload comes in pieces of any size, and a text
line that is too long is refused before the rest of it is asked for.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from e2evote.algebra.group import Group
from e2evote.hashing.canonical import JSON
from e2evote.hashing.fields import array, hex_bytes, integer, item, object_, one_of
from e2evote.manifest.model import Manifest
from e2evote.record.bodies import Stated
from e2evote.record.reconciliation import read_reconciliation
from e2evote.record.rows import Row, read_row, stated_by
from e2evote.record.scalars import read_residue
from e2evote.record.statement import Product, Statement, StatementHead
from e2evote.record.text_lines import Pieces, in_rows, read_head, read_values, split

LARGEST_TEXT_LINE = 2**20
"""Of a text line of rows; 4096 of the longest have 794,625 bytes."""


@dataclass(frozen=True, slots=True)
class PostedStatement:
    """A statement whose whole payload has its form: the head, and the rows as often as they are asked for.

    channels: those of the manifest. body: what its leaf has to say of the rows as they stand.
    """

    head: StatementHead
    pieces: Pieces
    channels: tuple[str, ...]
    body: Stated

    def rows(self) -> Iterator[Row]:
        """The rows as they stand, one at a time."""
        lines = split(self.pieces(), LARGEST_TEXT_LINE)
        next(lines, None)
        return _rows(lines, self.channels)

    def whole(self) -> Statement:
        """With all rows in memory."""
        return _whole(self.head, self.rows())


def read_statement(pieces: Pieces, manifest: Manifest, group: Group) -> PostedStatement:
    """A statement from outside bytes, read once to its end, or MalformedInput.

    Every cell once, in order; any rows of the shapes that there are.
    """
    lines, channels = split(pieces(), LARGEST_TEXT_LINE), manifest.channels.list
    head = _head(lines, manifest, group)
    return PostedStatement(head, pieces, channels, stated_by(_rows(lines, channels)))


def decode_statement(data: bytes, manifest: Manifest, group: Group) -> Statement:
    """The same with all rows in memory, for whoever holds the payload anyway."""
    lines = split((data,), LARGEST_TEXT_LINE)
    return _whole(_head(lines, manifest, group), _rows(lines, manifest.channels.list))


def _whole(head: StatementHead, rows: Iterable[Row]) -> Statement:
    return Statement(head.close_root, head.close_size, head.products, head.reconciliation, tuple(rows))


def _head(lines: Iterator[bytes], manifest: Manifest, group: Group) -> StatementHead:
    members = object_(read_head(lines), "", ("close", "products", "reconciliation"))
    close = object_(members["close"], "close", ("root", "size"))
    cells = [
        (contest.id, option.option, channel)
        for contest in manifest.contests
        for option in contest.items()
        for channel in manifest.channels.list
    ]
    products = array(members["products"], "products", len(cells), len(cells))
    return StatementHead(
        hex_bytes(close["root"], "close.root", 32),
        integer(close["size"], "close.size"),
        tuple(
            _product(product, item("products", i), cell, group)
            for i, (product, cell) in enumerate(zip(products, cells, strict=True))
        ),
        read_reconciliation(members["reconciliation"], "reconciliation", manifest),
    )


def _rows(lines: Iterator[bytes], channels: Sequence[str]) -> Iterator[Row]:
    """The rows of all text lines after the head."""

    def values(line: bytes, number: int) -> list[JSON]:
        return read_values(line, number, LARGEST_TEXT_LINE)

    for before, some in in_rows(lines, values):
        for place, row in enumerate(some, start=before):
            yield read_row(row, item("rows", place), channels)


def _product(value: JSON, where: str, cell: tuple[str, str, str], group: Group) -> Product:
    fields = object_(value, where, ("A", "B", "ballots", "channel", "contest", "option", "weight"))
    for name, wanted in zip(("contest", "option", "channel"), cell, strict=True):
        one_of(fields[name], f"{where}.{name}", (wanted,))
    A, B = (read_residue(group, fields[name], f"{where}.{name}") for name in ("A", "B"))
    ballots, weight = (integer(fields[name], f"{where}.{name}") for name in ("ballots", "weight"))
    return Product(*cell, A, B, ballots, weight)
