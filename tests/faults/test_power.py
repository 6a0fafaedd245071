"""Loss of power at each moment: what was acknowledged is there afterwards (goal R2; see `power` for the four modes).

First the simulation itself: it must convict the ways of storing that are known to lose what they promised.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from e2evote.adapter.files import LOCK
from e2evote.errors import Refused
from tests.faults import cargo, plain, publishing
from tests.faults.audit import Claims, audit
from tests.faults.cycle import Server, attend, names_of
from tests.faults.effort import effort
from tests.faults.power import contents, images
from tests.faults.prepare import KINDS, Log, Make
from tests.faults.processes import Nursery
from tests.faults.published import Wanted, check_published
from tests.faults.recording import Operation, needs_strace, record
from tests.faults.restored import restored

pytestmark = needs_strace


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
    assert found.lost > 0, found


@pytest.mark.parametrize("how", ["file-synced", "wal-full", "delete-extra"])
def test_the_simulation_acquits_what_loses_nothing(born: Nursery, tmp_path: Path, how: str) -> None:
    read = plain.read_file if how.startswith("file") else plain.read_sqlite
    found = losses(plainly(born, tmp_path, how), read)
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


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS)
def test_the_server_survives_a_loss_of_power(born: Nursery, make: Make, kind: str) -> None:
    """What was acknowledged, or was durable, is there; nothing that was signed is contradicted; and it goes on."""
    log = make(kind, 3)
    before, heard = contents(log.disk), log.lines()
    recording = record(born, "tests.faults.cycle:main", log.root / "now", log.disk, *log.arguments("a", 2))
    seen = 0
    for image in images(recording, before, times=effort(1, 10)):
        with restored(image) as folder:
            _check_server(Log(folder, kind, folder), [*heard, *image.said], f"{image.cut} {image.mode}")
        seen += 1
    assert seen > 200


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS)
def test_a_new_storage_survives_a_loss_of_power(born: Nursery, memory: Path, kind: str) -> None:
    """From the moment at which it was said to be there."""
    log = Log(memory, kind, memory / "disk")
    log.record.mkdir(parents=True)
    before = contents(log.disk)
    recording = record(born, "tests.faults.cycle:create", log.said, log.disk, *log.arguments("a", 1))
    seen = 0
    for image in images(recording, before):
        if image.said:
            with restored(image) as folder:
                _check_server(Log(folder, kind, folder), list(image.said), f"{image.cut} {image.mode}")
            seen += 1
    assert seen > 50


def _check_server(log: Log, heard: list[str], where: str) -> None:
    """The server starts and takes in one more round; then everything is held against the storage."""
    heard = [line for line in heard if not line.startswith("refused")]

    def tell(*words: object) -> None:
        heard.append(" ".join(map(str, words)))

    try:
        server = Server(log.place, str(log.record), tell)
        attend(server, names_of("after", 0))
        server.close()
        audit(log.place, log.record, Claims.of(heard))
    except (AssertionError, Refused) as error:
        raise AssertionError(f"{where}: {error}") from error
