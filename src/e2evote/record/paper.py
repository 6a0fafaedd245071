"""The totals of one paper channel, bit by bit (docs/spec.md §14.2; record-format.md, Paper).

Two plain numbers for each contest, and ciphertexts of bits with their proofs. How many bits there are follows from the
manifest and the number of papers, so nothing here has a length of its own. The total of an item is computed from its
bits, never read.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from e2evote.algebra.elgamal import Ciphertext
from e2evote.algebra.group import Element, Group, Residue
from e2evote.errors import MalformedInput
from e2evote.hashing import canonical
from e2evote.hashing.canonical import JSON, Encodable
from e2evote.hashing.fields import array, integer, object_, string
from e2evote.manifest.contests import Contest, Item
from e2evote.manifest.model import Manifest
from e2evote.proofs.one_of import OneOfProof
from e2evote.proofs.paper_bit import weighted_product, weights
from e2evote.record.leaf import LARGEST_PAYLOAD
from e2evote.record.scalars import range_proof_members, read_range_proof, read_residue

MOST_PAPERS = 9_999_999
"""Of one contest: a line has seven digits, and at most one paper."""


@dataclass(frozen=True, slots=True)
class PaperBit:
    """One ciphertext with the proof that it is of 0 or 1."""

    alpha: Residue
    beta: Residue
    proof: OneOfProof

    def members(self) -> dict[str, Encodable]:
        """The JSON value."""
        return {
            "alpha": self.alpha.encode().hex(),
            "beta": self.beta.encode().hex(),
            "proof": range_proof_members(self.proof),
        }


@dataclass(frozen=True, slots=True)
class PaperItem:
    """The bits of an item's total, that of weight 1 first. The blank vote's option is ""."""

    option: str
    bits: tuple[PaperBit, ...]


@dataclass(frozen=True, slots=True)
class PaperContest:
    """What one contest's papers say. ballots: papers with a valid vote. spoiled: the others. rest: see `rest_bound`."""

    contest: str
    ballots: int
    spoiled: int
    items: tuple[PaperItem, ...]
    rest: tuple[PaperBit, ...]

    def members(self) -> dict[str, Encodable]:
        """The JSON value."""
        return {
            "ballots": self.ballots,
            "contest": self.contest,
            "items": [{"bits": [bit.members() for bit in item.bits], "option": item.option} for item in self.items],
            "rest": [bit.members() for bit in self.rest],
            "spoiled": self.spoiled,
        }

    def lists(self) -> tuple[tuple[PaperBit, ...], ...]:
        """The bits of each item, then those of the rest: the order of everything."""
        return (*(item.bits for item in self.items), self.rest)


@dataclass(frozen=True, slots=True)
class PaperTotals:
    """The payload: every contest of the manifest, in order. Nothing is proved yet."""

    contests: tuple[PaperContest, ...]

    def encode(self) -> bytes:
        """The canonical bytes."""
        return canonical.encode({"contests": [contest.members() for contest in self.contests]})

    def of(self, contest: str) -> PaperContest:
        """What the papers say of one contest of the manifest."""
        return next(one for one in self.contests if one.contest == contest)


def item_bound(item: Item, ballots: int) -> int:
    """R_j·N: the most votes that so many papers can give an item."""
    return item.limit * ballots


def rest_bound(contest: Contest, ballots: int) -> int:
    """L·N: what the votes of so many papers use up, and the rest, together."""
    return contest.limit * ballots


def bounds(contest: Contest, ballots: int) -> tuple[int, ...]:
    """Of each of the lists of bits: the items, then the rest."""
    return (*(item_bound(item, ballots) for item in contest.items()), rest_bound(contest, ballots))


def total(bits: Sequence[PaperBit], bound: int, group: Group) -> tuple[Residue, Residue]:
    """(Π α^u, Π β^u), the ciphertext of an item's votes, as numbers that may be no elements.    spec (14.1)"""
    one, u = group.identity.residue(), weights(bound)
    alpha = weighted_product(one, [bit.alpha for bit in bits], u)
    return alpha, weighted_product(one, [bit.beta for bit in bits], u)


def total_of_elements(bits: Sequence[Ciphertext[Element]], bound: int, group: Group) -> Ciphertext[Element]:
    """The same of bits that are known to be elements.    spec (14.1)"""
    one, u = group.identity, weights(bound)
    alpha = weighted_product(one, [bit.alpha for bit in bits], u)
    return Ciphertext(alpha, weighted_product(one, [bit.beta for bit in bits], u))


def totals(manifest: Manifest, group: Group, paper: PaperTotals) -> dict[tuple[str, str], tuple[Residue, Residue]]:
    """(A, B) of every contest and item, in the manifest's order.    spec (14.1)"""
    return {
        (contest.id, item.option): total(its.bits, item_bound(item, ours.ballots), group)
        for contest, ours in zip(manifest.contests, paper.contests, strict=True)
        for item, its in zip(contest.items(), ours.items, strict=True)
    }


def decode_paper(data: bytes, manifest: Manifest, group: Group) -> PaperTotals:
    """The payload from outside bytes, or MalformedInput naming the place. Membership and proofs are not checked."""
    members = object_(canonical.decode(data, limit=LARGEST_PAYLOAD), "", ("contests",))
    expected = manifest.contests
    contests = array(members["contests"], "contests", len(expected), len(expected))
    return PaperTotals(
        tuple(
            _contest(value, f"contests[{i}]", contest, group)
            for i, (contest, value) in enumerate(zip(expected, contests, strict=True))
        )
    )


def _contest(value: JSON, where: str, contest: Contest, group: Group) -> PaperContest:
    members = object_(value, where, ("ballots", "contest", "items", "rest", "spoiled"))
    ballots = integer(members["ballots"], f"{where}.ballots", 0, MOST_PAPERS)
    _expect(members["contest"], contest.id, f"{where}.contest")
    expected = contest.items()
    items = []
    listed = array(members["items"], f"{where}.items", len(expected), len(expected))
    for i, (item, given) in enumerate(zip(expected, listed, strict=True)):
        place = f"{where}.items[{i}]"
        fields = object_(given, place, ("bits", "option"))
        _expect(fields["option"], item.option, f"{place}.option")
        items.append(PaperItem(item.option, _bits(fields["bits"], f"{place}.bits", item_bound(item, ballots), group)))
    rest = _bits(members["rest"], f"{where}.rest", rest_bound(contest, ballots), group)
    spoiled = integer(members["spoiled"], f"{where}.spoiled", 0, MOST_PAPERS)
    return PaperContest(contest.id, ballots, spoiled, tuple(items), rest)


def _bits(value: JSON, where: str, bound: int, group: Group) -> tuple[PaperBit, ...]:
    number = len(weights(bound))
    read = []
    for i, bit in enumerate(array(value, where, number, number)):
        place = f"{where}[{i}]"
        members = object_(bit, place, ("alpha", "beta", "proof"))
        alpha = read_residue(group, members["alpha"], f"{place}.alpha")
        beta = read_residue(group, members["beta"], f"{place}.beta")
        read.append(PaperBit(alpha, beta, read_range_proof(group, members["proof"], f"{place}.proof", 1)))
    return tuple(read)


def _expect(value: JSON, expected: str, where: str) -> None:
    if string(value, where, 0, 63) != expected:
        raise MalformedInput(f"want {expected!r}", where)
