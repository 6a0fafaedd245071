"""The session that a voter's challenges are counted against, from the reference that the host has for the voter.

Derived with a secret of this store, so that the host's reference need not be kept anywhere, and nobody who reads the
store's files learns from a session whose it is. The same reference has the same session, in every process.
"""

import hmac
from pathlib import Path

from e2evote.adapter import secretfile
from e2evote.errors import MalformedInput, Refused
from e2evote.secret.randomness import SystemRandomness

FILE = "sessions"
"""In the private folder of a store; made when it is needed first."""

LONGEST_REFERENCE = 200
_SIZE = 32
_PREFIX = b"e2evote/v1/voter session\n"


class VoterSessions:
    """Of one selection, whose leaf hash of entry 0 is `election`."""

    def __init__(self, private: Path, election: bytes) -> None:
        self._path, self._election = private / FILE, election
        self._secret = b""

    def of(self, voter_ref: str) -> str:
        """64 hex digits. voter_ref: 1 to 200 characters, whatever the host calls the voter."""
        reference = voter_ref.encode("utf-8", "surrogatepass")
        if not 1 <= len(voter_ref) <= LONGEST_REFERENCE:
            raise MalformedInput(f"{len(voter_ref)} characters, want 1 to {LONGEST_REFERENCE}", "voter_ref")
        return hmac.digest(self._key(), _PREFIX + self._election + reference, "sha256").hex()

    def _key(self) -> bytes:
        if not self._secret:
            try:
                self._secret = self._read()
            except Refused as refused:
                if refused.code != "secret.missing":
                    raise
                self._secret = self._made()
        return self._secret

    def _made(self) -> bytes:
        try:
            secretfile.create(self._path, SystemRandomness().bytes(_SIZE))
        except Refused as refused:
            if refused.code != "secret.exists":
                raise
        return self._read()  # where two make it at once, both have the same

    def _read(self) -> bytes:
        secret = secretfile.read(self._path)
        if len(secret) != _SIZE:
            raise MalformedInput(f"{len(secret)} bytes, want {_SIZE}", str(self._path))
        return secret
