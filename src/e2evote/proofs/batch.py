"""All equations of many proofs at once, exactly (docs/spec.md §12).

A `Subject` is what stands or falls together: numbers that must be elements, and equations over them, each with the
commitment that came beside its proof. `suspects` puts any number of subjects to one test. Its weights are drawn from
the operating system when everything is in memory; nobody who made the record can know them. If the test passes, every
number of every subject is an element and every equation holds, but for a chance of 2^-128 (12.6). If not, halves are
tested until single subjects are left.

The equations are those that verify a proof alone: `proofs/one_of.commitments` and its like.
"""

import secrets
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from e2evote.algebra import integers
from e2evote.algebra.candidate import Candidate
from e2evote.algebra.combination import RANDOM_BITS
from e2evote.algebra.exponentiation import multi_power
from e2evote.algebra.group import Element, Group, Residue
from e2evote.algebra.integers import Integer
from e2evote.algebra.product import Product

SEARCHED_UP_TO = 32
"""The search for bad subjects ends when more than one in so many is found; the rest are then suspects."""


class Subject:
    """Numbers that must be elements, and equations `commitment = product` over them and over known elements.

    A batch holds many of them, so what an equation says is kept as plain numbers in a row: which equation, which base,
    which exponent.
    """

    __slots__ = ("_codes", "_held", "commitments", "formal", "known", "residues", "terms")

    def __init__(self) -> None:
        self.residues: list[Residue] = []
        self.commitments: list[Residue] = []
        self.formal: list[tuple[tuple[int, int], ...]] = []
        """Bases that are products of the subject's numbers: positions and multiplicities."""
        self.known: list[Element] = []
        self.terms: list[Integer] = []
        """Three for each factor: equation, base (from 0 up in `formal`, from -1 down in `known`), exponent."""
        self._codes: dict[int, int] = {}
        self._held: list[Candidate] = []  # what has a code stays alive, so that no other object gets its id

    def candidate(self, residue: Residue) -> Candidate:
        """One more number; it stands in equations as what is returned."""
        self.residues.append(residue)
        return Candidate.at(len(self.residues) - 1, residue)

    def equation(self, commitment: Residue, product: Product) -> None:
        """One more equation. Every candidate in `product` is of this subject."""
        number = len(self.commitments)
        self.commitments.append(commitment)
        for base, exponent in product.terms:
            code = self._codes.get(id(base))
            if code is None:
                code = self._new_code(base)
            self.terms += (number, code, exponent.value)

    def _new_code(self, base: Element | Candidate) -> int:
        if isinstance(base, Candidate):
            self.formal.append(base.factors)
            self._held.append(base)
            code = len(self.formal) - 1
        else:
            self.known.append(base)
            code = -len(self.known)
        self._codes[id(base)] = code
        return code


@dataclass(frozen=True, slots=True)
class Pending:
    """A proof about known elements, by the functions of its module: how it is verified in a batch, and how alone."""

    products: tuple[Product, ...]
    is_hash_of: Callable[[Sequence[Residue]], bool]
    holds: Callable[[], bool]


def verdicts(group: Group, proofs: Sequence[tuple[Pending, Sequence[Residue]]]) -> list[bool]:
    """Whether each proof holds, from itself and the commitments that came beside it, which may be none or wrong."""
    subjects: dict[int, Subject] = {}
    for position, (proof, hints) in enumerate(proofs):
        if group.has_batches and len(hints) == len(proof.products) and proof.is_hash_of(hints):
            subjects[position] = subject = Subject()
            for commitment, product in zip(hints, proof.products, strict=True):
                subject.equation(commitment, product)
    tested = tuple(subjects)
    held = set(tested) - {tested[i] for i in suspects(group, tuple(subjects.values()))}
    return [position in held or proof.holds() for position, (proof, _) in enumerate(proofs)]


def suspects(group: Group, subjects: Sequence[Subject]) -> tuple[int, ...]:
    """Positions of the subjects that are not shown to hold; all others hold.    spec (12.7)

    Each of them is to be verified by itself, without hints: a wrong hint makes a suspect of a good proof. Tests take
    twice the work of one test where one subject is bad; where many are, the search ends and the rest are suspects.
    """
    most = max(4, len(subjects) // SEARCHED_UP_TO)
    found: list[int] = []
    pending = [(0, len(subjects), False)]  # from, to, known to hold a bad one
    while pending:
        start, end, known = pending.pop()
        if start == end:
            continue
        if len(found) > most:
            found.extend(range(start, end))
        elif known and end - start == 1:
            found.append(start)
        elif known or not _all_hold(group, subjects[start:end]):
            if end - start == 1:
                found.append(start)
                continue
            middle = (start + end) // 2
            left_holds = _all_hold(group, subjects[start:middle])
            pending.append((middle, end, left_holds))
            if not left_holds:
                pending.append((start, middle, True))
    return tuple(sorted(found))


def _all_hold(group: Group, subjects: Sequence[Subject]) -> bool:
    """The test (12.2) with fresh weights, and (12.3) or (12.4)."""
    drawn = _weights(sum(len(subject.commitments) + len(subject.residues) for subject in subjects))
    commitments: list[tuple[Residue, Integer]] = []
    numbers: list[tuple[Residue, Integer, Integer]] = []
    right: dict[int, tuple[Element, Integer]] = {}  # by identity: one object stands for g, one for K
    for subject in subjects:
        weights = list(islice(drawn, len(subject.commitments)))
        commitments += zip(subject.commitments, weights, strict=True)
        formal, known = len(subject.formal), len(subject.known)
        sums = [Integer(0)] * (formal + known)  # known elements from the end, where their codes point
        flat = iter(subject.terms)
        for equation, code, exponent in zip(flat, flat, flat, strict=True):
            sums[code] += weights[equation] * exponent
        exponents = [Integer(0)] * len(subject.residues)
        for factors, total in zip(subject.formal, sums, strict=False):
            for position, multiple in factors:
                exponents[position] -= total * multiple
        numbers += zip(subject.residues, exponents, islice(drawn, len(exponents)), strict=True)
        for code, base in enumerate(subject.known, 1):
            before = right[id(base)][1] if id(base) in right else Integer(0)
            right[id(base)] = base, before + sums[-code]
    reduced = [(base, group.reduce(exponent)) for base, exponent in right.values()]
    return group.combination_holds(commitments, numbers, multi_power(reduced) if reduced else group.identity)


def _weights(number: int) -> Iterator[Integer]:
    """So many independent uniform numbers of `RANDOM_BITS` bits from the operating system."""
    size = RANDOM_BITS // 8
    data = secrets.token_bytes(number * size)
    return (integers.from_bytes(data[at : at + size]) for at in range(0, len(data), size))
