"""Encryption and the four kinds of proof, from the prover's side: docs/spec.md section 3.

Every prover takes the function that turns commitments into a challenge as an argument: the honest one is here, the
dishonest ones stand with the tampers that use them.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from reference.make_group import Group, Source, b4, h_eg, h_own, h_q, scalar_hex
from reference.make_json import Json

Commitments = list[tuple[int, int]]


@dataclass(slots=True)
class RangeProof:
    """Branches (c_j, v_j) and the commitments (a_j, b_j), which are not in the record."""

    c: list[int]
    v: list[int]
    commitments: Commitments = field(default_factory=list)

    def json(self) -> Json:
        return {"c": [scalar_hex(x) for x in self.c], "v": [scalar_hex(x) for x in self.v]}


def encrypt(group: Group, K: int, m: int, xi: int) -> tuple[int, int]:
    """Enc(K, m; ξ) (3.1)"""
    return group.power(xi), group.pow(K, m + xi)


def range_challenge(
    group: Group, key: bytes, place: Sequence[int], alpha: int, beta: int, commitments: Commitments
) -> int:
    """(3.5) for place (contest, option), (3.6) for place (contest,)"""
    numbers = (alpha, beta, *(x for pair in commitments for x in pair))
    message = b"\x24" + b"".join(b4(i) for i in place) + b"".join(group.encode(x) for x in numbers)
    return h_q(h_eg(key, message))


def prove_range(
    group: Group,
    K: int,
    secret: tuple[int, int],
    limit: int,
    source: Source,
    challenge: Callable[[Commitments], int],
    fixed_v: dict[int, int] | None = None,
) -> RangeProof:
    """That Enc(K, m; ξ), secret = (m, ξ), is of 0..limit (3.3)-(3.7).

    If m is not in that range no branch is real: branch 0 is then completed as if it were, so that (3.7) holds and the
    equation of that branch does not. `fixed_v` prescribes the response of simulated branches.
    """
    m, xi = secret
    real = m if 0 <= m <= limit else 0
    c, v, commitments = [0] * (limit + 1), [0] * (limit + 1), []
    for j in range(limit + 1):
        u = source.scalar("u", j)
        c[j] = source.scalar("c", j) if j != real else 0
        if fixed_v and j in fixed_v and j != real:
            u = (fixed_v[j] + c[j] * xi) % group.q
        commitments.append((group.power(u), group.pow(K, u + (m - j) * c[j])))
        v[j] = u
    c[real] = (challenge(commitments) - sum(c)) % group.q
    v = [(u - x * xi) % group.q for u, x in zip(v, c, strict=True)]
    return RangeProof(c, v, commitments)


def key_challenge(group: Group, h_p: bytes, label: str, i: int, keys: Sequence[int], commitments: Sequence[int]) -> int:
    """(3.8); `keys` are the K_ij and then κ_i."""
    message = b"\x10" + label.encode() + b4(i) + b"".join(group.encode(x) for x in (*keys, *commitments))
    return h_q(h_eg(h_p, message))


def prove_keys(
    group: Group, secrets: Sequence[int], source: Source, challenge: Callable[[list[int]], int]
) -> tuple[int, list[int]]:
    """Knowledge of the logarithms of all K_ij and κ_i (3.8), (3.9): c and the responses."""
    u = [source.scalar("u", j) for j in range(len(secrets))]
    c = challenge([group.power(x) for x in u])
    return c, [(x - c * a) % group.q for x, a in zip(u, secrets, strict=True)]


def key_proof_json(proof: tuple[int, Sequence[int]]) -> Json:
    return {"c": scalar_hex(proof[0]), "v": [scalar_hex(x) for x in proof[1]]}


def share_challenge(group: Group, h_p: bytes, i: int, to: int, gamma: int, c0: int, c1: bytes) -> int:
    """(3.10)"""
    return h_q(h_eg(h_p, b"\x12" + b4(i) + b4(to) + group.encode(gamma) + group.encode(c0) + c1))


@dataclass(frozen=True, slots=True)
class Cell:
    """What a decryption share is about: the cell's place and product, who decrypts, and the statement's leaf hash."""

    contest: int
    option: int
    trustee: int
    A: int
    B: int
    statement: bytes


def share_of_cell_challenge(group: Group, h_e: bytes, cell: Cell, Y: int, M: int, a: int, b: int) -> int:
    """(3.13)"""
    place = (b4(cell.contest), b4(cell.option), b4(cell.trustee))
    numbers = (group.encode(x) for x in (Y, cell.A, cell.B, M, a, b))
    return h_q(h_own(h_e, "decryption-share", *place, *numbers, cell.statement))


def prove_cell(group: Group, z: int, A: int, source: Source, challenge: Callable[[int, int], int]) -> tuple[int, int]:
    """Equal logarithms of Y = g^z and M = A^z (3.11)-(3.13): c and v."""
    u = source.scalar("u")
    c = challenge(group.power(u), group.pow(A, u))
    return c, (u - c * z) % group.q


def lagrange(i: int, users: Sequence[int], q: int) -> int:
    """w_i (3.14)"""
    w = 1
    for other in users:
        if other != i:
            w = w * other * pow(other - i, -1, q) % q
    return w
