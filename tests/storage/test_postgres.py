"""What only a PostgreSQL storage has: settings of a server, a connection that ends, one database for several logs."""

import os
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest

from e2evote.adapter.storage import create_storage, open_storage
from e2evote.board.growing import GrowingTree, grow
from e2evote.board.merkle import leaf_hash
from e2evote.board.storage import WAITING, Appended, Batch, Submission
from e2evote.board.tile_tree import TileTree
from e2evote.errors import Refused, StorageConflict, StorageDamaged, StorageFailed, StorageFull
from storage.postgres_server import Server

psycopg = pytest.importorskip("psycopg", reason="psycopg is not installed (the extra [postgres])")
from e2evote.adapter.storage.postgres import PostgresStorage  # noqa: E402
from e2evote.adapter.storage.postgres_tables import schema_of  # noqa: E402

ORIGIN = "board.example/test"


def submission(number: int, payload: bytes = b"payload") -> Submission:
    entry = f"entry {number}".encode()
    return Submission(leaf_hash(entry), entry, payload)


def append(storage: PostgresStorage, tree: GrowingTree, *submissions: Submission) -> GrowingTree:
    """Hand in, and sequence with tiles."""
    storage.submit(submissions)
    after, tiles = grow(tree, [one.key for one in submissions])
    storage.sequence(Batch(tree.size, tuple(Appended(one.key) for one in submissions), tiles))
    return after


def empty_tree() -> GrowingTree:
    return GrowingTree(lambda path, hashes: None)


@pytest.fixture
def url(postgres: str) -> str:
    return postgres


@pytest.fixture
def server(postgres_server: Server) -> Server:
    return postgres_server


@pytest.fixture
def storage(url: str) -> Iterator[PostgresStorage]:
    made = PostgresStorage.create(url, ORIGIN)
    yield made
    made.close()


def test_one_database_holds_several_logs(url: str) -> None:
    first, second = PostgresStorage.create(url, ORIGIN), PostgresStorage.create(url, f"{ORIGIN}/2")
    append(first, empty_tree(), submission(1))
    append(second, empty_tree(), submission(2), submission(3))
    assert (first.size(), second.size()) == (1, 2)
    assert [one.entry for one in first.entries(0, 1)] == [b"entry 1"]
    assert first.status(submission(2).key) is None
    first.close(), second.close()
    with pytest.raises(Refused, match="store-exists"):
        PostgresStorage.create(url, ORIGIN)
    with pytest.raises(Refused, match="storage-missing"):
        PostgresStorage(url, f"{ORIGIN}/3")


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ("UPDATE {}.log SET version = 2", "storage-version"),
        ("UPDATE {}.log SET origin = 'another'", "storage-origin"),
        ("DELETE FROM {}.log", "storage-damaged"),
        ("UPDATE {}.log SET format = 'another'", "storage-damaged"),
        ("ALTER TABLE {}.chunk SET UNLOGGED", "storage-settings"),
        ("DROP TABLE {}.tile CASCADE; DELETE FROM {}.log", "storage-damaged"),
        ("DELETE FROM {}.entry WHERE idx = 0", "storage-damaged"),
        ("DELETE FROM {}.item WHERE id = (SELECT item FROM {}.entry WHERE idx = 1)", "storage-damaged"),
        ("DELETE FROM {}.pending", "storage-damaged"),
        ("DROP TABLE {}.head", "storage-damaged"),
    ],
)
def test_a_changed_database_is_not_opened(
    server: Server, storage: PostgresStorage, url: str, change: str, code: str
) -> None:
    append(storage, empty_tree(), submission(1), submission(2))
    storage.submit([submission(3)])
    storage.close()
    server.query(change.replace("{}", schema_of(ORIGIN)))
    with pytest.raises(Refused) as refused:
        PostgresStorage(url, ORIGIN)
    assert refused.value.code == code


