"""That a key has prime order is found by halving it; here the answers are held against multiplying it by L.

The multiplication is the reference's, by doubling and adding in complete formulas (tests/reference/ed25519.py).
"""

import random

import pytest

from e2evote.errors import MalformedInput
from e2evote.proofs.signature import decode_public_key
from reference.ed25519 import BASE, NEUTRAL, L, P, Point, add, decode, encode, multiply

NOT_PRIME = "public key: not in the group of prime order"
NO_POINT = "public key: not a point of the curve"
IDENTITY = "public key: the identity"

RANDOM = random.Random("prime order")


def torsion() -> tuple[Point, ...]:
    """The eight points i·T of order dividing 8, from O on."""
    for y in range(2, 99):
        point = decode(y.to_bytes(32, "little"))
        if point is not None:
            T = multiply(L, point)
            if encode(multiply(4, T)) != encode(NEUTRAL):
                return tuple(multiply(i, T) for i in range(8))
    raise AssertionError("no point of order 8")


TORSION = torsion()


def answer(key: bytes) -> str:
    """Why the key is refused, or "" where it is taken."""
    try:
        assert decode_public_key(key).encoded == key
    except MalformedInput as error:
        return str(error)
    return ""


def wanted(key: bytes) -> str:
    """The same for canonical encodings, by multiplication."""
    point = decode(key)
    if point is None:
        return NO_POINT
    if encode(point) == encode(NEUTRAL):
        return IDENTITY
    return "" if encode(multiply(L, point)) == encode(NEUTRAL) else NOT_PRIME


def canonical_encoding(y: int, sign: int) -> bytes:
    return (y | (0 if y in (1, P - 1) else sign) << 255).to_bytes(32, "little")


def test_the_eight_points_of_small_order_are_refused() -> None:
    keys = [encode(point) for point in TORSION]
    assert len(set(keys)) == 8
    assert [answer(key) for key in keys] == [IDENTITY] + 7 * [NOT_PRIME]


def test_a_point_of_small_order_added_to_a_key_is_noticed() -> None:
    for _ in range(250):
        A = multiply(RANDOM.randrange(1, L), BASE)
        assert [answer(encode(add(A, T))) for T in TORSION] == [""] + 7 * [NOT_PRIME]


@pytest.mark.parametrize("scalar", [*range(1, 40), L - 1, L - 2, (L + 1) // 2, pow(8, -1, L)])
def test_multiples_of_the_base_point_near_the_ends(scalar: int) -> None:
    A = multiply(scalar, BASE)
    assert [answer(encode(add(A, T))) for T in TORSION] == [""] + 7 * [NOT_PRIME]


def test_random_encodings_have_the_answer_of_the_multiplication() -> None:
    keys = [canonical_encoding(RANDOM.randrange(P), RANDOM.getrandbits(1)) for _ in range(3000)]
    answers = [answer(key) for key in keys]
    assert answers == [wanted(key) for key in keys]
    assert {reason: answers.count(reason) > 120 for reason in answers} == {"": True, NOT_PRIME: True, NO_POINT: True}


def test_encodings_near_the_ends_have_the_answer_of_the_multiplication() -> None:
    """Among them y = 1 and y = -1, where u has no value and is 0, and y = 0, where it is 1."""
    half = (P + 1) // 2
    places = [*range(120), *range(P - 120, P), *range(half - 30, half + 30)]
    keys = [canonical_encoding(y, sign) for y in places for sign in (0, 1)]
    assert [answer(key) for key in keys] == [wanted(key) for key in keys]


def test_the_facts_of_the_curve_on_which_halving_rests() -> None:
    """docs/decisions/ed25519-profile.md: a² - 4 and a - 2 are no squares, -(a + 2) and a + 2 are."""

    def is_square(value: int) -> bool:
        return pow(value, (P - 1) // 2, P) == 1

    a = 486662
    assert [is_square(x) for x in (a * a - 4, a - 2, a + 2, -(a + 2))] == [False, False, True, True]
    d = -121665 * pow(121666, -1, P) % P
    assert 2 * (-1 + d) * pow(-1 - d, -1, P) % P == a
    assert 4 * pow(-1 - d, -1, P) % P == -(a + 2) % P
