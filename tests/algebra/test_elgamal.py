"""Encryption adds up: the product of ciphertexts encrypts the sum of their messages."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from e2evote.algebra.elgamal import Ciphertext, encrypt, identity, product
from e2evote.algebra.group import Group, Scalar
from e2evote.algebra.integers import Integer
from e2evote.algebra.logarithm import bounded_log
from e2evote.algebra.parameters import TEST_512

TOY = Group("toy-24", Integer(0xFFF93F356A395FFF), Integer(0xFFFFFD), Integer(0xCCCCA8BCC08F3688))
S = TEST_512.scalar(0xABCDEF0123456789)
K = TEST_512.g**S
nonces = st.integers(0, int(TEST_512.q) - 1).map(TEST_512.scalar)
votes = st.integers(0, 20)


def decrypt(ciphertext: Ciphertext, limit: int) -> int:
    return bounded_log(K, ciphertext.beta / ciphertext.alpha**S, limit)


@pytest.mark.parametrize("message", [-1, True, 1.0, "1", TEST_512.q])
def test_a_message_is_a_number_from_0_below_q(message: Any) -> None:
    with pytest.raises(ValueError, match=r"not in \[0, q\)|not a whole number"):
        encrypt(K, message, TEST_512.scalar(5))


def test_the_halves_of_a_ciphertext_are_of_one_group() -> None:
    with pytest.raises(ValueError, match="toy-24"):
        Ciphertext(TEST_512.g, TOY.g)
    with pytest.raises(ValueError, match="toy-24"):
        product(TEST_512, [identity(TEST_512), identity(TOY)])


def test_a_ciphertext_is_multiplied_and_raised_by_its_like_only() -> None:
    anything: Any = 2
    ciphertext = encrypt(K, 1, TEST_512.scalar(5))
    with pytest.raises(TypeError):
        ciphertext * anything
    with pytest.raises(TypeError):
        ciphertext**anything


@given(votes, nonces)
def test_encryption_is_its_equation(m: int, xi: Scalar) -> None:
    ciphertext = encrypt(K, m, xi)
    assert ciphertext == Ciphertext(TEST_512.g**xi, K ** (TEST_512.scalar(m) + xi))
    assert ciphertext == encrypt(K, TEST_512.scalar(m), xi)
    assert decrypt(ciphertext, 20) == m
    assert ciphertext.encode() == ciphertext.alpha.encode() + ciphertext.beta.encode()


@given(st.lists(st.tuples(votes, nonces), max_size=5))
def test_products_encrypt_sums(openings: list[tuple[int, Scalar]]) -> None:
    total = product(TEST_512, (encrypt(K, m, xi) for m, xi in openings))
    sum_of_nonces = sum((xi for _, xi in openings), start=TEST_512.scalar(0))
    assert total == encrypt(K, sum(m for m, _ in openings), sum_of_nonces)


@given(votes, nonces, st.integers(0, 9))
def test_a_weight_multiplies_the_message(m: int, xi: Scalar, weight: int) -> None:
    ciphertext = encrypt(K, m, xi)
    assert ciphertext ** TEST_512.scalar(weight) == product(TEST_512, [ciphertext] * weight)


def test_no_ciphertexts_have_the_product_1_1() -> None:
    assert product(TEST_512, []) == identity(TEST_512) == encrypt(K, 0, TEST_512.scalar(0))
    assert identity(TEST_512) * encrypt(K, 3, S) == encrypt(K, 3, S)
