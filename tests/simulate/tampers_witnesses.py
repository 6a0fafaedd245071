"""Tampers with what witnesses say: of the checkpoint, and of the heads at the dates (docs/verification.md).

The insider here has the log's key, and where a row says so the witnesses' keys too. Whoever lacks them can leave lines
away, show old ones or make false ones; lines that are only lacking make a check `missing`, as does a note that is not
there.
"""

import base64
from collections.abc import Callable

from reference.make_manifest import CLOSE, OPEN, key_name
from reference.make_tree import WITNESS, checkpoint_note, cosignature_line, key_id, signature_line, text_of
from simulate.insider import DATES, Dossier, Times
from simulate.tamper import Act, Row, Tamper

TAMPERS: list[Tamper] = []
BASE = "witnessed"
EAST, NORTH, SOUTH = "east", "north", "south"
TOLERANCE, LATEST = 300, 2**63 - 1

Change = Callable[[Dossier, bytes], bytes]
"""From the log's note without cosignatures to the note that is shown."""


def _shown(name: str, change: Change) -> Act:
    """The note of this name, otherwise than honest."""

    def act(d: Dossier) -> None:
        note = change(d, d.checkpoint(d.size_of(name)))
        if name in DATES:
            d.notes[name] = note
        else:
            d.note = note

    return act


def _own(d: Dossier, witness: str, time: int = CLOSE, text: bytes = b"", name: str = "") -> bytes:
    """The line that the witness itself makes for a text."""
    return cosignature_line(name or key_name(witness), d.secret_of(witness), time, text)


def _line(d: Dossier, witness: str, blob: bytes, kind: int = WITNESS) -> bytes:
    """A line with the name of a witness and the id that its key has for this type, and whatever behind them."""
    name = key_name(witness)
    whole = key_id(name, d.made.parties[witness], kind) + blob
    return f"— {name} {base64.b64encode(whole).decode()}\n".encode()


def _blob(line: bytes) -> bytes:
    """Time and signature of a line."""
    return base64.b64decode(line.split(b" ")[2])[4:]


# Lines that are false

BAD = CLOSE + 60


def _twice(d: Dossier, note: bytes) -> bytes:
    return d.cosigned(d.cosigned(note, {EAST: BAD}), {EAST: BAD})


def _at_two_times(d: Dossier, note: bytes) -> bytes:
    return d.cosigned(d.cosigned(note, {EAST: CLOSE, NORTH: CLOSE}), {EAST: CLOSE + 1})


def _of_another_head(d: Dossier, note: bytes) -> bytes:
    """What both said of the log when it had an entry less."""
    earlier = d.checkpoint(int(note.split(b"\n")[1]) - 1)
    return note + d.cosigned(earlier, {EAST: CLOSE, NORTH: CLOSE}).removeprefix(earlier)


def _of_another_log(d: Dossier, note: bytes) -> bytes:
    """The same size and root, under the name of another log."""
    text = text_of(note).replace(d.origin.encode(), b"log.example/other")
    return note + b"".join(_own(d, witness, CLOSE, text) for witness in (EAST, NORTH))


def _times_changed(d: Dossier, note: bytes) -> bytes:
    """Good signatures, each with a minute added to the time that it is over."""
    blobs = ((w, _blob(_own(d, w, CLOSE, text_of(note)))) for w in (EAST, NORTH))
    return note + b"".join(_line(d, w, (CLOSE + 60).to_bytes(8, "big") + blob[8:]) for w, blob in blobs)


def _at_time(time: int) -> Change:
    """A witness that signs a time which no cosignature may have."""
    return lambda d, note: d.cosigned(note, {EAST: time, NORTH: CLOSE})


def _third_is(blob: Callable[[Dossier, bytes], bytes]) -> Change:
    """A quorum, and a third line that is none of its witness's."""

    def change(d: Dossier, note: bytes) -> bytes:
        return d.cosigned(note, {EAST: CLOSE, NORTH: CLOSE}) + _line(d, SOUTH, blob(d, note))

    return change


