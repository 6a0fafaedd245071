"""Weights that reach every number up to a bound and none above it, and the place of a bit's proof."""

from dataclasses import replace
from itertools import product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from e2evote.algebra.elgamal import encrypt
from e2evote.algebra.parameters import TEST_512
from e2evote.proofs.batch import verdicts
from e2evote.proofs.one_of import OneOfProof, challenge_sum, verify
from e2evote.proofs.paper_bit import BitPlace, bits, is_bit, pending, weighted_product, weights
from e2evote.secret.prove import prove_one_of
from e2evote.secret.scalar import SecretScalar
from tests.randomness import DeterministicRandomness

GROUP = TEST_512
RANDOMNESS = DeterministicRandomness("paper-bit")
K = SecretScalar.random(GROUP, RANDOMNESS).power_of(GROUP.g)
XI = SecretScalar.random(GROUP, RANDOMNESS)
PLACE = BitPlace(b"\x05" * 32, "postal", 2, 3, 4)
STATEMENT = is_bit(K, encrypt(K, 1, XI.disclose()))
PROOF, HINTS = prove_one_of(STATEMENT, 1, XI, PLACE, RANDOMNESS)


@pytest.mark.parametrize("bound", range(70))
def test_bits_reach_exactly_the_numbers_up_to_the_bound(bound: int) -> None:
    u = weights(bound)
    assert len(u) == bound.bit_length()
    reached = {sum(w for w, bit in zip(u, chosen, strict=True) if bit) for chosen in product((0, 1), repeat=len(u))}
    assert reached == set(range(bound + 1))


@given(st.integers(0, 10**10).flatmap(lambda bound: st.tuples(st.just(bound), st.integers(0, bound))))
def test_the_bits_of_a_number_add_up_to_it(case: tuple[int, int]) -> None:
    bound, number = case
    u, chosen = weights(bound), bits(number, bound)
    assert sum(u) == bound
    assert all(w >= 1 for w in u)
    assert u[:1] in ((), (1,)), "bit 0 of a rest has weight 1, so that its nonce can be chosen"
    assert set(chosen) <= {0, 1}
    assert sum(w * bit for w, bit in zip(u, chosen, strict=True)) == number


@pytest.mark.parametrize(("number", "bound"), [(-1, 5), (6, 5), (1, 0), (True, 1)])
def test_a_number_out_of_range_has_no_bits_and_is_not_shown(number: int, bound: int) -> None:
    with pytest.raises(ValueError, match=r"^bits: the number is not in 0 to \d$"):
        bits(number, bound)


@pytest.mark.parametrize("bound", [-1, True])
def test_a_bound_is_a_number_from_0(bound: int) -> None:
    with pytest.raises(ValueError, match="bound"):
        weights(bound)


def test_a_weighted_product_is_that_of_powers() -> None:
    factors = [GROUP.g ** GROUP.scalar(x) for x in (3, 5, 7, 11)]
    u = weights(12)
    expected = GROUP.g ** GROUP.scalar(sum(w * x for w, x in zip(u, (3, 5, 7, 11), strict=True)))
    assert weighted_product(GROUP.identity, factors, u) == expected
    residues = weighted_product(GROUP.identity.residue(), [x.residue() for x in factors], u)
    assert residues == expected.residue()
    assert weighted_product(GROUP.identity, (), ()) == GROUP.identity


def test_a_bit_is_proved_alone_and_with_others() -> None:
    assert verify(STATEMENT, PROOF, PLACE)
    one = pending(STATEMENT, PROOF, PLACE)
    hints = [hint.residue() for hint in HINTS]
    assert PLACE(STATEMENT, hints) == challenge_sum(STATEMENT, PROOF)
    assert verdicts(GROUP, [(one, hints), (one, ()), (one, hints[::-1])]) == [True, True, True]


@pytest.mark.parametrize(
    "other",
    [
        *({"extended_base_hash": b"\x06" * 32}, {"channel": "in_person"}, {"contest": 1}, {"item": 0}, {"item": 2}),
        *({"bit": 3}, {"bit": 0}, {"contest": 3, "item": 2}, {"item": 4, "bit": 3}),
    ],
)
def test_a_proof_of_one_place_is_none_of_another(other: dict[str, Any]) -> None:
    place = replace(PLACE, **other)
    assert not verify(STATEMENT, PROOF, place)
    hints = [hint.residue() for hint in HINTS]
    assert verdicts(GROUP, [(pending(STATEMENT, PROOF, place), hints)]) == [False]


def test_everything_is_hashed() -> None:
    """Whatever is not could be chosen afterwards (see test_one_of): α, β and all four commitments, in their order."""
    other = GROUP.g ** GROUP.scalar(99)
    statements = [STATEMENT, replace(STATEMENT, alpha=other), replace(STATEMENT, beta=other)]
    values = [HINTS, *((*HINTS[:i], other, *HINTS[i + 1 :]) for i in range(4)), HINTS[::-1]]
    challenges = [PLACE(one, HINTS) for one in statements] + [PLACE(STATEMENT, value) for value in values[1:]]
    assert len({challenge.encode() for challenge in challenges}) == 8


def test_a_channels_name_cannot_run_into_the_numbers_after_it() -> None:
    """Every field has its length before it."""
    one, other = BitPlace(b"\x05" * 32, "p", 0x61, 1, 1), BitPlace(b"\x05" * 32, "p\0\0\0a", 1, 1, 1)
    assert one(STATEMENT, HINTS) != other(STATEMENT, HINTS)


@pytest.mark.parametrize("value", [2, 3, -1, 2**255])
@pytest.mark.parametrize("claimed", [0, 1])
def test_nothing_else_than_a_bit_can_be_proved(value: int, claimed: int) -> None:
    statement = is_bit(K, encrypt(K, GROUP.reduce(value), XI.disclose()))
    proof, _ = prove_one_of(statement, claimed, XI, PLACE, RANDOMNESS)
    assert not verify(statement, proof, PLACE)


@pytest.mark.parametrize("changed", ["c", "v", "swapped", "branches"])
def test_a_changed_proof_is_none(changed: str) -> None:
    c, v = PROOF.c, PROOF.v
    proof = {
        "c": OneOfProof((c[0] + GROUP.scalar(1), c[1]), v),
        "v": OneOfProof(c, (v[0] + GROUP.scalar(1), v[1])),
        "swapped": OneOfProof(v, c),
        "branches": OneOfProof(c[::-1], v[::-1]),
    }[changed]
    assert not verify(STATEMENT, proof, PLACE)
