"""Heads: what was signed last, and what is published, compared with what is stored (docs/spec.md, section 5.6).

The storage is ahead of the files or equal to them, at every moment. Files that are ahead of it, or tell another
history, mean that somebody else has written there or that an old copy of the storage was put in place; whoever went on
from it would sign a second history.
"""

from dataclasses import dataclass, field

from e2evote.board.checkpoint import Checkpoint, decode_text
from e2evote.board.merkle import EMPTY_ROOT
from e2evote.board.note import NoteKey, decode_note
from e2evote.board.self_check import SelfChecked
from e2evote.board.storage import Storage
from e2evote.errors import CheckFailed, MalformedInput, Refused, StorageDamaged


@dataclass(frozen=True, slots=True)
class Head:
    """A checkpoint and the note of it that the log signed; b"" for the empty log, which nobody signs."""

    note: bytes = field(repr=False)
    checkpoint: Checkpoint

    def check_root(self, found: SelfChecked) -> None:
        """The entries are those that were signed for; StorageDamaged otherwise."""
        size = self.checkpoint.size
        if found.size < size:
            raise StorageDamaged(f"entry {found.size}: is not there, and the head covers {size} entries")
        if found.roots[size] != self.checkpoint.root:
            raise StorageDamaged(
                f"the first {size} entries, and their tiles, are not those that the head was signed for"
            )


def read_head(storage: Storage, key: NoteKey) -> Head:
    """The head that the storage has, which this key signed."""
    note = storage.head()
    if not note:
        return Head(b"", Checkpoint(key.name, 0, EMPTY_ROOT))
    try:
        head = Head(note, _opened(note, key))
    except (MalformedInput, CheckFailed) as error:
        raise StorageDamaged(f"the head: {error}") from None
    _check_cosigned(storage, head)
    return head


def read_shown(note: bytes, key: NoteKey) -> Checkpoint:
    """The published checkpoint; of size 0 where there is none."""
    if not note:
        return Checkpoint(key.name, 0, EMPTY_ROOT)
    try:
        return _opened(note, key)
    except (MalformedInput, CheckFailed) as error:
        raise Refused("record-fails", f"the published checkpoint: {error}") from None


def check_shown(shown: Checkpoint, head: Head, found: SelfChecked) -> None:
    """What is published is an earlier head of this log, or the head; Refused otherwise."""
    detail = f"the published checkpoint has size {shown.size}; the storage's head has {head.checkpoint.size}"
    if shown.size > head.checkpoint.size:
        raise Refused("board-ahead", f"{detail}: somebody else has written there, or the storage is an old copy")
    if found.roots[shown.size] != shown.root:
        raise Refused("board-forked", f"{detail}, and they are not of one log")


def _check_cosigned(storage: Storage, head: Head) -> None:
    """No checkpoint that had its quorum is beyond the head, or is another one of the same size."""
    size, last = head.checkpoint.size, storage.size() - 1
    if last < size - 1:
        return  # entries are missing, which is what there is to say
    last = min(size, last)  # with entries beyond the head, the first of them
    try:
        note = storage.cosigned(last)
        cosigned = decode_text(decode_note(note).text) if note else head.checkpoint
    except MalformedInput as error:
        raise StorageDamaged(f"the cosigned checkpoint over entry {last}: {error}") from None
    if cosigned != head.checkpoint:
        raise StorageDamaged(f"the head has size {size}; a checkpoint of size {cosigned.size} had its quorum")


def _opened(data: bytes, key: NoteKey) -> Checkpoint:
    note = decode_note(data)
    checkpoint = decode_text(note.text)
    note.verified_by([key])
    if checkpoint.origin != key.name:
        raise CheckFailed("board.checkpoint", f"origin {checkpoint.origin}", f"signed by the key of {key.name}")
    return checkpoint
