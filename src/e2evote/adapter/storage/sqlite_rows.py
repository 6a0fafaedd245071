"""Rows as values: an item is a submission, pending or sequenced, without its payload and hints; the head is one row."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from e2evote.adapter.storage.seal import seal
from e2evote.board.merkle import leaf_hash
from e2evote.board.storage import NO_PAYLOAD, Appended, Submission
from e2evote.errors import StorageDamaged
from e2evote.hashing.digest import sha256

ITEM_COLUMNS = "i.id, i.key, i.entry, i.payload_size, i.payload_hash, i.hints_size, i.hints_hash, i.private, i.seal"


@dataclass(frozen=True, slots=True)
class Item:
    """Hashes are SHA-256, zeros for nothing."""

    id: int
    key: bytes
    entry: bytes
    payload_size: int
    payload_hash: bytes
    hints_size: int
    hints_hash: bytes
    private: bytes = field(repr=False)

    @classmethod
    def read(cls, columns: Sequence[Any]) -> "Item":
        """The item in these columns; StorageDamaged where there is none, or it is not as it was written."""
        check_item(*columns)
        return cls(*columns[:-1])

    def beside(self, appended: Appended) -> "Item":
        """With other hints and private bytes."""
        hints = appended.hints
        return replace(self, hints_size=len(hints), hints_hash=_hash(hints), private=appended.private)

    def seal(self) -> bytes:
        return seal(*self._sealed())

    def _sealed(self) -> tuple[str, bytes, bytes, bytes, bytes]:
        sizes, hashes = (self.payload_size, self.hints_size), (self.payload_hash, self.hints_hash)
        return _sealed(self.key, sizes, hashes, self.private)


@dataclass(frozen=True, slots=True)
class Waiting:
    """What may change when a pending item gets its index."""

    id: int
    hints_size: int
    hints_hash: bytes
    private: bytes = field(repr=False)

    def has(self, appended: Appended) -> bool:
        """Whether hints and private bytes are those already."""
        hints = appended.hints
        return (self.private, self.hints_size) == (appended.private, len(hints)) and self.hints_hash == _hash(hints)


@dataclass(frozen=True, slots=True)
class Head:
    """The signed checkpoint, b"" before the first; cosigned: the largest size that had its quorum."""

    size: int
    note: bytes
    cosigned: int

    @classmethod
    def read(cls, columns: Sequence[object] | None) -> "Head":
        match columns:
            case (int(size), bytes(note), int(cosigned), mark):
                head = cls(size, note, cosigned)
                if head._seal() == mark:
                    return head
        raise StorageDamaged("head: missing, or not as it was written")

    def row(self) -> tuple[object, ...]:
        return 1, self.size, self.note, self.cosigned, self._seal()

    def _seal(self) -> bytes:
        return seal("head", number8(self.size), self.note, number8(self.cosigned))


def check_item(
    id_: int, key: bytes, entry: bytes, p: int, p_hash: bytes, h: int, h_hash: bytes, private: bytes, mark: bytes
) -> None:
    """The columns of an item, as they are in its row; StorageDamaged where they are not as they were written."""
    try:
        if mark == seal(*_sealed(key, (p, h), (p_hash, h_hash), private)) and key == leaf_hash(entry):
            return
    except (AttributeError, TypeError):  # of a column that holds another type
        pass
    raise StorageDamaged(f"item {id_}: missing, or not as it was written")


def new_row(id_: int, submission: Submission) -> tuple[object, ...]:
    """The row of a submission that has just been handed in."""
    payload, hints = submission.payload, submission.hints
    sizes, hashes = (len(payload), len(hints)), (_hash(payload), _hash(hints))
    mark = seal(*_sealed(submission.key, sizes, hashes, submission.private))
    beside = (sizes[0], hashes[0], sizes[1], hashes[1])
    return (id_, submission.key, submission.entry, *beside, submission.private, mark)


def number8(number: int) -> bytes:
    """Eight bytes, big endian."""
    return number.to_bytes(8, "big", signed=True)


def _sealed(
    key: bytes, sizes: tuple[int, int], hashes: tuple[bytes, bytes], private: bytes
) -> tuple[str, bytes, bytes, bytes, bytes]:
    return "item", key, number8(sizes[0]) + number8(sizes[1]), hashes[0] + hashes[1], private


def _hash(data: bytes) -> bytes:
    return sha256(data) if data else NO_PAYLOAD
