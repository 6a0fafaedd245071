"""The joint keys that the trustees of one ceremony session made together (docs/spec.md, sections 4 and 6)."""

from collections.abc import Mapping
from dataclasses import dataclass

from e2evote.algebra.group import Element, Group
from e2evote.algebra.interpolation import joint_commitments, polynomial_power
from e2evote.manifest.base_hash import ceremony_hash, extended_base_hash
from e2evote.record.keys import MemberKeys


@dataclass(frozen=True, slots=True)
class JointKeys:
    """K and K̂ with the hashes that bind them, and every trustee's public keys by index."""

    K: Element
    K_hat: Element
    h_g: bytes
    h_e: bytes
    keys: Mapping[int, MemberKeys]

    def verification_key(self, trustee: int) -> Element:
        """Y_i = Π_ℓ Π_m K_ℓm^(i^m)    spec (3.15)"""
        return polynomial_power(joint_commitments([keys.K for keys in self.keys.values()]), trustee)


def joint_keys(group: Group, base_hash: bytes, keys: Mapping[int, MemberKeys]) -> JointKeys:
    """K = Π K_i0, K̂ = Π K̂_i0  (6.7), H_G  (4.3), H_E  (4.4). `keys` has every trustee, by index from 1."""
    if sorted(keys) != list(range(1, len(keys) + 1)):
        raise ValueError(f"keys of trustees {sorted(keys)}")
    ordered = [keys[i] for i in sorted(keys)]
    K, K_hat = group.identity, group.identity
    for member in ordered:
        K, K_hat = K * member.K[0], K_hat * member.K_hat[0]
    lists = [m.K for m in ordered], [m.K_hat for m in ordered], [m.kappa for m in ordered]
    h_g = ceremony_hash(base_hash, (K, K_hat), *lists)
    return JointKeys(K, K_hat, h_g, extended_base_hash(base_hash, (K, K_hat)), dict(keys))
