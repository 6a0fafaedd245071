"""A selection with a roll: members with an e-mail address and a telephone, a registrar for each."""

import hashlib
import hmac
from collections.abc import Sequence
from datetime import UTC, datetime

from e2evote.algebra.parameters import TEST_512
from e2evote.manifest.draft import ContestFacts, OptionFacts, PartyFacts, RollFacts, StyleFacts, draft
from e2evote.manifest.model import Manifest
from e2evote.secret.sign import SigningKey

BASE_HASH = hashlib.sha256(b"base hash").digest()
FIELDS = ("reference", "name", "email", "phone")
ROLES = {
    "chair": "administrator",
    "log": "log",
    "tess": "teller",
    "t1": "trustee",
    "t2": "trustee",
    "reg-a": "registrar",
    "reg-b": "registrar",
}
CONTESTS = tuple(
    ContestFacts(id, id.title(), (OptionFacts("ada", "Ada"), OptionFacts("bob", "Bob"))) for id in ("mayor", "ward")
)


def association(styles: Sequence[str] = ("all",), weights: Sequence[int] = (1,), post: bool = False) -> Manifest:
    """post: members have a postal address besides, which is no registrar's contact."""
    return draft(
        election="spring",
        name="Spring",
        parties=[
            PartyFacts(id, role, f"Society of {id}", SigningKey(hashlib.sha256(id.encode()).digest()).public)
            for id, role in ROLES.items()
        ],
        contests=CONTESTS,
        opens=datetime(2031, 5, 1, tzinfo=UTC),
        closes=datetime(2031, 5, 2, tzinfo=UTC),
        styles=[StyleFacts(id, id.title(), ("mayor", "ward")) for id in styles],
        floor=10 if len(weights) > 1 else 0,
        group=TEST_512.name,
        roll=RollFacts((("reg-a", "email"), ("reg-b", "phone")), ("email", "phone", *(("post",) if post else ()))),
        weights=weights,
    )


def by_hand(byte: int, label: str, *fields: bytes) -> bytes:
    """H_own under the base hash of these tests, from the standard library alone.    spec (1.2)"""
    framed = [len(f).to_bytes(4, "big") + f for f in (label.encode(), *fields)]
    return hmac.new(BASE_HASH, bytes([byte]) + b"".join(framed), "sha256").digest()


def tree_root(leaves: Sequence[bytes]) -> bytes:
    """The root of RFC 6962, by its definition."""
    if len(leaves) == 1:
        return hashlib.sha256(b"\x00" + leaves[0]).digest()
    k = 1
    while 2 * k < len(leaves):
        k *= 2
    return hashlib.sha256(b"\x01" + tree_root(leaves[:k]) + tree_root(leaves[k:])).digest()
