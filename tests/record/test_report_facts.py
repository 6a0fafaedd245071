"""Facts of a report: strict canonical JSON, and nothing below the floor (docs/spec.md, section 15)."""

import json
from dataclasses import replace
from typing import Any

import pytest

from adapter.reported import CANDIDATE, EXECUTIVE, WORDS, YOUTH, channels, facts
from e2evote.errors import MalformedInput
from e2evote.hashing import canonical
from e2evote.record import plain
from e2evote.record.report_facts import MOST_POINTS, ReportFacts, ReportWords, TurnoutPoint
from e2evote.record.report_results import PartVotes


def test_facts_and_words_are_the_same_after_encoding_and_decoding() -> None:
    given = facts()
    data = given.encode()
    assert ReportFacts.decode(data) == given
    assert ReportFacts.decode(data).encode() == data
    assert ReportWords.decode(WORDS.encode()) == WORDS
    assert json.loads(data)["samples"][0]["size"] == 59


def changed(path: tuple[str | int, ...], value: Any) -> bytes:
    """The facts with another value at one place; `...` takes the member out."""
    whole = json.loads(facts().encode())
    at = whole
    for step in path[:-1]:
        at = at[step]
    if value is ...:
        del at[path[-1]]
    else:
        at[path[-1]] = value
    return canonical.encode(whole)


@pytest.mark.parametrize(
    ("path", "value", "message"),
    [
        (("size",), "431", "size: a string, want an integer"),
        (("size",), -1, "size: -1"),
        (("has_roll",), 1, "has_roll: an integer, want a boolean"),
        (("root",), "AB" * 32, "root: is not lower-case hexadecimal"),
        (("root",), "ab", "root: 2 characters, want 64"),
        (("election_id",), "", "election_id: 0 bytes, want 1 to 63"),
        (("election_name",), "ü" * 251, "election_name: 502 bytes, want 0 to 500"),
        (("verdict",), "fine", "verdict: 'fine', want one of"),
        (("lines", "removed"), ..., "lines: 'removed' is missing"),
        (("lines", "more"), 0, "lines: 'more' is unknown here"),
        (("channels",), {}, "channels: an object, want an array"),
        (("channels", 1, "channel"), "fax", "channels[1].channel: 'fax', want one of"),
        (("contests", 0, "options", 2, "limit"), None, "contests[0].options[2].limit: null, want an integer"),
        (("contests", 0, "parts", 0, "votes"), [1], "contests[0]: a part has not one number of votes for each option"),
        (("contests", 0, "parts", 0, "channels"), ["postal"], "contests[0]: the parts do not have every channel once"),
        (("contests", 2, "undervotes"), 1, "contests[2]: something is said of a contest that is withheld"),
        (("turnout", 1, "index"), 46, "turnout at index 46 does not follow that at 46"),
        (("size",), 419, "turnout at index 420 of a log with 419 entries"),
        (("samples", 0, "size"), 232, "a sample of 232 from 231 lines"),
        (("samples", 0, "digits"), "12345", "samples[0].digits: 5 bytes, want 6 to 64"),
        (("checks", 4, "status"), "passed", "checks[4].status: 'passed', want one of"),
    ],
)
def test_what_is_no_encoding_of_facts_is_refused_with_the_place(
    path: tuple[str | int, ...], value: Any, message: str
) -> None:
    with pytest.raises(MalformedInput) as refused:
        ReportFacts.decode(changed(path, value))
    assert str(refused.value).startswith(message)


@pytest.mark.parametrize("data", [b"", b"[]", b"{}", b"null", facts().encode() + b"\n"])
def test_bytes_that_are_no_facts(data: bytes) -> None:
    with pytest.raises(MalformedInput):
        ReportFacts.decode(data)


def test_words_have_the_limits_of_the_format() -> None:
    assert ReportWords.decode(replace(WORDS, why="ü" * 5000).encode()).why
    with pytest.raises(MalformedInput, match="why: 10001 bytes"):
        ReportWords.decode(replace(WORDS, why="x" + "ü" * 5000).encode())
    with pytest.raises(MalformedInput, match="inspected"):
        ReportWords.decode(WORDS.encode().replace(b'"inspected":true', b'"inspected":"yes"'))


def test_votes_below_the_floor_cannot_be_put_into_facts() -> None:
    """Neither in a small part, nor in a contest that is small as a whole; nor one channel beside the sum of all."""
    apart = (EXECUTIVE.parts[0], *(PartVotes(channels=(one,), votes=(10, 9, 8)) for one in ("in_person", "postal")))
    with pytest.raises(ValueError, match="votes of 7 ballots, the floor is 10"):
        facts(contests=(replace(EXECUTIVE, parts=apart),))
    together = (PartVotes(channels=("online", "in_person", "postal"), votes=(5, 3)),)
    with pytest.raises(ValueError, match="votes of 8 ballots, the floor is 10"):
        facts(contests=(replace(YOUTH, parts=together),))
    with pytest.raises(ValueError, match="every channel once"):
        replace(EXECUTIVE, parts=(*EXECUTIVE.parts, PartVotes(channels=("in_person",), votes=(3, 2, 1))))
    with pytest.raises(ValueError, match="every channel once"):
        replace(EXECUTIVE, parts=(EXECUTIVE.parts[0], PartVotes(channels=("postal",), votes=(3, 2, 1))))


def test_a_contest_that_nobody_voted_in_is_below_the_floor() -> None:
    contest = replace(
        YOUTH,
        channels=channels(0, (0, 0), (0, 0)),
        parts=tuple(PartVotes(channels=(one,), votes=(0, 0)) for one in ("online", "in_person", "postal")),
    )
    with pytest.raises(ValueError, match="votes of 0 ballots, the floor is 10"):
        facts(contests=(contest,))
    assert facts(contests=(contest,), floor=0)


def test_a_channel_without_ballots_is_below_no_floor() -> None:
    parts = (*CANDIDATE.parts[:1], PartVotes(channels=("in_person",), votes=(0,) * 5), *CANDIDATE.parts[2:])
    contest = replace(CANDIDATE, channels=channels(231, (0, 0), (60, 2)), parts=parts)
    assert facts(contests=(contest,)).contests[0].votes == (114, 99, 54, 19, 5)


def test_what_a_contest_says_of_its_parts() -> None:
    assert CANDIDATE.ballots == 324
    assert CANDIDATE.votes == (128, 108, 61, 21, 6)
    assert EXECUTIVE.part_of("postal") is None
    assert EXECUTIVE.ballots_of(EXECUTIVE.parts[1]) == 32
    assert YOUTH.withheld
    assert YOUTH.votes == ()


def test_a_curve_has_at_most_200_points() -> None:
    points = tuple(TurnoutPoint(index=i, lines=i) for i in range(1, MOST_POINTS + 2))
    assert facts(turnout=points[:-1])
    with pytest.raises(ValueError, match="201 points"):
        facts(turnout=points)


def test_only_plain_values_have_an_encoding() -> None:
    with pytest.raises(ValueError, match="float is no plain value"):
        plain.encode(facts(extensions=1.5))
    with pytest.raises(ValueError, match="list is no plain value"):
        plain.encode(facts(access=[]))
