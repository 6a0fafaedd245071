"""One trustee's decryption shares, each with its own proof (docs/spec.md, sections 3 and 9)."""

from dataclasses import dataclass

from e2evote.algebra.group import Group, Residue
from e2evote.errors import MalformedInput
from e2evote.hashing import canonical
from e2evote.hashing.canonical import JSON, Encodable
from e2evote.hashing.fields import array, object_, string
from e2evote.manifest.model import Manifest
from e2evote.proofs.equal_logs import EqualLogsProof
from e2evote.record.leaf import LARGEST_PAYLOAD
from e2evote.record.products import Cell
from e2evote.record.scalars import read_residue, read_scalar


@dataclass(frozen=True, slots=True)
class DecryptionShare:
    """M_i = A^z_i of one cell, with challenge and response.    spec (9.2)"""

    contest: str
    option: str
    M: Residue
    proof: EqualLogsProof


@dataclass(frozen=True, slots=True)
class DecryptionShares:
    """All the cells of each contest that one trustee decrypts, in the manifest's order."""

    shares: tuple[DecryptionShare, ...]

    def encode(self) -> bytes:
        """The canonical bytes of the payload."""
        shares: list[Encodable] = [
            {
                "M": share.M.encode().hex(),
                "c": share.proof.c.encode().hex(),
                "contest": share.contest,
                "option": share.option,
                "v": share.proof.v.encode().hex(),
            }
            for share in self.shares
        ]
        return canonical.encode({"shares": shares})

    def contests(self) -> tuple[str, ...]:
        """The contests covered, in order."""
        return tuple(dict.fromkeys(share.contest for share in self.shares))


def decode_decryption_shares(data: bytes, manifest: Manifest, group: Group) -> DecryptionShares:
    """A share payload from outside bytes, or MalformedInput: whole contests only, in the manifest's order."""
    members = object_(canonical.decode(data, limit=LARGEST_PAYLOAD), "", ("shares",))
    most = sum(len(contest.items()) for contest in manifest.contests)
    items = array(members["shares"], "shares", 0, most)
    names = ("M", "c", "contest", "option", "v")
    rows = [object_(item, f"shares[{i}]", names) for i, item in enumerate(items)]
    cells = read_cells(rows, "shares", manifest)
    shares = []
    for i, (row, (contest, option)) in enumerate(zip(rows, cells, strict=True)):
        M = read_residue(group, row["M"], f"shares[{i}].M")
        c = read_scalar(group, row["c"], f"shares[{i}].c")
        shares.append(
            DecryptionShare(contest, option, M, EqualLogsProof(c, read_scalar(group, row["v"], f"shares[{i}].v")))
        )
    return DecryptionShares(tuple(shares))


def read_cells(rows: list[dict[str, JSON]], where: str, manifest: Manifest) -> tuple[Cell, ...]:
    """The cells that `rows` name: all items of each contest that occurs, in the manifest's order, each once."""
    cells = tuple(
        (string(row["contest"], f"{where}[{i}].contest", 0, 63), string(row["option"], f"{where}[{i}].option", 0, 63))
        for i, row in enumerate(rows)
    )
    named = {contest for contest, _ in cells}
    expected = [
        (contest.id, item.option) for contest in manifest.contests if contest.id in named for item in contest.items()
    ]
    for i, cell in enumerate(cells):
        if i >= len(expected) or cell != expected[i]:
            raise MalformedInput("not whole contests in the manifest's order", f"{where}[{i}]")
    if len(cells) != len(expected):
        raise MalformedInput(f"{len(cells)} cells, want {len(expected)}", where)
    return cells
