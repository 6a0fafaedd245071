"""Backups of a box's store: an old one cannot fork the log, and what it lacks is supplied by whoever kept it."""

import shutil
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

from cli.running import done as ended_well
from cli.running import run
from e2evote.adapter import secretfile
from e2evote.adapter.backup import backup_store, read_backup
from e2evote.adapter.board_check import check_board
from e2evote.adapter.continuation import from_board, from_kept
from e2evote.adapter.reply import Acknowledged
from e2evote.adapter.restore import restore_store
from e2evote.adapter.service import BoxService
from e2evote.adapter.store import Store
from e2evote.ballot.box_envelope import Envelope
from e2evote.ballot.signed_file import encode_signed
from e2evote.board.checkpoint import decode_text
from e2evote.board.note import decode_note
from e2evote.errors import MalformedInput
from storage.postgres_server import NoServer, a_server
from tests.adapter.selections import Selection, prepared, refused
from tests.adapter.witnessed import Witnessed, confirmed, opened_now, own_copy
from tests.api.served import ADA, P, rehearsal, serving
from tests.operations.people import devices, sent


def note_of(store: Store) -> bytes:
    return (store.record / "checkpoint").read_bytes()


def size_of(note: bytes) -> int:
    return decode_text(decode_note(note).text).size


def keep(folder: Path, ballots: list[tuple[Envelope, Acknowledged]], *, browsers: bool = False) -> Path:
    """What voters' tools, or their browsers, leave behind: the receipt and the signed ballot."""
    folder.mkdir()
    for number, (envelope, answer) in enumerate(ballots):
        (folder / f"{number}.tlog-proof").write_bytes(answer.receipt)
        if browsers:
            (folder / f"{number}.signed.json").write_bytes(encode_signed(envelope))
        else:
            (folder / f"{number}.cast").write_bytes(envelope.encode())
    return folder


def lost(selection: Selection, path: Path, names: tuple[str, ...]) -> tuple[Path, list[tuple[Envelope, Acknowledged]]]:
    """A backup that lacks what was acknowledged after it; the box's machine is gone afterwards."""
    backup = path / "backup"
    ballots = [selection.ballot(name) for name in names]
    with selection.box() as box:
        backup_store(selection.store, backup)
        done = [(ballot, box.post(ballot)) for ballot in ballots]
    shutil.move(selection.store.path, path / "lost")
    return backup, done


@pytest.fixture
def selection(tmp_path: Path) -> Selection:
    return prepared(tmp_path / "s", "cast")


# What a backup holds


def test_a_backup_made_while_the_box_works_is_a_whole_store_again(selection: Selection, tmp_path: Path) -> None:
    ballot = selection.ballot("nina")
    with selection.box() as box:
        box.post(ballot)
        assert backup_store(selection.store, tmp_path / "backup") == box.size
    restored = restore_store(tmp_path / "backup", tmp_path / "r", published=[note_of(selection.store)])
    assert (restored.size, restored.supplied, restored.witnessed) == (size_of(note_of(selection.store)), 0, False)
    again = Selection(restored.store)
    assert note_of(restored.store) == note_of(selection.store)
    check_board(restored.store)
    with again.box() as box:
        assert box.post(ballot).again
        box.post(again.ballot("karl"))
    assert again.verify().failing == frozenset()


def test_nothing_of_a_backup_is_for_others_to_read(selection: Selection, tmp_path: Path) -> None:
    backup_store(selection.store, tmp_path / "backup")
    found = [tmp_path / "backup", *(tmp_path / "backup").rglob("*")]
    assert {path.stat().st_mode & 0o077 for path in found} == {0}
    names = {path.relative_to(tmp_path / "backup").as_posix() for path in found if path.is_file()}
    assert names >= {"backup.json", "checkpoint", "log.sqlite", "private/log.key"}
    assert not [name for name in names if name.endswith((".lock", "-wal", "-shm"))]


def test_a_store_in_a_folder_of_files_is_backed_up_as_well(selection: Selection, tmp_path: Path) -> None:
    """The same way serves PostgreSQL: what is copied is the log, not the form in which it is kept."""
    backup_store(selection.store, tmp_path / "one")
    note = note_of(selection.store)
    moved = restore_store(tmp_path / "one", tmp_path / "r", published=[note], storage=str(tmp_path / "plain"))
    assert moved.store.storage_place()[0] == str(tmp_path / "plain")
    backup_store(moved.store, tmp_path / "two")
    back = restore_store(tmp_path / "two", tmp_path / "r2", published=[note])
    with Selection(back.store).box() as box:
        box.post(Selection(back.store).ballot("nina"))
    assert Selection(back.store).verify().failing == frozenset()


