"""The forms of statement, decryption shares and outcome: docs/record-format.md "Payloads"."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from reference import canonical as form
from reference.canonical import ID, BadForm
from reference.electorate import NONE, ONLINE
from reference.floor import Part, name_of
from reference.manifest import Contest, Item, Manifest
from reference.numbers import SAFE_INTEGER, Group
from reference.rows import read_rows
from reference.voter_bodies import LINE, PAPER

STATUSES = {
    NONE: ("annulled", "not-voted", "removed"),
    ONLINE: ("counted",),
    **dict.fromkeys(PAPER, ("marked", "superseded")),
}
WITH_LEAF = ("annulled", "counted", "superseded")

Cell = tuple[int, int, str]  # index of the contest, index of the item, channel or name of a part


@dataclass(frozen=True, slots=True)
class Product:
    """An encrypted total, the number of its ballots, and the sum of their weights."""

    A: int
    B: int
    ballots: int
    weight: int


@dataclass(frozen=True, slots=True)
class Statement:
    """The tally statement."""

    root: bytes
    size: int
    products: dict[Cell, Product]  # by channel
    reconciliation: dict[str, Any]
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

    votes: dict[Cell, int]
    contests: list[dict[str, Any]]
    trustees: list[int]

    def votes_of(self, contest: Contest, item: Item) -> int | None:
        """Summed over the parts; None where the contest has no cells."""
        found = [votes for (c, i, _), votes in self.votes.items() if (c, i) == (contest.index, item.index)]
        return sum(found) if found else None


def _row(value: object) -> dict[str, str]:
    row = form.members(value, ("channel", "leaf", "line", "status"))
    form.matching(row["line"], LINE)
    status = form.one_of(row["status"], STATUSES[form.one_of(row["channel"], STATUSES)])
    if status in WITH_LEAF:
        form.hexadecimal(row["leaf"])
    else:
        form.exactly(row["leaf"], "")
    return row


def read_reconciliation(value: object, manifest: Manifest) -> dict[str, Any]:
    """Every channel, every status of a line that counts nowhere, every registrar, in order."""
    data = form.members(value, ("channels", "lines", "none", "registrars"))
    form.integer(data["lines"])
    for listed, key, names, numbers in (
        ("channels", "channel", manifest.voters.channels, ("lines",)),
        ("none", "status", STATUSES[NONE], ("lines",)),
        ("registrars", "party", manifest.registrars, ("issued", "revoked", "unused", "used")),
    ):
        for name, item in zip(names, form.array(data[listed], len(names), len(names)), strict=True):
            form.members(item, (key, *numbers))
            form.exactly(item[key], name)
            for number in numbers:
                form.integer(item[number])
    return data


def read_statement(raw: bytes, manifest: Manifest, group: Group) -> Statement:
    """ "Statement": products of every contest, item and channel in order, then rows in their shapes."""
    first, rows = read_rows(raw, _row)
    data = form.members(first, ("close", "products", "reconciliation"))
    close = form.members(data["close"], ("root", "size"))
    channels = manifest.voters.channels
    places = [(c, item, channel) for c in manifest.contests for item in c.items for channel in channels]
    products = {}
    listed = form.array(data["products"], len(places), len(places))
    for (contest, item, channel), cell in zip(places, listed, strict=True):
        form.members(cell, ("A", "B", "ballots", "channel", "contest", "option", "weight"))
        form.exactly([cell["contest"], cell["option"], cell["channel"]], [contest.id, item.option, channel])
        residues = form.residue(cell["A"], group), form.residue(cell["B"], group)
        numbers = form.integer(cell["ballots"]), form.integer(cell["weight"])
        products[contest.index, item.index, channel] = Product(*residues, *numbers)
    reconciliation = read_reconciliation(data["reconciliation"], manifest)
    return Statement(form.hexadecimal(close["root"]), form.integer(close["size"]), products, reconciliation, rows)


def _part(name: object, channels: tuple[str, ...]) -> Part:
    """Channels that are neighbours in the manifest, joined."""
    for start in range(len(channels)):
        for end in range(start + 1, len(channels) + 1):
            if name_of(channels[start:end]) == name:
                return channels[start:end]
    raise BadForm("not a part of neighbouring channels")


def _cells(cells: list[Any], manifest: Manifest) -> Iterator[tuple[Cell, dict[str, Any]]]:
    """The cells with their places: contests in order, for each its parts in order, all items of each."""
    channels = manifest.voters.channels
    position = (0, 0)  # contest, and the first channel that its next part may have
    contests = {contest.id: contest for contest in manifest.contests}
    rest = list(cells)
    while rest:
        if not isinstance(rest[0], dict):
            raise BadForm("a cell is no object")
        contest = contests[form.one_of(rest[0].get("contest"), contests)]
        part = _part(rest[0].get("channel"), channels)
        if (contest.index, channels.index(part[0])) < position:
            raise BadForm("contests or parts are not in order, or overlap")
        position = contest.index, channels.index(part[-1]) + 1
        if len(rest) < len(contest.items):
            raise BadForm("not all items of a contest")
        for item, cell in zip(contest.items, rest, strict=False):
            if not isinstance(cell, dict):
                raise BadForm("a cell is no object")
            named = [cell.get(name) for name in ("contest", "option", "channel")]
            if named != [contest.id, item.option, name_of(part)]:
                raise BadForm("not all items of a contest, each once, in order")
            yield (contest.index, item.index, name_of(part)), cell
        del rest[: len(contest.items)]


def read_decryption(raw: bytes, manifest: Manifest, group: Group) -> dict[Cell, DecryptionShare]:
    """ "Decryption shares": all items of each part of each contest that is decrypted, in manifest order."""
    data = form.members(form.decode(raw), ("shares",))
    shares = {}
    for place, cell in _cells(form.array(data["shares"], 0, SAFE_INTEGER), manifest):
        form.members(cell, ("M", "c", "channel", "contest", "option", "v"))
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
    """ "Outcome": cells as the shares, every contest of the manifest, trustees strictly ascending."""
    data = form.members(form.decode(raw), ("cells", "contests", "trustees"))
    votes = {}
    for place, cell in _cells(form.array(data["cells"], 0, SAFE_INTEGER), manifest):
        form.members(cell, ("channel", "contest", "option", "votes"))
        votes[place] = form.integer(cell["votes"])
    listed = form.array(data["contests"], len(manifest.contests), len(manifest.contests))
    contests = [_result(result, contest) for contest, result in zip(manifest.contests, listed, strict=True)]
    trustees = [form.integer(index, 1, manifest.n) for index in form.array(data["trustees"], 0, manifest.n)]
    if trustees != sorted(set(trustees)):
        raise BadForm("trustees are not strictly ascending")
    return Outcome(votes, contests, trustees)
