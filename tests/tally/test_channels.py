"""Three channels from marks to the outcome: rows, papers, parts; each lie of an insider fails by name."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from e2evote.algebra.group import Residue
from e2evote.errors import MalformedInput
from e2evote.record.bodies import Body
from e2evote.record.floor import classes_of
from e2evote.record.reconciliation import Reconciliation
from e2evote.record.roll_row import line_of
from e2evote.record.rows import Row
from e2evote.record.stated import decode_statement, read_statement
from e2evote.record.statement import Statement
from e2evote.secret.paper_opening import PaperCounts
from e2evote.secret.prove_paper import prove_paper
from e2evote.verify.checks import Check
from e2evote.verify.paper import PaperContext
from tests.ballot.election import GROUP
from tests.ballot.rolled import RolledRig, Terms
from tests.randomness import DeterministicRandomness
from tests.tally.rolls import CHANNELS, again, closed_rig, details, failing, finish, force, papers, state

TERMS = Terms(paper=CHANNELS, floor=2, fallback="merge")
MARKS = {1: "postal", 3: "in_person", 4: "in_person", 5: "postal", 7: "in_person"}
"""Line 1 has voted online before, which the mark takes out; lines 6 and 7 have a ballot with one contest only."""
IN_PERSON = {"mayor": (2, 1, (2, 0)), "board": (2, 0, (2, 2, 0, 0))}
POSTAL = {"mayor": (2, 0, (0, 1)), "board": (1, 1, (1, 0, 1, 0))}


def counted_rig() -> RolledRig:
    return again(__name__, counted)


def counted() -> RolledRig:
    rig = closed_rig(TERMS, MARKS)
    rig.post(papers(rig, "in_person", **IN_PERSON))
    rig.post(papers(rig, "postal", **POSTAL))
    return rig


def test_a_selection_in_three_channels() -> None:
    rig = counted_rig()
    own = rig.statement()
    assert [(row.channel, row.status, bool(row.leaf)) for row in own.rows] == [
        ("postal", "superseded", True),
        ("online", "counted", True),
        ("in_person", "marked", False),
        ("in_person", "marked", False),
        ("postal", "marked", False),
        ("online", "counted", True),
        ("in_person", "marked", False),
    ]
    assert [row.line for row in own.rows] == [line_of(number) for number in range(1, 8)]
    classes = rig.examination().products
    assert classes is not None
    assert classes["online"].classes == classes_of(rig.manifest, rig.electorate) == {("mayor", 1): 2, ("board", 1): 1}
    first = [(p.channel, p.ballots, p.weight) for p in own.products if (p.contest, p.option) == ("mayor", "ada")]
    assert first == [("online", 2, 2), ("in_person", 2, 2), ("postal", 2, 2)]
    reconciliation = own.reconciliation
    assert (reconciliation.lines, reconciliation.channels) == (7, {"online": 2, "in_person": 3, "postal": 2})
    assert set(reconciliation.none.values()) == {0}
    assert [(r.party, r.issued, r.used, r.unused, r.revoked) for r in reconciliation.registrars] == [
        ("reg-1", 7, 3, 4, 0),
        ("reg-2", 7, 3, 4, 0),
    ]
    outcome = finish(rig)
    assert failing(rig) == {}
    assert outcome.parts() == (
        ("mayor", "online"),
        ("mayor", "in_person"),
        ("mayor", "postal"),
        ("board", "online+in_person+postal"),
    )
    votes = {cell.cell: cell.votes for cell in outcome.cells}
    assert votes["mayor", "in_person", "ada"] == 2
    assert votes["mayor", "postal", "bob"] == 1
    assert outcome.contests[0].ballots == 6
    assert outcome.contests[1].ballots == 4
    (mayor, board) = rig.examination().report.facts.results
    assert list(mayor.parts) == ["online", "in_person", "postal"]
    assert mayor.votes["ada"] == sum(part["ada"] for part in mayor.parts.values())
    assert list(board.parts) == ["online+in_person+postal"]
    assert sum(board.votes[option] for option in ("dan", "eve", "fay")) + 3 * board.votes[""] + board.undervotes == 12


def test_a_statement_of_three_channels_is_read_as_it_was_written() -> None:
    rig = counted_rig()
    own = rig.statement()
    data = own.encode()
    assert decode_statement(data, rig.manifest, GROUP) == own
    posted = read_statement(lambda: (data[:100], data[100:]), rig.manifest, GROUP)
    assert (posted.whole(), posted.body) == (own, own.body())
    for old, new in (
        (b'"channel":"in_person","contest"', b'"channel":"postal","contest"'),
        (b',"weight":2', b""),
        (b'"weight":2', b'"weight":-2'),
        (b'"channel":"postal","leaf":"","line":"0000005"', b'"channel":"by_phone","leaf":"","line":"0000005"'),
        (b'"line":"0000005","status":"marked"', b'"line":"0000005","status":"counted"'),
    ):
        assert old in data
        with pytest.raises(MalformedInput):
            decode_statement(data.replace(old, new, 1), rig.manifest, GROUP)


def row(number: int, channel: str, status: str, ballot: int = 0) -> tuple[int, Callable[[Statement], Statement]]:
    """The row of a line with something else. ballot: the line whose leaf hash it has."""

    def edit(own: Statement) -> Statement:
        rows = list(own.rows)
        rows[number - 1] = Row(line_of(number), channel, own.rows[ballot - 1].leaf if ballot else b"", status)
        return replace(own, rows=tuple(rows))

    return number, edit


ROWS = {
    "a vote on paper hidden": row(3, "none", "not-voted"),
    "a ballot online hidden": row(2, "none", "not-voted"),
    "in the other channel": row(3, "postal", "marked"),
    "the superseded ballot counted": row(1, "online", "counted", 1),
    "the superseded ballot hidden": row(1, "postal", "marked"),
    "another ballot superseded": row(1, "postal", "superseded", 2),
    "a ballot superseded that counts": row(2, "postal", "superseded", 2),
    "a ballot annulled that counts": row(2, "none", "annulled", 2),
    "a line removed": row(5, "none", "removed"),
}


@pytest.mark.parametrize("name", ROWS)
def test_a_row_that_is_not_so(name: str) -> None:
    number, edit = ROWS[name]
    rig = counted_rig()
    envelope = state(rig, edit)
    assert rig.refusal(envelope).code == "tally.rows"
    force(rig, envelope)
    assert failing(rig) == {"tally.rows": [f"line {line_of(number)}"]}


def test_a_row_of_no_line_of_the_roll() -> None:
    rig = counted_rig()
    force(rig, state(rig, lambda own: replace(own, rows=(*own.rows, Row(line_of(8), "online", bytes(32), "counted")))))
    assert failing(rig) == {"tally.rows": ["line 0000008"]}


def other(**fields: object) -> Callable[[Reconciliation], Reconciliation]:
    return lambda table: replace(table, **fields)  # type: ignore[arg-type]


def registrar(**fields: int) -> Callable[[Reconciliation], Reconciliation]:
    def edit(table: Reconciliation) -> Reconciliation:
        first, *others = table.registrars
        return replace(table, registrars=(replace(first, **fields), *others))

    return edit


TABLES = {
    "a line more": (other(lines=8), "lines: 8, want 7"),
    "a paper more": (
        other(channels={"online": 2, "in_person": 4, "postal": 2}),
        "channel in_person: 4, want 3 (lines 0000003, 0000004, 0000007)",
    ),
    "a vote online less": (
        other(channels={"online": 1, "in_person": 3, "postal": 2}),
        "channel online: 1, want 2 (lines 0000002, 0000006)",
    ),
    "a member who did not vote": (
        other(none={"annulled": 0, "not-voted": 1, "removed": 0}),
        "lines not-voted: 1, want 0",
    ),
    "a code less": (
        registrar(issued=6, unused=3),
        "credentials of reg-1 issued: 6, want 7; credentials of reg-1 unused: 3, want 4",
    ),
    "a used code": (
        registrar(used=2, unused=5),
        "credentials of reg-1 unused: 5, want 4; credentials of reg-1 used: 2, want 3",
    ),
    "a revoked code": (registrar(revoked=1), "credentials of reg-1 revoked: 1, want 0"),
}


@pytest.mark.parametrize("name", TABLES)
def test_a_reconciliation_that_is_not_so(name: str) -> None:
    edit, said = TABLES[name]
    rig = counted_rig()
    envelope = state(rig, lambda own: replace(own, reconciliation=edit(own.reconciliation)))
    assert rig.refusal(envelope).code == "tally.reconciliation"
    force(rig, envelope)
    assert list(failing(rig)) == ["tally.reconciliation"]
    assert details(rig, Check.TALLY_RECONCILIATION) == [said]


def product(channel: str, **fields: object) -> Callable[[Statement], Statement]:
    """Of bob in this channel."""

    def edit(own: Statement) -> Statement:
        products = list(own.products)
        place = next(i for i, p in enumerate(products) if (p.option, p.channel) == ("bob", channel))
        products[place] = replace(products[place], **fields)  # type: ignore[arg-type]
        return replace(own, products=tuple(products))

    return edit


@pytest.mark.parametrize("channel", ["in_person", "postal"])
def test_a_total_on_paper_that_is_not_that_of_its_leaf(channel: str) -> None:
    one = Residue(GROUP, GROUP.identity.value)
    for fields in ({"A": one}, {"B": one}, {"ballots": 3}, {"weight": 3}):
        rig = counted_rig()
        envelope = state(rig, product(channel, **fields))
        assert rig.refusal(envelope).code == "tally.products"
        force(rig, envelope)
        assert failing(rig) == {"tally.products": [f"contest mayor, option bob, {channel}"]}


def test_a_total_on_paper_under_the_other_channel() -> None:
    """Two boxes exchanged: each number is somebody's, and none is that of its channel."""

    def edit(own: Statement) -> Statement:
        rest = {"in_person": "postal", "postal": "in_person", "online": "online"}
        there = {(p.contest, p.option, p.channel): p for p in own.products}
        return replace(
            own,
            products=tuple(
                replace(there[p.contest, p.option, rest[p.channel]], channel=p.channel) for p in own.products
            ),
        )

    rig = counted_rig()
    force(rig, state(rig, edit))
    found = failing(rig)
    assert list(found) == ["tally.products"]
    assert len(found["tally.products"]) == 12


