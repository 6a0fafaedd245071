"""What the scrutineer's page says, and does not say, of facts (docs/spec.md, sections 13.3, 14.3 and 15)."""

import re
from dataclasses import replace

import pytest

from adapter.page_reading import Node, read, section_of, table_of
from adapter.reported import CANDIDATE, EXECUTIVE, WORDS, YOUTH, channels, facts
from e2evote.adapter.scrutineer.limits import NO_EVIDENCE, NO_ONE_PARTY, ONE_PARTY
from e2evote.adapter.scrutineer.page import page
from e2evote.adapter.scrutineer.wording import moment, points, share, span, span_of_points
from e2evote.record.intervals import Interval, difference, proportion
from e2evote.record.report_facts import ReportFacts
from e2evote.record.report_results import PartVotes


def shown(given: ReportFacts) -> Node:
    return read(page(given, WORDS, "scrutineer"))


def words(node: Node) -> str:
    return " ".join(node.text().replace("\u00a0", " ").split())


def test_votes_below_the_floor_are_withheld_and_do_not_follow_from_others() -> None:
    made = shown(facts())
    heads, *rows = table_of(made, f"Votes: {EXECUTIVE.name}")
    assert heads == ["Option", "Online", "In person", "Postal", "In person and postal together", "All"]
    for row in rows[:3]:
        assert row[2:4] == ["withheld", "withheld"]
    assert rows[0] == ["Eilidh Grant", "71 69.6\u00a0%", "withheld", "withheld", "20 62.5\u00a0%", "91 67.9\u00a0%"]
    assert rows[3] == ["Ballots counted", "102", "7", "25", "32", "134"]
    plots = [svg.text() for svg in section_of(made, "results").all("svg") if EXECUTIVE.name in svg.text()]
    assert len(plots) == 2
    assert not [plot for plot in plots if "Postal:" in plot or "In person:" in plot]


def test_of_a_contest_that_is_withheld_only_numbers_of_ballots_are_shown() -> None:
    made = shown(facts())
    mentions = [table.one("caption").text() for table in made.all("table") if YOUTH.name in table.text()]
    assert mentions == [f"Ballots: {YOUTH.name}"]
    assert not [svg for svg in made.all("svg") if YOUTH.name in svg.text()]
    assert not any(option.name in made.text() for option in YOUTH.options)
    assert "Withheld. 8 ballots have this contest, fewer than the floor of 10. Nothing was decrypted." in words(made)


def test_channels_counted_all_together_are_one_column() -> None:
    together = (PartVotes(channels=("online", "in_person", "postal"), votes=(128, 108, 61, 21, 6)),)
    made = shown(facts(contests=(replace(CANDIDATE, parts=together),)))
    heads, first, *_ = table_of(made, f"Votes: {CANDIDATE.name}")
    assert heads == ["Option", "Online", "In person", "Postal", "All"]
    assert first[1:4] == ["withheld"] * 3
    assert NO_EVIDENCE not in made.text()  # nothing is compared


def test_numbers_of_votes_and_intervals_are_those_of_the_facts() -> None:
    made = shown(facts())
    _, *rows = table_of(made, f"Share of ballots: {CANDIDATE.name}")
    for i, row in enumerate(rows):
        for part, cell in zip(CANDIDATE.parts, row[1:], strict=True):
            n = CANDIDATE.ballots_of(part)
            assert cell == share(part.votes[i], n) + " " + span(proportion(part.votes[i], n))
    heads, *rows = table_of(made, f"Differences between channels: {CANDIDATE.name}")
    assert heads[1:] == ["Online minus in person", "Online minus postal", "In person minus postal"]
    assert rows[0][2] == points(98, 231, 16, 60) + " " + span_of_points(difference(98, 231, 16, 60))
    assert "Clopper and Pearson's" in words(made)
    described = next(svg for svg in made.all("svg") if svg.text().startswith("Differences")).one("desc").text()
    assert "Amina Rahman, Online minus postal: +15.8 points, interval +1.9 to +27.3" in described


