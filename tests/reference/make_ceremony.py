"""The trustees' messages from their secrets: docs/spec.md sections 4 and 6.

What follows from published keys (commitments, joint keys, base hashes) is computed from the payloads as they are, so
that an insider who changes a payload can have everything after it computed again.
"""

import hmac
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from reference.make_group import Group, Source, b4, h_eg, h_own, scalar_hex
from reference.make_json import Json
from reference.make_proofs import key_challenge, key_proof_json, prove_keys, share_challenge


@dataclass(slots=True)
class Trustee:
    """One trustee's secrets of one session; `spoil` says which recipients get a share off by one."""

    session: int
    index: int
    a: list[int]
    a_hat: list[int]
    zeta: int
    salt: bytes
    nonces: dict[int, int]
    source: Source
    spoil: set[int] = field(default_factory=set)

    def values_at(self, recipient: int, q: int) -> tuple[int, int]:
        """P_i(ℓ) and P̂_i(ℓ)."""
        value, hat = (sum(x * recipient**j for j, x in enumerate(p)) % q for p in (self.a, self.a_hat))
        return value, hat

    def sealed_values(self, recipient: int, q: int) -> tuple[int, int]:
        """What this trustee really puts into the share."""
        value, hat = self.values_at(recipient, q)
        return (value + (recipient in self.spoil)) % q, hat


def new_trustee(source: Source, session: int, index: int, n: int, k: int) -> Trustee:
    own = Source(source.bytes32("trustee", session, index))
    return Trustee(
        session,
        index,
        [own.scalar("a", j) for j in range(k)],
        [own.scalar("a_hat", j) for j in range(k)],
        own.scalar("zeta"),
        own.bytes32("salt"),
        {to: own.scalar("share", to) for to in range(1, n + 1) if to != index},
        own,
    )


def keys_payload(group: Group, h_p: bytes, trustee: Trustee) -> Json:
    """A reveal: the keys (6.1), the salt and both key proofs (3.8), (3.9)."""
    kappa = group.power(trustee.zeta)
    payload: Json = {"kappa": group.hex(kappa), "salt": trustee.salt.hex()}
    for name, proof_name, label, secrets in (
        ("K", "proof", "pk_vote", trustee.a),
        ("K_hat", "proof_hat", "pk_data", trustee.a_hat),
    ):
        keys = [group.power(x) for x in secrets]

        def challenge(h: list[int], label: str = label, keys: Sequence[int] = keys) -> int:
            return key_challenge(group, h_p, label, trustee.index, (*keys, kappa), h)

        proof = prove_keys(group, (*secrets, trustee.zeta), Source(trustee.source.bytes32(label)), challenge)
        payload[name] = [group.hex(x) for x in keys]
        payload[proof_name] = key_proof_json(proof)
    return payload


def numbers(payload: Json, name: str) -> list[int]:
    return [int(x, 16) for x in payload[name]]


def commit_hash(group: Group, h_b: bytes, session: int, index: int, keys: Json) -> bytes:
    """(6.2)"""
    lists = [b"".join(group.encode(x) for x in numbers(keys, name)) for name in ("K", "K_hat")]
    kappa = group.encode(int(keys["kappa"], 16))
    return h_own(h_b, "ceremony-commit", b4(session), b4(index), bytes.fromhex(keys["salt"]), *lists, kappa)


def encrypt_share(
    group: Group, h_p: bytes, route: tuple[int, int], kappa: int, xi: int, values: tuple[int, int]
) -> tuple[int, bytes]:
    """C0 and C1 of the share that i seals for ℓ, route = (i, ℓ) (6.3)-(6.5)."""
    places = b4(route[0]) + b4(route[1])
    alpha, beta = group.power(xi), group.pow(kappa, xi)
    key = h_eg(h_p, b"\x11" + places + b"".join(group.encode(x) for x in (kappa, alpha, beta)))
    masked = b""
    for t, value in enumerate(values, start=1):
        label = bytes([t]) + b"share_enc_keys" + b"\x00" + b"share_encrypt" + places + b"\x02\x00"
        mask = int.from_bytes(hmac.digest(key, label, "sha256"), "big")
        masked += (value ^ mask).to_bytes(32, "big")
    return alpha, masked


def share_json(group: Group, h_p: bytes, dealer: Trustee, to: int, kappa: int) -> Json:
    """One encrypted share with its proof (3.10)."""
    xi = dealer.nonces[to]
    c0, c1 = encrypt_share(group, h_p, (dealer.index, to), kappa, xi, dealer.sealed_values(to, group.q))
    u = dealer.source.scalar("share-proof", to)
    c = share_challenge(group, h_p, dealer.index, to, group.power(u), c0, c1)
    v = (u - c * xi) % group.q
    return {"C0": group.hex(c0), "C1": c1.hex(), "c": scalar_hex(c), "to": to, "v": scalar_hex(v)}


def shares_payload(group: Group, h_p: bytes, dealer: Trustee, kappas: Mapping[int, int]) -> Json:
    recipients = sorted(to for to in kappas if to != dealer.index)
    return {"shares": [share_json(group, h_p, dealer, to, kappas[to]) for to in recipients]}


def answer_body(dealer: Trustee, to: int, q: int) -> Json:
    value, hat = dealer.sealed_values(to, q)
    return {
        "P": scalar_hex(value),
        "P_hat": scalar_hex(hat),
        "session": dealer.session,
        "to": to,
        "xi": scalar_hex(dealer.nonces[to]),
    }


@dataclass(frozen=True, slots=True)
class JointKey:
    """What all reveals of one session give together."""

    K: int
    K_hat: int
    h_g: bytes
    h_e: bytes


def joint_key(group: Group, h_b: bytes, reveals: Sequence[Json]) -> JointKey:
    """(6.7), (4.3), (4.4) from the payloads of all n reveals in order of index."""
    vote, data = ([numbers(reveal, name) for reveal in reveals] for name in ("K", "K_hat"))
    kappas = [int(reveal["kappa"], 16) for reveal in reveals]
    K, K_hat = group.product(keys[0] for keys in vote), group.product(keys[0] for keys in data)
    joint = group.encode(K) + group.encode(K_hat)
    every = [x for keys in (*vote, *data) for x in keys] + kappas
    h_g = h_eg(h_b, b"\x13" + joint + b"".join(group.encode(x) for x in every))
    return JointKey(K, K_hat, h_g, h_eg(h_b, b"\x14" + joint))


def key_share(trustees: Sequence[Trustee], index: int, q: int) -> int:
    """z_ℓ = Σ_i P_i(ℓ)"""
    return sum(trustee.values_at(index, q)[0] for trustee in trustees) % q
