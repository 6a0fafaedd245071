"""Range proofs: the forgeries that have passed other verifiers, and one for every equation here."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from e2evote.algebra.elgamal import encrypt
from e2evote.algebra.group import Element, Scalar
from e2evote.algebra.integers import Integer, power
from e2evote.algebra.parameters import TEST_512
from e2evote.errors import MalformedInput, NotMembers
from e2evote.proofs.one_of import BallotPlace, OneOf, OneOfProof, challenge_sum, commitments, verify
from e2evote.proofs.place import Commitment, Place
from e2evote.secret.prove import prove_one_of
from e2evote.secret.scalar import SecretScalar
from tests.randomness import DeterministicRandomness

GROUP = TEST_512
Q = int(GROUP.q)
RANDOMNESS = DeterministicRandomness("one-of")
K = SecretScalar.random(GROUP, RANDOMNESS).power_of(GROUP.g)
XI = SecretScalar.random(GROUP, RANDOMNESS)
ZERO, ONE = GROUP.scalar(0), GROUP.scalar(1)
PLACE = BallotPlace(b"\x11" * 32, Place(1, 2))


def encryption_of(message: int, limit: int) -> OneOf:
    ciphertext = encrypt(K, GROUP.reduce(message), XI.disclose())
    return OneOf(K, ciphertext.alpha, ciphertext.beta, limit)


STATEMENT = encryption_of(1, 1)
PROOF, HINTS = prove_one_of(STATEMENT, 1, XI, PLACE, RANDOMNESS)


@pytest.mark.parametrize(("message", "limit"), [(m, limit) for limit in (1, 2, 5) for m in range(limit + 1)])
def test_every_number_in_the_range_can_be_proved(message: int, limit: int) -> None:
    statement = encryption_of(message, limit)
    proof, hints = prove_one_of(statement, message, XI, PLACE, RANDOMNESS)
    assert verify(statement, proof, PLACE)
    assert tuple(product.value() for product in commitments(statement, proof)) == hints
    assert PLACE(statement, hints) == challenge_sum(statement, proof)


@pytest.mark.parametrize("message", [2, 3, -1, 2**200])
@pytest.mark.parametrize("claimed", [0, 1])
def test_a_number_outside_the_range_cannot_be_proved(message: int, claimed: int) -> None:
    statement = encryption_of(message, 1)
    proof, _ = prove_one_of(statement, claimed, XI, PLACE, RANDOMNESS)
    assert not verify(statement, proof, PLACE)


@pytest.mark.parametrize("real", [-1, 2, True])
def test_the_prover_refuses_a_branch_that_is_none_and_does_not_print_it(real: int) -> None:
    with pytest.raises(ValueError, match="not in 0 to 1") as caught:
        prove_one_of(STATEMENT, real, XI, PLACE, RANDOMNESS)
    assert str(caught.value) == "range proof: the encrypted number is not in 0 to 1"


@pytest.mark.parametrize("limit", [0, -1, True, 1.0, "1", None])
def test_a_limit_is_a_number_from_1(limit: Any) -> None:
    with pytest.raises(ValueError, match="limit"):
        replace(STATEMENT, limit=limit)


# The number of branches


def test_a_proof_with_more_branches_proves_more_and_is_refused() -> None:
    """Six branches prove five votes; a verifier that loops over what it is given would count them."""
    five = encryption_of(5, 5)
    proof, _ = prove_one_of(five, 5, XI, PLACE, RANDOMNESS)
    assert verify(five, proof, PLACE)
    assert not verify(replace(five, limit=1), proof, PLACE)


@pytest.mark.parametrize(("cs", "vs"), [(0, 0), (1, 1), (3, 3), (2, 1), (1, 2), (2, 3), (3, 2), (0, 2)])
def test_another_number_of_values_is_false(cs: int, vs: int) -> None:
    proof = OneOfProof((*PROOF.c, ZERO)[:cs], (*PROOF.v, ZERO)[:vs])

    def agreeing(statement: OneOf, values: object) -> Scalar:
        return challenge_sum(statement, proof)

    assert not verify(STATEMENT, proof, agreeing)
    with pytest.raises(ValueError, match=f"{cs} and {vs} values for limit 1"):
        commitments(STATEMENT, proof)


# What is hashed


def square_root(x: Scalar) -> Scalar | None:
    """q = 3 mod 4, so x^((q+1)/4) is a root if there is one."""
    root = GROUP.reduce(int(power(x.value, (GROUP.q + 1) // 4, GROUP.q)))
    return root if root * root == x else None


def forge_against(weak: Any) -> tuple[OneOf, OneOfProof, Scalar]:
    """Commit first, then choose what is encrypted: m solves c·m² - (c + d_0 + d_1)·m + d_0 = 0 mod q.

    With a_j = g^(u_j) and b_j = K^(w_j) the equations hold when c_j·(m - j) = w_j - u_j = d_j, and the
    challenges must sum to c. No secret is needed.
    """
    while True:
        u0, u1, w0, w1 = (GROUP.scalar(RANDOMNESS.below(Q)) for _ in range(4))
        c = weak(None, [GROUP.g**u0, K**w0, GROUP.g**u1, K**w1])
        d0, d1 = w0 - u0, w1 - u1
        total = c + d0 + d1
        root = square_root(total * total - GROUP.scalar(4) * c * d0)
        if root is None:
            continue
        m = (total + root) * (GROUP.scalar(2) * c).inverse()
        c0, c1 = d0 * m.inverse(), d1 * (m - ONE).inverse()
        xi = XI.disclose()
        statement = OneOf(K, GROUP.g**xi, K ** (m + xi), 1)
        return statement, OneOfProof((c0, c1), (u0 - c0 * xi, u1 - c1 * xi)), m


def test_a_ciphertext_that_is_not_hashed_can_be_chosen_afterwards() -> None:
    def weak(statement: OneOf | None, values: Sequence[Commitment]) -> Scalar:
        return PLACE(STATEMENT, values)

    statement, proof, m = forge_against(weak)
    assert m not in (ZERO, ONE)
    assert verify(statement, proof, weak), "the forgery is a good one"
    assert not verify(statement, proof, PLACE)


@pytest.mark.parametrize("position", range(4))
def test_every_commitment_is_hashed(position: int) -> None:
    values: list[Element] = list(HINTS)
    values[position] = values[position] * GROUP.g
    assert PLACE(STATEMENT, values) != PLACE(STATEMENT, HINTS)


def test_commitments_are_hashed_in_their_order() -> None:
    a0, b0, a1, b1 = HINTS
    orders = [(a0, b0, a1, b1), (a0, a1, b0, b1), (a1, b1, a0, b0), (b0, a0, b1, a1)]
    assert len({PLACE(STATEMENT, values).encode() for values in orders}) == 4


def test_hints_that_are_not_yet_elements_are_hashed_alike() -> None:
    residues = [GROUP.decode_residue(hint.encode()) for hint in HINTS]
    assert PLACE(STATEMENT, residues) == PLACE(STATEMENT, HINTS)


@pytest.mark.parametrize(
    "place",
    [
        replace(PLACE, identifier_hash=b"\x12" * 32),
        replace(PLACE, place=Place(2, 2)),
        replace(PLACE, place=Place(1, 1)),
        replace(PLACE, place=Place(2, 1)),
        replace(PLACE, place=Place(1)),
    ],
    ids=["ballot", "contest", "option", "exchanged", "limit"],
)
def test_a_proof_serves_one_place_of_one_ballot(place: BallotPlace) -> None:
    assert not verify(STATEMENT, PROOF, place)


@pytest.mark.parametrize("place", [Place(0, 1), Place(1, 0), Place(-1), Place(True), Place(1, True), Place(2**31)])
def test_places_are_numbered_from_1(place: Place) -> None:
    with pytest.raises(ValueError, match=r"index|four-byte"):
        verify(STATEMENT, PROOF, replace(PLACE, place=place))


# The equations and the sum


@pytest.mark.parametrize("branch", [0, 1])
@pytest.mark.parametrize("part", ["c", "v"])
def test_every_value_is_checked(branch: int, part: str) -> None:
    values = list(getattr(PROOF, part))
    values[branch] = values[branch] + ONE
    assert not verify(STATEMENT, replace(PROOF, **{part: tuple(values)}), PLACE)


@pytest.mark.parametrize("field", ["K", "alpha", "beta"])
def test_a_proof_serves_one_ciphertext_and_key(field: str) -> None:
    """The ciphertext is hashed; another K changes every b_j."""
    assert not verify(replace(STATEMENT, **{field: getattr(STATEMENT, field) * GROUP.g}), PROOF, PLACE)


def simulated(statement: OneOf) -> OneOfProof:
    """Both branches made up: every equation holds for the commitments they determine."""
    cs = tuple(GROUP.scalar(RANDOMNESS.below(Q)) for _ in range(statement.limit + 1))
    vs = tuple(GROUP.scalar(RANDOMNESS.below(Q)) for _ in range(statement.limit + 1))
    return OneOfProof(cs, vs)


def test_two_made_up_branches_fail_by_the_sum_alone() -> None:
    statement = encryption_of(7, 1)
    proof = simulated(statement)
    assert verify(statement, proof, lambda *_: challenge_sum(statement, proof))
    assert not verify(statement, proof, PLACE)


def test_the_sum_is_the_hash_and_no_branch_is() -> None:
    """Compared branch by branch, both could be made up with the hash itself as each challenge."""
    statement = encryption_of(7, 1)
    proof = simulated(statement)
    c = PLACE(statement, [product.value() for product in commitments(statement, proof)])
    assert not verify(statement, proof, PLACE)
    both = OneOfProof((c, c), proof.v)
    assert not verify(statement, both, lambda *_: c)


def test_the_sum_is_taken_mod_q() -> None:
    """Half of all honest proofs have challenges whose plain sum is not the hash."""
    sums = set()
    for _ in range(16):
        proof, _ = prove_one_of(STATEMENT, 1, XI, PLACE, RANDOMNESS)
        assert verify(STATEMENT, proof, PLACE)
        sums.add(sum(int(c.value) for c in proof.c) < Q)
    assert sums == {True, False}


def test_the_pads_equation_is_needed() -> None:
    """A pad with another nonce than β's: every b_j holds, the a_j of the real branch does not."""
    other = replace(STATEMENT, alpha=STATEMENT.alpha * GROUP.g)
    proof, hints = prove_one_of(other, 1, XI, PLACE, RANDOMNESS)
    holds = [p.value() == hint for p, hint in zip(commitments(other, proof), hints, strict=True)]
    assert (holds[0::2], holds[1::2]) == ([False, False], [True, True])
    assert not verify(other, proof, PLACE)


