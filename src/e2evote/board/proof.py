"""Receipts: an entry, its inclusion proof and the checkpoint, in one file (C2SP tlog-proof; docs/spec.md, section 5.9).

The format's `extra` line is authenticated by nothing. e2evote puts the entry itself there and believes it only
because it hashes to the leaf that the proof leads from.
"""

from dataclasses import dataclass

from e2evote.board.checkpoint import CHECKPOINT_LIMIT, Checkpoint
from e2evote.board.merkle import HASH_SIZE, leaf_hash, verify_inclusion
from e2evote.board.note import LogKey
from e2evote.board.policy import Cosigned, Policy, open_cosigned
from e2evote.board.text import LARGEST, decode_base64, decode_decimal, decode_hash, encode_base64
from e2evote.errors import CheckFailed, MalformedInput

CHECK = "board.inclusion"
"""The check that fails when a proof does not lead from the entry to the checkpoint's root."""

HEADER = "c2sp.org/tlog-proof@v1"
HASH_LIMIT = 63
"""Of hashes in a proof: the height of the largest tree."""

_EXTRA_LIMIT = 100_000
_LIMIT = CHECKPOINT_LIMIT + 2 * _EXTRA_LIMIT


@dataclass(frozen=True, slots=True)
class LogProof:
    """A proof as written: `checkpoint` is a signed note, `extra` may be anything, b"" when there is none."""

    index: int
    hashes: tuple[bytes, ...]
    checkpoint: bytes
    extra: bytes = b""

    def __post_init__(self) -> None:
        if not 0 <= self.index <= LARGEST:
            raise ValueError(f"log proof: index {self.index} is not in [0, 2^63)")
        if len(self.hashes) > HASH_LIMIT or any(len(value) != HASH_SIZE for value in self.hashes):
            raise ValueError(f"log proof: {len(self.hashes)} hashes, want at most {HASH_LIMIT} of {HASH_SIZE} bytes")
        if len(self.extra) > _EXTRA_LIMIT:
            raise ValueError(f"log proof: extra of {len(self.extra)} bytes, limit {_EXTRA_LIMIT}")

    def encode(self) -> bytes:
        """Header, extra, index, hashes, an empty line, the checkpoint."""
        lines = [HEADER]
        if self.extra:
            lines.append(f"extra {encode_base64(self.extra)}")
        lines.append(f"index {self.index}")
        lines.extend(encode_base64(value) for value in self.hashes)
        return "\n".join([*lines, "", ""]).encode() + self.checkpoint


def decode_proof(data: bytes) -> LogProof:
    """The parts of a `.tlog-proof` file; nothing is verified yet, nor is the checkpoint read."""
    if len(data) > _LIMIT:
        raise MalformedInput(f"log proof: {len(data)} bytes, limit {_LIMIT}")
    head, blank, checkpoint = data.partition(b"\n\n")
    if not blank:
        raise MalformedInput("log proof: no empty line before the checkpoint")
    try:
        lines = head.decode("ascii").split("\n")
    except UnicodeDecodeError as error:
        raise MalformedInput(f"log proof: not ASCII at byte {error.start}") from None
    if lines.pop(0) != HEADER:
        raise MalformedInput(f"log proof: does not begin with {HEADER}")
    extra = b""
    if lines and lines[0].startswith("extra "):
        extra = decode_base64(lines.pop(0).removeprefix("extra "), "log proof: extra")
        if not extra:
            raise MalformedInput("log proof: an extra line without extra data")
    if not lines or not lines[0].startswith("index "):
        raise MalformedInput("log proof: no index line")
    index = decode_decimal(lines.pop(0).removeprefix("index "), "log proof: index")
    if len(lines) > HASH_LIMIT:
        raise MalformedInput(f"log proof: {len(lines)} hashes, limit {HASH_LIMIT}")
    hashes = tuple(decode_hash(line, f"log proof: hash {number}") for number, line in enumerate(lines, 1))
    try:
        return LogProof(index, hashes, checkpoint, extra)
    except ValueError as error:
        raise MalformedInput(str(error)) from None


@dataclass(frozen=True, slots=True)
class Receipt:
    """`entry` is at `index` of the log that stated `checkpoint`, by the log's own signature.

    cosigned: the witnesses of the policy that had seen this checkpoint, a quorum of them, and when.
    """

    entry: bytes
    index: int
    checkpoint: Checkpoint
    cosigned: tuple[Cosigned, ...] = ()


def open_receipt(data: bytes, log_key: LogKey, policy: Policy | None) -> Receipt:
    """The receipt in a `.tlog-proof` file whose extra is the entry; CheckFailed if it proves nothing.

    policy: None only where the manifest claims no witnesses; then a receipt is the log's word alone.
    """
    proof = decode_proof(data)
    if not proof.extra:
        raise MalformedInput("receipt: no extra line with the entry")
    checkpoint, cosigned = open_cosigned(proof.checkpoint, log_key, policy)
    check_inclusion(proof, proof.extra, checkpoint)
    return Receipt(proof.extra, proof.index, checkpoint, cosigned)


def check_inclusion(proof: LogProof, entry: bytes, checkpoint: Checkpoint) -> None:
    """SHA-256(0x00 ‖ entry) is leaf `index` of the tree with the checkpoint's root; so is extra, if there is one."""
    subject = f"entry {proof.index} of {checkpoint.size}"
    if proof.extra and proof.extra != entry:
        raise CheckFailed(CHECK, subject, "extra is not the entry proven")
    if not verify_inclusion(leaf_hash(entry), proof.index, checkpoint.size, proof.hashes, checkpoint.root):
        raise CheckFailed(CHECK, subject, f"the {len(proof.hashes)} hashes do not lead to the checkpoint's root")
