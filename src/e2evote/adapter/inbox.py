"""The inbox: how participants on the box's machine hand in submissions and get answers (docs/spec.md §5).

    inbox/<32 hex digits>       an envelope, written under another name and renamed, so that it is whole when it is seen
    replies/<32 hex digits>     the answer to it

Whoever hands in waits for the answer and takes it away. An answer may say first that the submission is stored and has
no receipt yet; another follows. A submission without its last answer stays, so that a box that was not running finds
it; handing in the same once more does no harm.
"""

import errno
import os
import re
import secrets
import stat
from collections.abc import Callable, Collection, Iterator, Sequence
from pathlib import Path

from e2evote.adapter.patience import Patience
from e2evote.adapter.reply import LARGEST as LARGEST_REPLY
from e2evote.adapter.reply import Acknowledged, Stored, encode_reply, is_final, read_reply
from e2evote.adapter.store import Store
from e2evote.ballot.box_envelope import LARGEST, Envelope, decode_envelope
from e2evote.errors import MalformedInput, Refused
from e2evote.verify.log import log_key

Post = Callable[[Envelope], Acknowledged]
"""Hands in a submission and returns when it is in the published log; Refused if it will not be."""

_NAME = re.compile(r"[0-9a-f]{32}", re.ASCII)
_MOST_BYTES = 256 * 2**20


class InboxPost:
    """A `Post` by way of the store's folders, for every process but the box."""

    def __init__(self, store: Store, patience: Patience) -> None:
        self._store, self._patience = store, patience
        manifest = store.setting().manifest
        self._log_key, self._policy = log_key(manifest), manifest.policy

    def __call__(self, envelope: Envelope) -> Acknowledged:
        """Waits for the box's answer, and believes it only with a receipt that the log's key has signed."""
        return self._answered(drop(self._store, envelope), envelope)

    def all(self, envelopes: Sequence[Envelope]) -> list[Acknowledged]:
        """Every one of these, handed in together, so that they need not wait for each other's batch.

        Where one is refused the others are in the log all the same, or will be; the first refusal is raised.
        """
        names = [drop(self._store, envelope) for envelope in envelopes]
        done, refusals = [], []
        for name, envelope in zip(names, envelopes, strict=True):
            try:
                done.append(self._answered(name, envelope))
            except Refused as refused:
                refusals.append(refused)
        if refusals:
            raise refusals[0]
        return done

    def _answered(self, name: str, envelope: Envelope) -> Acknowledged:
        waiting = self._patience.waiting()
        while (data := collect(self._store, name)) is None or not is_final(data):
            if waiting.goes_on("waiting for the box" if data is None else "stored; waiting for the receipt"):
                continue
            if data is not None:
                break
            seconds = f"{self._patience.seconds:g} seconds"
            raise Refused("no-answer", f"no answer from the box within {seconds}; the submission stays in the inbox")
        return read_reply(data, envelope, self._log_key, self._policy)


def drop(store: Store, envelope: Envelope) -> str:
    """The submission in the inbox; its name."""
    name = secrets.token_hex(16)
    _write_whole(store.inbox, name, envelope.encode())
    return name


def collect(store: Store, name: str) -> bytes | None:
    """The answer to the submission of that name; None as long as there is none. The last one is taken away."""
    path = store.replies / name
    try:
        data = _read_regular(path, LARGEST_REPLY)
    except FileNotFoundError:
        return None
    if is_final(data):
        path.unlink(missing_ok=True)
    return data


def arrived(store: Store, most: int, known: Collection[str] = ()) -> Iterator[tuple[str, Envelope | MalformedInput]]:
    """Submissions in the order in which they came, at most `most`; what is none, as the error that says why.

    Fewer, when they are large: a batch is held in memory. known: names that are passed over.
    """
    found, bytes_ = [], 0
    with os.scandir(store.inbox) as files:
        for file in files:
            if _NAME.fullmatch(file.name) and file.name not in known:
                status = file.stat(follow_symlinks=False)
                found.append((status.st_mtime_ns, file.name, status.st_size))
    for position, (_, name, size) in enumerate(sorted(found)[:most]):
        bytes_ += size if size <= LARGEST else 0  # what is larger is refused unread
        if position and bytes_ > _MOST_BYTES:
            return
        try:
            yield name, decode_envelope(_read_regular(store.inbox / name, LARGEST))
        except MalformedInput as error:
            yield name, error
        except FileNotFoundError:
            continue


def answer(store: Store, name: str, result: Acknowledged | Refused | Stored) -> bool:
    """The answer is written, and then the submission is gone; after a crash in between it is answered again.

    Where there is no room for the answer the submission stays, and the result is False.
    """
    try:
        _write_whole(store.replies, name, encode_reply(result))
    except OSError as error:
        if error.errno not in (errno.ENOSPC, errno.EDQUOT, errno.EROFS):
            raise
        return False
    if not isinstance(result, Stored):
        (store.inbox / name).unlink(missing_ok=True)
    return True


def _write_whole(folder: Path, name: str, data: bytes) -> None:
    temporary = folder / f".{name}.{secrets.token_hex(4)}.new"
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(descriptor)
        temporary.rename(folder / name)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def _read_regular(path: Path, limit: int) -> bytes:
    """The bytes of a regular file of at most `limit` bytes; what is large is refused before it is read."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except FileNotFoundError:
        raise
    except OSError as error:
        raise MalformedInput(f"can't be read: {error.strerror}") from None
    with os.fdopen(descriptor, "rb") as file:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            raise MalformedInput("not a regular file")
        if status.st_size > limit:
            raise MalformedInput(f"{status.st_size} bytes, limit {limit}")
        data = file.read(limit + 1)
    if len(data) > limit:
        raise MalformedInput(f"more than {limit} bytes")
    return data
