"""The roll's payload: commitments by hand, one form however it is cut, and each other form refused by name."""

import hashlib
import json
from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from e2evote.board.merkle import EMPTY_ROOT
from e2evote.errors import MalformedInput, Refused
from e2evote.hashing import canonical
from e2evote.record import roll
from e2evote.record.roll import (
    FieldCommitments,
    RollForm,
    encoded_roll,
    read_roll,
    roll_root,
    seed_commitment,
)
from e2evote.record.roll_row import RollRow, line_of, typed_line
from e2evote.record.text_lines import in_one
from tests.ballot.election import make_manifest
from tests.credentials.association import BASE_HASH, FIELDS, association, by_hand, tree_root

FORM = RollForm(FIELDS, ("all", "half"), (1, 10))


def row(number: int, **changed: object) -> RollRow:
    commitments = tuple(hashlib.sha256(b"%d %d" % (number, i)).digest() for i in range(4))
    made = RollRow(line_of(number), commitments, "half" if number % 3 == 0 else "all", 10 if number % 5 == 0 else 1)
    return replace(made, **changed)  # type: ignore[arg-type]


def rows(count: int) -> list[RollRow]:
    return [row(number) for number in range(1, count + 1)]


def payload(some: list[RollRow], fields: tuple[str, ...] = FIELDS) -> bytes:
    return b"".join(encoded_roll(fields, some))


def test_commitments_are_those_of_the_specification() -> None:
    salts, values = [bytes([i]) * 32 for i in range(4)], ("M-0017", "Zoë Ødegård", "zoe@example.org", "")
    expected = tuple(
        by_hand(0x88, "roll-field", b"0000017", field.encode(), salt, value.encode())
        for field, salt, value in zip(FIELDS, salts, values, strict=True)
    )
    commitments = FieldCommitments(BASE_HASH, FIELDS)
    assert commitments.of("0000017", salts, values) == expected
    for field, salt, value, there in zip(FIELDS, salts, values, expected, strict=True):
        assert commitments.one("0000017", field, salt, value) == there
    assert len({*expected, *commitments.of("0000018", salts, values)}) == 8
    seed = bytes(range(32))
    assert seed_commitment(BASE_HASH, 2, seed) == by_hand(0x86, "roll-seed", b"\0\0\0\2", seed)


def test_seeds_and_salts_have_32_bytes() -> None:
    with pytest.raises(ValueError, match="31 bytes, want 32"):
        seed_commitment(BASE_HASH, 1, bytes(31))
    with pytest.raises(ValueError, match="33 bytes, want 32"):
        FieldCommitments(BASE_HASH, ("reference",)).of("0000001", [bytes(33)], ["x"])
    with pytest.raises(ValueError, match="33 bytes, want 32"):
        FieldCommitments(BASE_HASH, ("reference",)).one("0000001", "reference", bytes(33), "x")


def test_the_payload_is_canonical_json_in_text_lines() -> None:
    some = rows(3)
    head, line, end = payload(some).split(b"\n")
    assert head == b'{"fields":["reference","name","email","phone"]}'
    assert canonical.encode(json.loads(line)) == line
    assert json.loads(line)[2] == {
        "commitments": [one.hex() for one in some[2].commitments],
        "line": "0000003",
        "style": "half",
        "weight": 1,
    }
    assert end == b""
    assert some[0].encode() == canonical.encode(some[0].members())


