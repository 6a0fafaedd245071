"""What tellers could post in place of their totals, with the checks that fail for it, each by what it is about."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from e2evote.algebra.group import Residue
from e2evote.algebra.integers import Integer
from e2evote.proofs.one_of import OneOfProof
from e2evote.record.paper import PaperContest, PaperTotals
from tests.secret.papers import (
    CONTEXT,
    GROUP,
    MANIFEST,
    PAPER,
    REST,
    bits_at,
    element,
    made,
    where,
    with_bits,
    with_list,
)

PROOF, ELEMENTS, FORM = "channel.proof", "channel.elements", "channel.form"


def negative(residue: Residue) -> Residue:
    """p - x, which is no element: -1 is a non-residue."""
    return Residue(GROUP, Integer(GROUP.p - residue.value))


NUMBERS: dict[str, Callable[[Residue], Residue]] = {
    "1": lambda x: GROUP.identity.residue(),
    "p - x": negative,
    "p - 1": lambda x: Residue(GROUP, Integer(GROUP.p - 1)),
    "a square that is no element": lambda x: Residue(GROUP, Integer(4)),
}


def other(**members: Any) -> PaperTotals:
    """The same counts for another channel or election."""
    return made(context=replace(CONTEXT, **members)).totals


EVERY_LIST = {
    (PROOF, where(contest.id, option))
    for contest in MANIFEST.contests
    for option in (*(item.option or "(blank)" for item in contest.items()), None)
}


def _both_with(item: int) -> tuple[PaperContest, ...]:
    return (with_list(PAPER.contests[0], item, PAPER.contests[0].items[0].bits), PAPER.contests[1])


MOVED: dict[str, tuple[Callable[[], PaperTotals], set[tuple[str, str]]]] = {
    "of another channel": (lambda: other(channel="in_person"), EVERY_LIST),
    "of another election": (lambda: other(h_e=b"\x06" * 32), EVERY_LIST),
    "of another key": (lambda: other(K=element(77)), EVERY_LIST),
    "a bit at the place of another": (
        lambda: with_bits(PAPER, {(1, 1): {0: bits_at(PAPER, 1, 1)[1], 1: bits_at(PAPER, 1, 1)[0]}}),
        {(PROOF, where("mayor", "ada")), (PROOF, where("mayor"))},
    ),
    "a bit of another contest": (
        lambda: with_bits(PAPER, {(1, 2): {0: bits_at(PAPER, 2, 2)[0]}}),
        {(PROOF, where("mayor", "bob")), (PROOF, where("mayor"))},
    ),
    "bits of equal weight exchanged": (  # the weights of 5 are 1, 2, 2: the sum stays
        lambda: with_bits(PAPER, {(1, 1): {1: bits_at(PAPER, 1, 1)[2], 2: bits_at(PAPER, 1, 1)[1]}}),
        {(PROOF, where("mayor", "ada"))},
    ),
    "the votes of two options exchanged": (
        lambda: with_bits(
            PAPER,
            {(1, 1): dict(enumerate(bits_at(PAPER, 1, 2))), (1, 2): dict(enumerate(bits_at(PAPER, 1, 1)))},
        ),
        {(PROOF, where("mayor", "ada")), (PROOF, where("mayor", "bob"))},
    ),
    "an option's votes in the rest": (
        lambda: PaperTotals(_both_with(REST)),
        {(PROOF, where("mayor"))},
    ),
    "an option's votes for another": (
        lambda: PaperTotals(_both_with(2)),
        {(PROOF, where("mayor", "bob")), (PROOF, where("mayor"))},
    ),
    "the rest of another contest": (
        lambda: PaperTotals(
            (
                with_list(PAPER.contests[0], REST, PAPER.contests[1].rest[:3]),
                PAPER.contests[1],
            )
        ),
        {(PROOF, where("mayor"))},
    ),
    "the rest of other totals": (
        lambda: PaperTotals((replace(PAPER.contests[0], rest=made().totals.contests[0].rest), PAPER.contests[1])),
        {(PROOF, where("mayor"))},
    ),
}


PROOFS: dict[str, Callable[[OneOfProof], OneOfProof]] = {
    "c and v swapped": lambda proof: OneOfProof(proof.v, proof.c),
    "branches swapped": lambda proof: OneOfProof(proof.c[::-1], proof.v[::-1]),
    "c changed": lambda proof: OneOfProof((proof.c[0] + GROUP.scalar(1), proof.c[1]), proof.v),
    "c changed, the sum kept": lambda proof: OneOfProof(
        (proof.c[0] + GROUP.scalar(1), proof.c[1] - GROUP.scalar(1)), proof.v
    ),
    "v changed": lambda proof: OneOfProof(proof.c, (proof.v[0], proof.v[1] + GROUP.scalar(1))),
    "zeros": lambda proof: OneOfProof((GROUP.scalar(0),) * 2, (GROUP.scalar(0),) * 2),
}
