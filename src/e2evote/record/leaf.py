"""One entry of the log: who says what, under which signatures (docs/spec.md, sections 5.2 and 5.3).

A leaf is canonical JSON of at most 4096 bytes. Big things lie beside the log as payloads; the leaf names them
by hash and length, so that the log alone fixes everything.
"""

from dataclasses import dataclass, replace

from e2evote.algebra.group import Group
from e2evote.errors import MalformedInput
from e2evote.hashing import canonical
from e2evote.hashing.canonical import JSON
from e2evote.hashing.digest import sha256
from e2evote.hashing.fields import array, hex_bytes, integer, object_
from e2evote.manifest.entries import KINDS
from e2evote.record.bodies import HASH, Body, read_body
from e2evote.record.body import read_id

VERSION = 1
LARGEST_LEAF = 4096
LARGEST_PAYLOAD = 64 * 2**20
LARGEST_STATEMENT = 2**30
"""Of a payload that has a row for every line, and is read in pieces."""
IN_ROWS = ("credential.issue", "roll.freeze", "tally.statement")
"""The kinds whose payload is such a one."""
SIGNATURE_PREFIX = b"e2evote/v1/leaf\n"
_KEY_SIZE, _SIGNATURE_SIZE = 32, 64
_MOST_SIGNATURES = LARGEST_LEAF


@dataclass(frozen=True, slots=True)
class Signature:
    """An Ed25519 signature and the key it claims to be of. Not yet checked."""

    key: bytes
    sig: bytes


@dataclass(frozen=True, slots=True)
class PayloadName:
    """The hash and length of bytes that lie beside the log."""

    sha256: bytes
    len: int

    @classmethod
    def of(cls, payload: bytes) -> "PayloadName":
        return cls(sha256(payload), len(payload))


@dataclass(frozen=True, slots=True)
class Leaf:
    """A leaf of the form of its kind. `election` is the leaf hash of entry 0, and empty in entry 0 itself."""

    kind: str
    author: str
    election: bytes
    body: Body
    payload: PayloadName | None
    signatures: tuple[Signature, ...] = ()

    def encode(self) -> bytes:
        """The canonical bytes of the log's entry."""
        signatures: list[canonical.Encodable] = [{"key": s.key.hex(), "sig": s.sig.hex()} for s in self.signatures]
        return canonical.encode(self._members() | {"signatures": signatures})

    def message(self) -> bytes:
        """What each signer signs: "e2evote/v1/leaf" ‖ 0A ‖ the leaf without its signatures    spec (5.3)"""
        return SIGNATURE_PREFIX + canonical.encode(self._members())

    def signed(self, *signatures: Signature) -> "Leaf":
        """The same leaf with these signatures, in the order of the kind's author roles."""
        return replace(self, signatures=signatures)

    def _members(self) -> dict[str, canonical.Encodable]:
        members: dict[str, canonical.Encodable] = {
            "author": self.author,
            "body": self.body.members(),
            "kind": self.kind,
            "v": VERSION,
        }
        if self.election:
            members["election"] = self.election.hex()
        if self.payload:
            members["payload"] = {"len": self.payload.len, "sha256": self.payload.sha256.hex()}
        return members


def decode_leaf(data: bytes, group: Group, trustees: int, *, first: bool) -> Leaf:
    """A leaf from outside bytes, or MalformedInput naming the member.

    trustees: n, the bound of indices. first: this is entry 0, which alone has no `election`.
    """
    value = canonical.decode(data, limit=LARGEST_LEAF)
    kind = kind_of(value)
    names = ["author", "body", "kind", "signatures", "v"]
    if not first:
        names.append("election")
    if KINDS[kind].payload:
        names.append("payload")
    members = object_(value, "", tuple(names))
    integer(members["v"], "v", VERSION, VERSION)
    return Leaf(
        kind=kind,
        author=read_id(members["author"], "author"),
        election=b"" if first else hex_bytes(members["election"], "election", HASH),
        body=read_body(kind, members["body"], group, trustees),
        payload=_payload(members["payload"], largest_payload(kind)) if KINDS[kind].payload else None,
        signatures=tuple(
            _signature(item, f"signatures[{i}]")
            for i, item in enumerate(array(members["signatures"], "signatures", 0, _MOST_SIGNATURES))
        ),
    )


def kind_of(value: JSON) -> str:
    """The kind of a decoded leaf, one of the table of spec 5.4."""
    kind = value.get("kind") if isinstance(value, dict) else None
    if not isinstance(kind, str) or kind not in KINDS:
        raise MalformedInput(f"{str(kind)[:60]!r} is no kind of entry", "kind")
    return kind


def largest_payload(kind: str) -> int:
    """The most bytes that the payload of a leaf of this kind may have."""
    return LARGEST_STATEMENT if kind in IN_ROWS else LARGEST_PAYLOAD


def _payload(value: JSON, largest: int) -> PayloadName:
    members = object_(value, "payload", ("len", "sha256"))
    length = integer(members["len"], "payload.len", 1, largest)
    return PayloadName(hex_bytes(members["sha256"], "payload.sha256", HASH), length)


def _signature(value: JSON, where: str) -> Signature:
    members = object_(value, where, ("key", "sig"))
    key = hex_bytes(members["key"], f"{where}.key", _KEY_SIZE)
    return Signature(key, hex_bytes(members["sig"], f"{where}.sig", _SIGNATURE_SIZE))
