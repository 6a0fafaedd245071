"""The provers (docs/spec.md §3). The statements, their equations and their challenges are those of `proofs/`.

Each prover returns the compact proof and its commitments, which may travel beside it as hints. Nonces are fresh for
every proof and come from `randomness` alone: two responses with one nonce would give the secret away. No prover
verifies what it made: a caller that wants to know calls `verify`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

from e2evote.algebra.exponentiation import Base, fast
from e2evote.algebra.group import Element, Group, Scalar
from e2evote.proofs import equal_logs, key_proof, known_log, one_of
from e2evote.secret.randomness import Randomness
from e2evote.secret.scalar import SecretScalar


def prove_known_log(
    statement: known_log.KnownLog, s: SecretScalar, challenge_of: known_log.ChallengeOf, randomness: Randomness
) -> tuple[known_log.KnownLogProof, tuple[Element, ...]]:
    """u random;  h = g^u;  v = u - c·s    spec (3.10)"""
    group = statement.K.group
    u = SecretScalar.random(group, randomness)
    commitments = (u.power_of(group.g),)
    c = challenge_of(statement, commitments)
    return known_log.KnownLogProof(c, u.minus_times(c, s)), commitments


def prove_key(
    statement: key_proof.Keys,
    secrets: Sequence[SecretScalar],
    challenge_of: key_proof.ChallengeOf,
    randomness: Randomness,
) -> tuple[key_proof.KeyProof, tuple[Element, ...]]:
    """u_j random;  h_j = g^(u_j);  v_j = u_j - c·s_j, for the coefficients in order and then ζ    spec (3.8)-(3.9)"""
    if len(secrets) != len(statement.K) + 1:
        raise ValueError(f"trustee {statement.trustee}: {len(secrets)} secrets for {len(statement.K) + 1} keys")
    group = statement.kappa.group
    nonces = [SecretScalar.random(group, randomness) for _ in secrets]
    commitments = tuple(u.power_of(group.g) for u in nonces)
    c = challenge_of(statement, commitments)
    responses = tuple(u.minus_times(c, s) for u, s in zip(nonces, secrets, strict=True))
    return key_proof.KeyProof(c, responses), commitments


def prove_equal_logs(
    statement: equal_logs.EqualLogs, s: SecretScalar, challenge_of: equal_logs.ChallengeOf, randomness: Randomness
) -> tuple[equal_logs.EqualLogsProof, tuple[Element, ...]]:
    """u random;  a = g^u,  b = A^u;  v = u - c·s    spec (3.11)-(3.13)"""
    group = statement.K.group
    u = SecretScalar.random(group, randomness)
    commitments = (u.power_of(group.g), u.power_of(statement.A))
    c = challenge_of(statement, commitments)
    return equal_logs.EqualLogsProof(c, u.minus_times(c, s)), commitments


@dataclass(frozen=True, slots=True)
class Bases:
    """g and K with their tables, looked up once for a whole ballot."""

    g: Base
    K: Base

    @classmethod
    def of(cls, K: Element) -> Self:
        """With the tables that there are now."""
        return cls(fast(K.group.g), fast(K))


@dataclass(frozen=True, slots=True, repr=False)
class Branches:
    """u_j and c_j for every branch of one range proof, drawn alike before anything depends on the choice."""

    u: tuple[SecretScalar, ...]
    c: tuple[Scalar, ...]

    @classmethod
    def random(cls, group: Group, limit: int, randomness: Randomness) -> Self:
        """For the branches 0 to `limit`."""
        u, c, q = [], [], int(group.q)
        for _ in range(limit + 1):
            u.append(SecretScalar.random(group, randomness))
            c.append(group.scalar(randomness.below(q)))
        return cls(tuple(u), tuple(c))

    def commitments_to_K(self, real: int, K: Base) -> list[Element]:
        """b_j = K^(u_j + (ℓ-j)·c_j), ℓ being `real`; with ℓ it is K^(u_ℓ) whatever c_ℓ is.    spec (3.4)"""
        return [u.plus_times(real - j, c).power_of(K) for j, (u, c) in enumerate(zip(self.u, self.c, strict=True))]

    def proof(self, real: int, xi: SecretScalar, challenge: Scalar) -> one_of.OneOfProof:
        """c_ℓ set to what the sum requires;  v_j = u_j - c_j·ξ    spec (3.7)"""
        c, group = list(self.c), challenge.group
        c[real] = group.reduce(c[real].value + challenge.value - sum(x.value for x in c))
        return one_of.OneOfProof(tuple(c), tuple(u.minus_times(x, xi) for u, x in zip(self.u, c, strict=True)))

    def __repr__(self) -> str:
        return f"Branches(<redacted>, {len(self.u)})"


def prove_one_of(
    statement: one_of.OneOf,
    real: int,
    xi: SecretScalar,
    challenge_of: one_of.ChallengeOf,
    randomness: Randomness,
    bases: Bases | None = None,
) -> tuple[one_of.OneOfProof, tuple[Element, ...]]:
    """u_j and c_j random;  a_j = g^(u_j),  b_j = K^(u_j + (ℓ-j)·c_j);  v_j = u_j - c_j·ξ    spec (3.3)-(3.7)

    ℓ is `real`, the number that is encrypted. Every branch is drawn and computed alike, with two exponentiations of
    fixed bases: the work does not tell which is the real one. bases: the tables, where the caller has them at hand.
    """
    if isinstance(real, bool) or not 0 <= real <= statement.limit:
        raise ValueError(f"range proof: the encrypted number is not in 0 to {statement.limit}")
    bases = bases or Bases.of(statement.K)
    branches = Branches.random(statement.K.group, statement.limit, randomness)
    a = [u.power_of(bases.g) for u in branches.u]
    b = branches.commitments_to_K(real, bases.K)
    commitments = tuple(x for pair in zip(a, b, strict=True) for x in pair)
    return branches.proof(real, xi, challenge_of(statement, commitments)), commitments
