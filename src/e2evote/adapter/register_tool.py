"""Names are opened to a reader: the whole roll, or the register of those who voted (docs/spec.md §15, Register).

Each opening is first an entry on the board, `access`, signed by the reader and by the holder who opens. Its document is
the SHA-256 of what the reader is given, so that it can be told later which file that was; the file has salts in it,
so that nothing can be guessed from the hash.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from e2evote.adapter.act import Act
from e2evote.adapter.roll_file import HeldRoll
from e2evote.adapter.roll_record import VoterRecord
from e2evote.credentials.checking import check_opened_roll
from e2evote.errors import MalformedInput, Refused
from e2evote.manifest.voters import OWN_FIELDS
from e2evote.record.register import (
    ALL,
    HAS_VOTED,
    LineVerdict,
    OpenedRegister,
    RegisterHead,
    RegisterRow,
    check_rows,
    encoded_register,
    read_register,
)
from e2evote.record.roll_opening import Failure
from e2evote.record.roll_row import RollRow
from e2evote.record.rows import Row
from e2evote.record.stated import read_statement
from e2evote.record.text_lines import in_one
from e2evote.record.voter_bodies import PURPOSES, Access
from e2evote.verify.leaves import Entry

LARGEST = 2**30


@dataclass(frozen=True, slots=True)
class Accessed:
    """An access entry: who was given names by whom, what for, and the hash of the file."""

    index: int
    reader: str
    holder: str
    of: str
    purpose: str
    document: bytes


def access_act(record: VoterRecord, of: str, purpose: str, given: bytes) -> Act:
    """The entry that says that `given` was given to a reader, to be posted before it is: the record's next one."""
    if purpose not in PURPOSES:
        raise Refused("reason", f"{purpose!r}, want one of {', '.join(PURPOSES)}")
    return Act("access", Access(sha256(given).digest(), record.state.accesses + 1, of, purpose))


def accessed(record: VoterRecord, of: str, given: bytes) -> Accessed:
    """The entry about this very file; Refused `no-access` where the board has none, so that nothing is given."""
    document = sha256(given).digest()
    for one in accesses(record):
        if (one.of, one.document) == (of, document):
            return one
    raise Refused("no-access", f"the board has no access entry about this {of}")


def check_held(held: HeldRoll, record: VoterRecord) -> Iterator[Failure]:
    """Everything in which the opened roll is not what the board has, or what it should be."""
    if held.election != record.setting.first:
        raise Refused("other-selection", "the roll is of another selection")
    commits = record.seeds()
    registrars = [registrar.party for registrar in record.terms.registrars]
    return check_opened_roll(
        held.opened,
        record.published(),
        record.roll().rows(),
        [commits.get(party, b"") for party in registrars],
        record.setting.base_hash,
    )


def make_register(held: HeldRoll, record: VoterRecord, of: str) -> bytes:
    """The register by the tally statement, of those who voted or of all lines; Refused `not-stated` without one."""
    record.refuse_failing()
    if held.election != record.setting.first:
        raise Refused("other-selection", "the roll is of another selection")
    size = len(OWN_FIELDS)

    def rows() -> Iterator[RegisterRow]:
        for row in stated_rows(record):
            line = held.opened.line(row.line)
            if line is None:
                raise Refused("other-selection", f"line {int(row.line)} is not in this roll")
            if of == ALL or row.status in HAS_VOTED:
                yield RegisterRow(row.line, line.values[:size], line.salts[:size], row)

    head = RegisterHead(record.setting.first, of, statement_of(record).leaf_hash)
    return b"".join(encoded_register(head, rows()))


@dataclass(frozen=True, slots=True)
class CheckedRegister:
    """verdicts: one for each row, and for each line that is missing. access: entries whose document is this file."""

    register: OpenedRegister
    verdicts: tuple[LineVerdict, ...]
    access: tuple[Accessed, ...]

    @property
    def false(self) -> tuple[LineVerdict, ...]:
        return tuple(one for one in self.verdicts if not one.is_true)


def check_register(path: Path, record: VoterRecord) -> CheckedRegister:
    """A register line by line; MalformedInput for what is none."""
    with path.open("rb") as file:
        data = file.read(LARGEST + 1)
    if len(data) > LARGEST:
        raise MalformedInput(f"more than {LARGEST} bytes", str(path))
    try:
        register = read_register(in_one(data), record.manifest.channels.list)
    except MalformedInput as error:
        raise error.inside(str(path)) from None
    if register.head.election != record.setting.first:
        raise Refused("other-selection", f"{path}: a register of another selection")
    if register.head.statement != statement_of(record).leaf_hash:
        raise Refused("other-statement", f"{path}: a register by another tally statement than the record's")
    verdicts = check_rows(
        register, all_rows(record), stated_rows(record), record.setting.base_hash, record.terms.fields
    )
    document = sha256(data).digest()
    access = tuple(one for one in accesses(record) if one.document == document)
    return CheckedRegister(register, tuple(verdicts), access)


def accesses(record: VoterRecord) -> Iterator[Accessed]:
    """Who was given names so far."""
    names = {party.key: party.id for party in record.manifest.parties}
    for entry in record.leaves:
        body = entry.leaf.body
        if isinstance(body, Access):
            holder = names.get(entry.leaf.signatures[1].key, "")
            yield Accessed(entry.index, entry.leaf.author, holder, body.of, body.purpose, body.document)


def all_rows(record: VoterRecord) -> Iterator[RollRow]:
    """The rows of all lines, of the freeze and of additions."""
    yield from record.roll().rows()
    yield from record.published().added.values()


def stated_rows(record: VoterRecord) -> Iterator[Row]:
    """The rows of the tally statement."""
    return read_statement(record.pieces(statement_of(record)), record.manifest, record.setting.group).rows()


def statement_of(record: VoterRecord) -> Entry:
    """The leaf of the tally statement; Refused `not-stated` where there is none."""
    for entry in record.of("tally.statement"):
        return entry
    raise Refused("not-stated", "there is no tally statement yet, so nobody can say for good who has voted")
