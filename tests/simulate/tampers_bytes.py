"""Tampers with the spelling of JSON: one value, other bytes (docs/spec.md section 5.3).

Each way of writing is tried in three places: the manifest, a leaf, and a sealed ballot. The statement has ways of its
own, since it is written in text lines. The insider hashes and signs the bytes as they are, so only a strict reader can
notice.
"""

import json
from collections.abc import Callable

from reference.make_json import Json, canonical
from simulate.insider import Dossier
from simulate.tamper import Row, Tamper

TAMPERS: list[Tamper] = []

Spelling = Callable[[Json], bytes]


def _replaced(old: bytes, new: bytes) -> Spelling:
    def spell(value: Json) -> bytes:
        data = canonical(value)
        if old not in data:
            raise ValueError(f"{old!r} is not in {data[:80]!r}…")
        return data.replace(old, new, 1)

    return spell


def _version(new: bytes) -> Spelling:
    """Another spelling of the member v, which every leaf, manifest and ballot has."""
    return _replaced(b'"v":1', b'"v":' + new)


def _upper(value: Json) -> bytes:
    """The first hexadecimal string with a letter, in capitals."""
    data = canonical(value).decode()
    for part in data.split('"'):
        if len(part) >= 64 and set(part) <= set("0123456789abcdef") and part.upper() != part:
            return data.replace(part, part.upper(), 1).encode()
    raise ValueError("no hexadecimal string here")


def _reversed_members(value: Json) -> bytes:
    return json.dumps(dict(sorted(value.items(), reverse=True)), ensure_ascii=False, separators=(",", ":")).encode()


def _nested(depth: int) -> bytes:
    return b"[" * depth + b"]" * depth


SPELLINGS: tuple[tuple[str, Spelling, tuple[str, ...]], ...] = (
    ("duplicate-key", _version(b'2,"v":1'), ("A112",)),
    ("duplicate-same-value", _version(b'1,"v":1'), ("A112",)),
    ("float", _version(b"1.0"), ("A113", "A26")),
    ("exponent", _version(b"1e0"), ("A113",)),
    ("huge-exponent", _version(b"1e999"), ("A113",)),
    ("nan", _version(b"NaN"), ("A113",)),
    ("infinity", _version(b"Infinity"), ("A113",)),
    ("minus-zero", _version(b"-0"), ("A113",)),
    ("negative", _version(b"-1"), ("A113",)),
    ("leading-zero", _version(b"01"), ("A114",)),
    ("true-for-one", _version(b"true"), ("A26",)),
    ("text-for-one", _version(b'"1"'), ("A26",)),
    ("wide-digit", _version("１".encode()), ("A26", "A114")),
    ("null", _version(b"null"), ("A115",)),
    ("too-large-integer", _version(b"9007199254740992"), ("A116",)),
    ("huge-integer", _version(b"1" + b"0" * 3000), ("A116",)),
    ("byte-order-mark", lambda value: b"\xef\xbb\xbf" + canonical(value), ("A114",)),
    ("utf-16", lambda value: canonical(value).decode().encode("utf-16"), ("A114",)),
    ("bad-utf-8", _version(b'"\xff"'), ("A114", "A118")),
    ("space", _replaced(b",", b", "), ("A114",)),
    ("final-newline", lambda value: canonical(value) + b"\n", ("A114",)),
    ("trailing-data", lambda value: canonical(value) + b"{}", ("A114",)),
    ("escaped-letter", _replaced(b'"v":', b'"\\u0076":'), ("A114",)),
    ("member-order", _reversed_members, ("A34", "A114")),
    ("upper-case-hex", _upper, ("A114",)),
    ("lone-surrogate", _version(b'"\\ud800"'), ("A118",)),
    ("unknown-member", _version(b'1,"w":1'), ("A115",)),
    ("missing-member", _replaced(b',"v":1', b""), ("A115",)),
    ("deep", _version(_nested(400)), ("A117",)),
    ("nested-list", _version(_nested(17)), ("A117",)),
    ("list-for-object", lambda value: b"[" + canonical(value) + b"]", ("A26",)),
    ("empty-object", lambda value: b"{}", ("A115",)),
)


def _manifest(spell: Spelling) -> Callable[[Dossier], None]:
    def act(d: Dossier) -> None:
        d.entries[0].raw_payload = spell(d.manifest)
        d.reseal()

    return act


def _leaf(spell: Spelling) -> Callable[[Dossier], None]:
    """On the challenge's leaf, which nothing after it refers to."""

    def act(d: Dossier) -> None:
        entry = d.one("challenge")
        entry.raw_leaf = spell(entry.leaf)
        entry.keep.add("ignored")
        d.settle()

    return act


