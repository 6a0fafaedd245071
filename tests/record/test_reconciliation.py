"""The table of lines and credentials: counted from rows, written and read in one form, compared number by number."""

from dataclasses import replace
from typing import Any

import pytest

from e2evote.errors import MalformedInput
from e2evote.hashing import canonical
from e2evote.record.reconciliation import Discrepancy, RowCounts, paper_discrepancies, read_reconciliation
from e2evote.record.roll_row import line_of
from e2evote.record.rows import Row
from tests.ballot.rolled import RolledRig, Terms

TERMS = Terms(paper=("in_person", "postal"), lines=(("all", 1),) * 50 + (("half", 1),) * 3)
MANIFEST = TERMS.manifest()
SHAPES = (("online", "counted"), ("in_person", "superseded"), ("postal", "marked"), ("none", "annulled"))
ROWS = [Row(line_of(i + 1), channel, b"", status) for i, (channel, status) in enumerate(SHAPES * 12)]


def electorate() -> Any:
    return RolledRig.at("issued", TERMS).electorate


def test_every_line_is_counted_once() -> None:
    table = RowCounts.of(MANIFEST, ROWS).reconciled(electorate())
    assert table.lines == 48
    assert table.channels == {"online": 12, "in_person": 12, "postal": 12}
    assert table.none == {"annulled": 12, "not-voted": 0, "removed": 0}
    assert [(one.party, one.issued, one.unused) for one in table.registrars] == [("reg-1", 53, 53), ("reg-2", 53, 53)]
    value = canonical.decode(canonical.encode(table.members()), 10**6)
    assert read_reconciliation(value, "table", MANIFEST) == table


def test_where_a_number_differs_its_lines_are_named() -> None:
    counts, voters = RowCounts.of(MANIFEST, ROWS), electorate()
    good = counts.reconciled(voters)
    assert counts.discrepancies(good, voters) == ()
    stated = replace(good, channels={**good.channels, "postal": 11}, none={**good.none, "removed": 1})
    postal, removed = counts.discrepancies(stated, voters)
    assert postal == Discrepancy("channel postal", 11, 12, tuple(row.line for row in ROWS if row.channel == "postal"))
    assert str(removed) == "lines removed: 1, want 0"


def test_at_most_forty_lines_are_named() -> None:
    rows = [Row(line_of(i), "none", b"", "not-voted") for i in range(1, 51)]
    counts = RowCounts.of(MANIFEST, rows)
    good = counts.reconciled(electorate())
    (found,) = counts.discrepancies(replace(good, none={**good.none, "not-voted": 49}), electorate())
    assert found.lines == tuple(line_of(i) for i in range(1, 41))
    assert str(found).endswith("0000039, 0000040, …)")


def test_marks_count_for_the_contests_of_their_style() -> None:
    rig = RolledRig.at("open", TERMS)
    for number in (2, 3, 52):
        rig.post(rig.mark(number, "postal"))
    rig.post(rig.mark(53, "in_person"))
    places = {("postal", "mayor"): 3, ("postal", "board"): 2, ("in_person", "mayor"): 1, ("in_person", "board"): 0}
    assert set(paper_discrepancies(MANIFEST, rig.electorate, places).values()) == {None}
    found = paper_discrepancies(MANIFEST, rig.electorate, {("postal", "mayor"): 2, ("postal", "board"): 3})
    assert found["postal", "mayor"] == Discrepancy("marked lines", 3, 2, tuple(map(line_of, (2, 3, 52))))
    assert found["postal", "board"] == Discrepancy("marked lines", 2, 3, tuple(map(line_of, (2, 3))))


GOOD = canonical.encode(RowCounts.of(MANIFEST, ROWS).reconciled(electorate()).members())


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b'{"channel":"online","lines":12},', b""),
        (b'"channel":"online"', b'"channel":"postal"'),
        (b'"lines":48', b'"lines":-1'),
        (b'"lines":48', b'"lines":"48"'),
        (b'"status":"annulled"', b'"status":"not-voted"'),
        (b'{"lines":0,"status":"removed"}', b'{"lines":0,"status":"removed"},{"lines":0,"status":"removed"}'),
        (b'"party":"reg-1"', b'"party":"reg-2"'),
        (b'"unused":53,"used":0}]', b'"unused":53}]'),
        (b'"registrars":[', b'"registrars":[{},'),
        (b'"lines":48', b'"lines":48,"more":0'),
    ],
)
def test_another_form_is_malformed(old: bytes, new: bytes) -> None:
    assert GOOD.count(old) == 1
    with pytest.raises(MalformedInput):
        read_reconciliation(canonical.decode(GOOD.replace(old, new), 10**6), "table", MANIFEST)
