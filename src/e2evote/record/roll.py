"""The roll as it is published: commitments and the payload of a freeze (docs/spec.md §13.1, §13.2).

The payload is text lines (docs/record-format.md, Roll). Nobody needs all its rows at once: `read_roll` goes over them
to its end, holds them against their form and takes the root; `rows` then gives them as often as they are asked for.
"""

import re
from binascii import unhexlify
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Self, TypeVar

from e2evote.board import merkle
from e2evote.errors import MalformedInput
from e2evote.hashing.digest import b4
from e2evote.hashing.fields import array, item, object_, one_of
from e2evote.hashing.labels import H_own, Label, OwnHash, framed
from e2evote.manifest.model import Manifest
from e2evote.record.roll_row import MOST_LINES, RollRow, line_of, read_row
from e2evote.record.text_lines import (
    Pieces,
    in_rows,
    plain_rows,
    read_head,
    read_values,
    row_lines,
    split,
    text_line,
)

SEED_SIZE = SALT_SIZE = 32
LARGEST_VALUE = 500
"""Bytes of a field."""
LARGEST_TEXT_LINE = 8 * 2**20
"""Of a text line of rows."""
_SALT_LENGTH = b4(SALT_SIZE)
Wanted = TypeVar("Wanted")


def seed_commitment(base_hash: bytes, registrar: int, seed: bytes) -> bytes:
    """H_own(H_B; roll-seed; b4(i), seed_i) for registrar i, from 1    (13.1)"""
    if len(seed) != SEED_SIZE:
        raise ValueError(f"roll seed: {len(seed)} bytes, want {SEED_SIZE}")
    return H_own(base_hash, Label.ROLL_SEED, b4(registrar), seed)


class FieldCommitments:
    """C = H_own(H_B; roll-field; line, field, salt, value) for the fields of one selection    (13.3)"""

    __slots__ = ("_hash", "_names", "fields")

    def __init__(self, base_hash: bytes, fields: Sequence[str]) -> None:
        self.fields = tuple(fields)
        self._hash = OwnHash(base_hash, Label.ROLL_FIELD)
        self._names = tuple(framed(field.encode()) + _SALT_LENGTH for field in fields)

    def of(self, line: str, salts: Sequence[bytes], values: Sequence[str]) -> tuple[bytes, ...]:
        """The commitments of a line, one for each field in order."""
        return self._of(line, self._names, salts, values)

    def one(self, line: str, field: str, salt: bytes, value: str) -> bytes:
        """The commitment to one field."""
        name = self._names[self.fields.index(field)]
        return self._of(line, (name,), (salt,), (value,))[0]

    def _of(
        self, line: str, fields: Sequence[bytes], salts: Sequence[bytes], values: Sequence[str]
    ) -> tuple[bytes, ...]:
        name, messages = framed(line.encode()), []
        for field, salt, value in zip(fields, salts, values, strict=True):
            if len(salt) != SALT_SIZE:
                raise ValueError(f"salt: {len(salt)} bytes, want {SALT_SIZE}")
            data = value.encode()
            messages.append(name + field + salt + len(data).to_bytes(4, "big") + data)
        return tuple(self._hash.each(messages))


@dataclass(frozen=True, slots=True)
class RollForm:
    """What the rows of a selection's roll have in common: fields, and which styles and weights there are."""

    fields: tuple[str, ...]
    styles: tuple[str, ...]
    weights: tuple[int, ...]

    @classmethod
    def of(cls, manifest: Manifest) -> Self:
        """The form that the manifest asks for; only for one that has a roll."""
        if manifest.roll is None:
            raise ValueError("this selection has no roll")
        return cls(manifest.roll.fields, tuple(style.id for style in manifest.styles), manifest.weights.values)

    def objections(self, row: RollRow) -> Iterator[tuple[str, str]]:
        """What the row has that rows of this roll have not: the member, and why."""
        if len(row.commitments) != len(self.fields):
            yield "commitments", f"{len(row.commitments)} items, want {len(self.fields)}"
        if row.style not in self.styles:
            yield "style", f"{row.style!r} is no style of the manifest"
        if row.weight not in self.weights:
            yield "weight", f"{row.weight}, want one of {', '.join(map(str, self.weights))}"

    def pattern(self) -> re.Pattern[bytes]:
        """The canonical bytes of a row of this form, of whatever line."""
        commitments = ",".join(['"([0-9a-f]{64})"'] * len(self.fields))
        styles = "|".join(map(re.escape, self.styles))
        weights = "|".join(map(str, self.weights))
        return re.compile(
            rf'\{{"commitments":\[{commitments}\],"line":"(?P<line>[0-9]{{7}})","style":"({styles})","weight":({weights})\}}'.encode()
        )


