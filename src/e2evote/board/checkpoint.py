"""Checkpoints: the size and root of a log, signed (C2SP tlog-checkpoint; docs/record-format.md, Files).

The text is three lines: the origin, which names the log, its size and its root. The format allows more lines; no
auditor could check them, so e2evote has none. The log's key bears the name of the origin, so that a
checkpoint of one log never passes for another's.
"""

from dataclasses import dataclass

from e2evote.board.merkle import EMPTY_ROOT, HASH_SIZE
from e2evote.board.note import CHECK, LogKey, check_name, decode_note
from e2evote.board.text import LARGEST, decode_decimal, decode_hash, encode_base64
from e2evote.errors import CheckFailed, MalformedInput

CHECKPOINT_LIMIT = 64 * 1024
"""Bytes of a checkpoint with all its signatures."""


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """What a log states at one moment."""

    origin: str
    size: int
    root: bytes

    def __post_init__(self) -> None:
        check_name(self.origin)
        if not 0 <= self.size <= LARGEST:
            raise ValueError(f"checkpoint: size {self.size} is not in [0, 2^63)")
        if len(self.root) != HASH_SIZE:
            raise ValueError(f"checkpoint: a root of {len(self.root)} bytes, want {HASH_SIZE}")

    def text(self) -> bytes:
        """origin, size and base64(root), a line each: what is signed."""
        return f"{self.origin}\n{self.size}\n{encode_base64(self.root)}\n".encode()


def decode_text(text: bytes) -> Checkpoint:
    """The statement that a note's text is, signed or not."""
    try:
        lines = text.decode("utf-8").split("\n")
    except UnicodeDecodeError as error:
        raise MalformedInput(f"checkpoint: not UTF-8 at byte {error.start}") from None
    if len(lines) != 4 or lines[3]:
        raise MalformedInput(f"checkpoint: {len(lines) - 1} lines, want 3: origin, size, root")
    size = decode_decimal(lines[1], "checkpoint: size")
    root = decode_hash(lines[2], "checkpoint: root")
    try:
        return Checkpoint(lines[0], size, root)
    except ValueError as error:
        raise MalformedInput(f"checkpoint: origin: {error}") from None


def open_checkpoint(data: bytes, log_key: LogKey) -> Checkpoint:
    """The checkpoint in these bytes, which the log with this key signed.

    Says nothing about other signatures on it, nor whether the log told everybody the same.
    """
    if len(data) > CHECKPOINT_LIMIT:
        raise MalformedInput(f"checkpoint: {len(data)} bytes, limit {CHECKPOINT_LIMIT}")
    note = decode_note(data)
    checkpoint = decode_text(note.text)
    note.verified_by([log_key])
    if checkpoint.origin != log_key.name:
        raise CheckFailed(CHECK, f"origin {checkpoint.origin}", f"signed by the key of {log_key.name}")
    if checkpoint.size == 0 and checkpoint.root != EMPTY_ROOT:
        raise CheckFailed(CHECK, f"origin {checkpoint.origin}", "size 0 with a root that is not the empty tree's")
    return checkpoint
