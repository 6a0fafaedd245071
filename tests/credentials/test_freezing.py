"""The roll is drawn up as the specification says, nobody chooses a line, and whoever is given it opened sees a lie."""

import copy
import pickle
from collections.abc import Callable, Sequence
from dataclasses import replace

import pytest

from e2evote.credentials.checking import check_opened_roll
from e2evote.credentials.freezing import Openings, add, change_contact, freeze
from e2evote.credentials.opened_roll import OpenedLine, OpenedRoll, read_opened_roll
from e2evote.errors import MalformedInput, Refused
from e2evote.hashing import canonical
from e2evote.record.roll import FieldCommitments, seed_commitment
from e2evote.record.roll_opening import Failure, PublishedRoll, check_opening
from e2evote.record.roll_row import RollRow, line_of
from e2evote.record.text_lines import in_one
from tests.credentials.association import BASE_HASH, FIELDS, association, by_hand, tree_root
from tests.credentials.frozen import SIZE, Roll, frozen_roll, members
from tests.randomness import DeterministicRandomness

ROLL = frozen_roll()
LINES = [line_of(number) for number in range(1, SIZE + 1)]


def with_lines(opened: OpenedRoll, lines: Sequence[OpenedLine], frozen: int = 0) -> OpenedRoll:
    return OpenedRoll(opened.fields, opened.seeds, frozen or opened.frozen, tuple(lines))


def failures(
    opened: OpenedRoll,
    rows: Sequence[RollRow] = (),
    commits: Sequence[bytes] = (),
    published: PublishedRoll = ROLL.published,
) -> list[Failure]:
    return list(check_opened_roll(opened, published, rows or ROLL.rows, commits or ROLL.commits, BASE_HASH))


def named(found: Sequence[Failure]) -> set[tuple[str, str]]:
    return {(one.name, one.subject) for one in found}


def test_lines_are_numbered_by_the_order_of_the_specification() -> None:
    seeds = b"".join(ROLL.seeds)
    expected = sorted(
        (by_hand(0x87, "roll-order", seeds, member.reference.encode()), member.reference) for member in ROLL.members
    )
    assert [line.reference for line in ROLL.opened.lines] == [reference for _, reference in expected]
    assert [line.line for line in ROLL.opened.lines] == LINES
    assert [line.reference for line in ROLL.opened.lines] != [member.reference for member in ROLL.members]


def test_the_posted_roll_is_made_of_commitments_alone() -> None:
    payload = b"".join(ROLL.frozen.payload())
    for line, row in zip(ROLL.opened.lines, ROLL.rows, strict=True):
        member = next(member for member in ROLL.members if member.reference == line.reference)
        assert (line.values, line.style, line.weight) == (member.values, member.style, member.weight)
        expected = tuple(
            by_hand(0x88, "roll-field", line.line.encode(), field.encode(), salt, value.encode())
            for field, salt, value in zip(FIELDS, line.salts, line.values, strict=True)
        )
        assert row == RollRow(line.line, expected, member.style, member.weight)
        for value in member.values:
            assert value.encode() not in payload
    assert ROLL.frozen.root == ROLL.posted.root == tree_root([row.encode() for row in ROLL.rows])
    salts = [salt for line in ROLL.opened.lines for salt in line.salts]
    assert len(set(salts)) == len(salts) == 4 * SIZE


def test_other_seeds_give_another_order_and_the_same_seeds_the_same() -> None:
    order = [line.reference for line in ROLL.opened.lines]
    again = freeze(
        ROLL.members[::-1], FIELDS[2:], BASE_HASH, ROLL.seeds, ROLL.commits, DeterministicRandomness("other salts")
    )
    assert [line.reference for line in again.opened.lines] == order
    assert again.root != ROLL.frozen.root
    assert [line.reference for line in frozen_roll(SIZE, "another").opened.lines] != order