def test_papers_without_marks_and_marks_without_papers() -> None:
    """One paper more than marks is a vote of nobody knows whom; one less is a vote that was taken out of the box."""
    for counts, contests in (
        ({**IN_PERSON, "mayor": (3, 1, (2, 0))}, ["mayor"]),
        ({**IN_PERSON, "mayor": (2, 0, (2, 0))}, ["mayor"]),
        ({"mayor": (3, 1, (2, 0)), "board": (2, 1, (2, 2, 0, 0))}, ["mayor", "board"]),
    ):
        rig = closed_rig(TERMS, MARKS)
        envelope = papers(rig, "in_person", **counts)
        assert rig.refusal(envelope).code == "channel.count"
        force(rig, envelope)
        assert failing(rig) == {"channel.count": [f"channel in_person, contest {contest}" for contest in contests]}
    found = sum(counts["board"][:2])
    said = f"marked lines: 2, want {found} (lines 0000003, 0000004)"
    assert details(rig, Check.CHANNEL_COUNT)[1] == said


def test_the_box_lays_hints_beside_the_papers() -> None:
    """They are those of whoever made the proofs, so that a verifier need not compute them again."""
    rig = counted_rig()
    joint = rig.finished(1).joint
    context = PaperContext(rig.manifest, GROUP, joint.K, joint.h_e, "postal")
    counts = [PaperCounts(id, number, spoiled, votes) for id, (number, spoiled, votes) in POSTAL.items()]
    made = prove_paper(context, counts, DeterministicRandomness(f"postal {POSTAL['mayor']} {POSTAL['board']}"))
    payload, hints = rig.entries[-1][1:]
    assert (payload, hints) == (made.totals.encode(), made.hints)


