"""Tables for a mail merge: one address for each code, notices without codes, and no cell that computes."""

import csv
import io
import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from e2evote.credentials.addresses import addressees
from e2evote.credentials.code import draw_codes
from e2evote.credentials.contacts import check_of, objections
from e2evote.credentials.freezing import change_contact
from e2evote.credentials.issuing import Letter, Registrar, issue
from e2evote.credentials.letters import (
    Notice,
    contact_notices,
    letters_table,
    notices_table,
    reissue_notices,
)
from e2evote.credentials.opened_roll import OpenedLine, OpenedRoll
from tests.credentials.association import BASE_HASH
from tests.credentials.frozen import frozen_roll
from tests.randomness import DeterministicRandomness

ROLL = frozen_roll()
LINE = ROLL.opened.lines[4]
CODE = draw_codes(1, DeterministicRandomness("letters"))[0]


def read(table: bytes) -> list[list[str]]:
    assert table.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(io.StringIO(table.decode("utf-8-sig"), newline=""), strict=True))


def name_as_written(name: str) -> str:
    return read(letters_table([Letter(1, "0000001", CODE, name, "a@example.org")], "email"))[1][3]


def with_line(line: OpenedLine, fields: tuple[str, ...] = ()) -> OpenedRoll:
    return OpenedRoll(fields or ROLL.opened.fields, ROLL.opened.seeds, 1, (line,))


def test_each_registrar_has_the_addresses_of_its_own_contact_only() -> None:
    for party, contact, other in (("reg-a", "email", 3), ("reg-b", "phone", 2)):
        people = addressees(ROLL.opened, ROLL.rows, (), contact, BASE_HASH)
        made = issue(Registrar(BASE_HASH, party, contact), people, (), DeterministicRandomness(party))
        table = letters_table(made.letters, contact)
        header, *rows = read(table)
        assert header == ["number", "line", "code", "name", contact]
        assert rows == [
            [str(one.number), one.line, one.code.in_groups(), one.name, one.address] for one in made.letters
        ]
        assert all(re.fullmatch(r"([0-9A-HJKMNP-TV-Z]{5}-){4}[0-9A-HJKMNP-TV-Z]{5}", row[2]) for row in rows)
        for line in ROLL.opened.lines:
            assert line.values[other].encode() not in table
            assert line.reference.encode() not in table


def test_the_table_is_rfc_4180() -> None:
    made = letters_table([Letter(17, "0000003", CODE, 'Zoë "Z" Ødegård, Dr', "z@example.org")], "email")
    assert (
        made
        == (
            "\ufeffnumber,line,code,name,email\r\n"
            f'17,0000003,{CODE.in_groups()},"Zoë ""Z"" Ødegård, Dr",z@example.org\r\n'
        ).encode()
    )


FORMULAS = ("=1+1", "=cmd|' /C calc'!A0", "@SUM(A1)", "-2+3", "+1-2", "\t1", "\r=1", "\n=1", "+44=1", "+")
WIDE = ("＝1", "＋1", "－1", "＠A")


@pytest.mark.parametrize("name", FORMULAS + WIDE)
def test_a_cell_that_would_be_a_formula_is_text(name: str) -> None:
    assert name_as_written(name) == f"'{name}"


@pytest.mark.parametrize("name", ["+44 20 7946 0017", "+442079460017", "Ann", "O'Neil", "1=1", "a@b.org", "x-y", ""])
def test_any_other_cell_is_as_it_was(name: str) -> None:
    assert name_as_written(name) == name


@given(st.text("+0123456789 ()./-", max_size=20))
def test_every_telephone_number_that_is_taken_is_written_as_it_is(text: str) -> None:
    """An apostrophe before it would make it undeliverable."""
    if not list(objections(text, check_of("phone"))):
        assert name_as_written(text) == text


