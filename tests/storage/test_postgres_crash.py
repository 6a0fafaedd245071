"""A server that dies while a log is written: whatever was acknowledged is there when it is back, at its index."""

import os
import signal
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from time import monotonic, sleep

import pytest

from e2evote.adapter.storage import create_storage, open_storage
from e2evote.board.growing import GrowingTree, grow
from e2evote.board.merkle import leaf_hash
from e2evote.board.storage import Appended, Batch, Storage, Submission
from e2evote.errors import Refused, StorageFailed
from storage.postgres_server import NoServer, Server, a_server, is_alive

ORIGIN = "board.example/crash"
SECONDS = 60


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    """One that may be killed."""
    pytest.importorskip("psycopg", reason="psycopg is not installed (the extra [postgres])")
    try:
        with a_server() as running:
            yield running
    except NoServer as missing:
        pytest.skip(str(missing))


@dataclass(slots=True)
class Writer:
    """Hands in and sequences until it fails; what was acknowledged to it is in `submitted`, `indices` and `heads`."""

    storage: Storage
    round: int
    submitted: set[bytes] = field(default_factory=set)
    indices: dict[int, bytes] = field(default_factory=dict)
    heads: list[bytes] = field(default_factory=list)
    failed: Refused | None = None

    def run(self) -> None:
        tree = GrowingTree.resume(lambda path, hashes: None, self.storage.size(), self.storage.tile)
        number = 0
        try:
            while True:
                entries = [f"round {self.round}, entry {number + k}".encode() for k in range(3)]
                batch = [Submission(leaf_hash(entry), entry, os.urandom(30_000)) for entry in entries]
                self.storage.submit(batch)
                self.submitted.update(one.key for one in batch)
                after, tiles = grow(tree, [one.key for one in batch])
                self.storage.sequence(Batch(tree.size, tuple(Appended(one.key) for one in batch), tiles))
                self.indices.update(enumerate(entries, tree.size))
                head = b"head of size %d" % after.size
                self.storage.swap_head(self.storage.head(), head, after.size)
                self.heads.append(head)
                tree, number = after, number + 3
        except Refused as error:
            self.failed = error


def shut_down(server: Server) -> None:
    server.stop("immediate")


def kill_all(server: Server) -> None:
    """Every process of the server at once, without a word, as a machine that stops."""
    pid = server.process()
    with open(f"/proc/{pid}/task/{pid}/children") as children:
        family = [pid, *map(int, children.read().split())]
    for process in family:
        os.kill(process, signal.SIGSTOP)
    for process in family:
        os.kill(process, signal.SIGKILL)
    deadline = monotonic() + SECONDS
    while any(is_alive(process) for process in family):
        assert monotonic() < deadline, "the server does not die"
        sleep(0.01)


@pytest.mark.parametrize("die", [shut_down, kill_all])
def test_a_server_that_dies_loses_nothing_that_was_acknowledged(server: Server, die: Callable[[Server], None]) -> None:
    origin = f"{ORIGIN}/{die.__name__}"
    create_storage(server.url(), origin).close()
    kept: dict[int, bytes] = {}
    for round_ in range(2):
        storage = open_storage(server.url(), origin)
        writer = Writer(storage, round_)
        thread = threading.Thread(target=writer.run)
        thread.start()
        deadline = monotonic() + SECONDS
        while len(writer.heads) < 5 + 10 * round_ and thread.is_alive():
            assert monotonic() < deadline, "the writer does not get on"
            sleep(0.001)
        die(server)
        thread.join()
        assert isinstance(writer.failed, StorageFailed)
        with pytest.raises(StorageFailed):
            storage.submit([])
        storage.close()
        server.start()

        again = open_storage(server.url(), origin)
        size = again.size()
        kept.update(writer.indices)
        entries = dict(enumerate(one.entry for one in again.entries(0, size)))
        assert {index: entries.get(index) for index in kept} == kept
        assert all(again.status(key) is not None for key in writer.submitted)
        assert all(len(again.payload(index)) == 30_000 for index in range(size))
        covered = int(again.head().split()[-1])
        assert int(writer.heads[-1].split()[-1]) <= covered <= size
        tree = GrowingTree(lambda path, hashes: None)
        for index in range(size):
            tree.append(leaf_hash(entries[index]))
        assert GrowingTree.resume(lambda path, hashes: None, size, again.tile).root() == tree.root()
        again.close()