def test_a_log_that_survived_its_box_is_used_again(selection: Selection, tmp_path: Path) -> None:
    """Whatever was acknowledged after the backup is in it; a storage older than the backup is refused."""
    backup_store(selection.store, tmp_path / "one")
    place = str(tmp_path / "log.sqlite")
    first = restore_store(tmp_path / "one", tmp_path / "r", published=[note_of(selection.store)], storage=place)
    shutil.copy2(place, tmp_path / "old.sqlite")
    ballot = Selection(first.store).ballot("nina")
    with Selection(first.store).box() as box:
        answer = box.post(ballot)
        backup_store(first.store, tmp_path / "two")
    newest = note_of(first.store)
    shutil.rmtree(first.store.path)
    old = str(tmp_path / "old.sqlite")
    act = partial(restore_store, tmp_path / "two", tmp_path / "s2", published=[newest], storage=old, existing=True)
    assert refused(act).code == "backup-old"
    again = restore_store(tmp_path / "two", tmp_path / "s3", published=[newest], storage=place, existing=True)
    with Selection(again.store).box() as box:
        assert (box.post(ballot).again, box.post(ballot).index) == (True, answer.index)
    with pytest.raises(ValueError, match="is named"):
        restore_store(tmp_path / "two", tmp_path / "s4", existing=True)


def test_a_log_in_postgresql_is_backed_up_and_put_back(selection: Selection, tmp_path: Path) -> None:
    backup_store(selection.store, tmp_path / "one")
    note = note_of(selection.store)
    try:
        with a_server() as server:
            moved = restore_store(tmp_path / "one", tmp_path / "r", published=[note], storage=server.url())
            ballot = Selection(moved.store).ballot("nina")
            with Selection(moved.store).box() as box:
                done = box.post(ballot)
                backup_store(moved.store, tmp_path / "two")
            newest = note_of(moved.store)
            server.clear()  # the database is lost, and put back into another one of the same name
            back = restore_store(tmp_path / "two", tmp_path / "r2", published=[newest], storage=server.url())
            with Selection(back.store).box() as box:
                assert (box.post(ballot).again, box.post(ballot).index) == (True, done.index)
            assert Selection(back.store).verify().failing == frozenset()
    except NoServer as error:
        pytest.skip(str(error))


@pytest.mark.parametrize("name", ["private/log.key", "checkpoint"])
def test_a_changed_file_of_a_backup_is_noticed(selection: Selection, tmp_path: Path, name: str) -> None:
    backup_store(selection.store, tmp_path / "backup")
    path = tmp_path / "backup" / name
    secretfile.put(path, path.read_bytes()[:-1] + b"!")
    with pytest.raises(MalformedInput, match="not the bytes that were backed up"):
        restore_store(tmp_path / "backup", tmp_path / "r", published=[note_of(selection.store)])
    assert not (tmp_path / "r").exists()


@pytest.mark.parametrize("name", ["../escaped", "private/../../escaped", "/etc/escaped", "private", "private/.x", "x"])
def test_a120_no_name_in_a_backup_leads_out_of_it(selection: Selection, tmp_path: Path, name: str) -> None:
    backup_store(selection.store, tmp_path / "backup")
    read = read_backup(tmp_path / "backup")
    forged = replace(read, files={**read.files, name: read.files["checkpoint"]})
    secretfile.put(tmp_path / "backup" / "backup.json", forged.encode())
    with pytest.raises(MalformedInput, match="is no path of a backup"):
        read_backup(tmp_path / "backup")


# An old one, without witnesses


def test_without_witnesses_a_backup_proves_nothing_by_itself(selection: Selection, tmp_path: Path) -> None:
    backup_store(selection.store, tmp_path / "backup")
    assert refused(lambda: restore_store(tmp_path / "backup", tmp_path / "r")).code == "restore-unproven"
    assert not (tmp_path / "r").exists()


