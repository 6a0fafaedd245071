"""The statement's payload, written and read in pieces: one form, whatever the number of rows and however it is cut."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from e2evote.errors import MalformedInput
from e2evote.hashing import canonical
from e2evote.manifest.voters import ONLINE
from e2evote.record import text_lines
from e2evote.record.rows import COUNTED, NO_CHANNEL, NOT_VOTED, Row
from e2evote.record.stated import LARGEST_TEXT_LINE, decode_statement, read_statement
from e2evote.record.statement import Statement, StatementHead, encoded
from e2evote.record.text_lines import ROWS_PER_TEXT_LINE, split
from reference.canonical import BadForm
from reference.make_tally import statement_bytes
from reference.manifest import read_manifest
from reference.numbers import small_group
from reference.payloads_tally import read_statement as read_by_reference
from tests.ballot.election import GROUP
from tests.tally.closed import closed

CLOSED = closed()
OWN, MANIFEST = CLOSED.statement(), CLOSED.election.manifest
HEAD = StatementHead(OWN.close_root, OWN.close_size, OWN.products, OWN.reconciliation)
REFERENCE_MANIFEST = read_manifest(MANIFEST.encode())
FIRST = OWN.encode().split(b"\n", 1)[0]


def rows(number: int) -> tuple[Row, ...]:
    """Rows of both shapes, the lines as long as lines can be."""
    return tuple(
        Row(f"{i:064}", ONLINE, i.to_bytes(32, "big"), COUNTED)
        if i % 3
        else Row(f"{i:064}", NO_CHANNEL, b"", NOT_VOTED)
        for i in range(number)
    )


def statement(number: int) -> Statement:
    return replace(OWN, rows=rows(number))


def values(some: Sequence[Row]) -> list[dict[str, str]]:
    return [{"channel": r.channel, "leaf": r.leaf.hex(), "line": r.line, "status": r.status} for r in some]


def cut(data: bytes, places: Sequence[int]) -> list[bytes]:
    """The same bytes in pieces, some of them empty."""
    ends = [0, *sorted(place % (len(data) + 1) for place in places), len(data)]
    return [data[start:end] for start, end in pairwise(ends)]


def refusal(data: bytes) -> str:
    """What both ways of reading say, the reference being of one mind with them."""
    with pytest.raises(MalformedInput) as whole:
        decode_statement(data, MANIFEST, GROUP)
    with pytest.raises(MalformedInput) as pieces:
        read_statement(lambda: cut(data, range(0, len(data), 1000)), MANIFEST, GROUP)
    assert str(whole.value) == str(pieces.value)
    assert not reference_takes(data)
    return str(whole.value)


def reference_takes(data: bytes) -> bool:
    try:
        read_by_reference(data, REFERENCE_MANIFEST, small_group())
    except BadForm:
        return False
    return True


@pytest.mark.parametrize("number", [0, 1, 4095, 4096, 4097, 8192, 10_000])
def test_any_number_of_rows_is_read_as_it_was_written(number: int) -> None:
    made = statement(number)
    lines = list(encoded(HEAD, made.rows))
    assert b"".join(lines) == made.encode()
    assert len(lines) == 1 + -(-number // 4096)
    assert [line.count(b'"line"') for line in lines[1:]] == [min(4096, number - i) for i in range(0, number, 4096)]
    assert max(map(len, lines[1:]), default=0) <= 770_050 < LARGEST_TEXT_LINE
    assert decode_statement(made.encode(), MANIFEST, GROUP) == made
    posted = read_statement(lambda: lines, MANIFEST, GROUP)
    assert posted.head == HEAD
    assert tuple(posted.rows()) == tuple(posted.rows()) == made.rows
    assert posted.whole() == made


@pytest.mark.parametrize("number", [0, 1, 4096, 4097])
def test_the_second_encryptor_writes_the_same_bytes(number: int) -> None:
    first = canonical.decode(FIRST, 2**20)
    assert isinstance(first, dict)
    data = statement(number).encode()
    assert statement_bytes({**first, "rows": values(rows(number))}) == data
    assert reference_takes(data)


def test_the_longest_text_line_of_rows_is_as_long_as_documented() -> None:
    longest = [Row("z" * 64, ONLINE, bytes(32), COUNTED)] * ROWS_PER_TEXT_LINE
    assert [len(line) for line in encoded(HEAD, longest)][1] == 770_050


LINES = st.text("0123456789abcdefghijklmnopqrstuvwxyz-", min_size=1, max_size=64)
ROWS = st.lists(
    st.one_of(
        st.builds(Row, LINES, st.just(ONLINE), st.binary(min_size=32, max_size=32), st.just(COUNTED)),
        st.builds(Row, LINES, st.just(NO_CHANNEL), st.just(b""), st.just(NOT_VOTED)),
    ),
    max_size=12,
)


@given(ROWS, st.lists(st.integers(0, 2**20), max_size=40))
def test_any_rows_are_read_back_however_the_bytes_are_cut(some: list[Row], places: list[int]) -> None:
    made = replace(OWN, rows=tuple(some))
    data = made.encode()
    assert read_statement(lambda: cut(data, places), MANIFEST, GROUP).whole() == made
    assert reference_takes(data)


@pytest.mark.parametrize(
    ("sizes", "taken"),
    [
        ((), True),
        ((1,), True),
        ((4095,), True),
        ((4096,), True),
        ((4096, 1), True),
        ((4096, 4096, 2), True),
        ((0,), False),
        ((4096, 0), False),
        ((0, 1), False),
        ((1, 1), False),
        ((1, 4096), False),
        ((4095, 1), False),
        ((4097,), False),
        ((4096, 4095, 1), False),
    ],
)
def test_rows_are_divided_in_one_way(sizes: tuple[int, ...], taken: bool) -> None:
    """Both readers take a division if and only if it is the writer's."""
    ends = [sum(sizes[:i]) for i in range(len(sizes) + 1)]
    some = rows(ends[-1])
    divided = [canonical.encode(values(some[start:end])) for start, end in pairwise(ends)]
    data = b"".join(line + b"\n" for line in (FIRST, *divided))
    assert (data == replace(OWN, rows=some).encode()) == reference_takes(data) == taken
    if taken:
        assert decode_statement(data, MANIFEST, GROUP).rows == some
    else:
        assert refusal(data)


