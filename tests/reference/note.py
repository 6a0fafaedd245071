"""Checkpoints as signed notes and the log's verifier key (C2SP signed-note and tlog-checkpoint)."""

import base64
import binascii
import hashlib
import re
from dataclasses import dataclass

from reference.ed25519 import verify
from reference.numbers import HASH_BYTES, SAFE_INTEGER

CHECKPOINT_LIMIT = 64 * 1024
SIGNATURE_LINES = 100
ED25519 = b"\x01"
DECIMAL = re.compile(r"0|[1-9][0-9]{0,15}", re.ASCII)


class Malformed(Exception):
    """The archive cannot be read; the verdict is `malformed`."""


@dataclass(frozen=True, slots=True)
class Signature:
    """One line: who claims to have signed, and with what."""

    name: str
    key_id: bytes
    signature: bytes


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """Origin, size and root of a log, with the signed text and its signatures."""

    origin: str
    size: int
    root: bytes
    text: bytes
    signatures: tuple[Signature, ...]

    def is_signed_by(self, name: str, key: bytes) -> bool:
        """There is exactly one line of this key, and it is a valid signature of the text."""
        mine = [line for line in self.signatures if line.name == name and line.key_id == key_id(name, key)]
        return len(mine) == 1 and verify(key, self.text, mine[0].signature)


def key_id(name: str, key: bytes) -> bytes:
    """The first four bytes of SHA-256(name ‖ 0A ‖ 01 ‖ key)."""
    return hashlib.sha256(name.encode() + b"\x0a" + ED25519 + key).digest()[:4]


def verifier_key(name: str, key: bytes) -> str:
    """`<name>+<8 hex>+<base64 of 01 ‖ key>`"""
    return "+".join((name, key_id(name, key).hex(), base64.b64encode(ED25519 + key).decode()))


def from_base64(text: str) -> bytes:
    """Standard base64 in its one padded form."""
    try:
        data = base64.b64decode(text, validate=True)
    except (ValueError, binascii.Error) as error:
        raise Malformed(f"not base64: {error}") from error
    if base64.b64encode(data).decode() != text:
        raise Malformed("base64 that is not in its canonical form")
    return data


def _signature(line: str) -> Signature:
    dash, name, blob = [*line.split(" "), "", "", ""][:3]
    if line != " ".join((dash, name, blob)) or dash != "\N{EM DASH}":
        raise Malformed("a line after the blank one is no signature")
    if not name or "+" in name or any(character.isspace() for character in name):
        raise Malformed("a signature line has no valid key name")
    data = from_base64(blob)
    if len(data) < 5:
        raise Malformed("a signature line is too short")
    return Signature(name, data[:4], data[4:])


def read_checkpoint(data: bytes) -> Checkpoint:
    """Three lines, a blank one, and signature lines; raises `Malformed`."""
    try:
        note = data.decode()
    except UnicodeDecodeError as error:
        raise Malformed("the checkpoint is not UTF-8") from error
    if any(character < " " and character != "\n" for character in note):
        raise Malformed("the checkpoint has a control character")
    text, blank, lines = note.rpartition("\n\n")
    if not blank or not lines.endswith("\n"):
        raise Malformed("the checkpoint has no blank line before its signatures, or no end of line after them")
    parts = text.split("\n")
    if len(parts) != 3 or not parts[0]:
        raise Malformed("a checkpoint has three lines before the blank one")
    origin, size, root = parts
    if not DECIMAL.fullmatch(size) or int(size) > SAFE_INTEGER:
        raise Malformed("the checkpoint's size is not a decimal number below 2^53")
    if lines.count("\n") > SIGNATURE_LINES:
        raise Malformed(f"the checkpoint has more than {SIGNATURE_LINES} signature lines")
    signatures = tuple(_signature(line) for line in lines[:-1].split("\n"))
    digest = from_base64(root)
    if len(digest) != HASH_BYTES:
        raise Malformed("the checkpoint's root is not 32 bytes")
    return Checkpoint(origin, int(size), digest, (text + "\n").encode(), signatures)
