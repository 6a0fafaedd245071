"""What is changed in the files of a FileStorage behind its back is noticed where it is read (A106, A107)."""

import shutil
from itertools import pairwise
from pathlib import Path

import pytest

from e2evote.adapter.storage.files import FileStorage
from e2evote.errors import Refused, StorageDamaged
from storage.everything import everything, furnish
from storage.houses import ORIGIN
from storage.sample import closing

NOT_BELIEVED = {"private/lock", "board/checkpoint"}
"""Files whose bytes are never taken for anything."""


@pytest.fixture
def place(tmp_path: Path) -> Path:
    with closing(FileStorage.create(tmp_path / "log", ORIGIN)) as storage:
        furnish(storage)
    return tmp_path / "log"


def read(place: Path) -> list[object]:
    with closing(FileStorage(place, ORIGIN)) as storage:
        return everything(storage)


def files(place: Path) -> list[str]:
    found = {str(path.relative_to(place)) for path in place.rglob("*") if path.is_file()}
    assert found > NOT_BELIEVED
    return sorted(found - NOT_BELIEVED)


def test_a_changed_shortened_or_missing_file_is_damage(place: Path) -> None:
    good = read(place)
    for name in files(place):
        path = place / name
        data = path.read_bytes()
        middle = len(data) // 2
        for bad in (data[:middle] + bytes([data[middle] ^ 1]) + data[middle + 1 :], data[:-1], data + b"x", b"", None):
            path.unlink()
            if bad is not None:
                path.write_bytes(bad)
            try:
                found = read(place)
            except StorageDamaged:
                pass
            else:
                assert bad is None, name
                assert name.startswith("board/tile/"), name  # the keeper finds a tile missing where it needs it
                assert found != good
            path.write_bytes(data)
    assert read(place) == good


def test_a_file_in_the_place_of_another_is_damage(place: Path) -> None:
    by_folder: dict[Path, list[Path]] = {}
    for name in files(place):
        by_folder.setdefault((place / name).parent, []).append(place / name)
    exchanged = 0
    for paths in by_folder.values():
        for path, other in pairwise(paths):
            before = path.read_bytes()
            shutil.copyfile(other, path)
            with pytest.raises(StorageDamaged):
                read(place)
            path.write_bytes(before)
            exchanged += 1
    assert exchanged


def test_the_public_checkpoint_is_put_right(place: Path) -> None:
    for bad in (b"another", None):
        (place / "board/checkpoint").unlink()
        if bad is not None:
            (place / "board/checkpoint").write_bytes(bad)
        read(place)
        assert (place / "board/checkpoint").read_bytes() == b"cosigned 9"


def test_a_folder_that_is_none_is_refused(tmp_path: Path) -> None:
    (tmp_path / "log").mkdir()
    with pytest.raises(Refused, match="storage-missing"):
        FileStorage(tmp_path / "log", ORIGIN)
    with pytest.raises(Refused, match="store-exists"):
        FileStorage.create(tmp_path / "log", ORIGIN)
