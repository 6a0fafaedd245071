"""What a trustee's tool remembers of the tally on its own disk (docs/spec.md §9).

    Untouched --accept--> Accepted --decrypt--> Decrypted

The memory is what makes the second of two statements visible to a trustee who is shown another board: difference
attacks need the same trustees to decrypt twice. Nothing in it is secret, but whoever can roll it back can ask again.
"""

from dataclasses import dataclass

from e2evote.algebra.group import Group
from e2evote.errors import MalformedInput
from e2evote.hashing import canonical
from e2evote.hashing.canonical import Encodable
from e2evote.hashing.fields import hex_bytes, object_
from e2evote.manifest.model import Manifest
from e2evote.record.bodies import HASH, OnStatement
from e2evote.record.leaf import LARGEST_PAYLOAD
from e2evote.record.shares import DecryptionShares, decode_decryption_shares


@dataclass(frozen=True, slots=True)
class Untouched:
    """No statement was accepted."""


@dataclass(frozen=True, slots=True)
class Accepted:
    """The statement with this leaf hash is the only one that will ever be decrypted."""

    statement: bytes

    def body(self) -> OnStatement:
        """The body of the accept leaf, and of the share leaf."""
        return OnStatement(self.statement)


@dataclass(frozen=True, slots=True)
class Decrypted:
    """The shares for that statement exist; the same ones are posted however often they are asked for."""

    statement: bytes
    shares: DecryptionShares

    def body(self) -> OnStatement:
        """The body of the share leaf."""
        return OnStatement(self.statement)


Memory = Untouched | Accepted | Decrypted


def encode(memory: Memory) -> bytes:
    """Canonical bytes for the trustee's state file."""
    members: dict[str, Encodable] = {}
    if not isinstance(memory, Untouched):
        members["statement"] = memory.statement.hex()
    if isinstance(memory, Decrypted):
        members["shares"] = canonical.decode(memory.shares.encode(), limit=LARGEST_PAYLOAD)
    return canonical.encode(members)


def decode(data: bytes, manifest: Manifest, group: Group) -> Memory:
    """What `encode` wrote, or MalformedInput."""
    members = object_(canonical.decode(data, limit=2 * LARGEST_PAYLOAD), "", (), ("shares", "statement"))
    if not members:
        return Untouched()
    if "statement" not in members:
        raise MalformedInput("shares without a statement")
    statement = hex_bytes(members["statement"], "statement", HASH)
    if "shares" not in members:
        return Accepted(statement)
    try:
        return Decrypted(statement, decode_decryption_shares(canonical.encode(members["shares"]), manifest, group))
    except MalformedInput as error:
        raise error.inside("shares") from None