def test_a_difference_is_not_called_evidence_of_fraud() -> None:
    said = words(section_of(shown(facts()), "results"))
    assert NO_EVIDENCE in said
    assert "This self-selection can explain differences of any size." in said
    excluded, left = said.split("Explanations that the record excludes")[1].split(
        "Explanations that it does not exclude"
    )
    for explanation in ("counting", "adding online ballots", "deleting online ballots", "changing online ballots"):
        assert explanation in excluded
    for explanation in (
        "the roll before it was frozen",
        "delivery",
        "devices",
        "coercion",
        "registrars who have acted",
    ):
        assert explanation in left
    assert "No difference is evidence of fraud." in said


@pytest.mark.parametrize("verdict", ["rejected", "incomplete", "malformed"])
def test_a_record_that_does_not_hold_excludes_nothing(verdict: str) -> None:
    made = shown(facts(verdict=verdict))
    excluded = words(made).split("Explanations that the record excludes")[1].split("Explanations that it does not")[0]
    assert excluded.strip() == f"None. The verifier's verdict is {verdict}, so that this record excludes nothing."
    assert "At no moment did a line have two valid codes" not in words(made)


def test_without_anchors_the_page_says_what_to_compare() -> None:
    made = words(shown(facts(verdict="consistent")))
    assert "If this is the record that was announced:" in made
    assert "unless somebody has compared the base hash" in made
    assert "If this is the record that was announced:" not in words(shown(facts()))


def test_the_claim_about_one_party_is_made_only_where_it_holds() -> None:
    holds, fails = words(shown(facts())), words(shown(facts(one_party_suffices=True)))
    assert NO_ONE_PARTY in holds
    assert ONE_PARTY not in holds
    assert ONE_PARTY in fails
    assert NO_ONE_PARTY not in fails
    assert "one party that has all codes of a line" in fails
    nobody = words(shown(facts(has_roll=False)))
    assert NO_ONE_PARTY not in nobody
    assert "Anybody could make a key." in nobody
    assert "adding online ballots" not in nobody


def test_organisations_are_shown_as_declared() -> None:
    said = words(section_of(shown(facts()), "parties"))
    assert (
        "Trustees: keys: 5, 3 needed to decrypt, organisations as declared: Northfield Constituency Party; Regional "
        "Office; Friends of Amina Rahman; O'Neill for Northfield; Electoral Services Cooperative."
    ) in said
    assert "no software can see" in said


def test_challenges_are_no_evidence_of_checking() -> None:
    said = words(section_of(shown(facts()), "checked"))
    assert "11 challenges were published. This is the server's figure: it is no evidence" in said
    assert "Carys Price Campaign (observer-price)" in said
    assert "Nobody has signed a statement" in words(section_of(shown(facts(checked=())), "checked"))


def test_sums_that_differ_are_said_to() -> None:
    given = facts()
    assert "Differs" not in words(shown(given))
    one_more = replace(given.registrars[1], issued=405)
    made = words(shown(facts(registrars=(given.registrars[0], one_more), lines=replace(given.lines, total=403))))
    assert "Differs from issued by 1." in made
    assert "Differs from the number of lines, 403 by 3." in made


def test_the_audit_s_chances_are_exact() -> None:
    _, *rows = table_of(shown(facts()), "Chance that")
    assert [[cell.replace("\u00a0", " ") for cell in row] for row in rows] == [
        ["1 %", "3", "58.9 %", "146"],
        ["2 %", "5", "77.4 %", "104"],
        ["5 %", "12", "97.3 %", "50"],
        ["10 %", "24", "99.9 %", "26"],
    ]


def test_openings_that_nobody_entered_are_not_denied() -> None:
    for given in (facts(), facts(access=())):
        assert "An opening that nobody has entered is not here." in words(section_of(shown(given), "access"))


def test_what_is_not_shown_is_said() -> None:
    limits = words(section_of(shown(facts()), "limits"))
    for sentence in (
        "That members are real",
        "coerced or paid",
        "3 trustees together can read every ballot",
        "independent",
    ):
        assert sentence in limits
    assert "That voters are members, or have voted once." in words(shown(facts(has_roll=False)))


