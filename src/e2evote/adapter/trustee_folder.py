"""A trustee's own folder: what it must keep secret and what it must not forget (docs/spec.md §6, §9).

    session-<n>   the state of the key ceremony's session n, encrypted
    key           the trustee's shares of the joint keys, encrypted; the sessions' states are then deleted
    memory        which statement was accepted and which shares were made for it; nothing in it is secret
    seen          the last checkpoint that was seen: a board that does not contain it is another one

A state is stored before the message that comes from it is sent. One process at a time.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from e2evote.adapter import secretfile
from e2evote.adapter.board import BoardReader
from e2evote.adapter.passphrase import Passphrase
from e2evote.board.checkpoint import CHECKPOINT_LIMIT, open_checkpoint
from e2evote.ceremony import key as key_file
from e2evote.ceremony import saved
from e2evote.ceremony.key import TrusteeKey
from e2evote.ceremony.states import Setup, State
from e2evote.errors import CheckFailed, MalformedInput, Refused
from e2evote.secret.randomness import Randomness
from e2evote.tally import memory as memory_file
from e2evote.tally.memory import Memory, Untouched
from e2evote.verify.leaves import Setting


class TrusteeFolder:
    """The files of one trustee. What was unlocked once is kept as long as the file stays the same: scrypt is slow."""

    def __init__(self, path: Path, passphrase: Passphrase, setting: Setting, randomness: Randomness) -> None:
        self._path, self._passphrase, self._setting, self._randomness = path, passphrase, setting, randomness
        self._unlocked: dict[str, tuple[bytes, bytes]] = {}
        self._state: tuple[bytes, State] | None = None
        path.mkdir(mode=0o700, parents=True, exist_ok=True)

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Nobody else uses the folder meanwhile; Refused if somebody does."""
        with secretfile.locked(self._path / "trustee"):
            yield

    def state(self, session: int, setup: Setup) -> State | None:
        """The state of that session, None where none was begun."""
        secret = self._read(f"session-{session}", saved.PURPOSE, saved.VERSION)
        if secret is None:
            return None
        if self._state is None or self._state[0] != secret:
            self._state = (secret, saved.decode(secret, setup))
        return self._state[1]

    def store_state(self, session: int, state: State) -> None:
        secret = saved.encode(state)
        self._write(f"session-{session}", secret, saved.PURPOSE, saved.VERSION)
        self._state = (secret, state)

    def key(self) -> TrusteeKey | None:
        """The key that the ceremony left, None before its end."""
        secret = self._read("key", key_file.PURPOSE, key_file.VERSION)
        return None if secret is None else TrusteeKey.decode(secret, self._setting.group, self._setting.base_hash)

    @property
    def has_key(self) -> bool:
        return (self._path / "key").exists()

    def store_key(self, key: TrusteeKey) -> None:
        """The key; the polynomials are needed no more and are deleted."""
        if not self.has_key:
            self._write("key", key.encode(), key_file.PURPOSE, key_file.VERSION)
        for path in self._path.glob("session-*"):
            if not path.name.endswith(".lock"):
                secretfile.delete(path)

    def memory(self) -> Memory:
        """What was accepted and decrypted."""
        path = self._path / "memory"
        if not path.exists():
            return Untouched()
        try:
            return memory_file.decode(secretfile.read(path), self._setting.manifest, self._setting.group)
        except MalformedInput as error:
            raise error.inside(str(path)) from None

    def store_memory(self, memory: Memory) -> None:
        _put(self._path / "memory", memory_file.encode(memory))

    def recognise(self, board: BoardReader) -> None:
        """Refused if the board does not contain what was seen of it before."""
        path = self._path / "seen"
        if not path.exists():
            return
        note = secretfile.read(path)[: CHECKPOINT_LIMIT + 1]
        try:
            seen = open_checkpoint(note, board.log_key)
        except (CheckFailed, MalformedInput) as error:
            raise Refused("board-rewritten", f"{path} is of another log: {error}") from None
        if seen.size > board.size or board.root(seen.size) != seen.root:
            raise Refused("board-rewritten", f"the board of {board.size} entries does not contain the {seen.size} seen")

    def remember(self, board: BoardReader) -> None:
        """The board as it is now has been seen."""
        _put(self._path / "seen", board.checkpoint)

    def _read(self, name: str, purpose: str, version: int) -> bytes | None:
        path = self._path / name
        if not path.exists():
            return None
        data = secretfile.read(path)
        known = self._unlocked.get(name)
        if known is None or known[0] != data:
            try:
                self._unlocked[name] = (data, self._passphrase.unlock(data, purpose, version))
            except MalformedInput as error:
                raise error.inside(str(path)) from None
        return self._unlocked[name][1]

    def _write(self, name: str, secret: bytes, purpose: str, version: int) -> None:
        data = self._passphrase.lock(secret, purpose, version, self._randomness)
        _put(self._path / name, data)
        self._unlocked[name] = (data, secret)


def _put(path: Path, data: bytes) -> None:
    if path.exists():
        secretfile.replace(path, data)
    else:
        secretfile.create(path, data)
