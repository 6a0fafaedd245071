"""A store from a backup, which goes on only from the newest state that the log has shown (docs/operate.md, Restore).

A backup is an old copy of the log, and whoever signs on from an old copy signs a second history. So what is restored
is first compared with the newest checkpoint that anybody has seen published, and what it lacks is taken from a
published copy of the board or from what voters kept. Without that there is no store, and nothing that a box could be
started on:

    restore-unproven   the manifest names no witnesses, and no published checkpoint was given to compare with
    backup-old         the log was published with more entries than the backup has
    board-forked       what was published is another log than the backup has

Where the manifest names witnesses the box asks them as well, at each start, and signs nothing before a quorum has
cosigned its head again (`board/keeper.py`); so the newest checkpoint is theirs to know, and giving one is a choice.
"""

import os
import secrets
import shutil
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from e2evote.adapter import secretfile
from e2evote.adapter.backup import LOG, PRIVATE, Backup, read_backup
from e2evote.adapter.board_check import all_files, newest_cosigned, setting_of
from e2evote.adapter.continuation import Continuation, opened_note
from e2evote.adapter.files import StaticWriter
from e2evote.adapter.storage import POSTGRES, create_storage, open_storage
from e2evote.adapter.storage.copying import append, copy_log, copy_sqlite
from e2evote.adapter.store import DEFAULT_STORAGE, STORAGE, Store
from e2evote.board.checkpoint import Checkpoint, decode_text
from e2evote.board.heads import Head, read_head
from e2evote.board.log import CHECKPOINT
from e2evote.board.note import LogKey, decode_note, encode_note
from e2evote.board.self_check import self_check
from e2evote.board.storage import Storage
from e2evote.errors import Refused
from e2evote.verify.log import log_key

MakeContinuation = Callable[[int, LogKey], Continuation]
"""What came after so many entries of the log with this key."""

_AT_ONCE = 64


@dataclass(frozen=True, slots=True)
class Restored:
    """A store to start the box on. supplied: entries that the backup did not have."""

    store: Store
    size: int
    root: bytes
    supplied: int
    witnessed: bool


def restore_store(
    backup: Path,
    target: Path,
    *,
    published: Sequence[bytes] = (),
    later: MakeContinuation | None = None,
    storage: str = "",
    existing: bool = False,
) -> Restored:
    """The store at `target`, which appears whole or not at all. published: notes or receipts, the newest known.

    later: where entries that the backup lacks come from. storage: where the log is to be kept, as in `create_store`.
    existing: the log is there still, and only the box's other files come from the backup.
    """
    if existing and (later is not None or not storage):
        raise ValueError("a storage that exists is named, and nothing is supplied to it")
    if os.path.lexists(target):
        raise Refused("store-exists", f"{target}: there is such a file or folder already")
    read = read_backup(backup)
    temporary = target.with_name(f".{target.name}.{secrets.token_hex(8)}.new")
    store = Store(temporary)
    try:
        temporary.mkdir(mode=0o755)
        for folder in (store.record, store.inbox, store.replies):
            folder.mkdir()
        store.private.mkdir(mode=0o700)
        place = str(store.private / DEFAULT_STORAGE)
        if existing:
            place = _whole_place(storage)
        else:
            copy_sqlite(backup / LOG, store.private / DEFAULT_STORAGE)
        with closing(open_storage(place, read.origin)) as log:
            beside = [note] if (note := read.read(CHECKPOINT)) else []
            restored = _brought_up(log, store, published, beside, later)
        _put_private(read, store)
        _place(store, read.origin, storage, existing)
        temporary.rename(target)
        secretfile.sync_folder(target.parent)
    except OSError as error:
        raise Refused("no-store", f"{error.filename or target}: {error.strerror}") from None
    finally:
        shutil.rmtree(temporary, ignore_errors=True)
    return Restored(Store(target), *restored)


def _brought_up(
    log: Storage, store: Store, published: Sequence[bytes], beside: Sequence[bytes], later: MakeContinuation | None
) -> tuple[int, bytes, int, bool]:
    """The log with all that is known of it, published in the store; its size, root, what was supplied, witnesses.

    beside: what the backup itself has as published, which proves nothing about what came since.
    """
    manifest = setting_of(log).manifest
    key, policy = log_key(manifest), manifest.policy
    if policy is None and not published and later is None:
        raise Refused(
            "restore-unproven",
            "the manifest names no witnesses, so only a checkpoint that was published tells whether this backup is "
            "the newest: give the newest that anybody has, of the board, a mirror, a monitor or a receipt",
        )
    shown = [opened_note(data, key) for data in (*published, *beside)]
    head = read_head(log, key)
    found = self_check(log, {head.checkpoint.size})
    head.check_root(found)
    had = found.size
    more = later(had, key) if later else Continuation(had, (), ())
    tree = found.tree
    for at in range(0, len(more.submissions), _AT_ONCE):
        tree = append(log, tree, more.submissions[at : at + _AT_ONCE])
    shown += [opened_note(note, key) for note in more.notes]
    _check_newest(log, shown)
    head = _signed_for(log, head, more.notes, key)
    if policy is None:
        log.add_cosigned(head.checkpoint.size, head.note)
    for note in more.notes:
        if policy and policy.satisfied_by([each.name for each in policy.cosigned(decode_note(note))]):
            log.add_cosigned(_size_of(note), note)
    note = newest_cosigned(log) or head.note
    StaticWriter(store.record).publish(all_files(log, _size_of(note), note))
    return head.checkpoint.size, head.checkpoint.root, tree.size - had, policy is not None


def _check_newest(log: Storage, shown: Sequence[Checkpoint]) -> None:
    """Every checkpoint that was seen is of this log, and none is beyond it."""
    found = self_check(log, {one.size for one in shown})
    newest = max((one.size for one in shown), default=0)
    if newest > found.size:
        raise Refused(
            "backup-old",
            f"the log was published with {newest} entries, and here are {found.size}: supply the others from a "
            "published copy of the board, or from the receipts and signed ballots that voters kept",
        )
    for one in shown:
        if found.roots[one.size] != one.root:
            raise Refused("board-forked", f"the checkpoint of size {one.size} is of another log than this one")


def _signed_for(log: Storage, head: Head, notes: Sequence[bytes], key: LogKey) -> Head:
    """The newest of these heads in the place of the backup's, where it covers more."""
    newest = max((note for note in notes), key=_size_of, default=b"")
    if not newest or _size_of(newest) <= head.checkpoint.size:
        return head
    read = decode_note(newest)
    bare = encode_note(read.text, read.verified_by([key]))
    log.swap_head(head.note, bare, _size_of(newest))
    return Head(bare, decode_text(read.text))


def _size_of(note: bytes) -> int:
    return decode_text(decode_note(note).text).size


def _put_private(read: Backup, store: Store) -> None:
    for name in read.files:
        if name.startswith(f"{PRIVATE}/"):
            path = store.path / name
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            secretfile.create(path, read.read(name))


def _place(store: Store, origin: str, storage: str, existing: bool) -> None:
    """The file that says where the log is; the log is carried there, unless it is there."""
    own = store.private / DEFAULT_STORAGE
    if storage:
        storage = _whole_place(storage)
    if storage and not existing:
        with closing(open_storage(str(own), origin)) as log, closing(create_storage(storage, origin)) as target:
            copy_log(log, target)
        own.unlink()
    secretfile.create(store.private / STORAGE, f"{storage or DEFAULT_STORAGE}\n{origin}\n".encode())


def _whole_place(storage: str) -> str:
    return storage if storage.startswith(POSTGRES) else str(Path(storage).absolute())