def test_what_is_not_claimed_stands_beside_the_verdict() -> None:
    summary = words(section_of(shown(facts(not_claimed=("witnesses",))), "summary"))
    assert "Not claimed: witnesses. The record does not show that everybody was shown the same log" in summary
    assert "Not claimed" not in words(shown(facts()))


def test_a_test_group_is_never_called_good() -> None:
    made = shown(facts(verdict="consistent", test_group=True))
    summary = section_of(made, "summary")
    assert "a group for tests, which keeps nothing secret" in words(summary)
    assert [one for one in summary.all("div") if one["class"] == "verdict bad"]


def test_intervals_are_left_out_where_votes_are_no_shares_of_ballots() -> None:
    cumulative = replace(CANDIDATE, limit=3, options=tuple(replace(o, limit=3) for o in CANDIDATE.options))
    for made, why in (
        (shown(facts(contests=(cumulative,))), "A ballot may have several votes for one option"),
        (shown(facts(weights=(1, 3))), "Votes are weighted"),
    ):
        assert why in words(made)
        assert not list(section_of(made, "results").all("svg"))
        assert "%" not in "".join(cell for row in table_of(made, f"Votes: {CANDIDATE.name}") for cell in row)


def test_a_channel_without_ballots_has_no_share() -> None:
    parts = (*CANDIDATE.parts[:1], PartVotes(channels=("in_person",), votes=(0,) * 5), *CANDIDATE.parts[2:])
    made = shown(facts(contests=(replace(CANDIDATE, channels=channels(231, (0, 0), (60, 2)), parts=parts),)))
    assert table_of(made, "Votes:")[1][2] == "0 –"
    assert table_of(made, "Share of ballots:")[0] == ["Option", "Online", "Postal"]


def test_the_largest_options_are_drawn_and_all_are_in_the_table() -> None:
    options = tuple(replace(CANDIDATE.options[0], option=f"o{i}", name=f"Option {i}") for i in range(50))
    votes = tuple(i % 5 for i in range(50))
    contest = replace(
        CANDIDATE,
        options=options,
        parts=tuple(replace(part, votes=votes) for part in CANDIDATE.parts),
        elected=(),
        tied=("o4",),
    )
    made = shown(facts(contests=(contest,)))
    assert len(table_of(made, "Votes:")) == 1 + 50 + 2
    drawn = next(svg for svg in made.all("svg") if svg.text().startswith("Votes by channel"))
    assert len(list(drawn.all("g"))) == 40 * 3
    assert "The 40 options with most votes; the table has 10 more." in words(made)
    assert "Tied, which no rule of this selection resolves: Option 4." in words(made)


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (share(1, 8), "12.5 %"),
        (share(1, 3), "33.3 %"),
        (share(2, 3), "66.7 %"),
        (share(0, 0), "–"),
        (share(1, 2000), "0.1 %"),
        (points(1, 2, 1, 3), "+16.7"),
        (points(1, 3, 1, 2), "−16.7"),
        (points(1, 3, 1, 3), "0.0"),
        (span(Interval(1, 9999, "wilson")), "0.0 % to 100.0 %"),
        (span(Interval(1009, 1011, "wilson")), "10.0 % to 10.2 %"),
        (span_of_points(Interval(-1, 1, "newcombe")), "−0.1 to +0.1"),
        (span_of_points(Interval(-10000, -1, "newcombe")), "−100.0 to 0.0"),
        (moment("2026-10-19T20:00:00Z"), "19 October 2026, 20:00 UTC"),
        (moment("2026-01-05T00:30:59Z"), "5 January 2026, 00:30:59 UTC"),
        (moment("2026-13-05T00:30:00Z"), "2026-13-05T00:30:00Z"),
        (moment("soon"), "soon"),
    ],
)
def test_numbers_and_dates_in_words(given: str, expected: str) -> None:
    assert re.sub("\u00a0", " ", given) == expected
