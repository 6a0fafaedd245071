"""Tampers with the files around the log: paths, packs, zip, and what is missing (docs/record-format.md "Files").

The first table is what makes the archive malformed: no check fails there, because none can be run.
"""

import struct
from collections.abc import Callable
from pathlib import Path

from reference.make_tree import checkpoint_text, signature_line, zip_of
from simulate.insider import Dossier, FileEdit
from simulate.tamper import Act, Row, Tamper

TAMPERS: list[Tamper] = []
MALFORMED = Row(TAMPERS, "")


def _files(edit: FileEdit) -> Act:
    def act(d: Dossier) -> None:
        d.file_edits.append(edit)

    return act


def _without(name: str) -> FileEdit:
    def edit(found: dict[str, bytes]) -> None:
        del found[name]

    return edit


def _name(d: Dossier, folder: str, more: int = 0) -> str:
    """The only, partial, file of the folder; with another width if told."""
    return f"{folder}/000.p/{len(d.entries) + more}"


def _edit(folder: str, change: Callable[[bytes], bytes]) -> Act:
    def act(d: Dossier) -> None:
        name = _name(d, folder)
        d.file_edits.append(lambda found: found.update({name: change(found[name])}))

    return act


def _drop(folder: str) -> Act:
    def act(d: Dossier) -> None:
        d.file_edits.append(_without(_name(d, folder)))

    return act


def _add(name: str, data: bytes = b"") -> Act:
    return _files(lambda found: found.update({name: data}))


# Unreadable packs, bundles, checkpoints

for folder, width in (("tile/entries", 2), ("payload", 4)):
    short = folder.split("/")[-1]
    MALFORMED(f"{short}-cut-short", _edit(folder, lambda data: data[:-1]), "A103", verdict="malformed")
    MALFORMED(f"{short}-with-one-byte-more", _edit(folder, lambda data: data + b"\0"), "A114", verdict="malformed")
    MALFORMED(
        f"{short}-with-one-item-more",
        _edit(folder, lambda data, width=width: data + bytes(width)),  # type: ignore[misc]
        "A08",
        verdict="malformed",
    )
    MALFORMED(f"{short}-empty", _edit(folder, lambda data: b""), "A19", verdict="malformed")


def _note(change: Callable[[Dossier, str], str]) -> Act:
    """The checkpoint's text changed and signed again by the log."""

    def act(d: Dossier) -> None:
        size = len(d.entries)
        text = change(d, checkpoint_text(d.origin, size, d.made.root(size)))
        d.note = (text + "\n" + signature_line(d.origin, d.log_secret(), text)).encode()

    return act


def _line(number: int, change: Callable[[str], str]) -> Act:
    def edit(_: Dossier, text: str) -> str:
        lines = text.split("\n")
        lines[number] = change(lines[number])
        return "\n".join(lines)

    return _note(edit)


def _noted(change: Callable[[bytes], bytes]) -> Act:
    def act(d: Dossier) -> None:
        d.note = change(d.checkpoint())

    return act


NOTES: tuple[tuple[str, Act], ...] = (
    ("size-with-leading-zero", _line(1, lambda size: "0" + size)),
    ("size-signed", _line(1, lambda size: "+" + size)),
    ("size-in-wide-digits", _line(1, lambda size: size.replace("3", "３"))),
    ("size-with-space", _line(1, lambda size: size + " ")),
    ("size-with-underscore", _line(1, lambda size: size[0] + "_" + size[1:])),
    ("size-beyond-integers", _line(1, lambda _: str(2**53))),
    ("size-of-ten-thousand-digits", _line(1, lambda _: "9" * 10_000)),
    ("root-unpadded", _line(2, lambda root: root.rstrip("="))),
    ("root-url-safe", _line(2, lambda root: "-" * 43 + "=")),
    ("root-of-31-bytes", _line(2, lambda root: "A" * 40 + "AA==")),
    ("root-not-canonical-base64", _line(2, lambda root: "A" * 42 + "B=")),
    ("origin-with-a-space", _line(0, lambda origin: origin + " x")),
    ("origin-with-a-plus", _line(0, lambda origin: origin + "+x")),
    ("origin-with-a-wide-space", _line(0, lambda origin: origin + "\u3000x")),
    ("extension-line", _note(lambda _, text: text + "extension\n")),
    ("only-two-lines", _note(lambda _, text: "\n".join(text.split("\n")[:2]) + "\n")),
    ("carriage-returns", _note(lambda _, text: text.replace("\n", "\r\n"))),
    ("no-signature-line", _noted(lambda note: note[: note.rindex(b"\n\n") + 2])),
    ("no-empty-line", _noted(lambda note: note.replace(b"\n\n", b"\n"))),
    ("no-final-newline", _noted(lambda note: note[:-1])),
    ("hyphen-for-dash", _noted(lambda note: note.replace("—".encode(), b"-"))),
    ("too-long", _noted(lambda note: note + b"\xe2\x80\x94 other AAAAAAA=\n" * 5000)),
    ("hundred-and-one-signatures", _noted(lambda note: note + b"\xe2\x80\x94 other AAAAAAA=\n" * 100)),
    ("bad-utf-8", _noted(lambda note: note + b"\xe2\x80\x94 \xff AAAAAAA=\n")),
    ("empty", _noted(lambda note: b"")),
)
for what, act in NOTES:
    MALFORMED(f"checkpoint-{what}", act, "A100", verdict="malformed")
