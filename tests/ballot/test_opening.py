"""A published opening is what the ciphertext holds, and nothing near it is."""

from dataclasses import replace

import pytest

from e2evote.algebra.elgamal import encrypt
from e2evote.algebra.group import Residue
from e2evote.algebra.parameters import ELECTIONGUARD_4096
from e2evote.proofs.opening import Opening, nonce, reopened
from e2evote.proofs.place import Place
from tests.ballot.election import GROUP

K = GROUP.g ** GROUP.scalar(1234)
H_I, SEED, PLACE = b"\x11" * 32, b"\x22" * 32, Place(2, 3)
MADE = encrypt(K, 1, nonce(GROUP, H_I, PLACE, SEED))
OPENING = Opening(K, MADE.alpha, MADE.beta, 1, PLACE)


def test_the_right_opening() -> None:
    assert reopened(OPENING, H_I, SEED)
    outside = replace(OPENING, alpha=GROUP.decode_residue(MADE.alpha.encode()))
    assert reopened(outside, H_I, SEED), "before membership is known, too"


@pytest.mark.parametrize(
    "changed",
    [
        replace(OPENING, value=0),
        replace(OPENING, value=2),
        replace(OPENING, place=Place(2, 2)),
        replace(OPENING, place=Place(3, 3)),
        replace(OPENING, alpha=MADE.alpha * GROUP.g),
        replace(OPENING, beta=MADE.beta * K),
        replace(OPENING, alpha=MADE.beta, beta=MADE.alpha),
        replace(OPENING, K=K * GROUP.g),
        replace(OPENING, alpha=Residue(GROUP, GROUP.p - MADE.alpha.value)),
    ],
    ids=["0", "2", "option", "contest", "alpha", "beta", "exchanged", "key", "sign"],
)
def test_anything_else(changed: Opening) -> None:
    assert not reopened(changed, H_I, SEED)


def test_another_seed_or_ballot() -> None:
    assert not reopened(OPENING, H_I, b"\x23" + SEED[1:])
    assert not reopened(OPENING, b"\x12" + H_I[1:], SEED)


def test_a_rerandomised_ciphertext_is_not_the_one_that_was_opened() -> None:
    xi = GROUP.scalar(77)
    assert not reopened(replace(OPENING, alpha=MADE.alpha * GROUP.g**xi, beta=MADE.beta * K**xi), H_I, SEED)


def test_misuse() -> None:
    with pytest.raises(ValueError, match="only an option has a nonce"):
        nonce(GROUP, H_I, Place(2), SEED)
    with pytest.raises(ValueError, match="seed: 31 bytes, want 32"):
        nonce(GROUP, H_I, PLACE, SEED[1:])
    for value in (-1, True, int(GROUP.q)):
        with pytest.raises(ValueError, match="is not in"):
            Opening(K, MADE.alpha, MADE.beta, value, PLACE)


def test_the_nonce_is_a_scalar_of_the_group_asked_for() -> None:
    assert nonce(ELECTIONGUARD_4096, H_I, PLACE, SEED).value == nonce(GROUP, H_I, PLACE, SEED).value
    assert len({nonce(GROUP, H_I, Place(i, j), SEED).value for i in (1, 2, 3) for j in (1, 2, 3)}) == 9
