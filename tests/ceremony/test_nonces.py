"""Derived nonces: the same for the same purpose, others for any other, and only for who has the seed."""

from collections import Counter

import pytest

from e2evote.algebra.parameters import TEST_512
from e2evote.ceremony.nonces import DerivedRandomness
from e2evote.ceremony.states import Revealed
from e2evote.secret.scalar import SecretScalar
from tests.randomness import DeterministicRandomness
from tests.simulate.ceremony import Board, honest, make_setup

SEED = bytes(range(32))


def test_the_same_purpose_gives_the_same_numbers() -> None:
    first, second = (DerivedRandomness(SEED, b"a", b"b") for _ in range(2))
    numbers = [first.below(10**30) for _ in range(5)]
    assert numbers == [second.below(10**30) for _ in range(5)]
    assert len(set(numbers)) == 5
    assert first.bytes(40) == second.bytes(40)


def test_anything_else_gives_others() -> None:
    sources = [
        DerivedRandomness(SEED, b"a", b"b"),
        DerivedRandomness(bytes(32), b"a", b"b"),
        DerivedRandomness(SEED, b"ab"),
        DerivedRandomness(SEED, b"ab", b""),
        DerivedRandomness(SEED, b"", b"ab"),
        DerivedRandomness(SEED),
        DerivedRandomness(SEED, b"a", b"b", b""),
    ]
    assert len({source.bytes(32) for source in sources}) == len(sources)


@pytest.mark.parametrize("bound", [1, 2, 3, 5, 255, 256, 257])
def test_numbers_are_below_their_bound_and_all_of_them_come(bound: int) -> None:
    source = DerivedRandomness(SEED, bound.to_bytes(2, "big"))
    counts = Counter(source.below(bound) for _ in range(20 * bound))
    assert set(counts) == set(range(bound))


@pytest.mark.parametrize("size", [1, 31, 32, 33, 64, 100])
def test_bytes_have_their_length(size: int) -> None:
    assert len(DerivedRandomness(SEED).bytes(size)) == size


def test_misuse() -> None:
    for seed in (b"", bytes(31), bytes(33)):
        with pytest.raises(ValueError, match="want 32"):
            DerivedRandomness(seed)
    for bound in (0, -1):
        with pytest.raises(ValueError, match="no number"):
            DerivedRandomness(SEED).below(bound)
    with pytest.raises(ValueError, match="0 bytes"):
        DerivedRandomness(SEED).bytes(0)
    assert SEED.hex() not in repr(DerivedRandomness(SEED))


def revealed(n: int = 3, session: int = 1, seed: str = "", others: str = "") -> Revealed:
    """Trustee 1 after the commits; `others` changes what the others committed to."""
    setup = make_setup(n, n)
    parties = honest(n, seed)
    board = Board(setup, session, {})
    drawn = parties[0].draw(board)
    commits = [drawn.commit(), *(DeterministicRandomness(f"{i}{others}").bytes(32) for i in range(n - 1))]
    return Revealed(drawn, tuple(commits))


def test_nonces_of_seals_are_bound_to_everything_they_must_not_be_repeated_in() -> None:
    """Two proofs with one nonce and two challenges would open the share, so all that changes a challenge counts."""
    states = [
        (revealed(), 2),
        (revealed(), 3),
        (revealed(others="!"), 2),
        (revealed(session=2), 2),
        (revealed(seed="!"), 2),
    ]
    nonces = []
    for state, receiver in states:
        source = state.nonces_for(receiver)
        xi, u = (SecretScalar.random(TEST_512, source).disclose() for _ in range(2))
        assert xi == state.nonce_of_seal(receiver).disclose()
        nonces += [xi, u]
    assert len(set(nonces)) == 2 * len(states)