def test_a_mark_counts_for_the_contests_of_its_style() -> None:
    """Line 7 has the mayor only: its paper is none of the board's."""
    rig = closed_rig(TERMS, {7: "in_person"})
    envelope = papers(rig, "in_person", (1, 0, (1, 0)), (1, 0, (0, 0, 0, 0)))
    assert rig.refusal(envelope).detail.startswith("channel in_person, contest board: marked lines: 0, want 1")
    rig.post(papers(rig, "in_person", (1, 0, (1, 0))))


def test_a_statement_waits_for_the_papers() -> None:
    rig = closed_rig(TERMS, MARKS)
    rig.post(papers(rig, "in_person", **IN_PERSON))
    whole = counted_rig()
    assert rig.refusal(state(whole)).code == "board.phase"


def test_annulled_and_removed_lines_and_those_that_did_not_vote() -> None:
    rig = RolledRig.at("issued", TERMS)
    rig.post(rig.remove(5))
    rig.post(rig.opening())
    for number in (1, 2, 6):
        rig.post(rig.ballot(number))
    rig.post(rig.annul(2))
    rig.post(rig.mark(2, "in_person"))
    rig.post(rig.annul(6))
    rig.post(rig.reissue("reg-1", 4))
    rig.post(rig.leaf("close", Body()))
    rig.post(papers(rig, "in_person", (1, 0, (1, 0)), (1, 0, (0, 1, 1, 0))))
    rig.post(papers(rig, "postal"))
    statement = rig.statement()
    assert [(r.channel, r.status, bool(r.leaf)) for r in statement.rows] == [
        ("online", "counted", True),
        ("in_person", "marked", False),
        ("none", "not-voted", False),
        ("none", "not-voted", False),
        ("none", "removed", False),
        ("none", "annulled", True),
        ("none", "not-voted", False),
    ]
    assert statement.reconciliation.members() == {
        "channels": [
            {"channel": "online", "lines": 1},
            {"channel": "in_person", "lines": 1},
            {"channel": "postal", "lines": 0},
        ],
        "lines": 7,
        "none": [
            {"lines": 1, "status": "annulled"},
            {"lines": 3, "status": "not-voted"},
            {"lines": 1, "status": "removed"},
        ],
        "registrars": [
            {"issued": 8, "party": "reg-1", "revoked": 2, "unused": 3, "used": 3},
            {"issued": 7, "party": "reg-2", "revoked": 1, "unused": 3, "used": 3},
        ],
    }
    finish(rig)
    assert failing(rig) == {}
