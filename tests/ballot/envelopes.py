"""Signed leaves in envelopes, and records in memory."""

from collections.abc import Mapping, Sequence
from contextlib import nullcontext

from e2evote.ballot.box_envelope import Envelope
from e2evote.board.log import Log
from e2evote.board.note import Signer
from e2evote.manifest.model import Manifest
from e2evote.record.archive import MemoryArchive
from e2evote.record.leaf import Leaf, PayloadName, Signature
from e2evote.secret.sign import SigningKey
from e2evote.verify.examine import Examination, Question, examine
from e2evote.verify.log import log_key
from tests.ballot.election import signing_key

Entered = tuple[bytes, bytes | None, bytes | None]
Entries = tuple[Entered, ...]


def files_of(manifest: Manifest, entries: Entries) -> dict[str, bytes]:
    log = Log(Signer(log_key(manifest), signing_key("log").sign))
    for entry, payload, hints in entries:
        log.append(entry, payload, hints)
    return log.publish(0)


def examination_of(files: Mapping[str, bytes]) -> Examination:
    archive = MemoryArchive(files)
    return examine(archive, lambda: nullcontext(archive), Question(allow_test_group=True))


def name_of(payload: bytes) -> PayloadName | None:
    return PayloadName.of(payload) if payload else None


def sign(leaf: Leaf, signers: Sequence[str], payload: bytes = b"") -> Envelope:
    """The leaf signed by the keys of these names."""
    return sign_with(leaf, [signing_key(name) for name in signers], payload)


def sign_with(leaf: Leaf, keys: Sequence[SigningKey], payload: bytes = b"") -> Envelope:
    message = leaf.message()
    return Envelope(leaf.signed(*(Signature(key.public, key.sign(message)) for key in keys)).encode(), payload)
