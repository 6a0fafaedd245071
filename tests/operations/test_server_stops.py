"""A server whose box can't go on says so, and ends: whoever started it starts it again, and nothing is lost."""

import json
import os
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from e2evote.adapter.board import BoardReader
from e2evote.adapter.election import Election
from e2evote.adapter.store import Store
from tests.api.served import ADA, P, Served, rehearsal, serving
from tests.operations.people import devices, sent


def break_storage(store: Store) -> None:
    """Another file takes the place of the log's, as when a disk is mounted anew under a running server."""
    log = store.private / "log.sqlite"
    with closing(sqlite3.connect(log)) as database, closing(sqlite3.connect(store.path / "copy")) as copy:
        database.backup(copy)
    log.rename(store.path / "lost.sqlite")
    for suffix in ("-wal", "-shm"):
        (store.private / f"log.sqlite{suffix}").unlink(missing_ok=True)
    shutil.copyfile(store.path / "copy", log)
    log.chmod(0o600)


def started(store: Store, *more: Store) -> subprocess.Popen[str]:
    words = [sys.executable, "-m", "e2evote", "serve", "--port", "0", "--json", "--allow-test-group"]
    words += [word for one in (store, *more) for word in ("--store", str(one.path))]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
    return subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment)


@pytest.mark.slow
def test_a_server_whose_storage_failed_ends_and_goes_on_when_it_is_started_again(tmp_path: Path) -> None:
    store = rehearsal(tmp_path / "s")
    first, second = (devices(store).cast(name, ADA, "") for name in ("vera", "otto"))
    process = started(store)
    try:
        assert process.stdout is not None
        address = str(json.loads(process.stdout.readline())["address"])
        server = Served(address, process, tmp_path / "errors")
        assert server.post(f"{P}/ballots", sent(first.envelope)).status == 201
        break_storage(store)
        answer = server.post(f"{P}/ballots", sent(second.envelope))
        assert (answer.status, answer.problem()) == (503, "storage-failed")
        _, errors = process.communicate(timeout=60)
    finally:
        process.kill()
        process.communicate()
    assert process.returncode == 4, errors  # the unit of systemd starts it again after this, and not after 1 to 3
    assert "[storage-failed]" in errors
    (tmp_path / "again").mkdir()
    with serving(tmp_path / "again", store) as server:
        for ready, status in ((first, 200), (second, 201)):
            assert server.post(f"{P}/ballots", sent(ready.envelope)).status == status
    assert BoardReader(store.record, allow_test_group=True).size > 0


@pytest.mark.slow
def test_of_two_selections_the_other_goes_on_and_health_tells(tmp_path: Path) -> None:
    stores = [rehearsal_named(tmp_path / name, name) for name in ("one", "two")]
    ready = [devices(store).cast("vera", ADA, "") for store in stores]
    (tmp_path / "server").mkdir()
    with serving(tmp_path / "server", *stores) as server:
        break_storage(stores[0])
        places = [f"/v1/elections/{name}" for name in ("one", "two")]
        assert server.post(f"{places[0]}/ballots", sent(ready[0].envelope)).problem() == "storage-failed"
        assert server.post(f"{places[1]}/ballots", sent(ready[1].envelope)).status == 201
        health = server.ask("/v1/health")
        assert health.status == 503
        found = {one["id"]: (one["status"], one.get("code", "")) for one in health.json["elections"]}
        assert found == {"one": ("failing", "storage-failed"), "two": ("ok", "")}
        assert 'e2evote_settled{election="one"} 0' in server.ask("/v1/metrics").body.decode()


def rehearsal_named(path: Path, name: str) -> Store:
    with Election.create(
        path, contests={"chair": ["ada", "bob"]}, rehearsal=True, group="test-512", election=name
    ) as election:
        election.open()
    return Store.at(path)
