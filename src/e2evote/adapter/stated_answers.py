"""A tally statement that is asked about single lines: each row with its proof, without reading all of it again.

The statement never changes once it is on the board. Its rows are hashed when it is read; a proof takes the hashes of
the tree above them (docs/spec.md §9, 9.4).
"""

from collections.abc import Mapping
from dataclasses import dataclass

from e2evote.board.merkle import leaf_hash
from e2evote.board.tree import Tree
from e2evote.record.reconciliation import Reconciliation
from e2evote.record.row_proof import RowProof
from e2evote.record.rows import Row
from e2evote.record.stated import read_statement
from e2evote.record.text_lines import in_one
from e2evote.verify.leaves import Setting


@dataclass(frozen=True, slots=True)
class StatedAnswers:
    """The statement in entry `index`. places: of the rows, by line."""

    index: int
    reconciliation: Reconciliation
    rows: tuple[Row, ...]
    places: Mapping[str, int]
    tree: Tree

    @classmethod
    def read(cls, index: int, payload: bytes, setting: Setting) -> "StatedAnswers":
        """From the payload that the leaf names; MalformedInput where it is no statement."""
        stated, tree, rows = read_statement(in_one(payload), setting.manifest, setting.group), Tree(), []
        for row in stated.rows():
            tree.append(leaf_hash(row.encode()))
            rows.append(row)
        places = {row.line: place for place, row in enumerate(rows)}
        return cls(index, stated.head.reconciliation, tuple(rows), places, tree)

    def row(self, line: str) -> RowProof | None:
        """The row of this line; None where the statement has none."""
        place = self.places.get(line)
        if place is None:
            return None
        return RowProof(self.rows[place], place, self.tree.inclusion_proof(place, self.tree.size))
