"""A table of members is taken as it is, or refused with every reason and its place."""

import pickle
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from e2evote.credentials.look_alike import forms
from e2evote.credentials.members import Member, MemberList, MembersRefused, read_members
from tests.ballot.election import make_manifest
from tests.credentials.association import association

PLAIN = association()
ALL = association(("all", "half"), (1, 5), post=True)
HEADER = "reference,name,email,phone"
ADA = "M-17,Ada Øre,ada@example.org,+44 20 7946 0017"
BOB = "M-18,Bob,bob@example.org,020 7946 0018"


def table(*rows: str, header: str = HEADER) -> bytes:
    return "\r\n".join([header, *rows, ""]).encode()


def faults(data: bytes, plain: bool = True) -> list[str]:
    with pytest.raises(MembersRefused) as refused:
        read_members(data, PLAIN if plain else ALL)
    assert refused.value.code == "roll-csv"
    return [str(fault) for fault in refused.value.faults]


def references(*given: str) -> bytes:
    return table(*(f'"{one}",N,n{i}@example.org,+44 20 7946 {i:04}' for i, one in enumerate(given)))


def test_members_are_read_as_they_stand() -> None:
    assert read_members(table(ADA, BOB), PLAIN) == MemberList(
        (
            Member("M-17", "Ada Øre", ("ada@example.org", "+44 20 7946 0017"), "all", 1, 2),
            Member("M-18", "Bob", ("bob@example.org", "020 7946 0018"), "all", 1, 3),
        ),
        (),
    )


@pytest.mark.parametrize(
    "change",
    [
        lambda data: b"\xef\xbb\xbf" + data,
        lambda data: data.replace(b"\r\n", b"\n"),
        lambda data: data.rstrip(),
        lambda data: data + b"\r\n\r\n",
        lambda data: data.replace(b"Bob", b'"Bob"'),
    ],
)
def test_what_programs_do_differently_does_not_matter(change: object) -> None:
    assert read_members(change(table(ADA, BOB)), PLAIN) == read_members(table(ADA, BOB), PLAIN)  # type: ignore[operator]


def test_columns_are_found_by_name_and_style_and_weight_are_read() -> None:
    data = table(
        '5,"12 High St, ""The Mill""\nTown",+442079460017,half,ada@example.org,Ada,M-17',
        "1,,+442079460018,all,bob@example.org,Bob,M-18",
        header="weight,post,phone,style,email,name,reference",
    ).replace(b"\nTown", b" Town")
    first, second = read_members(data, ALL).members
    assert first == Member(
        "M-17", "Ada", ("ada@example.org", "+442079460017", '12 High St, "The Mill" Town'), "half", 5, 2
    )
    assert first.values == ("M-17", "Ada", *first.contacts)
    assert (second.contacts[2], second.weight) == ("", 1)


def test_a_weight_that_is_not_said_is_1_if_the_manifest_has_it() -> None:
    header = "reference,name,email,phone,post,style"
    assert read_members(table(f"{ADA},,half", header=header), ALL).members[0].weight == 1
    with pytest.raises(MembersRefused) as refused:
        read_members(table(f"{ADA}"), association(weights=(2, 5)))
    assert [str(fault) for fault in refused.value.faults] == ["line 1, weight: the column is missing"]


HEADERS = {
    "a column missing": ("reference,name,email", ["line 1, phone: the column is missing"]),
    "an unknown column": (f"{HEADER},dob", ["line 1, 'dob': an unknown column"]),
    "another case": (
        HEADER.replace("name", "Name"),
        ["line 1, 'Name': an unknown column", "line 1, name: the column is missing"],
    ),
    "a column twice": (f"{HEADER},name", ["line 1, 'name': a column twice"]),
    "semicolons": (
        HEADER.replace(",", ";"),
        [
            "line 1, 'reference;name;email;phone': an unknown column",
            *(f"line 1, {name}: the column is missing; columns are separated by commas" for name in HEADER.split(",")),
        ],
    ),
}


@pytest.mark.parametrize("name", HEADERS)
def test_wrong_columns_are_all_named(name: str) -> None:
    header, expected = HEADERS[name]
    assert faults(table(ADA, header=header)) == expected


def test_style_is_a_column_where_there_are_several() -> None:
    assert faults(table(ADA), plain=False) == [
        "line 1, post: the column is missing",
        "line 1, style: the column is missing",
    ]


