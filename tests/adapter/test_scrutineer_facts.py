"""The facts of a report are those of the record, and nothing below the floor is in them, whatever an outcome says."""

from base64 import b64encode
from collections import Counter
from dataclasses import replace
from functools import cache

import pytest

from e2evote.adapter.scrutineer.facts import facts_of
from e2evote.adapter.scrutineer.page import page
from e2evote.errors import Refused
from e2evote.record.bodies import Head
from e2evote.record.outcome import CellVotes, Outcome, decode_outcome
from e2evote.record.report_facts import MOST_POINTS, ReportFacts
from e2evote.record.sample import seed_of
from e2evote.verify.checks import Check
from tests.ballot.boxed import Rig
from tests.ballot.rolled import RolledRig, Terms
from tests.ballot.told import TERMS, WORDS, report_of, root_at, told, with_leaf

SMALL = Terms(paper=("postal",), floor=3)
"""Two lines count online, and two by post: fewer than the floor by themselves, enough together."""


@cache
def facts(terms: Terms = TERMS) -> ReportFacts:
    return facts_of(told(terms).examination())


def test_papers_and_lines_are_those_that_have_happened() -> None:
    given = facts()
    online, postal = given.channels
    assert (online.distributed, online.returned, online.valid, online.spoiled, online.lines) == (7, 4, 2, 2, 2)
    assert (postal.distributed, postal.returned, postal.valid, postal.spoiled, postal.lines) == (2, 2, 1, 1, 2)
    lines = given.lines
    assert (lines.total, lines.at_freeze, lines.annulled, lines.not_voted) == (8, 7, 1, 2)
    assert (lines.removed, lines.superseded) == (1, 1)
    assert (given.has_roll, given.as_at, given.paper_prevails) == (True, "2031-04-01T00:00:00Z", True)


def test_every_code_is_accounted_for_with_its_reason_and_approvers() -> None:
    given = facts()
    assert [(r.party, r.contact, r.issued, r.used, r.unused, r.revoked) for r in given.registrars] == [
        ("reg-1", "email", 8, 5, 3, 0),
        ("reg-2", "phone", 8, 4, 2, 2),
    ]
    assert (given.keys.ever, given.keys.lines_with_more, given.keys.of_these_voted) == (16, 2, 1)
    assert [(c.kind, c.reason, c.approvers, c.number, c.voted) for c in given.key_changes] == [
        ("reissue", "lost", ("reg-1", "tess"), 1, 1),
        ("reissue", "lost", ("reg-2", "tess"), 1, 0),
        ("revoke", "requested", ("reg-2", "tess"), 1, 0),
    ]
    assert [(a.kind, a.reason, a.approvers, a.number) for a in given.amendments] == [
        ("contact", "moved", ("chair", "tess"), 2),
        ("add", "omitted", ("chair", "tess"), 1),
        ("remove", "left", ("chair", "tess"), 1),
    ]
    assert not given.one_party_suffices


def test_one_registrar_suffices_and_the_facts_say_so() -> None:
    assert facts(Terms(registrars=1)).one_party_suffices


def test_what_happened_has_its_place_and_its_author() -> None:
    rig, given = told(), facts()
    kinds = {entry.index: entry.leaf.kind for entry in rig.examination().others}
    assert {kinds[one.index] for one in given.incidents} == {"incident"}
    assert [(i.number, i.code, i.party, i.lines) for i in given.incidents] == [
        (1, "delivery", "reg-1", 1),
        (2, "complaint", "obi", 2),
    ]
    assert [(a.of, a.reader, a.holder, a.purpose) for a in given.access] == [
        ("roll", "sue", "chair", "inspection"),
        ("register", "obi", "chair", "audit"),
    ]
    assert [(c.party, c.challenges, c.receipts, c.verdict) for c in given.checked] == [
        ("obi", 3, 12, "accepted"),
        ("tess", 3, 12, "accepted"),
    ]
    (pause,) = given.pauses
    assert (kinds[pause.index], pause.reason, kinds[pause.resumed], pause.resumed_reason) == (
        "pause",
        "outage",
        "resume",
        "resolved",
    )
    assert (kinds[given.opened_at], kinds[given.closed_at]) == ("open", "close")


def test_challenges_are_counted_as_published_and_neither_added_to_ballots_nor_taken_from_them() -> None:
    given = facts()
    assert given.challenges == 1
    assert sum(channel.lines for channel in given.channels) == given.turnout[-1].lines == 4
    text = page(given, WORDS, "").decode()
    assert "1 challenge was published. This is the server" in text
    assert "no evidence that anybody checked" in text


def test_the_sample_is_drawn_from_the_head_at_the_close() -> None:
    rig, given = told(), facts()
    (sample,) = given.samples
    size = given.closed_at + 1
    text = f"{rig.manifest.origin}\n{size}\n".encode() + b64encode(root_at(rig.entries, size)) + b"\n"
    assert (sample.seed, sample.digits) == (seed_of(text, "493817").hex(), "493817")
    assert (sample.size, sample.voters) == (2, 2)


