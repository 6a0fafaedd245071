"""Knowledge of a logarithm: the seal of an encrypted share cannot be forged, moved or copied."""

from dataclasses import replace

import pytest

from e2evote.algebra.group import Scalar
from e2evote.algebra.parameters import TEST_512
from e2evote.proofs.known_log import KnownLog, KnownLogProof, ShareSeal, commitments, verify
from e2evote.proofs.place import index4
from e2evote.secret.prove import prove_known_log
from e2evote.secret.scalar import SecretScalar
from tests.randomness import DeterministicRandomness

GROUP = TEST_512
RANDOMNESS = DeterministicRandomness("known-log")
XI = SecretScalar.random(GROUP, RANDOMNESS)
STATEMENT = KnownLog(XI.power_of(GROUP.g))
SEAL = ShareSeal(b"\x11" * 32, 1, 2, b"\x22" * 64)
PROOF, HINTS = prove_known_log(STATEMENT, XI, SEAL, RANDOMNESS)
ONE = GROUP.scalar(1)


def test_the_honest_proof_verifies_and_its_commitment_is_the_hint() -> None:
    assert verify(STATEMENT, PROOF, SEAL)
    assert tuple(product.value() for product in commitments(STATEMENT, PROOF)) == HINTS


@pytest.mark.parametrize(
    "seal",
    [
        replace(SEAL, parameter_hash=b"\x12" * 32),
        replace(SEAL, dealer=3),
        replace(SEAL, receiver=3),
        replace(SEAL, dealer=2, receiver=1),
        replace(SEAL, sealed=b"\x22" * 63 + b"\x23"),
    ],
    ids=["election", "dealer", "receiver", "exchanged", "content"],
)
def test_a_seal_serves_one_share_only(seal: ShareSeal) -> None:
    assert not verify(STATEMENT, PROOF, seal)


def test_a_challenge_of_ones_own_choice_is_refused() -> None:
    """For any c and v there is a commitment g^v·K^c: without recomputing c, anyone proves anything."""
    stranger = KnownLog(GROUP.g ** GROUP.scalar(99) * STATEMENT.K)
    forged = KnownLogProof(GROUP.scalar(12345), GROUP.scalar(67890))
    assert verify(stranger, forged, lambda statement, values: forged.c)
    assert not verify(stranger, forged, SEAL)


def test_a_changed_proof_is_refused() -> None:
    for proof in (
        KnownLogProof(PROOF.c + ONE, PROOF.v),
        KnownLogProof(PROOF.c, PROOF.v + ONE),
        KnownLogProof(PROOF.c, -PROOF.v),
        KnownLogProof(-PROOF.c, PROOF.v),
        KnownLogProof(GROUP.scalar(0), GROUP.scalar(0)),
    ):
        assert not verify(STATEMENT, proof, SEAL)


def test_the_proof_of_one_pad_is_none_of_another() -> None:
    assert not verify(KnownLog(STATEMENT.K * GROUP.g), PROOF, SEAL)
    assert not verify(KnownLog(STATEMENT.K.inverse()), KnownLogProof(-PROOF.c, PROOF.v), SEAL)


def test_the_statement_is_hashed() -> None:
    """Where only the commitment is hashed, K can be chosen after the challenge: K = (γ·g^-v)^(1/c)."""
    gamma = GROUP.g ** GROUP.scalar(4)

    def weak(statement: KnownLog, values: object) -> Scalar:
        return SEAL(KnownLog(GROUP.g), [gamma])

    c = weak(STATEMENT, None)
    v = GROUP.scalar(77)
    afterwards = KnownLog((gamma * GROUP.g**-v) ** c.inverse())
    assert verify(afterwards, KnownLogProof(c, v), weak)
    assert not verify(afterwards, KnownLogProof(c, v), SEAL)


@pytest.mark.parametrize("index", [0, -1, True, 2**31, "1", 1.0])
def test_parties_are_numbered_from_1(index: int) -> None:
    with pytest.raises(ValueError, match=r"index|four-byte"):
        index4(index, "dealer")
    with pytest.raises(ValueError, match=r"index|four-byte"):
        verify(STATEMENT, PROOF, replace(SEAL, dealer=index))
