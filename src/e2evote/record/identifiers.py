"""The three names of a ballot: its line, its identifier, its tracker (docs/spec.md, section 7)."""

from collections.abc import Sequence

from e2evote.hashing.crockford import encode
from e2evote.hashing.digest import b4
from e2evote.hashing.labels import H_own, Label

SHOWN_BYTES = 20
"""160 bits of a tracker are shown: the suspect device commits itself with them, so collisions count."""


def line_of_key(extended_base_hash: bytes, public_key: bytes) -> str:
    """line = hex of H_own(H_E; line; pk)    spec (7.1), for selections whose eligibility is open"""
    return H_own(extended_base_hash, Label.LINE, public_key).hex()


def ballot_identifier(extended_base_hash: bytes, line: str, public_keys: Sequence[bytes], r: bytes) -> bytes:
    """id_B = H_own(H_E; ballot-id; line, b4(m), pk_1 ‖ … ‖ pk_m, r)    spec (7.2)"""
    keys = b"".join(public_keys)
    return H_own(extended_base_hash, Label.BALLOT_ID, line.encode(), b4(len(public_keys)), keys, r)


def tracker_of(extended_base_hash: bytes, sealed: bytes) -> bytes:
    """tracker = H_own(H_E; tracker; sealed)    spec (7.7)"""
    return H_own(extended_base_hash, Label.TRACKER, sealed)


def shown(tracker: bytes) -> str:
    """A tracker as voters see it: 32 Crockford characters in eight groups of four."""
    return encode(tracker[:SHOWN_BYTES])
