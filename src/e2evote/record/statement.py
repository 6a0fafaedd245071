"""The tally statement: what is to be decrypted, and for whom it counts (docs/spec.md, section 9).

One row per line, so that everybody finds their own; one product per contest, option and channel; the reconciliation.
The payload is text lines of canonical JSON (docs/record-format.md, Statement), so that it can be written and read in
pieces. What comes from outside is read by `record.stated`.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice

from e2evote.algebra.group import Residue
from e2evote.record.bodies import Stated
from e2evote.record.products import ChannelProducts
from e2evote.record.reconciliation import Reconciliation
from e2evote.record.rows import Row, stated_by
from e2evote.record.text_lines import ROWS_PER_TEXT_LINE, text_line


@dataclass(frozen=True, slots=True)
class Product:
    """The encrypted total of one cell, over `ballots` ballots, whose weights have the sum `weight`."""

    contest: str
    option: str
    channel: str
    A: Residue
    B: Residue
    ballots: int
    weight: int


@dataclass(frozen=True, slots=True)
class StatementHead:
    """A statement but for its rows: the log's root and size at the close, products by cell, the reconciliation."""

    close_root: bytes
    close_size: int
    products: tuple[Product, ...]
    reconciliation: Reconciliation


@dataclass(frozen=True, slots=True)
class Statement(StatementHead):
    """A whole statement. A verifier never holds the rows; see `record.stated`."""

    rows: tuple[Row, ...]

    def encode(self) -> bytes:
        """The payload of a tally.statement leaf."""
        return b"".join(encoded(self, self.rows))

    def body(self) -> Stated:
        """The body of that leaf.    spec (9.4)"""
        return stated_by(self.rows)


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
                    "weight": p.weight,
                }
                for p in head.products
            ],
            "reconciliation": head.reconciliation.members(),
        }
    )
    left = iter(rows)
    while some := tuple(islice(left, ROWS_PER_TEXT_LINE)):
        yield text_line([row.members() for row in some])


def products_of(by_channel: ChannelProducts) -> tuple[Product, ...]:
    """The products as a statement lists them: every cell in the manifest's order, for each channel.    spec 9"""
    numbers = {channel: (own.ballots, own.weight) for channel, own in by_channel.items()}
    cells = next(iter(by_channel.values())).cells
    products = []
    for contest, option in cells:
        for channel, own in by_channel.items():
            ballots, weight = (sums[contest] for sums in numbers[channel])
            products.append(Product(contest, option, channel, *own.cells[contest, option], ballots, weight))
    return tuple(products)