ROWS = {
    "no reference": (f",{ADA[5:]}", ["line 2, reference: empty"]),
    "no name": (ADA.replace("Ada Øre", ""), ["line 2, name: empty"]),
    "no e-mail": (ADA.replace("ada@example.org", ""), ["line 2, email: empty, and reg-a sends its codes there"]),
    "no telephone": ("M-17,Ada,ada@example.org,", ["line 2, phone: empty, and reg-b sends its codes there"]),
    "nothing at all": (
        ",,,",
        [
            "line 2, reference: empty",
            "line 2, name: empty",
            "line 2, email: empty, and reg-a sends its codes there",
            "line 2, phone: empty, and reg-b sends its codes there",
        ],
    ),
    "a cell less": ("M-17,Ada,ada@example.org", ["line 2: 3 cells, but there are 4 columns"]),
    "a cell more": (f"{ADA},", ["line 2: 5 cells, but there are 4 columns"]),
    "a control character": (
        ADA.replace("Ada", "A\x07da"),
        ["line 2, name: U+0007 at character 1 is a control character"],
    ),
    "a null": (ADA.replace("Ada", "A\0da"), ["line 2, name: U+0000 at character 1 is a control character"]),
    "a new line": (
        ADA.replace("Ada Øre", '"Ada\nØre"'),
        ["line 2, name: U+000A at character 3 is a control character"],
    ),
    "an invisible space": (
        ADA.replace("M-17", "M-\u200b17"),
        ["line 2, reference: U+200B at character 2 is an invisible format character"],
    ),
    "text from right to left": (
        ADA.replace("Ada", "\u202eadA"),
        ["line 2, name: U+202E at character 0 is an invisible format character"],
    ),
    "a letter that shows nothing": (
        ADA.replace("Ada", "A\u3164da"),
        ["line 2, name: U+3164 at character 1 shows nothing"],
    ),
    "a space of another kind": (
        ADA.replace("Ada Øre", "Ada\u00a0Øre"),
        ["line 2, name: U+00A0 at character 3 is a space other than U+0020"],
    ),
    "spaces around": (ADA.replace("M-17", " M-17"), ["line 2, reference: ' M-17' begins or ends with a space"]),
    "two spaces": (ADA.replace("Ada Ø", "Ada  Ø"), ["line 2, name: 'Ada  \\xd8re' has two spaces in a row"]),
    "not composed": (
        ADA.replace("Ada Øre", "Zoe\u0308"),
        ["line 2, name: 'Zoe\\u0308' is not in Unicode normal form C"],
    ),
    "too long": (ADA.replace("Ada Øre", "x" * 501), ["line 2, name: 501 bytes, at most 500"]),
    "too many bytes": (ADA.replace("Ada Øre", "Ø" * 251), ["line 2, name: 502 bytes, at most 500"]),
    "no such address": (ADA.replace("ada@", "ada"), ["line 2, email: 'adaexample.org' is no e-mail address"]),
    "an address that is a formula": (
        ADA.replace("ada@", "=ada@"),
        ["line 2, email: '=ada@example.org' is no e-mail address"],
    ),
    "two addresses": (
        ADA.replace("ada@example.org", "a@b.org;c@d.org"),
        ["line 2, email: 'a@b.org;c@d.org' is no e-mail address"],
    ),
    "no such number": (ADA.replace("+44 20 7946 0017", "ask Bob"), ["line 2, phone: 'ask Bob' is no telephone number"]),
    "a short number": (ADA.replace("+44 20 7946 0017", "1234"), ["line 2, phone: '1234' is no telephone number"]),
    "a number that a spreadsheet would compute": (
        ADA.replace("+44 20 7946 0017", "+44-20-79460017"),
        ["line 2, phone: '+44-20-79460017' is no telephone number"],
    ),
    "a number as a spreadsheet writes it": (
        ADA.replace("+44 20 7946 0017", "4.42079E+11"),
        ["line 2, phone: '4.42079E+11' is no telephone number"],
    ),
}


@pytest.mark.parametrize("name", ROWS)
def test_a_row_that_is_not_right_is_refused(name: str) -> None:
    row, expected = ROWS[name]
    assert faults(table(row, BOB)) == expected
    assert [fault.replace("line 2", "line 3") for fault in expected] == faults(table(BOB, row))


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        ("other,1", "style: 'other', want one of all, half"),
        (",1", "style: '', want one of all, half"),
        ("All,1", "style: 'All', want one of all, half"),
        ("all,2", "weight: '2', want one of 1, 5"),
        ("all,", "weight: '', want one of 1, 5"),
        ("all,05", "weight: '05', want one of 1, 5"),
        ("all,5.0", "weight: '5.0', want one of 1, 5"),
        ("all,-1", "weight: '-1', want one of 1, 5"),
        ("all,５", "weight: '\\uff15', want one of 1, 5"),
    ],
)
def test_styles_and_weights_are_those_of_the_manifest(cells: str, expected: str) -> None:
    assert faults(table(f"{ADA},,{cells}", header=f"{HEADER},post,style,weight"), plain=False) == [
        f"line 2, {expected}"
    ]


def test_what_is_no_text_or_no_csv_is_refused_with_its_line() -> None:
    assert faults(table(ADA) + b"\xff\xfe") == ["line 3: not UTF-8; save the table as CSV in UTF-8"]
    assert faults(table(ADA, '"M-18"x,Bob,,'))[0].startswith("line 3: not CSV: ")
    assert faults(table(ADA, '"M-18,Bob,,'))[0].startswith("line 3: not CSV: ")
    assert faults(table(ADA, "x" * 140_000))[0].startswith("line 3: not CSV: field larger than field limit")
    assert faults(b"") == [f"line 1, {name}: the column is missing" for name in HEADER.split(",")]
    assert faults(table()) == ["line 1: no members"]


