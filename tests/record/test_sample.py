"""The turnout audit's sample and what it can find (docs/spec.md, section 15; threats, S7)."""

from fractions import Fraction
from hashlib import sha256
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from e2evote.board.checkpoint import Checkpoint
from e2evote.record.roll_row import line_of
from e2evote.record.sample import detection_power, drawn, impersonated, power_shown, seed_of, size_for

CHECKPOINT = Checkpoint("example.org/vote", 612, bytes(range(32))).text()
LINES = tuple(line_of(i) for i in range(1, 41))


def test_the_seed_is_the_hash_of_three_lines_and_the_digits() -> None:
    text = b"example.org/vote\n612\nAAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n"
    assert seed_of(CHECKPOINT, "271828") == sha256(text + b"271828").digest()
    assert seed_of(CHECKPOINT, "271829") != seed_of(CHECKPOINT, "271828")


def test_the_sample_is_what_sorting_all_hashes_gives() -> None:
    seed = seed_of(CHECKPOINT, "271828")
    by_hash = sorted(LINES, key=lambda line: sha256(seed + line.encode()).digest())
    assert drawn(seed, LINES, 7) == tuple(by_hash[:7])
    assert drawn(seed, reversed(LINES), 7) == tuple(by_hash[:7])
    assert drawn(seed, LINES, 8)[:7] == drawn(seed, LINES, 7)
    assert drawn(seed, LINES, 1000) == tuple(by_hash)
    assert drawn(seed, (), 5) == ()


def test_another_draw_or_another_log_is_another_sample() -> None:
    other_log = Checkpoint("example.org/vote", 613, bytes(range(32))).text()
    samples = {
        drawn(seed_of(text, digits), LINES, 10) for text in (CHECKPOINT, other_log) for digits in ("0" * 6, "1" * 6)
    }
    assert len(samples) == 4


@pytest.mark.parametrize(("voters", "false"), [(1, 1), (5, 0), (6, 2), (7, 7), (8, 3)])
def test_the_power_is_the_share_of_all_samples_that_have_a_false_line(voters: int, false: int) -> None:
    for size in range(voters + 1):
        samples = list(combinations(range(voters), size))
        found = sum(1 for sample in samples if any(line < false for line in sample))
        assert detection_power(voters, false, size) == Fraction(found, len(samples))
        assert power_shown(voters, false, size) == found * 10_000 // len(samples)


@pytest.mark.parametrize(("share", "size"), [((1, 20), 59), ((1, 50), 149), ((1, 100), 299)])
def test_sizes_for_95_percent_among_very_many_voters(share: tuple[int, int], size: int) -> None:
    """The numbers of S7, 1 - (1-f)^n ≥ 95 %, are the limit for a large electorate; of few voters fewer will do."""
    power, fraction = Fraction(95, 100), Fraction(*share)
    assert size_for(power, fraction, 10**7) == size
    assert size_for(power, fraction, 2000) < size


@given(
    st.integers(1, 300), st.fractions(Fraction(1, 200), 1, max_denominator=200), st.sampled_from([50, 90, 95, 99, 100])
)
def test_the_size_for_a_power_is_the_smallest(voters: int, share: Fraction, percent: int) -> None:
    power, false = Fraction(percent, 100), impersonated(share, voters)
    size = size_for(power, share, voters)
    assert detection_power(voters, false, size) >= power
    assert detection_power(voters, false, size - 1) < power


def test_a_share_of_lines_is_rounded_up() -> None:
    assert [impersonated(Fraction(1, 20), voters) for voters in (1, 20, 21, 213)] == [1, 1, 2, 11]


def test_whoever_asks_everybody_finds_a_single_one() -> None:
    assert detection_power(213, 1, 213) == 1
    assert size_for(Fraction(1), Fraction(1, 213), 213) == 213


def test_a_large_selection_takes_no_time() -> None:
    assert power_shown(10**6, impersonated(Fraction(1, 20), 10**6), 10**5) == 10_000 - 1
    assert 2990 <= size_for(Fraction(95, 100), Fraction(1, 1000), 10**6) <= 2996


@pytest.mark.parametrize(
    "ask",
    [
        lambda: drawn(bytes(32), LINES, 0),
        lambda: drawn(bytes(31), LINES, 5),
        lambda: detection_power(10, 11, 3),
        lambda: detection_power(10, 3, 11),
        lambda: impersonated(Fraction(0), 10),
        lambda: impersonated(Fraction(3, 2), 10),
        lambda: size_for(Fraction(0), Fraction(1, 20), 10),
        lambda: size_for(Fraction(2), Fraction(1, 20), 10),
        lambda: size_for(Fraction(95, 100), Fraction(1, 20), 0),
    ],
)
def test_questions_without_an_answer_are_our_own_mistake(ask) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(ValueError, match="sample"):
        ask()
