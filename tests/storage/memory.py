"""MemoryStorage: what the protocol of board/storage.py means, in the fewest lines. Nothing in it is durable."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from threading import RLock

from e2evote.adapter.storage.arguments import check_batch, check_note, check_range, check_submissions, check_tile_grows
from e2evote.board.storage import ANSWERS_KEPT, NO_PAYLOAD, WAITING, Answer, Batch, Status, Stored, Submission
from e2evote.errors import StorageConflict
from e2evote.hashing.digest import sha256


@dataclass
class Kept:
    """Everything that a storage keeps. What is in `waiting` is in the order of its arrival."""

    waiting: dict[bytes, Submission] = field(default_factory=dict)
    log: list[Submission] = field(default_factory=list)
    answers: dict[bytes, int | Answer] = field(default_factory=dict)
    tiles: dict[tuple[int, int], bytes] = field(default_factory=dict)
    head: tuple[bytes, int] = (b"", 0)
    cosigned: dict[int, bytes] = field(default_factory=dict)
    turn: RLock = field(default_factory=RLock)


class MemoryStorage:
    """One handle on what is kept; there may be several, as of several processes."""

    def __init__(self, kept: Kept) -> None:
        self.answers_kept = ANSWERS_KEPT
        self._kept = kept
        self._closed = False

    def submit(self, submissions: Sequence[Submission]) -> None:
        kept = self._open()
        check_submissions(submissions)
        with kept.turn:
            for submission in submissions:
                if isinstance(self.status(submission.key), None | Answer):
                    kept.answers.pop(submission.key, None)
                    kept.waiting[submission.key] = submission

    def status(self, key: bytes) -> Status:
        kept = self._open()
        with kept.turn:
            for index, submission in enumerate(kept.log):
                if submission.key == key:
                    return index
            return WAITING if key in kept.waiting else kept.answers.get(key)

    def pending(self, most: int, most_bytes: int) -> tuple[Submission, ...]:
        found: list[Submission] = []
        for submission in list(self._open().waiting.values())[:most]:
            if sum(len(other.payload) + len(other.hints) for other in found) >= most_bytes:
                break
            found.append(submission)
        return tuple(found)

    def size(self) -> int:
        return len(self._open().log)

    def sequence(self, batch: Batch) -> None:
        kept = self._open()
        check_batch(batch)
        with kept.turn:
            keys = {*(appended.key for appended in batch.appended), *batch.answers}
            if batch.start != len(kept.log) or not keys <= kept.waiting.keys():
                raise StorageConflict("the log has grown, or a submission is not pending")
            tiles = {(int(path.series.removeprefix("tile/")), path.index): data for path, data in batch.tiles.items()}
            for place, data in tiles.items():
                check_tile_grows(*place, kept.tiles.get(place, b""), data)
            for appended in batch.appended:
                old = kept.waiting.pop(appended.key)
                kept.log.append(Submission(old.key, old.entry, old.payload, appended.hints, appended.private))
            kept.tiles |= tiles
            for key, answer in batch.answers.items():
                del kept.waiting[key]
                kept.answers[key] = answer
            for key in list(kept.answers)[: -self.answers_kept]:
                del kept.answers[key]

    def entries(self, start: int, end: int) -> Iterator[Stored]:
        log = self._open().log
        check_range(start, end, len(log))
        return (
            Stored(old.entry, sha256(old.payload) if old.payload else NO_PAYLOAD, old.private) for old in log[start:end]
        )

    def payload(self, index: int) -> bytes:
        check_range(index, index + 1, self.size())
        return self._kept.log[index].payload

    def contents(self, start: int, end: int) -> Iterator[tuple[Stored, bytes]]:
        return zip(self.entries(start, end), map(self.payload, range(start, end)), strict=True)

    def hints(self, index: int) -> bytes:
        check_range(index, index + 1, self.size())
        return self._kept.log[index].hints

    def tile(self, level: int, number: int) -> bytes:
        return self._open().tiles.get((level, number), b"")

    def head(self) -> bytes:
        return self._open().head[0]

    def swap_head(self, old: bytes, new: bytes, size: int) -> None:
        kept = self._open()
        with kept.turn:
            note, covered = kept.head
            if note != old:
                raise StorageConflict("another head")
            check_note(new, size, len(kept.log), "head")
            if size < covered:
                raise ValueError("a smaller head")
            kept.head = new, size

    def add_cosigned(self, size: int, note: bytes) -> None:
        kept = self._open()
        with kept.turn:
            check_note(note, size, len(kept.log), "cosigned checkpoint")
            if all(size > other for other in kept.cosigned):
                kept.cosigned[size] = note

    def cosigned(self, index: int) -> bytes:
        kept = self._open()
        return next((note for size, note in sorted(kept.cosigned.items()) if size > index), b"")

    def close(self) -> None:
        self._closed = True

    def _open(self) -> Kept:
        if self._closed:
            raise RuntimeError("closed")
        return self._kept
