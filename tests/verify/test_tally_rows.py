"""tally.rows without all rows in memory: the same failures, in the same order and words, as with them."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from io import BytesIO
from typing import BinaryIO, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from e2evote.board.merkle import EMPTY_ROOT, leaf_hash, root
from e2evote.manifest.voters import ONLINE
from e2evote.record.bodies import Body, Stated
from e2evote.record.rows import COUNTED, NO_CHANNEL, NOT_VOTED, Row, rows_of, stated_by
from e2evote.record.select import Cast, Ledger
from e2evote.record.stated import PostedStatement, read_statement
from e2evote.verify.checks import Check
from e2evote.verify.findings import Findings
from e2evote.verify.leaves import Entry
from e2evote.verify.tally import Board, TallyEntries, check_rows
from e2evote.verify.tally_rows import compare, differing_lines
from tests.ballot.election import GROUP
from tests.tally.closed import closed

CLOSED = closed()
OWN, MANIFEST = CLOSED.statement(), CLOSED.election.manifest


@dataclass(frozen=True)
class Leaf:
    body: Body


@dataclass(frozen=True)
class Posted:
    """Just what the check asks of the statement's entry."""

    leaf: Leaf
    subject: str = "entry 9: tally.statement"


@dataclass(frozen=True)
class Lines:
    """Just what the check asks a ledger."""

    of: tuple[tuple[str, Cast | None], ...]

    def lines(self) -> tuple[tuple[str, Cast | None], ...]:
        return self.of


def no_scratch() -> BinaryIO:
    raise AssertionError("nothing was to be sorted")


def posted(rows: Iterable[Row]) -> PostedStatement:
    data = replace(OWN, rows=tuple(rows)).encode()
    return read_statement(lambda: (data,), MANIFEST, GROUP)


def checked(
    ledger: Ledger | Lines, rows: Iterable[Row], scratch: object = BytesIO, body: Body | None = None
) -> tuple[int, list[str]]:
    """How many were examined, and every failure. body: that of the leaf, if it is not that of these rows."""
    findings, stated = Findings(), posted(rows)
    read = TallyEntries(statement=cast(Entry, Posted(Leaf(body or stated.body))), stated=stated)
    check_rows(read, Board(cast(Ledger, ledger), None), findings, scratch)  # type: ignore[arg-type]
    tally = findings.of(Check.TALLY_ROWS)
    assert tally.failed == len(tally.failures)
    return tally.examined, [f"{failure.subject}: {failure.detail}" for failure in tally.failures]


def by_dictionaries(expected: list[Row], stated: list[Row]) -> list[str]:
    wanted, given = {row.line: row for row in expected}, {row.line: row for row in stated}
    return [line for line in sorted(wanted.keys() | given.keys()) if wanted.get(line) != given.get(line)]


def wrong(*lines: str) -> list[str]:
    return [f"line {line}: its row is not that of the ballots on the board" for line in lines]


FIRST, SECOND, THIRD, FOURTH = OWN.rows
ORDER = ["entry 9: tally.statement: a row occurs twice, or rows are not in order"]
OTHER = replace(SECOND, leaf=bytes(32))
NOBODY = Row("zz", NO_CHANNEL, b"", NOT_VOTED)


@pytest.mark.parametrize(
    ("rows", "examined", "failures"),
    [
        (OWN.rows, 4, []),
        ((FIRST, THIRD, FOURTH), 4, wrong(SECOND.line)),
        ((*OWN.rows, NOBODY), 5, wrong("zz")),
        ((FIRST, OTHER, THIRD, FOURTH), 4, wrong(SECOND.line)),
        ((), 4, wrong(*(row.line for row in OWN.rows))),
        ((FIRST, *OWN.rows), 5, ORDER),
        (OWN.rows[::-1], 4, ORDER),
        # The last row of a line is the one that counts.
        ((FIRST, OTHER, SECOND, THIRD, FOURTH), 5, ORDER),
        ((FIRST, SECOND, OTHER, THIRD, FOURTH), 5, wrong(SECOND.line)),
        ((NOBODY, OTHER, FIRST), 4, wrong(*(row.line for row in (SECOND, THIRD, FOURTH)), "zz")),
    ],
)
def test_failures_name_the_lines(rows: tuple[Row, ...], examined: int, failures: list[str]) -> None:
    assert checked(CLOSED.ledger, rows) == (examined, failures)


