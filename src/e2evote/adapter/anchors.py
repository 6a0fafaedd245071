"""The anchors file: what tells the right record from any other that is consistent (docs/record-format.md, Anchors).

Whoever runs the selection announces it by other ways than the record: in the notice of the poll, or on paper.
"""

import os
from pathlib import Path

from e2evote.adapter.board import BoardReader
from e2evote.errors import MalformedInput, Refused
from e2evote.verify.anchors import Anchors, decode_anchors

_LARGEST = 4096


def anchors_of(board: BoardReader) -> Anchors:
    """H_B, H_E and the log's key, from the board of a selection that has been opened."""
    return Anchors(board.setting.base_hash, board.joint().h_e, board.log_key.encode())


def write_anchors(path: Path, anchors: Anchors) -> None:
    """A new file; one that says the same already may stay."""
    data = anchors.encode()
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o644)
    except FileExistsError:
        if read_anchors(path) != anchors:
            raise Refused("file-exists", f"{path}: has other anchors") from None
        return
    with os.fdopen(descriptor, "wb") as file:
        file.write(data)


def read_anchors(path: Path) -> Anchors:
    """The anchors in a file, which came to the reader by another way than the record."""
    try:
        with path.open("rb") as file:
            data = file.read(_LARGEST + 1)
    except OSError as error:
        raise Refused("file-missing", f"{path}: {error.strerror}") from None
    try:
        return decode_anchors(data)
    except MalformedInput as error:
        raise error.inside(str(path)) from None
