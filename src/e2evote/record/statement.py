"""The tally statement: what is to be decrypted, and for whom it counts (docs/spec.md, section 9).

One row per line, so that everybody finds their own; one product per contest, option and channel.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from e2evote.algebra.group import Group, Residue
from e2evote.hashing import canonical
from e2evote.hashing.canonical import JSON
from e2evote.hashing.fields import array, hex_bytes, integer, object_, one_of
from e2evote.manifest.model import Manifest
from e2evote.record.bodies import read_line
from e2evote.record.leaf import LARGEST_PAYLOAD
from e2evote.record.scalars import read_residue
from e2evote.record.select import Counted, Products

ONLINE, NO_CHANNEL = "online", "none"
COUNTED, NOT_VOTED = "counted", "not-voted"
_MOST_LINES = 10_000_000
_LARGEST = 2**53 - 1


@dataclass(frozen=True, slots=True)
class Row:
    """One line: its channel, the leaf hash of its counted ballot (empty for none), and its status."""

    line: str
    channel: str
    leaf: bytes
    status: str


@dataclass(frozen=True, slots=True)
class Product:
    """The encrypted total of one cell, over `ballots` ballots."""

    contest: str
    option: str
    channel: str
    A: Residue
    B: Residue
    ballots: int


@dataclass(frozen=True, slots=True)
class Statement:
    """The payload of a tally.statement leaf: the log's root and size at the close, rows by line, products by cell."""

    close_root: bytes
    close_size: int
    rows: tuple[Row, ...]
    products: tuple[Product, ...]

    def encode(self) -> bytes:
        """The canonical bytes of the payload."""
        return canonical.encode(
            {
                "close": {"root": self.close_root.hex(), "size": self.close_size},
                "products": [
                    {
                        "A": p.A.encode().hex(),
                        "B": p.B.encode().hex(),
                        "ballots": p.ballots,
                        "channel": p.channel,
                        "contest": p.contest,
                        "option": p.option,
                    }
                    for p in self.products
                ],
                "rows": [
                    {"channel": r.channel, "leaf": r.leaf.hex(), "line": r.line, "status": r.status} for r in self.rows
                ],
            }
        )


def rows_of(lines: Iterable[tuple[str, Counted | None]]) -> tuple[Row, ...]:
    """The one row of each line.    spec 7, Which ballots count"""
    return tuple(
        Row(line, ONLINE, cast.leaf_hash, COUNTED) if cast else Row(line, NO_CHANNEL, b"", NOT_VOTED)
        for line, cast in lines
    )


def products_of(products: Products) -> tuple[Product, ...]:
    """The products as a statement lists them, in the manifest's order.    spec (9.1)"""
    return tuple(
        Product(contest, option, ONLINE, A, B, products.ballots[contest])
        for (contest, option), (A, B) in products.cells.items()
    )


def decode_statement(data: bytes, manifest: Manifest, group: Group) -> Statement:
    """A statement from outside bytes, or MalformedInput: every cell once, in order; any rows of the two shapes."""
    members = object_(canonical.decode(data, limit=LARGEST_PAYLOAD), "", ("close", "products", "rows"))
    close = object_(members["close"], "close", ("root", "size"))
    cells = [(contest.id, item.option) for contest in manifest.contests for item in contest.items()]
    products = array(members["products"], "products", len(cells), len(cells))
    rows = [_row(row, f"rows[{i}]") for i, row in enumerate(array(members["rows"], "rows", 0, _MOST_LINES))]
    return Statement(
        hex_bytes(close["root"], "close.root", 32),
        integer(close["size"], "close.size", 0, _LARGEST),
        tuple(rows),
        tuple(
            _product(product, f"products[{i}]", cell, group)
            for i, (product, cell) in enumerate(zip(products, cells, strict=True))
        ),
    )


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
