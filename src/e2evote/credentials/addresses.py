"""Where a registrar sends its codes: to the addresses that the board has commitments to (docs/spec.md §13.2; S3, A124).

A registrar is given the opened roll by whoever keeps it, and believes none of it: a name and an address that are not
the committed ones are refused before a code exists, so that nobody can have codes sent elsewhere without a leaf that
says so. Of each line the registrar takes what a letter needs, and no more.
"""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, replace

from e2evote.credentials.opened_roll import OpenedRoll
from e2evote.errors import Refused
from e2evote.record.roll import FieldCommitments
from e2evote.record.roll_opening import PublishedRoll
from e2evote.record.roll_row import RollRow

NAME = "name"


@dataclass(frozen=True, slots=True, repr=False)
class Addressee:
    """To whom one registrar writes about a line, and where."""

    line: str
    name: str
    address: str

    def __repr__(self) -> str:
        return f"Addressee({self.line}, <redacted>)"


def rows_in_force(rows: Iterable[RollRow], published: PublishedRoll) -> Iterator[RollRow]:
    """Each line's row with the commitments that stand now. rows: those of the freeze, as posted."""
    for row in (*rows, *published.added.values()):
        changes = published.changes.get(row.line, ())
        if not changes:
            yield row
            continue
        commitments = dict(zip(published.fields, row.commitments, strict=True))
        commitments |= {change.field: change.new for change in changes}
        yield replace(row, commitments=tuple(commitments.values()))


def addressees(
    opened: OpenedRoll, rows: Iterable[RollRow], removed: Collection[str], contact: str, base_hash: bytes
) -> tuple[Addressee, ...]:
    """Names and addresses of all lines that are not removed, or Refused `roll-opened` for the first that is not so.

    rows: those in force, in the order of their lines. contact: the registrar's.
    """
    commitments = FieldCommitments(base_hash, opened.fields)
    name, address = opened.place(NAME), opened.place(contact)
    found = []
    for row in rows:
        if row.line in removed:
            continue
        line = opened.line(row.line)
        if line is None:
            raise Refused("roll-opened", f"line {row.line} is on the board and not in the opened roll")
        for place, field in ((name, NAME), (address, contact)):
            if commitments.one(row.line, field, line.salts[place], line.values[place]) != row.commitments[place]:
                raise Refused("roll-opened", f"line {row.line}: its {field} is not the one that the board commits to")
        if not line.values[address]:
            raise Refused("roll-opened", f"line {row.line} has no {contact} to send a code to")
        found.append(Addressee(row.line, line.values[name], line.values[address]))
    return tuple(found)
