"""Files that a command writes for its user: whole or not at all, and never over another file."""

from pathlib import Path

from e2evote.adapter import whole_file
from e2evote.cli.ending import Usage


def refuse_existing(path: Path) -> None:
    """Before the work begins: there is nothing at `path`, and there is a folder for it."""
    if path.exists() or path.is_symlink():
        raise Usage(f"{path}: exists already, and is left as it is")
    if not path.absolute().parent.is_dir():
        raise Usage(f"{path}: no such folder as {path.absolute().parent}")


def write_new(path: Path, data: bytes) -> None:
    """A new file with these bytes, readable by all; Usage if there is one of that name."""
    refuse_existing(path)
    try:
        whole_file.create(path, data)
    except FileExistsError:
        raise Usage(f"{path}: exists already, and is left as it is") from None
