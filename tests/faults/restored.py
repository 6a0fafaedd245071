"""The image of a disk as real files, which the real code opens."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.faults.effort import in_memory
from tests.faults.power import Image


@contextmanager
def restored(image: Image) -> Iterator[Path]:
    """The image as real files."""
    with in_memory() as folder:
        for below in sorted(image.folders):
            (folder / below).mkdir()
        for path, data in image.files.items():
            (folder / path).write_bytes(data)
        yield folder
