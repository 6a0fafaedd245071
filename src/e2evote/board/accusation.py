"""What an evidence file says, as it says it: its kinds, written and strictly read (docs/record-format.md, Evidence).

Notes and receipts are there whole, as text. Nothing is verified here: that is `evidence.check_evidence`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import ClassVar

from e2evote.board.checkpoint import CHECKPOINT_LIMIT
from e2evote.board.cosignature import WitnessKey, decode_witness_key
from e2evote.board.merkle import HASH_SIZE
from e2evote.board.note import LogKey, decode_log_key, decode_note
from e2evote.board.proof import HASH_LIMIT, LogProof, decode_proof
from e2evote.errors import MalformedInput
from e2evote.hashing import canonical
from e2evote.hashing.canonical import JSON, Encodable
from e2evote.hashing.fields import array, hex_bytes, integer, object_, one_of, string

EVIDENCE_LIMIT = 2**20
"""Bytes of an evidence file, but for a final newline."""

MOST_WITNESSES = 100

_KEY_LIMIT = 1000
_RECEIPT_LIMIT = CHECKPOINT_LIMIT + 200_000


@dataclass(frozen=True, slots=True)
class Fork:
    """`second`'s log had `root` when it was as large as `first`, by the consistency `proof`; `first` says otherwise."""

    kind: ClassVar[str] = "fork"
    first: bytes
    second: bytes
    root: bytes
    proof: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class OtherEntry:
    """Where `receipt` has its entry, the log of `checkpoint` has the leaf hash `leaf`, by the inclusion `proof`."""

    kind: ClassVar[str] = "entry"
    receipt: bytes
    checkpoint: bytes
    leaf: bytes
    proof: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class RollBack:
    """`presented` was given as the log's latest head, and is smaller than `seen`."""

    kind: ClassVar[str] = "roll-back"
    seen: bytes
    presented: bytes


@dataclass(frozen=True, slots=True)
class Withheld:
    """`presented` was given as the log's latest head, and ends before the entry of `receipt`."""

    kind: ClassVar[str] = "withheld"
    receipt: bytes
    presented: bytes


Accusation = Fork | OtherEntry | RollBack | Withheld

_KINDS: Mapping[str, type[Accusation]] = {kind.kind: kind for kind in (Fork, OtherEntry, RollBack, Withheld)}
_COMMON = ("evidence", "log_key", "v", "witnesses")


@dataclass(frozen=True, slots=True)
class Filed:
    """What an evidence file says, as it says it."""

    accusation: Accusation
    log_key: LogKey
    witnesses: tuple[WitnessKey, ...]

    def encode(self) -> bytes:
        """Canonical JSON and a newline."""
        members: dict[str, Encodable] = {
            "evidence": self.accusation.kind,
            "log_key": self.log_key.encode(),
            "v": 1,
            "witnesses": [key.encode() for key in self.witnesses],
        }
        for name in _KINDS[self.accusation.kind].__slots__:
            value = getattr(self.accusation, name)
            if name == "proof":
                members[name] = [hash_.hex() for hash_ in value]
            else:
                members[name] = value.hex() if name in ("root", "leaf") else value.decode()
        return canonical.encode(members) + b"\n"


def decode_evidence(data: bytes) -> Filed:
    """The parts of an evidence file; nothing is verified yet."""
    value = canonical.decode(data.removesuffix(b"\n"), limit=EVIDENCE_LIMIT)
    kind = _KINDS[one_of(value.get("evidence") if isinstance(value, dict) else None, "evidence", tuple(_KINDS))]
    members = object_(value, "", (*_COMMON, *kind.__slots__))
    integer(members["v"], "v", 1, 1)
    log_key = decode_log_key(string(members["log_key"], "log_key", 1, _KEY_LIMIT))
    vkeys = array(members["witnesses"], "witnesses", 0, MOST_WITNESSES)
    witnesses = tuple(
        decode_witness_key(string(vkey, f"witnesses[{i}]", 1, _KEY_LIMIT)) for i, vkey in enumerate(vkeys)
    )
    if len({(key.name, key.key_id) for key in witnesses}) < len(witnesses):
        raise MalformedInput("two of the keys have the same name and id", "witnesses")
    if len({key.public_key.encoded for key in witnesses}) < len(witnesses):
        raise MalformedInput("one key is there twice", "witnesses")
    return Filed(_accusation(kind, members), log_key, witnesses)


def entry_of(proof: LogProof) -> bytes:
    """The entry that a receipt has in its extra line; MalformedInput where there is none."""
    if not proof.extra:
        raise MalformedInput("receipt: no extra line with the entry")
    return proof.extra


def _accusation(kind: type[Accusation], members: Mapping[str, JSON]) -> Accusation:
    """The members that are not common to all kinds."""

    def note(name: str) -> bytes:
        return _text(members[name], name, decode_note)

    def receipt() -> bytes:
        return _text(members["receipt"], "receipt", lambda data: entry_of(decode_proof(data)))

    def hash_(name: str) -> bytes:
        return hex_bytes(members[name], name, HASH_SIZE)

    def proof() -> tuple[bytes, ...]:
        hashes = array(members["proof"], "proof", 0, HASH_LIMIT)
        return tuple(hex_bytes(value, f"proof[{i}]", HASH_SIZE) for i, value in enumerate(hashes))

    if kind is Fork:
        return Fork(note("first"), note("second"), hash_("root"), proof())
    if kind is OtherEntry:
        return OtherEntry(receipt(), note("checkpoint"), hash_("leaf"), proof())
    if kind is RollBack:
        return RollBack(note("seen"), note("presented"))
    return Withheld(receipt(), note("presented"))


def _text(value: JSON, name: str, read: Callable[[bytes], object]) -> bytes:
    """The bytes of a note or receipt, which must be some."""
    data = string(value, name, 1, _RECEIPT_LIMIT).encode()
    try:
        read(data)
    except MalformedInput as error:
        raise error.inside(name) from None
    return data
