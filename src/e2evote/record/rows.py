"""One row of the tally statement for every line: what counts for it (docs/spec.md, sections 7 and 9).

A row is one of the shapes of the table in section 7. All of them have a tree of their own, so that one row can be shown
to be among them without the others (`record.row_proof`).
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from e2evote.board.merkle import Frontier, leaf_hash
from e2evote.hashing import canonical
from e2evote.hashing.canonical import JSON
from e2evote.hashing.fields import hex_bytes, object_, one_of
from e2evote.manifest.voters import ONLINE
from e2evote.record.bodies import Stated
from e2evote.record.body import HASH, read_line
from e2evote.record.electorate import Electorate, LineVote
from e2evote.record.select import Lines

NO_CHANNEL = "none"
COUNTED, MARKED, SUPERSEDED = "counted", "marked", "superseded"
ANNULLED, NOT_VOTED, REMOVED = "annulled", "not-voted", "removed"
WITHOUT_CHANNEL = (ANNULLED, NOT_VOTED, REMOVED)
"""Statuses of the lines that no channel counts a ballot of."""
_ONLINE, _ON_PAPER = (COUNTED,), (MARKED, SUPERSEDED)
_WITH_LEAF = (COUNTED, SUPERSEDED, ANNULLED)


@dataclass(frozen=True, slots=True)
class Row:
    """One line: its channel, the leaf hash of the ballot that its status is about (or empty), and its status."""

    line: str
    channel: str
    leaf: bytes
    status: str

    def members(self) -> dict[str, canonical.Encodable]:
        """As it stands in the payload."""
        return {"channel": self.channel, "leaf": self.leaf.hex(), "line": self.line, "status": self.status}

    def encode(self) -> bytes:
        """The canonical bytes, of which the leaf hash is taken.    spec (9.4)"""
        return canonical.encode(self.members())


def statuses_of(channel: str) -> tuple[str, ...]:
    """What a row with this channel, or with none, may say."""
    return {ONLINE: _ONLINE, NO_CHANNEL: WITHOUT_CHANNEL}.get(channel, _ON_PAPER)


def read_row(value: JSON, where: str, channels: Sequence[str]) -> Row:
    """A row of one of the shapes. channels: those of the manifest."""
    fields = object_(value, where, ("channel", "leaf", "line", "status"))
    line = read_line(fields["line"], f"{where}.line")
    channel = one_of(fields["channel"], f"{where}.channel", (*channels, NO_CHANNEL))
    status = one_of(fields["status"], f"{where}.status", statuses_of(channel))
    if status in _WITH_LEAF:
        return Row(line, channel, hex_bytes(fields["leaf"], f"{where}.leaf", HASH), status)
    one_of(fields["leaf"], f"{where}.leaf", ("",))
    return Row(line, channel, b"", status)


def rows_of(ledger: Lines, electorate: Electorate | None) -> Iterator[Row]:
    """The one row of each line, by the bytes of their names.    spec 7

    With a roll these are all its lines; without one, those that a ballot names.
    """
    if electorate is not None:
        return (row_of(line, electorate.vote_of(line)) for line in electorate.names())
    return (row_of(line, LineVote(candidate=ballot)) for line, ballot in ledger.lines())


def row_of(line: str, vote: LineVote) -> Row:
    """What counts for a line.    spec 7"""
    if vote.removed:
        return Row(line, NO_CHANNEL, b"", REMOVED)
    if vote.mark and vote.candidate:
        return Row(line, vote.mark.channel, vote.candidate.leaf_hash, SUPERSEDED)
    if vote.mark:
        return Row(line, vote.mark.channel, b"", MARKED)
    if vote.candidate:
        return Row(line, ONLINE, vote.candidate.leaf_hash, COUNTED)
    return Row(line, NO_CHANNEL, vote.annulled, ANNULLED if vote.annulled else NOT_VOTED)


def stated_by(rows: Iterable[Row]) -> Stated:
    """What the leaf of a statement with these rows says: their number, and the root of their tree.    spec (9.4)"""
    tree = Frontier()
    for row in rows:
        tree = tree.append(leaf_hash(row.encode()))
    return Stated(tree.size, tree.root())
