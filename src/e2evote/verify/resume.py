"""Going on where a verification was interrupted (docs/architecture.md, Verification).

What was found out about a piece of a record is stored under a key that says what it was found out from: every byte
that the piece depends on, as read now, and the version of this library. So a stored result is used only where the same
version would find the same again; nothing else is believed of it.
"""

from hashlib import sha256
from typing import Protocol

from e2evote import __version__


class Resume(Protocol):
    """Where results are stored. Whoever can write there without being noticed can make a verification say anything."""

    def load(self, key: bytes) -> bytes | None:
        """What was saved under this key, if it is there and certain to be what was saved."""
        ...

    def save(self, key: bytes, data: bytes) -> None:
        """Keep this for the next run."""
        ...

    def notes(self) -> tuple[str, ...]:
        """What was there and is not used, and why: a sentence each."""
        ...


def key_of(*fields: bytes) -> bytes:
    """SHA-256 over the version and the fields, each with its length."""
    digest = sha256()
    for field in (b"e2evote verification", __version__.encode(), *fields):
        digest.update(len(field).to_bytes(8, "big"))
        digest.update(field)
    return digest.digest()
