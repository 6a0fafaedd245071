"""The forms of the payloads of ceremony and ballots: docs/record-format.md "Payloads"."""

from collections.abc import Iterator
from dataclasses import dataclass

from reference import canonical as form
from reference.manifest import Contest, Item, Manifest
from reference.numbers import Group


@dataclass(frozen=True, slots=True)
class Proof:
    """Scalars c_j and v_j, j from 0."""

    c: list[int]
    v: list[int]


@dataclass(frozen=True, slots=True)
class Keys:
    """A reveal: K_i0 …, K̂_i0 …, κ_i, both key proofs, the salt."""

    K: list[int]
    K_hat: list[int]
    kappa: int
    proof: Proof
    proof_hat: Proof
    salt: bytes

    @property
    def elements(self) -> list[int]:
        """All numbers that must be elements."""
        return [*self.K, *self.K_hat, self.kappa]


@dataclass(frozen=True, slots=True)
class Share:
    """One encrypted share."""

    to: int
    C0: int
    C1: bytes
    c: int
    v: int


@dataclass(frozen=True, slots=True)
class SealedItem:
    """A ciphertext with its range proof."""

    item: Item
    alpha: int
    beta: int
    proof: Proof


@dataclass(frozen=True, slots=True)
class SealedContest:
    """The ciphertexts of a contest with the proof of its limit."""

    contest: Contest
    items: list[SealedItem]
    limit: Proof


@dataclass(frozen=True, slots=True)
class Sealed:
    """A sealed ballot."""

    raw: bytes
    id: bytes
    style: str
    contests: list[SealedContest]

    @property
    def items(self) -> Iterator[tuple[SealedContest, SealedItem]]:
        """Every item with its contest."""
        for contest in self.contests:
            for item in contest.items:
                yield contest, item


@dataclass(frozen=True, slots=True)
class Opened:
    """A challenged ballot: the sealed one, the seed, and the values by contest in the items' order."""

    sealed: Sealed
    seed: bytes
    values: list[list[int]]


Place = tuple[int, int]  # index of the contest, index of the item


def read_proof(value: object, count: int, group: Group) -> Proof:
    proof = form.members(value, ("c", "v"))
    return Proof(form.scalars(proof["c"], count, group), form.scalars(proof["v"], count, group))


def _key_proof(value: object, count: int, group: Group) -> Proof:
    proof = form.members(value, ("c", "v"))
    return Proof([form.scalar(proof["c"], group)], form.scalars(proof["v"], count, group))


def read_keys(raw: bytes, group: Group, k: int) -> Keys:
    """ "Keys": the payload of a reveal."""
    data = form.members(form.decode(raw), ("K", "K_hat", "kappa", "proof", "proof_hat", "salt"))
    return Keys(
        form.residues(data["K"], k, group),
        form.residues(data["K_hat"], k, group),
        form.residue(data["kappa"], group),
        _key_proof(data["proof"], k + 1, group),
        _key_proof(data["proof_hat"], k + 1, group),
        form.hexadecimal(data["salt"]),
    )


def read_shares(raw: bytes, group: Group, n: int, dealer: int) -> dict[int, Share]:
    """ "Shares": for every trustee but the dealer, ascending."""
    data = form.members(form.decode(raw), ("shares",))
    recipients = [index for index in range(1, n + 1) if index != dealer]
    listed = form.array(data["shares"], n - 1, n - 1)
    shares = {}
    for recipient, share in zip(recipients, listed, strict=True):
        form.members(share, ("C0", "C1", "c", "to", "v"))
        shares[form.integer(share["to"], recipient, recipient)] = Share(
            recipient,
            form.residue(share["C0"], group),
            form.hexadecimal(share["C1"], 128),
            form.scalar(share["c"], group),
            form.scalar(share["v"], group),
        )
    return shares


def _sealed_contest(value: object, contest: Contest, group: Group) -> SealedContest:
    data = form.members(value, ("id", "items", "limit"))
    form.exactly(data["id"], contest.id)
    listed = form.array(data["items"], len(contest.items), len(contest.items))
    items = []
    for item, sealed in zip(contest.items, listed, strict=True):
        form.members(sealed, ("alpha", "beta", "option", "proof", "type"))
        form.exactly(sealed["option"], item.option)
        form.exactly(sealed["type"], "blank" if item is contest.blank else "selection")
        proof = read_proof(sealed["proof"], item.limit + 1, group)
        items.append(SealedItem(item, form.residue(sealed["alpha"], group), form.residue(sealed["beta"], group), proof))
    return SealedContest(contest, items, read_proof(data["limit"], contest.limit + 1, group))


def sealed_ballot(value: object, manifest: Manifest, group: Group, h_e: bytes, ballot_id: str) -> Sealed:
    """ "Sealed": of this selection, with this id, its contests as its style says."""
    data = form.members(value, ("contests", "election", "id", "style", "v"))
    form.exactly(data["v"], 1)
    form.exactly(data["election"], h_e.hex())
    form.exactly(data["id"], ballot_id)
    style = manifest.styles[form.one_of(data["style"], manifest.styles)]
    listed = form.array(data["contests"], len(style), len(style))
    contests = [_sealed_contest(sealed, contest, group) for contest, sealed in zip(style, listed, strict=True)]
    return Sealed(form.encode(value), bytes.fromhex(ballot_id), data["style"], contests)


def opened_ballot(value: object, manifest: Manifest, group: Group, h_e: bytes, ballot_id: str) -> Opened:
    """ "Opened": a sealed ballot with seed and one value per item."""
    data = form.members(value, ("choices", "sealed", "seed"))
    sealed = sealed_ballot(data["sealed"], manifest, group, h_e, ballot_id)
    listed = form.array(data["choices"], len(sealed.contests), len(sealed.contests))
    values = []
    for contest, choice in zip(sealed.contests, listed, strict=True):
        form.members(choice, ("contest", "values"))
        form.exactly(choice["contest"], contest.contest.id)
        numbers = form.array(choice["values"], len(contest.items), len(contest.items))
        values.append([form.integer(number) for number in numbers])
    return Opened(sealed, form.hexadecimal(data["seed"]), values)
