"""The static record around the entries: Merkle tree, tiles, bundles, packs, checkpoint, zip (docs/record-format.md).

An entry here is three byte strings: the leaf, the payload (empty for none) and the hints (empty for none).
"""

import base64
import struct
import zlib
from collections.abc import Mapping, Sequence

from reference.make_ed25519 import public_key, sign
from reference.make_group import sha256

TILE = 256


def leaf_hash(entry: bytes) -> bytes:
    """(5.1)"""
    return sha256(b"\x00" + entry)


def node_hash(left: bytes, right: bytes) -> bytes:
    """(5.2)"""
    return sha256(b"\x01" + left + right)


def root_of(hashes: Sequence[bytes]) -> bytes:
    """The root over leaf hashes, split at the largest power of two below their number."""
    if not hashes:
        return sha256(b"")
    if len(hashes) == 1:
        return hashes[0]
    split = 1 << (len(hashes) - 1).bit_length() - 1
    return node_hash(root_of(hashes[:split]), root_of(hashes[split:]))


def number_path(n: int) -> str:
    """1234067 is x001/x234/067."""
    groups = [f"{n % 1000:03}"]
    while n >= 1000:
        n //= 1000
        groups.append(f"x{n % 1000:03}")
    return "/".join(reversed(groups))


def _spans(count: int) -> list[tuple[str, int, int]]:
    """Path below the folder, start and end of every full and then of the one partial tile over `count` items."""
    spans = [(number_path(n), n * TILE, (n + 1) * TILE) for n in range(count // TILE)]
    if count % TILE:
        spans.append((f"{number_path(count // TILE)}.p/{count % TILE}", count // TILE * TILE, count))
    return spans


def tree_files(hashes: Sequence[bytes]) -> dict[str, bytes]:
    files: dict[str, bytes] = {}
    level, row = 0, list(hashes)
    while row:
        for path, start, end in _spans(len(row)):
            files[f"tile/{level}/{path}"] = b"".join(row[start:end])
        row = [root_of(row[i : i + TILE]) for i in range(0, len(row) - TILE + 1, TILE)]
        level += 1
    return files


def _packs(folder: str, items: Sequence[bytes], width: int) -> dict[str, bytes]:
    return {
        f"{folder}/{path}": b"".join(len(item).to_bytes(width, "big") + item for item in items[start:end])
        for path, start, end in _spans(len(items))
    }


def record_files(
    leaves: Sequence[bytes], payloads: Sequence[bytes], hints: Sequence[bytes], checkpoint: bytes
) -> dict[str, bytes]:
    """Every file of the record; `hints` may be empty for none at all."""
    files = {"checkpoint": checkpoint}
    files.update(tree_files([leaf_hash(leaf) for leaf in leaves]))
    files.update(_packs("tile/entries", leaves, 2))
    files.update(_packs("payload", payloads, 4))
    files.update(_packs("hints", hints, 4))
    return files


LOG, WITNESS = 1, 4
"""Types of keys: C2SP signed-note, and tlog-cosignature."""


def key_id(name: str, key: bytes, kind: int = LOG) -> bytes:
    """C2SP signed-note."""
    return sha256(name.encode() + b"\n" + bytes([kind]) + key)[:4]


def verifier_key(name: str, key: bytes, kind: int = LOG) -> str:
    return f"{name}+{key_id(name, key, kind).hex()}+{base64.b64encode(bytes([kind]) + key).decode()}"


def signature_line(name: str, secret: bytes, text: str) -> str:
    blob = key_id(name, public_key(secret)) + sign(secret, text.encode())
    return f"— {name} {base64.b64encode(blob).decode()}\n"


def cosignature_line(name: str, secret: bytes, time: int, text: bytes) -> bytes:
    """A witness's line under the text of a checkpoint (C2SP tlog-cosignature)."""
    signature = sign(secret, b"cosignature/v1\ntime " + str(time).encode() + b"\n" + text)
    blob = key_id(name, public_key(secret), WITNESS) + time.to_bytes(8, "big") + signature
    return f"— {name} {base64.b64encode(blob).decode()}\n".encode()


def text_of(note: bytes) -> bytes:
    """What the lines of a note sign."""
    return note[: note.rindex(b"\n\n") + 1]


def checkpoint_text(origin: str, size: int, root: bytes) -> str:
    return f"{origin}\n{size}\n{base64.b64encode(root).decode()}\n"


def checkpoint_note(origin: str, size: int, root: bytes, secret: bytes, name: str = "") -> bytes:
    """A C2SP tlog-checkpoint; the key's name is the origin unless `name` says otherwise."""
    text = checkpoint_text(origin, size, root)
    return (text + "\n" + signature_line(name or origin, secret, text)).encode()


def zip_of(files: Mapping[str, bytes]) -> bytes:
    """The one canonical archive of record-format "Zip archives"."""
    body, directory = b"", b""
    for name in sorted(files, key=str.encode):
        raw, data = name.encode(), files[name]
        crc = zlib.crc32(data)
        offset = len(body)
        fields = (0, 0, 0, 0x21, crc, len(data), len(data), len(raw), 0)
        body += struct.pack("<4sHHHHHIIIHH", b"PK\x03\x04", 20, *fields) + raw + data
        directory += struct.pack("<4sHHHHHHIIIHHHHHII", b"PK\x01\x02", 20, 20, *fields, 0, 0, 0, 0, offset) + raw
    count = len(files)
    end = struct.pack("<4sHHHHIIH", b"PK\x05\x06", 0, 0, count, count, len(directory), len(body), 0)
    return body + directory + end
