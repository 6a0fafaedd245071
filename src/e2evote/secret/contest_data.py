"""Contest data: text that belongs to one contest of one ballot, encrypted under K̂ (ElectionGuard 2.1).

For test vectors only. A manifest that asks for contest data is refused, and no tool decrypts anything that belongs to
a single ballot: what is here shows that keys, hashes and key derivation are ElectionGuard's, byte for byte, and is
imported by nothing but its tests. The equations are those of the Design Specification 2.1.0, contest data encryption
and its decryption; docs/spec.md (see its list of what is implemented) gives them no numbers.
"""

import hmac
from collections.abc import Mapping
from dataclasses import dataclass

from e2evote.algebra.group import Element, Group, Scalar
from e2evote.algebra.interpolation import combine, lagrange_at_zero
from e2evote.hashing.digest import H, b4
from e2evote.proofs.known_log import KnownLogProof
from e2evote.proofs.place import index4
from e2evote.secret.scalar import SecretScalar

BLOCK = 32


@dataclass(frozen=True, slots=True)
class SealedData:
    """C0 = α, C1 = D ⊕ keys, C2 = proof that the nonce of C0 is known."""

    C0: Element
    C1: bytes
    C2: KnownLogProof

    def encode_proof(self) -> bytes:
        """c ‖ v."""
        return self.C2.c.encode() + self.C2.v.encode()


def encrypt_data(
    K_hat: Element, identifier_hash: bytes, contest: int, data: bytes, seed: bytes, u: SecretScalar
) -> SealedData:
    """ξ = H_q(H_I; 25, contest, ξ_B);  C0 = g^ξ;  C1 = D ⊕ k_1 ‖ k_2 ‖ …;  c = H_q(H_I; 27, contest, g^u, C0, C1).

    data: padded to whole blocks of 32 bytes by the caller. u: the proof's nonce, fresh each time.
    """
    group = K_hat.group
    xi = SecretScalar(group.challenge(H(identifier_hash, b"\x25", index4(contest, "contest"), seed)))
    alpha, beta = xi.power_of(group.g), xi.power_of(K_hat)
    C1 = _masked(identifier_hash, contest, alpha, beta, data)
    c = _proof_challenge(identifier_hash, contest, u.power_of(group.g), alpha, C1)
    return SealedData(alpha, C1, KnownLogProof(c, u.minus_times(c, xi)))


def verify_data_proof(sealed: SealedData, identifier_hash: bytes, contest: int) -> bool:
    """c = H_q(H_I; 27, contest, g^v·C0^c, C0, C1)."""
    a = sealed.C0.group.g**sealed.C2.v * sealed.C0**sealed.C2.c
    return _proof_challenge(identifier_hash, contest, a, sealed.C0, sealed.C1) == sealed.C2.c


def open_data(sealed: SealedData, identifier_hash: bytes, contest: int, beta: Element) -> bytes:
    """D = C1 ⊕ keys, where β = C0^ŝ came out of a decryption."""
    return _masked(identifier_hash, contest, sealed.C0, beta, sealed.C1)


@dataclass(frozen=True, slots=True)
class DataDecryption:
    """The joint decryption of one C0: β with the proof (c, v), and each trustee's commitment d_i made before it."""

    beta: Element
    c: Scalar
    v: Scalar
    d: Mapping[int, bytes]


def decrypt_data(
    sealed: SealedData,
    identifier_hash: bytes,
    contest: int,
    shares: Mapping[int, SecretScalar],
    nonces: Mapping[int, SecretScalar],
) -> DataDecryption:
    """m_i = C0^ẑ_i;  β = Π m_i^w_i;  c = H_q(H_I; 33, …, Π a_i, Π b_i, β);  v = Σ (u_i - c·w_i·ẑ_i).

    Before c is known each trustee commits itself with d_i = H(H_I; 32, …, a_i, b_i, m_i, #U, U).
    shares: ẑ_i, and nonces: u_i, by trustee. All parties in one process: a transcription for vectors, no protocol.
    """
    if set(shares) != set(nonces):
        raise ValueError(f"shares of {sorted(shares)}, nonces of {sorted(nonces)}")
    group, users = sealed.C0.group, sorted(shares)
    weights = lagrange_at_zero(group, users)
    partial = {i: shares[i].power_of(sealed.C0) for i in users}
    a = {i: nonces[i].power_of(group.g) for i in users}
    b = {i: nonces[i].power_of(sealed.C0) for i in users}
    set_ = b4(len(users)) + b"".join(index4(i, "trustee") for i in users)
    d = {
        i: H(
            identifier_hash,
            *(b"\x32", index4(contest, "contest"), index4(i, "trustee")),
            *(sealed.C0.encode(), sealed.C1, sealed.encode_proof()),
            *(a[i].encode(), b[i].encode(), partial[i].encode(), set_),
        )
        for i in users
    }
    beta = combine(partial)
    c = _decryption_challenge(sealed, identifier_hash, contest, _product(group, a), _product(group, b), beta)
    v = sum((nonces[i].minus_times(c * weights[i], shares[i]) for i in users), start=group.scalar(0))
    return DataDecryption(beta, c, v, d)


def verify_decryption(
    K_hat: Element, sealed: SealedData, identifier_hash: bytes, contest: int, decryption: DataDecryption
) -> bool:
    """a = g^v·K̂^c, b = C0^v·β^c, and c is their hash."""
    a = K_hat.group.g**decryption.v * K_hat**decryption.c
    b = sealed.C0**decryption.v * decryption.beta**decryption.c
    return _decryption_challenge(sealed, identifier_hash, contest, a, b, decryption.beta) == decryption.c


def session_key(identifier_hash: bytes, contest: int, alpha: Element, beta: Element) -> bytes:
    """h = H(H_I; 26, contest, α, β)."""
    return H(identifier_hash, b"\x26", index4(contest, "contest"), alpha.encode(), beta.encode())


def _masked(identifier_hash: bytes, contest: int, alpha: Element, beta: Element, data: bytes) -> bytes:
    """data ⊕ k_1 ‖ k_2 ‖ …,  k_t = HMAC(h; b4(t) ‖ "data_enc_keys" ‖ 00 ‖ "contest_data" ‖ contest ‖ b4(bits))."""
    if not data or len(data) % BLOCK:
        raise ValueError(f"contest data: {len(data)} bytes, want whole blocks of {BLOCK}")
    blocks = len(data) // BLOCK
    h = session_key(identifier_hash, contest, alpha, beta)
    context = b"data_enc_keys\x00contest_data" + index4(contest, "contest") + b4(8 * BLOCK * blocks)
    stream = b"".join(hmac.digest(h, b4(t) + context, "sha256") for t in range(1, blocks + 1))
    return bytes(left ^ right for left, right in zip(data, stream, strict=True))


def _proof_challenge(identifier_hash: bytes, contest: int, a: Element, C0: Element, C1: bytes) -> Scalar:
    fields = (index4(contest, "contest"), a.encode(), C0.encode(), C1)
    return C0.group.challenge(H(identifier_hash, b"\x27", *fields))


def _decryption_challenge(
    sealed: SealedData, identifier_hash: bytes, contest: int, a: Element, b: Element, beta: Element
) -> Scalar:
    data = (sealed.C0.encode(), sealed.C1, sealed.encode_proof())
    numbers = (a.encode(), b.encode(), beta.encode())
    return a.group.challenge(H(identifier_hash, b"\x33", index4(contest, "contest"), *data, *numbers))


def _product(group: Group, elements: Mapping[int, Element]) -> Element:
    total = group.identity
    for element in elements.values():
        total = total * element
    return total
