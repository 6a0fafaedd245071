"""A secret at rest: bytes under a passphrase, as bytes (docs/spec.md §6, docs/record-format.md for the JSON rules).

    key = scrypt(NFC(passphrase), salt, N, r = 8, p = 1)                        RFC 7914
    ciphertext, tag = AES-256-GCM(key, nonce, secret, everything else in the file)

What the file says about itself (purpose, version, scrypt's parameters, salt, nonce) is associated data: none of it can
be changed without the passphrase, and a file made for one purpose opens for no other. The file's cost is in the file,
so that a later default does not lock anybody out; a cost below `minimum` is refused, since whoever can rewrite a file
could otherwise make the next passphrase easy to guess. Storing the bytes is for `adapter/secretfile`.
"""

import unicodedata
from dataclasses import dataclass

from Crypto.Cipher import AES
from Crypto.Protocol.KDF import scrypt

from e2evote.errors import E2EVoteError, MalformedInput
from e2evote.hashing import canonical
from e2evote.hashing.canonical import JSON, Encodable
from e2evote.hashing.fields import hex_bytes, integer, object_
from e2evote.secret.randomness import Randomness

KIND = "e2evote-secret-file"
VERSION = 1
DEFAULT_COST = 2**17
MINIMUM_COST = 2**15
LARGEST_COST = 2**20
"""scrypt takes 1024·N bytes of memory: 128 MiB by default, 1 GiB at most, whatever a file asks for."""

LARGEST_FILE = 64 * 2**20
_BLOCKS, _LANES = 8, 1  # scrypt's r and p
_KEY_SIZE, _SALT_SIZE, _NONCE_SIZE, _TAG_SIZE = 32, 32, 12, 16
_MEMBERS = ("cipher", "ciphertext", "kdf", "kind", "nonce", "purpose", "tag", "v", "version")


class NotUnlocked(E2EVoteError):
    """The passphrase is not the file's, or the file was changed: authenticated encryption cannot tell which.

    Proves nothing about who changed it. The one message is for both cases.
    """

    def __init__(self, purpose: str) -> None:
        super().__init__(purpose)
        self.purpose = purpose

    def __str__(self) -> str:
        return f"{self.purpose}: wrong passphrase, or the file was changed"


@dataclass(frozen=True, slots=True)
class _Envelope:
    """Everything in the file but the ciphertext and its tag."""

    purpose: str
    version: int
    cost: int
    salt: bytes
    nonce: bytes

    def members(self) -> dict[str, Encodable]:
        return {
            "cipher": "aes-256-gcm",
            "kdf": {"N": self.cost, "name": "scrypt", "p": _LANES, "r": _BLOCKS, "salt": self.salt.hex()},
            "kind": KIND,
            "nonce": self.nonce.hex(),
            "purpose": self.purpose,
            "v": VERSION,
            "version": self.version,
        }

    def key(self, passphrase: str) -> bytes:
        """What scrypt makes of the passphrase, in Unicode normal form C so that every keyboard gives the same bytes."""
        password = unicodedata.normalize("NFC", passphrase).encode("utf-8", "surrogatepass")
        return scrypt(password, self.salt, _KEY_SIZE, N=self.cost, r=_BLOCKS, p=_LANES)

    def associated(self) -> bytes:
        """What the tag covers besides the ciphertext."""
        return canonical.encode(self.members())


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
    """The file that holds `secret`. Salt and nonce are fresh, so no two files share a key.

    version: of the format of `secret`, for this purpose. cost: scrypt's N. minimum: lowered in tests only.
    """
    if not passphrase:
        raise ValueError(f"{purpose}: an empty passphrase")
    if not _is_power_of_two(cost) or not minimum <= cost <= LARGEST_COST:
        raise ValueError(f"{purpose}: scrypt N = {cost}, want a power of two from {minimum} to {LARGEST_COST}")
    envelope = _Envelope(purpose, version, cost, randomness.bytes(_SALT_SIZE), randomness.bytes(_NONCE_SIZE))
    cipher = AES.new(envelope.key(passphrase), AES.MODE_GCM, nonce=envelope.nonce, mac_len=_TAG_SIZE)
    cipher.update(envelope.associated())
    ciphertext, tag = cipher.encrypt_and_digest(secret)
    return canonical.encode(envelope.members() | {"ciphertext": ciphertext.hex(), "tag": tag.hex()})


def unlock(data: bytes, passphrase: str, purpose: str, version: int, *, minimum: int = MINIMUM_COST) -> bytes:
    """The secret in a file made by `lock` for `purpose` and `version`.

    MalformedInput for what is no such file or asks for too little or too much work; NotUnlocked for the rest.
    """
    members = object_(canonical.decode(data, limit=LARGEST_FILE), "", _MEMBERS)
    envelope = _read(members, purpose, version, minimum)
    size = len(text) // 2 if isinstance(text := members["ciphertext"], str) else 0
    ciphertext = hex_bytes(members["ciphertext"], "ciphertext", size)
    tag = hex_bytes(members["tag"], "tag", _TAG_SIZE)
    cipher = AES.new(envelope.key(passphrase), AES.MODE_GCM, nonce=envelope.nonce, mac_len=_TAG_SIZE)
    cipher.update(envelope.associated())
    try:
        return cipher.decrypt_and_verify(ciphertext, tag)
    except ValueError:
        raise NotUnlocked(purpose) from None


def _read(members: dict[str, JSON], purpose: str, version: int, minimum: int) -> _Envelope:
    """The envelope of a file that is for `purpose`, with every fixed member as `lock` writes it."""
    kdf = object_(members["kdf"], "kdf", ("N", "name", "p", "r", "salt"))
    fixed: tuple[tuple[JSON, str | int, str], ...] = (
        (members["cipher"], "aes-256-gcm", "cipher"),
        (members["kind"], KIND, "kind"),
        (members["purpose"], purpose, "purpose"),
        (members["v"], VERSION, "v"),
        (members["version"], version, "version"),
        (kdf["name"], "scrypt", "kdf.name"),
        (kdf["p"], _LANES, "kdf.p"),
        (kdf["r"], _BLOCKS, "kdf.r"),
    )
    for value, expected, where in fixed:
        if type(value) is not type(expected) or value != expected:
            raise MalformedInput(f"want {expected!r}", where)
    cost = integer(kdf["N"], "kdf.N", minimum, LARGEST_COST)
    if not _is_power_of_two(cost):
        raise MalformedInput(f"{cost} is no power of two", "kdf.N")
    salt = hex_bytes(kdf["salt"], "kdf.salt", _SALT_SIZE)
    return _Envelope(purpose, version, cost, salt, hex_bytes(members["nonce"], "nonce", _NONCE_SIZE))


def _is_power_of_two(number: int) -> bool:
    return number > 0 and number & (number - 1) == 0
