"""The tally statement: what is to be decrypted, and for whom it counts (docs/spec.md, section 9).

One row per line, so that everybody finds their own; one product per contest, option and channel. The payload is text
lines of canonical JSON (docs/record-format.md, Statement), so that it can be written and read in pieces. "Line" alone
is a voter's line. What comes from outside is read by `record.stated`.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice

from e2evote.algebra.group import Residue
from e2evote.record.products import Products
from e2evote.record.select import Counted
from e2evote.record.text_lines import ROWS_PER_TEXT_LINE, text_line

ONLINE, NO_CHANNEL = "online", "none"
COUNTED, NOT_VOTED = "counted", "not-voted"


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
class StatementHead:
    """A statement but for its rows: the log's root and size at the close, products by cell."""

    close_root: bytes
    close_size: int
    products: tuple[Product, ...]


@dataclass(frozen=True, slots=True)
class Statement(StatementHead):
    """A whole statement. A verifier never holds the rows; see `record.stated`."""

    rows: tuple[Row, ...]

    def encode(self) -> bytes:
        """The payload of a tally.statement leaf."""
        return b"".join(encoded(self, self.rows))


def encoded(head: StatementHead, rows: Iterable[Row]) -> Iterator[bytes]:
    """The payload in pieces: one text line each, with its 0x0A."""
    yield text_line(
        {
            "close": {"root": head.close_root.hex(), "size": head.close_size},
            "products": [
                {
                    "A": p.A.encode().hex(),
                    "B": p.B.encode().hex(),
                    "ballots": p.ballots,
                    "channel": p.channel,
                    "contest": p.contest,
                    "option": p.option,
                }
                for p in head.products
            ],
        }
    )
    left = iter(rows)
    while some := tuple(islice(left, ROWS_PER_TEXT_LINE)):
        yield text_line(
            [{"channel": r.channel, "leaf": r.leaf.hex(), "line": r.line, "status": r.status} for r in some]
        )


def rows_of(lines: Iterable[tuple[str, Counted | None]]) -> Iterator[Row]:
    """The one row of each line, one at a time.    spec 7, Which ballots count"""
    for line, cast in lines:
        yield Row(line, ONLINE, cast.leaf_hash, COUNTED) if cast else Row(line, NO_CHANNEL, b"", NOT_VOTED)


def products_of(products: Products) -> tuple[Product, ...]:
    """The products as a statement lists them, in the manifest's order.    spec (9.1)"""
    return tuple(
        Product(contest, option, ONLINE, A, B, products.ballots[contest])
        for (contest, option), (A, B) in products.cells.items()
    )