def test_the_messages_equation_is_needed() -> None:
    """A message outside the range with the right pad: every a_j holds, no b_j does."""
    other = encryption_of(2, 1)
    proof, hints = prove_one_of(other, 1, XI, PLACE, RANDOMNESS)
    holds = [p.value() == hint for p, hint in zip(commitments(other, proof), hints, strict=True)]
    assert (holds[0::2], holds[1::2]) == ([True, True], [False, False])
    assert not verify(other, proof, PLACE)


def test_the_branches_are_numbered() -> None:
    """Without j in b_j the proof would be one of 0 for each branch; with the branches exchanged it is none."""
    exchanged = OneOfProof(PROOF.c[::-1], PROOF.v[::-1])
    assert not verify(STATEMENT, exchanged, PLACE)


# Outside the group, outside the range of scalars


def test_a_sign_that_no_equation_sees_is_refused_on_the_way_in() -> None:
    """(-α)^c = α^c for an even c: with even challenges the proof of α is one of p - α, which is no element."""
    p, alpha = GROUP.p, STATEMENT.alpha.value
    while True:
        proof, _ = prove_one_of(STATEMENT, 1, XI, PLACE, RANDOMNESS)
        if all(c.value % 2 == 0 for c in proof.c):
            break
    for c, v in zip(proof.c, proof.v, strict=True):
        honest = power(GROUP.g.value, v.value, p) * power(alpha, c.value, p) % p
        assert power(GROUP.g.value, v.value, p) * power(p - alpha, c.value, p) % p == honest
    flipped = GROUP.decode_residue((p - alpha).to_bytes(GROUP.element_size, "big"))
    members = [GROUP.decode_residue(x.encode()) for x in (STATEMENT.alpha, STATEMENT.beta, *HINTS)]
    for _ in range(20):
        with pytest.raises(NotMembers) as caught:
            GROUP.screen([*members, flipped])
        assert caught.value.positions == (6,)


