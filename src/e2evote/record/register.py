"""An opened register: who is behind the lines that voted, as a named reader is given it (docs/spec.md §15).

Text lines (docs/member-files.md, Register): a head, then rows of up to 4096. A row has a line, what the roll committed
to of it, reference and name alone, each with its salt, and the line's row of the tally statement. So each row is true
or false by the board; and whether rows are missing is seen from the board too, since that says which lines voted.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from e2evote.errors import MalformedInput
from e2evote.hashing import canonical
from e2evote.hashing.canonical import JSON
from e2evote.hashing.fields import hex_bytes, item, object_, one_of, string
from e2evote.manifest.voters import OWN_FIELDS
from e2evote.record.body import HASH
from e2evote.record.roll import LARGEST_VALUE, SALT_SIZE, FieldCommitments
from e2evote.record.roll_row import RollRow, read_roll_line
from e2evote.record.rows import COUNTED, MARKED, SUPERSEDED, Row, read_row
from e2evote.record.text_lines import Pieces, in_rows, read_head, read_values, row_lines, split, text_line

KIND, VERSION = "e2evote-register", 1
VOTED, ALL = "voted", "all"
HAS_VOTED = (COUNTED, MARKED, SUPERSEDED)
"""Statuses of the lines that a register of those who voted has."""
LARGEST_TEXT_LINE = 16 * 2**20
_MEMBERS = ("election", "kind", "of", "statement", "v")


@dataclass(frozen=True, slots=True)
class RegisterHead:
    """Of which selection, of which lines, and by which tally statement: leaf hashes of entry 0 and of that leaf."""

    election: bytes
    of: str
    statement: bytes


@dataclass(frozen=True, slots=True)
class RegisterRow:
    """values, salts: of reference and name. row: as in the statement."""

    line: str
    values: tuple[str, ...]
    salts: tuple[bytes, ...]
    row: Row

    def encode(self) -> bytes:
        """The canonical bytes of the row."""
        opened = [
            {"field": field, "salt": salt.hex(), "value": value}
            for field, salt, value in zip(OWN_FIELDS, self.salts, self.values, strict=True)
        ]
        return canonical.encode({"line": self.line, "opened": list(opened), "row": self.row.members()})


@dataclass(frozen=True, slots=True)
class LineVerdict:
    """Whether one line of a register is true; why not, where it is false."""

    line: str
    reason: str

    @property
    def is_true(self) -> bool:
        return not self.reason


def encoded_register(head: RegisterHead, rows: Iterable[RegisterRow]) -> Iterator[bytes]:
    """The file in pieces."""
    yield text_line(
        {
            "election": head.election.hex(),
            "kind": KIND,
            "of": head.of,
            "statement": head.statement.hex(),
            "v": VERSION,
        }
    )
    yield from row_lines(row.encode() for row in rows)


@dataclass(frozen=True, slots=True)
class OpenedRegister:
    """A register whose form was read to its end."""

    head: RegisterHead
    count: int
    pieces: Pieces
    channels: tuple[str, ...]

    def rows(self) -> Iterator[RegisterRow]:
        """The rows as they stand, one at a time."""
        lines = split(self.pieces(), LARGEST_TEXT_LINE)
        next(lines, None)
        for _, rows in in_rows(lines, _reader(self.channels)):
            yield from rows


def read_register(pieces: Pieces, channels: Sequence[str]) -> OpenedRegister:
    """A register from outside bytes, or MalformedInput. channels: those of the manifest. Nothing of it is checked."""
    lines = split(pieces(), LARGEST_TEXT_LINE)
    members = object_(read_head(lines), "", _MEMBERS)
    one_of(members["kind"], "kind", (KIND,))
    if type(members["v"]) is not int or members["v"] != VERSION:
        raise MalformedInput(f"want {VERSION}", "v")
    head = RegisterHead(
        hex_bytes(members["election"], "election", HASH),
        one_of(members["of"], "of", (VOTED, ALL)),
        hex_bytes(members["statement"], "statement", HASH),
    )
    count = sum(len(rows) for _, rows in in_rows(lines, _reader(tuple(channels))))
    return OpenedRegister(head, count, pieces, tuple(channels))


def check_rows(
    register: OpenedRegister, roll: Iterable[RollRow], stated: Iterable[Row], base_hash: bytes, fields: Sequence[str]
) -> Iterator[LineVerdict]:
    """Every row of the register, and every line that it should have and lacks, in the order of lines.

    roll: all rows, those that were added too, in the order of lines. stated: the rows of the statement, which are of
    the same lines.
    """
    commitments = FieldCommitments(base_hash, fields)
    board = zip(roll, stated, strict=True)
    at = next(board, None)
    before = ""
    for own in register.rows():
        if own.line <= before:
            yield LineVerdict(own.line, f"not in ascending order: after line {int(before)}")
            continue
        before = own.line
        while at and at[0].line < own.line:
            if _belongs(at[1], register.head.of):
                yield LineVerdict(at[0].line, _missing(at[1]))
            at = next(board, None)
        if at is None or at[0].line != own.line:
            yield LineVerdict(own.line, "there is no such line on the roll")
            continue
        yield LineVerdict(own.line, _objection(own, *at, register.head.of, commitments))
        at = next(board, None)
    while at:
        if _belongs(at[1], register.head.of):
            yield LineVerdict(at[0].line, _missing(at[1]))
        at = next(board, None)


def _objection(own: RegisterRow, row: RollRow, stated: Row, of: str, commitments: FieldCommitments) -> str:
    """Why this row of a register is false; empty if it is true."""
    for place, field in enumerate(OWN_FIELDS):
        if commitments.one(own.line, field, own.salts[place], own.values[place]) != row.commitments[place]:
            return f"the {field} is not the one that the roll has a commitment to"
    if own.row != stated:
        return f"the statement says {_shown(stated)}, the register {_shown(own.row)}"
    if not _belongs(stated, of):
        return f"it has not voted: {_shown(stated)}"
    return ""


def _belongs(stated: Row, of: str) -> bool:
    return of == ALL or stated.status in HAS_VOTED


def _missing(stated: Row) -> str:
    return f"missing: the statement says {_shown(stated)}"


def _shown(row: Row) -> str:
    return f"{row.channel}/{row.status}"


def _reader(channels: tuple[str, ...]):  # type: ignore[no-untyped-def]
    def read(line: bytes, number: int) -> Sequence[RegisterRow]:
        values = read_values(line, number, LARGEST_TEXT_LINE)
        return [_row(value, item(f"text line {number}", i), channels) for i, value in enumerate(values)]

    return read


def _row(value: JSON, where: str, channels: tuple[str, ...]) -> RegisterRow:
    members = object_(value, where, ("line", "opened", "row"))
    line = read_roll_line(members["line"], f"{where}.line")
    opened = members["opened"]
    if type(opened) is not list or len(opened) != len(OWN_FIELDS):
        raise MalformedInput(f"want {' and '.join(OWN_FIELDS)}", f"{where}.opened")
    values, salts = [], []
    for i, field in enumerate(OWN_FIELDS):
        at = item(f"{where}.opened", i)
        one = object_(opened[i], at, ("field", "salt", "value"))
        one_of(one["field"], f"{at}.field", (field,))
        text = string(one["value"], f"{at}.value", 1, LARGEST_VALUE)
        values.append(text)
        salts.append(hex_bytes(one["salt"], f"{at}.salt", SALT_SIZE))
    row = read_row(members["row"], f"{where}.row", channels)
    if row.line != line:
        raise MalformedInput(f"of line {row.line}", f"{where}.row.line")
    return RegisterRow(line, tuple(values), tuple(salts), row)
