"""Entries and payloads in one reading of an SQLite file: what was changed in it is noticed there too."""

import sqlite3
from pathlib import Path

import pytest

from e2evote.adapter.storage import create_storage
from e2evote.errors import StorageDamaged
from storage.sample import batch, closing, submission

LARGE = 1024 * 1024 + 5


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE chunk SET data = x'00' WHERE id = (SELECT min(id) FROM chunk)",
        "UPDATE chunk SET data = substr(data, 1, 6) || 'x' WHERE id = (SELECT min(id) FROM chunk)",
        "UPDATE chunk SET data = CAST(data AS TEXT) WHERE id = (SELECT min(id) FROM chunk)",
        "DELETE FROM chunk WHERE id = (SELECT min(id) FROM chunk)",
        "DELETE FROM chunk WHERE id = (SELECT max(id) FROM chunk)",
        "UPDATE chunk SET data = x'00' WHERE id = (SELECT max(id) FROM chunk)",
        "UPDATE item SET payload_size = 0 WHERE id = 1",
        "UPDATE item SET payload_hash = zeroblob(32), payload_size = 0 WHERE id = 1",
        "UPDATE item SET payload_size = '7' || 'x' WHERE id = 1",
        "UPDATE item SET entry = 'text' WHERE id = 1",
        "UPDATE item SET private = 5 WHERE id = 1",
        "UPDATE item SET key = zeroblob(32) WHERE id = 1",
        "UPDATE item SET seal = zeroblob(16) WHERE id = 1",
        "DELETE FROM item WHERE id = 1",
        "UPDATE entry SET seal = zeroblob(16) WHERE idx = 1",
        "UPDATE entry SET item = CASE item WHEN 1 THEN 20 ELSE 10 END WHERE item < 3",
        "DELETE FROM entry WHERE idx = 0",
    ],
)
def test_a_changed_row_is_damage(tmp_path: Path, change: str) -> None:
    path = tmp_path / "log.sqlite"
    made = [submission(0), submission(1, bytes(LARGE)), submission(2, b"")]
    with closing(create_storage(str(path), "log.example/contents")) as storage:
        storage.submit(made)
        storage.sequence(batch(0, made))
        assert [payload for _, payload in storage.contents(0, 3)] == [one.payload for one in made]
        with sqlite3.connect(path) as database:
            database.execute(change)
        database.close()
        with pytest.raises(StorageDamaged):
            list(storage.contents(0, 3))
