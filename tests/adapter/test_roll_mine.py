"""What a member is told about the own line follows from record and opening; a false opening is recognised."""

import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from e2evote.adapter import roll_keeping, roll_mine
from e2evote.adapter.register_tool import stated_rows
from e2evote.adapter.registrar_tool import renewed, revoked
from e2evote.adapter.roll_mine import Mine, what_is_mine
from e2evote.adapter.roll_record import open_voter_record, voters_on
from e2evote.adapter.roll_sharing import openings
from e2evote.adapter.snapshot import pack_record
from e2evote.record.roll_opening import Opening, decode_opening
from e2evote.record.rows import Row
from e2evote.verify.checks import Check
from tests.adapter.roll_selection import RollSelection, member_rows, prepared
from tests.adapter.selections import refused
from tests.randomness import DeterministicRandomness

RANDOMNESS = DeterministicRandomness("mine")


def opening_of(selection: RollSelection, line: str) -> Opening:
    with open_voter_record(selection.store.record) as record:
        return decode_opening(dict(openings(selection.held, record))[line])


def mine_of(selection: RollSelection, opening: Opening, path: Path | None = None) -> Mine:
    with open_voter_record(path or selection.store.record) as record:
        assert record.failing == frozenset()
        return what_is_mine(opening, record)


def test_from_the_freeze_to_the_statement(tmp_path: Path) -> None:
    seen = []
    for step in ("frozen", "issued", "open", "cast", "closed", "stated"):
        selection = prepared(tmp_path / step, step)
        opening = opening_of(selection, "0000001")
        mine = mine_of(selection, opening)
        assert mine.failures == ()
        assert [held.field for held in mine.fields] == ["reference", "name", "email", "post", "phone"]
        assert not any(held.before for held in mine.fields)
        assert {held.value for held in mine.fields} <= {value for row in member_rows() for value in row.values()}
        seen.append(([codes.active for codes in mine.codes], mine.vote.status, mine.vote.final))
    assert seen == [
        ([0, 0], "not-voted", False),
        ([1, 1], "not-voted", False),
        ([1, 1], "not-voted", False),
        ([1, 1], "counted", False),
        ([1, 1], "counted", True),
        ([1, 1], "counted", True),
    ]


def test_from_a_zip_file_and_from_a_board(tmp_path: Path) -> None:
    selection = prepared(tmp_path / "spring", "cast")
    opening = opening_of(selection, "0000001")
    pack_record(selection.store.record, tmp_path / "record.zip")
    whole = mine_of(selection, opening)
    assert mine_of(selection, opening, tmp_path / "record.zip") == whole
    assert what_is_mine(opening, voters_on(selection.board())) == whole


def test_everything_that_happened_to_the_line(tmp_path: Path) -> None:
    selection = prepared(tmp_path / "spring", "open")
    with selection.box() as service:
        post = service.post
        selection.vote(post, "0000001", {"mayor": {"ada": 1}})
        for value, reason in (("first@mail.example", "moved"), ("second@mail.example", "corrected")):
            record = selection.record()
            changed = roll_keeping.contact(record, selection.held, "0000001", "email", value, reason, RANDOMNESS)
            selection.change(post, changed)
        made = renewed(selection.record(), selection.held, "rita", "0000002", "not-received", RANDOMNESS)
        selection.send(post, made.act, "rita", "tess")
        selection.send(post, revoked(selection.record(), "rolf", "0000001", "requested"), "rolf", "theo")
    mine = mine_of(selection, opening_of(selection, "0000001"))
    email = mine.fields[2]
    assert email.value == "second@mail.example"
    assert [value for value, _ in email.before][1] == "first@mail.example"
    told = [(e.reason, e.author, e.approver, e.voted) for _, e in email.before]
    assert told == [("moved", "chair", "tess", True), ("corrected", "chair", "tess", True)]
    assert [(c.times, c.active, [e.reason for e in c.events]) for c in mine.codes] == [
        (1, 1, []),
        (1, 0, ["requested"]),
    ]
    other = mine_of(selection, opening_of(selection, "0000002"))
    assert [(c.times, c.active, [e.reason for e in c.events]) for c in other.codes] == [
        (2, 7, ["not-received"]),
        (1, 2, []),
    ]


