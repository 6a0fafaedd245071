"""Rows as values, and what they mean, for every storage that keeps them in tables of SQL.

An item is a submission, pending or sequenced, without its payload and hints; an entry gives an item its index; the head
is one row; an answer stands in the place of a submission that is done with. Each row has a seal over what it says.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any, LiteralString

from e2evote.adapter.storage.seal import check_seal, seal
from e2evote.board.merkle import leaf_hash
from e2evote.board.storage import NO_PAYLOAD, WAITING, Answer, Appended, Submission
from e2evote.errors import StorageDamaged
from e2evote.hashing.digest import sha256

ITEM_COLUMNS: LiteralString = (
    "i.id, i.key, i.entry, i.payload_size, i.payload_hash, i.hints_size, i.hints_hash, i.private, i.seal"
)
_REFUSED = -1  # in answer.place: the answer is no index


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


def check_entry(expected: int, index: int, mark: object, key: bytes) -> None:
    """The item with this key has this index, which is the expected one."""
    if index != expected:
        raise StorageDamaged(f"entry {expected}: missing")
    check_seal(mark, entry_place(index), key)


def entry_place(index: object) -> str:
    return f"entry {index}"


def tile_place(level: int, number: int) -> str:
    return f"tile {level}/{number}"


def check_tile_number(level: int, number: int) -> None:
    """ValueError where no log has such a tile."""
    if not (0 <= level < 64 and 0 <= number < 2**55):
        raise ValueError(f"no tile {level}/{number}")


def cosigned_seal(size: object, before: object, note: bytes) -> bytes:
    """Of a checkpoint that had its quorum. before: the size of the one before it."""
    return seal(f"cosigned {size} after {before}", note)


def status_of(key: bytes, columns: Sequence[Any]) -> int | str:
    """What has become of the submission: from its item's columns, its item among the pending, its index and seal."""
    *item, waiting, index, mark = columns
    found = Item.read(item)
    if index is not None and waiting is None:
        check_seal(mark, entry_place(index), found.key)
        return int(index)
    if waiting is None or index is not None:
        raise StorageDamaged(f"submission {key.hex()}: neither pending nor in the log")
    return WAITING


def answer_row(key: bytes, answer: int | Answer) -> tuple[object, ...]:
    """Key, place, code, detail and seal of an answer."""
    place, code, detail = (_REFUSED, answer.code, answer.detail) if isinstance(answer, Answer) else (answer, "", "")
    return key, place, code, detail, _answer_seal(key, place, code, detail)


def read_answer(key: bytes, columns: Sequence[Any] | None) -> int | Answer | None:
    """The answer in these columns, which are those of `answer_row` after the key."""
    if columns is None:
        return None
    place, code, detail, mark = columns
    if _answer_seal(key, place, code, detail) != mark:
        raise StorageDamaged(f"answer to {key.hex()}: not as it was written")
    return Answer(code, detail) if place == _REFUSED else int(place)


def check_counts(items: int, waiting: int, entries: int, size: int, covered: int) -> None:
    """No row is gone without a trace: each item is pending or has an index, indices are dense, the head is covered."""
    if size != entries or items != waiting + entries or covered > size:
        raise StorageDamaged(
            f"{items} items, of which {waiting} wait and {entries} are entries; the last has index {size - 1},"
            f" and the head covers {covered}"
        )


def _answer_seal(key: bytes, place: object, code: object, detail: object) -> bytes:
    return seal("answer", key, str(place).encode(), str(code).encode(), str(detail).encode())


def number8(number: int) -> bytes:
    """Eight bytes, big endian."""
    return number.to_bytes(8, "big", signed=True)


def _sealed(
    key: bytes, sizes: tuple[int, int], hashes: tuple[bytes, bytes], private: bytes
) -> tuple[str, bytes, bytes, bytes, bytes]:
    return "item", key, number8(sizes[0]) + number8(sizes[1]), hashes[0] + hashes[1], private


def _hash(data: bytes) -> bytes:
    return sha256(data) if data else NO_PAYLOAD
