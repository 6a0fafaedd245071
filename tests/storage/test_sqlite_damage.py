"""What is changed in an SQLite storage behind its back is noticed where it is read (A106, A107)."""

import sqlite3
from pathlib import Path

import pytest

from e2evote.adapter.storage.sqlite import SqliteStorage
from e2evote.errors import Refused, StorageDamaged, StorageFailed
from storage.everything import everything, furnish
from storage.houses import ORIGIN
from storage.sample import closing, submission


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A closed storage, all in one file."""
    path = tmp_path / "log.sqlite"
    with closing(SqliteStorage.create(path, ORIGIN)) as storage:
        furnish(storage)
    assert [found.name for found in tmp_path.iterdir()] == ["log.sqlite"]
    return path


def read(place: Path) -> list[object]:
    with closing(SqliteStorage(place, ORIGIN)) as storage:
        return everything(storage)


def change(place: Path, statement: str) -> None:
    database = sqlite3.connect(place)
    with database:
        changed = database.execute(statement).rowcount
    database.close()
    assert changed, statement


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE item SET entry = CAST('another entry' AS BLOB) WHERE id = 3",
        "UPDATE item SET entry = entry || x'00' WHERE id = 3",
        "UPDATE item SET entry = CAST(entry AS TEXT) WHERE id = 3",
        "UPDATE item SET key = zeroblob(32) WHERE id = 3",
        "UPDATE item SET payload_hash = zeroblob(32) WHERE id = 3",
        "UPDATE item SET payload_size = payload_size - 1 WHERE id = 3",
        "UPDATE item SET hints_size = 0 WHERE id = 3",
        "UPDATE item SET private = x'00' WHERE id = 3",
        "UPDATE item SET seal = zeroblob(16) WHERE id = 3",
        "UPDATE item SET private = x'00' WHERE id IN (SELECT item FROM pending)",
        "UPDATE entry SET item = CASE item WHEN 3 THEN -4 ELSE -3 END WHERE item IN (3, 4)",
        "UPDATE entry SET item = 1000 WHERE idx = 3",
        "UPDATE entry SET idx = 1000 WHERE idx = 3",
        "UPDATE entry SET seal = zeroblob(16) WHERE idx = 3",
        "UPDATE chunk SET data = data || x'00' WHERE id = 3 * 8192",
        "UPDATE chunk SET data = zeroblob(length(data)) WHERE id = 3 * 8192",
        "UPDATE chunk SET data = zeroblob(length(data)) WHERE id = 9 * 8192 + 1",
        "UPDATE chunk SET data = zeroblob(length(data)) WHERE id = 3 * 8192 + 4096",
        "UPDATE chunk SET id = 1 WHERE id = 3 * 8192",
        "UPDATE tile SET data = zeroblob(length(data)) WHERE id = 0",
        "UPDATE tile SET data = substr(data, 1, 32) WHERE id = 0",
        "UPDATE tile SET id = 1000 - id",
        "UPDATE answer SET place = 2 WHERE place = 3",
        "UPDATE answer SET place = 2 WHERE place = -1",
        "UPDATE answer SET detail = 'for no reason' WHERE place = -1",
        "UPDATE head SET note = CAST('another' AS BLOB)",
        "UPDATE head SET size = 8",
        "UPDATE cosigned SET note = CAST('another' AS BLOB) WHERE size = 9",
        "UPDATE cosigned SET size = 5 WHERE size = 4",
        "UPDATE cosigned SET before = 0 WHERE size = 9",
        "UPDATE head SET cosigned = 4",
        "DELETE FROM head",
        "DELETE FROM cosigned WHERE size = 4",
        "DELETE FROM cosigned WHERE size = 9",
        "UPDATE pending SET item = 3",
        "DELETE FROM item WHERE id = 3",
        "DELETE FROM item WHERE id IN (SELECT item FROM pending)",
        "DELETE FROM entry WHERE idx = 3",
        "DELETE FROM entry WHERE idx = 8",
        "DELETE FROM pending",
        "DELETE FROM chunk WHERE id = 3 * 8192",
        "DELETE FROM chunk WHERE id = 9 * 8192 + 1",
    ],
)
def test_a_changed_or_missing_row_is_damage(place: Path, statement: str) -> None:
    if "-4" in statement:  # in two steps, since no two rows may have one item even for a moment
        change(place, statement)
        change(place, "UPDATE entry SET item = -item WHERE item < 0")
    else:
        change(place, statement)
    if statement == "UPDATE tile SET id = 1000 - id":  # gone from where it is looked for, which the keeper notices
        with closing(SqliteStorage(place, ORIGIN)) as storage:
            assert storage.tile(0, 0) == b""
            with pytest.raises(StorageDamaged):
                storage.tile(1000 % 64, 1000 // 64)
        return
    with pytest.raises(StorageDamaged):
        read(place)


@pytest.mark.parametrize("index", [3, 8])
def test_an_entry_that_is_gone_with_all_that_belongs_to_it_is_noticed_at_the_opening(place: Path, index: int) -> None:
    """Within the log the indices have a gap; at its end the head covers more than there is."""
    change(place, f"DELETE FROM item WHERE id = (SELECT item FROM entry WHERE idx = {index})")
    change(place, f"DELETE FROM entry WHERE idx = {index}")
    with pytest.raises(StorageDamaged):
        SqliteStorage(place, ORIGIN)


def test_a_flipped_byte_anywhere_in_the_file_is_never_a_wrong_answer(place: Path) -> None:
    """It is in a free place, or an error with a name."""
    good, data = read(place), bytearray(place.read_bytes())
    noticed = 0
    for at in range(17, len(data), max(1, len(data) // 400)):
        data[at] ^= 0x41
        place.write_bytes(data)
        data[at] ^= 0x41
        try:
            assert read(place) == good, at
        except Refused as error:
            noticed += error.code.startswith("storage-")
        for suffix in ("-wal", "-shm"):
            Path(f"{place}{suffix}").unlink(missing_ok=True)
    assert noticed > 250


def test_a_shortened_file_is_never_a_wrong_answer(place: Path) -> None:
    data = place.read_bytes()
    for part in range(8):
        place.write_bytes(data[: len(data) * part // 8])
        with pytest.raises(Refused, match="storage-"):
            read(place)


def test_nothing_is_written_to_what_sqlite_finds_corrupt(place: Path) -> None:
    with closing(SqliteStorage(place, ORIGIN)) as storage:
        data = bytearray(place.read_bytes())
        data[4096:] = b"\xff" * (len(data) - 4096)
        place.write_bytes(data)
        with pytest.raises(StorageFailed):
            storage.submit([submission(number) for number in range(200, 260)])
        place.write_bytes(b"")
        with pytest.raises(Refused, match="opened again"):
            storage.submit([submission(300)])
