"""The list of members from a table of text, or everything that is wrong with it (docs/spec.md §13.1).

CSV in UTF-8. The first row names the columns, in any order: `reference`, `name`, the manifest's contacts, `style`
where the manifest has several, `weight` where lines may count other than 1. Nothing is corrected on the way: a list
that needs it is refused, with up to 100 reasons, each with its place. So what the roll is drawn up from is what the
membership office sees in its own table.
"""

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from e2evote.credentials.contacts import SharedContact, check_of, objections, shared
from e2evote.credentials.look_alike import forms
from e2evote.errors import Refused
from e2evote.manifest.model import Manifest
from e2evote.manifest.section import quoted
from e2evote.manifest.voters import OWN_FIELDS, RollEligibility
from e2evote.record.roll_row import MOST_LINES

MOST_FAULTS = 100


@dataclass(frozen=True, slots=True)
class Member:
    """One member. `contacts` are in the manifest's order, "" for one that is not known; `at` is the line of text."""

    reference: str
    name: str
    contacts: tuple[str, ...]
    style: str
    weight: int
    at: int

    @property
    def values(self) -> tuple[str, ...]:
        """The fields of the line on the roll, in order."""
        return (self.reference, self.name, *self.contacts)


@dataclass(frozen=True, slots=True)
class Fault:
    """Something that is wrong in the table: the line of the text, from 1, and the column, where it is about one."""

    at: int
    column: str
    detail: str

    def __str__(self) -> str:
        return f"line {self.at}, {self.column}: {self.detail}" if self.column else f"line {self.at}: {self.detail}"


@dataclass(frozen=True, slots=True)
class MemberList:
    """All members of a table in which nothing is wrong, as they stand there, and what somebody should look at."""

    members: tuple[Member, ...]
    shared: tuple[SharedContact, ...]


class MembersRefused(Refused):
    """The table is not taken. `faults` are all reasons, or the first 100."""

    def __init__(self, faults: tuple[Fault, ...]) -> None:
        more = f", and {len(faults) - 1} more" if len(faults) > 1 else ""
        Refused.__init__(self, "roll-csv", f"{faults[0]}{more}")
        self.args = (faults,)
        self.faults = faults


def read_members(data: bytes, manifest: Manifest) -> MemberList:
    """The members in a table, or MembersRefused with everything that is wrong."""
    roll = manifest.roll
    if roll is None:
        raise ValueError("this selection has no roll")
    faults: list[Fault] = []
    rows = _rows(data, faults)
    at, names = next(rows, (1, []))
    if not faults:
        faults += _wrong_columns(at, names, _required(manifest, roll))
    if faults:
        raise MembersRefused(tuple(faults[:MOST_FAULTS]))
    reader = _Reader(manifest, roll, {name: place for place, name in enumerate(names)})
    members: list[Member] = []
    for at, cells in rows:
        if len(cells) != len(names):
            faults.append(Fault(at, "", f"{len(cells)} cells, but there are {len(names)} columns"))
        else:
            member, wrong = reader.member(at, cells)
            members.append(member)
            faults += wrong
        if len(faults) >= MOST_FAULTS:
            break
    if not members and not faults:
        faults.append(Fault(1, "", "no members"))
    if len(members) > MOST_LINES:
        faults.append(Fault(members[MOST_LINES].at, "", f"more than {MOST_LINES} members"))
    if faults:
        raise MembersRefused(tuple(faults[:MOST_FAULTS]))
    return MemberList(tuple(members), tuple(shared(roll.contacts, ((one.at, one.contacts) for one in members))))


def _rows(data: bytes, faults: list[Fault]) -> Iterator[tuple[int, list[str]]]:
    """The rows that have any cells, each with the line of text that it begins in; ends where the text is no CSV."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        at = data.count(b"\n", 0, error.start) + 1
        faults.append(Fault(at, "", "not UTF-8; save the table as CSV in UTF-8"))
        return
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    while True:
        at = reader.line_num + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            faults.append(Fault(at, "", f"not CSV: {error}"))
            return
        if cells:
            yield at, cells


def _required(manifest: Manifest, roll: RollEligibility) -> list[str]:
    """The columns that have to be there."""
    style = ["style"] if len(manifest.styles) > 1 else []
    return [*roll.fields, *style, *([] if 1 in manifest.weights.values else ["weight"])]


def _wrong_columns(at: int, names: Sequence[str], required: Sequence[str]) -> Iterator[Fault]:
    for place, name in enumerate(names):
        if name in names[:place]:
            yield Fault(at, quoted(name), "a column twice")
        elif name not in (*required, "style", "weight"):
            yield Fault(at, quoted(name), "an unknown column")
    hint = "; columns are separated by commas" if len(names) == 1 else ""
    for name in required:
        if name not in names:
            yield Fault(at, name, f"the column is missing{hint}")


class _Reader:
    """Reads one row after the other, and remembers the references."""

    def __init__(self, manifest: Manifest, roll: RollEligibility, columns: Mapping[str, int]) -> None:
        self._fields = [(name, columns[name], check_of(name)) for name in roll.fields]
        self._styles = [style.id for style in manifest.styles]
        self._weights = {str(weight): weight for weight in manifest.weights.values}
        self._style, self._weight = columns.get("style", -1), columns.get("weight", -1)
        self._senders = [(roll.fields.index(one.contact), one.contact, one.party) for one in roll.registrars]
        self._taken: dict[str, int] = {}

    def member(self, at: int, cells: Sequence[str]) -> tuple[Member, list[Fault]]:
        """The member of a row, and what is wrong with it."""
        values = [cells[place] for _, place, _ in self._fields]
        faults = [
            Fault(at, name, reason)
            for (name, _, check), value in zip(self._fields, values, strict=True)
            for reason in objections(value, check)
        ]
        faults += [Fault(at, name, "empty") for name, value in zip(OWN_FIELDS, values, strict=False) if not value]
        if values[0]:
            faults += self._repeated(at, values[0])
        for place, contact, party in self._senders:
            if not values[place]:
                faults.append(Fault(at, contact, f"empty, and {party} sends its codes there"))
        style = cells[self._style] if self._style >= 0 else self._styles[0]
        if style not in self._styles:
            faults.append(Fault(at, "style", f"{quoted(style)}, want one of {', '.join(self._styles)}"))
        weight = cells[self._weight] if self._weight >= 0 else "1"
        if weight not in self._weights:
            faults.append(Fault(at, "weight", f"{quoted(weight)}, want one of {', '.join(self._weights)}"))
        return Member(values[0], values[1], tuple(values[2:]), style, self._weights.get(weight, 1), at), faults

    def _repeated(self, at: int, reference: str) -> Iterator[Fault]:
        """References that are, or look like, an earlier one."""
        own = forms(reference)
        if not own:
            yield Fault(at, "reference", f"{quoted(reference)} has no letter or digit")
        for other in sorted({self._taken[form] for form in own if form in self._taken}):
            yield Fault(at, "reference", f"{quoted(reference)} is, or may be taken for, that of line {other}")
        for form in own:
            self._taken.setdefault(form, at)