MALFORMED("no-checkpoint", _files(_without("checkpoint")), "A19", verdict="malformed")

# A zip that is not the canonical one


def _zip(change: Callable[[bytes], bytes]) -> Act:
    def act(d: Dossier) -> None:
        d.archive = change(zip_of(d.files()))

    return act


def _patch(signature: bytes, offset: int, value: bytes, where: Callable[[bytes, bytes], int] = bytes.find) -> Act:
    """Bytes at an offset from the first record with this signature."""

    def change(data: bytes) -> bytes:
        at = where(data, signature) + offset
        return data[:at] + value + data[at + len(value) :]

    return _zip(change)


LOCAL, CENTRAL, END = b"PK\x03\x04", b"PK\x01\x02", b"PK\x05\x06"


def _swapped_directory(data: bytes) -> bytes:
    """The first two members' central records in the other order."""
    first = data.index(CENTRAL)
    second = data.index(CENTRAL, first + 4)
    third = data.index(CENTRAL, second + 4)
    return data[:first] + data[second:third] + data[first:second] + data[third:]


def _twice(d: Dossier) -> None:
    """Two members named `checkpoint`: a reader that keeps the first and one that keeps the last disagree."""
    found = d.files()
    found["checkpoinu"] = found["checkpoint"]
    d.archive = zip_of(found).replace(b"checkpoinu", b"checkpoint")


