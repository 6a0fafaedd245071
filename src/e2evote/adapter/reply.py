"""What the box answers: a receipt, or why not, or that it is still waited for (docs/spec.md §5; C2SP tlog-proof).

A receipt is the entry, its inclusion proof and a checkpoint that was published before the answer was given, with the
cosignatures of a quorum where the manifest names witnesses. It proves that the entry is in the log to whoever knows the
manifest; a `.tlog-proof` file. What is stored and has no receipt yet is not cast yet, and is shown so.
"""

from dataclasses import dataclass, field

from e2evote.ballot.box_envelope import Envelope
from e2evote.board.note import LogKey
from e2evote.board.policy import Policy
from e2evote.board.proof import CHECK, Receipt, open_receipt
from e2evote.errors import CheckFailed, MalformedInput, Refused
from e2evote.hashing import canonical
from e2evote.hashing.fields import boolean, integer, object_, one_of, string
from e2evote.record.leaf import LARGEST_LEAF, kind_of

LARGEST = 2**20


@dataclass(frozen=True, slots=True)
class Acknowledged:
    """The submission is in the log, at `index`. again: it was there before, and this is the first receipt once more."""

    index: int
    receipt: bytes = field(repr=False)
    entry: bytes = field(repr=False)
    again: bool = False


STORED = "stored"
"""The status of what is stored and not yet a receipt; also the code of the refusal of whoever can't wait."""


@dataclass(frozen=True, slots=True)
class Stored:
    """The submission is durable and has no receipt yet. detail: what is waited for."""

    detail: str

    def refusal(self) -> Refused:
        """What is told to whoever can't wait."""
        return Refused("stored", f"stored, not yet a receipt; hand in the same again to ask for it ({self.detail})")


def encode_reply(answer: Acknowledged | Refused | Stored) -> bytes:
    """The bytes of a reply file."""
    if isinstance(answer, Stored):
        return canonical.encode({"detail": answer.detail, "status": STORED, "v": 1})
    if isinstance(answer, Refused):
        return canonical.encode({"code": answer.code, "detail": answer.detail, "status": "refused", "v": 1})
    receipt = answer.receipt.decode()
    return canonical.encode(
        {"again": answer.again, "index": answer.index, "receipt": receipt, "status": "accepted", "v": 1}
    )


def read_reply(data: bytes, envelope: Envelope, log_key: LogKey, policy: Policy | None) -> Acknowledged:
    """The acknowledgement, its receipt verified for this submission; raises the refusal if it is one.

    Raises Refused `stored` where the receipt is still waited for.
    """
    members = canonical.decode(data, limit=LARGEST)
    given = members.get("status") if isinstance(members, dict) else None
    status = one_of(given, "status", ("accepted", "refused", STORED))
    if status == STORED:
        raise Stored(string(object_(members, "", ("detail", "status", "v"))["detail"], "detail", 0, LARGEST)).refusal()
    if status == "refused":
        told = object_(members, "", ("code", "detail", "status", "v"))
        raise Refused(string(told["code"], "code", 1, 100), string(told["detail"], "detail", 0, LARGEST))
    said = object_(members, "", ("again", "index", "receipt", "status", "v"))
    receipt_file = string(said["receipt"], "receipt", 1, LARGEST).encode()
    again = boolean(said["again"], "again")
    receipt = open_receipt(receipt_file, log_key, policy)
    if receipt.index != integer(said["index"], "index", 0, 2**53 - 1):
        raise MalformedInput("not the index that the receipt is of", "index")
    if not is_for(receipt, envelope):
        raise CheckFailed(CHECK, f"entry {receipt.index}", "the receipt is of another entry than was submitted")
    return Acknowledged(receipt.index, receipt_file, receipt.entry, again)


def is_final(data: bytes) -> bool:
    """Whether no other reply follows this one; so too what can't be read."""
    try:
        members = canonical.decode(data, limit=LARGEST)
    except MalformedInput:
        return True
    return not (isinstance(members, dict) and members.get("status") == STORED)


def of_kind(envelope: Envelope, kind: str) -> Envelope:
    """The same, if its leaf says that it is of this kind; whoever takes ballots takes nothing else."""
    value = canonical.decode(envelope.leaf, limit=LARGEST_LEAF)
    found = kind_of(value)
    if found != kind:
        raise MalformedInput(f"a leaf of kind {found}, want {kind}", "kind")
    return envelope


def is_for(receipt: Receipt, envelope: Envelope) -> bool:
    """Whether the entry is the one submitted, or the same ballot under an earlier signature."""
    return receipt.entry == envelope.leaf or _ballot_of(receipt.entry) == _ballot_of(envelope.leaf) is not None


def _ballot_of(leaf: bytes) -> tuple[object, ...] | None:
    """Line, id and tracker of a ballot leaf; None for any other."""
    try:
        value = canonical.decode(leaf, limit=len(leaf))
    except MalformedInput:
        return None
    if not isinstance(value, dict) or value.get("kind") != "ballot" or not isinstance(body := value["body"], dict):
        return None
    return tuple(body.get(name) for name in ("line", "id", "tracker"))
