"""A still copy of a record that may be growing, as a directory or as one file (docs/record-format.md, Files).

The checkpoint is read first and says which files belong to it. Where one of them is gone the log has grown meanwhile,
and the copy begins anew.
"""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

from e2evote.board.bundles import decode_pack
from e2evote.board.checkpoint import CHECKPOINT_LIMIT, decode_text
from e2evote.board.log import CHECKPOINT
from e2evote.board.note import decode_note
from e2evote.board.tiles import HINTS, bundles
from e2evote.errors import MalformedInput, Refused
from e2evote.record.archive import LARGEST_FILES, open_archive
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
def snapshot(record: Path) -> Iterator[Path]:
    """A directory with the record as it is now, as long as the `with` statement lasts."""
    with tempfile.TemporaryDirectory(prefix="e2evote-") as folder:
        still = Path(folder) / "record"
        still.mkdir()
        _copy_whole(record, still, link=True)
        yield still


def _copy_whole(record: Path, target: Path, *, link: bool) -> None:
    for _ in range(_MOST_TRIES):
        try:
            note = _read_checkpoint(record)
            size = decode_text(decode_note(note).text).size
            for path in expected_paths(size):
                _copy(record, target, path.encode(), link=link)
            for path in bundles(HINTS, size):
                with suppress(FileNotFoundError, MalformedInput):  # hints are optional and bind nothing
                    decode_pack(_read(record / path.encode(), "hints"), path.width)
                    _copy(record, target, path.encode(), link=link)
            (target / CHECKPOINT).write_bytes(note)
            return
        except FileNotFoundError as error:
            missing = error.filename
            if _read_checkpoint(record) == note:
                break
            _empty(target)
    raise Refused("record-incomplete", f"{missing}: no such file, though the checkpoint covers it")


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