ZIPS: tuple[tuple[str, Act], ...] = (
    ("member-twice", _twice),
    ("deflate", _patch(CENTRAL, 10, b"\x08\0")),
    ("encrypted-flag", _patch(CENTRAL, 8, b"\x01\0")),
    ("data-descriptor-flag", _patch(LOCAL, 6, b"\x08\0")),
    ("made-on-unix", _patch(CENTRAL, 5, b"\x03")),
    ("symbolic-link-attributes", _patch(CENTRAL, 38, struct.pack("<I", 0o120777 << 16))),
    ("internal-attributes", _patch(CENTRAL, 36, b"\x01\0")),
    ("with-a-time", _patch(CENTRAL, 12, b"\x01\0")),
    ("another-local-date", _patch(LOCAL, 12, b"\x22\0")),
    ("wrong-crc", _patch(LOCAL, 14, b"\0\0\0\0")),
    ("local-size-differs", _patch(LOCAL, 18, b"\x01\0\0\0")),
    ("offset-into-nowhere", _patch(CENTRAL, 42, b"\xff\xff\xff\x7f")),
    ("comment", _zip(lambda data: data[:-2] + b"\x01\0x")),
    ("data-after-the-end", _zip(lambda data: data + b"\0")),
    ("data-before-the-start", _zip(lambda data: b"\0" + data)),
    ("end-counts-fewer", _patch(END, 8, b"\x01\0\x01\0", bytes.rfind)),
    ("unsorted", _zip(_swapped_directory)),
    ("cut-in-the-middle", _zip(lambda data: data[: len(data) // 2])),
    ("nothing", _zip(lambda data: b"")),
    ("local-name-differs", _zip(lambda data: data.replace(b"checkpoint", b"checkpoinT", 1))),
    ("non-ascii-name", _zip(lambda data: data.replace(b"checkpoint", b"check\xc3\xb6int"))),
)
for what, act in ZIPS:
    MALFORMED(f"zip-{what}", act, "A119", "A114", verdict="malformed", shown="zip")


def _linked_tile(path: Path) -> None:
    target = next((path / "payload").rglob("*"))
    (path / "link").symlink_to(target)


def _linked_checkpoint(path: Path) -> None:
    (path / "checkpoint").rename(path / "other")
    (path / "checkpoint").symlink_to(path / "other")


def _on_disk(change: Callable[[Path], None]) -> Act:
    def act(d: Dossier) -> None:
        d.on_disk = change

    return act


MALFORMED("link-in-the-folder", _on_disk(_linked_tile), "A119", verdict="malformed", shown="directory")
MALFORMED("checkpoint-is-a-link", _on_disk(_linked_checkpoint), "A119", verdict="malformed", shown="directory")

# Files that have no place in a record

UNEXPECTED = Row(TAMPERS, "record.files")
for what, path in (
    ("notes", "notes.txt"),
    ("next-tile", "tile/0/001.p/1"),
    ("higher-tile", "tile/1/000.p/1"),
    ("full-tile", "tile/0/000"),
    ("width-with-zero", "tile/0/000.p/01"),
    ("width-nothing", "tile/0/000.p/0"),
    ("index-of-two-digits", "tile/0/00.p/1"),
    ("capital-folder", "PAYLOAD/000.p/1"),
    ("doubled-slash", "tile//0/000.p/1"),
    ("dot-folder", "./checkpoint"),
    ("parent-folder", "../checkpoint"),
    ("absolute", "/etc/checkpoint"),
    ("backslash", "tile\\0\\000.p\\1"),
    ("drive", "C:checkpoint"),
    ("folder-named-as-file", "checkpoint/note"),
    ("another-date", "dates/extension"),
    ("dates-as-a-file", "dates"),
    ("date-as-a-folder", "dates/open/note"),
):
    UNEXPECTED(f"unexpected-{what}", _add(path), "A119", shown="zip" if what != "notes" else "files")


def _wider(d: Dossier) -> None:
    d.file_edits.append(lambda found: found.update({_name(d, "tile/entries", 1): found[_name(d, "tile/entries")]}))


UNEXPECTED("unexpected-wider-bundle", _wider, "A103", "A104")
UNEXPECTED("tree-tile-missing", _drop("tile/0"), "A19", verdict="incomplete", status="missing")
UNEXPECTED("bundle-missing", _drop("tile/entries"), "A19", verdict="incomplete", status="missing")
UNEXPECTED("payload-pack-missing", _drop("payload"), "A19", verdict="incomplete", status="missing")


def _drop_second(folder: str) -> Act:
    def act(d: Dossier) -> None:
        d.file_edits.append(_without(f"{folder}/001.p/{len(d.entries) - 256}"))

    return act


for what, folder in (("bundle", "tile/entries"), ("payload-pack", "payload"), ("tile", "tile/0")):
    UNEXPECTED(
        f"second-{what}-missing", _drop_second(folder), "A19", verdict="incomplete", status="missing", base="long"
    )

PAYLOADS = Row(TAMPERS, "record.payloads")


def _unpacked(kind: str, n: int = 0) -> Act:
    def act(d: Dossier) -> None:
        d.one(kind, n).packed = b""

    return act


for what, kind, n in (
    ("counted-ballot", "ballot", 3),
    ("replaced-ballot", "ballot", 0),
    ("challenge", "challenge", 0),
    ("reveal", "ceremony.reveal", 5),
    ("statement", "tally.statement", 0),
    ("share", "tally.share", 0),
    ("outcome", "outcome", 0),
):
    PAYLOADS(f"no-bytes-for-{what}", _unpacked(kind, n), "A19", verdict="incomplete", status="missing")

COMPLETE = Row(TAMPERS, "record.complete")


def _cut_before(kind: str, n: int = 0) -> Act:
    """The log, honestly signed, as it stood before that leaf."""

    def act(d: Dossier) -> None:
        del d.entries[d.index(d.one(kind, n)) :]

    return act


for what, kind, n, numbers in (
    ("outcome", "outcome", 0, ("A103", "A104", "A83")),
    ("last-share", "tally.share", 1, ("A83",)),
    ("first-acceptance", "tally.accept", 0, ()),
    ("statement", "tally.statement", 0, ()),
    ("close", "close", 0, ("A104",)),
    ("first-ballot", "ballot", 0, ()),
    ("open", "open", 0, ()),
    ("last-confirmation", "ceremony.confirm", 2, ()),
    ("first-commitment", "ceremony.commit", 0, ()),
):
    COMPLETE(f"cut-before-{what}", _cut_before(kind, n), *numbers, verdict="incomplete", status="missing")
