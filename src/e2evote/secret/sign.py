"""Ed25519 signing keys (docs/spec.md, section 5.3).

Signing is RFC 8032's, deterministic, by the `cryptography` library. The counterpart that checks is
`proofs.signature`, above the secrecy line. Python cannot promise that a dropped key is wiped from memory.
"""

from typing import NoReturn

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

SEED_SIZE = 32


class SigningKey:
    """The private key that 32 secret bytes stand for. It signs, and tells its public key; nothing else comes out."""

    __slots__ = ("_key", "public")
    __hash__ = None  # type: ignore[assignment]

    public: bytes
    """The public key, 32 bytes, always of prime order."""

    def __init__(self, seed: bytes) -> None:
        if len(seed) != SEED_SIZE:
            raise ValueError(f"signing key: a seed of {len(seed)} bytes, want {SEED_SIZE}")
        self._key = Ed25519PrivateKey.from_private_bytes(seed)
        self.public = self._key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)

    def sign(self, message: bytes) -> bytes:
        """R ‖ s for `message`; the same message always gives the same 64 bytes."""
        return self._key.sign(message)

    def __repr__(self) -> str:
        return f"SigningKey(<redacted>, public={self.public.hex()})"

    def __eq__(self, other: object) -> NoReturn:
        raise TypeError("signing keys are not compared")

    def __reduce__(self) -> NoReturn:
        raise TypeError("signing keys are not pickled")
