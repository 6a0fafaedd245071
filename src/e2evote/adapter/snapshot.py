"""A still copy of a record that may be growing, as a directory or as one file (docs/record-format.md, Files).

The checkpoint is read first and says which files belong to it. Where one of them is gone the log has grown meanwhile,
and the copy begins anew; or, for a reader who asks for an earlier head, is cut from the wider file in its place. The
notes of the dates come last: one for a leaf beyond the checkpoint does no harm, one that lacks would.
"""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

from e2evote.board.bundles import decode_bundle, decode_pack, encode_bundle, encode_pack
from e2evote.board.checkpoint import CHECKPOINT_LIMIT, decode_text
from e2evote.board.log import CHECKPOINT
from e2evote.board.note import decode_note
from e2evote.board.tiles import ENTRIES, HINTS, PAYLOAD, TilePath, bundles, decode_tile, encode_tile, width_in
from e2evote.errors import MalformedInput, Refused
from e2evote.record.archive import DATES, LARGEST_FILES, open_archive
from e2evote.record.zipped import zip_chunks
from e2evote.verify.log import expected_paths

_MOST_TRIES = 20


def fetch_record(record: Path, target: Path) -> None:
    """The record as it is now, in a new directory; nothing is left behind when that fails."""
    _make_folder(target)
    try:
        _copy_whole(record, target, link=False)
    except BaseException:
        shutil.rmtree(target, ignore_errors=True)
        raise


def pack_record(record: Path, target: Path) -> None:
    """The record as it is now, as one zip file in the only form that a verifier reads."""
    if os.path.lexists(target):
        raise Refused("file-exists", f"{target}: there is such a file already")
    temporary = target.with_name(f".{target.name}.new")
    try:
        with snapshot(record) as still, closing(open_archive(still)) as archive, temporary.open("wb") as file:
            names = sorted(archive.sizes(), key=str.encode)
            for chunk in zip_chunks((name, archive.read(name)) for name in names):
                file.write(chunk)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(target)
    except ValueError as error:
        raise Refused("too-large", str(error)) from None
    finally:
        temporary.unlink(missing_ok=True)


@contextmanager
def snapshot(record: Path, head: bytes = b"") -> Iterator[Path]:
    """A directory with the record as it is now, as long as the `with` statement lasts.

    head: a checkpoint of the same log that was read before; the record is then the one that it covers.
    """
    with tempfile.TemporaryDirectory(prefix="e2evote-") as folder:
        still = Path(folder) / "record"
        still.mkdir()
        _copy_whole(record, still, link=True, head=head)
        yield still


def _copy_whole(record: Path, target: Path, *, link: bool, head: bytes = b"") -> None:
    for _ in range(_MOST_TRIES):
        published = _read_checkpoint(record)
        note, now = head or published, _size_of(published)
        size = _size_of(note)
        try:
            for path in expected_paths(size):
                _copy_series(record, target, path, now, link=link)
            for path in bundles(HINTS, size):
                with suppress(FileNotFoundError, MalformedInput):  # hints are optional and bind nothing
                    _copy_series(record, target, path, now, link=link)
            for name in DATES:
                with suppress(FileNotFoundError):  # whether they must be there is for the verifier
                    _copy(record, target, name, link=link)
            (target / CHECKPOINT).write_bytes(note)
            return
        except FileNotFoundError as error:
            missing = error.filename
            if _read_checkpoint(record) == published:
                break
            _empty(target)
    raise Refused("record-incomplete", f"{missing}: no such file, though the checkpoint covers it")


def _size_of(note: bytes) -> int:
    return decode_text(decode_note(note).text).size


def _copy_series(record: Path, target: Path, path: TilePath, now: int, *, link: bool) -> None:
    """The file as it is or, where the log of size `now` has a wider one in its place, the beginning of that."""
    name, kind = path.encode(), path.series.split("/")[0]
    if os.path.lexists(record / name):
        if path.series == HINTS:
            decode_pack(_read(record / name, kind), path.width)
        return _copy(record, target, name, link=link)
    wider = TilePath(path.series, path.index, max(path.width, width_in(path, now)))
    if (record / wider.encode()).is_symlink():
        raise MalformedInput("neither a file nor a folder", wider.encode())
    data = _read(record / wider.encode(), kind)
    (target / name).parent.mkdir(parents=True, exist_ok=True)
    (target / name).write_bytes(_beginning(data, wider.width, path))


def _beginning(data: bytes, width: int, path: TilePath) -> bytes:
    """Of a file of `width` items the first, as the file at `path`."""
    if path.series == ENTRIES:
        return encode_bundle(decode_bundle(data, width)[: path.width])
    if path.series in (PAYLOAD, HINTS):
        return encode_pack(decode_pack(data, width)[: path.width])
    return encode_tile(decode_tile(data, width)[: path.width])


def _copy(record: Path, target: Path, name: str, *, link: bool) -> None:
    source, copy = record / name, target / name
    if source.is_symlink() or not source.is_file():
        if os.path.lexists(source):
            raise MalformedInput("neither a file nor a folder", name)
        raise FileNotFoundError(2, "no such file", name)
    copy.parent.mkdir(parents=True, exist_ok=True)
    if link:
        with suppress(OSError):  # another file system, or one without links; files of a board are never written to
            os.link(source, copy, follow_symlinks=False)
            return
    shutil.copyfile(source, copy, follow_symlinks=False)


def _read_checkpoint(record: Path) -> bytes:
    try:
        with (record / CHECKPOINT).open("rb") as file:
            return file.read(CHECKPOINT_LIMIT + 1)
    except OSError as error:
        raise Refused("board-missing", f"{record / CHECKPOINT}: {error.strerror}") from None


def _read(path: Path, kind: str) -> bytes:
    with path.open("rb") as file:
        return file.read(LARGEST_FILES[kind] + 1)


def _make_folder(target: Path) -> None:
    try:
        target.mkdir()
    except FileExistsError:
        raise Refused("file-exists", f"{target}: there is such a file already") from None
    except OSError as error:
        raise Refused("file-missing", f"{target}: {error.strerror}") from None


def _empty(folder: Path) -> None:
    for path in folder.iterdir():
        shutil.rmtree(path) if path.is_dir() else path.unlink()
