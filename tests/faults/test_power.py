"""Loss of power at each moment: what was acknowledged is there afterwards (goal R2; see `power` for the four modes).

First the simulation itself: it must convict the ways of storing that are known to lose what they promised.
"""

import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from e2evote.adapter.files import LOCK
from tests.faults import cargo, plain, publishing
from tests.faults.power import Image, images
from tests.faults.processes import Nursery
from tests.faults.published import Wanted, check_published
from tests.faults.recording import Operation, needs_strace, record

pytestmark = needs_strace


@contextmanager
def restored(image: Image) -> Iterator[Path]:
    """The image as real files."""
    with tempfile.TemporaryDirectory(dir="/dev/shm" if Path("/dev/shm").is_dir() else None) as name:
        folder = Path(name)
        for below in sorted(image.folders):
            (folder / below).mkdir()
        for path, data in image.files.items():
            (folder / path).write_bytes(data)
        yield folder


@dataclass(frozen=True, slots=True)
class Losses:
    images: int
    lost: int


def losses(recording: tuple[Operation, ...], read: Callable[[str], list[bytes]]) -> Losses:
    """In how many images an acknowledged entry of `plain` is missing or another."""
    seen = lost = 0
    for image in images(recording):
        seen += 1
        with restored(image) as folder:
            try:
                found = read(str(folder))
            except Exception:
                found = []
        want = [plain.entry(index) for index in range(len(image.said))]
        lost += found[: len(want)] != want
    return Losses(seen, lost)


def plainly(born: Nursery, folder: Path, how: str) -> tuple[Operation, ...]:
    root = folder / "log"
    root.mkdir()
    return record(born, "tests.faults.plain:main", folder / "said", root, str(root), how)


@pytest.mark.parametrize("how", ["file", "delete-full", "wal-normal", "delete-off", "wal-off"])
def test_the_simulation_convicts_what_loses_entries(born: Nursery, tmp_path: Path, how: str) -> None:
    read = plain.read_file if how == "file" else plain.read_sqlite
    found = losses(plainly(born, tmp_path, how), read)
    print(how, found)
    assert found.lost > 0, found


@pytest.mark.parametrize("how", ["file-synced", "wal-full", "delete-extra"])
def test_the_simulation_acquits_what_loses_nothing(born: Nursery, tmp_path: Path, how: str) -> None:
    read = plain.read_file if how.startswith("file") else plain.read_sqlite
    found = losses(plainly(born, tmp_path, how), read)
    print(how, found)
    assert found.images > 40
    assert found.lost == 0, found


def test_publishing_survives_a_loss_of_power(born: Nursery, tmp_path: Path) -> None:
    """The checkpoint that was acknowledged is there with all its files, and whoever publishes next gets on."""
    recording = record(born, "tests.faults.publishing:main", tmp_path / "said", tmp_path, str(tmp_path / "record"))
    last = publishing.SIZES[-1]
    wanted = Wanted([cargo.entry(str(index)) for index in range(last)])
    seen = 0
    for image in images(recording):
        with restored(image) as folder:
            record_folder = folder / "record"
            size = check_published(record_folder, wanted)
            assert size in (0, *publishing.SIZES), image
            assert size >= int(image.said[-1] if image.said else 0), image
            (record_folder / LOCK).unlink(missing_ok=True)
            publishing.publish(record_folder, last, size)
            assert check_published(record_folder, wanted) == last
        seen += 1
    assert seen > 100
    print(seen)