@pytest.mark.parametrize(
    ("name", "written"), [("Ann;=1+1", "Ann;'=1+1"), ("Ann; @A1", "Ann; '@A1"), ("Ann\t-1", "Ann\t'-1"), ("a;b", "a;b")]
)
def test_nor_does_a_cell_compute_where_other_signs_separate_cells(name: str, written: str) -> None:
    assert name_as_written(name) == written


@given(st.text("=+-@ \t\r\n\"',;aé0＝", max_size=12))
def test_no_text_breaks_the_table_or_begins_a_formula(name: str) -> None:
    letters = [Letter(1, "0000001", CODE, name, name), Letter(2, "0000002", CODE, "B", "b@b.org")]
    rows = read(letters_table(letters, "email"))
    assert [len(row) for row in rows] == [5, 5, 5]
    assert rows[2] == ["2", "0000002", CODE.in_groups(), "B", "b@b.org"]
    assert rows[1][3] == rows[1][4]
    assert not rows[1][3].startswith(tuple("=-@\t\r\n＝"))
    assert rows[1][3].replace("'", "") == name.replace("'", "")


def change(contact: str, value: str, opened: OpenedRoll = ROLL.opened) -> tuple[OpenedRoll, OpenedLine]:
    after, _ = change_contact(opened, LINE.line, contact, value, "moved", BASE_HASH, DeterministicRandomness("x"))
    return after, after.lines[4]


def test_a124_a_change_of_contact_is_told_at_the_old_address_and_at_the_new_one() -> None:
    opened, line = change("email", "new@example.org")
    assert contact_notices(opened, line, "email") == tuple(
        Notice("contact-changed", LINE.line, LINE.name, "email", address)
        for address in (LINE.values[2], "new@example.org")
    )
    opened, line = change("email", "newer@example.org", opened)
    assert [one.address for one in contact_notices(opened, line, "email")] == ["new@example.org", "newer@example.org"]
    opened, line = change("phone", "+44 20 7946 9999", opened)
    assert [one.address for one in contact_notices(opened, line, "phone")] == [LINE.values[3], "+44 20 7946 9999"]


def test_a_contact_that_was_not_known_before_is_told_by_all_others() -> None:
    opened, line = change("email", "")
    assert [one.address for one in contact_notices(opened, line, "email")] == [LINE.values[2]]
    opened, line = change("email", "new@example.org", opened)
    found = contact_notices(opened, line, "email")
    assert [(one.contact, one.address) for one in found] == [("email", "new@example.org"), ("phone", LINE.values[3])]


def test_a47_a_new_code_is_told_by_another_way_than_it_goes() -> None:
    for contact, other in (("email", "phone"), ("phone", "email")):
        (found,) = reissue_notices(ROLL.opened, LINE, contact)
        assert (found.about, found.contact, found.line) == ("code-reissued", other, LINE.line)
        assert found.address == LINE.values[ROLL.opened.place(other)]


def test_a_way_that_leads_to_the_same_place_is_no_other_way() -> None:
    line = replace(LINE, values=(*LINE.values, LINE.values[2]), salts=(*LINE.salts, bytes(32)))
    opened = with_line(line, (*ROLL.opened.fields, "backup-email"))
    assert [one.contact for one in reissue_notices(opened, line, "email")] == ["phone"]
    alone = replace(LINE, values=(*LINE.values[:3], ""))
    assert reissue_notices(with_line(alone), alone, "email") == ()


def test_notices_have_no_code() -> None:
    opened, line = change("email", "new@example.org")
    made = notices_table([*contact_notices(opened, line, "email"), *reissue_notices(opened, line, "phone")])
    assert read(made) == [
        ["about", "line", "name", "contact", "address"],
        ["contact-changed", LINE.line, LINE.name, "email", LINE.values[2]],
        ["contact-changed", LINE.line, LINE.name, "email", "new@example.org"],
        ["code-reissued", LINE.line, LINE.name, "email", "new@example.org"],
    ]
    assert not re.search(rb"[0-9A-Z]{5}-[0-9A-Z]{5}", made)
    assert repr(contact_notices(opened, line, "email")[0]) == "Notice(contact-changed, 0000005, email, <redacted>)"
