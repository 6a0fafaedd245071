"""One row of the statement by itself: "no vote was recorded for me", shown without the other rows (docs/spec.md §9).

    row        what the statement says of the line
    index      its place among all rows, from 0
    proof      the hashes that lead from it to the root that the statement's leaf names (9.4)

Together with the leaf of the statement, and a receipt or record that shows this leaf on the board, it says what became
of one line. That there is no second row of the line, and that the row is the right one, is what every verifier checks
of the whole list (check `tally.rows`).
"""

from collections.abc import Iterable
from dataclasses import dataclass

from e2evote.board.merkle import HASH_SIZE, inclusion_proof, leaf_hash, verify_inclusion
from e2evote.errors import MalformedInput
from e2evote.hashing import canonical
from e2evote.hashing.fields import array, hex_bytes, integer, item, object_, one_of
from e2evote.manifest.voters import ONLINE, PAPER
from e2evote.record.bodies import Stated
from e2evote.record.leaf import Leaf
from e2evote.record.rows import Row, read_row

KIND = "e2evote-row"
VERSION = 1
LARGEST = 2**14
_LONGEST_PROOF = 53


@dataclass(frozen=True, slots=True)
class RowProof:
    """A row, and what shows that it is one of the statement's."""

    row: Row
    index: int
    proof: tuple[bytes, ...]

    def members(self) -> dict[str, canonical.Encodable]:
        """As it stands in a file."""
        return {
            "index": self.index,
            "kind": KIND,
            "proof": [one.hex() for one in self.proof],
            "row": self.row.members(),
            "v": VERSION,
        }

    def encode(self) -> bytes:
        """As a file of its own."""
        return canonical.encode(self.members())


def prove_row(rows: Iterable[Row], line: str) -> RowProof | None:
    """The proof of the line's row; None where there is none. rows: all of the statement, as they stand."""
    hashes, found, place = [], None, 0
    for index, row in enumerate(rows):
        hashes.append(leaf_hash(row.encode()))
        if row.line == line:
            found, place = row, index
    return RowProof(found, place, inclusion_proof(hashes, place)) if found else None


def objection_to_row(given: RowProof, statement: Leaf) -> str:
    """Why this is not a row of the statement that has this leaf; "" where it is.    spec (9.4)

    That the leaf is on the board is shown by other means.
    """
    body = statement.body
    if not isinstance(body, Stated):
        return f"a leaf of kind {statement.kind}, want tally.statement"
    if verify_inclusion(leaf_hash(given.row.encode()), given.index, body.lines, given.proof, body.rows):
        return ""
    return f"the row of line {given.row.line} is not proven to be one of the {body.lines} rows of the statement"


def decode_row_proof(data: bytes) -> RowProof:
    """What `encode` wrote, from outside, or MalformedInput; nothing of it is checked yet."""
    members = object_(canonical.decode(data, LARGEST), "", ("index", "kind", "proof", "row", "v"))
    one_of(members["kind"], "kind", (KIND,))
    if type(members["v"]) is not int or members["v"] != VERSION:
        raise MalformedInput(f"want {VERSION}", "v")
    hashes = array(members["proof"], "proof", 0, _LONGEST_PROOF)
    return RowProof(
        read_row(members["row"], "row", (ONLINE, *PAPER)),
        integer(members["index"], "index"),
        tuple(hex_bytes(one, item("proof", i), HASH_SIZE) for i, one in enumerate(hashes)),
    )