@pytest.mark.parametrize(
    ("change", "read"),
    [
        ("UPDATE {}.chunk SET data = 'x' WHERE number = 2", lambda storage: storage.payload(1)),
        ("UPDATE {}.chunk SET data = 'x' WHERE number = 2", lambda storage: list(storage.contents(0, 2))),
        ("DELETE FROM {}.chunk WHERE number = 1", lambda storage: storage.payload(1)),
        ("UPDATE {}.tile SET data = set_byte(data, 5, get_byte(data, 5) # 1)", lambda storage: storage.tile(0, 0)),
        ("UPDATE {}.item SET entry = 'other' WHERE id = 1", lambda storage: list(storage.entries(0, 2))),
        ("UPDATE {}.item SET entry = 'other' WHERE id = 1", lambda storage: list(storage.contents(0, 2))),
        ("UPDATE {}.item SET private = 'other' WHERE id = 1", lambda storage: storage.status(submission(1).key)),
        ("UPDATE {}.entry SET seal = seal || 'x' WHERE idx = 1", lambda storage: storage.payload(1)),
        ("UPDATE {}.head SET size = 1", lambda storage: storage.head()),
        ("DELETE FROM {}.head", lambda storage: storage.head()),
        ("UPDATE {}.cosigned SET note = 'other'", lambda storage: storage.cosigned(0)),
        ("DELETE FROM {}.cosigned", lambda storage: storage.cosigned(0)),
    ],
)
def test_a_changed_row_is_damage(
    server: Server, storage: PostgresStorage, change: str, read: Callable[[PostgresStorage], object]
) -> None:
    append(storage, empty_tree(), submission(1), submission(2, bytes(3 * 1024 * 1024)))
    storage.swap_head(b"", b"head", 2)
    storage.add_cosigned(2, b"cosigned")
    read(storage)
    server.query(change.replace("{}", schema_of(ORIGIN)))
    with pytest.raises(StorageDamaged):
        read(storage)


def test_proofs_from_its_tiles(storage: PostgresStorage) -> None:
    tree = empty_tree()
    for start in range(0, 600, 150):
        tree = append(storage, tree, *(submission(number) for number in range(start, start + 150)))
    tiled = TileTree(storage.tile, 600)
    assert tiled.root() == tree.root()
    assert GrowingTree.resume(lambda path, hashes: None, 600, storage.tile).root() == tree.root()
    assert tiled.leaf(599) == submission(599).key


@pytest.mark.parametrize("place", ["postgresql://e2evote:secret@/one", "postgresql:///one?password=secret"])
def test_a_password_in_the_url_is_refused_and_not_repeated(place: str) -> None:
    for act in (PostgresStorage, PostgresStorage.create):
        with pytest.raises(Refused, match="postgres-password") as refused:
            act(place, ORIGIN)
        assert "secret" not in str(refused.value)


def test_what_is_no_url_is_refused_and_not_repeated() -> None:
    with pytest.raises(Refused, match="postgres-url") as refused:
        PostgresStorage("postgresql://e2evote:secret@[/one?x=1", ORIGIN)
    assert "secret" not in str(refused.value)


def test_no_server_is_a_named_error(tmp_path: object) -> None:
    with pytest.raises(StorageFailed, match="can't be reached"):
        PostgresStorage(f"postgresql://e2evote@/one?host={tmp_path}", ORIGIN)


@pytest.mark.parametrize("setting", ["fsync", "full_page_writes"])
def test_a_server_that_may_lose_commits_is_refused_also_when_it_is_changed_later(
    setting: str, server: Server, url: str
) -> None:
    storage = PostgresStorage.create(url, ORIGIN)
    storage.submit([submission(1)])
    server.query(f"ALTER SYSTEM SET {setting} = off")
    server.query("SELECT pg_reload_conf()")
    try:
        wait_for(server, setting, "off")
        with pytest.raises(Refused, match=f"{setting} = off.*storage-settings"):
            PostgresStorage(url, ORIGIN)
        with pytest.raises(Refused, match=f"{setting} = off.*storage-settings"):
            storage.submit([submission(2)])
    finally:
        server.query(f"ALTER SYSTEM RESET {setting}")
        server.query("SELECT pg_reload_conf()")
        wait_for(server, setting, "on")
    storage.submit([submission(3)])
    assert [one.entry for one in storage.pending(9, 999)] == [b"entry 1", b"entry 3"]
    storage.close()