def test_an_old_backup_makes_no_store(selection: Selection, tmp_path: Path) -> None:
    backup, done = lost(selection, tmp_path, ("nina", "karl"))
    note = (tmp_path / "lost" / "record" / "checkpoint").read_bytes()
    for newest in (note, done[-1][1].receipt):  # whoever has a receipt has a published head
        refusal = refused(lambda: restore_store(backup, tmp_path / "r", published=[newest]))  # noqa: B023
        assert (refusal.code, str(size_of(note)) in refusal.detail) == ("backup-old", True)
    assert [path.name for path in tmp_path.iterdir() if path.name == "r" or path.name.startswith(".")] == []


def test_a_head_of_another_log_is_no_proof(selection: Selection, tmp_path: Path) -> None:
    """Two continuations of one log, which no honest box makes: whichever was published, the other is refused."""
    backup, _ = lost(selection, tmp_path, ("nina",))
    old = Selection(restore_store(backup, tmp_path / "fork", published=[(backup / "checkpoint").read_bytes()]).store)
    with old.box() as box:
        box.post(old.ballot("karl"))
    backup_store(old.store, tmp_path / "forked")
    note = (tmp_path / "lost" / "record" / "checkpoint").read_bytes()
    assert refused(lambda: restore_store(tmp_path / "forked", tmp_path / "r", published=[note])).code == "board-forked"
    board = partial(from_board, tmp_path / "lost" / "record")
    later = lambda start, key: board(start)  # noqa: E731
    assert refused(lambda: restore_store(tmp_path / "forked", tmp_path / "r", later=later)).code == "board-forked"


# What it lacks is supplied


def from_copy(path: Path, done: list[tuple[Envelope, Acknowledged]], log_key: object) -> Callable[..., object]:
    return lambda start, key: from_board(path / "lost" / "record", start)


def from_voters(path: Path, done: list[tuple[Envelope, Acknowledged]], log_key: object) -> Callable[..., object]:
    kept = keep(path / "kept", done)
    return lambda start, key: from_kept(kept, start, key)


def from_browsers(path: Path, done: list[tuple[Envelope, Acknowledged]], log_key: object) -> Callable[..., object]:
    kept = keep(path / "kept", done, browsers=True)
    return lambda start, key: from_kept(kept, start, key)


@pytest.mark.parametrize("supply", [from_copy, from_voters, from_browsers])
def test_what_was_acknowledged_since_is_there_again(
    selection: Selection, tmp_path: Path, supply: Callable[..., Callable[..., object]]
) -> None:
    """Rule 16: every receipt holds, under the same index and the same head, and the log goes on from there."""
    backup, done = lost(selection, tmp_path, ("nina", "karl", "ines"))
    note = (tmp_path / "lost" / "record" / "checkpoint").read_bytes()
    restored = restore_store(backup, tmp_path / "r", published=[note], later=supply(tmp_path, done, None))  # type: ignore[arg-type]
    again = Selection(restored.store)
    assert (restored.supplied, restored.size) == (3, size_of(note))
    assert note_of(restored.store) == note
    with again.box() as box:
        for envelope, before in done:
            now = box.post(envelope)
            assert (now.again, now.index) == (True, before.index)
        box.post(again.ballot("paul"))
    assert again.verify().failing == frozenset()


def test_voters_who_kept_too_little_are_told_what_is_missing(selection: Selection, tmp_path: Path) -> None:
    backup, done = lost(selection, tmp_path, ("nina", "karl", "ines"))
    kept = keep(tmp_path / "kept", [done[0], done[2]])
    refusal = refused(
        lambda: restore_store(
            backup,
            tmp_path / "r",
            published=[done[2][1].receipt],
            later=lambda start, key: from_kept(kept, start, key),
        )
    )
    assert refusal.code == "backup-old"
    assert not (tmp_path / "r").exists()


def test_a_supplied_ballot_that_is_another_one_is_not_taken(selection: Selection, tmp_path: Path) -> None:
    backup, done = lost(selection, tmp_path, ("nina",))
    other = selection_of(tmp_path / "lost").ballot("karl")
    kept = keep(tmp_path / "kept", [(replace(done[0][0], payload=other.payload), done[0][1])])
    act = lambda: restore_store(backup, tmp_path / "r", later=lambda start, key: from_kept(kept, start, key))  # noqa: E731
    assert refused(act).code == "backup-old"


def selection_of(path: Path) -> Selection:
    return Selection(Store.at(path))


# With witnesses


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Witnessed:
    return opened_now(confirmed(tmp_path_factory.mktemp("template") / "s"))


def opens(selection: Witnessed) -> None:
    with selection.box():
        pass


