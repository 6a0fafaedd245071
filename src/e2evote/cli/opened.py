"""The files of a challenge that a voter carries to the checker on another device.

leaf.json, ballot.json   the opened ballot as it is published: tied to nobody
preimage.json            line, key and r: says whose ballot it was, so it is private and never published
"""

from dataclasses import dataclass
from pathlib import Path

from e2evote.adapter.secretfile import create, read
from e2evote.ballot.box_envelope import Envelope
from e2evote.ballot.checker import Preimage
from e2evote.cli.ending import Usage
from e2evote.cli.options import read_small
from e2evote.cli.output import refuse_existing, write_new
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


def read_opened(folder: Path) -> OpenedFiles:
    """The files of such a folder; the private one may be missing."""
    if not folder.is_dir():
        raise Usage(f"{folder}: no such folder")
    private = folder / PREIMAGE
    preimage = Preimage.decode(read(private)) if private.exists() else None
    return OpenedFiles(read_small(folder / LEAF), read_small(folder / BALLOT, LARGEST_PAYLOAD), preimage)
