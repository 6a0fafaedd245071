"""What became of one line, in a file that anybody can check without the record (docs/spec.md §9; docs/member-files.md).

    {"kind":"e2evote-line-proof","receipt":"…","row":{…},"v":1}

The row is one of the tally statement's, by its tree; the receipt shows the statement's leaf on the log, under a head
that a quorum of witnesses has cosigned. "No vote was recorded for me" is such a row with the status `not-voted`. That
the statement as a whole is right is what `verify` says of the record.
"""

from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from e2evote.adapter.known_keys import KnownKeys
from e2evote.adapter.receipts import RECEIPT_LIMIT, CheckedReceipt, check_receipt
from e2evote.adapter.register_tool import stated_rows, statement_of
from e2evote.adapter.roll_record import VoterRecord
from e2evote.algebra.parameters import ACCEPTED, group_named
from e2evote.board.checkpoint import CHECKPOINT_LIMIT
from e2evote.board.log import CHECKPOINT
from e2evote.board.merkle import leaf_hash
from e2evote.board.proof import LogProof
from e2evote.board.tree import Tree
from e2evote.errors import MalformedInput, Refused
from e2evote.hashing import canonical
from e2evote.hashing.fields import object_, one_of, string
from e2evote.manifest.parties import MOST_TRUSTEES
from e2evote.record.archive import open_archive
from e2evote.record.leaf import decode_leaf
from e2evote.record.row_proof import RowProof, decode_row_proof, objection_to_row, prove_row
from e2evote.record.rows import Row
from e2evote.verify.findings import Findings
from e2evote.verify.log import read_entries, read_log

KIND, VERSION = "e2evote-line-proof", 1
LARGEST = 2**20


@dataclass(frozen=True, slots=True)
class LineProof:
    """A row with its proof, and the receipt of the statement's leaf as text."""

    row: RowProof
    receipt: bytes

    def encode(self) -> bytes:
        return canonical.encode(
            {
                "kind": KIND,
                "receipt": self.receipt.decode("utf-8"),
                "row": self.row.members(),
                "v": VERSION,
            }
        )


@dataclass(frozen=True, slots=True)
class CheckedLine:
    """A row that the statement has, and what is known of the statement's place on the log."""

    row: Row
    receipt: CheckedReceipt


def prove_line(record: VoterRecord, path: Path, line: str) -> LineProof:
    """The proof from the record at `path`; Refused `not-stated` before the tally statement, `no-line` for no line."""
    record.refuse_failing()
    statement = statement_of(record)
    row = prove_row(stated_rows(record), line)
    if row is None:
        raise Refused("no-line", f"the statement has no row of line {line}")
    with closing(open_archive(path)) as archive:
        log, tree, entry = read_log(archive, Findings()), Tree(), b""
        for index, data in read_entries(archive, log):
            tree.append(leaf_hash(data))
            if index == statement.index:
                entry = data
        note = archive.read(CHECKPOINT)[: CHECKPOINT_LIMIT + 1]
    proof = LogProof(statement.index, tree.inclusion_proof(statement.index, tree.size), note, entry)
    return LineProof(row, proof.encode())


def check_line(data: bytes, keys: KnownKeys) -> CheckedLine:
    """What the file proves; MalformedInput for what is none, Refused or CheckFailed where something does not hold."""
    proof = decode_line_proof(data)
    checked = check_receipt(proof.receipt, keys)
    try:
        leaf = decode_leaf(checked.receipt.entry, group_named(ACCEPTED[0]), MOST_TRUSTEES, first=False)
    except MalformedInput as error:
        raise error.inside("receipt") from None
    if objection := objection_to_row(proof.row, leaf):
        raise Refused("line-proof", objection)
    return CheckedLine(proof.row.row, checked)


def decode_line_proof(data: bytes) -> LineProof:
    """What `encode` wrote; nothing of it is checked yet."""
    members = object_(canonical.decode(data.removesuffix(b"\n"), LARGEST), "", ("kind", "receipt", "row", "v"))
    one_of(members["kind"], "kind", (KIND,))
    if type(members["v"]) is not int or members["v"] != VERSION:
        raise MalformedInput(f"want {VERSION}", "v")
    text = string(members["receipt"], "receipt", 1, RECEIPT_LIMIT)
    return LineProof(decode_row_proof(canonical.encode(members["row"])), text.encode("utf-8"))
