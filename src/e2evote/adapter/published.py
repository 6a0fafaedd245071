"""A published log by index: its entries, payloads and hints as they lie in files (docs/record-format.md, Files).

The writer replaces partial files while others read. Whoever has read a checkpoint and then does not find a file of it
looks at the checkpoint again: FileNotFoundError says so.
"""

from collections.abc import Iterator
from pathlib import Path

from e2evote.adapter.files import StaticDirectory
from e2evote.board.bundles import ENTRY_LIMIT, decode_bundle, decode_pack
from e2evote.board.checkpoint import CHECKPOINT_LIMIT, decode_text
from e2evote.board.log import CHECKPOINT
from e2evote.board.note import decode_note
from e2evote.board.tiles import ENTRIES, HINTS, PAYLOAD, WIDTH, TilePath, bundles
from e2evote.errors import MalformedInput, Refused
from e2evote.record.archive import LARGEST_FILES
from e2evote.verify.leaves import Setting, read_setting

MOST_TRIES = 20
"""How often a reader begins anew when files are replaced while it reads."""

_LARGEST_BUNDLE = WIDTH * (ENTRY_LIMIT + 2)


class PublishedLog:
    """The files of one board. Keeps the payload pack that was read last."""

    def __init__(self, record: Path) -> None:
        self._record, self._files = record, StaticDirectory(record)
        self._pack: tuple[TilePath, tuple[bytes | None, ...]] | None = None

    def checkpoint(self) -> bytes:
        """The signed note as it stands; FileNotFoundError where there is no board."""
        return self._files.read(CHECKPOINT, CHECKPOINT_LIMIT)

    def setting(self) -> Setting:
        """What entry 0 fixes. Refused where it is not there, or is no manifest."""
        for _ in range(MOST_TRIES):
            try:
                size = decode_text(decode_note(self.checkpoint()).text).size
                entry, payload = next(self.entries(size), None), self.payload(0, size) if size else None
                if entry is None or payload is None:
                    raise Refused("record-incomplete", f"{self._record}: entry 0 or its payload is not there")
                return read_setting(entry, payload)
            except FileNotFoundError as error:
                missing = error.filename
            except MalformedInput as error:
                raise Refused("record-fails", f"{self._record}: {error}") from None
        raise Refused("board-missing", f"{self._record}: {missing} is not there")

    def entries(self, size: int, start: int = 0) -> Iterator[bytes]:
        """The entries from `start` on of the log when it had `size`."""
        for path in bundles(ENTRIES, size, start):
            name = path.encode()
            try:
                items = decode_bundle(self._files.read(name, _LARGEST_BUNDLE), path.width)
            except MalformedInput as error:
                raise error.inside(name) from None
            yield from items[max(0, start - path.index * WIDTH) :]

    def payload(self, index: int, size: int) -> bytes | None:
        """What lies beside entry `index` of the log when it had `size`."""
        path = TilePath(PAYLOAD, index // WIDTH, min(WIDTH, size - index // WIDTH * WIDTH))
        if self._pack is None or self._pack[0] != path:
            self._pack = (path, self._read_pack(path))
        return self._pack[1][index % WIDTH]

    def last_hints(self, size: int) -> tuple[bytes | None, ...]:
        """The hints of the entries in the last, partial bundle; none where there is no such file, or a bad one."""
        width = size % WIDTH
        if not width:
            return ()
        try:
            return self._read_pack(TilePath(HINTS, size // WIDTH, width))
        except (FileNotFoundError, MalformedInput):
            return (None,) * width

    def _read_pack(self, path: TilePath) -> tuple[bytes | None, ...]:
        name = path.encode()
        try:
            return decode_pack(self._files.read(name, LARGEST_FILES["payload"]), path.width)
        except MalformedInput as error:
            raise error.inside(name) from None
