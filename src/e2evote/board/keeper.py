"""The order of operations on the writer's side (docs/spec.md, section 5.6). No files, sockets or clocks.

    append    a batch becomes entries, in one transaction of the storage
    settle    sign, swap the head, publish, have it cosigned, publish that: as far as it goes

Nothing is appended while the last head lacks its quorum, so at most one signed head is ever beyond the quorum. A head
covers more entries than every head before it, or is one of them. Every step may be repeated: whatever a crash left
undone is found in the storage by `start` and done by the next `settle`.

What changed nothing (no room, another process in the way) may be tried again. After any other failure the keeper has
stopped: it signs nothing more, and the storage is to be opened and looked through again.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Protocol

from e2evote.board.checkpoint import Checkpoint
from e2evote.board.gathering import Gatherer, Gathering
from e2evote.board.growing import GrowingTree, grow
from e2evote.board.heads import Head, check_shown, read_head, read_shown
from e2evote.board.log import CHECKPOINT
from e2evote.board.merkle import leaf_hash
from e2evote.board.note import Signer, sign_note
from e2evote.board.publication import File, Tail, changed_files
from e2evote.board.receipts import Receipts
from e2evote.board.self_check import Watch, ignore, self_check
from e2evote.board.storage import Answer, Appended, Batch, Storage, Submission
from e2evote.board.tile_tree import TileTree
from e2evote.errors import Refused, StorageDamaged, StorageFailed, StorageFull

UNCHANGED = frozenset({"storage-busy", "storage-full", "storage-read-only"})
"""Codes of refusals after which everything is as it was before, so that the step may be tried again."""


class Publisher(Protocol):
    """The published files."""

    def checkpoint(self) -> bytes:
        """The checkpoint as it is published; b"" where there is none."""

    def publish(self, files: Iterable[File]) -> None:
        """These files in this order, each whole or not at all; durable when it returns.

        Raises StorageFull where there is no room, and StorageFailed where nothing is known about a write.
        """


@dataclass(frozen=True, slots=True)
class Collaborators:
    """What a keeper works with. gatherer: None where the manifest claims no witnesses."""

    storage: Storage
    publisher: Publisher
    signer: Signer
    gatherer: Gatherer | None = None


class Keeper:
    """The one writer of a log. Whoever has several threads lets them take turns; `receipts` needs none."""

    def __init__(self, with_: Collaborators, tree: GrowingTree, head: Head, published: int) -> None:
        """For `start`, which knows that these belong together."""
        self._storage, self._publisher = with_.storage, with_.publisher
        self._signer, self._gatherer = with_.signer, with_.gatherer
        self._tree, self._head, self._published = tree, head, published
        self._proofs = TileTree(with_.storage.tile, head.checkpoint.size)
        self._quorum = -1 if head.note else 0  # the size that a quorum has cosigned since the start
        self._stopped: Refused | None = None
        self._gathered = Gathering()
        self._tail = Tail()
        self.receipts = Receipts(with_.storage)

    @classmethod
    def start(cls, with_: Collaborators, watch: Watch = ignore) -> "Keeper":
        """Looks through the storage, compares it with what is published, and settles what a crash left undone.

        watch: told of every entry, so that nobody need read them all once more. Refused where the storage is damaged
        (`storage-damaged`) or is not the newest that there has been: `board-ahead`, `board-behind`, `board-forked`.
        Witnesses that do not answer are no reason to refuse, but nothing is signed before a quorum has cosigned the
        last head again.
        """
        key = with_.signer.key
        head = read_head(with_.storage, key)
        shown = read_shown(with_.publisher.checkpoint(), key)
        found = self_check(with_.storage, {head.checkpoint.size, shown.size}, watch)
        head.check_root(found)
        check_shown(shown, head, found)
        keeper = cls(with_, found.tree, head, shown.size)
        keeper.settle()
        return keeper

    @property
    def size(self) -> int:
        """The number of entries, signed for or not."""
        return self._tree.size

    @property
    def head(self) -> Checkpoint:
        """What was signed last."""
        return self._head.checkpoint

    @property
    def is_settled(self) -> bool:
        """Whether every entry is under a published head with a quorum, so that more may be appended."""
        return self._stopped is None and self._quorum == self.size

    @property
    def missing(self) -> Mapping[str, str]:
        """Witnesses that have not cosigned the head, and why; empty when nobody has been asked."""
        return self._gathered.missing()

    def append(self, submissions: Sequence[Submission], answers: Mapping[bytes, int | Answer] | None = None) -> None:
        """These pending submissions, with the hints and private bytes that they are to have, are the next entries.

        answers: other pending submissions that are done with. Nothing is signed yet: `settle` comes next.
        """
        if submissions and not self.is_settled:
            self._check_stopped()
            raise RuntimeError("append: the head before has no quorum yet")
        for submission in submissions:
            if leaf_hash(submission.entry) != submission.key:
                raise StorageDamaged(f"pending submission {submission.key.hex()}: its bytes have another hash")
        with self._step():
            tree, tiles = grow(self._tree, [submission.key for submission in submissions])
            appended = tuple(Appended(each.key, each.hints, each.private) for each in submissions)
            self._storage.sequence(Batch(self.size, appended, tiles, answers or {}))
            self._tree = tree

    def settle(self) -> bool:
        """Does what is left to do with what is sequenced; whether all of it is under a quorum now."""
        with self._step():
            while True:
                self._publish()
                if not self._has_quorum():
                    return False
                if self.head.size == self.size:
                    return True
                self._sign()

    def confirm(self) -> bool:
        """Has a quorum cosign the head once more, now; whether it did. Until it has, nothing is appended."""
        if self._gatherer:
            self._gatherer.forget()
            self._quorum = min(self._quorum, self.head.size - 1)
        return self.settle()

    def refresh(self) -> None:
        """Publishes the head with new cosignatures where a quorum gives them; else all stays as it is."""
        gatherer = self._gatherer
        if gatherer is None or not self.is_settled:
            return
        with self._step():
            gatherer.forget()
            self._gather(gatherer)
            if gatherer.has_quorum_for(self._head.note):
                self._publisher.publish([(CHECKPOINT, gatherer.note(self._head.note))])

    def consistency_proof(self, old: int) -> tuple[bytes, ...]:
        """The proof that the head continues the log of this size, at least 1."""
        if self.head.size > self._proofs.size:
            self._proofs = self._proofs.grown(self.head.size)
        return self._proofs.consistency_proof(old, self.head.size)

    def _sign(self) -> None:
        """A head over all that is sequenced: more than the head before covered, so of another size."""
        if not self.head.size < self.size:
            raise RuntimeError(f"sign: a head of size {self.head.size} is there already")
        checkpoint = Checkpoint(self._signer.key.name, self.size, self._tree.root())
        note = sign_note(checkpoint.text(), [self._signer])
        self._storage.swap_head(self._head.note, note, checkpoint.size)
        self._head = Head(note, checkpoint)

    def _publish(self) -> None:
        """The files of the head, and then the head, unless it is published already."""
        if self._published < self.head.size:
            self._publisher.publish(self._files())
            self._published = self.head.size

    def _files(self) -> Iterator[File]:
        yield from changed_files(self._storage, self._published, self.head.size, self._tail)
        yield CHECKPOINT, self._head.note

    def _has_quorum(self) -> bool:
        """Whether the head has its quorum, which is then stored and published."""
        size = self.head.size
        if self._quorum == size:
            return True
        if self._gatherer is None:
            self._storage.add_cosigned(size, self._head.note)
        else:
            if not self._gatherer.has_quorum_for(self._head.note):
                self._gather(self._gatherer)
            if not self._gatherer.has_quorum_for(self._head.note):
                return False
            note = self._gatherer.note(self._head.note)
            self._storage.add_cosigned(size, note)
            self._publisher.publish([(CHECKPOINT, note)])
        self._quorum = size
        return True

    def _gather(self, gatherer: Gatherer) -> None:
        """Asks the witnesses. At the start all are waited for: one that is ahead may be the only one that knows."""
        first = self._quorum < 0
        self._gathered = found = gatherer.gather(self._head.note, self.head, self.consistency_proof, everybody=first)
        if found.contradictions and (first or not gatherer.has_quorum_for(self._head.note)):
            raise found.refusal(self.head)

    @contextmanager
    def _step(self) -> Iterator[None]:
        """One step, after which the keeper has stopped unless it ended well or changed nothing."""
        self._check_stopped()
        self._stopped = StorageFailed("an earlier step was not finished; start again")
        try:
            yield
        except Refused as refused:
            unchanged = isinstance(refused, StorageFull) or refused.code in UNCHANGED
            self._stopped = None if unchanged else refused
            raise
        self._stopped = None

    def _check_stopped(self) -> None:
        if self._stopped is not None:
            raise Refused(self._stopped.code, f"nothing more is signed since: {self._stopped.detail}")
