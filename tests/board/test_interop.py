"""Boards, cosignatures and receipts between e2evote and a second implementation, in both directions.

The other one is below: written from the C2SP pages with hashlib, base64 and an Ed25519 library alone, in the naive
way; nothing of e2evote's is used in it.
"""

import base64
import hashlib
import struct
from collections.abc import Mapping

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from board.keys import ORIGIN, log_key, signer, vkey, witness
from e2evote.board.bundles import decode_bundle
from e2evote.board.checkpoint import open_checkpoint
from e2evote.board.cosignature import add_cosignatures, cosign, decode_witness_key
from e2evote.board.log import Log
from e2evote.board.merkle import leaf_hash, root
from e2evote.board.note import decode_log_key
from e2evote.board.policy import Cosigned, decode_policy
from e2evote.board.proof import open_receipt
from e2evote.board.tiles import decode_tile
from e2evote.board.witnessing import Cosignable, Request, decode_request, encode_answer, judge, read_answer

SIZES = (0, 1, 2, 255, 256, 257, 300, 513)
TIME = 1_893_456_000


# The other implementation.


def sha(*parts: bytes) -> bytes:
    return hashlib.sha256(b"".join(parts)).digest()


def mth(entries: list[bytes]) -> bytes:
    if not entries:
        return sha()
    if len(entries) == 1:
        return sha(b"\x00", entries[0])
    k = 1
    while 2 * k < len(entries):
        k *= 2
    return sha(b"\x01", mth(entries[:k]), mth(entries[k:]))


def inclusion(m: int, entries: list[bytes]) -> list[bytes]:
    if len(entries) == 1:
        return []
    k = 1
    while 2 * k < len(entries):
        k *= 2
    if m < k:
        return [*inclusion(m, entries[:k]), mth(entries[k:])]
    return [*inclusion(m - k, entries[k:]), mth(entries[:k])]


def consistency(m: int, entries: list[bytes], whole: bool = True) -> list[bytes]:
    if m == len(entries):
        return [] if whole else [mth(entries)]
    k = 1
    while 2 * k < len(entries):
        k *= 2
    if m <= k:
        return [*consistency(m, entries[:k], whole), mth(entries[k:])]
    return [*consistency(m - k, entries[k:], False), mth(entries[:k])]


def b64(data: bytes) -> str:
    return base64.b64encode(data).decode()


class Key:
    """A log's key of type 1 or a witness's of type 4, with its secret half."""

    def __init__(self, name: str, kind: int, seed: bytes) -> None:
        self.name, self.kind, self.private = name, kind, Ed25519PrivateKey.from_private_bytes(seed)
        self.public = self.private.public_key().public_bytes_raw()
        self.id = sha(name.encode(), b"\n", bytes([kind]), self.public)[:4]
        self.vkey = f"{name}+{self.id.hex()}+{b64(bytes([kind]) + self.public)}"

    def line(self, text: str, time: int = 0) -> str:
        if self.kind == 1:
            data = self.private.sign(text.encode())
        else:
            data = struct.pack(">Q", time) + self.private.sign(f"cosignature/v1\ntime {time}\n{text}".encode())
        return f"— {self.name} {b64(self.id + data)}\n"


def read_vkey(vkey: str) -> tuple[str, bytes, int, bytes]:
    name, id, rest = vkey.split("+", 2)
    data = base64.b64decode(rest)
    assert sha(name.encode(), b"\n", data)[:4].hex() == id
    return name, bytes.fromhex(id), data[0], data[1:]


def signed_by(note: str, vkeys: list[str]) -> dict[str, int]:
    """Name and time (0 for a log) of each of these keys that signed the note."""
    text, _, lines = note.rpartition("\n\n")
    found = {}
    for line in lines.splitlines():
        dash, name, data = line.split(" ")
        assert dash == "—"
        raw = base64.b64decode(data, validate=True)
        for known, id, kind, public in map(read_vkey, vkeys):
            if (known, id) == (name, raw[:4]):
                time = struct.unpack(">Q", raw[4:12])[0] if kind == 4 else 0
                head = f"cosignature/v1\ntime {time}\n" if kind == 4 else ""
                Ed25519PublicKey.from_public_bytes(public).verify(
                    raw[12 if kind == 4 else 4 :], f"{head}{text}\n".encode()
                )
                found[name] = time
    return found


def read_board(files: Mapping[str, bytes], vkey: str) -> list[bytes]:
    """All entries of a board in static files, their tree recomputed from the entries and once more from the tiles."""
    origin, size_text, root_text = files["checkpoint"].decode().partition("\n\n")[0].split("\n")
    assert signed_by(files["checkpoint"].decode(), [vkey]) == {origin: 0}
    size, entries = int(size_text), list[bytes]()
    for start in range(0, size, 256):
        width = min(256, size - start)
        bundle = files[f"tile/entries/{start // 256:03d}" + (f".p/{width}" if width < 256 else "")]
        while bundle:
            (length,) = struct.unpack(">H", bundle[:2])
            entries.append(bundle[2 : 2 + length])
            bundle = bundle[2 + length :]
    assert len(entries) == size
    assert mth(entries) == base64.b64decode(root_text)
    for path, tile in tiles_of(entries).items():
        assert files[path] == tile
    return entries


def tiles_of(entries: list[bytes]) -> dict[str, bytes]:
    tiles, level, span = {}, 0, 1
    while count := len(entries) // span:
        hashes = [mth(entries[i * span : (i + 1) * span]) for i in range(count)]
        for n in range(0, count, 256):
            width = min(256, count - n)
            tiles[f"tile/{level}/{n // 256:03d}" + (f".p/{width}" if width < 256 else "")] = b"".join(
                hashes[n : n + 256]
            )
        level, span = level + 1, span * 256
    return tiles


