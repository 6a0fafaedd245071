"""FileStorage: a log in plain files, whose public part is the static board itself (docs/architecture.md, Storage).

    board/      checkpoint, tile/…, tile/entries/…, payload/…, hints/…: for any web server, in the formats of C2SP
    private/    what waits, what was answered, and what makes changed bytes noticed; files_format.py says what

It is for small logs and for looking at: the files of the last, partial bundle are written again with each batch.
"""

import os
import secrets
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from e2evote.adapter.storage.arguments import check_batch, check_note, check_range, check_submissions, check_tile_grows
from e2evote.adapter.storage.files_board import Beside, Board
from e2evote.adapter.storage.files_commit import LOCK, STATE, Change, SharedFolder, sync_folder
from e2evote.adapter.storage.files_format import (
    State,
    answers_name,
    cosigned_name,
    decode_answers,
    decode_cosigned,
    decode_pending,
    decode_state,
    encode_answers,
    encode_cosigned,
    encode_pending,
    pending_name,
)
from e2evote.board.merkle import leaf_hash
from e2evote.board.storage import ANSWERS_KEPT, WAITING, Answer, Batch, Status, Stored, Submission
from e2evote.board.tiles import WIDTH
from e2evote.errors import Refused, StorageConflict, StorageDamaged


class FileStorage:
    """A `Storage`. Opening it ends what a crash has interrupted."""

    def __init__(self, path: Path, origin: str) -> None:
        self.answers_kept = ANSWERS_KEPT
        self._origin = origin
        self._folder = SharedFolder(path)
        self._board = Board(self._folder)
        self._keys: dict[bytes, int] = {}
        try:
            with self._state() as state:
                self._waiting(state)
                self._publish(state)
        except BaseException:
            self._folder.close()
            raise

    @classmethod
    def create(cls, path: Path, origin: str) -> "FileStorage":
        """A new, empty storage; Refused `store-exists` where there is something. It appears whole or not at all."""
        if os.path.lexists(path):
            raise Refused("store-exists", f"{path}: there is such a file or folder already")
        temporary = path.with_name(f".{path.name}.{secrets.token_hex(8)}.new")
        try:
            for folder, mode in ((temporary, 0o755), (temporary / "board", 0o755), (temporary / "private", 0o700)):
                folder.mkdir(mode)
            for name, data in ((LOCK, b""), (STATE, State(origin).encode())):
                with open(temporary / name, "xb", opener=lambda name, flags: os.open(name, flags, 0o600)) as file:
                    file.write(data)
                    file.flush()
                    os.fsync(file.fileno())
            for folder in (temporary / "private", temporary):
                sync_folder(folder)
            os.rename(temporary, path)
            sync_folder(path.parent)
        except OSError as error:
            raise Refused("storage-missing", f"{path}: can't be made: {error.strerror}") from error
        finally:
            shutil.rmtree(temporary, ignore_errors=True)
        return cls(path, origin)

    def submit(self, submissions: Sequence[Submission]) -> None:
        check_submissions(submissions)
        with self._state() as state:
            waiting, answers = self._waiting(state), self._answers(state)
            known = {*waiting, *self._keys, *(key for key, answer in answers.items() if isinstance(answer, int))}
            made: dict[str, bytes] = {}
            left = dict(answers)
            for submission in submissions:
                if submission.key not in known:
                    known.add(submission.key)
                    name = pending_name(state.next + len(made), submission.key)
                    made[name] = encode_pending(name, submission)
                    left.pop(submission.key, None)
            if made:
                after = replace(state, next=state.next + len(made), waiting=state.waiting + len(made))
                self._change(state, after, made, (), answers, left)

    def status(self, key: bytes) -> Status:
        with self._state() as state:
            if key in self._keys:
                return self._keys[key]
            return WAITING if key in self._waiting(state) else self._answers(state).get(key)

    def pending(self, most: int, most_bytes: int) -> tuple[Submission, ...]:
        found: list[Submission] = []
        size = 0
        with self._state() as state:
            for name in list(self._waiting(state).values())[: max(0, most)]:
                if size >= most_bytes:
                    break
                submission = decode_pending(name, self._folder.read(name))
                if leaf_hash(submission.entry) != submission.key:
                    raise StorageDamaged(f"{name}: the entry is not that of its key")
                found.append(submission)
                size += len(submission.payload) + len(submission.hints)
        return tuple(found)

    def size(self) -> int:
        with self._state() as state:
            return state.size

    def sequence(self, batch: Batch) -> None:
        check_batch(batch)
        with self._state() as state:
            if state.size != batch.start:
                raise StorageConflict(f"batch at {batch.start}: the log has {state.size} entries")
            waiting, answers = self._waiting(state), self._answers(state)
            keys = [*(appended.key for appended in batch.appended), *batch.answers]
            for key in keys:
                if key not in waiting:
                    raise StorageConflict(f"submission {key.hex()}: not pending")
            added = []
            for one in batch.appended:
                pending = decode_pending(waiting[one.key], self._folder.read(waiting[one.key]))
                added.append(Beside(pending.entry, pending.payload, one.hints, one.private))
            made, gone = self._board.append(state.size, added)
            for path, data in batch.tiles.items():
                level = int(path.series.removeprefix("tile/"))
                old = self._board.tile(level, path.index)
                check_tile_grows(level, path.index, old, data)
                if old != data:
                    made |= self._board.new_tile(path, data)
                    gone += self._board.narrower(path)
            given = {**answers, **batch.answers}
            left = {key: given[key] for key in list(given)[-self.answers_kept :]}
            after = replace(state, size=state.size + len(added), waiting=state.waiting - len(keys))
            self._change(state, after, made, (*gone, *(waiting[key] for key in keys)), answers, left)

    def entries(self, start: int, end: int) -> Iterator[Stored]:
        check_range(start, end, self.size())
        return self._entries(start, end)

    def payload(self, index: int) -> bytes:
        with self._state() as state:
            check_range(index, index + 1, state.size)
            return self._board.payload(index, state.size)

    def contents(self, start: int, end: int) -> Iterator[tuple[Stored, bytes]]:
        return zip(self.entries(start, end), map(self.payload, range(start, end)), strict=True)

    def hints(self, index: int) -> bytes:
        with self._state() as state:
            check_range(index, index + 1, state.size)
            return self._board.hints(index, state.size)

    def tile(self, level: int, number: int) -> bytes:
        with self._state():
            return self._board.tile(level, number)

    def head(self) -> bytes:
        with self._state() as state:
            return bytes.fromhex(state.head)

    def swap_head(self, old: bytes, new: bytes, size: int) -> None:
        with self._state() as state:
            if bytes.fromhex(state.head) != old:
                raise StorageConflict(f"head of size {size}: another one has been signed meanwhile")
            check_note(new, size, state.size, "head")
            if size < state.head_size:
                raise ValueError(f"head of size {size} after one of size {state.head_size}")
            after = replace(state, head=new.hex(), head_size=size, generation=state.generation + 1)
            self._folder.change(Change(after.generation, {}, after.encode()))
            self._publish(after)

    def add_cosigned(self, size: int, note: bytes) -> None:
        with self._state() as state:
            check_note(note, size, state.size, "cosigned checkpoint")
            if size > state.cosigned:
                name = cosigned_name(size)
                made = {name: encode_cosigned(name, state.cosigned, note)}
                self._change(state, replace(state, cosigned=size), made, (), {}, {})
                self._publish(replace(state, cosigned=size))

    def cosigned(self, index: int) -> bytes:
        with self._state() as state:
            if index >= state.cosigned:
                return b""
            sizes = [int(name) for name in self._folder.names("private/cosigned") if name.isdecimal()]
            before, note = self._cosigned(min((size for size in sizes if size > index), default=state.cosigned))
            if before > index:
                raise StorageDamaged(f"cosigned checkpoint over entry {index}: missing")
            return note

    def close(self) -> None:
        self._folder.close()

    @contextmanager
    def _state(self) -> Iterator[State]:
        """What there is, under the lock; an interrupted change has ended, and the keys of all entries are known."""
        with self._folder.locked():
            state = decode_state(self._folder.read(STATE), str(self._folder.root), self._origin)
            self._folder.recover(state.generation)
            for index in range(len(self._keys) // WIDTH * WIDTH, state.size, WIDTH):
                rows = self._board.rows(index // WIDTH, state.size)
                self._keys |= {row.key: place for place, row in enumerate(rows, index)}
            yield state

    def _change(
        self,
        before: State,
        after: State,
        made: dict[str, bytes],
        gone: Sequence[str],
        answers: dict[bytes, int | Answer],
        left: dict[bytes, int | Answer],
    ) -> None:
        """The change from one state to the next, with what is left of the answers."""
        generation = before.generation + 1
        number = before.answers
        if left != answers:
            if number:
                gone = (*gone, answers_name(number))
            number = generation if left else 0
            if left:
                made = made | {answers_name(number): encode_answers(answers_name(number), left)}
        after = replace(after, generation=generation, answers=number)
        self._folder.change(Change(generation, made, after.encode(), tuple(gone)))

    def _waiting(self, state: State) -> dict[bytes, str]:
        """The file of each pending submission, the oldest first."""
        names = [name for name in self._folder.names("private/pending") if not name.startswith(".")]
        if len(names) != state.waiting:
            raise StorageDamaged(f"private/pending: {len(names)} files, not {state.waiting}")
        return {bytes.fromhex(name.rpartition("-")[2]): f"private/pending/{name}" for name in names}

    def _answers(self, state: State) -> dict[bytes, int | Answer]:
        if not state.answers:
            return {}
        name = answers_name(state.answers)
        return decode_answers(name, self._folder.read(name))

    def _cosigned(self, size: int) -> tuple[int, bytes]:
        name = cosigned_name(size)
        return decode_cosigned(name, self._folder.read(name))

    def _publish(self, state: State) -> None:
        """The public checkpoint is the head, with cosignatures where it has its quorum."""
        if state.head:
            quorum = state.head_size == state.cosigned > 0
            note = self._cosigned(state.cosigned)[1] if quorum else bytes.fromhex(state.head)
            self._folder.replace("board/checkpoint", note)

    def _entries(self, start: int, end: int) -> Iterator[Stored]:
        for first in range(start // WIDTH * WIDTH, end, WIDTH):
            with self._state() as state:
                rows = self._board.rows(first // WIDTH, state.size)
                entries = self._board.entries(first // WIDTH, state.size)
            for place, (row, entry) in enumerate(zip(rows, entries, strict=True), first):
                if start <= place < end:
                    if leaf_hash(entry) != row.key:
                        raise StorageDamaged(f"entry {place}: not as it was written")
                    yield Stored(entry, row.payload_hash, row.private)