@pytest.mark.parametrize("wrong", [1, 2])
def test_a_seed_that_was_not_committed_to_is_refused(wrong: int) -> None:
    seeds = [bytes(32) if i == wrong else seed for i, seed in enumerate(ROLL.seeds, start=1)]
    with pytest.raises(Refused, match=f"registrar {wrong}") as refused:
        freeze(ROLL.members, FIELDS[2:], BASE_HASH, seeds, ROLL.commits, DeterministicRandomness("x"))
    assert refused.value.code == "roll-seed"
    swapped = ROLL.seeds[::-1]
    with pytest.raises(Refused, match="registrar 1"):
        freeze(ROLL.members, FIELDS[2:], BASE_HASH, swapped, ROLL.commits, DeterministicRandomness("x"))


def test_a_true_opened_roll_passes() -> None:
    assert failures(ROLL.opened) == []


def swap(opened: OpenedRoll) -> OpenedRoll:
    """Two members change places: the numbers are the same, and the roll is frozen anew."""
    lines = list(opened.lines)
    first, second = lines[2], lines[5]
    lines[2], lines[5] = replace(second, line=first.line), replace(first, line=second.line)
    return with_lines(opened, lines)


def rows_of(opened: OpenedRoll) -> list[RollRow]:
    commitments = FieldCommitments(BASE_HASH, opened.fields)
    return [
        RollRow(line.line, commitments.of(line.line, line.salts, line.values), line.style, line.weight)
        for line in opened.lines
    ]


def changed(number: int, **given: object) -> Callable[[OpenedRoll], OpenedRoll]:
    def change(opened: OpenedRoll) -> OpenedRoll:
        lines = list(opened.lines)
        lines[number - 1] = replace(lines[number - 1], **given)  # type: ignore[arg-type]
        return with_lines(opened, lines)

    return change


FIRST, SECOND = ROLL.opened.lines[:2]
NOBODY = replace(
    FIRST,
    line=line_of(SIZE + 1),
    values=("N-1", "Nobody", "", ""),
    salts=tuple(bytes([number]) * 32 for number in range(4)),
)
FALSE: dict[str, tuple[Callable[[OpenedRoll], OpenedRoll], set[tuple[str, str]]]] = {
    "another address": (
        changed(1, values=(*FIRST.values[:2], "x@example.org", FIRST.values[3])),
        {("opening.value", "line 0000001, email")},
    ),
    "another style": (changed(1, style="all" if FIRST.style == "half" else "half"), {("opened.row", "line 0000001")}),
    "another weight": (changed(1, weight=6 - FIRST.weight), {("opened.row", "line 0000001")}),
    "a line kept back": (
        lambda opened: with_lines(opened, opened.lines[:-1]),
        {("opened.lines", f"line {LINES[-1]}")},
    ),
    "a line that is not there": (
        lambda opened: with_lines(opened, (*opened.lines, NOBODY)),
        {("opened.lines", f"line {line_of(SIZE + 1)}")},
    ),
    "fewer fields": (
        lambda opened: OpenedRoll(opened.fields[:3], opened.seeds, opened.frozen, opened.lines),
        {("opened.lines", "roll")},
    ),
    "fewer seeds": (
        lambda opened: OpenedRoll(opened.fields, opened.seeds[:1], opened.frozen, opened.lines),
        {("opened.lines", "roll")},
    ),
}


@pytest.mark.parametrize("name", FALSE)
def test_an_opened_roll_that_differs_from_the_board_is_named(name: str) -> None:
    change, expected = FALSE[name]
    assert named(failures(change(ROLL.opened))) == expected


def test_lines_that_were_chosen_are_seen() -> None:
    opened = swap(ROLL.opened)
    rows = rows_of(opened)
    found = failures(opened, rows)
    assert named(found) == {("opened.order", "line 0000003"), ("opened.order", "line 0000006")}
    assert {str(one) for one in found} == {
        "line 0000003: (13.2) puts it at 0000006",
        "line 0000006: (13.2) puts it at 0000003",
    }


def test_seeds_other_than_the_committed_ones_are_seen() -> None:
    """With a seed of its choice whoever draws up the roll tries orders until it likes one."""
    opened = OpenedRoll(ROLL.opened.fields, (ROLL.seeds[0], bytes(32)), SIZE, ROLL.opened.lines)
    found = failures(opened)
    assert ("opened.seed", "registrar 2") in named(found)
    assert {one.name for one in found} == {"opened.seed", "opened.order"}


