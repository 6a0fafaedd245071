"""The ciphertexts that are decrypted: those of the contests that reach the floor, and no others (docs/spec.md §9).

A trustee's secret meets nothing but the A of a `TallyCell`, and there are such cells only for what may be known. The
membership of A matters most there: a power of something outside the subgroup gives away bits of the exponent.
"""

from dataclasses import dataclass

from e2evote.algebra.group import Element, Group
from e2evote.errors import CheckFailed, NotMembers
from e2evote.manifest.contests import Item
from e2evote.manifest.model import Manifest
from e2evote.proofs.equal_logs import DecryptionShare as SharePlace
from e2evote.record.floor import decrypted_contests
from e2evote.record.products import Cell
from e2evote.record.statement import StatementHead
from e2evote.verify.checks import Check


@dataclass(frozen=True, slots=True)
class TallyCell:
    """The encrypted total of one item. `index`: the contest's, from 1. `ballots`: how many it is over."""

    contest: str
    index: int
    item: Item
    A: Element
    B: Element
    ballots: int

    @property
    def key(self) -> Cell:
        """Contest and option."""
        return self.contest, self.item.option

    @property
    def most(self) -> int:
        """The bound of the number of votes: the item's limit for each ballot."""
        return self.item.limit * self.ballots

    def place(self, extended_base_hash: bytes, trustee: int, statement: bytes) -> SharePlace:
        """The challenge of one trustee's share.    spec (3.13)"""
        return SharePlace(extended_base_hash, self.index, self.item.index, trustee, self.B, statement)

    def __str__(self) -> str:
        return f"contest {self.contest}, option {self.item.option or '(blank)'}"


def cells_to_decrypt(manifest: Manifest, group: Group, statement: StatementHead) -> tuple[TallyCell, ...]:
    """Every item of each contest that has enough counted ballots, in order; CheckFailed if A or B is no element."""
    allowed = decrypted_contests(manifest, {product.contest: product.ballots for product in statement.products})
    cells = []
    for product in statement.products:
        contest, index = manifest.contest(product.contest), manifest.contest_index(product.contest)
        item = contest.item(product.option) if contest else None
        if item is None:
            raise ValueError(f"contest {product.contest}, option {product.option}: not in the manifest")
        if product.contest not in allowed:
            continue
        try:
            A, B = group.screen((product.A, product.B))
        except NotMembers:
            subject = f"contest {product.contest}, option {product.option or '(blank)'}"
            raise CheckFailed(Check.TALLY_ELEMENTS, subject, "A or B is not in the subgroup of order q") from None
        cells.append(TallyCell(product.contest, index, item, A, B, product.ballots))
    return tuple(cells)
