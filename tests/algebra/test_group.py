"""Residues, elements and scalars: what is refused, and that members are exactly the members."""

import copy
import pickle
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from e2evote.algebra import group as group_module
from e2evote.algebra import integers
from e2evote.algebra.group import Element, Group, Residue, Scalar
from e2evote.algebra.integers import Integer
from e2evote.algebra.parameters import ELECTIONGUARD_4096, TEST_512
from e2evote.errors import MalformedInput, NotMembers

TOY = Group("toy-24", Integer(0xFFF93F356A395FFF), Integer(0xFFFFFD), Integer(0xCCCCA8BCC08F3688))
"""ElectionGuard's toy group of 64 bits: too small for a combined membership test."""

GROUPS = [TEST_512, ELECTIONGUARD_4096, TOY]
scalars = st.integers(0, int(TEST_512.q) - 1).map(TEST_512.scalar)
elements = scalars.map(lambda x: TEST_512.g**x)


def residue(group: Group, value: int) -> Residue:
    return group.decode_residue(int(value).to_bytes(group.element_size, "big"))


def of_order_h(group: Group) -> int:
    """A number of order h: neither a member nor of small order, with Jacobi symbol 1."""
    value = integers.power(Integer(3), 2 * group.q, group.p)
    assert value != 1
    assert integers.jacobi(value, group.p) == 1
    return int(value)


# Groups


@pytest.mark.parametrize(
    ("p", "q", "generator"),
    [
        (0xE72F, 0x7D, 0x7F68),  # q does not divide p - 1
        (0xE730, 0x7F, 0x7F68),  # p is even
        (0xE72F, 0x7F, 1),  # the identity generates nothing
        (0xE72F, 0x7F, 0),
        (0xE72F, 0x7F, 0xE72E),  # -1 has order 2
        (0xE72F, 0x7F, 0xE72F + 0x7F68),  # not reduced
        (503, 251, 5),  # a parameter set once published with a generator outside the subgroup
        (0xE72F, 1, 0x7F68),
    ],
)
def test_parameters_that_are_no_group_are_refused(p: int, q: int, generator: int) -> None:
    with pytest.raises(ValueError, match="group bad"):
        Group("bad", Integer(p), Integer(q), Integer(generator))


def test_a_challenge_is_refused_where_the_digest_would_be_biased() -> None:
    with pytest.raises(ValueError, match="biased"):
        TOY.challenge(bytes(32))


@pytest.mark.parametrize("size", [0, 31, 33, 64])
def test_a_challenge_is_a_digest_of_32_bytes(size: int) -> None:
    with pytest.raises(ValueError, match="want 32"):
        TEST_512.challenge(bytes(size))


def test_a_challenge_is_the_digest_mod_q() -> None:
    assert TEST_512.challenge(b"\xff" * 32) == TEST_512.scalar(188)
    assert TEST_512.challenge(bytes(31) + b"\x05") == TEST_512.scalar(5)
    assert TEST_512.challenge(TEST_512.q.to_bytes(32, "big")) == TEST_512.scalar(0)


@pytest.mark.parametrize("group", GROUPS, ids=repr)
def test_a_group_and_its_values_survive_pickling(group: Group) -> None:
    element, scalar = group.g * group.g, group.scalar(7)
    back = pickle.loads(pickle.dumps((group, element, scalar, residue(group, 5))))
    assert back == (group, element, scalar, residue(group, 5))
    assert back[1] * group.g == element * group.g
    assert copy.deepcopy(element) == element


def test_a_group_of_the_same_size_is_another_group() -> None:
    other = Group("other", TEST_512.p, TEST_512.q, (TEST_512.g * TEST_512.g).value, h_is_prime=True)
    assert other != TEST_512
    assert other.g != TEST_512.g * TEST_512.g, "the same number in another group is another element"


# Decoding


@pytest.mark.parametrize("group", GROUPS, ids=repr)
def test_numbers_outside_1_to_p_are_malformed(group: Group) -> None:
    for value in (0, group.p, group.p + 1, (1 << 8 * group.element_size) - 1):
        with pytest.raises(MalformedInput, match=r"not in \[1, p\)"):
            residue(group, value)


@pytest.mark.parametrize("size", [0, 1, 63, 65, 128])
def test_an_element_of_another_width_is_malformed(size: int) -> None:
    with pytest.raises(MalformedInput, match="want 64"):
        TEST_512.decode_residue(b"\x01" * size)


@pytest.mark.parametrize("size", [0, 31, 33])
def test_a_scalar_of_another_width_is_malformed(size: int) -> None:
    with pytest.raises(MalformedInput, match="want 32"):
        TEST_512.decode_scalar(b"\x01" * size)


@pytest.mark.parametrize("excess", [0, 1, 188])
def test_a_scalar_plus_q_is_malformed(excess: int) -> None:
    """v + q satisfies every equation that v does: one proof would have two encodings."""
    with pytest.raises(MalformedInput, match=r"not in \[0, q\)"):
        TEST_512.decode_scalar((TEST_512.q + excess).to_bytes(32, "big"))


