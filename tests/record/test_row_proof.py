"""One row is shown to be the statement's without the others; anything else is not shown."""

from dataclasses import replace

import pytest

from e2evote.errors import MalformedInput
from e2evote.record.bodies import Body, Stated
from e2evote.record.leaf import Leaf
from e2evote.record.roll_row import line_of
from e2evote.record.row_proof import RowProof, decode_row_proof, objection_to_row, prove_row
from e2evote.record.rows import COUNTED, MARKED, NOT_VOTED, Row, stated_by

ROWS = tuple(
    Row(line_of(i), "none", b"", NOT_VOTED) if i % 3 else Row(line_of(i), "online", bytes((i,)) * 32, COUNTED)
    for i in range(1, 12)
)


def leaf(body: Body, kind: str = "tally.statement") -> Leaf:
    return Leaf(kind, "chair", bytes(32), body, None)


STATEMENT = leaf(stated_by(ROWS))


def shown(rows: tuple[Row, ...], line: str) -> RowProof:
    found = prove_row(rows, line)
    assert found is not None
    return found


@pytest.mark.parametrize("number", range(1, 12))
@pytest.mark.parametrize("size", [1, 2, 7, 8, 11])
def test_every_row_of_every_statement_can_be_shown(number: int, size: int) -> None:
    if number > size:
        assert prove_row(ROWS[:size], line_of(number)) is None
        return
    given = shown(ROWS[:size], line_of(number))
    assert given.row == ROWS[number - 1]
    assert objection_to_row(given, leaf(stated_by(ROWS[:size]))) == ""
    assert decode_row_proof(given.encode()) == given
    if size < 11:
        assert objection_to_row(given, STATEMENT) != ""


GIVEN = shown(ROWS, line_of(4))
SAID = "the row of line 0000004 is not proven to be one of the 11 rows of the statement"


@pytest.mark.parametrize(
    "changed",
    [
        replace(GIVEN, row=Row(line_of(4), "online", bytes(32), COUNTED)),
        replace(GIVEN, row=Row(line_of(4), "postal", b"", MARKED)),
        replace(GIVEN, index=GIVEN.index + 1),
        replace(GIVEN, index=11),
        replace(GIVEN, proof=GIVEN.proof[:-1]),
        replace(GIVEN, proof=(*GIVEN.proof, bytes(32))),
        replace(GIVEN, proof=(bytes(32), *GIVEN.proof[1:])),
    ],
    ids=["voted", "on paper", "another place", "beyond", "shorter", "longer", "another hash"],
)
def test_another_row_is_not_shown(changed: RowProof) -> None:
    assert objection_to_row(changed, STATEMENT) == SAID


def test_the_row_of_another_line_is_not_shown_under_this_name() -> None:
    borrowed = shown(ROWS, line_of(5))
    assert objection_to_row(replace(borrowed, row=replace(borrowed.row, line=line_of(4))), STATEMENT) == SAID


def test_a_leaf_that_is_no_statement_shows_nothing() -> None:
    assert objection_to_row(GIVEN, leaf(Body(), "close")) == "a leaf of kind close, want tally.statement"
    other = Stated(11, bytes(32))
    assert objection_to_row(GIVEN, leaf(other)) == SAID


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b'"kind":"e2evote-row"', b'"kind":"e2evote-col"'),
        (b'"v":1', b'"v":2'),
        (b'"v":1', b'"v":true'),
        (b'"index":3', b'"index":-1'),
        (b'"status":"not-voted"', b'"status":"counted"'),
        (b'"channel":"none"', b'"channel":"by_phone"'),
        (b'"leaf":""', b'"leaf":"00"'),
        (b'"proof":[', b'"proof":["00",'),
        (b'"v":1', b'"v":1,"w":1'),
    ],
)
def test_another_file_is_malformed(old: bytes, new: bytes) -> None:
    data = GIVEN.encode()
    assert data.count(old) == 1
    with pytest.raises(MalformedInput):
        decode_row_proof(data.replace(old, new))
