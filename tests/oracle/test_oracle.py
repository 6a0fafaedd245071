"""e2evote's algebra against an independent implementation: ElectionGuard for Python 1.4.0, given its group.

Random inputs go to both. ElectionGuard 1.x masks g^m with K^ξ where 2.1, and so e2evote, writes K^(m+ξ): pads, sums and
partial decryptions are the same in both, and a 1.x ciphertext is built here from e2evote's powers.
"""

import json
import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from benchmarks.oracle.client import Oracle
from e2evote.algebra import elgamal
from e2evote.algebra.elgamal import Ciphertext
from e2evote.algebra.exponentiation import FixedBase, multi_power
from e2evote.algebra.group import Element, Group, Scalar
from e2evote.algebra.integers import Integer
from e2evote.algebra.interpolation import combine
from e2evote.algebra.logarithm import LogTable

VECTOR = Path(__file__).resolve().parents[1] / "vectors" / "electionguard_v1_parameters.json"
SEED = 20120503


@pytest.fixture(scope="module")
def group() -> Group:
    numbers = json.loads(VECTOR.read_text("utf-8"))
    p, q, g = (Integer(int(numbers[name], 16)) for name in ("p", "q", "g"))
    return Group("electionguard-1.x-4096", p, q, g, h_is_prime=True)


@pytest.fixture
def drawn(group: Group) -> Iterator[Scalar]:
    """Random scalars, the same ones on every run."""
    numbers = random.Random(SEED)
    return (group.scalar(numbers.randrange(1, int(group.q))) for _ in iter(int, 1))


def text(value: Element | Scalar | Integer) -> str:
    return f"{int(value.value if isinstance(value, Element | Scalar) else value):x}"


def pair(ciphertext: Ciphertext) -> list[str]:
    return [text(ciphertext.alpha), text(ciphertext.beta)]


def test_the_oracle_says_what_it_cannot_do(oracle: Oracle) -> None:
    with pytest.raises(ValueError, match="OverflowError"):
        oracle.ask("power_of_generator", exponent=oracle.about["q"])
    with pytest.raises(ValueError, match="KeyError"):
        oracle.ask("no such question")


def test_both_have_the_same_group(oracle: Oracle, group: Group) -> None:
    assert oracle.about["electionguard"] == "1.4.0"
    assert [oracle.about[name] for name in "pqg"] == [text(group.p), text(group.q), text(group.g)]
    assert oracle.about["r"] == text(2 * group.h)


def test_powers_of_the_generator(oracle: Oracle, group: Group, drawn: Iterator[Scalar]) -> None:
    table = FixedBase(group.g)
    edges = [group.scalar(0), group.scalar(1), group.scalar(int(group.q) - 1)]
    for exponent in [*edges, *(next(drawn) for _ in range(20))]:
        expected = oracle.ask("power_of_generator", exponent=text(exponent))
        assert text(group.g**exponent) == expected
        assert text(table.power(exponent)) == expected
        assert text(table.power_secret(exponent)) == expected


def test_powers_of_other_bases(oracle: Oracle, group: Group, drawn: Iterator[Scalar]) -> None:
    for _ in range(20):
        base, exponent = group.g ** next(drawn), next(drawn)
        expected = oracle.ask("power", base=text(base), exponent=text(exponent))
        assert text(base**exponent) == expected
        assert text(base.secret_power(exponent)) == expected


def test_products_of_powers(oracle: Oracle, group: Group, drawn: Iterator[Scalar]) -> None:
    for size in (1, 2, 3, 10, 40):
        terms = [(group.g ** next(drawn), next(drawn)) for _ in range(size)]
        powers = [oracle.ask("power", base=text(base), exponent=text(exponent)) for base, exponent in terms]
        assert text(multi_power(terms)) == oracle.ask("product", factors=powers)


def test_inverses(oracle: Oracle, group: Group, drawn: Iterator[Scalar]) -> None:
    for _ in range(5):
        element = group.g ** next(drawn)
        assert text(element.inverse()) == oracle.ask("inverse", value=text(element))


