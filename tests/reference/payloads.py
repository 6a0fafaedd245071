"""The forms of all payloads but the manifest: docs/record-format.md "Payloads"."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from reference import canonical as form
from reference.canonical import ID, BadForm
from reference.entries import PAYLOAD_LIMIT
from reference.manifest import Contest, Item, Manifest
from reference.numbers import SAFE_INTEGER, Group
from reference.voter_bodies import LINE

ROWS_OF_A_TEXT_LINE = 4096


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


Place = tuple[int, int]  # a cell: index of the contest, index of the item


@dataclass(frozen=True, slots=True)
class Statement:
    """The tally statement."""

    root: bytes
    size: int
    products: dict[Place, tuple[int, int, int]]  # A, B, ballots
    rows: list[dict[str, str]]


@dataclass(frozen=True, slots=True)
class DecryptionShare:
    """One cell of a trustee's share."""

    M: int
    c: int
    v: int


@dataclass(frozen=True, slots=True)
class Outcome:
    """The outcome: votes by cell, contests as they stand, trustees."""

    votes: dict[Place, int]
    contests: list[dict[str, Any]]
    trustees: list[int]


def _proof(value: object, count: int, group: Group) -> Proof:
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
        proof = _proof(sealed["proof"], item.limit + 1, group)
        items.append(SealedItem(item, form.residue(sealed["alpha"], group), form.residue(sealed["beta"], group), proof))
    return SealedContest(contest, items, _proof(data["limit"], contest.limit + 1, group))


def sealed_ballot(value: object, manifest: Manifest, group: Group, h_e: bytes, ballot_id: str) -> Sealed:
    """ "Sealed": of this selection, with this id, its contests as its style says."""
    data = form.members(value, ("contests", "election", "id", "style", "v"))
    form.exactly(data["v"], 1)
    form.exactly(data["election"], h_e.hex())
    form.exactly(data["id"], ballot_id)
    style = manifest.styles[form.one_of(data["style"], manifest.styles)]
    listed = form.array(data["contests"], len(style), len(style))
    contests = [_sealed_contest(sealed, contest, group) for contest, sealed in zip(style, listed, strict=True)]
    return Sealed(form.encode(value), bytes.fromhex(ballot_id), contests)


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


def _places(contests: tuple[Contest, ...]) -> list[tuple[Contest, Item]]:
    return [(contest, item) for contest in contests for item in contest.items]


def _of_cell(cell: dict[str, Any], contest: Contest, item: Item) -> Place:
    form.exactly(cell["contest"], contest.id)
    form.exactly(cell["option"], item.option)
    return contest.index, item.index


def _row(value: object) -> dict[str, str]:
    row = form.members(value, ("channel", "leaf", "line", "status"))
    form.matching(row["line"], LINE)
    if row["channel"] == "none":
        form.exactly([row["leaf"], row["status"]], ["", "not-voted"])
    else:
        form.exactly([row["channel"], row["status"]], ["online", "counted"])
        form.hexadecimal(row["leaf"])
    return row


def read_statement(raw: bytes, manifest: Manifest, group: Group) -> Statement:
    """ "Statement": a text line with products of every contest and item in order, then rows in their two shapes."""
    *lines, rest = raw.split(b"\n")
    if rest or not lines:
        raise BadForm("the last text line is not ended")
    first, *further = lines
    if len(first) > PAYLOAD_LIMIT:
        raise BadForm(f"the first text line has more than {PAYLOAD_LIMIT} bytes")
    data = form.members(form.decode(first), ("close", "products"))
    close = form.members(data["close"], ("root", "size"))
    places = _places(manifest.contests)
    products = {}
    for (contest, item), cell in zip(places, form.array(data["products"], len(places), len(places)), strict=True):
        form.members(cell, ("A", "B", "ballots", "channel", "contest", "option"))
        form.exactly(cell["channel"], "online")
        residues = form.residue(cell["A"], group), form.residue(cell["B"], group)
        products[_of_cell(cell, contest, item)] = (*residues, form.integer(cell["ballots"]))
    rows: list[dict[str, str]] = []
    for line in further:
        if len(rows) % ROWS_OF_A_TEXT_LINE:
            raise BadForm(f"a text line before the last has not {ROWS_OF_A_TEXT_LINE} rows")
        rows += [_row(row) for row in form.array(form.decode(line), 1, ROWS_OF_A_TEXT_LINE)]
    return Statement(form.hexadecimal(close["root"]), form.integer(close["size"]), products, rows)


def _whole_contests(cells: list[Any], manifest: Manifest) -> list[tuple[Contest, Item]]:
    """The places that a list of cells must have: all items of each contest that it names, in manifest order."""
    named = {str(cell.get("contest")) for cell in cells if isinstance(cell, dict)}
    places = _places(tuple(contest for contest in manifest.contests if contest.id in named))
    if len(places) != len(cells):
        raise BadForm("not all items of whole contests, each once")
    return places


def read_decryption(raw: bytes, manifest: Manifest, group: Group) -> dict[Place, DecryptionShare]:
    """ "Decryption shares": all items of each contest that is decrypted, in manifest order."""
    data = form.members(form.decode(raw), ("shares",))
    cells = form.array(data["shares"], 0, SAFE_INTEGER)
    shares = {}
    for (contest, item), cell in zip(_whole_contests(cells, manifest), cells, strict=True):
        form.members(cell, ("M", "c", "contest", "option", "v"))
        place = _of_cell(cell, contest, item)
        scalars = form.scalar(cell["c"], group), form.scalar(cell["v"], group)
        shares[place] = DecryptionShare(form.residue(cell["M"], group), *scalars)
    return shares


def _result(value: object, contest: Contest) -> dict[str, Any]:
    result = form.members(value, ("ballots", "contest", "elected", "status", "tied", "undervotes", "vacant"))
    form.exactly(result["contest"], contest.id)
    form.one_of(result["status"], ("decrypted", "withheld"))
    for name in ("ballots", "undervotes", "vacant"):
        form.integer(result[name])
    for name in ("elected", "tied"):
        for option in form.array(result[name], 0, SAFE_INTEGER):
            form.matching(option, ID)
    return result


def read_outcome(raw: bytes, manifest: Manifest) -> Outcome:
    """ "Outcome": cells of whole contests, every contest of the manifest, trustees strictly ascending."""
    data = form.members(form.decode(raw), ("cells", "contests", "trustees"))
    cells = form.array(data["cells"], 0, SAFE_INTEGER)
    votes = {}
    for (contest, item), cell in zip(_whole_contests(cells, manifest), cells, strict=True):
        form.members(cell, ("channel", "contest", "option", "votes"))
        form.exactly(cell["channel"], "online")
        votes[_of_cell(cell, contest, item)] = form.integer(cell["votes"])
    listed = form.array(data["contests"], len(manifest.contests), len(manifest.contests))
    contests = [_result(result, contest) for contest, result in zip(manifest.contests, listed, strict=True)]
    trustees = [form.integer(index, 1, manifest.n) for index in form.array(data["trustees"], 0, manifest.n)]
    if trustees != sorted(set(trustees)):
        raise BadForm("trustees are not strictly ascending")
    return Outcome(votes, contests, trustees)