def test_lines_are_counted_as_an_editor_counts_them() -> None:
    spread = 'M-16,"Ann\n\nX",ann@example.org,+44 20 7946 0016'
    found = faults(table(spread, "", f",{ADA[5:]}"))
    assert [fault.split(",")[0] for fault in found] == ["line 2", "line 2", "line 6"]


def test_all_reasons_are_given_up_to_a_hundred() -> None:
    assert len(faults(table(*[",,,"] * 10))) == 40
    many = faults(table(*[",,,"] * 1000))
    assert len(many) == 100
    assert many[-1] == "line 26, phone: empty, and reg-b sends its codes there"
    with pytest.raises(MembersRefused) as refused:
        read_members(table(",,,"), PLAIN)
    assert refused.value.detail == "line 2, reference: empty, and 3 more"
    again = pickle.loads(pickle.dumps(refused.value))
    assert (again.faults, again.detail) == (refused.value.faults, refused.value.detail)


ALIKE = [
    ("M-17", "M-17"),
    ("M-17", "m-17"),
    ("M-17", "M17"),
    ("M-17", "M 17"),
    ("M-17", "M\u201117"),
    ("M-17", "M\u221217"),
    ("M-17", "Ｍ－１７"),
    ("M-17", "M-l7"),
    ("M-17", "M-I7"),
    ("M-17", "M-|7"),
    ("M-10", "M-1O"),
    ("M-10", "m-io"),
    ("M-17", "М-17"),  # Cyrillic
    ("M-17", "Μ-17"),  # Greek
    ("CAT", "САТ"),
    ("cat", "саt"),
    ("scope", "ѕсоре"),
    ("NOTE", "ΝΟΤΕ"),
    ("note-1", "ΝΟΤΕ-1"),
    ("vote", "νοte"),
    ("ν-17", "Ν-17"),  # Greek, small and capital
    ("ж-17", "Ж-17"),
    ("straße", "STRASSE"),
    ("M-²", "M-2"),
    ("ﬁx", "FIX"),
]


@pytest.mark.parametrize("pair", ALIKE, ids=ascii)
def test_a49_references_that_can_be_taken_for_one_another_are_refused(pair: tuple[str, str]) -> None:
    """Two spellings of one identity would be two voters, or none that is found again."""
    for first, second in (pair, pair[::-1]):
        assert faults(references(first, "X-99", second)) == [
            f"line 4, reference: {second!a} is, or may be taken for, that of line 2"
        ]


def test_references_that_differ_are_taken() -> None:
    given = ["M-17", "M-18", "M-170", "N-17", "Ж-17", "Z17", "17", "٣", "中-17", "ß"]
    assert len(read_members(references(*given), PLAIN).members) == len(given)


def test_a_reference_has_a_letter_or_digit() -> None:
    assert faults(references("- -")) == ["line 2, reference: '- -' has no letter or digit"]


@given(st.text("aAoO0iIlL1 -νΝсС", min_size=1, max_size=6))
def test_the_forms_of_a_reference_do_not_depend_on_how_it_is_typed(text: str) -> None:
    for other in (text.upper(), text.lower(), text.replace(" ", ""), text.replace("-", " "), text.replace("O", "0")):
        assert forms(text) == forms(other) == frozenset() or forms(text) & forms(other)


def test_a124_a_contact_of_several_members_is_pointed_out() -> None:
    rows = (
        "M-1,Ann,home@example.org,+44 20 7946 0001",
        "M-2,Bob,Home@Example.org,+44 20 7946 0002",
        "M-3,Cy,cy@example.org,+44 207946 0001",
        "M-4,Di,HOME@example.org,+44 20 7946 0004",
    )
    members = read_members(table(*rows), PLAIN)
    assert len(members.members) == 4
    assert [str(one) for one in members.shared] == [
        "email 'home@example.org' is that of 3 members: lines 2, 3, 5",
        "phone '+44 20 7946 0001' is that of 2 members: lines 2, 4",
    ]


def test_many_members_of_one_contact_are_counted() -> None:
    rows: Sequence[str] = [f"M-{i:03},N,office@example.org,+44 20 7946 {i:04}" for i in range(2, 22)]
    (one,) = read_members(table(*rows), PLAIN).shared
    assert str(one).endswith("is that of 20 members: lines 2, 3, 4, 5, 6, 7, 8, 9, 10, 11 and 10 more")
    assert one.at == tuple(range(2, 22))


def test_a_contact_that_nobody_sends_to_may_be_unknown_and_is_shared_by_nobody() -> None:
    rows = [f"{row},," for row in (ADA, BOB)]
    data = table(*(f"{row}all" for row in rows), header=f"{HEADER},post,style")
    assert read_members(data, ALL).shared == ()


def test_a_selection_without_a_roll_has_no_members() -> None:
    with pytest.raises(ValueError, match="no roll"):
        read_members(table(ADA), make_manifest())
