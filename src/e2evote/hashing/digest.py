"""The one keyed hash of the protocol (docs/spec.md, section 1).

ElectionGuard 2.1 hashes everything with HMAC-SHA-256, keyed with the base hash of the context, so that
nothing hashed for one election means anything in another. Its own inputs are fixed byte strings, put
together by whoever calls `H`; e2evote's own inputs go through `labels.H_own`, which frames every field.
"""

import hashlib
import hmac

KEY_SIZE = 32
"""Bytes of a base hash, and of every hash here."""


def H(key: bytes, *parts: bytes) -> bytes:
    """H(B0; B1) = HMAC-SHA-256(key = B0, message = B1)    (1.1)

    B1 is the concatenation of `parts`, with nothing between them: a caller whose parts vary in
    length must frame them first.
    """
    if len(key) != KEY_SIZE:
        raise ValueError(f"hash key: {len(key)} bytes, want {KEY_SIZE}")
    return hmac.digest(key, b"".join(parts), "sha256")


def sha256(*parts: bytes) -> bytes:
    """SHA-256 of the concatenation of `parts`: for content addresses and Merkle trees, which have no key."""
    return hashlib.sha256(b"".join(parts)).digest()


def b4(number: int) -> bytes:
    """`number` as four bytes, big endian; ElectionGuard bounds it by 2^31."""
    if not 0 <= number < 2**31:
        raise ValueError(f"four-byte integer: {number} is not in [0, 2^31)")
    return number.to_bytes(4, "big")
