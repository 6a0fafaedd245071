"""The key ceremony, message by message: docs/spec.md section 6 and the proofs (3.8) to (3.10)."""

import hmac
from collections.abc import Mapping
from dataclasses import dataclass

from reference.numbers import Group, H, H_own, b4, base_hash, extended_base_hash, parameter_hash, scalar
from reference.payloads import Keys, Proof, Share


@dataclass(frozen=True, slots=True)
class JointKeys:
    """What the reveals of one session make: joint keys, H_E, and everything to compute Y_i."""

    reveals: Mapping[int, Keys]
    K: int
    K_hat: int
    h_e: bytes


@dataclass(frozen=True, slots=True)
class Setting:
    """Group, n, k and the hashes of parameters and manifest."""

    group: Group
    n: int
    k: int
    h_p: bytes
    h_b: bytes

    def encode(self, *elements: int) -> bytes:
        """Elements one after the other."""
        return b"".join(self.group.encode(element) for element in elements)


def new_setting(group: Group, n: int, k: int, manifest: bytes) -> Setting:
    """H_P and H_B   (4.1), (4.2)"""
    h_p = parameter_hash(group, n, k)
    return Setting(group, n, k, h_p, base_hash(h_p, manifest))


def commitment(setting: Setting, session: int, i: int, keys: Keys) -> bytes:
    """commit_i   (6.2)"""
    fields = b4(session), b4(i), keys.salt, setting.encode(*keys.K), setting.encode(*keys.K_hat)
    return H_own(setting.h_b, 0x83, "ceremony-commit", *fields, setting.encode(keys.kappa))


def reveal_fault(setting: Setting, keys: Keys) -> str:
    """Elements (2.2), and 1 refused for K_i0, K̂_i0, the last K_i,k-1 and K̂_i,k-1, and κ_i."""
    if not all(setting.group.is_element(element) for element in keys.elements):
        return "a number that is no element"
    if 1 in (keys.K[0], keys.K_hat[0], keys.K[-1], keys.K_hat[-1], keys.kappa):
        return "a key that is 1"
    return ""


def shares_fault(setting: Setting, shares: Mapping[int, Share]) -> str:
    """Each C0 is an element and not 1."""
    good = all(share.C0 != 1 and setting.group.is_element(share.C0) for share in shares.values())
    return "" if good else "a C0 that is 1 or no element"


def key_proof_holds(setting: Setting, label: bytes, i: int, K: list[int], kappa: int, proof: Proof) -> bool:
    """c_i = H_q(H_P; 10 ‖ label ‖ b4(i) ‖ K_i0 ‖ … ‖ κ_i ‖ h_i0 ‖ … ‖ h_ik)   (3.8)

    with h_ij = g^v_ij · K_ij^c_i, the last about κ_i   (3.9)
    """
    group, c = setting.group, proof.c[0]
    h = [
        group.product((group.power(group.g, v), group.power(key, c)))
        for key, v in zip([*K, kappa], proof.v, strict=True)
    ]
    message = b"\x10" + label + b4(i) + setting.encode(*K, kappa, *h)
    return c == group.challenge(H(setting.h_p, message))


def key_proofs_hold(setting: Setting, i: int, keys: Keys) -> bool:
    """Both key proofs."""
    return key_proof_holds(setting, b"pk_vote", i, keys.K, keys.kappa, keys.proof) and key_proof_holds(
        setting, b"pk_data", i, keys.K_hat, keys.kappa, keys.proof_hat
    )


def share_proof_holds(setting: Setting, i: int, share: Share) -> bool:
    """γ = g^v̄ · C0^c̄,  c̄ = H_q(H_P; 12 ‖ b4(i) ‖ b4(ℓ) ‖ γ ‖ C0 ‖ C1)   (3.10)"""
    group = setting.group
    gamma = group.product((group.power(group.g, share.v), group.power(share.C0, share.c)))
    message = b"\x12" + b4(i) + b4(share.to) + setting.encode(gamma, share.C0) + share.C1
    return share.c == group.challenge(H(setting.h_p, message))


def share_pad(setting: Setting, i: int, to: int, kappa: int, alpha: int, beta: int) -> bytes:
    """k_1 ‖ k_2   (6.3), (6.4)"""
    k_il = H(setting.h_p, b"\x11" + b4(i) + b4(to) + setting.encode(kappa, alpha, beta))
    context = b"share_enc_keys" + b"\x00" + b"share_encrypt" + b4(i) + b4(to) + b"\x02\x00"
    return b"".join(hmac.digest(k_il, t + context, "sha256") for t in (b"\x01", b"\x02"))


def value_fits(setting: Setting, K: list[int], value: int, to: int) -> bool:
    """g^P_i(ℓ) = Π_j K_ij^(ℓ^j)   (6.6)"""
    group = setting.group
    expected = group.product(group.power(key, to**j) for j, key in enumerate(K))
    return group.power(group.g, value) == expected


def answer_clears_dealer(
    setting: Setting, dealer: int, keys: Keys, share: Share, kappa: int, answer: Mapping[str, int]
) -> bool:
    """Spec 6 "Complaint": C0 = g^ξ, C1 equals (6.5) for the published values, and (6.6) holds."""
    group, to = setting.group, share.to
    beta = group.power(kappa, answer["xi"])
    pad = share_pad(setting, dealer, to, kappa, share.C0, beta)
    plain = scalar(answer["P"]) + scalar(answer["P_hat"])
    sealed = bytes(a ^ b for a, b in zip(plain, pad, strict=True))
    return (
        group.power(group.g, answer["xi"]) == share.C0
        and sealed == share.C1
        and value_fits(setting, keys.K, answer["P"], to)
        and value_fits(setting, keys.K_hat, answer["P_hat"], to)
    )


def join(setting: Setting, reveals: Mapping[int, Keys]) -> JointKeys:
    """K = Π K_i0, K̂ = Π K̂_i0   (6.7), and H_E   (4.4)"""
    K = setting.group.product(keys.K[0] for keys in reveals.values())
    K_hat = setting.group.product(keys.K_hat[0] for keys in reveals.values())
    return JointKeys(reveals, K, K_hat, extended_base_hash(setting.group, setting.h_b, K, K_hat))


def confirmation_hash(setting: Setting, joint: JointKeys) -> bytes:
    """H_G   (4.3)"""
    reveals = [joint.reveals[i] for i in range(1, setting.n + 1)]
    message = b"\x13" + setting.encode(joint.K, joint.K_hat)
    for keys in reveals:
        message += setting.encode(*keys.K)
    for keys in reveals:
        message += setting.encode(*keys.K_hat)
    return H(setting.h_b, message + setting.encode(*[keys.kappa for keys in reveals]))


def public_share(setting: Setting, joint: JointKeys, i: int) -> int:
    """Y_i = Π_ℓ Π_{m<k} K_ℓm^(i^m)   (3.15)"""
    group = setting.group
    return group.product(
        group.power(key, i**m % group.q) for keys in joint.reveals.values() for m, key in enumerate(keys.K)
    )
