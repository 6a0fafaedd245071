"""A large secret at rest: in pieces under a key of its own, and that key under a passphrase (docs/member-files.md).

    <the key file of 32 bytes, by `secret/keyfile`> 0A
    for each piece of 1 MiB, the last one shorter or empty:   ciphertext ‖ tag of 16 bytes    AES-256-GCM

The nonce of a piece is its number, 11 bytes, and a byte that is 1 for the last piece and 0 for every other; the first
line is associated data. The key is drawn for the file and used for no other, so no nonce is used twice; no piece can be
moved, left out, or cut off at the end, and a file costs one scrypt, however large it is.
"""

from typing import TYPE_CHECKING

from Crypto.Cipher import AES

from e2evote.errors import MalformedInput
from e2evote.secret import keyfile
from e2evote.secret.keyfile import DEFAULT_COST, MINIMUM_COST, NotUnlocked
from e2evote.secret.randomness import Randomness

if TYPE_CHECKING:
    from Crypto.Cipher._mode_gcm import GcmMode

PIECE = 2**20
LONGEST_HEAD = 4096
_KEY_SIZE, _TAG_SIZE = 32, 16


def lock(
    secret: bytes,
    passphrase: str,
    purpose: str,
    version: int,
    randomness: Randomness,
    *,
    cost: int = DEFAULT_COST,
    minimum: int = MINIMUM_COST,
) -> bytes:
    """The file that holds `secret`, of any size."""
    key = randomness.bytes(_KEY_SIZE)
    head = keyfile.lock(key, passphrase, purpose, version, randomness, cost=cost, minimum=minimum) + b"\n"
    out = bytearray(head)
    count = len(secret) // PIECE + 1
    view = memoryview(secret)
    for number in range(count):
        cipher = _cipher(key, number, number == count - 1, head)
        ciphertext, tag = cipher.encrypt_and_digest(view[number * PIECE : (number + 1) * PIECE])
        out += ciphertext
        out += tag
    return bytes(out)


def unlock(data: bytes, passphrase: str, purpose: str, version: int, *, minimum: int = MINIMUM_COST) -> bytes:
    """The secret in such a file; MalformedInput or NotUnlocked as `keyfile.unlock` has them."""
    end = data.find(b"\n", 0, LONGEST_HEAD) + 1
    if not end:
        raise MalformedInput(f"no first line of at most {LONGEST_HEAD} bytes")
    head, size = data[:end], len(data) - end
    last = size % (PIECE + _TAG_SIZE)
    if last < _TAG_SIZE:
        raise MalformedInput("cut off: the last piece has no tag")
    key = keyfile.unlock(head[:-1], passphrase, purpose, version, minimum=minimum)
    if len(key) != _KEY_SIZE:
        raise MalformedInput(f"a key of {len(key)} bytes, want {_KEY_SIZE}")
    view, out = memoryview(data), bytearray()
    count = size // (PIECE + _TAG_SIZE) + 1
    for number in range(count):
        piece = view[end + number * (PIECE + _TAG_SIZE) : end + (number + 1) * (PIECE + _TAG_SIZE)]
        cipher = _cipher(key, number, number == count - 1, head)
        try:
            out += cipher.decrypt_and_verify(piece[:-_TAG_SIZE], piece[-_TAG_SIZE:])
        except ValueError:
            raise NotUnlocked(purpose) from None
    return bytes(out)


def _cipher(key: bytes, number: int, last: bool, head: bytes) -> "GcmMode":
    cipher = AES.new(key, AES.MODE_GCM, nonce=number.to_bytes(11, "big") + bytes([last]), mac_len=_TAG_SIZE)
    cipher.update(head)
    return cipher
