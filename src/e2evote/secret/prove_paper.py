"""Counts of ballots on paper become encrypted totals with their proofs (docs/spec.md §14.2).

Every bit costs the same work, whatever it is: two powers for its ciphertext, four for its proof. How many bits there
are depends on the number of papers alone, which is public.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from e2evote.algebra.group import Element, Group, Scalar
from e2evote.manifest.contests import Contest
from e2evote.proofs.paper_bit import REST, BitPlace, bits, is_bit, weights
from e2evote.record.hints import encode_hints
from e2evote.record.paper import PaperBit, PaperContest, PaperItem, PaperTotals, bounds
from e2evote.secret.encrypt import ZeroNonce, encrypt_with
from e2evote.secret.paper_opening import (
    OpenedContest,
    PaperCounts,
    PaperOpening,
    check_counts,
    expect_powers,
    numbers,
)
from e2evote.secret.prove import Bases, prove_one_of
from e2evote.secret.randomness import Randomness
from e2evote.secret.scalar import SecretScalar
from e2evote.verify.paper import PaperContext

Commitments = list[tuple[Element, ...]]


@dataclass(frozen=True, slots=True, repr=False)
class ProvedPaper:
    """The totals as they are posted, the hints that may lie beside them, and their opening, which is secret."""

    totals: PaperTotals
    hints: bytes
    opening: PaperOpening

    def __repr__(self) -> str:
        return f"ProvedPaper(<redacted>, {self.opening.channel})"


def prove_paper(context: PaperContext, counts: Sequence[PaperCounts], randomness: Randomness) -> ProvedPaper:
    """The totals of one channel: every contest of the manifest, in order.    spec (14.1)-(14.4)

    Refused `paper.counts` where the counts cannot be those of so many papers.
    """
    check_counts(context.manifest, counts)
    contests = tuple(zip(context.manifest.contests, counts, strict=True))
    number = sum(len(weights(bound)) for contest, one in contests for bound in bounds(contest, one.ballots))
    expect_powers(context.K, 3 * number)
    made = [
        _contest(context, contest, index, one, randomness) for index, (contest, one) in enumerate(contests, start=1)
    ]
    commitments = [proof for _, _, its in made for proof in its]
    opening = PaperOpening(context.h_e, context.channel, tuple(opened for _, opened, _ in made))
    return ProvedPaper(PaperTotals(tuple(contest for contest, _, _ in made)), encode_hints(commitments), opening)


def _contest(
    context: PaperContext, contest: Contest, index: int, counts: PaperCounts, randomness: Randomness
) -> tuple[PaperContest, OpenedContest, Commitments]:
    """One contest, drawn again where a nonce or a β has no place in the format. Chance about 2^-250 per bit."""
    while True:
        opened = OpenedContest(counts, draw_nonces(context.K.group, contest, counts.ballots, randomness))
        try:
            return _encrypted(context, contest, index, opened, randomness)
        except ZeroNonce:
            continue


def draw_nonces(group: Group, contest: Contest, ballots: int, randomness: Randomness) -> tuple[tuple[Scalar, ...], ...]:
    """A nonce for every bit: random, but for bit 0 of the rest, with which (14.3) holds. It may turn out to be 0."""
    lists, total = [], group.scalar(0)
    factors = [*(item.weight for item in contest.items()), 1]
    for factor, bound in zip(factors, bounds(contest, ballots), strict=True):
        u = weights(bound)
        nonces = [SecretScalar.random(group, randomness).disclose() for _ in u]
        for weight, xi in zip(u, nonces, strict=True):
            total = total + group.scalar(factor * weight) * xi
        lists.append(nonces)
    if lists[-1]:
        lists[-1][0] = lists[-1][0] - total  # its weight is 1
    return tuple(map(tuple, lists))


def _encrypted(
    context: PaperContext, contest: Contest, index: int, opened: OpenedContest, randomness: Randomness
) -> tuple[PaperContest, OpenedContest, Commitments]:
    counts, bases, commitments = opened.counts, Bases.of(context.K), []
    made: list[tuple[PaperBit, ...]] = []
    values = zip(numbers(contest, counts), bounds(contest, counts.ballots), opened.nonces, strict=True)
    items = [*(item.index for item in contest.items()), REST]
    for item, (number, bound, nonces) in zip(items, values, strict=True):
        proved = []
        for i, (bit, xi) in enumerate(zip(bits(number, bound), nonces, strict=True)):
            ciphertext = encrypt_with(context.K, bit, xi, bases)
            place = BitPlace(context.h_e, context.channel, index, item, i)
            statement, secret = is_bit(context.K, ciphertext), SecretScalar(xi)
            proof, own = prove_one_of(statement, bit, secret, place, randomness, bases)
            proved.append(PaperBit(ciphertext.alpha.residue(), ciphertext.beta.residue(), proof))
            commitments.append(own)
        made.append(tuple(proved))
    *totals, rest = made
    sealed = tuple(PaperItem(item.option, own) for item, own in zip(contest.items(), totals, strict=True))
    return PaperContest(contest.id, counts.ballots, counts.spoiled, sealed, rest), opened, commitments
