"""What the processes under test store, and the key that signs their heads: the same for all, known to the auditor."""

from hashlib import sha256

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from e2evote.board.note import LogKey, Signer
from e2evote.proofs.signature import decode_public_key

ORIGIN = "faults.example/log"

_KEY = Ed25519PrivateKey.from_private_bytes(sha256(b"faults").digest())
LOG_KEY = LogKey(ORIGIN, decode_public_key(_KEY.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)))


def signer() -> Signer:
    return Signer(LOG_KEY, _KEY.sign)


def entry(name: str) -> bytes:
    """An entry of its own for each name."""
    return f"entry {name}".encode()


def payload(entry: bytes) -> bytes:
    """What belongs to an entry: nothing beside some, a few bytes or kilobytes beside others."""
    seed = sha256(entry).digest()
    return (seed * 200)[: (0, 10, 700, 6000)[seed[0] % 4]]


def hints(entry: bytes) -> bytes:
    """Beside every other entry."""
    return sha256(entry + b"hints").digest()[: 20 * (entry[-1] % 2)]
