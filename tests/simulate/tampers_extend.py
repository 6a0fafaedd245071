"""Tampers with extensions: leaves that put off the closing date, and the heads after them (docs/spec.md, section 5.4).

In the base the close is put off twice. Where a leaf is not allowed it moves no date, so that all others are as they
were; where it is, `close` is compared with the last date however the extension's own note looks.
"""

from dataclasses import dataclass

from reference.encryptor import Entry
from reference.make_json import Json
from reference.make_manifest import CLOSE, seconds_of
from simulate.insider import Dossier, Times
from simulate.tamper import Act, Row, Tamper

TAMPERS: list[Tamper] = []
ALLOWED: list[Tamper] = []
"""What is noticed by no check."""

BASE = "extended"
EAST, NORTH, SOUTH = "east", "north", "south"
TOLERANCE = 300
FIRST, SECOND = seconds_of("2031-05-03T18:00:00Z"), seconds_of("2031-05-04T06:00:00Z")


@dataclass(frozen=True, slots=True)
class _Another:
    """One more extension, as entry `at` places after the leaf of this kind; no record may keep it."""

    close: object
    beside: str = "extend"
    at: int = 1
    more: tuple[tuple[str, object], ...] = ()

    def __call__(self, d: Dossier) -> None:
        body: Json = {"close": self.close, **dict(self.more)}
        index = d.index(d.all(self.beside)[-1]) + self.at
        d.insert(index, Entry(d.leaf("extend", "chair", body)), "ignored")
        d.settle()


FORM = Row(TAMPERS, "board.leaf")
PHASE = Row(TAMPERS, "board.phase")
AUTHOR = Row(TAMPERS, "board.author")
SIGNATURE = Row(TAMPERS, "board.signature")
DATED = Row(TAMPERS, "board.dates")
ALLOW = Row(ALLOWED, "")

for what, close in (
    ("with-a-date-of-one-digit", "2031-5-4T07:00:00Z"),
    ("with-a-small-z", "2031-05-04T07:00:00z"),
    ("with-another-zone", "2031-05-04T07:00:00+01:00"),
    ("with-fractions", "2031-05-04T07:00:00.5Z"),
    ("with-a-line-after-the-date", "2031-05-04T07:00:00Z\n"),
    ("with-other-digits", "2031-05-0\u0664T07:00:00Z"),
    ("in-seconds", 1_936_000_000),
):
    FORM(f"extended-{what}", _Another(close), base=BASE)
FORM("extended-with-a-reason", _Another("2031-05-04T07:00:00Z", more=(("reason", "weather"),)), base=BASE)

for what, act in (
    ("to-an-earlier-date", _Another("2031-05-02T17:59:59Z")),
    ("to-a-date-between", _Another("2031-05-03T20:00:00Z")),
    ("to-the-date-in-force", _Another("2031-05-04T06:00:00Z")),
    ("to-30-february", _Another("2032-02-30T12:00:00Z")),
    ("to-29-february-2033", _Another("2033-02-29T12:00:00Z")),
    ("to-a-leap-second", _Another("2031-06-30T23:59:60Z")),
    ("to-24-hours", _Another("2031-05-04T24:00:00Z")),
    ("to-month-13", _Another("2031-13-01T12:00:00Z")),
    ("after-the-close", _Another("2031-05-05T06:00:00Z", "close")),
    ("after-the-outcome", _Another("2031-05-05T06:00:00Z", "outcome")),
    ("before-the-open", _Another("2031-05-05T06:00:00Z", "open", 0)),
):
    PHASE(f"extended-{what}", act, "A53", base=BASE)


def _times(d: Dossier, number: int) -> None:
    """Extended a minute at a time, until there are so many extensions."""
    for n in range(number - len(d.extensions())):
        d.after(d.all("extend")[-1], Entry(d.leaf("extend", "chair", {"close": f"2031-05-04T06:{n + 1:02}:00Z"})))


def _ten_times(d: Dossier) -> None:
    _times(d, 10)
    d.settle()


def _eleven_times(d: Dossier) -> None:
    _times(d, 10)
    _Another("2031-05-04T07:00:00Z")(d)


PHASE("extended-eleven-times", _eleven_times, "A53", base=BASE)


def _signers(*signers: str) -> Act:
    def act(d: Dossier) -> None:
        entry = d.one("extend", 1)
        entry.leaf["signatures"] = d.leaf("extend", "chair", signers=signers)["signatures"]
        d.settle()

    return act


for what, signers in (
    ("by-the-administrator-alone", ("chair",)),
    ("by-the-administrator-twice", ("chair", "chair")),
    ("by-a-trustee", ("chair", "trustee-1")),
    ("in-the-wrong-order", ("teller-1", "chair")),
):
    AUTHOR(f"extended-{what}", _signers(*signers), "A75", base=BASE)


def _by_a_teller(d: Dossier) -> None:
    """A teller as the author: no such leaf moves the date, so the close is right where it was."""
    body = {"close": "2031-05-05T06:00:00Z"}
    d.after(d.one("extend", 1), Entry(d.leaf("extend", "teller-1", body, ("teller-1", "chair"))), "ignored")
    d.settle()


