"""A trustee's keys: every one of its k + 1 logarithms is proved, for one purpose, trustee and election."""

from dataclasses import replace

import pytest

from e2evote.algebra.parameters import TEST_512
from e2evote.proofs.key_proof import KeyChallenge, KeyProof, Keys, Purpose, commitments, verify
from e2evote.secret.prove import prove_key
from e2evote.secret.scalar import SecretScalar
from tests.randomness import DeterministicRandomness

GROUP = TEST_512
RANDOMNESS = DeterministicRandomness("key-proof")
SECRETS = [SecretScalar.random(GROUP, RANDOMNESS) for _ in range(4)]
POWERS = tuple(secret.power_of(GROUP.g) for secret in SECRETS)
KEYS = Keys(2, POWERS[:3], POWERS[3])
CHALLENGE = KeyChallenge(b"\x11" * 32, Purpose.VOTE)
PROOF, HINTS = prove_key(KEYS, SECRETS, CHALLENGE, RANDOMNESS)
ONE = GROUP.scalar(1)


def test_the_honest_proof_verifies_and_its_commitments_are_the_hints() -> None:
    assert verify(KEYS, PROOF, CHALLENGE)
    assert tuple(product.value() for product in commitments(KEYS, PROOF)) == HINTS


@pytest.mark.parametrize("position", range(4))
def test_every_response_is_checked(position: int) -> None:
    v = list(PROOF.v)
    v[position] = v[position] + ONE
    assert not verify(KEYS, KeyProof(PROOF.c, tuple(v)), CHALLENGE)


@pytest.mark.parametrize("position", range(4))
def test_every_key_is_proved(position: int) -> None:
    """A key made from another trustee's, whose logarithm nobody knows, at each place in turn."""
    keys = [*KEYS.K, KEYS.kappa]
    keys[position] = keys[position] * (GROUP.g ** GROUP.scalar(1000)).inverse()
    rogue = Keys(2, tuple(keys[:3]), keys[3])
    assert not verify(rogue, PROOF, CHALLENGE)
    forged, _ = prove_key(rogue, SECRETS, CHALLENGE, RANDOMNESS)
    assert not verify(rogue, forged, CHALLENGE)


@pytest.mark.parametrize("count", [0, 1, 3, 5])
def test_another_number_of_responses_is_false(count: int) -> None:
    proof = KeyProof(PROOF.c, (*PROOF.v, ONE)[:count])
    assert not verify(KEYS, proof, lambda keys, values: PROOF.c)
    with pytest.raises(ValueError, match=f"{count} responses for 4 keys"):
        commitments(KEYS, proof)


def test_a_proof_without_some_keys_is_none_of_all_keys() -> None:
    """A proof for a shorter polynomial does not serve the longer one, nor the other way round."""
    shorter = Keys(2, KEYS.K[:2], KEYS.kappa)
    proof, _ = prove_key(shorter, [*SECRETS[:2], SECRETS[3]], CHALLENGE, RANDOMNESS)
    assert verify(shorter, proof, CHALLENGE)
    assert not verify(KEYS, proof, CHALLENGE)
    assert not verify(shorter, PROOF, CHALLENGE)


def test_the_place_of_a_key_is_part_of_the_statement() -> None:
    exchanged = Keys(2, (KEYS.K[1], KEYS.K[0], KEYS.K[2]), KEYS.kappa)
    v = (PROOF.v[1], PROOF.v[0], *PROOF.v[2:])
    assert not verify(exchanged, KeyProof(PROOF.c, v), CHALLENGE)


@pytest.mark.parametrize(
    ("keys", "challenge"),
    [
        (replace(KEYS, trustee=1), CHALLENGE),
        (KEYS, replace(CHALLENGE, purpose=Purpose.DATA)),
        (KEYS, replace(CHALLENGE, parameter_hash=b"\x12" * 32)),
    ],
    ids=["trustee", "purpose", "election"],
)
def test_a_proof_serves_one_trustee_purpose_and_election(keys: Keys, challenge: KeyChallenge) -> None:
    assert not verify(keys, PROOF, challenge)


def test_a_challenge_of_ones_own_choice_is_refused() -> None:
    stranger = Keys(2, tuple(K * GROUP.g for K in KEYS.K), KEYS.kappa)
    assert verify(stranger, PROOF, lambda keys, values: PROOF.c)
    assert not verify(stranger, PROOF, CHALLENGE)


def test_a_polynomial_has_coefficients_and_each_secret_a_key() -> None:
    with pytest.raises(ValueError, match="without coefficients"):
        Keys(1, (), KEYS.kappa)
    with pytest.raises(ValueError, match="3 secrets for 4 keys"):
        prove_key(KEYS, SECRETS[:3], CHALLENGE, RANDOMNESS)