def test_the_leaf_says_what_rows_there_are() -> None:
    good = stated_by(OWN.rows)
    assert good == OWN.body() == posted(OWN.rows).body
    assert good.rows == root([leaf_hash(row.encode()) for row in OWN.rows])
    assert stated_by(()) == Stated(0, EMPTY_ROOT)
    for body in (
        Stated(3, good.rows),
        Stated(4, bytes(32)),
        stated_by(OWN.rows[::-1]),
        stated_by(OWN.rows[1:]),
        Body(),
    ):
        detail = f"the leaf does not name the 4 rows of root {good.rows.hex()}"
        assert checked(CLOSED.ledger, OWN.rows, no_scratch, body) == (4, [f"entry 9: tally.statement: {detail}"])


def test_rows_that_are_right_are_not_sorted() -> None:
    assert checked(CLOSED.ledger, OWN.rows, no_scratch) == (4, [])


def test_without_any_line_there_is_one_subject() -> None:
    assert checked(Ledger(), (), no_scratch) == (1, [])
    assert checked(Ledger(), (NOBODY,)) == (1, wrong("zz"))


def many(number: int) -> tuple[tuple[str, Cast | None], ...]:
    """Lines in order, with and without a ballot."""
    leaf = [i.to_bytes(32, "big") for i in range(number)]
    return tuple((f"{i:08}", Cast(i, leaf[i], leaf[i], "", leaf[i], leaf[i]) if i % 7 else None) for i in range(number))


def test_many_rows_in_any_order_are_sorted_on_scratch_files() -> None:
    ledger, used = Lines(many(11_000)), []

    def scratch() -> BinaryIO:
        used.append(BytesIO())
        return used[-1]

    rows = list(rows_of(cast(Ledger, ledger), None))
    assert checked(ledger, rows[::-1], scratch) == (11_000, ORDER)
    assert used
    rows[2346] = replace(rows[2346], leaf=bytes(32))
    del rows[7000]
    assert checked(ledger, rows[::-1]) == (11_000, wrong("00002346", "00007000"))


LINES = st.sampled_from(["0", "00", "0-", "a", "a-", "a0", "b", "z" * 64])
LEAVES = st.sampled_from([bytes(32), b"\x01" * 32])
ROW = st.one_of(
    st.builds(Row, LINES, st.just(ONLINE), LEAVES, st.just(COUNTED)),
    st.builds(Row, LINES, st.just(NO_CHANNEL), st.just(b""), st.just(NOT_VOTED)),
)


@given(st.lists(ROW, unique_by=lambda row: row.line), st.lists(ROW, max_size=12), st.booleans())
def test_the_same_lines_are_named_as_with_all_rows_in_memory(
    expected: list[Row], other: list[Row], begin_right: bool
) -> None:
    expected.sort(key=lambda row: row.line.encode())
    stated = [*expected, *other] if begin_right else other
    assert list(differing_lines(iter(expected), iter(stated), BytesIO)) == by_dictionaries(expected, stated)
    assert compare(iter(expected), iter(stated)) == (expected == stated, max(len(expected), len(stated)))


def test_one_row_of_each_is_held() -> None:
    """Of two streams that are equal, neither is ahead of the other."""
    ahead = 0

    def counted(rows: Iterable[Row], step: int) -> Iterator[Row]:
        nonlocal ahead
        for row in rows:
            ahead += step
            assert -1 <= ahead <= 1
            yield row

    rows = [Row(f"{i:08}", NO_CHANNEL, b"", NOT_VOTED) for i in range(5000)]
    assert compare(counted(rows, 1), counted(rows, -1)) == (True, 5000)