def _by_another(d: Dossier, note: bytes) -> bytes:
    """What the north says, as if the south had."""
    return _blob(_own(d, NORTH, CLOSE, text_of(note)))


def _plain(d: Dossier, note: bytes) -> bytes:
    """A signature of the text alone, as a log makes it, without any time."""
    return base64.b64decode(signature_line("x", d.secret_of(SOUTH), text_of(note).decode()).split(" ")[2])[4:]


FALSE: tuple[tuple[str, Change, tuple[str, ...]], ...] = (
    ("third-line-of-zeros", _third_is(lambda d, note: bytes(72)), ("A99", "A19")),
    ("one-witness-twice", _twice, ("A99",)),
    ("one-witness-at-two-times", _at_two_times, ("A99",)),
    ("cosignatures-of-another-head", _of_another_head, ("A99", "A97")),
    ("cosignatures-of-another-log", _of_another_log, ("A99", "A109")),
    ("times-changed", _times_changed, ("A99", "A110")),
    ("at-time-0", _at_time(0), ("A110",)),
    ("at-time-2-63", _at_time(2**63), ("A110",)),
    ("third-line-by-another-witness", _third_is(_by_another), ("A99",)),
    ("third-line-without-time", _third_is(_plain), ("A99", "A109")),
    ("third-line-a-byte-longer", _third_is(lambda d, note: _blob(_own(d, SOUTH, CLOSE, text_of(note))) + b"\0"), ()),
)

# Lines that are only lacking


def _by(*witnesses: str) -> Change:
    return lambda d, note: d.cosigned(note, dict.fromkeys(witnesses, CLOSE))


def _by_strangers(d: Dossier, note: bytes) -> bytes:
    """Three keys that the manifest does not have, one of them under the name of a witness."""
    names = ("west.example", "up.example", key_name(EAST))
    lines = (cosignature_line(name, d.new_key("stranger", name), CLOSE, text_of(note)) for name in names)
    return note + b"".join(lines)


def _by_other_roles(d: Dossier, note: bytes) -> bytes:
    """Keys of the manifest that are not witnesses', under their own and under witnesses' names; the log's too."""
    line = d.cosigned(note, {EAST: CLOSE})
    for party, name in (("teller-1", "teller-1"), ("uma", key_name(NORTH)), ("log", d.origin)):
        line += _own(d, party, CLOSE, text_of(note), name)
    return line


def _under_another_name(d: Dossier, note: bytes) -> bytes:
    """The north cosigns by the name of the east, so that neither name and id are known together."""
    return d.cosigned(note, {EAST: CLOSE}) + _own(d, NORTH, CLOSE, text_of(note), key_name(EAST))


def _as_logs_do(d: Dossier, note: bytes) -> bytes:
    """All three sign the text as a log does, type 01: that says nothing of other logs, and has no time."""
    text = text_of(note).decode()
    lines = (signature_line(key_name(witness), d.secret_of(witness), text) for witness in (EAST, NORTH, SOUTH))
    return note + "".join(lines).encode()


LACKING: tuple[tuple[str, Change, tuple[str, ...]], ...] = (
    ("below-the-quorum", _by(SOUTH), ("A99",)),
    ("by-nobody", _by(), ("A97", "A99")),
    ("by-strangers", _by_strangers, ("A99",)),
    ("by-parties-of-other-roles", _by_other_roles, ("A99", "A75")),
    ("under-another-name", _under_another_name, ("A99",)),
    ("signed-as-logs-do", _as_logs_do, ("A99", "A109")),
)

WITNESSES = Row(TAMPERS, "board.witnesses")
DATED = Row(TAMPERS, "board.dates")
for what, change, numbers in FALSE:
    WITNESSES(f"checkpoint-cosigned-{what}", _shown("checkpoint", change), *numbers, base=BASE)
    DATED(f"close-cosigned-{what}", _shown("dates/close", change), *numbers, base=BASE)