AUTHOR("extended-by-a-teller", _by_a_teller, "A75", base=BASE)


def _unsigned(d: Dossier) -> None:
    d.one("extend").leaf["signatures"][1]["sig"] = "0" * 128
    d.one("extend").keep.add("signatures")
    d.settle()


SIGNATURE("extended-without-the-teller", _unsigned, "A75", base=BASE)

# The head after an extension


def _cosigned(name: str, times: Times) -> Act:
    def act(d: Dossier) -> None:
        d.notes[f"dates/{name}"] = d.cosigned(d.checkpoint(d.size_of(f"dates/{name}")), times)

    return act


for what, act in (
    ("first-extension-a-second-late", _cosigned("extend-1", {EAST: CLOSE + 1, NORTH: CLOSE + 1})),
    ("first-extension-by-its-own-date", _cosigned("extend-1", {EAST: FIRST, NORTH: FIRST})),
    ("one-of-two-of-an-extension-late", _cosigned("extend-1", {EAST: CLOSE, NORTH: CLOSE + 1})),
    ("two-of-three-of-an-extension-late", _cosigned("extend-1", {EAST: CLOSE + 1, NORTH: CLOSE, SOUTH: CLOSE + 9})),
    ("second-extension-a-second-late", _cosigned("extend-2", {EAST: FIRST + 1, SOUTH: FIRST + 1})),
    ("close-at-the-first-date", _cosigned("close", {EAST: CLOSE, NORTH: CLOSE})),
    ("close-at-the-date-between", _cosigned("close", {EAST: FIRST, NORTH: FIRST})),
    ("extended-close-too-early", _cosigned("close", {EAST: SECOND, NORTH: SECOND - TOLERANCE - 1})),
    ("extended-close-too-late", _cosigned("close", {EAST: SECOND, NORTH: SECOND + TOLERANCE + 1})),
):
    DATED(f"dated-{what}", act, "A110", base=BASE)

for what, times in (("below-the-quorum", {EAST: CLOSE}), ("by-nobody", {})):
    lacking = {"verdict": "incomplete", "status": "missing", "base": BASE}
    DATED(f"extension-cosigned-{what}", _cosigned("extend-1", times), "A99", **lacking)  # type: ignore[arg-type]


def _of_size(more: int) -> Act:
    def act(d: Dossier) -> None:
        name = "dates/extend-2"
        d.notes[name] = d.cosigned(d.checkpoint(d.size_of(name) + more), d.times(name))

    return act


def _exchanged(d: Dossier) -> None:
    d.notes = {"dates/extend-1": d.honest("dates/extend-2"), "dates/extend-2": d.honest("dates/extend-1")}


def _put(name: str, data: bytes) -> Act:
    return lambda d: d.file_edits.append(lambda files: files.update({name: data}))


def _absent(name: str) -> Act:
    return lambda d: d.file_edits.append(lambda files: files.pop(name))


for what, act in (
    ("before-the-extension", _of_size(-1)),
    ("after-the-extension", _of_size(1)),
    ("of-two-extensions-exchanged", _exchanged),
    ("of-an-extension-no-note", _put("dates/extend-2", b"hello")),
    ("of-an-extension-larger-than-a-note", _put("dates/extend-2", bytes(70_000))),
):
    DATED(f"dated-{what}", act, "A110", base=BASE)
for n in (1, 2):
    name = f"dates/extend-{n}"
    DATED(f"note-of-extension-{n}-absent", _absent(name), "A110", verdict="incomplete", status="missing", base=BASE)

FILES = Row(TAMPERS, "record.files")
for what, name in (("eleventh", "extend-11"), ("zeroth", "extend-0"), ("padded", "extend-01"), ("bare", "extend")):
    FILES(f"note-of-{what}-extension", _put(f"dates/{name}", b"hello"), base=BASE)

# What is right


def _as_it_is(d: Dossier) -> None:
    """Extended twice, each time before the date in force."""


def _late_without_policy(d: Dossier) -> None:
    d.file_edits.append(lambda files: files.update({f"dates/extend-{n}": b"rubbish" for n in range(1, 11)}))


EDGES = {EAST: SECOND + TOLERANCE, NORTH: SECOND - TOLERANCE}
ALLOW("extended-twice", _as_it_is, base=BASE)
ALLOW("extended-ten-times", _ten_times, base=BASE)
ALLOW("extended-at-the-last-second", _cosigned("extend-1", {EAST: CLOSE, NORTH: 1}), "A110", base=BASE)
ALLOW("extended-close-at-the-edges", _cosigned("close", EDGES), "A110", base=BASE)
ALLOW("note-of-an-extension-that-there-is-not", _put("dates/extend-3", b"hello"), base=BASE)
ALLOW("extended-without-witnesses", _as_it_is, base="extended-alone")
ALLOW("notes-of-extensions-without-policy", _late_without_policy, base="extended-alone")
