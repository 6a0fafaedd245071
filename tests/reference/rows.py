"""Payloads with a row for every line, in text lines: docs/record-format.md "Statement", "Roll", "Credentials"."""

from collections.abc import Callable
from typing import Any

from reference import canonical as form
from reference.canonical import BadForm
from reference.entries import PAYLOAD_LIMIT
from reference.manifest import Manifest
from reference.numbers import INDEX_LIMIT
from reference.voter_bodies import roll_line, roll_row

ROWS_OF_A_TEXT_LINE = 4096
TEXT_LINE_LIMIT = 8_388_608

Row = dict[str, Any]


def read_rows(raw: bytes, row: Callable[[object], Row], limit: int | None = None) -> tuple[Any, list[Row]]:
    """The first text line, and the rows of all others; every text line is canonical by itself."""
    *lines, rest = raw.split(b"\n")
    if rest or not lines:
        raise BadForm("the last text line is not ended")
    first, *further = lines
    if len(first) > PAYLOAD_LIMIT or any(limit and len(line) > limit for line in further):
        raise BadForm("a text line is too long")
    rows: list[Row] = []
    for line in further:
        if len(rows) % ROWS_OF_A_TEXT_LINE:
            raise BadForm(f"a text line before the last has not {ROWS_OF_A_TEXT_LINE} rows")
        rows += [row(value) for value in form.array(form.decode(line), 1, ROWS_OF_A_TEXT_LINE)]
    return form.decode(first), rows


def row_fault(row: Row, number: int, manifest: Manifest) -> str:
    """What keeps the row from being that of the line of this number, or nothing."""
    if manifest.roll is None or row["line"] != f"{number:07}":
        return f"not line {number}"
    if len(row["commitments"]) != len(manifest.roll.fields):
        return "not one commitment for each field"
    if row["style"] not in manifest.styles or row["weight"] not in manifest.voters.weights:
        return "no style of the manifest, or none of its weights"
    return ""


def read_roll(raw: bytes, manifest: Manifest) -> list[Row]:
    """ "Roll": the manifest's fields, then the rows of the lines 1, 2, 3, …"""
    first, rows = read_rows(raw, roll_row, TEXT_LINE_LIMIT)
    form.exactly(form.members(first, ("fields",))["fields"], list(manifest.roll.fields) if manifest.roll else [])
    for number, row in enumerate(rows, 1):
        fault = row_fault(row, number, manifest)
        if fault:
            raise BadForm(fault)
    return rows


def _credential(value: object) -> Row:
    row = form.members(value, ("key", "line", "number"))
    form.hexadecimal(row["key"])
    roll_line(row["line"])
    form.integer(row["number"], 1, INDEX_LIMIT)
    return row


def read_credentials(raw: bytes, author: str) -> list[Row]:
    """ "Credentials": the author, then the rows, if there are any."""
    first, rows = read_rows(raw, _credential, TEXT_LINE_LIMIT)
    form.exactly(form.members(first, ("registrar",))["registrar"], author)
    return rows
