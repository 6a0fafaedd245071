"""Freezing and amending: what is posted, what the holder keeps, who is told; what is refused before it is signed."""

from pathlib import Path

import pytest

from e2evote.adapter import roll_keeping
from e2evote.adapter.register_tool import check_held
from e2evote.adapter.registrar_issue import make_codes
from e2evote.adapter.roll_record import open_voter_record
from e2evote.adapter.roll_sharing import openings, write_openings, write_openings_table
from e2evote.credentials.members import read_members
from e2evote.record.roll_opening import check_opening, decode_opening
from tests.adapter.roll_selection import HEADINGS, RollSelection, issue, member_rows, members_csv, prepared
from tests.adapter.selections import hold_ceremony, refused
from tests.randomness import DeterministicRandomness

RANDOMNESS = DeterministicRandomness("amendments")
LATE = {name: value.replace("0", "9") for name, value in member_rows(8)[7].items()}


@pytest.fixture
def selection(tmp_path: Path) -> RollSelection:
    return prepared(tmp_path / "spring", "frozen")


def late(selection: RollSelection, **other: str) -> roll_keeping.Changed:
    record = selection.record()
    (member,) = read_members(members_csv([LATE | other]), record.manifest).members
    return roll_keeping.add(record, selection.held, member, "omitted", RANDOMNESS)


def test_the_frozen_roll_is_the_one_on_the_board(selection: RollSelection) -> None:
    record = selection.record()
    assert tuple(check_held(selection.held, record)) == ()
    assert record.electorate.lines == len(member_rows())
    assert record.frozen()[1].as_at == "2031-04-01T00:00:00Z"


def test_amendments_keep_file_and_board_together(selection: RollSelection) -> None:
    with selection.box() as service:
        selection.change(service.post, late(selection))
        changed = roll_keeping.contact(
            selection.record(), selection.held, "0000003", "phone", "+44 1 2345", "corrected", RANDOMNESS
        )
        selection.change(service.post, changed)
        selection.send(service.post, roll_keeping.remove(selection.record(), "0000001", "left"), "chair", "tess")
    record = selection.record()
    assert record.electorate.lines == len(member_rows()) + 1
    assert record.electorate.is_removed("0000001")
    assert tuple(check_held(selection.held, record)) == ()
    with open_voter_record(selection.store.record) as read:
        assert tuple(check_held(selection.held, read)) == ()
        published = read.published()
        for _, data in openings(selection.held, read):
            assert check_opening(decode_opening(data), published, read.setting.base_hash) == ()


def test_old_and_new_address_are_told(selection: RollSelection) -> None:
    line = selection.held.opened.lines[2]
    changed = roll_keeping.contact(
        selection.record(), selection.held, line.line, "email", "new@mail.example", "moved", RANDOMNESS
    )
    old = line.values[selection.held.opened.place("email")]
    assert [(one.contact, one.address) for one in changed.notices] == [("email", old), ("email", "new@mail.example")]
    assert {one.about for one in changed.notices} == {"contact-changed"}


def test_what_is_refused(selection: RollSelection) -> None:
    record, held = selection.record(), selection.held

    def contact(line: str = "0000001", field: str = "email", value: str = "x@y.example", reason: str = "moved") -> None:
        roll_keeping.contact(record, held, line, field, value, reason, RANDOMNESS)

    for act, code in (
        (lambda: contact(reason="because"), "reason"),
        (lambda: contact(line="0000099"), "no-line"),
        (lambda: contact(field="name", value="Somebody Else"), "roll-contact"),
        (lambda: contact(value="no address"), "roll-contact"),
        (lambda: contact(value=""), "roll-contact"),
        (lambda: contact(value=held.opened.lines[0].values[2]), "roll-contact"),
        (lambda: roll_keeping.remove(record, "0000001", "because"), "reason"),
        (lambda: roll_keeping.remove(record, "0000099", "left"), "no-line"),
        (lambda: late(selection, reference=held.opened.lines[0].reference.lower()), "roll-reference"),
        (lambda: roll_keeping.freeze(record, (), (), "2031-04-01T00:00:00Z", RANDOMNESS), "already-frozen"),
    ):
        assert refused(act).code == code