def _ballot(spell: Spelling) -> Callable[[Dossier], None]:
    """On the ballot that voter 1 later replaces."""

    def act(d: Dossier) -> None:
        entry = d.one("ballot")
        entry.raw_payload = spell(entry.content)
        d.settle()

    return act


for name, spelling, numbers in SPELLINGS:
    Row(TAMPERS, "manifest.form")(f"manifest-{name}", _manifest(spelling), *numbers, verdict="malformed")
    Row(TAMPERS, "board.leaf")(f"leaf-{name}", _leaf(spelling), *numbers)
    Row(TAMPERS, "ballot.form")(f"ballot-{name}", _ballot(spelling), *numbers)

Row(TAMPERS, "manifest.form")(
    "manifest-deeper-than-a-stack", _manifest(_version(_nested(100_000))), "A117", verdict="malformed"
)
Row(TAMPERS, "manifest.form")(
    "manifest-integer-of-a-million-digits", _manifest(_version(b"9" * 1_000_000)), "A116", verdict="malformed"
)
Row(TAMPERS, "ballot.form")("ballot-deeper-than-a-stack", _ballot(_version(_nested(100_000))), "A117")

# The statement's text lines

Division = Callable[[bytes, list[Json]], list[bytes]]


def _stated(divide: Division) -> Callable[[Dossier], None]:
    """`divide` gets the first text line without its end, and the rows; it gives all that is written."""

    def act(d: Dossier) -> None:
        entry = d.one("tally.statement")
        first, _ = entry.payload_bytes().split(b"\n", 1)
        entry.raw_payload = b"".join(divide(first, entry.content["rows"]))
        d.settle()

    return act


def _lined(*values: bytes | list[Json] | Json) -> list[bytes]:
    return [(value if isinstance(value, bytes) else canonical(value)) + b"\n" for value in values]


def _not_voted(number: int) -> list[Json]:
    return [{"channel": "none", "leaf": "", "line": f"zz{i:05}", "status": "not-voted"} for i in range(number)]


def _as_one_value(first: bytes, rows: list[Json]) -> list[bytes]:
    """As drafts before text lines had it."""
    return [canonical({**json.loads(first), "rows": rows})]


DIVISIONS: tuple[tuple[str, Division, tuple[str, ...]], ...] = (
    ("without-final-newline", lambda first, rows: [first, b"\n", canonical(rows)], ("A114",)),
    ("final-newline-twice", lambda first, rows: [*_lined(first, rows), b"\n"], ("A114",)),
    ("empty-text-line-first", lambda first, rows: [b"\n", *_lined(first, rows)], ("A114",)),
    ("empty-text-line-between", lambda first, rows: _lined(first, b"", rows), ("A114",)),
    ("carriage-returns", lambda first, rows: _lined(first + b"\r", canonical(rows) + b"\r"), ("A114",)),
    ("space", lambda first, rows: _lined(first, canonical(rows) + b" "), ("A114",)),
    ("byte-order-mark", lambda first, rows: [b"\xef\xbb\xbf", *_lined(first, rows)], ("A114",)),
    ("rows-divided-elsewhere", lambda first, rows: _lined(first, rows[:1], rows[1:]), ("A114",)),
    ("rows-one-by-one", lambda first, rows: _lined(first, *([row] for row in rows)), ("A114",)),
    ("rows-without-brackets", lambda first, rows: _lined(first, *rows), ("A114", "A26")),
    ("no-rows-at-the-end", lambda first, rows: _lined(first, rows, []), ("A114",)),
    ("no-rows-first", lambda first, rows: _lined(first, [], rows), ("A114",)),
    ("first-text-line-twice", lambda first, rows: _lined(first, first, rows), ("A112",)),
    ("first-text-line-last", lambda first, rows: _lined(rows, first), ("A114",)),
    ("first-text-line-alone-and-unended", lambda first, rows: [first], ("A115",)),
    ("without-first-text-line", lambda first, rows: _lined(rows), ("A115",)),
    ("as-one-value", _as_one_value, ("A114", "A115")),
    ("as-one-text-line", lambda first, rows: [*_as_one_value(first, rows), b"\n"], ("A114", "A115")),
    ("4097-rows-together", lambda first, rows: _lined(first, rows + _not_voted(4097 - len(rows))), ("A114", "A116")),
    (
        "4095-rows-together",
        lambda first, rows: _lined(first, rows + _not_voted(4095 - len(rows)), _not_voted(1)),
        ("A114",),
    ),
    ("rows-of-a-megabyte", lambda first, rows: _lined(first, _not_voted(20_000)), ("A116",)),
    ("text-line-deeper-than-a-stack", lambda first, rows: _lined(first, _nested(100_000)), ("A117",)),
)
for name, division, numbers in DIVISIONS:
    Row(TAMPERS, "tally.form")(f"statement-{name}", _stated(division), *numbers)
