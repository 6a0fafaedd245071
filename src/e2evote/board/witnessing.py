"""What a log asks of a witness, and what a witness answers, as values (C2SP tlog-witness; docs/spec.md, section 5.10).

A request says how large the log was when this witness cosigned it last, proves that it has only grown since, and
brings the new checkpoint. `judge` answers it from the checkpoint cosigned last. Whoever calls it must keep others
from judging between reading that checkpoint and storing the new one, and let the answer out only when it is stored:
otherwise a slower request for a shorter log could take the witness back.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from e2evote.board.checkpoint import CHECKPOINT_LIMIT, Checkpoint, decode_text
from e2evote.board.cosignature import CHECK, WitnessKey
from e2evote.board.merkle import EMPTY_ROOT, HASH_SIZE, verify_consistency
from e2evote.board.note import LogKey, Note, Signature, decode_note, encode_note
from e2evote.board.proof import HASH_LIMIT
from e2evote.board.text import LARGEST, decode_decimal, decode_hash, encode_base64
from e2evote.errors import CheckFailed, MalformedInput
from e2evote.hashing.digest import sha256

ADD_CHECKPOINT = "add-checkpoint"
"""What stands after the witness's submission prefix; the method is POST."""

SIZE_TYPE = "text/x.tlog.size"
"""The content type of an answer with status 409."""

REQUEST_LIMIT = CHECKPOINT_LIMIT + 4096
"""Bytes of a request: the largest checkpoint, 63 hashes and the old size."""

ANSWER_LIMIT = CHECKPOINT_LIMIT
"""Bytes of an answer."""


@dataclass(frozen=True, slots=True)
class Request:
    """old: the size that the witness cosigned last. checkpoint: a signed note, read but not verified."""

    old: int
    proof: tuple[bytes, ...]
    checkpoint: bytes

    def __post_init__(self) -> None:
        if not 0 <= self.old <= LARGEST:
            raise ValueError(f"request: old size {self.old} is not in [0, 2^63)")
        if len(self.proof) > HASH_LIMIT or any(len(value) != HASH_SIZE for value in self.proof):
            raise ValueError(f"request: {len(self.proof)} hashes, want at most {HASH_LIMIT} of {HASH_SIZE} bytes")

    def encode(self) -> bytes:
        """old size, proof, an empty line, the checkpoint."""
        lines = [f"old {self.old}", *(encode_base64(value) for value in self.proof), "", ""]
        return "\n".join(lines).encode() + self.checkpoint


@dataclass(frozen=True, slots=True)
class Submitted:
    """A request with its checkpoint read. Nothing is verified; `stated.origin` says whose state it is about."""

    request: Request
    note: Note
    stated: Checkpoint


@dataclass(frozen=True, slots=True)
class Rejected:
    """An answer without a cosignature: an HTTP status and a body of this content type."""

    status: int
    body: bytes
    content_type: str = "text/plain; charset=utf-8"


@dataclass(frozen=True, slots=True)
class Cosignable:
    """To be cosigned: `text` is what the log signed, by these lines. First `checkpoint` is to be stored."""

    checkpoint: Checkpoint
    text: bytes
    signatures: tuple[Signature, ...]

    def note(self, cosignatures: Sequence[Signature]) -> bytes:
        """What the witness shows under `monitoring_path`: the log's signatures and its own, nobody else's."""
        return encode_note(self.text, (*self.signatures, *cosignatures))


