"""Receipts of what is stored: the proof, and the first checkpoint with a quorum over it (docs/spec.md, section 5.6).

The same entry always gets the same bytes, whoever asks, whenever, from whichever process: nothing of a receipt is made
up when it is asked for.
"""

from e2evote.board.checkpoint import decode_text
from e2evote.board.note import decode_note
from e2evote.board.proof import LogProof, check_inclusion
from e2evote.board.storage import Storage
from e2evote.board.tile_tree import TileTree
from e2evote.errors import CheckFailed, MalformedInput, StorageDamaged


class Receipts:
    """The receipts of one storage, whose tiles it keeps at hand. Several threads may use it."""

    def __init__(self, storage: Storage) -> None:
        self._storage = storage
        self._tree = TileTree(storage.tile, 0)

    def of(self, index: int) -> LogProof | None:
        """The receipt of entry `index`, with the entry as its extra; None while no quorum has cosigned it.

        Raises StorageDamaged where what is stored does not lead from the entry to the checkpoint.
        """
        note = self._storage.cosigned(index)
        if not note:
            return None
        try:
            checkpoint = decode_text(decode_note(note).text)
        except MalformedInput as error:
            raise StorageDamaged(f"the checkpoint over entry {index}: {error}") from None
        tree = self._tree
        if checkpoint.size > tree.size:
            self._tree = tree = tree.grown(checkpoint.size)
        entry = next(iter(self._storage.entries(index, index + 1))).entry
        proof = LogProof(index, tree.inclusion_proof(index, checkpoint.size), note, entry)
        try:
            check_inclusion(proof, entry, checkpoint)
        except CheckFailed as failure:
            raise StorageDamaged(str(failure)) from None
        return proof
