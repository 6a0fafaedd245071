"""The totals of a paper channel from plain counts: docs/spec.md section 14.2, docs/record-format.md "Paper".

`Paper` can be told to lie: what an honest maker never does stands beside what it does.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from reference.make_group import Group, Source, b4, h_own, h_q
from reference.make_json import Json
from reference.make_manifest import ContestSpec, Count
from reference.make_proofs import Commitments, encrypt, prove_range

BitPlace = tuple[int, int, int]  # index of the contest, of the item (0 for the rest), of the bit


@dataclass(slots=True)
class Paper:
    """One channel in the making.

    `lies`: what bits encrypt in place of 0 or 1. `xi`: nonces in place of those drawn, or of that of a rest.
    """

    group: Group
    K: int
    h_e: bytes
    channel: str
    source: Source
    lies: dict[BitPlace, int] = field(default_factory=dict)
    xi: dict[BitPlace, int] = field(default_factory=dict)


def bit_weights(bound: int) -> list[int]:
    """1, 2, 4, … and then what is missing of the bound (14.2)"""
    weights: list[int] = []
    while sum(weights) < bound:
        following = 2 ** len(weights)
        weights.append(following if 2 * following <= bound else bound - sum(weights))
    return weights


def bits_of(number: int, bound: int) -> list[int]:
    """The last bit is 1 iff the number is at least the largest power of two in the bound; the others are its digits."""
    weights = bit_weights(bound)
    bits = [0] * len(weights)
    if weights and number >= 2 ** (len(weights) - 1):
        bits[-1], number = 1, number - weights[-1]
    for i in reversed(range(len(weights) - 1)):
        if number >= weights[i]:
            bits[i], number = 1, number - weights[i]
    if number:
        raise ValueError("the number is not from 0 to the bound")
    return bits


def paper_json(paper: Paper, contests: Sequence[ContestSpec], counts: Sequence[Count]) -> Json:
    """The payload, every contest in order."""
    return {
        "contests": [
            _contest(paper, i, contest, count)
            for i, (contest, count) in enumerate(zip(contests, counts, strict=True), start=1)
        ]
    }


def _contest(paper: Paper, i: int, contest: ContestSpec, count: Count) -> Json:
    q, N, L = paper.group.q, count.ballots, contest.limit
    weights = [L if name == "" else 1 for name in contest.item_ids]
    bounds = {j: limit * N for j, limit in enumerate(contest.item_limits, start=1)} | {0: L * N}
    rest = L * N - sum(w * votes for w, votes in zip(weights, count.votes, strict=True))
    numbers = dict(enumerate(count.votes, start=1)) | {0: rest}
    bits: dict[BitPlace, int] = {}
    xi: dict[BitPlace, int] = {}
    used = 0
    for j in (*range(1, len(weights) + 1), 0):
        for b, (bit, u) in enumerate(zip(bits_of(numbers[j], bounds[j]), bit_weights(bounds[j]), strict=True)):
            place = (i, j, b)
            bits[place] = paper.lies.get(place, bit)
            xi[place] = paper.xi.get(place, paper.source.scalar("paper", paper.channel, *place))
            if (j, b) != (0, 0):
                used += u * xi[place] * (weights[j - 1] if j else 1)
    if (i, 0, 0) in xi and (i, 0, 0) not in paper.xi:
        xi[i, 0, 0] = -used % q
    made = {j: [_bit(paper, place, bits[place], xi[place]) for place in bits if place[1] == j] for j in bounds}
    return {
        "ballots": N,
        "contest": contest.id,
        "items": [{"bits": made[j], "option": name} for j, name in enumerate(contest.item_ids, start=1)],
        "rest": made[0],
        "spoiled": count.spoiled,
    }


def _bit(paper: Paper, place: BitPlace, bit: int, xi: int) -> Json:
    alpha, beta = encrypt(paper.group, paper.K, bit, xi)
    source = Source(paper.source.bytes32("paper proof", paper.channel, *place))
    proof = prove_range(
        paper.group, paper.K, (bit, xi), 1, source, lambda made: challenge(paper, place, alpha, beta, made)
    )
    return {"alpha": paper.group.hex(alpha), "beta": paper.group.hex(beta), "proof": proof.json()}


def challenge(paper: Paper, place: BitPlace, alpha: int, beta: int, commitments: Commitments) -> int:
    """(14.4)"""
    numbers = (alpha, beta, *(x for pair in commitments for x in pair))
    fields = (paper.channel.encode(), *(b4(i) for i in place), *(paper.group.encode(x) for x in numbers))
    return h_q(h_own(paper.h_e, "paper-bit", *fields))