@given(scalars)
def test_decoding_undoes_encoding(x: Scalar) -> None:
    assert TEST_512.decode_scalar(x.encode()) == x
    element = TEST_512.g**x
    decoded = TEST_512.decode_residue(element.encode())
    assert decoded.encode() == element.encode()
    assert TEST_512.screen([decoded]) == [element]


@pytest.mark.parametrize("value", [-1, True, False, 1.0, "1", None, TEST_512.q, TEST_512.q + 1])
def test_a_scalar_is_a_whole_number_below_q(value: Any) -> None:
    with pytest.raises(ValueError, match=r"not in \[0, q\)|not a whole number"):
        TEST_512.scalar(value)


@pytest.mark.parametrize("value", [True, 1.0, "1", None])
def test_only_whole_numbers_are_reduced(value: Any) -> None:
    with pytest.raises(ValueError, match="not a whole number"):
        TEST_512.reduce(value)


@pytest.mark.parametrize("value", [0, -1, True, TEST_512.p])
def test_a_residue_that_is_built_is_checked_like_one_that_is_decoded(value: Any) -> None:
    with pytest.raises(ValueError, match=r"not in \[1, p\)|not a whole number"):
        Residue(TEST_512, value)


# Membership


STRANGERS: dict[str, Callable[[Group], int]] = {
    "minus one": lambda group: int(group.p - 1),
    "a member with its sign changed": lambda group: int(group.p - group.generator),
    "order h": of_order_h,
    "a member times order h": lambda group: int(group.generator) * of_order_h(group) % int(group.p),
    "order 2h": lambda group: int(group.p) - of_order_h(group),
    "two": lambda group: 2,
}


@pytest.mark.parametrize("group", GROUPS, ids=repr)
@pytest.mark.parametrize("kind", STRANGERS)
@pytest.mark.parametrize("others", [0, 9])
def test_a_stranger_is_named_by_its_position(group: Group, kind: str, others: int) -> None:
    stranger = residue(group, STRANGERS[kind](group))
    members = [residue(group, (group.g ** group.scalar(i)).value) for i in range(others)]
    assert not group.is_member(stranger)
    with pytest.raises(NotMembers) as caught:
        group.screen([*members, stranger, *members])
    assert caught.value.positions == (others,)


def test_a_changed_sign_never_passes() -> None:
    """Random exponents alone would let p - x through whenever its exponent is even."""
    members = [TEST_512.g ** TEST_512.scalar(i) for i in range(1, 9)]
    values = [int(member.value) for member in members]
    for _ in range(40):
        with pytest.raises(NotMembers) as caught:
            TEST_512.screen([residue(TEST_512, value) for value in (TEST_512.p - values[0], *values[1:])])
        assert caught.value.positions == (0,)


def test_two_changed_signs_do_not_cancel() -> None:
    values = [int((TEST_512.g ** TEST_512.scalar(i)).value) for i in range(1, 9)]
    values[2], values[5] = int(TEST_512.p) - values[2], int(TEST_512.p) - values[5]
    with pytest.raises(NotMembers) as caught:
        TEST_512.screen([residue(TEST_512, value) for value in values])
    assert caught.value.positions == (2, 5)


def test_two_inverse_strangers_do_not_cancel() -> None:
    """Their plain product is a member; their product with random exponents is not."""
    stranger = of_order_h(TEST_512)
    inverse = int(integers.invert(Integer(stranger), TEST_512.p))
    assert stranger * inverse % TEST_512.p == 1
    values = [stranger, inverse, *(int((TEST_512.g ** TEST_512.scalar(i)).value) for i in range(6))]
    with pytest.raises(NotMembers) as caught:
        TEST_512.screen([residue(TEST_512, value) for value in values])
    assert caught.value.positions == (0, 1)


def test_screening_tests_the_very_values_it_returns() -> None:
    residues = [residue(TEST_512, (TEST_512.g ** TEST_512.scalar(i)).value) for i in (5, 1, 4, 1, 3, 0)]
    assert [element.encode() for element in TEST_512.screen(residues)] == [x.encode() for x in residues]
    assert TEST_512.screen([]) == []


def test_large_batches_take_one_power_and_small_groups_one_each(monkeypatch: pytest.MonkeyPatch) -> None:
    """A failing combination is what makes the slow test run; for members it is not needed."""
    powers: list[int] = []

    def counting(base: Integer, exponent: Integer, modulus: Integer) -> Integer:
        powers.append(1)
        return Integer(pow(base, exponent, modulus))

    small = Group(TOY.name, TOY.p, TOY.q, TOY.generator, h_is_prime=True)
    unknown = Group(TEST_512.name, TEST_512.p, TEST_512.q, TEST_512.generator)
    groups = [*GROUPS, small, unknown]
    members = [[residue(group, (group.g ** group.scalar(i)).value) for i in range(1, 13)] for group in groups]
    monkeypatch.setattr(group_module.integers, "power", counting)
    for group, residues in zip(groups, members, strict=True):
        powers.clear()
        group.screen(residues)
        assert len(powers) == (1 if group in (TEST_512, ELECTIONGUARD_4096) and group is not unknown else 12)


