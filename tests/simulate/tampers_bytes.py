"""Tampers with the spelling of JSON: one value, other bytes (docs/spec.md section 5.3).

Each way of writing is tried in three places: the manifest, a leaf, and a sealed ballot. The insider hashes and signs
the bytes as they are, so only a strict reader can notice.
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
