"""What a trustee keeps from the ceremony: its shares of both joint keys (docs/spec.md §6).

    z_ℓ = Σ_i P_i(ℓ),   ẑ_ℓ = Σ_i P̂_i(ℓ)   mod q

The polynomials are not needed to decrypt and are not kept. A key names the election and session it is of, and `fits`
compares it with the public keys before anybody decrypts with it.
"""

from dataclasses import dataclass
from typing import Self

from e2evote.algebra.group import Group
from e2evote.algebra.interpolation import polynomial_power
from e2evote.errors import MalformedInput
from e2evote.hashing import canonical
from e2evote.hashing.digest import KEY_SIZE
from e2evote.hashing.fields import hex_bytes, integer, object_
from e2evote.record.body import LARGEST_INDEX
from e2evote.record.joint import JointKeys
from e2evote.secret.scalar import SecretScalar
from e2evote.secret.sharing import decode_secret

PURPOSE, VERSION = "trustee-key", 1
"""What `secret/keyfile` is told about the bytes of `encode`."""

_LARGEST = 4096


@dataclass(frozen=True, slots=True, eq=False)
class TrusteeKey:
    """z and ẑ of the trustee `index`, made in `session` of the election with the base hash H_B."""

    base_hash: bytes
    session: int
    index: int
    z: SecretScalar
    z_hat: SecretScalar

    def fits(self, joint: JointKeys) -> bool:
        """g^z = Π_ℓ Π_m K_ℓm^(i^m) = Y_i  (3.15), and the same of ẑ with K̂"""
        g = self.z.group.g
        Y_hat = self.z.group.identity
        for keys in joint.keys.values():
            Y_hat = Y_hat * polynomial_power(keys.K_hat, self.index)
        return self.z.power_of(g) == joint.verification_key(self.index) and self.z_hat.power_of(g) == Y_hat

    def encode(self) -> bytes:
        """Canonical bytes for an encrypted file alone."""
        return canonical.encode(
            {
                "base_hash": self.base_hash.hex(),
                "group": self.z.group.name,
                "index": self.index,
                "session": self.session,
                "z": self.z.disclose().encode().hex(),
                "z_hat": self.z_hat.disclose().encode().hex(),
            }
        )

    @classmethod
    def decode(cls, data: bytes, group: Group, base_hash: bytes) -> Self:
        """The key of a trustee of the election with this base hash, or MalformedInput."""
        names = ("base_hash", "group", "index", "session", "z", "z_hat")
        members = object_(canonical.decode(data, limit=_LARGEST), "", names)
        if members["group"] != group.name:
            raise MalformedInput(f"a key in another group, want {group.name}", "group")
        if hex_bytes(members["base_hash"], "base_hash", KEY_SIZE) != base_hash:
            raise MalformedInput(f"the key of another election, want {base_hash.hex()}", "base_hash")
        z, z_hat = (decode_secret(hex_bytes(members[x], x, group.scalar_size), group) for x in ("z", "z_hat"))
        index = integer(members["index"], "index", 1, LARGEST_INDEX)
        return cls(base_hash, integer(members["session"], "session", 1, LARGEST_INDEX), index, z, z_hat)
