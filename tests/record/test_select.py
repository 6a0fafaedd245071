"""Which ballots count (docs/spec.md, section 7), on leaves alone."""

import pytest

from e2evote.record.select import NO_PREVIOUS, Cast, Ledger


def cast(number: int, line: str, prev: bytes = NO_PREVIOUS, **other: bytes) -> Cast:
    own = number.to_bytes(32, "big")
    return Cast(number, b"h" + own[1:], other.get("id", b"i" + own[1:]), line, prev, other.get("tracker", own))


def counted(*events: Cast | bytes) -> tuple[list[int], list[int]]:
    """Indices of the counted ballots, and of the invalid ones; bytes are ids of challenges."""
    ledger = Ledger()
    for event in events:
        if isinstance(event, Cast):
            ledger.cast(event)
        else:
            ledger.challenge(event)
    return [c.index for c in ledger.counted()], [index for index, _ in ledger.invalid]


FIRST = cast(1, "a")


@pytest.mark.parametrize(
    ("events", "expected"),
    [
        ((), ([], [])),
        ((FIRST,), ([1], [])),
        ((FIRST, cast(2, "a", FIRST.leaf_hash)), ([2], [])),
        ((FIRST, cast(2, "b")), ([1, 2], [])),
        # a second first ballot is a stale one
        ((FIRST, cast(2, "a")), ([1], [2])),
        # an older ballot named again, after a newer one
        ((FIRST, cast(2, "a", FIRST.leaf_hash), cast(3, "a", FIRST.leaf_hash)), ([2], [3])),
        # the chain goes on from the last valid one, not from an invalid one
        ((FIRST, cast(2, "a"), cast(3, "a", FIRST.leaf_hash)), ([3], [2])),
        ((FIRST, cast(2, "a"), cast(3, "a", cast(2, "a").leaf_hash)), ([1], [2, 3])),
        # another line's ballot is no predecessor
        ((FIRST, cast(2, "b", FIRST.leaf_hash)), ([1], [2])),
        # a line whose only ballot is invalid has no ballot
        ((cast(1, "a", b"x" * 32),), ([], [1])),
        ((cast(1, "a", b"x" * 32), cast(2, "a")), ([2], [1])),
        # identifiers and trackers count once, whoever has them
        ((FIRST, cast(2, "b", id=FIRST.id)), ([1], [2])),
        ((FIRST, cast(2, "b", tracker=FIRST.tracker)), ([1], [2])),
        ((cast(1, "a", b"x" * 32), cast(2, "b", id=cast(1, "a").id)), ([], [1, 2])),
        # a challenge before excludes the ballot, one after does not
        ((FIRST.id, FIRST), ([], [1])),
        ((FIRST, FIRST.id), ([1], [])),
    ],
)
def test_the_rule(events: tuple[Cast | bytes, ...], expected: tuple[list[int], list[int]]) -> None:
    assert counted(*events) == expected


def test_lines_are_in_the_order_of_their_bytes_with_those_that_have_no_ballot() -> None:
    ledger = Ledger()
    for event in (cast(1, "b"), cast(2, "a-"), cast(3, "a"), cast(4, "c", b"x" * 32)):
        ledger.cast(event)
    assert [(line, c.index if c else 0) for line, c in ledger.lines()] == [("a", 3), ("a-", 2), ("b", 1), ("c", 0)]


def test_an_objection_is_said_before_anything_is_written() -> None:
    ledger = Ledger()
    ledger.cast(FIRST)
    assert ledger.objection(cast(2, "a")) == "prev is not the line's latest valid ballot"
    assert ledger.objection(cast(2, "a", FIRST.leaf_hash)) == ""
    assert ledger.previous("a") == FIRST.leaf_hash
    assert ledger.previous("b") == NO_PREVIOUS
