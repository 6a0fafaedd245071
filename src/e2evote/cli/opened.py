"""The files of a challenge that a voter carries to the checker on another device.

leaf.json, ballot.json   the opened ballot as it is published: tied to nobody
preimage.json            line, key and r: says whose ballot it was, so it is private and never published

A browser saves all three as one file, which is read too.
"""

from dataclasses import dataclass
from pathlib import Path

from e2evote.adapter.secretfile import create, read
from e2evote.ballot.box_envelope import Envelope
from e2evote.ballot.checker import Preimage
from e2evote.ballot.opened_file import LARGEST, OpenedFile
from e2evote.cli.ending import Usage
from e2evote.cli.options import read_small
from e2evote.cli.output import refuse_existing, write_new
from e2evote.errors import MalformedInput
from e2evote.record.leaf import LARGEST_PAYLOAD

LEAF, BALLOT, PREIMAGE = "leaf.json", "ballot.json", "preimage.json"


@dataclass(frozen=True, slots=True)
class OpenedFiles:
    """What the checker is given. preimage: None where only the published part is at hand."""

    leaf: bytes
    payload: bytes
    preimage: Preimage | None


def write_opened(folder: Path, envelope: Envelope, preimage: Preimage) -> None:
    """A new folder with the three files."""
    refuse_existing(folder)
    folder.mkdir(mode=0o700)
    write_new(folder / LEAF, envelope.leaf)
    write_new(folder / BALLOT, envelope.payload)
    create(folder / PREIMAGE, preimage.encode())


def read_opened(path: Path) -> OpenedFiles:
    """The files of such a folder, where the private one may be missing, or what a browser saved."""
    if path.is_file():
        saved = _saved(path)
        return OpenedFiles(saved.leaf, saved.payload, saved.preimage)
    if not path.is_dir():
        raise Usage(f"{path}: no such file or folder")
    return _in_folder(path)


def _saved(path: Path) -> OpenedFile:
    try:
        return OpenedFile.decode(read_small(path, LARGEST))
    except MalformedInput as error:
        raise error.inside(str(path)) from None


def _in_folder(folder: Path) -> OpenedFiles:
    private = folder / PREIMAGE
    preimage = Preimage.decode(read(private)) if private.exists() else None
    return OpenedFiles(read_small(folder / LEAF), read_small(folder / BALLOT, LARGEST_PAYLOAD), preimage)
