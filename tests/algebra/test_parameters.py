"""The named groups are what the specification says: derived, prime, of the right order."""

from fractions import Fraction

import pytest

from e2evote.algebra import integers
from e2evote.algebra.group import Group
from e2evote.algebra.integers import Integer
from e2evote.algebra.parameters import ACCEPTED, ELECTIONGUARD_4096, TEST_512, TEST_GROUPS, group_named
from e2evote.errors import MalformedInput

NAMED = [group_named(name) for name in (*ACCEPTED, *TEST_GROUPS)]
DELTA = 287975203778583638958138611533602521491887169409704874643524560756486080635197037903


def ln2_floor(bits: int) -> int:
    """floor(2^bits·ln 2) from ln 2 = Σ 1/(n·2^n), with an error bound that shows the floor to be right."""
    guard = 64
    total = sum((1 << (bits + guard - n)) // n for n in range(1, bits + guard + 1))
    error = bits + guard + 1  # each floor loses less than 1, and so does the tail
    floor = total >> guard
    assert (total + error) >> guard == floor
    return floor


@pytest.mark.parametrize("name", ["", "test", "electionguard-2.1-3072", "ELECTIONGUARD-2.1-4096", "test-512 "])
def test_an_unknown_name_is_malformed(name: str) -> None:
    with pytest.raises(MalformedInput, match="no group is named"):
        group_named(name)


def test_no_test_group_is_accepted() -> None:
    assert set(ACCEPTED).isdisjoint(TEST_GROUPS)
    assert ACCEPTED == ("electionguard-2.1-4096",)
    assert TEST_GROUPS == ("test-512",)


def test_the_standard_modulus_follows_from_its_derivation() -> None:
    expected = 2**4096 - 2**3840 + 2**256 * (ln2_floor(3584) + DELTA) + 2**256 - 1
    assert expected == ELECTIONGUARD_4096.p


def test_the_test_group_is_the_one_of_the_specification() -> None:
    assert TEST_512.h == 2**254 + 24919
    assert TEST_512.p == int(
        "0x800000000000000000000000000000000000000000000000000000000000c24f"
        "7fffffffffffffffffffffffffffffffffffffffffffffffffffffffff70458b",
        16,
    )


@pytest.mark.parametrize("group", NAMED, ids=lambda group: group.name)
def test_each_named_group_has_prime_p_q_h_and_a_generator_of_order_q(group: Group) -> None:
    assert group.q == 2**256 - 189
    assert group.p == 2 * group.q * group.h + 1
    assert all(integers.is_prime(x) for x in (group.p, group.q, group.h))
    assert group.h_is_prime
    assert group.h > 2**128
    assert group.h != group.q
    assert group.generator == integers.power(Integer(2), (group.p - 1) // group.q, group.p)
    assert group.generator != 1
    assert integers.power(group.generator, group.q, group.p) == 1


@pytest.mark.parametrize("group", NAMED, ids=lambda group: group.name)
def test_minus_one_is_a_non_residue(group: Group) -> None:
    assert integers.jacobi(group.p - 1, group.p) == -1


@pytest.mark.parametrize(("group", "element_size"), [(ELECTIONGUARD_4096, 512), (TEST_512, 64)])
def test_widths_come_from_p_and_q(group: Group, element_size: int) -> None:
    assert (group.element_size, group.scalar_size) == (element_size, 32)


def test_the_series_for_ln_2_is_right_where_it_is_known() -> None:
    assert Fraction(ln2_floor(40), 2**40) < Fraction("0.69314718056") < Fraction(ln2_floor(40) + 1, 2**40)