def test_membership(oracle: Oracle, group: Group, drawn: Iterator[Scalar]) -> None:
    """x, p - x, and a random number: a member, one of order 2q, and one that is almost surely none."""
    numbers = random.Random(SEED)
    answers = []
    for _ in range(4):
        member = int((group.g ** next(drawn)).value)
        for value in (member, int(group.p) - member, numbers.randrange(2, int(group.p))):
            residue = group.decode_residue(value.to_bytes(group.element_size, "big"))
            answers.append(group.is_member(residue))
            assert answers[-1] == oracle.ask("is_member", value=f"{value:x}")
    assert answers == [True, False, False] * 4


def test_sums_and_decryptions(oracle: Oracle, group: Group, drawn: Iterator[Scalar]) -> None:
    """Ciphertexts of the oracle, added and decrypted by both."""
    votes = random.Random(SEED)
    secret = next(drawn)
    key = group.g**secret
    logarithms = LogTable(group.g, 1000)
    for size in (1, 2, 17):
        messages = [votes.randrange(0, 40) for _ in range(size)]
        nonces = [next(drawn) for _ in messages]
        made = []
        for message, nonce in zip(messages, nonces, strict=True):
            masked = multi_power([(group.g, group.scalar(message)), (key, nonce)])
            made.append(Ciphertext(group.g**nonce, masked))
            assert pair(made[-1]) == oracle.ask("encrypt", message=message, nonce=text(nonce), key=text(key))

        total = elgamal.product(group, made)
        assert pair(total) == oracle.ask("add", ciphertexts=[pair(ciphertext) for ciphertext in made])

        share = total.alpha.secret_power(secret)
        assert text(share) == oracle.ask("partial_decrypt", sealed=pair(total), secret=text(secret))
        count = logarithms.log(total.beta / share)
        assert count == oracle.ask("decrypt", sealed=pair(total), secret=text(secret)) == sum(messages)


def test_shares_of_the_oracle_combine(oracle: Oracle, group: Group, drawn: Iterator[Scalar]) -> None:
    """Any two of three shares A^P(i), P of degree 1, give A^P(0): partial decryptions of the oracle, combined here."""
    constant, slope = next(drawn), next(drawn)
    ciphertext = Ciphertext(group.g ** next(drawn), group.g ** next(drawn))

    def opened_with(secret: Scalar) -> Element:
        answer = int(oracle.ask("partial_decrypt", sealed=pair(ciphertext), secret=text(secret)), 16)
        (element,) = group.screen([group.decode_residue(answer.to_bytes(group.element_size, "big"))])
        return element

    shares = {i: opened_with(constant + slope * group.scalar(i)) for i in (1, 2, 3)}
    for pair_of_trustees in ((1, 2), (1, 3), (2, 3)):
        assert combine({i: shares[i] for i in pair_of_trustees}) == opened_with(constant)


def test_a_ciphertext_of_e2evote_opens_with_the_oracle(oracle: Oracle, group: Group, drawn: Iterator[Scalar]) -> None:
    """B·A^-s = K^m: the oracle's partial decryption leaves the count in the exponent of the key."""
    secret = next(drawn)
    key = group.g**secret
    total = elgamal.product(group, [elgamal.encrypt(key, message, next(drawn)) for message in (0, 1, 1, 5)])
    share = oracle.ask("partial_decrypt", sealed=pair(total), secret=text(secret))
    opened = oracle.ask("product", factors=[text(total.beta), oracle.ask("inverse", value=share)])
    assert opened == text(key ** group.scalar(7))


def test_a_wrong_key_does_not_decrypt(oracle: Oracle, group: Group, drawn: Iterator[Scalar]) -> None:
    secret = next(drawn)
    ciphertext = Ciphertext(group.g ** next(drawn), group.g ** next(drawn))
    share = ciphertext.alpha.secret_power(secret)
    other = oracle.ask("partial_decrypt", sealed=pair(ciphertext), secret=text(next(drawn)))
    assert text(share) != other
