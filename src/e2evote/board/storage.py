"""What a log needs of whatever keeps it: one protocol, a dozen methods (docs/spec.md, section 5.6).

A storage holds one log. What is handed in is `pending`, durably, until a batch gives it an index or an answer; the log
itself only grows; the head is the last checkpoint that the log's key has signed, and it is exchanged by compare and
swap, so that of two writers one stops before it signs. Beside it stand the checkpoints that had their quorum of
cosignatures. Entries are opaque bytes here as everywhere on the board.

Each method either did what it says, durably, when it returns, or raises and has changed nothing that anybody else can
see, with one exception: after `StorageFailed` nothing is known about the last write. Who catches it signs nothing more
and opens the storage again; the object itself refuses every further write. Several threads and processes may use one
storage at a time. What is read is what was written, or StorageDamaged: rows are checked, not believed.

A caller's mistake is a ValueError: a key that is not the entry's leaf hash, an index beyond the log, sizes over their
limits. Beside the errors named here every write may raise Refused with the code `storage-busy`, where another process
did not let go in time, or `storage-read-only`; both have changed nothing.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from e2evote.board.tiles import TilePath

KEY_SIZE = 32
"""Bytes of a submission's key: the leaf hash of its entry, so that the same bytes are one submission."""

NO_PAYLOAD = bytes(32)
"""In the place of a payload's SHA-256 where there is no payload."""

PRIVATE_LIMIT = 1024
"""Bytes that a storage keeps beside an entry and never publishes."""

NOTE_LIMIT = 64 * 1024
"""Bytes of a head, and of a cosigned checkpoint."""

ANSWERS_KEPT = 65_536
"""Answers to submissions that became no entry; the oldest are forgotten, and whoever asks again hands in again."""


@dataclass(frozen=True, slots=True)
class Submission:
    """What was handed in: the entry that it may become, and what lies beside it; b"" where there is nothing.

    key: the entry's leaf hash. private: for the one who judges it, never published.
    """

    key: bytes
    entry: bytes
    payload: bytes = field(default=b"", repr=False)
    hints: bytes = field(default=b"", repr=False)
    private: bytes = field(default=b"", repr=False)


@dataclass(frozen=True, slots=True)
class Appended:
    """One entry of a batch: the pending submission with this key becomes it, payload and all.

    hints: what is to lie beside it instead of the hints that were handed in; b"" for none. private: likewise. The same
    bytes as before cost nothing.
    """

    key: bytes
    hints: bytes = field(default=b"", repr=False)
    private: bytes = field(default=b"", repr=False)


@dataclass(frozen=True, slots=True)
class Batch:
    """What one transaction changes.

    appended: the entries from `start` on. tiles: by path, the hash tiles that the batch completes or widens; a tile of
    any width takes the place of the narrower one of its level and number, with which it must begin. answers: other
    pending submissions, by key, that are done with: the index at which the same thing is, in this batch or before, or
    why it was refused.
    """

    start: int
    appended: tuple[Appended, ...] = ()
    tiles: Mapping[TilePath, bytes] = field(default_factory=dict, repr=False)
    answers: Mapping[bytes, "int | Answer"] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True)
class Answer:
    """Why a submission was refused."""

    code: str
    detail: str


@dataclass(frozen=True, slots=True)
class Stored:
    """An entry as it is stored. payload_hash: SHA-256 of the payload as handed in, or NO_PAYLOAD."""

    entry: bytes
    payload_hash: bytes
    private: bytes = field(default=b"", repr=False)


WAITING = "waiting"
"""The status of a submission that is durable and has no index yet."""

Status = int | Answer | str | None
"""Of a submission: its index, why it was refused, WAITING, or None where nobody knows it."""


class Storage(Protocol):
    """The log of one origin, wherever it is kept. See the top of this file for what all methods promise."""

    def submit(self, submissions: Sequence[Submission]) -> None:
        """Make them pending. One whose key is pending or has an index changes nothing; one refused before is new.

        Raises StorageFull, with nothing changed, where there is no room.
        """

    def status(self, key: bytes) -> Status:
        """What has become of the submission with this key."""

    def pending(self, most: int, most_bytes: int) -> tuple[Submission, ...]:
        """The oldest first: at most `most`, and no more after `most_bytes` of payloads and hints are reached."""

    def size(self) -> int:
        """The number of entries, those not yet signed for among them."""

    def sequence(self, batch: Batch) -> None:
        """The batch, in one transaction. StorageConflict unless `size() == batch.start` then, and all keys pend."""

    def entries(self, start: int, end: int) -> Iterator[Stored]:
        """The entries from `start` to `end`, in order; StorageDamaged where one is missing."""

    def payload(self, index: int) -> bytes:
        """What lies beside the entry; b"" for nothing. StorageDamaged where it is not what was handed in."""

    def contents(self, start: int, end: int) -> Iterator[tuple[Stored, bytes]]:
        """Each of these entries with its payload, in order: what `entries` and `payload` say, in one reading."""

    def hints(self, index: int) -> bytes:
        """The hints beside the entry; b"" for none."""

    def tile(self, level: int, number: int) -> bytes:
        """The hashes of a tile, as many as there are; b"" for no such tile."""

    def head(self) -> bytes:
        """The signed checkpoint that was swapped in last; b"" before the first."""

    def swap_head(self, old: bytes, new: bytes, size: int) -> None:
        """`new`, a checkpoint of `size` entries, instead of `old`; StorageConflict where the head is not `old`.

        No head covers fewer entries than the one before it, or more than there are.
        """

    def add_cosigned(self, size: int, note: bytes) -> None:
        """A checkpoint of this size has its quorum. Without effect once there is one of this size or a larger one."""

    def cosigned(self, index: int) -> bytes:
        """The first checkpoint with a quorum that covers entry `index`, the same for ever; b"" while there is none."""

    def close(self) -> None:
        """Release what is held. Nothing else may be called afterwards."""