@pytest.mark.parametrize("value", [0, "p", "p + alpha"])
def test_a_degenerate_pad_is_malformed(value: Any) -> None:
    number = {0: Integer(0), "p": GROUP.p, "p + alpha": GROUP.p + STATEMENT.alpha.value}[value]
    with pytest.raises(MalformedInput):
        GROUP.decode_residue(number.to_bytes(GROUP.element_size, "big"))


def test_a_response_plus_q_would_verify_and_is_malformed() -> None:
    """Below 2^256 there is room for v + q only when v < 189; such a proof exists for a nonce chosen so."""
    small = GROUP.scalar(100)
    unreduced = small.value + GROUP.q
    assert power(GROUP.g.value, unreduced, GROUP.p) == power(GROUP.g.value, small.value, GROUP.p)
    with pytest.raises(MalformedInput):
        GROUP.decode_scalar(unreduced.to_bytes(32, "big"))


@settings(max_examples=25)
@given(st.integers(0, 3), st.integers(1, Q - 1), st.text(max_size=3))
def test_proofs_of_any_nonce_verify(message: int, nonce: int, seed: str) -> None:
    xi = SecretScalar(GROUP.scalar(nonce))
    ciphertext = encrypt(K, message, xi.disclose())
    statement = OneOf(K, ciphertext.alpha, ciphertext.beta, 3)
    proof, _ = prove_one_of(statement, message, xi, PLACE, DeterministicRandomness(seed))
    assert verify(statement, proof, PLACE)


def test_a_contests_limit_is_proved_about_the_product_of_its_options() -> None:
    """One vote in three options; the limit proof hashes no option and does not stand for another product."""
    nonces = [SecretScalar.random(GROUP, RANDOMNESS) for _ in range(3)]
    ciphertexts = [encrypt(K, m, xi.disclose()) for m, xi in zip((0, 1, 0), nonces, strict=True)]
    total = ciphertexts[0] * ciphertexts[1] * ciphertexts[2]
    limit = OneOf(K, total.alpha, total.beta, 1)
    place = replace(PLACE, place=Place(1))
    proof, _ = prove_one_of(limit, 1, nonces[0].plus(nonces[1]).plus(nonces[2]), place, RANDOMNESS)
    assert verify(limit, proof, place)
    stuffed = total * ciphertexts[1]
    assert not verify(OneOf(K, stuffed.alpha, stuffed.beta, 1), proof, place)
    assert not verify(limit, proof, PLACE)
