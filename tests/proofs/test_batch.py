"""A batch accepts what is true of every number and equation, and finds each subject of which it is not (spec 12)."""

from collections.abc import Callable, Sequence
from dataclasses import replace

import pytest

from e2evote.algebra import combination, integers
from e2evote.algebra.elgamal import Ciphertext
from e2evote.algebra.group import Element, Residue, Scalar
from e2evote.algebra.integers import Integer
from e2evote.algebra.parameters import TEST_512
from e2evote.algebra.product import Product
from e2evote.proofs import batch
from e2evote.proofs.batch import Subject, suspects
from e2evote.proofs.one_of import BallotPlace, OneOf, OneOfProof, commitments
from e2evote.proofs.place import Place
from e2evote.secret.prove import prove_one_of
from e2evote.secret.scalar import SecretScalar
from tests.randomness import DeterministicRandomness

GROUP = TEST_512
SOURCE = DeterministicRandomness("batch")
K = SecretScalar.random(GROUP, SOURCE).power_of(GROUP.g)
PLACE = BallotPlace(bytes(32), Place(1, 1))
OF_ORDER_H = integers.power(Integer(5), 2 * GROUP.q, GROUP.p)
MINUS_ONE = GROUP.p - 1


def residue(value: Integer) -> Residue:
    return Residue(GROUP, value % GROUP.p)


class Made:
    """One range proof with its numbers, any of which a test may change before it becomes a subject."""

    def __init__(self, vote: int = 1, limit: int = 1) -> None:
        xi = SecretScalar.random(GROUP, SOURCE)
        self.limit = limit
        pair = Ciphertext(xi.power_of(GROUP.g), xi.plus(GROUP.scalar(vote)).power_of(K))
        self.proof, made = prove_one_of(OneOf(K, pair.alpha, pair.beta, limit), vote, xi, PLACE, SOURCE)
        self.alpha, self.beta = residue(pair.alpha.value), residue(pair.beta.value)
        self.hints = [residue(x.value) for x in made]

    def subject(self) -> Subject:
        subject = Subject()
        alpha, beta = subject.candidate(self.alpha), subject.candidate(self.beta)
        products = commitments(OneOf(K, alpha, beta, self.limit), self.proof)
        for hint, product in zip(self.hints, products, strict=True):
            subject.equation(hint, product)
        return subject


def times(x: Residue, factor: Integer) -> Residue:
    return residue(x.value * factor)


def subjects(*made: Made) -> list[Subject]:
    return [one.subject() for one in made]


@pytest.fixture(scope="module")
def good() -> tuple[Subject, ...]:
    return tuple(subjects(*(Made(i % 2) for i in range(40)), *(Made(i % 4, limit=3) for i in range(8))))


@pytest.fixture(params=["one symbol each", "buckets"])
def _either_way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    if request.param == "buckets":
        monkeypatch.setattr(combination, "BUCKETS_LOOKED_AT_FROM", 4)


def hint_negated(made: Made, *numbers: int) -> None:
    for number in numbers:
        made.hints[number] = times(made.hints[number], MINUS_ONE)


def response(made: Made, j: int, excess: int) -> None:
    v = list(made.proof.v)
    v[j] = v[j] + GROUP.reduce(excess)
    made.proof = OneOfProof(made.proof.c, tuple(v))


def alpha_negated(made: Made) -> None:
    made.alpha = times(made.alpha, MINUS_ONE)


def beta_of_order_h(made: Made) -> None:
    made.beta = times(made.beta, OF_ORDER_H)


def hint_of_order_h(made: Made) -> None:
    made.hints[2] = times(made.hints[2], OF_ORDER_H)


def hints_exchanged(made: Made) -> None:
    made.hints[0], made.hints[1] = made.hints[1], made.hints[0]


BAD: dict[str, Callable[[Made], None]] = {
    "one commitment negated": lambda m: hint_negated(m, 0),
    "two commitments negated": lambda m: hint_negated(m, 0, 1),
    "four commitments negated": lambda m: hint_negated(m, 0, 1, 2, 3),
    "α negated": alpha_negated,
    "β times an element of order h": beta_of_order_h,
    "a commitment times an element of order h": hint_of_order_h,
    "response + 1": lambda m: response(m, 1, 1),
    "hints exchanged": hints_exchanged,
}


@pytest.mark.usefixtures("_either_way")
def test_what_is_true_is_never_suspected(good: tuple[Subject, ...]) -> None:
    assert all(suspects(GROUP, good) == () for _ in range(20))
    assert suspects(GROUP, good[:1]) == suspects(GROUP, ()) == ()


@pytest.mark.parametrize("name", BAD)
@pytest.mark.usefixtures("_either_way")
def test_one_bad_subject_is_found_wherever_it_stands(name: str, good: tuple[Subject, ...]) -> None:
    made = Made()
    BAD[name](made)
    for place in (0, 1, 23, 47):
        among = [*good[:place], made.subject(), *good[place + 1 :]]
        assert suspects(GROUP, among) == (place,)
    assert suspects(GROUP, [made.subject()]) == (0,)