def test_one_salt_for_two_fields_or_lines_is_seen() -> None:
    for change in (
        changed(1, salts=(FIRST.salts[0],) * 2 + FIRST.salts[2:]),
        changed(2, salts=(FIRST.salts[3], *SECOND.salts[1:])),
    ):
        opened = change(ROLL.opened)
        (found,) = failures(opened, rows_of(opened))
        assert found.name == "opened.salt"


@pytest.mark.parametrize("reference", [FIRST.reference, FIRST.reference.lower(), FIRST.reference.replace("0", "O")])
def test_a_member_who_is_there_twice_is_seen(reference: str) -> None:
    """Two lines of one person: two votes."""
    opened = changed(2, values=(reference, *SECOND.values[1:]))(ROLL.opened)
    found = failures(opened, rows_of(opened))
    assert ("opened.reference", "line 0000002") in named(found)


def test_the_number_of_frozen_lines_is_the_board_s() -> None:
    opened = with_lines(ROLL.opened, ROLL.opened.lines, SIZE - 1)
    assert ("opened.lines", "roll") in named(failures(opened))


def amended() -> tuple[Roll, OpenedRoll, PublishedRoll, list[RollRow]]:
    """An addition, and two changes of one contact."""
    randomness = DeterministicRandomness("amended")
    (member,) = members(1, ROLL.manifest, first=77)
    opened, row = add(ROLL.opened, member, BASE_HASH, randomness)
    opened, first = change_contact(opened, "0000005", "email", "new@example.org", "moved", BASE_HASH, randomness)
    opened, second = change_contact(opened, "0000005", "email", "newer@example.org", "bounced", BASE_HASH, randomness)
    published = replace(ROLL.published, added={row.line: row}, changes={"0000005": (first, second)})
    return ROLL, opened, published, [*ROLL.rows, row]


def test_amendments_are_part_of_the_opened_roll_and_posted_as_commitments() -> None:
    _, opened, published, rows = amended()
    assert failures(opened, published=published) == []
    assert (rows[-1].line, opened.lines[-1].reference, opened.frozen) == (line_of(SIZE + 1), "M-0077", SIZE)
    first, second = published.changes["0000005"]
    before = ROLL.opened.lines[4]
    assert first.old == ROLL.rows[4].commitments[2]
    assert second.old == first.new
    assert len({first.old, first.new, second.new}) == 3
    assert opened.lines[4].values[2] == "newer@example.org"
    assert [(one.field, one.value) for one in opened.lines[4].earlier] == [
        ("email", before.values[2]),
        ("email", "new@example.org"),
    ]
    assert opened.lines[4].earlier[0].salt == before.salts[2]
    assert opened.lines[4].salts[2] not in (before.salts[2], opened.lines[4].earlier[1].salt)


def test_a_change_that_is_kept_quiet_is_seen() -> None:
    """S3: the address in the opened roll is another one, and no leaf says so; or a leaf does, and the roll does not."""
    _, opened, published, _ = amended()
    quiet = replace(published, changes={})
    assert named(failures(opened, published=quiet)) == {("opening.changes", "line 0000005, email")}
    old = with_lines(opened, (*ROLL.opened.lines, opened.lines[-1]))
    assert named(failures(old, published=published)) == {("opening.changes", "line 0000005, email")}


def test_members_are_given_openings_that_the_board_proves() -> None:
    _, opened, published, rows = amended()
    openings = Openings(opened, rows)
    for line in opened.lines:
        assert check_opening(openings.of(line.line), published, BASE_HASH) == ()
    with pytest.raises(ValueError, match="23 rows, 24 opened lines"):
        Openings(opened, ROLL.rows)


@pytest.mark.parametrize("reference", ["M-0003", "m 0003", "M-OOO3"])
def test_nobody_is_added_twice(reference: str) -> None:
    (member,) = members(1, ROLL.manifest, first=77)
    with pytest.raises(Refused) as refused:
        add(ROLL.opened, replace(member, reference=reference), BASE_HASH, DeterministicRandomness("x"))
    assert refused.value.code == "roll-reference"


