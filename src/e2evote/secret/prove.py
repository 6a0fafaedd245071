"""The provers (docs/spec.md §3). The statements, their equations and their challenges are those of `proofs/`.

Each prover returns the compact proof and its commitments, which may travel beside it as hints. Nonces are fresh for
every proof and come from `randomness` alone: two responses with one nonce would give the secret away. No prover
verifies what it made: a caller that wants to know calls `verify`.
"""

from collections.abc import Sequence

from e2evote.algebra.group import Element
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


def prove_one_of(
    statement: one_of.OneOf, real: int, xi: SecretScalar, challenge_of: one_of.ChallengeOf, randomness: Randomness
) -> tuple[one_of.OneOfProof, tuple[Element, ...]]:
    """u_j and c_j random;  a_j = g^(u_j),  b_j = K^(u_j + (ℓ-j)·c_j);  v_j = u_j - c_j·ξ    spec (3.3)-(3.7)

    ℓ is `real`, the number that is encrypted. In its branch b is K^(u_ℓ) whatever c_ℓ is, so that c_ℓ can be set
    last, to what the sum requires. Every branch is drawn and computed alike, with two exponentiations of fixed
    bases: the work does not tell which is the real one.
    """
    if isinstance(real, bool) or not 0 <= real <= statement.limit:
        raise ValueError(f"range proof: the encrypted number is not in 0 to {statement.limit}")
    group = statement.K.group
    nonces: list[SecretScalar] = []
    challenges = []
    commitments: list[Element] = []
    for j in range(statement.limit + 1):
        u = SecretScalar.random(group, randomness)
        c = group.scalar(randomness.below(int(group.q)))
        commitments.append(u.power_of(group.g))
        commitments.append(u.plus(group.reduce(real - j) * c).power_of(statement.K))
        nonces.append(u)
        challenges.append(c)
    excess = sum(challenges, start=-challenge_of(statement, commitments))
    challenges[real] = challenges[real] - excess
    responses = tuple(u.minus_times(c, xi) for u, c in zip(nonces, challenges, strict=True))
    return one_of.OneOfProof(tuple(challenges), responses), tuple(commitments)
