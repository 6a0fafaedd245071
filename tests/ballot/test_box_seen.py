"""The box's index of names and ciphertexts judges as the auditor does over everything."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from e2evote.ballot.box_seen import Seen
from e2evote.verify.checks import Check
from e2evote.verify.findings import Findings
from e2evote.verify.uniqueness import Appearance, Uniqueness

NAMES = st.integers(0, 3).map(lambda number: bytes([number]) * 32)


@st.composite
def appearances(draw: st.DrawFn) -> list[tuple[Appearance, tuple[bytes, ...]]]:
    """Ballots and challenges with few names and few ciphertexts, so that many are the same."""
    rows = draw(st.lists(st.tuples(st.booleans(), NAMES, NAMES, st.lists(NAMES, max_size=3)), max_size=12))
    return [
        (Appearance(index, f"entry {index}", is_ballot, id, tracker), tuple(pairs))
        for index, (is_ballot, id, tracker, pairs) in enumerate(rows)
    ]


@given(appearances())
def test_it_finds_what_the_auditor_finds(rows: list[tuple[Appearance, tuple[bytes, ...]]]) -> None:
    """Among entries that were taken in because nothing failed, which is all that a box ever has."""
    seen, whole = Seen(), Uniqueness()
    for leaf, pairs in rows:
        mine = Findings()
        seen.check(leaf, pairs, mine)
        seen.check(leaf, pairs, Findings())  # asking changes nothing
        trial = Uniqueness()
        trial.__dict__.update({name: _copy(value) for name, value in whole.__dict__.items()})
        theirs = Findings()
        trial.take(leaf, pairs, theirs)
        assert {check: mine.of(check).failures for check in Check} == {
            check: theirs.of(check).failures for check in Check
        }
        if not mine.failing():
            seen.take(leaf, pairs)
            whole.take(leaf, pairs, Findings())


def _copy(value: object) -> object:
    if isinstance(value, dict):
        return {key: _copy(inner) for key, inner in value.items()}
    return set(value) if isinstance(value, set) else value


BALLOT = Appearance(0, "entry 0", True, b"\x01" * 32, b"\x02" * 32)
PAIRS = (b"\x03" * 32, b"\x04" * 32)


@pytest.mark.parametrize(
    ("leaf", "pairs", "failing"),
    [
        (Appearance(1, "entry 1", True, b"\x05" * 32, b"\x06" * 32), (b"\x07" * 32,), set()),
        (Appearance(1, "entry 1", True, b"\x01" * 32, b"\x06" * 32), (), {Check.BALLOT_UNIQUE}),
        (Appearance(1, "entry 1", True, b"\x05" * 32, b"\x02" * 32), (), {Check.BALLOT_UNIQUE}),
        (Appearance(1, "entry 1", True, b"\x05" * 32, b"\x06" * 32), (PAIRS[1],), {Check.BALLOT_UNIQUE}),
        (Appearance(1, "entry 1", False, b"\x05" * 32, b"\x06" * 32), (PAIRS[0],), {Check.BALLOT_UNIQUE}),
        (Appearance(1, "entry 1", True, b"\x05" * 32, b"\x06" * 32), (b"\x07" * 32,) * 2, {Check.BALLOT_UNIQUE}),
        (Appearance(1, "entry 1", False, b"\x01" * 32, b"\x06" * 32), (), {Check.BALLOT_CHALLENGED}),
    ],
)
def test_a_copy_in_whole_or_in_part_is_found(leaf: Appearance, pairs: tuple[bytes, ...], failing: set[Check]) -> None:
    seen, findings = Seen(), Findings()
    seen.take(BALLOT, PAIRS)
    seen.check(leaf, pairs, findings)
    assert findings.failing() == failing
    assert seen.ballot_with(BALLOT.tracker) == BALLOT
    assert seen.ballot_with(BALLOT.id) is None
