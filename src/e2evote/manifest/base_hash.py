"""The chain of base hashes: each keys whatever is hashed after it (docs/spec.md §4 and §7).

    H_P (parameters) → H_B (manifest) → H_G (transcript of the ceremony)
                                      → H_E (joint keys) → H_I (one ballot)

All are ElectionGuard 2.1's, byte for byte (Design Specification 2.1.0, §3.1 to §3.3). What is hashed under one of
them means nothing in another group, election or ballot.
"""

from collections.abc import Sequence

from e2evote.algebra.group import Element, Group
from e2evote.hashing.digest import KEY_SIZE, H, b4

VERSION = b"v2.1.0".ljust(KEY_SIZE, b"\x00")
"""ElectionGuard's version, the key of the first hash."""


def parameter_hash(group: Group, n: int, k: int) -> bytes:
    """H_P = H("v2.1.0" ‖ 26 zero bytes; 00 ‖ p ‖ q ‖ g ‖ b4(n) ‖ b4(k))    spec (4.1)

    n trustees, k of whom decrypt.
    """
    if not 1 <= k <= n:
        raise ValueError(f"quorum {k} of {n} trustees")
    p = int(group.p).to_bytes(group.element_size, "big")
    q = int(group.q).to_bytes(group.scalar_size, "big")
    return H(VERSION, b"\x00", p, q, group.g.encode(), b4(n), b4(k))


def base_hash(parameter_hash: bytes, manifest: bytes) -> bytes:
    """H_B = H(H_P; 01 ‖ len4(manifest) ‖ manifest), of the manifest's bytes as they are published    spec (4.2)"""
    return H(parameter_hash, b"\x01", b4(len(manifest)), manifest)


def ceremony_hash(
    base_hash: bytes,
    joint_keys: tuple[Element, Element],
    vote_keys: Sequence[Sequence[Element]],
    data_keys: Sequence[Sequence[Element]],
    communication_keys: Sequence[Element],
) -> bytes:
    """H_G = H(H_B; 13 ‖ K ‖ K̂ ‖ K_10 ‖ … ‖ K_n,k-1 ‖ K̂_10 ‖ … ‖ K̂_n,k-1 ‖ κ_1 ‖ … ‖ κ_n)    spec (4.3)

    joint_keys: K and K̂. vote_keys, data_keys: for each trustee in order, K_ij and K̂_ij for each coefficient.
    communication_keys: κ_i.
    """
    n = len(communication_keys)
    if not n or len(vote_keys) != n or len(data_keys) != n:
        raise ValueError(f"ceremony: keys of {len(vote_keys)}, {len(data_keys)} and {n} trustees")
    lengths = {len(keys) for keys in (*vote_keys, *data_keys)}
    if len(lengths) != 1 or 0 in lengths:
        raise ValueError(f"ceremony: polynomials of {sorted(lengths)} coefficients")
    K, K_hat = joint_keys
    coefficients = [key for table in (vote_keys, data_keys) for keys in table for key in keys]
    return H(base_hash, b"\x13", *(key.encode() for key in (K, K_hat, *coefficients, *communication_keys)))


def extended_base_hash(base_hash: bytes, joint_keys: tuple[Element, Element]) -> bytes:
    """H_E = H(H_B; 14 ‖ K ‖ K̂)    spec (4.4)"""
    K, K_hat = joint_keys
    return H(base_hash, b"\x14", K.encode(), K_hat.encode())


def ballot_base_hash(extended_base_hash: bytes, ballot_id: bytes) -> bytes:
    """H_I = H(H_E; 20 ‖ id_B)    spec (7.3)"""
    if len(ballot_id) != KEY_SIZE:
        raise ValueError(f"ballot identifier: {len(ballot_id)} bytes, want {KEY_SIZE}")
    return H(extended_base_hash, b"\x20", ballot_id)
