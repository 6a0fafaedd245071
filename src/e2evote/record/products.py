"""The encrypted totals of the ballots that count: what is decrypted at the end (docs/spec.md, section 9).

    A = Π α^w,   B = Π β^w                                                              (9.1)

with w the weight of the ballot's line. Ballots of one weight are multiplied as they come, and each of these products
is raised to its weight at the end: so weights cost next to nothing, and a selection without them costs nothing more.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from e2evote.algebra.group import Group, Residue
from e2evote.algebra.totals import Totals, weighed
from e2evote.manifest.model import Manifest
from e2evote.record.sealed import SealedBallot

Cell = tuple[str, str]
"""Contest and option; the blank vote's option is ""."""
Class = tuple[str, int]
"""Contest and weight."""


@dataclass(frozen=True, slots=True)
class Products:
    """A and B of every cell over some ballots. classes: how many of these have each contest with each weight."""

    classes: Mapping[Class, int]
    cells: Mapping[Cell, tuple[Residue, Residue]]

    @property
    def ballots(self) -> dict[str, int]:
        """By contest, how many ballots have it."""
        return self._summed(lambda weight: 1)

    @property
    def weight(self) -> dict[str, int]:
        """By contest, the sum of the weights of the ballots that have it."""
        return self._summed(lambda weight: weight)

    def together(self, other: "Products") -> "Products":
        """The products over both lots of ballots."""
        classes = dict(self.classes)
        for name, number in other.classes.items():
            classes[name] = classes.get(name, 0) + number
        return Products(
            classes, {cell: (A * other.cells[cell][0], B * other.cells[cell][1]) for cell, (A, B) in self.cells.items()}
        )

    def _summed(self, factor: Callable[[int], int]) -> dict[str, int]:
        sums = {contest: 0 for contest, _ in self.cells}
        for (contest, weight), number in self.classes.items():
            sums[contest] += factor(weight) * number
        return sums


ChannelProducts = Mapping[str, Products]
"""The products of every channel of the manifest, in its order."""


@dataclass(slots=True)
class Lot:
    """The ballots that have one contest with one weight: their number, and the products of their numbers."""

    totals: Totals
    number: int = 0


@dataclass(frozen=True, slots=True)
class Lots:
    """One lot for every class of which there is a ballot."""

    manifest: Manifest
    group: Group
    _lots: dict[Class, Lot] = field(default_factory=dict)

    def of(self, contest: str, weight: int) -> Lot:
        """The lot of this class, empty at first."""
        lot = self._lots.get((contest, weight))
        if lot is None:
            described = self.manifest.contest(contest)
            if described is None:
                raise ValueError(f"no contest has the id {contest!r}")
            lot = self._lots[contest, weight] = Lot(Totals(self.group, 2 * len(described.items())))
        return lot

    def __iter__(self) -> Iterator[tuple[Class, Lot]]:
        """Every lot that was asked for."""
        return iter(self._lots.items())

    def products(self) -> Products:
        """Over all lots, the cells in the manifest's order.    spec (9.1)"""
        classes = {name: lot.number for name, lot in self._lots.items() if lot.number}
        cells = {}
        for contest in self.manifest.contests:
            own = {weight: lot.totals for (id, weight), lot in self._lots.items() if id == contest.id}
            numbers = weighed(self.group, 2 * len(contest.items()), own)
            for item, A, B in zip(contest.items(), numbers[::2], numbers[1::2], strict=True):
                cells[contest.id, item.option] = (A, B)
        return Products(classes, cells)


class RunningProducts:
    """(9.1), ballot by ballot, over residues: it is defined whatever the ballots' elements turn out to be."""

    def __init__(self, manifest: Manifest, group: Group) -> None:
        self._lots = Lots(manifest, group)
        self.number = 0

    def add(self, ballot: SealedBallot, weight: int = 1) -> None:
        """One more ballot, which counts `weight` times."""
        self.number += 1
        for contest in ballot.contests:
            lot = self._lots.of(contest.id, weight)
            lot.number += 1
            lot.totals.take([x for item in contest.items for x in (item.alpha, item.beta)])

    def total(self) -> Products:
        """The products so far."""
        return self._lots.products()


def products(manifest: Manifest, group: Group, ballots: Iterable[SealedBallot]) -> Products:
    """The products over these ballots, each with weight 1."""
    return weighted_products(manifest, group, ((ballot, 1) for ballot in ballots))


def weighted_products(manifest: Manifest, group: Group, ballots: Iterable[tuple[SealedBallot, int]]) -> Products:
    """The products over these ballots, each with its weight."""
    running = RunningProducts(manifest, group)
    for ballot, weight in ballots:
        running.add(ballot, weight)
    return running.total()
