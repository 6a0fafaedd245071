"""Heads that one log has signed, compared with the log that a board shows (docs/record-format.md, Evidence).

Which root the board's log had at an earlier size is proven by the board's own hash tiles, or else by all its entries;
both are verified against the root that the log has signed, so that a wrong tile gives no wrong answer.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from e2evote.adapter.download import LARGEST_LOG
from e2evote.adapter.monitor_source import BoardFiles
from e2evote.board.accusation import Fork
from e2evote.board.checkpoint import Checkpoint, decode_text
from e2evote.board.log import CHECKPOINT
from e2evote.board.merkle import leaf_hash, verify_consistency
from e2evote.board.note import decode_note
from e2evote.board.policy import Cosigned, Policy
from e2evote.board.tree import Tree
from e2evote.errors import MalformedInput
from e2evote.manifest.model import Manifest


class NotCovered(Exception):
    """The entries and tiles that a board serves do not lead to the root that the log has signed."""


@dataclass(frozen=True, slots=True)
class Head:
    """A checkpoint that the log signed, and who has it."""

    note: bytes
    checkpoint: Checkpoint
    whose: str

    @property
    def size(self) -> int:
        return self.checkpoint.size


def stated(note: bytes) -> Checkpoint:
    """What a checkpoint says, whoever signed it; MalformedInput for more entries than any board here has."""
    checkpoint = decode_text(decode_note(note).text)
    if checkpoint.size > LARGEST_LOG:
        raise MalformedInput(f"{checkpoint.size} entries, limit {LARGEST_LOG}", CHECKPOINT)
    return checkpoint


def root_at(files: BoardFiles, size: int, head: Checkpoint) -> tuple[bytes, tuple[bytes, ...]]:
    """The root that the log of `head` had at `size`, and the proof of it.

    Raises FileNotFoundError where the board lacks a file for it, NotCovered where its files are not the log's.
    """
    if size == head.size:
        return head.root, ()
    try:
        tiles = files.tree()
        root, proof = tiles.root(size), tiles.consistency_proof(size)
        if verify_consistency(size, head.size, proof, root, head.root):
            return root, proof
    except (MalformedInput, FileNotFoundError):
        pass  # the entries will do
    tree = Tree()
    for entry in files.entries(0):
        tree.append(leaf_hash(entry))
    if tree.root(head.size) != head.root:
        raise NotCovered
    return tree.root(size), tree.consistency_proof(size, head.size)


def find_fork(known: Sequence[Head], board: Head, files: BoardFiles) -> tuple[Fork, Head, Head] | None:
    """Two of the heads that are not of one log, if the board's files or their sizes alone show it."""
    by_size: dict[int, Head] = {board.size: board}
    for head in known:
        other = by_size.setdefault(head.size, head)
        if other.checkpoint.root != head.checkpoint.root:
            return Fork(head.note, other.note, other.checkpoint.root, ()), head, other
    for head in known:
        if 0 < head.size < board.size:
            root, proof = root_at(files, head.size, board.checkpoint)
            if root != head.checkpoint.root:
                return Fork(head.note, board.note, root, proof), head, board
    return None


@lru_cache(4)
def policy_of(manifest: bytes) -> Policy | None:
    """The witnesses that a manifest names; None where it names none, or is not there yet."""
    return Manifest.decode(manifest).policy if manifest else None


def together(policy: Policy, cosigned: Iterable[Cosigned]) -> tuple[Cosigned, ...]:
    """Each witness once, with its latest time, in the order of the policy."""
    times: dict[str, int] = {}
    for one in cosigned:
        times[one.name] = max(one.time, times.get(one.name, 0))
    return tuple(Cosigned(w.name, times[w.name]) for w in policy.witnesses if w.name in times)


def quorum_time(policy: Policy, cosigned: Sequence[Cosigned]) -> int:
    """The latest time at which, or after which, a whole quorum has cosigned; 0 where none has.

    One witness alone can't make a head look new.
    """
    names: list[str] = []
    for one in sorted(cosigned, key=lambda one: one.time, reverse=True):
        names.append(one.name)
        if policy.satisfied_by(names):
            return one.time
    return 0
