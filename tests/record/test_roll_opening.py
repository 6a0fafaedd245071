"""A member's opening is true or false by the board alone, and each thing that can be false has its name."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from e2evote.board.merkle import leaf_hash
from e2evote.board.tree import Tree
from e2evote.errors import MalformedInput
from e2evote.hashing import canonical
from e2evote.record.roll import FieldCommitments, roll_root
from e2evote.record.roll_opening import (
    Earlier,
    Opening,
    PublishedRoll,
    check_opening,
    decode_opening,
)
from e2evote.record.roll_row import RollRow, line_of
from e2evote.record.voter_bodies import Contact
from tests.credentials.association import BASE_HASH, FIELDS

COMMITMENTS = FieldCommitments(BASE_HASH, FIELDS)
LINES = 5


def salts(number: int) -> tuple[bytes, ...]:
    return tuple(bytes([number, i]) * 16 for i in range(4))


def values(number: int) -> tuple[str, ...]:
    return (f"M-{number}", f"Zoë {number}", f"z{number}@example.org", f"+44 20 {number}")


def row(number: int) -> RollRow:
    line = line_of(number)
    return RollRow(line, COMMITMENTS.of(line, salts(number), values(number)), "all", 1)


ROWS = [row(number) for number in range(1, LINES + 1)]
TREE = Tree()
for one in ROWS:
    TREE.append(leaf_hash(one.encode()))
NEW, NEWER = (bytes([n]) * 32 for n in (201, 202))
CHANGES = tuple(
    Contact("email", "0000002", COMMITMENTS.one("0000002", "email", new, after), old, "moved")
    for new, after, old in (
        (NEW, "new@example.org", ROWS[1].commitments[2]),
        (NEWER, "newer@example.org", COMMITMENTS.one("0000002", "email", NEW, "new@example.org")),
    )
)
PUBLISHED = PublishedRoll(
    FIELDS, LINES, roll_root(one.encode() for one in ROWS), {"0000006": row(6)}, {"0000002": CHANGES}
)


def opening(number: int) -> Opening:
    proof = TREE.inclusion_proof(number - 1, LINES) if number <= LINES else ()
    return Opening(row(number), values(number), salts(number), (), proof)


MOVED = replace(
    opening(2),
    values=("M-2", "Zoë 2", "newer@example.org", "+44 20 2"),
    salts=(*salts(2)[:2], NEWER, salts(2)[3]),
    earlier=(
        Earlier("email", "z2@example.org", salts(2)[2]),
        Earlier("email", "new@example.org", NEW),
    ),
)


@pytest.mark.parametrize("number", [1, 3, 5, 6])
def test_a_true_opening_passes(number: int) -> None:
    assert check_opening(opening(number), PUBLISHED, BASE_HASH) == ()
    assert decode_opening(opening(number).encode()) == opening(number)


def test_what_address_is_held_and_whether_it_changed() -> None:
    """Both earlier values are shown with the one that stands, each under its own commitment."""
    assert check_opening(MOVED, PUBLISHED, BASE_HASH) == ()
    assert decode_opening(MOVED.encode()) == MOVED


def swapped(given: Opening, at: int, value: str) -> Opening:
    return replace(given, values=(*given.values[:at], value, *given.values[at + 1 :]))


FALSE: dict[str, tuple[Opening, list[tuple[str, str]]]] = {
    **{
        f"another {field}": (swapped(opening(3), i, "x"), [("opening.value", f"line 0000003, {field}")])
        for i, field in enumerate(FIELDS)
    },
    "another salt": (
        replace(opening(3), salts=(bytes(32), *salts(3)[1:])),
        [("opening.value", "line 0000003, reference")],
    ),
    "another member's values": (
        replace(opening(3), values=values(4), salts=salts(4)),
        [("opening.value", f"line 0000003, {field}") for field in FIELDS],
    ),
    "a row of the same line that was never posted": (
        replace(opening(3), row=replace(row(3), weight=10)),
        [("opening.row", "line 0000003")],
    ),
    "another style": (replace(opening(3), row=replace(row(3), style="half")), [("opening.row", "line 0000003")]),
    "no proof": (replace(opening(3), proof=()), [("opening.row", "line 0000003")]),
    "another line's proof": (replace(opening(3), proof=opening(4).proof), [("opening.row", "line 0000003")]),
    "a proof for an added line": (replace(opening(6), proof=opening(5).proof), [("opening.row", "line 0000006")]),
    "a line that was never added": (opening(7), [("opening.row", "line 0000007")]),
    "another row than the added one": (
        replace(opening(6), row=replace(row(6), weight=10)),
        [("opening.row", "line 0000006")],
    ),
    "a field less": (
        replace(opening(3), values=values(3)[:3], salts=salts(3)[:3]),
        [("opening.fields", "line 0000003")],
    ),
    "a salt less": (replace(opening(3), salts=salts(3)[:3]), [("opening.fields", "line 0000003")]),
    "a change kept quiet": (
        replace(opening(2)),
        [("opening.changes", "line 0000002, email")],
    ),
    "an earlier address kept quiet": (
        replace(MOVED, earlier=MOVED.earlier[1:]),
        [("opening.changes", "line 0000002, email")],
    ),
    "another earlier address": (
        replace(MOVED, earlier=(replace(MOVED.earlier[0], value="z3@example.org"), MOVED.earlier[1])),
        [("opening.value", "line 0000002, email")],
    ),
    "addresses in another order": (
        replace(MOVED, earlier=MOVED.earlier[::-1]),
        [("opening.value", "line 0000002, email")],
    ),
    "a change that never was": (
        replace(opening(3), earlier=(Earlier("phone", "+44 20 9", bytes(32)),)),
        [("opening.changes", "line 0000003, phone")],
    ),
}


@pytest.mark.parametrize("name", FALSE)
def test_a_false_opening_is_named(name: str) -> None:
    given, expected = FALSE[name]
    assert [(f.name, f.subject) for f in check_opening(given, PUBLISHED, BASE_HASH)] == expected


def test_another_selection_s_opening_is_false() -> None:
    failures = check_opening(opening(3), PUBLISHED, bytes(32))
    assert [f.name for f in failures] == ["opening.value"] * 4
    assert str(failures[0]) == "line 0000003, reference: not the value that the board has a commitment to"
    other = replace(PUBLISHED, root=bytes(32))
    assert [f.name for f in check_opening(opening(3), other, BASE_HASH)] == ["opening.row"]


@given(st.lists(st.text("aé😀", min_size=0, max_size=20), min_size=4, max_size=4), st.data())
def test_an_opening_is_read_as_it_was_written(some: list[str], data: st.DataObject) -> None:
    made = replace(opening(1), values=tuple(some))
    encoded = bytearray(made.encode())
    assert decode_opening(bytes(encoded)) == made
    at = data.draw(st.integers(0, len(encoded) - 1))
    encoded[at] ^= 1
    try:
        changed = decode_opening(bytes(encoded))
    except MalformedInput:
        return
    assert changed.encode() == bytes(encoded)


MALFORMED: dict[str, tuple[Callable[[dict[str, object]], dict[str, object]], str]] = {
    "another kind": (lambda m: m | {"kind": "e2evote-register"}, "kind: 'e2evote-register', want one of"),
    "another version": (lambda m: m | {"v": 2}, "v: want 1"),
    "a version that is true": (lambda m: m | {"v": True}, "v: want 1"),
    "a long value": (lambda m: m | {"values": ["x" * 501]}, "values[0]: 501 characters, want 0 to 500"),
    "a value of many bytes": (lambda m: m | {"values": ["é" * 251]}, "values[0]: more than 500 bytes"),
    "a short salt": (lambda m: m | {"salts": ["00"]}, "salts[0]: 2 characters, want 64"),
    "a short hash": (lambda m: m | {"proof": ["00"]}, "proof[0]: 2 characters, want 64"),
    "a member more": (lambda m: m | {"code": "x"}, "'code' is unknown here"),
    "an earlier value without a salt": (
        lambda m: m | {"earlier": [{"field": "email", "value": "x"}]},
        "earlier[0]: 'salt' is missing",
    ),
}


@pytest.mark.parametrize("name", MALFORMED)
def test_what_is_no_opening_is_refused(name: str) -> None:
    change, reason = MALFORMED[name]
    members = canonical.decode(opening(1).encode(), 2**20)
    assert isinstance(members, dict)
    with pytest.raises(MalformedInput) as refused:
        decode_opening(canonical.encode(change(members)))  # type: ignore[arg-type]
    assert str(refused.value).startswith(reason)
