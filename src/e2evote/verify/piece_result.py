"""What a worker found out about a piece, as bytes that any process may send, store and read again.

Numbers are written as the record writes them, failures as canonical JSON. A result that is read is one that some
process of this library wrote; reading is strict all the same, so that a wrong one is noticed and not added up.
"""

import struct
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from e2evote.algebra.group import Group
from e2evote.errors import MalformedInput
from e2evote.hashing import canonical
from e2evote.hashing.canonical import JSON, Encodable
from e2evote.hashing.fields import array, integer, object_, one_of, string
from e2evote.manifest.model import Manifest
from e2evote.manifest.voters import HEAVIEST
from e2evote.record.products import Class, Products, products
from e2evote.verify.checks import Check
from e2evote.verify.copies import PAD
from e2evote.verify.findings import MOST_LISTED, Failure, Findings, Tally

HASH = 32
_NUMBER = struct.Struct(">Q")
_MOST_TEXT = 2**16
_LARGEST_HEAD = 2**28


@dataclass(frozen=True, slots=True)
class PieceResult:
    """The findings of a piece, and what the tally and the search for copies need of it.

    payloads: a hash over all payloads that were read. pads: of each entry whose payload could be used, the hashes of
    its pads in a row. used: how many of these entries count; products: over them.
    """

    findings: Findings
    payloads: bytes
    pads: Mapping[int, bytes]
    products: Products
    used: int


def encode_result(result: PieceResult, start: int, end: int) -> bytes:
    """The one encoding of what was found about entries `start` to `end`."""
    checks: dict[str, Encodable] = {
        check.value: _members(tally) for check, tally in sorted(result.findings.checks.items())
    }
    head = canonical.encode(checks)
    numbers = [len(result.pads[i]) // PAD + 1 if i in result.pads else 0 for i in range(start, end)]
    return b"".join(
        (
            _NUMBER.pack(len(head)),
            head,
            result.payloads,
            _NUMBER.pack(result.used),
            struct.pack(f">{len(numbers)}I", *numbers),
            *(result.pads[index] for index in sorted(result.pads)),
            *_classes(result.products),
            *(x.encode() for cell in result.products.cells.values() for x in cell),
        )
    )


def decode_result(data: bytes, start: int, end: int, manifest: Manifest, group: Group) -> PieceResult:
    """What `encode_result` wrote about these entries, or MalformedInput."""
    reader = _Reader(data)
    findings = _findings(canonical.decode(reader.take(reader.number(_LARGEST_HEAD)), _LARGEST_HEAD))
    payloads, used = reader.take(HASH), reader.number(end - start)
    numbers = struct.unpack(f">{end - start}I", reader.take(4 * (end - start)))
    pads = {index: reader.take((number - 1) * PAD) for index, number in enumerate(numbers, start) if number}
    empty = products(manifest, group, ())
    classes = _read_classes(reader, list(empty.ballots), end - start)
    cells = {
        cell: (
            group.decode_residue(reader.take(group.element_size)),
            group.decode_residue(reader.take(group.element_size)),
        )
        for cell in empty.cells
    }
    reader.end()
    return PieceResult(findings, payloads, pads, Products(classes, cells), used)


def _classes(products: Products) -> Iterator[bytes]:
    """How many classes there are; contest by its place, weight and number of ballots of each."""
    places = {contest: place for place, contest in enumerate(products.ballots)}
    rows = sorted((places[contest], weight, number) for (contest, weight), number in products.classes.items())
    yield _NUMBER.pack(len(rows))
    for row in rows:
        yield from map(_NUMBER.pack, row)


def _read_classes(reader: "_Reader", contests: Sequence[str], most: int) -> dict[Class, int]:
    classes: dict[Class, int] = {}
    before = (-1, 0)
    for _ in range(reader.number(len(contests) * most)):
        place, weight = reader.number(len(contests) - 1), reader.number(HEAVIEST)
        number = reader.number(most)
        if (place, weight) <= before or not weight or not number:
            raise MalformedInput("classes are not in order, each once and with ballots", "result of a piece")
        before = (place, weight)
        classes[contests[place], weight] = number
    return classes


class _Reader:
    """Bytes from the front."""

    def __init__(self, data: bytes) -> None:
        self._data, self._at = data, 0

    def take(self, size: int) -> bytes:
        part = self._data[self._at : self._at + size]
        if len(part) != size:
            raise MalformedInput(f"ends at byte {len(self._data)}", "result of a piece")
        self._at += size
        return part

    def number(self, most: int) -> int:
        (value,) = _NUMBER.unpack(self.take(8))
        if value > most:
            raise MalformedInput(f"{value}, want at most {most}", "result of a piece")
        return int(value)

    def end(self) -> None:
        if self._at != len(self._data):
            raise MalformedInput(f"{len(self._data) - self._at} bytes too many", "result of a piece")


def _members(tally: Tally) -> dict[str, Encodable]:
    return {
        "examined": tally.examined,
        "failed": tally.failed,
        "failures": [[failure.subject, failure.detail] for failure in tally.failures],
        "missing": tally.missing,
        "not_run": tally.not_run,
    }


def _findings(value: JSON) -> Findings:
    findings = Findings()
    names = [check.value for check in Check]
    for name, members in object_(value, "checks", (), names).items():
        check = Check(one_of(name, "checks", names))
        fields = object_(members, name, ("examined", "failed", "failures", "missing", "not_run"))
        findings.checks[check] = Tally(
            integer(fields["examined"], f"{name}.examined"),
            integer(fields["failed"], f"{name}.failed"),
            [_failure(item, name) for item in array(fields["failures"], f"{name}.failures", 0, MOST_LISTED)],
            string(fields["missing"], f"{name}.missing", 0, _MOST_TEXT),
            string(fields["not_run"], f"{name}.not_run", 0, _MOST_TEXT),
        )
    return findings


def _failure(value: JSON, name: str) -> Failure:
    subject, detail = (string(text, f"{name}.failures", 0, _MOST_TEXT) for text in array(value, name, 2, 2))
    return Failure(subject, detail)
