"""What every storage refuses from its own caller before it touches a disk: a ValueError is a mistake, not an attack."""

from collections.abc import Sequence

from e2evote.board.bundles import ENTRY_LIMIT, ITEM_LIMIT
from e2evote.board.merkle import HASH_SIZE, leaf_hash
from e2evote.board.storage import KEY_SIZE, NOTE_LIMIT, PRIVATE_LIMIT, Answer, Batch, Submission
from e2evote.board.tiles import ENTRIES, HINTS, PAYLOAD


def check_submissions(submissions: Sequence[Submission]) -> None:
    """Sizes within their limits, and each key the leaf hash of its entry."""
    for submission in submissions:
        if submission.key != leaf_hash(submission.entry):
            raise ValueError(f"submission {submission.key.hex()}: the key is not the leaf hash of the entry")
        what = f"submission {submission.key.hex()}"
        _check_size(f"{what}: entry", submission.entry, ENTRY_LIMIT)
        _check_size(f"{what}: payload", submission.payload, ITEM_LIMIT)
        _check_beside(what, submission.hints, submission.private)


def check_batch(batch: Batch) -> None:
    """Each key once, tiles of hashes in their widths, answers that point into the log."""
    keys = [*(appended.key for appended in batch.appended), *batch.answers]
    if batch.start < 0 or len(set(keys)) != len(keys) or any(len(key) != KEY_SIZE for key in keys):
        raise ValueError(
            f"batch at {batch.start}: its {len(keys)} keys are not each of {KEY_SIZE} bytes and there once"
        )
    for appended in batch.appended:
        _check_beside(f"entry {appended.key.hex()}", appended.hints, appended.private)
    for path, data in batch.tiles.items():
        if path.series in (ENTRIES, PAYLOAD, HINTS) or len(data) != path.width * HASH_SIZE:
            raise ValueError(f"{path.encode()}: {len(data)} bytes are no hash tile of this width")
    end = batch.start + len(batch.appended)
    for key, answer in batch.answers.items():
        if not isinstance(answer, Answer) and not 0 <= answer < end:
            raise ValueError(f"submission {key.hex()}: answered with index {answer} of a log of {end}")


def check_tile_grows(level: int, number: int, old: bytes, new: bytes) -> None:
    """A hash that was stored once stays."""
    if not new.startswith(old):
        raise ValueError(f"tile {level}/{number}: {len(new)} bytes do not begin with the {len(old)} stored")


def check_note(note: bytes, size: int, most: int, what: str) -> None:
    """The note is there and no larger than any checkpoint; it speaks of entries that the log has."""
    _check_size(what, note, NOTE_LIMIT)
    if not note or not 0 <= size <= most:
        raise ValueError(f"{what}: {len(note)} bytes for size {size} of a log of {most}")


def check_range(start: int, end: int, size: int) -> None:
    """Entries that the log has."""
    if not 0 <= start <= end <= size:
        raise ValueError(f"entries {start} to {end} of a log of {size}")


def _check_beside(what: str, hints: bytes, private: bytes) -> None:
    _check_size(f"{what}: hints", hints, ITEM_LIMIT)
    _check_size(f"{what}: private", private, PRIVATE_LIMIT)


def _check_size(what: str, data: bytes, limit: int) -> None:
    if len(data) > limit:
        raise ValueError(f"{what}: {len(data)} bytes, limit {limit}")