def wait_for(server: Server, setting: str, value: str) -> None:
    for _ in range(1000):
        if server.query(f"SHOW {setting}") == [value]:
            return
    raise AssertionError(f"{setting} is not {value}")


def test_commits_wait_for_the_disk_whatever_the_database_says(server: Server, url: str) -> None:
    """A database, a role or a URL may say `synchronous_commit = off`; it is set back in every transaction."""
    server.query("ALTER DATABASE postgres SET synchronous_commit = off")
    PostgresStorage.create(url, ORIGIN).close()
    storage = PostgresStorage(f"{url}&options=-c%20synchronous_commit%3Doff", ORIGIN)
    with storage._session.read() as rows:
        assert rows.execute("SHOW synchronous_commit").fetchone() == ("on",)
    storage._session._connection.execute("SET synchronous_commit = off")
    seen: list[object] = []
    storage._session.write(lambda rows: seen.append(rows.execute("SHOW synchronous_commit").fetchone()))
    assert seen == [("on",)]
    storage.close()
    server.query("ALTER DATABASE postgres RESET synchronous_commit")


def test_of_two_writers_one_conflicts(url: str, storage: PostgresStorage) -> None:
    other = PostgresStorage(url, ORIGIN)
    storage.submit([submission(1)])
    first = Batch(0, (Appended(submission(1).key),), grow(empty_tree(), [submission(1).key])[1])
    other.sequence(first)
    with pytest.raises(StorageConflict):
        storage.sequence(first)
    storage.swap_head(b"", b"first", 1)
    with pytest.raises(StorageConflict):
        other.swap_head(b"", b"other", 1)
    assert storage.head() == other.head() == b"first"
    other.close()