def test_lines_that_were_added_and_removed(tmp_path: Path) -> None:
    selection = prepared(tmp_path / "spring", "frozen")
    opening = opening_of(selection, "0000004")
    with selection.box() as service:
        selection.send(service.post, roll_keeping.remove(selection.record(), "0000004", "duplicate"), "chair", "tess")
    mine = mine_of(selection, opening)
    assert mine.removed is not None
    assert (mine.removed.reason, mine.vote.status) == ("duplicate", "removed")


FALSE: dict[str, tuple[Callable[[Opening, Opening], Opening], str]] = {
    "another address": (
        lambda own, other: replace(own, values=(*own.values[:2], "x", *own.values[3:])),
        "opening.value",
    ),
    "another salt": (lambda own, other: replace(own, salts=(bytes(32), *own.salts[1:])), "opening.value"),
    "another's values": (
        lambda own, other: replace(own, values=other.values, salts=other.salts),
        "opening.value",
    ),
    "another style": (lambda own, other: replace(own, row=replace(own.row, style="other")), "opening.row"),
    "another weight": (lambda own, other: replace(own, row=replace(own.row, weight=2)), "opening.row"),
    "no proof": (lambda own, other: replace(own, proof=()), "opening.row"),
    "another's proof": (lambda own, other: replace(own, proof=other.proof), "opening.row"),
    "fewer fields": (lambda own, other: replace(own, values=own.values[:-1]), "opening.fields"),
}


@pytest.mark.parametrize("name", FALSE)
def test_an_opening_that_is_not_the_boards_is_no_opening(name: str, tmp_path: Path) -> None:
    selection = prepared(tmp_path / "spring", "frozen")
    change, failure = FALSE[name]
    false = change(opening_of(selection, "0000001"), opening_of(selection, "0000004"))
    mine = mine_of(selection, false)
    assert failure in [one.name for one in mine.failures]
    assert mine.fields == ()


def test_an_opening_from_before_a_change_says_that_there_was_one(tmp_path: Path) -> None:
    selection = prepared(tmp_path / "spring", "frozen")
    old = opening_of(selection, "0000001")
    with selection.box() as service:
        changed = roll_keeping.contact(
            selection.record(), selection.held, "0000001", "email", "thief@mail.example", "moved", RANDOMNESS
        )
        selection.change(service.post, changed)
    assert [one.name for one in mine_of(selection, old).failures] == ["opening.changes"]


def test_a_line_that_nobody_has(tmp_path: Path) -> None:
    selection = prepared(tmp_path / "spring", "frozen")
    opening = opening_of(selection, "0000001")
    moved = replace(opening, row=replace(opening.row, line="0000099"))
    with open_voter_record(selection.store.record) as record:
        assert refused(lambda: what_is_mine(moved, record)).code == "no-line"


def altered(record: Path, target: Path, old: bytes, new: bytes) -> Path:
    """A copy of the record in which bytes of payloads are other ones of the same length."""
    shutil.copytree(record, target)
    found = 0
    for path in (target / "payload").rglob("*"):
        if path.is_file() and old in path.read_bytes():
            path.write_bytes(path.read_bytes().replace(old, new))
            found += 1
    assert found == 1
    return target


def test_a_record_with_other_payloads_says_nothing(tmp_path: Path) -> None:
    selection = prepared(tmp_path / "spring", "stated")
    own = opening_of(selection, "0000002")
    key = selection.record().electorate.keys_of("0000002")[0].hex().encode()
    commitment = own.row.commitments[2].hex().encode()
    row = b'"leaf":"","line":"0000002","status":"not-voted"'
    for number, old in enumerate((key, commitment)):
        path = altered(selection.store.record, tmp_path / f"record-{number}", old, old[::-1])
        with open_voter_record(path) as record:
            assert Check.BOARD_PAYLOAD in record.failing
            if old == commitment:
                assert refused(lambda: what_is_mine(own, record)).code == "record-fails"
    path = altered(selection.store.record, tmp_path / "record-row", row, row.replace(b"2", b"4"))
    with open_voter_record(path) as record:
        assert record.failing == frozenset()  # nobody has looked at the statement yet
        assert refused(lambda: tuple(stated_rows(record))).code == "record-fails"


def test_a_statement_that_says_something_else_of_the_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    selection = prepared(tmp_path / "spring", "stated")
    own = opening_of(selection, "0000001")
    assert mine_of(selection, own).vote.objection == ""
    for rows, objection in (((Row("0000001", "none", b"", "not-voted"),), "none/not-voted"), ((), "nothing")):
        monkeypatch.setattr(roll_mine, "stated_rows", lambda record, rows=rows: iter(rows))
        assert mine_of(selection, own).vote.objection == objection
