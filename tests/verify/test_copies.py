"""Copies found by sorting are those found by remembering everything, in the same words and order."""

import io

from hypothesis import given
from hypothesis import strategies as st

from e2evote.record.names import Names
from e2evote.verify.checks import Check
from e2evote.verify.copies import Pads, check_uniqueness
from e2evote.verify.findings import Findings
from e2evote.verify.uniqueness import Appearance, Uniqueness

FEW = st.integers(0, 3).map(lambda number: bytes([number]) * 32)
MANY = st.integers(0, 40).map(lambda number: bytes([number]) * 32)
ROW = st.tuples(st.booleans(), FEW | MANY, FEW | MANY, st.none() | st.lists(FEW | MANY, max_size=3))
Row = tuple[bool, bytes, bytes, list[bytes] | None]


def remembered(rows: list[Row]) -> Findings:
    uniqueness, findings = Uniqueness(), Findings()
    for number, (is_ballot, id, tracker, pads) in enumerate(rows):
        subject = f"entry {2 * number + 1} ({'ballot' if is_ballot else 'challenge'})"
        uniqueness.take(Appearance(2 * number + 1, subject, is_ballot, id, tracker), pads, findings)
    findings.begin(Check.BALLOT_UNIQUE, Check.BALLOT_CHALLENGED)
    return findings


def sorted_(rows: list[Row], limit: int) -> Findings:
    names, pads, findings = Names(io.BytesIO, limit), Pads(io.BytesIO, limit), Findings()
    for number, (is_ballot, id, tracker, own) in reversed(list(enumerate(rows))):
        names.add(2 * number + 1, is_ballot, id, tracker)
        if own is not None:
            pads.add(2 * number + 1, own)
    repeats = names.repeats(2 * len(rows) + 3)
    pads.mark(repeats)
    check_uniqueness(((2 * number + 1, row[0]) for number, row in enumerate(rows)), repeats, findings)
    return findings


@given(st.lists(ROW, max_size=25), st.sampled_from([1, 200, 1 << 20]))
def test_sorting_finds_what_remembering_finds(rows: list[Row], limit: int) -> None:
    assert sorted_(rows, limit).checks == remembered(rows).checks


def test_every_problem_is_among_those_compared() -> None:
    seen: set[str] = set()

    @given(st.lists(ROW, max_size=25))
    def collect(rows: list[Row]) -> None:
        for check in (Check.BALLOT_UNIQUE, Check.BALLOT_CHALLENGED):
            for failure in sorted_(rows, 200).of(check).failures:
                seen.update(failure.detail.split("; "))

    collect()
    assert len(seen) == 8
