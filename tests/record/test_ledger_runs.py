"""The ledger over sorted runs says what the one in memory says, whatever the leaves are."""

import io
from typing import BinaryIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from e2evote.errors import Refused
from e2evote.record.ledger_runs import LedgerBuilder, SortedLedger
from e2evote.record.runs import SortedRuns
from e2evote.record.select import NO_PREVIOUS, Cast, Ledger

FEW = st.integers(0, 4).map(lambda number: bytes([number]) * 32)
LINE = st.sampled_from(["a", "a-", "a0", "aa", "b", "z" * 64, "0"])
EVENT = st.tuples(st.booleans(), FEW | st.none(), FEW | st.none(), LINE, st.integers(0, 3))


def leaves(rows: list[tuple[bool, bytes | None, bytes | None, str, int]]) -> list[Cast | tuple[int, bytes, bytes]]:
    """Ballots and challenges with gaps between them; None is a name of its own, `back` chooses among earlier ballots.

    With back 0 a ballot names its line's latest valid one, so that long chains of valid ballots occur too.
    """
    ledger, made, events = Ledger(), [NO_PREVIOUS], list[Cast | tuple[int, bytes, bytes]]()
    for number, (is_ballot, id, tracker, line, back) in enumerate(rows):
        index, own = 3 * number + 2, number.to_bytes(32, "big")
        id, tracker = id or b"i" + own[1:], tracker or b"t" + own[1:]
        if not is_ballot:
            events.append((index, id, tracker))
            ledger.challenge(id)
            continue
        prev = made[-min(back, len(made))] if back else ledger.previous(line)
        events.append(Cast(index, b"h" + own[1:], id, line, prev, tracker))
        made.append(b"h" + own[1:])
        ledger.cast(events[-1])
    return events


def both(events: list[Cast | tuple[int, bytes, bytes]], limit: int) -> tuple[Ledger, SortedLedger, int]:
    ledger, builder = Ledger(), LedgerBuilder(io.BytesIO, limit)
    for event in events:
        if isinstance(event, Cast):
            ledger.cast(event)
            builder.cast(event)
        else:
            ledger.challenge(event[1])
            builder.challenge(*event)
    size = 3 * len(events) + 5
    return ledger, builder.settled(size), size


@given(st.lists(EVENT, max_size=30), st.sampled_from([1, 300, 1 << 20]))
def test_both_ledgers_agree(rows: list[tuple[bool, bytes | None, bytes | None, str, int]], limit: int) -> None:
    events = leaves(rows)
    ledger, sorted_ledger, size = both(events, limit)
    wanted = [(line, (cast.index, cast.leaf_hash) if cast else None) for line, cast in ledger.lines()]
    for _ in range(2):
        found = [(line, (cast.index, cast.leaf_hash) if cast else None) for line, cast in sorted_ledger.lines()]
        assert found == wanted
    counted = [cast.index for cast in ledger.counted()]
    assert [index for index in range(size) if sorted_ledger.is_counted(index)] == counted
    assert sorted_ledger.ballots_counted == ledger.ballots_counted == len(counted)
    assert sorted_ledger.lines_named == len(wanted)
    assert sorted_ledger.valid == ledger.valid
    owners = dict((e.index, e.id) if isinstance(e, Cast) else e[:2] for e in events)
    for index, id in owners.items():
        assert sorted_ledger.repeats.owner(index) == min(other for other, name in owners.items() if name == id)


def test_the_generated_ledgers_have_every_reason() -> None:
    """So that the comparison above is one of something."""
    seen: set[str] = set()

    @given(st.lists(EVENT, max_size=30))
    def collect(rows: list[tuple[bool, bytes | None, bytes | None, str, int]]) -> None:
        ledger, _, _ = both(leaves(rows), 300)
        seen.update(reason for _, reason in ledger.invalid)

    collect()
    assert len(seen) == 4


class Full(io.BytesIO):
    """A disk without room."""

    def write(self, data: object) -> int:
        raise OSError(28, "No space left on device")


class Forgetful(io.BytesIO):
    """A disk that loses what it was given."""

    def read(self, size: int | None = -1) -> bytes:
        return b""


@pytest.mark.parametrize(("disk", "detail"), [(Full, "No space left on device"), (Forgetful, "lost what was written")])
def test_what_a_disk_does_is_a_named_error(disk: type[io.BytesIO], detail: str) -> None:
    def use() -> list[bytes]:
        runs = SortedRuns(1, disk, 2)
        for record in (b"b", b"a", b"c"):
            runs.add(record)
        return list(runs)

    with pytest.raises(Refused, match=detail) as refused:
        use()
    assert refused.value.code == "scratch"


@given(st.lists(st.binary(min_size=2, max_size=2)), st.sampled_from([1, 7, 1000]))
def test_runs_are_read_in_order_as_often_as_needed(records: list[bytes], limit: int) -> None:
    runs = SortedRuns(2, io.BytesIO, limit)
    for record in records:
        runs.add(record)
    assert len(runs) == len(records)
    assert list(runs) == list(runs) == sorted(records)


def test_scratch_files_are_closed_when_nobody_needs_them() -> None:
    made: list[BinaryIO] = []

    def scratch() -> BinaryIO:
        made.append(io.BytesIO())
        return made[-1]

    runs = SortedRuns(1, scratch, 2)
    for record in (b"b", b"a", b"c"):
        runs.add(record)
    assert list(runs) == [b"a", b"b", b"c"]
    assert not made[0].closed
    del runs
    assert made[0].closed
