"""Signed notes: text with the signatures of named keys (C2SP signed-note; docs/record-format.md, Files).

A note is its text, an empty line, and one line for each signature. Unknown keys are passed over, since anybody may
add a line; a line that names a known key must verify, or the note is refused whole. Parsing knows one reading:
the text ends at the last empty line, every later line is a signature line, and no known key signs twice.

A kind of key other than Ed25519 over the text itself joins by being a `NoteKey`; a witness's does (`cosignature`).
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import ClassVar, Protocol

from e2evote.board.text import decode_base64, encode_base64
from e2evote.errors import CheckFailed, MalformedInput
from e2evote.hashing.digest import sha256
from e2evote.proofs.signature import PublicKey, decode_public_key

CHECK = "board.checkpoint"
"""The check that fails when a note is well-formed and not signed as it says; a board's notes are checkpoints."""

ED25519 = 0x01
"""The type of a key that signs the text with Ed25519."""

NOTE_LIMIT = 1_000_000
SIGNATURE_LIMIT = 100

_CONTROL = re.compile("[\x00-\x09\x0b-\x1f]")
_SPACES = "\x09-\x0d\x20\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000"
_NAME = re.compile(f"[^+{_SPACES}]+")
_VKEY = re.compile(f"([^+{_SPACES}]+)\\+([0-9a-f]{{8}})\\+([A-Za-z0-9+/=]+)")
_SIGNATURE_LINE = re.compile(f"— ([^+{_SPACES}]+) ([A-Za-z0-9+/=]+)")


@dataclass(frozen=True, slots=True)
class Signature:
    """One signature line: the name and id say whose it may be, `data` is what that key made."""

    name: str
    key_id: bytes
    data: bytes

    def line(self) -> str:
        return f"— {self.name} {encode_base64(self.key_id + self.data)}\n"


class NoteKey(Protocol):
    """A key that a reader of notes knows."""

    @property
    def name(self) -> str: ...

    @property
    def key_id(self) -> bytes: ...

    def verify(self, text: bytes, signature: bytes) -> bool: ...


@dataclass(frozen=True, slots=True)
class Ed25519Key:
    """An Ed25519 key with its name. What it signs, and so its type, is a matter of its kind."""

    TYPE: ClassVar[int]

    name: str
    public_key: PublicKey

    def __post_init__(self) -> None:
        check_name(self.name)

    @property
    def key_id(self) -> bytes:
        return key_id(self.name, self.TYPE, self.public_key.encoded)

    def encode(self) -> str:
        """The verifier key, `name+id+base64(type ‖ key)`."""
        return encode_vkey(self.name, self.TYPE, self.public_key.encoded)


@dataclass(frozen=True, slots=True)
class LogKey(Ed25519Key):
    """The key, type 0x01, under which a log signs its notes."""

    TYPE = ED25519

    def verify(self, text: bytes, signature: bytes) -> bool:
        return self.public_key.verify(text, signature)


@dataclass(frozen=True, slots=True)
class Signer:
    """A key and the function that signs with it, wherever the secret part may be kept."""

    key: NoteKey
    sign: Callable[[bytes], bytes] = field(repr=False, compare=False)


@dataclass(frozen=True, slots=True)
class Note:
    """A note as read: nothing about it is to be believed before `verified_by`."""

    text: bytes
    signatures: tuple[Signature, ...]

    def verified_by(self, keys: Sequence[NoteKey]) -> tuple[Signature, ...]:
        """The signatures by `keys`, one at most for each, in the order of the note; CheckFailed without any.

        A line whose name and id both are a known key's must verify. Others are nobody's.
        """
        verified = self.signatures_by(keys, CHECK)
        if not verified:
            raise CheckFailed(CHECK, "note", f"none of its {len(self.signatures)} signatures is by a known key")
        return verified

    def signatures_by(self, keys: Sequence[NoteKey], check: str) -> tuple[Signature, ...]:
        """The same where there may be none; what does not verify, or is there twice, fails as `check`."""
        known = {(key.name, key.key_id): key for key in keys}
        if len(known) != len(keys):
            raise ValueError("note: two known keys share both name and id")
        verified: dict[tuple[str, bytes], Signature] = {}
        for signature in self.signatures:
            signer = signature.name, signature.key_id
            key = known.get(signer)
            if key is None:
                continue
            if signer in verified:
                raise CheckFailed(check, f"signature of {key.name}", "is there twice")
            if not key.verify(self.text, signature.data):
                raise CheckFailed(check, f"signature of {key.name}", "does not verify")
            verified[signer] = signature
        return tuple(verified.values())


