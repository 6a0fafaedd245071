"""Checkpoints as signed notes, verifier keys, cosignatures (C2SP signed-note, tlog-checkpoint, tlog-cosignature)."""

import base64
import binascii
import hashlib
import re
from dataclasses import dataclass

from reference.ed25519 import verify
from reference.numbers import HASH_BYTES, SAFE_INTEGER

CHECKPOINT_LIMIT = 64 * 1024
SIGNATURE_LINES = 100
ED25519, COSIGNATURE = b"\x01", b"\x04"
TIME_BYTES, LARGEST_TIME = 8, 2**63 - 1
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
        mine = self.lines_of(name, key_id(name, key))
        return len(mine) == 1 and verify(key, self.text, mine[0].signature)

    def lines_of(self, name: str, identifier: bytes) -> list[Signature]:
        """The lines with this name and key id, both."""
        return [line for line in self.signatures if (line.name, line.key_id) == (name, identifier)]

    def cosigned_at(self, name: str, key: bytes) -> int | None:
        """The time of this witness's one cosignature, None without a line; raises `BadCosignature`."""
        lines = self.lines_of(name, key_id(name, key, COSIGNATURE))
        if not lines:
            return None
        if len(lines) > 1:
            raise BadCosignature(f"{name} has {len(lines)} lines")
        seconds, signature = lines[0].signature[:TIME_BYTES], lines[0].signature[TIME_BYTES:]
        time = int.from_bytes(seconds)
        if not 1 <= time <= LARGEST_TIME or not verify(key, cosigned_message(time, self.text), signature):
            raise BadCosignature(f"the line of {name} is no cosignature of this text")
        return time


class BadCosignature(Exception):
    """A line that has a witness's name and key id is not its cosignature, or there are several."""


def cosigned_message(time: int, text: bytes) -> bytes:
    """What a witness signs   (5.4)"""
    return b"cosignature/v1\n" + f"time {time}\n".encode() + text


def key_id(name: str, key: bytes, kind: bytes = ED25519) -> bytes:
    """The first four bytes of SHA-256(name ‖ 0A ‖ type ‖ key)."""
    return hashlib.sha256(name.encode() + b"\x0a" + kind + key).digest()[:4]


def verifier_key(name: str, key: bytes, kind: bytes = ED25519) -> str:
    """`<name>+<8 hex>+<base64 of type ‖ key>`"""
    return "+".join((name, key_id(name, key, kind).hex(), base64.b64encode(kind + key).decode()))


def from_base64(text: str) -> bytes:
    """Standard base64 in its one padded form."""
    try:
        data = base64.b64decode(text, validate=True)
    except (ValueError, binascii.Error) as error:
        raise Malformed(f"not base64: {error}") from error
    if base64.b64encode(data).decode() != text:
        raise Malformed("base64 that is not in its canonical form")
    return data


def is_name(name: str) -> bool:
    """Not empty, no white space, no plus."""
    return bool(name) and "+" not in name and not any(character.isspace() for character in name)


def _signature(line: str) -> Signature:
    dash, name, blob = [*line.split(" "), "", "", ""][:3]
    if line != " ".join((dash, name, blob)) or dash != "\N{EM DASH}":
        raise Malformed("a line after the blank one is no signature")
    if not is_name(name):
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
    if len(parts) != 3 or not is_name(parts[0]):
        raise Malformed("a checkpoint has three lines before the blank one, the first a name")
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
