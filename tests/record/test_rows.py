"""A row is one of the shapes of spec 7, written and read in one way; what counts for a line decides which."""

import pytest

from e2evote.errors import MalformedInput
from e2evote.hashing import canonical
from e2evote.record.electorate import LineVote, MarkAt
from e2evote.record.rows import NO_CHANNEL, Row, read_row, row_of, statuses_of
from e2evote.record.select import Counted
from e2evote.record.stated import LARGEST_TEXT_LINE
from e2evote.record.text_lines import ROWS_PER_TEXT_LINE, text_line

LEAF, LINE = b"\x07" * 32, "0000017"
BALLOT, MARK = Counted(9, LEAF), MarkAt(12, "postal")
CHANNELS = ("online", "in_person", "postal")


@pytest.mark.parametrize(
    ("vote", "channel", "status", "leaf"),
    [
        (LineVote(), "none", "not-voted", b""),
        (LineVote(candidate=BALLOT), "online", "counted", LEAF),
        (LineVote(annulled=LEAF), "none", "annulled", LEAF),
        (LineVote(mark=MARK), "postal", "marked", b""),
        (LineVote(mark=MARK, candidate=BALLOT), "postal", "superseded", LEAF),
        (LineVote(mark=MARK, annulled=LEAF), "postal", "marked", b""),
        (LineVote(removed=True), "none", "removed", b""),
        (LineVote(removed=True, candidate=BALLOT), "none", "removed", b""),
    ],
)
def test_what_counts_for_a_line(vote: LineVote, channel: str, status: str, leaf: bytes) -> None:
    row = row_of(LINE, vote)
    assert row == Row(LINE, channel, leaf, status)
    assert read_row(canonical.decode(row.encode(), 1000), "row", CHANNELS) == row


SHAPES = {
    ("online", "counted"): True,
    ("in_person", "marked"): False,
    ("in_person", "superseded"): True,
    ("postal", "marked"): False,
    ("postal", "superseded"): True,
    ("none", "annulled"): True,
    ("none", "not-voted"): False,
    ("none", "removed"): False,
}


def test_no_other_shape_is_read() -> None:
    statuses = [*sorted({status for _, status in SHAPES}), "spoiled"]
    for channel in (*CHANNELS, NO_CHANNEL, "by_phone"):
        for status in statuses:
            for leaf in ("", LEAF.hex()):
                value = {"channel": channel, "leaf": leaf, "line": LINE, "status": status}
                if SHAPES.get((channel, status)) == bool(leaf):
                    assert read_row(value, "row", CHANNELS).members() == value
                else:
                    with pytest.raises(MalformedInput):
                        read_row(value, "row", CHANNELS)
    assert {(channel, status) for channel in (*CHANNELS, NO_CHANNEL) for status in statuses_of(channel)} == set(SHAPES)


def test_a_channel_that_the_manifest_has_not_is_none() -> None:
    value = Row(LINE, "postal", b"", "marked").members()
    with pytest.raises(MalformedInput, match="row.channel"):
        read_row(value, "row", ("online", "in_person"))  # type: ignore[arg-type]


def test_the_longest_text_line_of_rows_is_as_long_as_documented() -> None:
    longest = [Row("z" * 64, "in_person", LEAF, "superseded")] * ROWS_PER_TEXT_LINE
    assert len(text_line([row.members() for row in longest])) == 794_626 < LARGEST_TEXT_LINE