@pytest.mark.usefixtures("_either_way")
@pytest.mark.parametrize("number", [1, 2, 3, 4])
def test_changed_signs_do_not_cancel_between_subjects(number: int, good: tuple[Subject, ...]) -> None:
    """A29: without the symbols, two changed signs pass every other time."""
    bad = [Made() for _ in range(number)]
    for made in bad:
        hint_negated(made, 3)
    among = [*good[:20], *subjects(*bad)]
    assert all(suspects(GROUP, among) == tuple(range(20, 20 + number)) for _ in range(30))


def test_errors_that_cancel_with_equal_weights_are_found(good: tuple[Subject, ...]) -> None:
    """One response too large and one too small by the same: with weights of 1 the products would agree."""
    first, second = Made(), Made()
    response(first, 0, 5)
    response(second, 0, -5)
    assert suspects(GROUP, [*good[:6], *subjects(first, second)]) == (6, 7)


def test_signs_that_fit_the_equations_exactly_are_found(good: tuple[Subject, ...]) -> None:
    """-α with commitments that an even challenge makes right: only membership fails."""
    made = Made()
    alpha_negated(made)
    for j, c in enumerate(made.proof.c):
        if c.value % 2:
            made.hints[2 * j] = times(made.hints[2 * j], MINUS_ONE)
    assert all(suspects(GROUP, [*good[:8], made.subject()]) == (8,) for _ in range(30))


def test_parts_of_order_h_that_fit_the_equations_are_found(good: tuple[Subject, ...]) -> None:
    """α·x with x of order h and commitments that absorb x^c: the exponents of α are sums of c times weights."""
    made = Made()
    made.alpha = times(made.alpha, OF_ORDER_H)
    for j, c in enumerate(made.proof.c):
        absorbed = integers.power(OF_ORDER_H, c.value, GROUP.p)
        made.hints[2 * j] = times(made.hints[2 * j], absorbed)
    assert all(suspects(GROUP, [*good[:8], made.subject()]) == (8,) for _ in range(30))


def test_many_bad_subjects_end_the_search_and_none_is_missed(good: tuple[Subject, ...]) -> None:
    bad = [Made() for _ in range(12)]
    for made in bad:
        response(made, 0, 1)
    among = [*subjects(*bad), *good[:12]]
    found = suspects(GROUP, among)
    assert set(range(12)) <= set(found)


def test_weights_are_new_for_every_test(monkeypatch: pytest.MonkeyPatch, good: tuple[Subject, ...]) -> None:
    """A29: from the operating system, when all is in memory, and none of them is used twice."""
    drawn: list[bytes] = []
    token_bytes = batch.secrets.token_bytes

    def watched(size: int) -> bytes:
        drawn.append(token_bytes(size))
        return drawn[-1]

    monkeypatch.setattr(batch.secrets, "token_bytes", watched)
    suspects(GROUP, good[:4])
    suspects(GROUP, good[:4])
    weights = [data[i : i + 16] for data in drawn for i in range(0, len(data), 16)]
    assert len(weights) == len(set(weights)) == 2 * 4 * (4 + 2)


def test_an_equation_may_be_about_known_elements_alone() -> None:
    x, y = GROUP.scalar(5), GROUP.scalar(7)
    subject = Subject()
    subject.equation(residue((GROUP.g**x * K**y).value), Product(((GROUP.g, x), (K, y))))
    assert suspects(GROUP, [subject]) == ()
    subject.equation(residue((GROUP.g**x).value), Product(((GROUP.g, y),)))
    assert suspects(GROUP, [subject]) == (0,)


def test_numbers_without_equations_are_screened() -> None:
    subject, other = Subject(), Subject()
    for i in range(5):
        subject.candidate(residue((GROUP.g ** GROUP.scalar(i)).value))
        other.candidate(residue((GROUP.g ** GROUP.scalar(i)).value * (MINUS_ONE if i == 3 else 1)))
    assert suspects(GROUP, [subject]) == ()
    assert suspects(GROUP, [subject, other]) == (1,)


def combined(made: Sequence[Made], weights: Sequence[int]) -> tuple[Element, Scalar]:
    """The product of the α of several ciphertexts to public weights, with the sum of nothing: for the test below."""
    total = GROUP.identity
    for one, weight in zip(made, weights, strict=True):
        total = total * GROUP.screen([one.alpha])[0] ** GROUP.scalar(weight)
    return total, GROUP.scalar(9)


def test_an_equation_about_a_product_is_one_about_its_factors() -> None:
    made, weights = [Made(), Made(), Made()], [1, 2, 5]
    total, c = combined(made, weights)
    for excess, expected in ((0, ()), (1, (0,))):
        subject = Subject()
        candidates = [subject.candidate(one.alpha) for one in made]
        formal = candidates[0] * candidates[1] ** GROUP.scalar(2) * candidates[2] ** GROUP.scalar(5)
        assert formal.value == total.value
        commitment = residue((GROUP.g ** GROUP.scalar(4 + excess) * total**c).value)
        subject.equation(commitment, Product(((GROUP.g, GROUP.scalar(4)), (formal, c))))
        assert suspects(GROUP, [subject]) == expected


def test_a_changed_statement_changes_the_equations() -> None:
    made = Made()
    subject = made.subject()
    other = replace(made.proof, v=made.proof.v[::-1])
    made.proof = other
    assert suspects(GROUP, [subject, made.subject()]) == (1,)
