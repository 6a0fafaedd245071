"""Signing keys as files: the secret half encrypted, the public half as an identity for the manifest.

docs/spec.md §5.3. Everybody who signs has one: administrator, log, tellers, trustees, voters.
"""

import os
from pathlib import Path
from typing import cast, get_args

from e2evote.adapter import secretfile
from e2evote.adapter.passphrase import Passphrase
from e2evote.errors import MalformedInput, Refused
from e2evote.hashing import canonical
from e2evote.hashing.fields import hex_bytes, object_, one_of, string
from e2evote.manifest.draft import PartyFacts
from e2evote.manifest.parties import Role
from e2evote.proofs.signature import decode_public_key
from e2evote.secret.randomness import Randomness, SystemRandomness
from e2evote.secret.sign import SEED_SIZE, SigningKey

PURPOSE, VERSION = "signing-key", 1
_LARGEST_IDENTITY = 4096


def new_key(path: Path, passphrase: Passphrase, randomness: Randomness | None = None) -> SigningKey:
    """A key that did not exist before, stored in a new file of mode 0600."""
    source = randomness or SystemRandomness()
    seed = source.bytes(SEED_SIZE)
    secretfile.create(path, passphrase.lock(seed, PURPOSE, VERSION, source))
    return SigningKey(seed)


def load_key(path: Path, passphrase: Passphrase) -> SigningKey:
    """The key in the file; NotUnlocked under another passphrase."""
    try:
        seed = passphrase.unlock(secretfile.read(path), PURPOSE, VERSION)
    except MalformedInput as error:
        raise error.inside(str(path)) from None
    if len(seed) != SEED_SIZE:
        raise MalformedInput(f"a seed of {len(seed)} bytes, want {SEED_SIZE}", str(path))
    return SigningKey(seed)


def write_identity(path: Path, facts: PartyFacts) -> None:
    """The public half with its name, to be handed to whoever drafts the manifest. Refused if the file exists."""
    data = canonical.encode(
        {"id": facts.id, "key": facts.key.hex(), "organisation": facts.organisation, "role": facts.role}
    )
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o644)
    except FileExistsError:
        raise Refused("file-exists", f"{path}: there is such a file already") from None
    with os.fdopen(descriptor, "wb") as file:
        file.write(data + b"\n")


def read_identity(path: Path) -> PartyFacts:
    """What `write_identity` wrote; the manifest's own rules are not applied yet."""
    try:
        with path.open("rb") as file:
            data = file.read(_LARGEST_IDENTITY + 1)
    except OSError as error:
        raise Refused("file-missing", f"{path}: {error.strerror}") from None
    try:
        members = object_(
            canonical.decode(data.removesuffix(b"\n"), limit=_LARGEST_IDENTITY),
            "",
            ("id", "key", "organisation", "role"),
        )
        key = hex_bytes(members["key"], "key", 32)
        decode_public_key(key)
        role = cast(Role, one_of(members["role"], "role", get_args(Role)))
        return PartyFacts(
            string(members["id"], "id", 1, 63), role, string(members["organisation"], "organisation", 1, 200), key
        )
    except MalformedInput as error:
        raise error.inside(str(path)) from None