def decode_request(data: bytes) -> Submitted:
    """The request in these bytes; a witness answers MalformedInput by `malformed`."""
    if len(data) > REQUEST_LIMIT:
        raise MalformedInput(f"request: {len(data)} bytes, limit {REQUEST_LIMIT}")
    head, blank, checkpoint = data.partition(b"\n\n")
    if not blank:
        raise MalformedInput("request: no empty line before the checkpoint")
    try:
        first, *lines = head.decode("ascii").split("\n")
    except UnicodeDecodeError as error:
        raise MalformedInput(f"request: not ASCII at byte {error.start}") from None
    if not first.startswith("old "):
        raise MalformedInput("request: does not begin with the old size")
    old = decode_decimal(first.removeprefix("old "), "request: old size")
    if len(lines) > HASH_LIMIT:
        raise MalformedInput(f"request: {len(lines)} hashes, limit {HASH_LIMIT}")
    proof = tuple(decode_hash(line, f"request: hash {number}") for number, line in enumerate(lines, 1))
    if len(checkpoint) > CHECKPOINT_LIMIT:
        raise MalformedInput(f"request: checkpoint of {len(checkpoint)} bytes, limit {CHECKPOINT_LIMIT}")
    note = decode_note(checkpoint)
    return Submitted(Request(old, proof, checkpoint), note, decode_text(note.text))


def malformed(error: MalformedInput) -> Rejected:
    """The answer to what is no request."""
    return _rejected(400, str(error))


def judge(submitted: Submitted, log_keys: Sequence[LogKey], latest: Checkpoint | None) -> Cosignable | Rejected:
    """The first objection in the order of docs/spec.md, section 5.10, or what is to be stored and cosigned.

    log_keys: all those that the witness trusts, of whatever log. latest: what it cosigned last for `stated.origin`.
    """
    stated, old, proof = submitted.stated, submitted.request.old, submitted.request.proof
    keys = [*dict.fromkeys(key for key in log_keys if key.name == stated.origin)]
    if not keys:
        return _rejected(404, f"no log of this origin is known: {stated.origin[:200]!a}")
    try:
        signatures = submitted.note.verified_by(keys)
    except CheckFailed as failure:
        return _rejected(403, str(failure))
    if old > stated.size:
        return _rejected(400, f"old size {old} is above the checkpoint's size {stated.size}")
    known = latest.size if latest else 0
    if old != known:
        return Rejected(409, f"{known}\n".encode(), SIZE_TYPE)
    if stated.size == 0 and stated.root != EMPTY_ROOT:
        return _rejected(422, "size 0 with a root that is not the empty tree's")
    if old == 0 and proof:
        return _rejected(422, f"{len(proof)} hashes from old size 0, want none")
    if latest is not None and old > 0 and not verify_consistency(old, stated.size, proof, latest.root, stated.root):
        return _rejected(422, f"not proven: that size {stated.size} begins with what was cosigned at size {old}")
    return Cosignable(stated, submitted.note.text, signatures)


def encode_answer(cosignatures: Sequence[Signature]) -> bytes:
    """The body of status 200: a line for each cosignature."""
    return "".join(signature.line() for signature in cosignatures).encode()


def read_answer(body: bytes, text: bytes, keys: Sequence[WitnessKey]) -> tuple[Signature, ...]:
    """The cosignatures of `text` by these keys in the body of status 200, one at least; unknown lines are passed over.

    Raises MalformedInput, or CheckFailed where none is by a known key or one of a known key does not verify.
    """
    if len(body) > ANSWER_LIMIT:
        raise MalformedInput(f"answer: {len(body)} bytes, limit {ANSWER_LIMIT}")
    try:
        note = decode_note(text + b"\n" + body)
    except MalformedInput as error:
        raise error.inside("answer") from None
    if note.text != text:
        raise MalformedInput("answer: an empty line")
    signatures = note.signatures_by(keys, CHECK)
    if not signatures:
        raise CheckFailed(CHECK, "answer", f"none of its {len(note.signatures)} cosignatures is by a known key")
    return signatures


def read_conflict(body: bytes) -> int:
    """The size that the witness cosigned last, from the body of status 409."""
    text = body[:32].decode("latin-1")
    if len(body) > 32 or not text.endswith("\n"):
        raise MalformedInput("answer: not a size and a newline")
    return decode_decimal(text[:-1], "answer: size")


def monitoring_path(origin: str) -> str:
    """Where, after its monitoring prefix, a witness shows the checkpoint of a log that it cosigned last."""
    return f"{sha256(origin.encode()).hex()}/checkpoint"


def _rejected(status: int, detail: str) -> Rejected:
    return Rejected(status, f"{detail}\n".encode())