@pytest.mark.parametrize("count", [1, 2, 3, 4095, 4096, 4097, 9000])
def test_any_number_of_lines_is_read_as_it_was_written(count: int) -> None:
    some = rows(count)
    data = payload(some)
    assert data.count(b"\n") == 1 + -(-count // 4096)
    posted = read_roll(lambda: (data[i : i + 5000] for i in range(0, len(data), 5000)), FORM)
    assert (posted.lines, list(posted.rows()), posted.form) == (count, some, FORM)
    assert posted.root == roll_root(one.encode() for one in some)
    if count < 5000:
        assert posted.root == tree_root([one.encode() for one in some])


def test_a_roll_without_lines_has_the_root_of_nothing() -> None:
    posted = read_roll(in_one(payload([])), FORM)
    assert (posted.lines, posted.root, list(posted.rows())) == (0, EMPTY_ROOT, [])


def test_the_form_is_the_manifest_s() -> None:
    form = RollForm.of(association(("all", "half"), (1, 10), post=True))
    assert form == RollForm((*FIELDS, "post"), ("all", "half"), (1, 10))
    with pytest.raises(ValueError, match="no roll"):
        RollForm.of(make_manifest())


GOOD = payload(rows(3))
HEAD, LINE = GOOD.split(b"\n")[:2]
ROW = row(1).encode()
REFUSED: dict[str, tuple[bytes, str]] = {
    "nothing": (b"", "text line 1: not JSON at byte 0"),
    "unended": (GOOD[:-1], "text line 2: does not end with 0x0A"),
    "another field": (
        payload(rows(1), ("reference", "name", "email", "post")),
        "fields[3]: 'post', want one of 'phone'",
    ),
    "a field less": (payload(rows(1), FIELDS[:3]), "fields: 3 items, want 4"),
    "fields in another order": (payload(rows(1), ("name", "reference", "email", "phone")), "fields[0]: 'name', want"),
    "a commitment less": (payload([row(1, commitments=(bytes(32),) * 3)]), "rows[0].commitments: 3 items, want 4"),
    "a commitment more": (payload([row(1, commitments=(bytes(32),) * 5)]), "rows[0].commitments: 5 items, want 4"),
    "a short commitment": (payload([row(1, commitments=(bytes(31),) * 4)]), "rows[0].commitments[0]: 62 characters"),
    "capitals": (GOOD.replace(ROW, ROW.replace(b"a", b"A")), "rows[0].commitments[0]: is not lower-case"),
    "another style": (payload([row(1, style="other")]), "rows[0].style: 'other' is no style"),
    "a style with more behind it": (payload([row(1, style="all-of-it")]), "rows[0].style: 'all-of-it' is no style"),
    "another weight": (payload([row(1, weight=2)]), "rows[0].weight: 2, want one of 1, 10"),
    "weight 0": (payload([row(1, weight=0)]), "rows[0].weight: 0, want 1 to 1000"),
    "from line 2": (payload([row(2)]), "rows[0].line: '0000002', want lines 1, 2, 3"),
    "a gap": (payload([row(1), row(3)]), "rows[1].line: '0000003', want lines 1, 2, 3"),
    "a line twice": (payload([row(1), row(1)]), "rows[1].line: '0000001', want lines 1, 2, 3"),
    "line 0": (payload([row(1, line="0000000")]), "rows[0].line: not 7 decimal digits from 0000001"),
    "six digits": (payload([row(1, line="000001")]), "rows[0].line: not 7 decimal digits"),
    "a gap in the second text line": (payload([*rows(4096), row(4098)]), "rows[4096].line: '0004098', want"),
    "something between": (HEAD + b"\n" + LINE.replace(b"},{", b"};{") + b"\n", "text line 2: not canonical JSON"),
    "something behind": (HEAD + b"\n" + LINE + b"]\n", "text line 2: brackets that do not pair"),
    "nothing before": (HEAD + b"\n" + LINE[1:] + b"\n", "text line 2: "),
    "a comma at the end": (HEAD + b"\n" + LINE[:-1] + b",]\n", "text line 2: not JSON"),
    "an empty text line": (HEAD + b"\n[]\n", "text line 2: 0 items, want 1 to 4096"),
    "a short text line first": (HEAD + b"\n" + (LINE + b"\n") * 2, "text line 2: fewer than 4096 rows"),
    "4097 rows": (HEAD + b"\n[" + b",".join(one.encode() for one in rows(4097)) + b"]\n", "text line 2: 4097 items"),
    "a member more": (GOOD.replace(b'"weight":1}', b'"weight":1,"x":1}', 1), "rows[0]: 'x' is unknown here"),
    "white space": (GOOD.replace(b'"weight":1}', b'"weight": 1}', 1), "text line 2: not canonical JSON at byte"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_every_other_form_is_refused(name: str) -> None:
    data, reason = REFUSED[name]
    with pytest.raises(MalformedInput) as refused:
        read_roll(in_one(data), FORM)
    assert str(refused.value).startswith(reason)


@given(st.data())
def test_a_changed_byte_is_refused_or_another_roll(data: st.DataObject) -> None:
    """Nothing but the one encoding is read, by either way of reading."""
    changed = bytearray(GOOD)
    at = data.draw(st.integers(0, len(changed) - 1))
    changed[at] = data.draw(st.sampled_from([10, 32, 34, 44, 48, 49, 91, 93, 97, 123, 125, changed[at] ^ 1]))
    try:
        posted = read_roll(in_one(bytes(changed)), FORM)
    except MalformedInput:
        return
    assert payload(list(posted.rows())) == bytes(changed)


@pytest.mark.parametrize("name", [None, *REFUSED])
def test_both_ways_of_reading_take_the_same(monkeypatch: pytest.MonkeyPatch, name: str | None) -> None:
    """Rows are recognised by a pattern first. Where that is not there, JSON is read, and nothing else is taken."""

    def outcome() -> object:
        try:
            return read_roll(in_one(REFUSED[name][0] if name else GOOD), FORM).root
        except MalformedInput as error:
            return str(error)

    first = outcome()
    monkeypatch.setattr(roll, "plain_rows", lambda line, row: None)
    assert outcome() == first


@pytest.mark.parametrize("change", [lambda data: data, lambda data: data.replace(b"weight", b"waight")])
def test_a_text_line_is_refused_before_more_of_it_is_read(change: Callable[[bytes], bytes]) -> None:
    with pytest.raises(MalformedInput, match="text line 2: more than 8388608 bytes"):
        read_roll(lambda: (HEAD + b"\n", *(change(LINE) for _ in range(10**5))), FORM)


@pytest.mark.parametrize(
    ("text", "line"),
    [("17", "0000017"), ("0000017", "0000017"), (" 17 \n", "0000017"), ("1", "0000001"), ("9999999", "9999999")],
)
def test_people_type_the_number_of_a_line(text: str, line: str) -> None:
    assert typed_line(text) == line


@pytest.mark.parametrize(
    "text",
    ["", " ", "0", "0000000", "00000017", "-1", "+1", "1.0", "1 7", "x", "١٧", "１７", "1e3", "17\n18", "9" * 99],
)
def test_what_is_no_number_of_a_line_is_refused(text: str) -> None:
    with pytest.raises(Refused) as refused:
        typed_line(text)
    assert refused.value.code == "roll-line"
    assert len(refused.value.detail) < 120


@pytest.mark.parametrize("number", [0, -1, 10**7])
def test_other_numbers_have_no_line(number: int) -> None:
    with pytest.raises(ValueError, match="want 1 to 9999999"):
        line_of(number)