def test_a_group_without_batches_is_the_same_group() -> None:
    alone = TEST_512.without_batches()
    assert TEST_512.has_batches
    assert not alone.has_batches
    assert not pickle.loads(pickle.dumps(alone)).has_batches
    assert alone == TEST_512
    assert alone.g * TEST_512.g == TEST_512.g * alone.g


def test_a_residue_of_another_group_is_our_mistake() -> None:
    with pytest.raises(ValueError, match=r"a residue of toy-24 in test-512"):
        TEST_512.screen([residue(TOY, 5)])


# Elements and scalars


def test_elements_are_not_made_by_hand() -> None:
    with pytest.raises(TypeError):
        Element()
    with pytest.raises(TypeError):
        Element(TEST_512, Integer(2))  # type: ignore[call-arg]


def test_only_the_algebra_says_that_a_number_is_a_member(root: Any) -> None:
    users = {
        path.parent.name
        for path in (root / "src" / "e2evote").rglob("*.py")
        if "Element.computed" in path.read_text("utf-8") or "__new__(Element" in path.read_text("utf-8")
    }
    assert users == {"algebra"}


def test_groups_do_not_mix() -> None:
    mixtures: list[Callable[[], object]] = [
        lambda: TEST_512.g * TOY.g,
        lambda: TEST_512.g / TOY.g,
        lambda: TEST_512.g ** TOY.scalar(1),
        lambda: TEST_512.g.secret_power(TOY.scalar(1)),
        lambda: TEST_512.scalar(1) + TOY.scalar(1),
        lambda: TEST_512.scalar(1) - TOY.scalar(1),
        lambda: TEST_512.scalar(1) * TOY.scalar(1),
    ]
    for mixture in mixtures:
        with pytest.raises(ValueError, match=r"toy-24.*test-512|test-512.*toy-24"):
            mixture()


def test_plain_numbers_do_not_mix_with_elements_and_scalars() -> None:
    anything: Any = 2
    for mixture in (
        lambda: TEST_512.g * anything,
        lambda: TEST_512.g / anything,
        lambda: TEST_512.g**anything,
        lambda: TEST_512.scalar(1) + anything,
        lambda: TEST_512.scalar(1) - anything,
        lambda: TEST_512.scalar(1) * anything,
    ):
        with pytest.raises(TypeError):
            mixture()


def test_zero_has_no_inverse_and_no_secret_power() -> None:
    with pytest.raises(ValueError, match="no inverse"):
        TEST_512.scalar(0).inverse()
    with pytest.raises(ValueError, match="at least 1"):
        TEST_512.g.secret_power(TEST_512.scalar(0))


def test_elements_and_scalars_print_without_their_values() -> None:
    number = 0x1234567890ABCDEF1234567890ABCDEF
    assert repr(TEST_512.scalar(number)) == "Scalar(test-512)"
    assert repr(TEST_512.g) == f"Element(test-512, {TEST_512.g.encode()[:8].hex()}…)"


@given(scalars, scalars, scalars)
def test_scalars_are_the_field_of_q_elements(x: Scalar, y: Scalar, z: Scalar) -> None:
    q = int(TEST_512.q)
    assert int((x + y).value) == (int(x.value) + int(y.value)) % q
    assert int((x - y).value) == (int(x.value) - int(y.value)) % q
    assert int((x * y).value) == int(x.value) * int(y.value) % q
    assert (x + y) * z == x * z + y * z
    assert x + -x == TEST_512.scalar(0)
    if x.value:
        assert x * x.inverse() == TEST_512.scalar(1)


@given(scalars, scalars)
def test_powers_turn_sums_into_products(x: Scalar, y: Scalar) -> None:
    g = TEST_512.g
    assert g**x * g**y == g ** (x + y)
    assert g**x / g**y == g ** (x - y)
    assert (g**x) ** y == (g**y) ** x == g ** (x * y)
    assert (g**x).inverse() == g**-x


@given(elements, elements, elements)
def test_elements_are_a_commutative_group(A: Element, B: Element, C: Element) -> None:
    assert (A * B) * C == A * (B * C)
    assert A * B == B * A
    assert A * TEST_512.identity == A
    assert A * A.inverse() == TEST_512.identity
    assert hash(A * B) == hash(B * A)


@given(st.integers(1, int(TEST_512.q) - 1).map(TEST_512.scalar))
def test_the_secret_power_is_the_power(x: Scalar) -> None:
    assert TEST_512.g.secret_power(x) == TEST_512.g**x


@settings(max_examples=5)
@given(st.integers(1, 2**256 - 190), st.integers(1, 2**256 - 190))
def test_the_laws_hold_in_the_standard_group(m: int, n: int) -> None:
    group = ELECTIONGUARD_4096
    x, y = group.scalar(m), group.scalar(n)
    assert group.g**x * group.g**y == group.g ** (x + y)
    assert group.g.secret_power(x) == group.g**x
    assert group.screen([group.decode_residue((group.g**x).encode())]) == [group.g**x]