def test_many_writers_at_once_make_one_log(url: str, storage: PostgresStorage) -> None:
    """Connections of their own, as several machines have: each index once, none lost, no deadlock."""
    others = [PostgresStorage(url, ORIGIN) for _ in range(4)]
    errors: list[BaseException] = []

    def work(mine: PostgresStorage, lane: int) -> None:
        try:
            for number in range(25):
                one = submission(number * 10 + lane)
                mine.submit([submission(number * 10 + other) for other in (3, 1, 2, 0)] if number % 5 else [one])
                while mine.status(one.key) == WAITING:
                    pending = mine.pending(7, 10**6)
                    keys = [waiting.key for waiting in pending]
                    size = mine.size()
                    try:
                        tree = GrowingTree.resume(lambda path, hashes: None, size, mine.tile)
                        mine.sequence(Batch(size, tuple(map(Appended, keys)), grow(tree, keys)[1]))
                    except StorageConflict:
                        continue
        except BaseException as error:
            errors.append(error)

    threads = [threading.Thread(target=work, args=(mine, lane)) for lane, mine in enumerate(others)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    entries = [one.entry for one in storage.entries(0, storage.size())]
    assert len(entries) == len(set(entries)) == storage.size() == 100
    assert TileTree(storage.tile, 100).root() == TileTree(others[0].tile, 100).root()
    for mine in others:
        mine.close()


def test_another_that_does_not_let_go_makes_it_busy(url: str, storage: PostgresStorage) -> None:
    storage._session._connection.execute("SET lock_timeout = '50ms'")
    with psycopg.connect(url) as other:
        other.execute(f"SELECT * FROM {schema_of(ORIGIN)}.log FOR UPDATE")
        with pytest.raises(Refused, match="storage-busy"):
            storage.submit([submission(1)])
    storage.submit([submission(1)])
    assert storage.status(submission(1).key) == WAITING


def test_a_server_that_only_reads_is_named(server: Server, url: str, storage: PostgresStorage) -> None:
    storage.submit([submission(1)])
    storage._session._connection.execute("SET default_transaction_read_only = on")
    with pytest.raises(Refused, match="storage-read-only"):
        storage.submit([submission(2)])
    assert storage.status(submission(1).key) == WAITING


def test_a_connection_that_is_cut_ends_all_writing_until_it_is_opened_again(
    server: Server, url: str, storage: PostgresStorage
) -> None:
    storage.submit([submission(1)])
    server.disconnect()
    for act in (lambda: storage.submit([submission(2)]), lambda: storage.submit([submission(3)]), storage.size):
        with pytest.raises(StorageFailed):
            act()
    storage.close()
    again = PostgresStorage(url, ORIGIN)
    assert [one.entry for one in again.pending(9, 999)] == [b"entry 1"]
    again.close()


def test_a_connection_that_is_cut_inside_a_transaction_changes_nothing(
    server: Server, url: str, storage: PostgresStorage
) -> None:
    storage.submit([submission(1)])

    def work(rows: object) -> None:
        rows.execute("INSERT INTO pending VALUES (77)")  # type: ignore[attr-defined]
        server.disconnect()

    with pytest.raises(StorageFailed):
        storage._session.write(work)
    with pytest.raises(StorageFailed, match="opened again"):
        storage.submit([submission(2)])
    again = PostgresStorage(url, ORIGIN)
    assert len(again.pending(9, 999)) == 1
    again.close()


def test_no_room_changes_nothing_and_may_be_tried_again(server: Server, url: str, storage: PostgresStorage) -> None:
    """The server's own error for a full disk, raised by a rule on the table as the disk would."""
    storage.submit([submission(1)])
    schema = schema_of(ORIGIN)
    server.query(
        f"CREATE FUNCTION {schema}.no_room() RETURNS trigger LANGUAGE plpgsql AS"
        " $$ BEGIN RAISE EXCEPTION 'could not extend file: No space left' USING ERRCODE = '53100'; END $$;"
        f" CREATE TRIGGER no_room BEFORE INSERT ON {schema}.chunk FOR EACH ROW EXECUTE FUNCTION {schema}.no_room()"
    )
    with pytest.raises(StorageFull, match="No space left"):
        storage.submit([submission(2)])
    server.query(f"DROP TRIGGER no_room ON {schema}.chunk")
    assert storage.status(submission(2).key) is None
    storage.submit([submission(2)])
    assert storage.status(submission(2).key) == WAITING


def test_a_transaction_that_the_server_takes_back_is_done_again(
    server: Server, url: str, storage: PostgresStorage
) -> None:
    calls: list[int] = []

    def work(rows: object) -> int:
        calls.append(1)
        if len(calls) < 3:
            rows.execute("DO $$ BEGIN RAISE EXCEPTION 'deadlock' USING ERRCODE = '40P01'; END $$")  # type: ignore[attr-defined]
        return len(calls)

    assert storage._session.write(work) == 3

    def never(rows: object) -> None:
        rows.execute("DO $$ BEGIN RAISE EXCEPTION 'deadlock' USING ERRCODE = '40P01'; END $$")  # type: ignore[attr-defined]

    with pytest.raises(Refused, match="storage-busy"):
        storage._session.write(never)
    storage.submit([submission(1)])


def test_an_interrupted_write_ends_all_writing(storage: PostgresStorage) -> None:
    def work(rows: object) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        storage._session.write(work)
    with pytest.raises(StorageFailed, match="interrupted"):
        storage.submit([submission(1)])


def test_a_child_process_opens_it_for_itself(storage: PostgresStorage) -> None:
    storage._session._process = os.getpid() + 1
    for act in (storage.size, lambda: storage.submit([submission(1)])):
        with pytest.raises(RuntimeError, match="a child opens it for itself"):
            act()
    storage._session._process = os.getpid()


def test_large_payloads_lie_in_pieces(server: Server, url: str, storage: PostgresStorage) -> None:
    data = os.urandom(2 * 1024 * 1024 + 77)
    one = replace(submission(1, data), hints=data[: 1024 * 1024])
    append(storage, empty_tree(), one)
    assert storage.payload(0) == data
    assert storage.hints(0) == b""  # the batch had none
    longest = f"SELECT max(length(data)), count(*) FROM {schema_of(ORIGIN)}.chunk"
    assert server.query(longest) == [f"{1024 * 1024}|3"]


def test_without_psycopg_it_is_said_what_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in sys.modules if name.startswith("e2evote.adapter.storage.postgres")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "psycopg", None)
    for act in (create_storage, open_storage):
        with pytest.raises(Refused, match=r"the extra \[postgres\]"):
            act("postgresql:///board", ORIGIN)
