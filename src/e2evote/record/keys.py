"""What trustees publish in the key ceremony: keys with their proofs, and encrypted shares (docs/spec.md, section 6)."""

from dataclasses import dataclass

from e2evote.algebra.group import Element, Group, Residue, Scalar
from e2evote.errors import MalformedInput
from e2evote.hashing import canonical
from e2evote.hashing.canonical import Encodable
from e2evote.hashing.digest import b4
from e2evote.hashing.fields import array, hex_bytes, integer, object_
from e2evote.hashing.labels import H_own, Label
from e2evote.proofs.key_proof import KeyProof
from e2evote.record.leaf import LARGEST_PAYLOAD
from e2evote.record.scalars import hexes, read_key_proof, read_residue, read_residues, read_scalar

SALT_SIZE = 32
SEALED_SHARE_SIZE = 64


@dataclass(frozen=True, slots=True)
class PublicKeys:
    """A reveal: k commitments K_ij, k commitments K̂_ij, κ_i, both key proofs, and the salt of the commitment."""

    K: tuple[Residue, ...]
    K_hat: tuple[Residue, ...]
    kappa: Residue
    proof: KeyProof
    proof_hat: KeyProof
    salt: bytes

    def encode(self) -> bytes:
        """The canonical bytes of the payload."""
        return canonical.encode(
            {
                "K": hexes(self.K),
                "K_hat": hexes(self.K_hat),
                "kappa": self.kappa.encode().hex(),
                "proof": {"c": self.proof.c.encode().hex(), "v": hexes(self.proof.v)},
                "proof_hat": {"c": self.proof_hat.c.encode().hex(), "v": hexes(self.proof_hat.v)},
                "salt": self.salt.hex(),
            }
        )

    def all_keys(self) -> tuple[Residue, ...]:
        """K_i0 … K_i,k-1, K̂_i0 … K̂_i,k-1, κ_i."""
        return (*self.K, *self.K_hat, self.kappa)

    def main_keys(self) -> tuple[Residue, Residue, Residue]:
        """K_i0, K̂_i0, κ_i."""
        return self.K[0], self.K_hat[0], self.kappa


@dataclass(frozen=True, slots=True)
class MemberKeys:
    """The same keys, known to be elements (2.2) and not 1 where spec 2 forbids 1."""

    K: tuple[Element, ...]
    K_hat: tuple[Element, ...]
    kappa: Element


def commitment_to(base_hash: bytes, session: int, trustee: int, salt: bytes, keys: PublicKeys | MemberKeys) -> bytes:
    """commit_i = H_own(H_B; ceremony-commit; session, i, salt, K_i0‖…, K̂_i0‖…, κ_i)    spec (6.2)"""
    K, K_hat = (b"".join(key.encode() for key in list_) for list_ in (keys.K, keys.K_hat))
    fields = (b4(session), b4(trustee), salt, K, K_hat, keys.kappa.encode())
    return H_own(base_hash, Label.CEREMONY_COMMIT, *fields)


@dataclass(frozen=True, slots=True)
class SealedShare:
    """P_i(ℓ) and P̂_i(ℓ) for trustee ℓ = `to`, readable with its ζ alone.    spec (6.3)-(6.5), (3.10)"""

    to: int
    C0: Residue
    C1: bytes
    c: Scalar
    v: Scalar


@dataclass(frozen=True, slots=True)
class SealedShares:
    """One dealer's shares for all other trustees, by their index."""

    shares: tuple[SealedShare, ...]

    def encode(self) -> bytes:
        """The canonical bytes of the payload."""
        shares: list[Encodable] = [
            {
                "C0": share.C0.encode().hex(),
                "C1": share.C1.hex(),
                "c": share.c.encode().hex(),
                "to": share.to,
                "v": share.v.encode().hex(),
            }
            for share in self.shares
        ]
        return canonical.encode({"shares": shares})


def decode_keys(data: bytes, group: Group, quorum: int) -> PublicKeys:
    """A reveal's payload, or MalformedInput: exactly `quorum` coefficients, neither more (A66) nor fewer (A67)."""
    names = ("K", "K_hat", "kappa", "proof", "proof_hat", "salt")
    members = object_(canonical.decode(data, limit=LARGEST_PAYLOAD), "", names)
    return PublicKeys(
        read_residues(group, members["K"], "K", quorum),
        read_residues(group, members["K_hat"], "K_hat", quorum),
        read_residue(group, members["kappa"], "kappa"),
        read_key_proof(group, members["proof"], "proof", quorum),
        read_key_proof(group, members["proof_hat"], "proof_hat", quorum),
        hex_bytes(members["salt"], "salt", SALT_SIZE),
    )


def decode_shares(data: bytes, group: Group, trustees: int, dealer: int) -> SealedShares:
    """A shares payload: one for each trustee but the dealer, by index."""
    members = object_(canonical.decode(data, limit=LARGEST_PAYLOAD), "", ("shares",))
    receivers = [i for i in range(1, trustees + 1) if i != dealer]
    shares = []
    for position, item in enumerate(array(members["shares"], "shares", len(receivers), len(receivers))):
        where = f"shares[{position}]"
        fields = object_(item, where, ("C0", "C1", "c", "to", "v"))
        to = integer(fields["to"], f"{where}.to", 1, trustees)
        if to != receivers[position]:
            raise MalformedInput(f"want {receivers[position]}", f"{where}.to")
        shares.append(
            SealedShare(
                to,
                read_residue(group, fields["C0"], f"{where}.C0"),
                hex_bytes(fields["C1"], f"{where}.C1", SEALED_SHARE_SIZE),
                read_scalar(group, fields["c"], f"{where}.c"),
                read_scalar(group, fields["v"], f"{where}.v"),
            )
        )
    return SealedShares(tuple(shares))