@given(st.data())
def test_a_changed_byte_is_refused_or_another_statement(data: st.DataObject) -> None:
    """Nothing but the one encoding is read: what is taken is written to the same bytes again."""
    good = bytearray(OWN.encode())
    at = data.draw(st.integers(0, len(good) - 1))
    good[at] = data.draw(st.sampled_from([10, 13, 32, 34, 44, 48, 91, 93, 97, 123, 125, good[at] ^ 1]))
    changed = bytes(good)
    try:
        read = decode_statement(changed, MANIFEST, GROUP)
    except MalformedInput:
        assert not reference_takes(changed)
    else:
        assert read.encode() == changed
        assert reference_takes(changed)


ROW_LINE = canonical.encode(values(OWN.rows))
MALFORMED = {
    "nothing": (b"", "text line 1: not JSON at byte 0"),
    "one newline": (b"\n", "text line 1: not JSON at byte 0"),
    "unended head": (FIRST, "text line 1: does not end with 0x0A"),
    "unended rows": (FIRST + b"\n" + ROW_LINE, "text line 2: does not end with 0x0A"),
    "empty text line at the end": (OWN.encode() + b"\n", "text line 2: fewer than 4096 rows, and not the last"),
    "empty text line first": (b"\n" + OWN.encode(), "text line 1: not JSON at byte 0"),
    "carriage return": (FIRST + b"\r\n", "text line 1: not canonical JSON at byte"),
    "white space": (FIRST + b"\n" + ROW_LINE + b" \n", "text line 2: not canonical JSON at byte"),
    "empty array": (FIRST + b"\n[]\n", "text line 2: 0 items, want 1 to 4096"),
    "head twice": (FIRST + b"\n" + FIRST + b"\n", "text line 2: an object, want an array"),
    "rows first": (ROW_LINE + b"\n" + FIRST + b"\n", "an array, want an object"),
    "rows in the head": (
        FIRST[:-1] + b',"rows":' + ROW_LINE + b"}\n",
        "'rows' is unknown here",
    ),
    "a short text line": (
        FIRST + b"\n" + (ROW_LINE + b"\n") * 2,
        "text line 2: fewer than 4096 rows, and not the last",
    ),
    "4097 rows": (
        FIRST + b"\n" + canonical.encode(values(rows(4097))) + b"\n",
        "text line 2: 4097 items, want 1 to 4096",
    ),
    "a row of no shape": (
        FIRST + b"\n" + ROW_LINE.replace(b"counted", b"spoiled", 1) + b"\n",
        "rows[0].status: 'spoiled', want one of 'counted'",
    ),
}


@pytest.mark.parametrize("name", MALFORMED)
def test_every_other_form_is_refused(name: str) -> None:
    data, message = MALFORMED[name]
    assert refusal(data).startswith(message)


def test_a_wrong_row_is_named_by_its_number_among_all_rows() -> None:
    made = replace(OWN, rows=(*rows(4100), Row("z" * 65, NO_CHANNEL, b"", NOT_VOTED)))
    assert refusal(made.encode()).startswith("rows[4100].line: 65 characters")


def endless(piece: bytes, asked: list[int]) -> Iterator[bytes]:
    while True:
        asked.append(len(piece))
        yield piece


@pytest.mark.parametrize(("begin", "limit", "number"), [(b"", 64 * 2**20, 1), (FIRST + b"\n", 2**20, 2)])
def test_a_text_line_that_does_not_end_is_refused_before_more_of_it_is_read(
    begin: bytes, limit: int, number: int
) -> None:
    asked: list[int] = []

    def pieces() -> Iterator[bytes]:
        yield begin
        yield from endless(b"1" * 2**16, asked)

    with pytest.raises(MalformedInput, match=f"text line {number}: more than {limit} bytes"):
        read_statement(pieces, MANIFEST, GROUP)
    assert sum(asked) <= limit + 2**16


def test_a_text_line_is_given_before_the_next_piece_is_read() -> None:
    asked: list[int] = []
    lines = split(endless(b"ab\ncd\ne", asked), LARGEST_TEXT_LINE)
    assert [next(lines) for _ in range(4)] == [b"ab", b"cd", b"eab", b"cd"]
    assert len(asked) == 2


def test_a_statement_has_a_largest_size(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(text_lines, "LARGEST_STATEMENT", len(OWN.encode()))
    assert decode_statement(OWN.encode(), MANIFEST, GROUP) == OWN
    monkeypatch.setattr(text_lines, "LARGEST_STATEMENT", len(OWN.encode()) - 1)
    with pytest.raises(MalformedInput, match=f"more than {len(OWN.encode()) - 1} bytes"):
        decode_statement(OWN.encode(), MANIFEST, GROUP)
