"""Whether a static board is what its checkpoint says, and no file that a reader would believe is half-written."""

from collections.abc import Sequence
from pathlib import Path

from e2evote.board.bundles import encode_bundle, encode_pack
from e2evote.board.checkpoint import open_checkpoint
from e2evote.board.log import CHECKPOINT
from e2evote.board.merkle import leaf_hash
from e2evote.board.tiles import ENTRIES, HINTS, PAYLOAD, WIDTH, TilePath, bundles, decode_path, encode_tile, tiles
from e2evote.board.tree import Tree
from tests.faults import cargo


class Wanted:
    """What every file of the log of these entries holds. Entries, payloads and hints are cargo's."""

    def __init__(self, entries: Sequence[bytes]) -> None:
        self.entries, self.tree = list(entries), Tree()
        for entry in entries:
            self.tree.append(leaf_hash(entry))

    def file(self, path: TilePath) -> bytes:
        held = self.entries[path.index * WIDTH : path.index * WIDTH + path.width]
        if path.series == ENTRIES:
            return encode_bundle(held)
        if path.series == PAYLOAD:
            return encode_pack([cargo.payload(entry) or None for entry in held])
        if path.series == HINTS:
            return encode_pack([cargo.hints(entry) or None for entry in held])
        level = int(path.series.removeprefix("tile/"))
        return encode_tile(self.tree.nodes(8 * level, path.index * WIDTH, path.index * WIDTH + path.width))


def check_published(folder: Path, wanted: Wanted) -> int:
    """The size that is published; 0 where there is no checkpoint yet."""
    for file in folder.rglob("*"):
        name = file.relative_to(folder).as_posix()
        if file.is_file() and name != CHECKPOINT and not file.name.startswith("."):
            assert file.read_bytes() == wanted.file(decode_path(name)), f"{name} is half-written"
    if not (folder / CHECKPOINT).exists():
        return 0
    checkpoint = open_checkpoint((folder / CHECKPOINT).read_bytes(), cargo.LOG_KEY)
    assert checkpoint.root == wanted.tree.root(checkpoint.size), f"size {checkpoint.size}: another root"
    for series in (ENTRIES, PAYLOAD):
        for path in bundles(series, checkpoint.size):
            assert (folder / path.encode()).is_file(), f"{path.encode()} is missing under size {checkpoint.size}"
    for path in tiles(checkpoint.size):
        assert (folder / path.encode()).is_file(), f"{path.encode()} is missing under size {checkpoint.size}"
    return checkpoint.size
