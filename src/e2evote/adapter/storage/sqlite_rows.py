"""The row of an item: a submission, pending or sequenced, without its payload and hints."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from e2evote.adapter.storage.seal import check_seal, seal
from e2evote.board.merkle import leaf_hash
from e2evote.board.storage import NO_PAYLOAD, Appended, Submission
from e2evote.errors import StorageDamaged
from e2evote.hashing.digest import sha256

ITEM_COLUMNS = "i.id, i.key, i.entry, i.payload_size, i.payload_hash, i.hints_size, i.hints_hash, i.private, i.seal"


@dataclass(frozen=True, slots=True)
class Item:
    """id: 0 before it has a row. Hashes are SHA-256, zeros for nothing."""

    id: int
    key: bytes
    entry: bytes
    payload_size: int
    payload_hash: bytes
    hints_size: int
    hints_hash: bytes
    private: bytes = field(repr=False)

    @classmethod
    def of(cls, submission: Submission) -> "Item":
        return cls(
            0,
            submission.key,
            submission.entry,
            len(submission.payload),
            _hash(submission.payload),
            len(submission.hints),
            _hash(submission.hints),
            submission.private,
        )

    @classmethod
    def read(cls, columns: Sequence[object]) -> "Item":
        """The item in these columns; StorageDamaged where there is none, or it is not as it was written."""
        *values, mark = columns
        match values:
            case [int(id_), bytes(key), bytes(entry), int(p), bytes(p_hash), int(h), bytes(h_hash), bytes(private)]:
                item = cls(id_, key, entry, p, p_hash, h, h_hash, private)
            case _:
                raise StorageDamaged(f"item {values[0]}: missing, or not as it was written")
        check_seal(mark, *item._sealed())
        if leaf_hash(entry) != key:
            raise StorageDamaged(f"item {id_}: the entry is not that of its key {key.hex()}")
        return item

    def beside(self, appended: Appended) -> "Item":
        """With other hints and private bytes."""
        hints = appended.hints
        return replace(self, hints_size=len(hints), hints_hash=_hash(hints), private=appended.private)

    def row(self) -> tuple[object, ...]:
        """The columns after `id`."""
        return (
            self.key,
            self.entry,
            self.payload_size,
            self.payload_hash,
            self.hints_size,
            self.hints_hash,
            self.private,
            self.seal(),
        )

    def seal(self) -> bytes:
        return seal(*self._sealed())

    def _sealed(self) -> tuple[str, bytes, bytes, bytes, bytes]:
        sizes = number8(self.payload_size) + number8(self.hints_size)
        return "item", self.key, sizes, self.payload_hash + self.hints_hash, self.private


def number8(number: int) -> bytes:
    """Eight bytes, big endian."""
    return number.to_bytes(8, "big", signed=True)


def _hash(data: bytes) -> bytes:
    return sha256(data) if data else NO_PAYLOAD
