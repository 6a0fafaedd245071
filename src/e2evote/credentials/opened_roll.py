"""The opened roll: who is behind every line, with the salts and seeds that prove it (docs/spec.md §13.1, §13.2).

Its holders are named in the manifest, and it is never on the board. As a file it is text lines of canonical JSON, as
the roll is, so that a large one is read and written, and encrypted by whoever stores it, in pieces:

    {"fields":[…],"frozen":n,"kind":"e2evote-opened-roll","seeds":[…],"v":1}
    [{"earlier":[…],"line":…,"salts":[…],"style":…,"values":[…],"weight":n},…]

Whoever has the seeds and a list of members knows every line's number; whoever has the salts can prove it.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from e2evote.errors import MalformedInput
from e2evote.hashing.canonical import JSON, Encodable
from e2evote.hashing.fields import array, hex_bytes, integer, item, object_, one_of
from e2evote.manifest.voters import MOST_REGISTRARS
from e2evote.record.body import read_id
from e2evote.record.roll import LARGEST_TEXT_LINE, SEED_SIZE
from e2evote.record.roll_opening import (
    Earlier,
    earlier_members,
    read_earlier,
    read_field_values,
    read_salts,
)
from e2evote.record.roll_row import MOST_FIELDS, MOST_LINES, line_of, read_roll_line
from e2evote.record.text_lines import (
    ROWS_PER_TEXT_LINE,
    Pieces,
    in_rows,
    read_head,
    read_values,
    split,
    text_line,
)
from e2evote.secret.guarded import Guarded

KIND = "e2evote-opened-roll"
VERSION = 1


@dataclass(frozen=True, slots=True, repr=False)
class OpenedLine:
    """One line: the fields' values and salts in their order, and the contacts that were replaced, oldest first."""

    line: str
    style: str
    weight: int
    values: tuple[str, ...]
    salts: tuple[bytes, ...]
    earlier: tuple[Earlier, ...] = ()

    @property
    def reference(self) -> str:
        return self.values[0]

    @property
    def name(self) -> str:
        return self.values[1]

    def __repr__(self) -> str:
        return f"OpenedLine({self.line}, <redacted>)"


class OpenedRoll(Guarded):
    """All lines in their order. frozen: how many of them the freeze had; those after it were added."""

    __slots__ = ("fields", "frozen", "lines", "seeds")

    def __init__(
        self, fields: tuple[str, ...], seeds: tuple[bytes, ...], frozen: int, lines: tuple[OpenedLine, ...]
    ) -> None:
        self.fields, self.seeds, self.frozen, self.lines = fields, seeds, frozen, lines

    def line(self, line: str) -> OpenedLine | None:
        """The line of this name, if there is one."""
        place = int(line) - 1
        return self.lines[place] if 0 <= place < len(self.lines) else None

    def place(self, field: str) -> int:
        """Where among the fields one of this name is."""
        return self.fields.index(field)

    def encoded(self) -> Iterator[bytes]:
        """The file in pieces, one text line each. It is secret as it stands."""
        yield text_line(
            {
                "fields": list(self.fields),
                "frozen": self.frozen,
                "kind": KIND,
                "seeds": [seed.hex() for seed in self.seeds],
                "v": VERSION,
            }
        )
        for start in range(0, len(self.lines), ROWS_PER_TEXT_LINE):
            yield text_line([_members(one) for one in self.lines[start : start + ROWS_PER_TEXT_LINE]])


def read_opened_roll(pieces: Pieces) -> OpenedRoll:
    """An opened roll from outside bytes, whole, or MalformedInput; nothing of it is compared with the board yet."""
    texts = split(pieces(), LARGEST_TEXT_LINE)
    head = object_(read_head(texts), "", ("fields", "frozen", "kind", "seeds", "v"))
    one_of(head["kind"], "kind", (KIND,))
    integer(head["v"], "v", VERSION, VERSION)
    given = array(head["fields"], "fields", 1, MOST_FIELDS)
    fields = tuple(read_id(one, item("fields", i)) for i, one in enumerate(given))
    if len(set(fields)) < len(fields):
        raise MalformedInput("a field twice", "fields")
    seeds = tuple(
        hex_bytes(one, item("seeds", i), SEED_SIZE)
        for i, one in enumerate(array(head["seeds"], "seeds", 1, MOST_REGISTRARS))
    )
    lines: list[OpenedLine] = []
    for before, rows in in_rows(texts, _values):
        lines += [_line(row, item("rows", i), i, fields) for i, row in enumerate(rows, start=before)]
    return OpenedRoll(fields, seeds, integer(head["frozen"], "frozen", 1, len(lines)), tuple(lines))


def _members(one: OpenedLine) -> dict[str, Encodable]:
    return {
        "earlier": [earlier_members(earlier) for earlier in one.earlier],
        "line": one.line,
        "salts": [salt.hex() for salt in one.salts],
        "style": one.style,
        "values": list(one.values),
        "weight": one.weight,
    }


def _values(line: bytes, number: int) -> list[JSON]:
    return read_values(line, number, LARGEST_TEXT_LINE)


def _line(value: JSON, where: str, place: int, fields: tuple[str, ...]) -> OpenedLine:
    members = object_(value, where, ("earlier", "line", "salts", "style", "values", "weight"))
    line = read_roll_line(members["line"], f"{where}.line")
    if place >= MOST_LINES or line != line_of(place + 1):
        raise MalformedInput(f"{line!r}, want lines 1, 2, 3, …", f"{where}.line")
    values = read_field_values(members["values"], f"{where}.values")
    salts = read_salts(members["salts"], f"{where}.salts")
    if not len(values) == len(salts) == len(fields):
        raise MalformedInput(f"{len(values)} values and {len(salts)} salts, want {len(fields)}", where)
    earlier = read_earlier(members["earlier"], f"{where}.earlier")
    for one in earlier:
        one_of(one.field, f"{where}.earlier", fields)
    style = read_id(members["style"], f"{where}.style")
    return OpenedLine(line, style, integer(members["weight"], f"{where}.weight", 1, 1000), values, salts, earlier)