@pytest.mark.parametrize(
    ("line", "contact", "value"),
    [
        ("0000005", "email", ROLL.opened.lines[4].values[2]),
        ("0000005", "email", "nowhere"),
        ("0000005", "email", "a@b.org\n"),
        ("0000005", "phone", "a@example.org"),
        ("0000005", "name", "Somebody Else"),
        ("0000005", "reference", "M-9999"),
        ("0000005", "post", "12 High Street"),
        (line_of(SIZE + 1), "email", "a@example.org"),
    ],
)
def test_what_is_no_change_of_contact_is_refused(line: str, contact: str, value: str) -> None:
    with pytest.raises(Refused) as refused:
        change_contact(ROLL.opened, line, contact, value, "moved", BASE_HASH, DeterministicRandomness("x"))
    assert refused.value.code == "roll-contact"


def test_a_reason_is_one_of_the_list() -> None:
    with pytest.raises(ValueError, match="want one of bounced, corrected, moved"):
        change_contact(
            ROLL.opened, "0000005", "email", "a@example.org", "asked", BASE_HASH, DeterministicRandomness("x")
        )


def test_the_opened_roll_is_read_as_it_was_written() -> None:
    _, opened, _, _ = amended()
    data = b"".join(opened.encoded())
    read = read_opened_roll(lambda: (data[i : i + 100] for i in range(0, len(data), 100)))
    assert (read.fields, read.seeds, read.frozen, read.lines) == (
        opened.fields,
        opened.seeds,
        opened.frozen,
        opened.lines,
    )
    assert b"".join(read.encoded()) == data


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        (b'"kind":"e2evote-opened-roll"', b'"kind":"e2evote-roll-opening"', "kind: 'e2evote-roll-opening', want"),
        (b'"v":1}', b'"v":2}', "v: 2, want 1"),
        (b'"frozen":23', b'"frozen":0', "frozen: 0, want 1 to 23"),
        (b'"frozen":23', b'"frozen":24', "frozen: 24, want 1 to 23"),
        (b'"fields":["reference","name"', b'"fields":["name","name"', "fields: a field twice"),
        (b'"line":"0000002"', b'"line":"0000003"', "rows[1].line: '0000003', want lines 1, 2, 3"),
        (b'"weight":1}', b'"weight":0}', ".weight: 0, want 1 to 1000"),
        (b'"earlier":[]', b'"earlier":[{"field":"dob","salt":"' + b"0" * 64 + b'","value":""}]', "'dob', want one of"),
        (b'"values":["', b'"values":["x","', "5 values and 4 salts, want 4"),
        (b'{"earlier"', b'{"code":"","earlier"', "'code' is unknown here"),
    ],
)
def test_what_is_no_opened_roll_is_refused(old: bytes, new: bytes, reason: str) -> None:
    data = b"".join(ROLL.opened.encoded())
    assert old in data
    with pytest.raises(MalformedInput) as refused:
        read_opened_roll(in_one(data.replace(old, new, 1)))
    assert reason in str(refused.value)


def test_the_opened_roll_does_not_leave_unnoticed() -> None:
    assert repr(ROLL.opened) == "OpenedRoll(<redacted>)"
    assert repr(FIRST) == "OpenedLine(0000001, <redacted>)"
    for leak in (pickle.dumps, copy.copy, copy.deepcopy):
        with pytest.raises(TypeError):
            leak(ROLL.opened)


def test_a_freeze_takes_members_that_were_read_only() -> None:
    with pytest.raises(ValueError, match="a reference twice"):
        freeze(
            ROLL.members + ROLL.members[:1],
            FIELDS[2:],
            BASE_HASH,
            ROLL.seeds,
            ROLL.commits,
            DeterministicRandomness("x"),
        )


def test_numbers_are_spread_over_the_members() -> None:
    """Under many seeds each of three members is first about as often: nobody has a line by the list's order."""
    given = members(3, association(("all", "half"), (1, 5)))
    firsts = {member.reference: 0 for member in given}
    for i in range(300):
        seeds = (canonical.encode(i).ljust(32, b"-"),)
        commits = (seed_commitment(BASE_HASH, 1, seeds[0]),)
        made = freeze(given, FIELDS[2:], BASE_HASH, seeds, commits, DeterministicRandomness("x"))
        firsts[made.opened.lines[0].reference] += 1
    assert all(60 < count < 140 for count in firsts.values())
