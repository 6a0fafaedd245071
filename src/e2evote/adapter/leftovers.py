"""What a crash leaves in a record's folder: files half-written under other names (docs/record-format.md, Files).

They were never part of the board, and are removed. Anything else that should not be there stays, and fails the check
`record.files`.
"""

import os
from pathlib import Path


def remove_leftovers(record: Path) -> tuple[str, ...]:
    """Remove files half-written; the names that were removed."""
    removed = []
    for folder, _, names in os.walk(record):
        for name in names:
            if name.startswith(".") and name.endswith(".new"):  # as adapter/files names what is not whole yet
                path = Path(folder) / name
                path.unlink()
                removed.append(path.relative_to(record).as_posix())
    return tuple(sorted(removed))
