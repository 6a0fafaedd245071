"""What the box answers: a receipt, or why not (docs/spec.md §5; C2SP tlog-proof).

A receipt is the entry, its inclusion proof and a checkpoint that was published before the answer was given. It proves
that the entry is in the log to whoever knows the log's key; a `.tlog-proof` file.
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


def encode_reply(answer: Acknowledged | Refused) -> bytes:
    """The bytes of a reply file."""
    if isinstance(answer, Refused):
        return canonical.encode({"code": answer.code, "detail": answer.detail, "status": "refused", "v": 1})
    receipt = answer.receipt.decode()
    return canonical.encode(
        {"again": answer.again, "index": answer.index, "receipt": receipt, "status": "accepted", "v": 1}
    )


def read_reply(data: bytes, envelope: Envelope, log_key: LogKey, policy: Policy | None) -> Acknowledged:
    """The acknowledgement, its receipt verified for this submission; raises the refusal if it is one."""
    members = canonical.decode(data, limit=LARGEST)
    status = one_of(members.get("status") if isinstance(members, dict) else None, "status", ("accepted", "refused"))
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