def used(box: BoxService, selection: Witnessed, name: str) -> Acknowledged:
    return box.post(selection.ballot(name))


def test_witnesses_stop_a_box_on_an_old_backup(template: Witnessed, tmp_path: Path) -> None:
    """Nobody named a published head, and the box still signs nothing: those who cosigned it remember."""
    selection = own_copy(template, tmp_path / "s")
    backup, _ = lost(selection, tmp_path, ("nina",))
    restored = restore_store(backup, tmp_path / "s")
    assert restored.witnessed
    again = Witnessed(restored.store, selection.world)
    before = note_of(restored.store)
    assert refused(lambda: opens(again)).code == "board-behind"
    assert note_of(restored.store) == before


def test_an_old_backup_without_a_quorum_waits(template: Witnessed, tmp_path: Path) -> None:
    selection = own_copy(template, tmp_path / "s")
    backup, _ = lost(selection, tmp_path, ("nina",))
    again = Witnessed(restore_store(backup, tmp_path / "s").store, selection.world)
    selection.world.down("east", "north", "south")
    with again.box() as box:
        size = box.size
        assert refused(lambda: used(box, again, "karl")).code == "stored"
        assert box.size == size


def test_with_what_was_published_since_the_witnesses_agree(template: Witnessed, tmp_path: Path) -> None:
    selection = own_copy(template, tmp_path / "s")
    backup, done = lost(selection, tmp_path, ("nina", "karl"))
    later = lambda start, key: from_board(tmp_path / "lost" / "record", start)  # noqa: E731
    again = Witnessed(restore_store(backup, tmp_path / "s", later=later).store, selection.world)
    with again.box() as box:
        for envelope, before in done:
            now = box.post(envelope)
            assert (now.again, now.index) == (True, before.index)
        used(box, again, "ines")
    assert again.verify().failing == frozenset()
    for store in (again.store, Store(tmp_path / "lost")):
        assert size_of((store.record / "dates" / "open").read_bytes()) < size_of(note_of(store))


# By commands


def test_by_commands(selection: Selection, tmp_path: Path) -> None:
    backup, ballots = lost(selection, tmp_path, ("nina",))
    receipt = tmp_path / "nina.tlog-proof"
    receipt.write_bytes(ballots[0][1].receipt)
    board = tmp_path / "lost" / "record"
    assert "[restore-unproven]" in run("board", "restore", backup, tmp_path / "r").err
    for newest in (receipt, board, board / "checkpoint"):
        ended = run("board", "restore", backup, tmp_path / "r", "--published", newest)
        assert (ended.code, "[backup-old]" in ended.err) == (4, True)
    found = ended_well(
        "board", "restore", backup, tmp_path / "r", "--board", board, "--published", receipt, "--json"
    ).json
    size = size_of((board / "checkpoint").read_bytes())
    assert isinstance(found, dict)
    assert (found["size"], found["supplied"], found["witnesses"]) == (size, 1, False)
    assert f"the log of {size} entries" in ended_well("board", "backup", tmp_path / "r", tmp_path / "b").out
    assert "exists already" in run("board", "backup", tmp_path / "r", tmp_path / "b").err


@pytest.mark.slow
def test_the_board_of_a_server_supplies_what_a_backup_lacks(tmp_path: Path) -> None:
    """A mirror, or the old machine while it still answers: all that is needed is public."""
    store = rehearsal(tmp_path / "s")
    backup_store(store, tmp_path / "backup")
    ready = devices(store).cast("vera", ADA, "")
    with serving(tmp_path, store) as server:
        assert server.post(f"{P}/ballots", sent(ready.envelope)).status == 201
        backup_store(store, tmp_path / "live")  # with the server at work, whose own database is open
        assert {"private/adapter.sqlite", "private/log.key"} <= read_backup(tmp_path / "live").files.keys()
        board = f"{server.url}{P}/board"
        old = run("board", "restore", tmp_path / "backup", tmp_path / "r", "--published", board)
        assert (old.code, "[backup-old]" in old.err) == (4, True)
        found = ended_well("board", "restore", tmp_path / "backup", tmp_path / "r", "--board", board, "--json").json
    assert found["supplied"] == 1
    (tmp_path / "again").mkdir()
    with serving(tmp_path / "again", Store.at(tmp_path / "r")) as server:
        answer = server.post(f"{P}/ballots", sent(ready.envelope))
        assert (answer.status, answer.json["again"]) == (200, True)