@dataclass(frozen=True, slots=True)
class PostedRoll:
    """A roll whose whole payload has its form: how many lines, their root, and the rows as often as asked for."""

    form: RollForm
    lines: int
    root: bytes
    pieces: Pieces

    def rows(self) -> Iterator[RollRow]:
        """The rows in the order of their lines, one at a time."""
        for _, rows in _read(self.pieces, self.form, _row_of, lambda row: row):
            yield from rows


def encoded_roll(fields: Sequence[str], rows: Iterable[RollRow]) -> Iterator[bytes]:
    """The payload of a roll.freeze in pieces: one text line each."""
    return encoded_rows(fields, (row.encode() for row in rows))


def encoded_rows(fields: Sequence[str], rows: Iterable[bytes]) -> Iterator[bytes]:
    """The same, of the canonical bytes of the rows."""
    yield text_line({"fields": list(fields)})
    yield from row_lines(rows)


def roll_root(rows: Iterable[bytes]) -> bytes:
    """The root of the tree over the canonical bytes of the rows.    (13.4)"""
    return merkle.root([merkle.leaf_hash(row) for row in rows])


def read_roll(pieces: Pieces, form: RollForm, take: Callable[[RollRow], None] | None = None) -> PostedRoll:
    """A roll from outside bytes, read once to its end, or MalformedInput. take: called with each row as it is read.

    Rows of the lines 1, 2, 3, …, each of this form. The root is put together from those of the text lines: all of them
    but the last have 2^12 rows, so theirs are nodes of the tree.
    """
    lines, roots = 0, []

    def of_match(one: re.Match[bytes]) -> bytes:
        if take:
            take(_row_of(one))
        return merkle.leaf_hash(one[0])

    def of_row(row: RollRow) -> bytes:
        if take:
            take(row)
        return merkle.leaf_hash(row.encode())

    for before, hashes in _read(pieces, form, of_match, of_row):
        lines = before + len(hashes)
        roots.append(merkle.root(hashes))
    return PostedRoll(form, lines, merkle.root(roots), pieces)


def _read(
    pieces: Pieces, form: RollForm, of_match: Callable[[re.Match[bytes]], Wanted], of_row: Callable[[RollRow], Wanted]
) -> Iterator[tuple[int, Sequence[Wanted]]]:
    """What is wanted of the rows of each text line, and how many came before."""
    lines = split(pieces(), LARGEST_TEXT_LINE)
    head = object_(read_head(lines), "", ("fields",))
    given = array(head["fields"], "fields", len(form.fields), len(form.fields))
    for i, field in enumerate(form.fields):
        one_of(given[i], item("fields", i), (field,))
    pattern, before = form.pattern(), 0

    def read(line: bytes, number: int) -> Sequence[Wanted]:
        nonlocal before
        found = plain_rows(line, pattern)
        if found and all(int(one["line"]) == place for place, one in enumerate(found, start=before + 1)):
            rows = [of_match(one) for one in found]
        else:
            rows = [of_row(row) for row in _any(line, number, before, form)]
        before += len(rows)
        return rows

    return in_rows(lines, read)


def _row_of(one: re.Match[bytes]) -> RollRow:
    """The row that has the pattern."""
    *commitments, line, style, weight = one.groups()
    return RollRow(line.decode(), tuple([unhexlify(one) for one in commitments]), style.decode(), int(weight))


def _any(line: bytes, number: int, before: int, form: RollForm) -> Iterator[RollRow]:
    """The rows of any text line, or MalformedInput with the reason."""
    for place, value in enumerate(read_values(line, number, LARGEST_TEXT_LINE), start=before):
        where = item("rows", place)
        row = read_row(value, where)
        if place >= MOST_LINES or row.line != line_of(place + 1):
            raise MalformedInput(f"{row.line!r}, want lines 1, 2, 3, …", f"{where}.line")
        for member, reason in form.objections(row):
            raise MalformedInput(reason, f"{where}.{member}")
        yield row