# The tests.

LOG_KEY = Key(ORIGIN, 1, bytes(range(32)))
OTHERS = [Key(f"{name}.example/w", 4, bytes([number]) * 32) for number, name in enumerate(("ann", "ben", "cyd"), 1)]


def entries_of(size: int) -> list[bytes]:
    return [hashlib.sha512(bytes([n % 256, n // 256])).digest() * (n % 5) for n in range(size)]


def e2evote_log(size: int) -> Log:
    log = Log(signer())
    for entry in entries_of(size):
        log.append(entry)
    return log


def text_of(entries: list[bytes]) -> str:
    return f"{ORIGIN}\n{len(entries)}\n{b64(mth(entries))}\n"


@pytest.mark.parametrize("size", SIZES)
def test_the_other_one_reads_a_board_of_e2evote(size: int) -> None:
    files = e2evote_log(size).publish(0)
    assert read_board(files, log_key().encode()) == entries_of(size)
    assert log_key().encode() == LOG_KEY.vkey


@pytest.mark.parametrize("size", SIZES)
def test_e2evote_reads_a_board_of_the_other_one(size: int) -> None:
    entries = entries_of(size)
    checkpoint = f"{text_of(entries)}\n{LOG_KEY.line(text_of(entries))}".encode()
    head = open_checkpoint(checkpoint, decode_log_key(LOG_KEY.vkey))
    bundles = [b"".join(struct.pack(">H", len(e)) + e for e in entries[n : n + 256]) for n in range(0, size, 256)]
    read = [entry for n, bundle in enumerate(bundles) for entry in decode_bundle(bundle, min(256, size - 256 * n))]
    assert read == entries
    assert root(leaf_hash(entry) for entry in read) == head.root
    for path, tile in tiles_of(entries).items():
        assert len(decode_tile(tile, len(tile) // 32)) == len(tile) // 32
        assert e2evote_log(size).publish(0)[path] == tile


def test_the_other_one_verifies_cosignatures_of_e2evote() -> None:
    log = e2evote_log(300)
    wanda, walter = witness("wanda.example", 1), witness("walter.example/w", 2)
    lines = [cosign(log.checkpoint(300).text(), one, TIME + n) for n, one in enumerate((wanda, walter))]
    note = add_cosignatures(log.signed_checkpoint(), lines).decode()
    vkeys = [vkey(wanda), vkey(walter)]
    assert signed_by(note, [LOG_KEY.vkey, *vkeys]) == {ORIGIN: 0, "wanda.example": TIME, "walter.example/w": TIME + 1}
    with pytest.raises(InvalidSignature):
        signed_by(note.replace("\n300\n", "\n301\n"), vkeys)


def test_e2evote_reads_a_receipt_of_the_other_one() -> None:
    entries = entries_of(300)
    text = text_of(entries)
    note = f"{text}\n{LOG_KEY.line(text)}{OTHERS[2].line(text, TIME)}— x AAAAAAAA\n{OTHERS[0].line(text, TIME + 9)}"
    lines = [f"log {LOG_KEY.vkey}", *(f"witness {one.name[:3]} {one.vkey}" for one in OTHERS)]
    policy = decode_policy("\n".join((*lines, "group g 2 ann ben cyd", "quorum g", "")).encode())
    for index in (1, 42, 254, 256, 299):
        hashes = "".join(f"{b64(value)}\n" for value in inclusion(index, entries))
        head = f"c2sp.org/tlog-proof@v1\nextra {b64(entries[index])}\nindex {index}\n{hashes}\n"
        receipt = open_receipt(f"{head}{note}".encode(), decode_log_key(LOG_KEY.vkey), policy)
        assert (receipt.index, receipt.entry) == (index, entries[index])
        assert receipt.cosigned == (Cosigned("ann", TIME + 9), Cosigned("cyd", TIME))


def test_the_other_one_reads_a_receipt_of_e2evote() -> None:
    log, entries = e2evote_log(300), entries_of(300)
    for index in (1, 42, 256, 299):
        head, note = log.proof(index, log.signed_checkpoint(), entries[index]).encode().decode().split("\n\n", 1)
        header, extra, number, *hashes = head.split("\n")
        assert (header, extra, number) == (
            "c2sp.org/tlog-proof@v1",
            f"extra {b64(entries[index])}",
            f"index {index}",
        )
        assert hashes == [b64(value) for value in inclusion(index, entries)]
        assert note.startswith(text_of(entries))
        assert signed_by(note, [LOG_KEY.vkey]) == {ORIGIN: 0}


def test_requests_and_answers_of_the_two_are_the_same_bytes() -> None:
    entries = entries_of(40)
    log, text, other = e2evote_log(40), text_of(entries), OTHERS[0]
    for old in range(1, 40):
        hashes = "".join(f"{b64(value)}\n" for value in consistency(old, entries))
        theirs = f"old {old}\n{hashes}\n{text}\n{LOG_KEY.line(text)}".encode()
        assert Request(old, log.consistency_proof(old, 40), log.signed_checkpoint()).encode() == theirs
        judged = judge(decode_request(theirs), [log_key()], log.checkpoint(old))
        assert isinstance(judged, Cosignable)
        assert judged.text == text.encode()
    answer = other.line(text, TIME).encode()
    (line,) = read_answer(answer, text.encode(), [decode_witness_key(other.vkey)])
    assert encode_answer([line]) == answer
