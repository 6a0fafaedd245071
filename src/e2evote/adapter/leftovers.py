"""What a crash leaves in a record's folder: files of a batch whose checkpoint never came (docs/record-format.md).

Nobody was told of them, and the submissions are still in the inbox. They are removed, since the next batch may write
other bytes under the same names. Anything else that should not be there stays, and fails the check `record.files`.
"""

import os
from pathlib import Path

from e2evote.board.tiles import decode_path, width_in
from e2evote.errors import MalformedInput


def remove_leftovers(record: Path, size: int) -> tuple[str, ...]:
    """Remove files beyond a log of `size` and those half-written; the names that were removed."""
    removed = []
    for folder, _, names in os.walk(record):
        for name in names:
            path = Path(folder) / name
            relative = path.relative_to(record).as_posix()
            if _is_half_written(name) or _is_beyond(relative, size):
                path.unlink()
                removed.append(relative)
    return tuple(sorted(removed))


def _is_half_written(name: str) -> bool:
    """The names under which `adapter/files` writes before it renames."""
    return name.startswith(".") and name.endswith(".new")


def _is_beyond(name: str, size: int) -> bool:
    try:
        path = decode_path(name)
    except MalformedInput:
        return False
    return path.width > width_in(path, size)