def check_name(name: str) -> None:
    """ValueError unless `name` may name a key: not empty, no spaces, no plus, no control characters."""
    if not _NAME.fullmatch(name) or _CONTROL.search(name):
        raise ValueError(f"key name {name[:60]!r}: empty, or with a space, a plus or a control character")


def key_id(name: str, kind: int, public_key: bytes) -> bytes:
    """SHA-256(name ‖ 0x0A ‖ type ‖ public key), its first four bytes: a reminder, not a commitment."""
    return sha256(name.encode(), b"\n", bytes([kind]), public_key)[:4]


def encode_vkey(name: str, kind: int, public_key: bytes) -> str:
    """name+hex(key id)+base64(type ‖ public key)"""
    return f"{name}+{key_id(name, kind, public_key).hex()}+{encode_base64(bytes([kind]) + public_key)}"


def decode_vkey(text: str, kind: int) -> tuple[str, PublicKey]:
    """Name and Ed25519 key of a verifier key of the type `kind`, whose id must be the one it states."""
    parts = _VKEY.fullmatch(text) if len(text) <= 1000 else None
    if parts is None or _CONTROL.search(text):
        raise MalformedInput("verifier key: not of the form name+id+key")
    if any("\ud800" <= character <= "\udfff" for character in text):
        raise MalformedInput("verifier key: its name is not UTF-8")
    name, stated, data = parts[1], parts[2], decode_base64(parts[3], "verifier key")
    if data[:1] != bytes([kind]):
        raise MalformedInput(f"verifier key of {name[:60]!a}: type 0x{data[:1].hex()}, want 0x{kind:02x}")
    public_key = decode_public_key(data[1:])
    if encode_vkey(name, kind, public_key.encoded) != text:
        raise MalformedInput(f"verifier key of {name[:60]!a}: its id is not {stated}")
    return name, public_key


def decode_log_key(vkey: str) -> LogKey:
    """The log key that a verifier key of type 0x01 names."""
    return LogKey(*decode_vkey(vkey, ED25519))


def decode_note(data: bytes) -> Note:
    """Text and signatures of a note, none of them verified yet."""
    if len(data) > NOTE_LIMIT:
        raise MalformedInput(f"note: {len(data)} bytes, limit {NOTE_LIMIT}")
    try:
        whole = data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise MalformedInput(f"note: not UTF-8 at byte {error.start}") from None
    control = _CONTROL.search(whole)
    if control:
        raise MalformedInput(f"note: control character 0x{ord(control[0]):02x}")
    text, blank, lines = whole.rpartition("\n\n")
    if not blank or not lines.endswith("\n"):
        raise MalformedInput("note: no signature lines after an empty line, or the last without its newline")
    if lines.count("\n") > SIGNATURE_LIMIT:
        raise MalformedInput(f"note: {lines.count(chr(10))} signatures, limit {SIGNATURE_LIMIT}")
    signatures = tuple(_decode_line(line, number) for number, line in enumerate(lines[:-1].split("\n"), 1))
    return Note(f"{text}\n".encode(), signatures)


def encode_note(text: bytes, signatures: Sequence[Signature]) -> bytes:
    """Text, empty line and signature lines; what `decode_note` reads back."""
    if not signatures:
        raise ValueError("note: no signature")
    data = text + b"\n" + "".join(signature.line() for signature in signatures).encode()
    if decode_note(data) != Note(text, tuple(signatures)):
        raise ValueError("note: the text or a name would be read differently")
    return data


def sign_note(text: bytes, signers: Sequence[Signer]) -> bytes:
    """The note of `text` with a signature by each of `signers`, none published before it verifies."""
    signatures = []
    for signer in signers:
        data = signer.sign(text)
        if not signer.key.verify(text, data):
            raise ValueError(f"note: the signer of {signer.key.name} does not sign under its key")
        signatures.append(Signature(signer.key.name, signer.key.key_id, data))
    return encode_note(text, signatures)


def _decode_line(line: str, number: int) -> Signature:
    where = f"note: signature line {number}"
    parts = _SIGNATURE_LINE.fullmatch(line)
    if parts is None:
        raise MalformedInput("not of the form — name base64", where)
    data = decode_base64(parts[2], where)
    if len(data) < 5:
        raise MalformedInput(f"{len(data)} bytes, want a key id and a signature", where)
    return Signature(parts[1], data[:4], data[4:])
