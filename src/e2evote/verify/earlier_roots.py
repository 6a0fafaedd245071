"""The root of a record's log at any earlier size, after its entries were read once (docs/spec.md, section 5.1).

Whoever has checked a log says up to which head, and that may be anywhere. The first pass keeps a hash for each full
bundle; the rest of an earlier tree are entries of one bundle, which is read again.
"""

from collections.abc import Mapping

from e2evote.board.merkle import Frontier, leaf_hash
from e2evote.board.tiles import WIDTH
from e2evote.board.tree import Tree
from e2evote.errors import Refused
from e2evote.record.archive import Archive
from e2evote.verify.first_pass import Marks
from e2evote.verify.log import PublishedLog, read_bundle


class EarlierRoots:
    """marks: what the first pass kept of the bundles."""

    def __init__(self, archive: Archive, log: PublishedLog, marks: Mapping[int, Marks]) -> None:
        self._archive, self._log, self._marks = archive, log, marks
        self._full = Tree()
        for root in log.batches:
            self._full.append(root)
        self._rest: tuple[int, tuple[bytes, ...]] = -1, ()

    def at(self, size: int) -> bytes | None:
        """The root over the first `size` entries; None where entries are missing, or the log is not so large."""
        noted = self._log.root(size)
        if noted is not None or not self._log.is_whole or not 0 <= size <= self._log.checkpoint.size:
            return noted
        full, rest = divmod(size, WIDTH)
        tree = Frontier(full * WIDTH, self._peaks(full))
        for leaf in self._leaves(full)[:rest] if rest else ():
            tree = tree.append(leaf)
        return tree.root()

    def _peaks(self, full: int) -> tuple[bytes, ...]:
        """The roots of the complete subtrees over so many full bundles, the largest first."""
        peaks: list[bytes] = []
        start = 0
        for level in reversed(range(full.bit_length())):
            if full >> level & 1:
                peaks += self._full.nodes(level, start >> level, (start >> level) + 1)
                start += 1 << level
        return tuple(peaks)

    def _leaves(self, number: int) -> tuple[bytes, ...]:
        """The leaf hashes of one bundle."""
        if self._rest[0] != number:
            path = next(path for path in self._log.bundles if path.index == number)
            bundle = read_bundle(self._archive, path)
            if bundle.sha256 != self._marks[number].sha256:
                raise Refused("record-changed", f"{path.encode()}: not the entries that were read before")
            self._rest = number, tuple(map(leaf_hash, bundle.entries))
        return self._rest[1]
