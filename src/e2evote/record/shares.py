"""One trustee's decryption shares, each with its own proof (docs/spec.md, sections 3 and 9).

What is decrypted is one total for each item of each part of a contest (section 14.3), so every share names a part.
"""

from dataclasses import dataclass

from e2evote.algebra.group import Group, Residue
from e2evote.errors import MalformedInput
from e2evote.hashing import canonical
from e2evote.hashing.canonical import JSON, Encodable
from e2evote.hashing.fields import array, item, object_, one_of, string
from e2evote.manifest.model import Manifest
from e2evote.proofs.equal_logs import EqualLogsProof
from e2evote.record.floor import part_names
from e2evote.record.leaf import LARGEST_PAYLOAD
from e2evote.record.scalars import read_residue, read_scalar

PartCell = tuple[str, str, str]
"""Contest, name of the part, and option."""


@dataclass(frozen=True, slots=True)
class DecryptionShare:
    """M_i = A^z_i of one cell, with challenge and response. channel: the part's name.    spec (9.2)"""

    contest: str
    channel: str
    option: str
    M: Residue
    proof: EqualLogsProof

    @property
    def cell(self) -> PartCell:
        """Contest, part and option."""
        return self.contest, self.channel, self.option


@dataclass(frozen=True, slots=True)
class DecryptionShares:
    """All the cells of each part that one trustee decrypts, in the manifest's order."""

    shares: tuple[DecryptionShare, ...]

    def encode(self) -> bytes:
        """The canonical bytes of the payload."""
        shares: list[Encodable] = [
            {
                "M": share.M.encode().hex(),
                "c": share.proof.c.encode().hex(),
                "channel": share.channel,
                "contest": share.contest,
                "option": share.option,
                "v": share.proof.v.encode().hex(),
            }
            for share in self.shares
        ]
        return canonical.encode({"shares": shares})

    def parts(self) -> tuple[tuple[str, str], ...]:
        """Contest and name of the parts covered, in order."""
        return tuple(dict.fromkeys((share.contest, share.channel) for share in self.shares))


def decode_decryption_shares(data: bytes, manifest: Manifest, group: Group) -> DecryptionShares:
    """A share payload from outside bytes, or MalformedInput: whole parts only, in the manifest's order."""
    members = object_(canonical.decode(data, limit=LARGEST_PAYLOAD), "", ("shares",))
    rows, cells = read_cells(members["shares"], "shares", manifest, ("M", "c", "v"))
    shares = []
    for i, (row, cell) in enumerate(zip(rows, cells, strict=True)):
        M = read_residue(group, row["M"], f"shares[{i}].M")
        c, v = (read_scalar(group, row[name], f"shares[{i}].{name}") for name in ("c", "v"))
        shares.append(DecryptionShare(*cell, M, EqualLogsProof(c, v)))
    return DecryptionShares(tuple(shares))


def read_cells(
    value: JSON, where: str, manifest: Manifest, besides: tuple[str, ...]
) -> tuple[list[dict[str, JSON]], tuple[PartCell, ...]]:
    """A list of objects about cells, each with the members `besides`, and the cells that they name.

    Some contests in the manifest's order; of each of them parts that have no channel in common, in its order; of each
    of these all items, once.
    """
    channels = manifest.channels.list
    most = len(channels) * sum(len(contest.items()) for contest in manifest.contests)
    given = array(value, where, 0, most)
    rows = [object_(row, item(where, i), ("channel", "contest", "option", *besides)) for i, row in enumerate(given)]
    names = part_names(channels)
    cells = tuple(
        (
            string(row["contest"], f"{where}[{i}].contest", 0, 63),
            one_of(row["channel"], f"{where}[{i}].channel", names),
            string(row["option"], f"{where}[{i}].option", 0, 63),
        )
        for i, row in enumerate(rows)
    )
    place, expected = (0, 0), list[PartCell]()
    for contest, part in dict.fromkeys((contest, part) for contest, part, _ in cells):
        index, (start, end) = manifest.contest_index(contest), names[part]
        if index and (index, start) >= place:
            expected += [(contest, part, each.option) for each in manifest.contests[index - 1].items()]
            place = (index, end)
    for i, cell in enumerate(cells):
        if i >= len(expected) or cell != expected[i]:
            raise MalformedInput("not whole parts of contests in the manifest's order", f"{where}[{i}]")
    if len(cells) != len(expected):
        raise MalformedInput(f"{len(cells)} cells, want {len(expected)}", where)
    return rows, cells
