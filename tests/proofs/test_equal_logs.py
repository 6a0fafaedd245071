"""Decryption shares: each equation and each hashed field has a forgery that only it refuses."""

from dataclasses import replace

import pytest

from e2evote.algebra.group import Scalar
from e2evote.algebra.integers import Integer, power
from e2evote.algebra.parameters import TEST_512
from e2evote.errors import NotMembers
from e2evote.proofs.equal_logs import DecryptionShare, EqualLogs, EqualLogsProof, commitments, verify
from e2evote.secret.prove import prove_equal_logs
from e2evote.secret.scalar import SecretScalar
from tests.randomness import DeterministicRandomness

GROUP = TEST_512
RANDOMNESS = DeterministicRandomness("equal-logs")
Z = SecretScalar.random(GROUP, RANDOMNESS)
A, B = (SecretScalar.random(GROUP, RANDOMNESS).power_of(GROUP.g) for _ in range(2))
STATEMENT = EqualLogs(Z.power_of(GROUP.g), A, Z.power_of(A))
SHARE = DecryptionShare(b"\x11" * 32, 1, 2, 3, B, b"\x22" * 32)
PROOF, HINTS = prove_equal_logs(STATEMENT, Z, SHARE, RANDOMNESS)
ONE = GROUP.scalar(1)


def test_the_honest_proof_verifies_and_its_commitments_are_the_hints() -> None:
    assert verify(STATEMENT, PROOF, SHARE)
    assert tuple(product.value() for product in commitments(STATEMENT, PROOF)) == HINTS


def test_the_share_of_an_empty_tally_can_only_be_1() -> None:
    empty = EqualLogs(STATEMENT.K, GROUP.identity, GROUP.identity)
    proof, _ = prove_equal_logs(empty, Z, SHARE, RANDOMNESS)
    assert verify(empty, proof, SHARE)
    claimed = replace(empty, M=GROUP.g)
    forged, _ = prove_equal_logs(claimed, Z, SHARE, RANDOMNESS)
    assert not verify(claimed, forged, SHARE)


def test_a_share_with_another_key_is_refused_by_the_first_equation() -> None:
    """M = A^s for an s that is not the key: only a = g^v·K^c sees it."""
    s = SecretScalar.random(GROUP, RANDOMNESS)
    false = EqualLogs(STATEMENT.K, A, s.power_of(A))
    proof, (a, b) = prove_equal_logs(false, s, SHARE, RANDOMNESS)
    first, second = (product.value() for product in commitments(false, proof))
    assert (first == a, second == b) == (False, True)
    assert not verify(false, proof, SHARE)


def test_a_wrong_share_is_refused_by_the_second_equation() -> None:
    """The prover knows the key but claims another share: only b = A^v·M^c sees it."""
    false = replace(STATEMENT, M=STATEMENT.M * GROUP.g)
    proof, (a, b) = prove_equal_logs(false, Z, SHARE, RANDOMNESS)
    first, second = (product.value() for product in commitments(false, proof))
    assert (first == a, second == b) == (True, False)
    assert not verify(false, proof, SHARE)


@pytest.mark.parametrize(
    "share",
    [
        replace(SHARE, extended_base_hash=b"\x12" * 32),
        replace(SHARE, contest=2),
        replace(SHARE, option=1),
        replace(SHARE, contest=2, option=1),
        replace(SHARE, trustee=2),
        replace(SHARE, B=B * GROUP.g),
        replace(SHARE, tally_statement=b"\x23" * 32),
    ],
    ids=["election", "contest", "option", "exchanged", "trustee", "B", "tally"],
)
def test_a_proof_serves_one_share_of_one_tally(share: DecryptionShare) -> None:
    assert not verify(STATEMENT, PROOF, share)


@pytest.mark.parametrize("field", ["K", "A", "M"])
def test_a_proof_serves_one_statement(field: str) -> None:
    other = replace(STATEMENT, **{field: getattr(STATEMENT, field) * GROUP.g})
    assert not verify(other, PROOF, SHARE)


def test_a_changed_proof_is_refused() -> None:
    for proof in (
        EqualLogsProof(PROOF.c + ONE, PROOF.v),
        EqualLogsProof(PROOF.c, PROOF.v + ONE),
        EqualLogsProof(PROOF.v, PROOF.c),
        EqualLogsProof(GROUP.scalar(0), GROUP.scalar(0)),
    ):
        assert not verify(STATEMENT, proof, SHARE)


def test_the_claimed_share_is_hashed() -> None:
    """Where M is left out of the hash it can be chosen last: M = (b·A^-v)^(1/c), any b with any a = g^u."""
    u, b = GROUP.scalar(5), GROUP.g ** GROUP.scalar(6)

    def weak(statement: EqualLogs, values: object) -> Scalar:
        return SHARE(STATEMENT, [GROUP.g**u, b])

    c = weak(STATEMENT, None)
    v = u - c * Z.disclose()
    false = replace(STATEMENT, M=(b * A**-v) ** c.inverse())
    assert false.M != STATEMENT.M
    assert verify(false, EqualLogsProof(c, v), weak)
    assert not verify(false, EqualLogsProof(c, v), SHARE)


def test_a_share_with_a_changed_sign_is_no_element() -> None:
    """With an even challenge (p - M)^c = M^c, so no equation can see the sign; membership does."""
    p = GROUP.p
    flipped = p - STATEMENT.M.value
    even = Integer(2 * 12345)
    assert power(flipped, even, p) == power(STATEMENT.M.value, even, p)
    residue = GROUP.decode_residue(flipped.to_bytes(GROUP.element_size, "big"))
    with pytest.raises(NotMembers):
        GROUP.screen([residue])


@pytest.mark.parametrize("index", [0, True, 2**31])
@pytest.mark.parametrize("field", ["contest", "option", "trustee"])
def test_places_are_numbered_from_1(field: str, index: int) -> None:
    with pytest.raises(ValueError, match=r"index|four-byte"):
        verify(STATEMENT, PROOF, replace(SHARE, **{field: index}))
