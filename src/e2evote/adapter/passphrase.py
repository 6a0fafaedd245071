"""A passphrase in hand, with what scrypt may cost (docs/spec.md §6).

It comes from a prompt or a file, never from the command line or the environment, where others can read it.
"""

from pathlib import Path

from e2evote.errors import Refused
from e2evote.secret import keyfile, pieces
from e2evote.secret.randomness import Randomness

_LARGEST = 1024


class Passphrase:
    """Locks and unlocks secret files. `cost` is scrypt's N for new files; `minimum` is lowered in tests only."""

    __slots__ = ("_text", "cost", "minimum")

    def __init__(self, text: str, *, cost: int = keyfile.DEFAULT_COST, minimum: int = keyfile.MINIMUM_COST) -> None:
        if not text:
            raise Refused("passphrase", "an empty passphrase")
        self._text, self.cost, self.minimum = text, cost, minimum

    def lock(self, secret: bytes, purpose: str, version: int, randomness: Randomness) -> bytes:
        """The bytes of a file that holds `secret`."""
        return keyfile.lock(secret, self._text, purpose, version, randomness, cost=self.cost, minimum=self.minimum)

    def unlock(self, data: bytes, purpose: str, version: int) -> bytes:
        """The secret in such a file; NotUnlocked under another passphrase."""
        return keyfile.unlock(data, self._text, purpose, version, minimum=self.minimum)

    def lock_large(self, secret: bytes, purpose: str, version: int, randomness: Randomness) -> bytes:
        """The same for a secret of any size."""
        return pieces.lock(secret, self._text, purpose, version, randomness, cost=self.cost, minimum=self.minimum)

    def unlock_large(self, data: bytes, purpose: str, version: int) -> bytes:
        """What `lock_large` locked."""
        return pieces.unlock(data, self._text, purpose, version, minimum=self.minimum)

    def __repr__(self) -> str:
        return "Passphrase(<redacted>)"


def read_passphrase_file(path: Path) -> Passphrase:
    """The first line of the file, without its end of line."""
    try:
        with path.open("rb") as file:
            data = file.read(_LARGEST + 1)
    except OSError as error:
        raise Refused("passphrase", f"{path}: {error.strerror}") from None
    line = data.split(b"\n", 1)[0].removesuffix(b"\r")
    if len(line) > _LARGEST:
        raise Refused("passphrase", f"{path}: the first line has more than {_LARGEST} bytes")
    try:
        return Passphrase(line.decode("utf-8"))
    except UnicodeDecodeError:
        raise Refused("passphrase", f"{path}: the first line is not UTF-8") from None
    except Refused:
        raise Refused("passphrase", f"{path}: the first line is empty") from None
