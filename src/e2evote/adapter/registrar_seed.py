"""A registrar's part of the secret order of the lines (docs/spec.md §13.1; docs/member-files.md, Seed).

Drawn once, committed to on the board, and then handed to whoever prepares the roll as an encrypted file, its
passphrase by another way. The seeds are never published: with them and a list of members everybody could compute
the numbers of the lines.
"""

import os
from dataclasses import dataclass
from pathlib import Path

from e2evote.adapter import secretfile
from e2evote.adapter.act import Act
from e2evote.adapter.passphrase import Passphrase
from e2evote.adapter.personal_files import enter
from e2evote.adapter.signing import party_of
from e2evote.credentials import freezing
from e2evote.errors import MalformedInput, Refused
from e2evote.hashing import canonical
from e2evote.hashing.fields import hex_bytes, object_
from e2evote.record.body import read_id
from e2evote.record.roll import SEED_SIZE, seed_commitment
from e2evote.record.voter_bodies import Seed
from e2evote.secret.randomness import Randomness
from e2evote.secret.sign import SigningKey
from e2evote.verify.leaves import Setting

PURPOSE, VERSION = "roll-seed", 1


@dataclass(frozen=True, slots=True, repr=False)
class RegistrarSeed:
    """The seed of one registrar for one selection. election: leaf hash of entry 0."""

    election: bytes
    registrar: str
    seed: bytes

    def commitment(self, setting: Setting) -> bytes:
        """What the registrar posts.    spec (13.1)"""
        return seed_commitment(setting.base_hash, registrar_index(setting, self.registrar), self.seed)


def registrar_index(setting: Setting, party: str) -> int:
    """Which of the registrars this is, from 1; Refused where it is none."""
    ids = [one.id for one in setting.manifest.registrars]
    if party not in ids:
        raise Refused("wrong-key", f"{party} is no registrar of this selection")
    return ids.index(party) + 1


def draw_seed(setting: Setting, key: SigningKey, path: Path, passphrase: Passphrase, randomness: Randomness) -> Act:
    """The commitment to the seed of the registrar with this key. The seed is drawn unless the file is there already."""
    party = party_of(setting, key, "registrar")
    if os.path.lexists(path):
        own = read_seed(path, passphrase)
        if (own.election, own.registrar) != (setting.first, party.id):
            raise Refused("other-selection", f"{path}: the seed of {own.registrar}, or for another selection")
    else:
        own = RegistrarSeed(setting.first, party.id, freezing.draw_seed(randomness))
        data = canonical.encode({"election": own.election.hex(), "registrar": own.registrar, "seed": own.seed.hex()})
        enter(path.parent, [path.name], "seed", own.election)
        secretfile.create(path, passphrase.lock(data, PURPOSE, VERSION, randomness))
    return Act("roll.seed", Seed(own.commitment(setting)))


def read_seed(path: Path, passphrase: Passphrase) -> RegistrarSeed:
    """The seed in such a file; NotUnlocked under another passphrase."""
    try:
        members = object_(
            canonical.decode(passphrase.unlock(secretfile.read(path), PURPOSE, VERSION), limit=4096),
            "",
            ("election", "registrar", "seed"),
        )
        return RegistrarSeed(
            hex_bytes(members["election"], "election", 32),
            read_id(members["registrar"], "registrar"),
            hex_bytes(members["seed"], "seed", SEED_SIZE),
        )
    except MalformedInput as error:
        raise error.inside(str(path)) from None
