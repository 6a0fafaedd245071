"""Downloads a published board from a web server (docs/record-format.md, Files).

A board is static files, so any web server or object store can serve it. The checkpoint is read first and says which
files belong to it; it is written last. Where a file is gone the log has grown meanwhile, and what is missing is asked
for again under the newer checkpoint. Nothing is verified: that is for the verifier. Sizes are bounded, redirections
stay on http and https, and nothing is left behind when a download fails.
"""

import shutil
import tempfile
from collections.abc import Callable
from http.client import HTTPException, HTTPMessage
from pathlib import Path
from typing import IO
from urllib.error import HTTPError, URLError
from urllib.parse import urlsplit
from urllib.request import HTTPRedirectHandler, Request, build_opener

from e2evote.board.checkpoint import CHECKPOINT_LIMIT, decode_text
from e2evote.board.log import CHECKPOINT
from e2evote.board.note import decode_note
from e2evote.board.tiles import HINTS, TilePath, bundles
from e2evote.errors import MalformedInput, Refused
from e2evote.record.archive import DATES, LARGEST_FILES
from e2evote.verify.log import expected_paths

SCHEMES = ("http", "https")
LARGEST_LOG = 100_000_000
"""Entries: a larger log is refused before anything else is asked for."""

LARGEST_RECORD = 2**40
TIMEOUT = 30.0
_MOST_TRIES = 5

Progress = Callable[[int, int], None]


class _Redirects(HTTPRedirectHandler):
    """Follows redirections to web addresses only."""

    def redirect_request(
        self, req: Request, fp: IO[bytes], code: int, msg: str, headers: HTTPMessage, newurl: str
    ) -> Request | None:
        check_scheme(newurl)
        return super().redirect_request(req, fp, code, msg, headers, newurl)


class Server:
    """The board at one address."""

    def __init__(self, url: str, timeout: float = TIMEOUT) -> None:
        check_scheme(url)
        self._base, self._timeout = url.rstrip("/") + "/", timeout
        self._opener = build_opener(_Redirects)
        self._left = LARGEST_RECORD

    def get(self, name: str, limit: int) -> bytes:
        """The file of that name, at most `limit` bytes; FileNotFoundError where the server has none."""
        try:
            with self._opener.open(Request(self._base + name), timeout=self._timeout) as answer:
                data: bytes = answer.read(min(limit, self._left) + 1)
        except HTTPError as error:
            error.close()
            if error.code in (403, 404, 410):
                raise FileNotFoundError(2, "the server has no such file", self._base + name) from None
            raise Refused("download", f"{self._base}{name}: the server answers {error.code}") from None
        except URLError as error:
            raise Refused("download", f"{self._base}{name}: {error.reason}") from None
        except (OSError, HTTPException, ValueError) as error:
            raise Refused("download", f"{self._base}{name}: {error or type(error).__name__}") from None
        if len(data) > min(limit, self._left):
            raise Refused("download", f"{self._base}{name}: more than {min(limit, self._left)} bytes")
        self._left -= len(data)
        return data


def download_record(server: Server, target: Path, progress: Progress) -> int:
    """The board as a new directory; the number of entries. progress: called with files done and their total."""
    if target.exists() or target.is_symlink():
        raise Refused("file-exists", f"{target}: there is such a file already")
    try:
        folder = Path(tempfile.mkdtemp(prefix=f".{target.name}.", dir=target.absolute().parent))
    except OSError as error:
        raise Refused("file-missing", f"{target}: {error.strerror}") from None
    try:
        size = _download_whole(server, folder, progress)
        folder.chmod(0o755)
        folder.rename(target)
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    return size


def _download_whole(server: Server, folder: Path, progress: Progress) -> int:
    missing = ""
    for _ in range(_MOST_TRIES):
        try:
            note = server.get(CHECKPOINT, CHECKPOINT_LIMIT)
        except FileNotFoundError as error:
            raise Refused("download", f"{error.filename}: {error.strerror}") from None
        size = _size_of(note)
        try:
            _download_files(server, folder, size, progress)
        except FileNotFoundError as error:
            missing = str(error.filename)
            continue
        _write(folder, CHECKPOINT, note)
        return size
    raise Refused("record-incomplete", f"{missing}: the server has no such file, though its checkpoint covers it")


def _size_of(note: bytes) -> int:
    try:
        size = decode_text(decode_note(note).text).size
    except MalformedInput as error:
        raise error.inside(CHECKPOINT) from None
    if size > LARGEST_LOG:
        raise Refused("download", f"{CHECKPOINT}: {size} entries, limit {LARGEST_LOG}")
    return size


def _download_files(server: Server, folder: Path, size: int, progress: Progress) -> None:
    paths = list(expected_paths(size))
    for done, path in enumerate(paths):
        progress(done, len(paths))
        if not (folder / path.encode()).exists():
            _write(folder, path.encode(), server.get(path.encode(), _limit(path)))
    for path in bundles(HINTS, size):
        try:
            _write(folder, path.encode(), server.get(path.encode(), _limit(path)))
        except FileNotFoundError:  # hints are optional, and bind nothing
            continue
    for name in DATES:
        try:
            _write(folder, name, server.get(name, LARGEST_FILES["dates"]))
        except FileNotFoundError:  # whether it must be there is for the verifier
            continue
    progress(len(paths), len(paths))


def _limit(path: TilePath) -> int:
    return LARGEST_FILES[path.series.split("/", 1)[0]]


def _write(folder: Path, name: str, data: bytes) -> None:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)


def check_scheme(url: str) -> None:
    """Refused where it is no address on the web."""
    try:
        parts = urlsplit(url)
    except ValueError as error:
        raise Refused("download", f"{url[:200]}: {error}") from None
    if parts.scheme not in SCHEMES or not parts.netloc:
        raise Refused("download", f"{url[:200]}: want an address that begins with http:// or https://")