def test_a_phone_that_no_registrar_writes_to_may_be_empty(selection: RollSelection) -> None:
    changed = roll_keeping.contact(selection.record(), selection.held, "0000001", "phone", "", "bounced", RANDOMNESS)
    assert changed.held.opened.lines[0].values[-1] == ""


def test_a_file_that_is_behind_the_board_amends_nothing(selection: RollSelection) -> None:
    old = selection.held
    with selection.box() as service:
        selection.change(service.post, late(selection))
    act = refused(lambda: roll_keeping.contact(selection.record(), old, "0000001", "phone", "", "bounced", RANDOMNESS))
    assert act.code == "roll-behind"
    with open_voter_record(selection.store.record) as record:
        assert refused(lambda: tuple(openings(old, record))).code == "roll-behind"


def test_before_the_freeze(tmp_path: Path) -> None:
    setup = prepared(tmp_path / "setup", "setup")
    record = setup.record()
    members = read_members(members_csv(), record.manifest).members
    for as_at, code in (("2031-04-31T00:00:00Z", "roll-date"), ("2031-04-01T00:00:00Z", "roll-seed")):
        assert refused(lambda at=as_at: roll_keeping.freeze(record, members, (), at, RANDOMNESS)).code == code
    assert refused(lambda: record.electorate).code == "not-frozen"
    assert refused(record.frozen).code == "not-frozen"


def test_each_member_is_given_the_own_line(selection: RollSelection, tmp_path: Path) -> None:
    record, folder = selection.record(), tmp_path / "openings"
    assert write_openings(selection.held, record, folder) == 6
    for path in folder.glob("opening-*.json"):
        opening = decode_opening(path.read_bytes())
        assert path.name == f"opening-{opening.row.line}.json"
        assert path.stat().st_mode & 0o777 == 0o600
        assert check_opening(opening, record.published(), record.setting.base_hash) == ()
    assert len(list(folder.glob("opening-*.json"))) == 6
    assert write_openings_table(selection.held, record, tmp_path / "openings.csv") == 6
    first = (tmp_path / "openings.csv").read_text("utf-8-sig").splitlines()[0]
    assert first.split(",") == ["line", "name", *HEADINGS[2:5], "opening"]


def test_voting_opens_after_a_line_was_added_and_removed_again(tmp_path: Path) -> None:
    """Every registrar posts an issue of no codes, without letters; the board takes it once."""
    selection = prepared(tmp_path / "spring", "issued")
    with selection.box() as service:
        hold_ceremony(selection, service.post)
        selection.change(service.post, late(selection))
        selection.send(service.post, roll_keeping.remove(selection.record(), "0000007", "error"), "chair", "tess")
        assert refused(selection.administration(service.post).open).code == "board.phase"
        issue(selection, service.post, suffix=".none")
        act = refused(lambda: make_codes(selection.record(), selection.held, "rita", RANDOMNESS))
        assert act.code == "nothing-to-issue"
        selection.administration(service.post).open()
    assert not list(selection.folder.glob("*.none.letters.csv"))
    assert [one.issued for one in selection.record().electorate.registrar_counts()] == [6, 6]
    assert selection.verify().failing == frozenset()


def test_the_same_issue_of_no_codes_is_not_made_twice(tmp_path: Path) -> None:
    """The box would answer with the first one."""
    selection = prepared(tmp_path / "spring", "issued")
    with selection.box() as service:
        for line, reference in (("0000007", "M-77"), ("0000008", "M-78")):
            selection.change(service.post, late(selection, reference=reference))
            selection.send(service.post, roll_keeping.remove(selection.record(), line, "error"), "chair", "tess")
            if line == "0000007":
                issue(selection, service.post, suffix=".none")
    act = refused(lambda: make_codes(selection.record(), selection.held, "rita", RANDOMNESS))
    assert (act.code, "add a line" in act.detail) == ("nothing-to-issue", True)


def test_lines_that_were_added_get_codes_by_a_second_issue(tmp_path: Path) -> None:
    selection = prepared(tmp_path / "spring", "issued")
    with selection.box() as service:
        selection.change(service.post, late(selection))
        issue(selection, service.post, suffix=".late")
    counts = selection.record().electorate.registrar_counts()
    assert [one.issued for one in counts] == [7, 7]
    letters = (selection.folder / "rita.late.letters.csv").read_text("utf-8-sig").splitlines()
    assert [line.split(",")[:2] for line in letters[1:]] == [["7", "0000007"]]
