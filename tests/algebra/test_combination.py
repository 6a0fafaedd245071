"""Products of numbers that may have a changed sign, and what they cost in multiplications."""

import secrets

import pytest

from e2evote.algebra import combination, integers
from e2evote.algebra.candidate import Candidate
from e2evote.algebra.combination import RANDOM_BITS, product_of_squares
from e2evote.algebra.group import Group, Residue
from e2evote.algebra.integers import Integer
from e2evote.algebra.multiexponentiation import Term, buckets, straus
from e2evote.algebra.parameters import TEST_512
from e2evote.algebra.product import Product
from tests.counted import Counted

P, Q = TEST_512.p, TEST_512.q
SQUARES = [integers.power(Integer(3 + i), Integer(2), P) for i in range(64)]


def weighted(values: list[Integer], bits: int = RANDOM_BITS) -> list[Term]:
    return [(value, Integer(secrets.randbits(bits))) for value in values]


def plain(terms: list[Term]) -> Integer:
    return integers.product([integers.power(base, exponent, P) for base, exponent in terms], P)


@pytest.fixture
def _few_are_many(monkeypatch: pytest.MonkeyPatch) -> None:
    """Buckets are looked at from ten bases on."""
    monkeypatch.setattr(combination, "BUCKETS_LOOKED_AT_FROM", 10)


@pytest.mark.parametrize("number", [1, 9, 10, 64])
@pytest.mark.usefixtures("_few_are_many")
def test_the_product_of_squares_comes_back(number: int) -> None:
    terms = weighted(SQUARES[:number])
    assert product_of_squares(terms, P) == plain(terms)
    longer = [(base, exponent + Q * (i % 3) << RANDOM_BITS) for i, (base, exponent) in enumerate(terms)]
    assert product_of_squares(longer, P) == plain(longer)


@pytest.mark.parametrize("strangers", [1, 2, 4, 64])
@pytest.mark.parametrize("number", [9, 64])
@pytest.mark.usefixtures("_few_are_many")
def test_a_changed_sign_is_seen_every_time(number: int, strangers: int) -> None:
    """Also in even numbers, and whatever the weights: a product alone would miss half of them (A29)."""
    values = [P - value if i < strangers else value for i, value in enumerate(SQUARES[:number])]
    assert all(product_of_squares(weighted(values), P) is None for _ in range(100))


def test_nothing_has_the_product_one() -> None:
    assert product_of_squares([], P) == 1


def test_the_search_among_buckets_ends_at_the_first_that_is_no_square() -> None:
    looked: list[Integer] = []
    assert buckets(weighted(SQUARES), P, lambda bucket: bool(looked.append(bucket)), RANDOM_BITS) == 0
    assert len(looked) == 1


def test_only_buckets_of_random_digits_are_looked_at() -> None:
    """The digits above are sums of the record's own numbers and may be chosen."""
    looked: list[Integer] = []
    terms = [(value, Integer(1) << 300) for value in SQUARES]
    assert buckets(terms, P, lambda bucket: bool(looked.append(bucket)) or True, RANDOM_BITS) == plain(terms)
    assert looked == []


@pytest.mark.parametrize(("number", "most"), [(1, 175), (10, 50), (100, 38), (249, 36)])
def test_what_straus_costs(number: int, most: int) -> None:
    """Multiplications for each base of a random 128-bit exponent."""
    Counted.number = 0
    weights = [Integer(secrets.randbits(128)) for _ in range(number)]
    straus([(Counted(SQUARES[i % 64]), weight) for i, weight in enumerate(weights)], P)  # type: ignore[misc]
    assert Counted.number / number <= most


@pytest.mark.parametrize(("number", "most"), [(250, 32), (1000, 23), (10_000, 14.5)])
def test_what_buckets_cost(number: int, most: float) -> None:
    Counted.number = 0
    weights = [Integer(secrets.randbits(128)) for _ in range(number)]
    buckets([(Counted(SQUARES[i % 64]), weight) for i, weight in enumerate(weights)], P)  # type: ignore[misc]
    assert Counted.number / number <= most


def test_a_group_without_large_prime_parts_has_no_batches() -> None:
    toy = Group("toy-24", Integer(0xFFF93F356A395FFF), Integer(0xFFFFFD), Integer(0xCCCCA8BCC08F3688))
    assert not toy.has_batches
    assert TEST_512.has_batches
    with pytest.raises(ValueError, match="toy-24"):
        toy.combination_holds([], [], toy.identity)


def test_a_candidate_remembers_what_it_is_made_of() -> None:
    x, y = (Candidate.at(i, Residue(TEST_512, SQUARES[i])) for i in range(2))
    product = x * y ** TEST_512.scalar(3)
    assert product.factors == ((0, 1), (1, 3))
    assert int(product.value) == int(SQUARES[0] * SQUARES[1] ** 3 % P)
    assert product.encode() == Residue(TEST_512, product.value).encode()


def test_a_product_of_candidates_has_no_value_yet() -> None:
    x = Candidate.at(0, Residue(TEST_512, SQUARES[0]))
    with pytest.raises(ValueError, match="batch"):
        Product(((TEST_512.g, TEST_512.scalar(1)), (x, TEST_512.scalar(2)))).value()
