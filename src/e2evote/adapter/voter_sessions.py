"""The session that a voter's challenges are counted against, from the reference that the host has for the voter.

Derived with a secret of this store, so that the host's reference need not be kept anywhere, and nobody who has not the
secret learns from a session whose it is. The same reference has the same session, in every process.

    session = name ‖ HMAC-SHA-256(secret; "… seal" ‖ election ‖ name), 16 bytes each, as 64 hex digits

name is the same HMAC of the reference, or random where the voter is nobody in particular. So a session that was given
out here is known without a list of all.
"""

import hmac
import re
from pathlib import Path

from e2evote.adapter import secretfile
from e2evote.errors import MalformedInput, Refused
from e2evote.secret.randomness import SystemRandomness

FILE = "sessions"
"""In the private folder of a store; made when it is needed first."""

LONGEST_REFERENCE = 200
_SIZE = 32
_HALF = 16
_HEX = re.compile(r"[0-9a-f]+", re.ASCII)
_NAME, _SEAL = b"e2evote/v1/voter session name\n", b"e2evote/v1/voter session seal\n"


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
        return self._sealed(self._hmac(_NAME, reference))

    def new(self) -> str:
        """A session of nobody in particular."""
        return self._sealed(SystemRandomness().bytes(_HALF))

    def is_of_here(self, session: str) -> bool:
        """Whether this session was given out by this store."""
        name = session[: 2 * _HALF]
        if len(session) != 4 * _HALF or not _HEX.fullmatch(session):
            return False
        return hmac.compare_digest(self._sealed(bytes.fromhex(name)), session)

    def _sealed(self, name: bytes) -> str:
        return (name + self._hmac(_SEAL, name)).hex()

    def _hmac(self, label: bytes, data: bytes) -> bytes:
        return hmac.digest(self._key(), label + self._election + data, "sha256")[:_HALF]

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
