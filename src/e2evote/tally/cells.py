"""The ciphertexts that are decrypted: those of the parts that the floor allows, and no others (docs/spec.md §9, §14.3).

A trustee's secret meets nothing but the A of a `TallyCell`, and there are such cells only for what may be known. The
membership of A matters most there: a power of something outside the subgroup gives away bits of the exponent.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from e2evote.algebra.group import Element, Group
from e2evote.errors import CheckFailed, NotMembers
from e2evote.manifest.contests import Item
from e2evote.manifest.model import Manifest
from e2evote.proofs.equal_logs import DecryptionShare as SharePlace
from e2evote.record.floor import Parts, name_of, parts_of
from e2evote.record.products import Cell, Class
from e2evote.record.shares import PartCell
from e2evote.record.statement import Product, StatementHead
from e2evote.verify.checks import Check
from e2evote.verify.tally_names import cell_name


@dataclass(frozen=True, slots=True)
class TallyCell:
    """The encrypted total of one item in one part.

    index: the contest's, from 1. channel: the part's name. weight: the sum of the weights of the ballots it is over.
    """

    contest: str
    index: int
    item: Item
    channel: str
    A: Element
    B: Element
    weight: int

    @property
    def key(self) -> Cell:
        """Contest and option."""
        return self.contest, self.item.option

    @property
    def cell(self) -> PartCell:
        """Contest, part and option."""
        return self.contest, self.channel, self.item.option

    @property
    def most(self) -> int:
        """The bound of the number of votes: the item's limit for each ballot, by weight."""
        return self.item.limit * self.weight

    def place(self, extended_base_hash: bytes, trustee: int, statement: bytes) -> SharePlace:
        """The challenge of one trustee's share.    spec (3.13)"""
        return SharePlace(extended_base_hash, self.index, self.item.index, trustee, self.B, statement)

    def __str__(self) -> str:
        return cell_name(*self.key, self.channel)


def stated_parts(manifest: Manifest, products: Iterable[Product], classes: Mapping[Class, int]) -> Parts:
    """What the floor allows by the numbers of a statement that was checked, and classes of ballots that it has not."""
    return parts_of(manifest, {(product.contest, product.channel): product.ballots for product in products}, classes)


def cells_to_decrypt(manifest: Manifest, group: Group, statement: StatementHead, parts: Parts) -> tuple[TallyCell, ...]:
    """Every item of each part of each contest, in order; CheckFailed if an A or B is no element.    spec (14.5)

    parts: what the floor allows, from the ballots on the board and not from the statement.
    """
    products = {(product.contest, product.option, product.channel): product for product in statement.products}
    cells = []
    for index, contest in enumerate(manifest.contests, start=1):
        for part in parts[contest.id]:
            for item in contest.items():
                own = [products[contest.id, item.option, channel] for channel in part]
                A, B = _together(group, own)
                weight = sum(product.weight for product in own)
                cells.append(TallyCell(contest.id, index, item, name_of(part), A, B, weight))
    return tuple(cells)


def _together(group: Group, products: Iterable[Product]) -> tuple[Element, Element]:
    """A and B over all channels of a part.    spec (14.5)"""
    A = B = group.identity
    for product in products:
        try:
            a, b = group.screen((product.A, product.B))
        except NotMembers:
            subject = cell_name(product.contest, product.option, product.channel)
            raise CheckFailed(Check.TALLY_ELEMENTS, subject, "A or B is not in the subgroup of order q") from None
        A, B = A * a, B * b
    return A, B