for what, change, numbers in LACKING:
    lacking = {"verdict": "incomplete", "status": "missing", "base": BASE}
    WITNESSES(f"checkpoint-cosigned-{what}", _shown("checkpoint", change), *numbers, **lacking)  # type: ignore[arg-type]
    DATED(f"close-cosigned-{what}", _shown("dates/close", change), *numbers, **lacking)  # type: ignore[arg-type]


def _nested(*witnesses: str) -> Act:
    return _shown("checkpoint", lambda d, note: d.cosigned(note, dict.fromkeys(witnesses, CLOSE)))


for what, witnesses in (
    ("three-of-a-and-none-of-b", ("a1", "a2", "a3")),
    ("one-of-a-and-two-of-b", ("a3", "b1", "b2")),
    ("two-of-b", ("b1", "b2")),
):
    WITNESSES(f"nested-{what}", _nested(*witnesses), "A99", verdict="incomplete", status="missing", base="nested")

# Another note than the one of the date


def _of_size(more: int) -> Act:
    """The head one entry before or after, by log and witnesses."""

    def act(d: Dossier) -> None:
        for name in DATES:
            d.notes[name] = d.cosigned(d.checkpoint(d.size_of(name) + more), d.times(name))

    return act


def _exchanged(d: Dossier) -> None:
    d.notes = {"dates/open": d.honest("dates/close"), "dates/close": d.honest("dates/open")}


def _the_last(d: Dossier) -> None:
    """The final checkpoint, cosigned at the date by witnesses who foresee it."""
    d.notes["dates/close"] = d.cosigned(d.checkpoint(), d.times("dates/close"))


def _note(change: Callable[[Dossier, str], bytes]) -> Act:
    """Another note of the log at the close, cosigned at the date by witnesses who do not look."""

    def act(d: Dossier) -> None:
        name = "dates/close"
        d.notes[name] = d.cosigned(change(d, name), d.times(name))

    return act


def _forked(d: Dossier, name: str) -> bytes:
    return checkpoint_note(d.origin, d.size_of(name), bytes(32), d.log_secret())


def _of_other_origin(d: Dossier, name: str) -> bytes:
    size = d.size_of(name)
    return checkpoint_note("log.example/other", size, d.made.root(size), d.log_secret())


def _unsigned(d: Dossier, name: str) -> bytes:
    """The witnesses' lines alone."""
    return text_of(d.checkpoint(d.size_of(name))) + b"\n"


def _by_the_administrator(d: Dossier, name: str) -> bytes:
    size = d.size_of(name)
    return checkpoint_note(d.origin, size, d.made.root(size), d.secret_of("chair"))


def _log_twice(d: Dossier, name: str) -> bytes:
    note = d.checkpoint(d.size_of(name))
    return note + note.removeprefix(text_of(note) + b"\n")


def _too_large(d: Dossier, name: str) -> bytes:
    return d.checkpoint(d.size_of(name)) + b"\xe2\x80\x94 other " + base64.b64encode(bytes(66_000)) + b"\n"


def _of_no_log(d: Dossier, name: str) -> bytes:
    return checkpoint_note(d.origin, 2**53, bytes(32), d.log_secret())


for what, act, numbers in (
    ("before-the-leaf", _of_size(-1), ("A110", "A104")),
    ("after-the-leaf", _of_size(1), ("A110",)),
    ("exchanged", _exchanged, ("A110",)),
    ("the-final-checkpoint", _the_last, ("A110",)),
    ("of-another-history", _note(_forked), ("A97",)),
    ("of-another-origin", _note(_of_other_origin), ("A109",)),
    ("without-the-log", _note(_unsigned), ("A75",)),
    ("by-the-administrator", _note(_by_the_administrator), ("A75",)),
    ("signed-twice-by-the-log", _note(_log_twice), ("A100",)),
    ("larger-than-a-note", _note(_too_large), ("A116",)),
    ("of-more-entries-than-there-are", _note(_of_no_log), ("A116",)),
):
    DATED(f"dated-{what}", act, *numbers, base=BASE)


