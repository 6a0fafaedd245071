"""A log that is being written, as a value without I/O (docs/spec.md, section 5).

Entries are opaque bytes; each may have a payload and hints lying beside the log. `publish` gives the files of a
static board that changed since an earlier size, the checkpoint last, for whoever stores them. Making entries durable
before they are signed for, and publishing in order, is the caller's.
"""

from collections.abc import Sequence

from e2evote.board.bundles import ENTRY_LIMIT, ITEM_LIMIT, encode_bundle, encode_pack
from e2evote.board.checkpoint import Checkpoint, decode_text
from e2evote.board.merkle import leaf_hash
from e2evote.board.note import Signer, decode_note, sign_note
from e2evote.board.proof import LogProof
from e2evote.board.tiles import ENTRIES, HINTS, PAYLOAD, WIDTH, TilePath, bundles, encode_tile, tiles
from e2evote.board.tree import Tree

CHECKPOINT = "checkpoint"
"""The path of the one file that changes; it is published after all others."""


class Log:
    """One log and the signer that speaks for it. `append` and `forget` are its only changes."""

    def __init__(self, signer: Signer) -> None:
        self._signer = signer
        self._tree = Tree()
        self._start = 0  # of the first entry still held
        self._entries: list[bytes] = []
        self._payloads: list[bytes | None] = []
        self._hints: list[bytes | None] = []

    @property
    def origin(self) -> str:
        return self._signer.key.name

    @property
    def size(self) -> int:
        return self._tree.size

    def append(self, entry: bytes, payload: bytes | None = None, hints: bytes | None = None) -> int:
        """Adds an entry and what lies beside it; its index."""
        if len(entry) > ENTRY_LIMIT:
            raise ValueError(f"entry {self.size}: {len(entry)} bytes, limit {ENTRY_LIMIT}")
        for item in (payload, hints):
            if item is not None and not 0 < len(item) <= ITEM_LIMIT:
                raise ValueError(f"entry {self.size}: {len(item)} bytes beside it, want 1 to {ITEM_LIMIT} or none")
        self._entries.append(entry)
        self._payloads.append(payload)
        self._hints.append(hints)
        self._tree.append(leaf_hash(entry))
        return self.size - 1

    def checkpoint(self, size: int) -> Checkpoint:
        """Size and root when the log had `size` entries."""
        return Checkpoint(self.origin, size, self._tree.root(size))

    def signed_checkpoint(self) -> bytes:
        """The note that states size and root now. Whoever lets it out can no longer take an entry back."""
        return sign_note(self.checkpoint(self.size).text(), [self._signer])

    def consistency_proof(self, old: int, size: int) -> tuple[bytes, ...]:
        """The proof that the log of `size` begins with that of `old`."""
        return self._tree.consistency_proof(old, size)

    def proof(self, index: int, note: bytes, extra: bytes = b"") -> LogProof:
        """The proof that entry `index` is under the checkpoint in `note`, whatever its cosignatures."""
        checkpoint = decode_text(decode_note(note).text)
        if checkpoint != self.checkpoint(checkpoint.size):
            raise ValueError(f"log {self.origin}: never was as the checkpoint of size {checkpoint.size} says")
        return LogProof(index, self._tree.inclusion_proof(index, checkpoint.size), note, extra)

    def publish(self, previous_size: int) -> dict[str, bytes]:
        """Path and content of every file that changed since the log had `previous_size` entries.

        The checkpoint, always among them, is the last in order. Hint packs without a single hint are left out.
        """
        if not 0 <= previous_size <= self.size:
            raise ValueError(f"publish: from size {previous_size}, the log has {self.size}")
        if previous_size // WIDTH * WIDTH < self._start:
            raise ValueError(f"publish: from size {previous_size}, entries before {self._start} are forgotten")
        files: dict[str, bytes] = {}
        for path in bundles(ENTRIES, self.size, previous_size):
            start = path.index * WIDTH - self._start
            held = slice(start, start + path.width)
            files[path.encode()] = encode_bundle(self._entries[held])
            pack = TilePath(PAYLOAD, path.index, path.width)
            files[pack.encode()] = encode_pack(self._payloads[held])
            if any(self._hints[held]):
                pack = TilePath(HINTS, path.index, path.width)
                files[pack.encode()] = encode_pack(self._hints[held])
        for path in tiles(self.size, previous_size):
            level = int(path.series.removeprefix("tile/"))
            first = path.index * WIDTH
            files[path.encode()] = encode_tile(self._hashes(level, first, first + path.width))
        files[CHECKPOINT] = self.signed_checkpoint()
        return files

    def forget(self, published_size: int) -> None:
        """Drops the entries and payloads of the bundles that were full, and stored, at `published_size`.

        Their hashes stay, and with them every proof.
        """
        if not 0 <= published_size <= self.size:
            raise ValueError(f"forget: up to size {published_size}, the log has {self.size}")
        start = published_size // WIDTH * WIDTH
        for held in (self._entries, self._payloads, self._hints):
            del held[: max(0, start - self._start)]
        self._start = max(start, self._start)

    def _hashes(self, level: int, start: int, end: int) -> Sequence[bytes]:
        """A hash of tile level l is the root over 256^l = 2^(8l) leaves."""
        return self._tree.nodes(8 * level, start, end)