def test_parties_have_signed_what_the_entries_say() -> None:
    rig, given = told(), facts()
    signed = Counter(signature.key for e in rig.examination().others for signature in e.leaf.signatures)
    assert {party.party: party.signed for party in given.parties} == {
        party.id: signed[party.key] for party in rig.manifest.parties
    }
    assert {party.party: party.organisation for party in given.parties} == {
        party.id: party.organisation for party in rig.manifest.parties
    }


def test_turnout_grows_from_the_opening_to_the_last_vote() -> None:
    given = facts()
    assert given.turnout[0].index <= given.opened_at + 1
    assert given.turnout[0].lines == 0
    assert [point.lines for point in given.turnout] == sorted(point.lines for point in given.turnout)
    assert len(given.turnout) <= MOST_POINTS


def test_checks_and_verdict_are_the_verifiers() -> None:
    given = facts()
    assert [check.check for check in given.checks] == list(Check)
    assert (given.verdict, given.test_group, given.size) == ("consistent", True, told().box.size)
    assert ReportFacts.decode(given.encode()) == given


def test_results_are_by_channel_where_no_floor_keeps_them_together() -> None:
    mayor, board = facts().contests
    assert [(part.channels, part.votes) for part in mayor.parts] == [(("online",), (0, 2)), (("postal",), (1, 1))]
    assert [(c.channel, c.ballots, c.spoiled) for c in board.channels] == [("online", 2, 0), ("postal", 1, 1)]
    assert board.options[-1].option == ""


def test_a_signed_report_is_part_of_the_next_ones_facts_only_by_size() -> None:
    rig = told()
    rig.post(report_of(rig))
    after = facts_of(rig.examination())
    assert after.size == facts().size + 1


def test_a_selection_without_a_roll_has_a_report_with_less_in_it() -> None:
    rig = Rig.at("decrypted")
    rig.post(rig.outcome_leaf(rig.outcome((1, 3))))
    given = facts_of(rig.examination())
    assert (given.has_roll, given.registrars, given.amendments, given.key_changes) == (False, (), (), ())
    assert (given.lines.total, given.keys.ever, given.challenges) == (2, 0, 1)
    assert [(channel.channel, channel.lines) for channel in given.channels] == [("online", 2)]
    assert "eligibility" in given.not_claimed
    assert "There was no roll" in page(given, WORDS, "").decode()


@pytest.mark.parametrize("phase", ["cast", "closed", "decrypted"])
def test_there_is_no_report_on_a_selection_without_an_outcome(phase: str) -> None:
    with pytest.raises(Refused) as refused:
        facts_of(Rig.at(phase).examination())
    assert refused.value.code == "no-outcome"


def test_there_is_no_report_where_nobody_can_say_what_codes_there_were() -> None:
    rig = told()
    index = next(e.index for e in rig.examination().others if e.leaf.kind == "credential.issue")
    leaf, _, hints = rig.entries[index]
    rig.entries[index] = (leaf, b"{}", hints)
    with pytest.raises(Refused) as refused:
        facts_of(with_leaf(rig))
    assert refused.value.code in ("record-incomplete", "no-outcome")


# The floor


def test_a_small_channel_is_merged_and_its_votes_are_nowhere() -> None:
    mayor, board = facts(SMALL).contests
    assert [part.channels for part in mayor.parts] == [("online", "postal")]
    assert mayor.parts[0].votes == (1, 3)
    assert [part.channels for part in board.parts] == [("online", "postal")]
    assert mayor.part_of("postal") is mayor.part_of("online") is None


def forged(rig: RolledRig, online: int, postal: int) -> Outcome:
    """Every total of each channel by itself, though the floor has them together."""
    true = decode_outcome(rig.entries[-1][1] or b"", rig.manifest)
    cells = [
        CellVotes(contest.id, channel, item.option, votes)
        for contest in rig.manifest.contests
        for channel, votes in (("online", online), ("postal", postal))
        for item in contest.items()
    ]
    return replace(true, cells=tuple(cells))


def test_what_a_false_outcome_decrypts_below_the_floor_is_in_no_report() -> None:
    whole = told(SMALL, "outcome")
    rig = RolledRig.resumed(whole.manifest, whole.entries[:-1], {})
    rig.terms = SMALL
    outcome = forged(whole, 771_771, 883_883)
    head = Head(root_at(rig.entries, rig.box.size), rig.box.size)
    examination = with_leaf(rig, rig.outcome_leaf(outcome.encode(), head))
    assert Check.TALLY_FLOOR in examination.report.failing
    given = facts_of(examination)
    assert all(contest.withheld for contest in given.contests)
    text = page(given, WORDS, "").decode()
    for number in ("771771", "771,771", "883883", "883,883"):
        assert number not in text.replace("\u202f", "").replace("\u00a0", "").replace("&#8239;", "")
        assert number not in given.encode().decode()
    assert "This record is rejected" in text