def _bytes(data: bytes) -> Act:
    return lambda d: d.notes.update({"dates/open": data})


for what, data in (("nothing", b""), ("no-note", b"hello"), ("no-utf-8", b"\xff\n1\n\n\n"), ("open-ended", b"\n\n")):
    DATED(f"dated-{what}", _bytes(data), "A100", base=BASE)

# The right note, at another time


def _open_at(times: Times) -> Act:
    return _shown("dates/open", lambda d, note: d.cosigned(note, times))


def _close_at(times: Times) -> Act:
    return _shown("dates/close", lambda d, note: d.cosigned(note, times))


EARLY, LATE = -TOLERANCE - 1, TOLERANCE + 1
for what, act in (
    ("open-too-early", _open_at({EAST: OPEN + EARLY, NORTH: OPEN + EARLY})),
    ("open-too-late", _open_at({EAST: OPEN + LATE, NORTH: OPEN + LATE})),
    ("close-too-early", _close_at({EAST: CLOSE + EARLY, NORTH: CLOSE + EARLY})),
    ("close-too-late", _close_at({EAST: CLOSE + LATE, NORTH: CLOSE + LATE})),
    ("one-of-two-too-late", _close_at({EAST: CLOSE, NORTH: CLOSE + LATE})),
    ("two-of-three-too-late", _close_at({EAST: CLOSE + LATE, NORTH: CLOSE, SOUTH: CLOSE + LATE})),
    ("one-too-early-one-too-late", _close_at({EAST: CLOSE + EARLY, NORTH: CLOSE + LATE})),
    ("open-at-the-close", _open_at({EAST: CLOSE, NORTH: CLOSE})),
    ("close-in-milliseconds", _close_at({EAST: CLOSE * 1000, NORTH: CLOSE * 1000})),
    ("close-in-the-year-1970", _close_at({EAST: 1, NORTH: 1})),
    ("close-at-the-end-of-time", _close_at({EAST: LATEST, NORTH: LATEST})),
):
    DATED(f"dated-{what}", act, "A110", base=BASE)


def _absent(*names: str) -> Act:
    def remove(found: dict[str, bytes]) -> None:
        for name in names:
            del found[name]

    return lambda d: d.file_edits.append(remove)


for what, names in (("open", ("dates/open",)), ("close", ("dates/close",)), ("open-and-close", tuple(DATES))):
    DATED(f"note-of-{what}-absent", _absent(*names), "A110", verdict="incomplete", status="missing", base=BASE)

# A log that changes the past without its witnesses: what they said before is all it has


def _rewritten(edit: Act, *, stripped: bool) -> Act:
    """All is made anew but the witnesses' lines, which stay as they were or go."""

    def act(d: Dossier) -> None:
        lines = {n: d.honest(n).removeprefix(d.checkpoint(d.size_of(n))) for n in ("checkpoint", *DATES)}
        edit(d)
        shown = {n: d.checkpoint(d.size_of(n)) + (b"" if stripped else lines[n]) for n in lines}
        d.note = shown.pop("checkpoint")
        d.notes = {name: d.honest(name) if name == "dates/open" else note for name, note in shown.items()}

    return act


def _drop_a_ballot(d: Dossier) -> None:
    d.remove(d.one("ballot", 1))
    d.settle()


for stripped, expected in ((False, {}), (True, {"verdict": "incomplete", "status": "missing"})):
    WITNESSES(
        "ballot-dropped-without-the-witnesses" + ("-and-their-lines" if stripped else ""),
        _rewritten(_drop_a_ballot, stripped=stripped),
        "A97",
        "A103",
        also=("board.dates",),
        base=BASE,
        **expected,  # type: ignore[arg-type]
    )
