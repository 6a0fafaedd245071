"""Files for people to hand on, readable by all: each is there whole or not at all. Private ones are `secretfile`'s."""

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


def create(path: Path, data: bytes) -> None:
    """A new file with these bytes; FileExistsError where there is one of that name."""
    with _written(path, data) as temporary:
        os.link(temporary, path)


def replace(path: Path, data: bytes) -> None:
    """These bytes under this name: a crash leaves the old ones or the new ones."""
    with _written(path, data) as temporary:
        temporary.replace(path)


@contextmanager
def _written(path: Path, data: bytes) -> Iterator[Path]:
    """The bytes beside `path`, on the disk, under a name that is gone afterwards."""
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(8)}.tmp")
    try:
        with temporary.open("xb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        yield temporary
    finally:
        temporary.unlink(missing_ok=True)
