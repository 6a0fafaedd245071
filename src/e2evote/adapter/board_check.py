"""What the box's operator may ask of a store at any time: is it sound, and the whole board once more from the storage.

Nothing here signs or changes anything; the box may be running meanwhile.
"""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from e2evote.adapter.files import StaticDirectory, StaticWriter
from e2evote.adapter.history import History
from e2evote.adapter.published import MOST_TRIES
from e2evote.adapter.store import Store
from e2evote.board.bundles import ENTRY_LIMIT
from e2evote.board.checkpoint import Checkpoint, decode_text
from e2evote.board.heads import check_shown, read_head, read_shown
from e2evote.board.log import CHECKPOINT
from e2evote.board.note import decode_note
from e2evote.board.policy import Cosigned
from e2evote.board.publication import File, changed_files
from e2evote.board.self_check import self_check
from e2evote.board.storage import Storage, Stored
from e2evote.board.tiles import WIDTH
from e2evote.errors import Refused
from e2evote.record.archive import LARGEST_FILES
from e2evote.verify.ballot_work import Progress, silent
from e2evote.verify.leaves import Setting, read_setting
from e2evote.verify.log import log_key

_LARGEST = max(WIDTH * (ENTRY_LIMIT + 2), *LARGEST_FILES.values())


@dataclass(frozen=True, slots=True)
class CheckedBoard:
    """A store in which everything is as it was stored and signed for.

    unsigned: entries beyond the head. shown: what is published. cosigned: the witnesses on the published checkpoint.
    quorum: whether they suffice; True where the manifest names none.
    """

    head: Checkpoint
    unsigned: int
    shown: Checkpoint
    cosigned: tuple[Cosigned, ...]
    quorum: bool


def setting_of(storage: Storage) -> Setting:
    """What entry 0 fixes, by the storage itself."""
    for stored in storage.entries(0, min(1, storage.size())):
        return read_setting(stored.entry, storage.payload(0))
    raise Refused("record-incomplete", "the storage has no entry 0")


def check_board(store: Store, progress: Progress = silent) -> CheckedBoard:
    """Looks through storage and published files, each byte of both.

    Raises StorageDamaged, Refused `board-ahead`, `board-forked`, or `record-fails` where a published file is not what
    is stored. progress: entries, once for the storage and once for the files.
    """
    files = StaticWriter(store.record)
    with closing(store.open_storage()) as storage:
        for _ in range(MOST_TRIES):
            seen = storage.head(), files.checkpoint()
            try:
                return _checked(storage, files, progress)
            except (Refused, FileNotFoundError):
                if seen == (storage.head(), files.checkpoint()):
                    raise
    raise Refused("busy", f"{store.path}: the log grew {MOST_TRIES} times while it was looked through")


def _checked(storage: Storage, files: StaticWriter, progress: Progress) -> CheckedBoard:
    setting, total = setting_of(storage), 2 * storage.size()
    key, note = log_key(setting.manifest), files.checkpoint()
    shown, head = read_shown(note, key), read_head(storage, key)

    def watch(index: int, stored: Stored) -> None:
        if index % WIDTH == 0:
            progress(index, total)

    found = self_check(storage, {head.checkpoint.size, shown.size}, watch)
    head.check_root(found)
    check_shown(shown, head, found)
    for done, (name, data) in enumerate(changed_files(storage, 0, shown.size)):
        _compare(files, name, data)
        progress(min(total, total // 2 + done * WIDTH // 4), total)
    progress(total, total)
    policy = setting.manifest.policy
    cosigned = policy.cosigned(decode_note(note)) if policy and note else ()
    quorum = policy is None or policy.satisfied_by([one.name for one in cosigned])
    return CheckedBoard(head.checkpoint, found.size - head.checkpoint.size, shown, cosigned, quorum)


def export_board(store: Store, target: Path) -> Checkpoint:
    """The whole static board in a new folder, from the storage alone, under its newest head with a quorum.

    Refused `not-cosigned` where none has one yet.
    """
    with closing(store.open_storage()) as storage:
        note = newest_cosigned(storage)
        if not note:
            raise Refused("not-cosigned", f"{store.path}: no quorum of witnesses has cosigned a head yet")
        checkpoint = decode_text(decode_note(note).text)
        target.mkdir()
        StaticWriter(target).publish(all_files(storage, checkpoint.size, note))
    return checkpoint


def newest_cosigned(storage: Storage) -> bytes:
    """The newest of the heads that had their quorum; b"" for none. They cover the entries up to some size."""
    covered, size = 0, storage.size()
    while covered < size:
        middle = (covered + size) // 2
        if storage.cosigned(middle):
            covered = middle + 1
        else:
            size = middle
    return storage.cosigned(covered - 1) if covered else b""


def all_files(storage: Storage, size: int, note: bytes) -> Iterator[File]:
    """Every file of the board of this size, the note last."""
    yield from changed_files(storage, 0, size)
    if setting_of(storage).manifest.policy:
        history = History()
        for start in range(0, size, WIDTH):
            for index, stored in enumerate(storage.entries(start, min(size, start + WIDTH)), start):
                history.take(index, stored)
        for name, index in history.dated.items():
            yield f"dates/{name}", storage.cosigned(index)
    yield CHECKPOINT, note


def _compare(files: StaticDirectory, name: str, data: bytes) -> None:
    try:
        published = files.read(name, _LARGEST)
    except FileNotFoundError:
        raise Refused("record-fails", f"{name}: is not published") from None
    if published != data:
        raise Refused("record-fails", f"{name}: is published with other bytes than are stored")
