"""A PostgreSQL server whose disk is full: named refusals, nothing acknowledged is lost, and it goes on with more room.

A server that can't extend a table says so, and the transaction is gone (`storage-full`). One that can't extend its WAL
stops; then nothing is known about the last write (`storage-failed`).
"""

import os
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from e2evote.adapter.storage import create_storage, open_storage
from e2evote.board.merkle import leaf_hash
from e2evote.board.storage import WAITING, Submission
from e2evote.errors import Refused, StorageFailed, StorageFull
from storage.postgres_server import NoServer, Server, a_server, programs, server_user

ORIGIN = "board.example/disk"
ROOMS, MORE_ROOM = ("64m", "72m"), "160m"


def mount(folder: Path, *options: str) -> bool:
    command = ["mount", "-t", "tmpfs", "-o", ",".join(options), "tmpfs", str(folder)]
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


@pytest.fixture(params=ROOMS)
def small_disk(request: pytest.FixtureRequest) -> Iterator[Path]:
    """A disk of its own, with a path that is short enough for a socket."""
    pytest.importorskip("psycopg", reason="psycopg is not installed (the extra [postgres])")
    try:
        programs(), server_user()
    except NoServer as missing:
        pytest.skip(str(missing))
    with tempfile.TemporaryDirectory(prefix="e2evote-disk-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        if not mount(folder, f"size={request.param}"):
            pytest.skip("no disk can be mounted here")
        yield folder
        subprocess.run(["umount", "-l", str(folder)], check=True)


def test_a_full_disk_loses_nothing_and_more_room_helps(small_disk: Path) -> None:
    with a_server(small_disk) as server:
        storage = create_storage(server.url(), ORIGIN)
        kept = []
        refused: Refused | None = None
        for number in range(200):
            entry = b"entry %d" % number
            one = Submission(leaf_hash(entry), entry, os.urandom(1024 * 1024))
            try:
                storage.submit([one])
            except Refused as error:
                refused = error
                break
            kept.append(one)
        assert isinstance(refused, StorageFull | StorageFailed)
        if isinstance(refused, StorageFull):
            with suppress(StorageFailed):  # where it then finds no room for its WAL either, the server stops
                assert [storage.status(one.key) for one in kept] == [WAITING] * len(kept)
        storage.close()

        make_room(server, small_disk)
        again = open_storage(server.url(), ORIGIN)
        pending = again.pending(1000, 10**9)
        assert [one.key for one in pending][: len(kept)] == [one.key for one in kept]
        assert all(found.payload == one.payload for found, one in zip(pending, kept, strict=False))
        again.submit([one])
        assert again.status(one.key) == WAITING
        again.close()


def make_room(server: Server, disk: Path) -> None:
    """And start again: it may have stopped, or be about to."""
    assert mount(disk, "remount", f"size={MORE_ROOM}")
    if server.is_running():
        server.stop()
    server.start()
