"""Generated elections: both verifiers find them consistent, and the outcome is the plain count."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from e2evote.verify import Report, Verdict
from e2evote.verify.examine import Question
from reference.encryptor import make_election
from reference.make_manifest import ContestSpec, ElectionSpec, VoteSpec
from reference.verifier import verify as reference_verify
from simulate.elections import ELECTIONS, ballots_of, plain_count
from simulate.insider import Dossier
from verify.shown import anchors_of, verify_files


def reports(spec: ElectionSpec, seed: str) -> Report:
    """The library's report, after the reference verifier gave the same answer."""
    d = Dossier(make_election(spec, seed.encode().ljust(32, b".")[:32]))
    files, anchors = d.files(), d.anchors()
    library = verify_files(files, Question(anchors_of(anchors), None, True))
    reference = reference_verify(files, anchors, allow_test_group=True)
    assert reference["verdict"] == library.verdict.value, library.failing
    for name in (
        "root",
        "base_hash",
        "extended_base_hash",
        "counts",
        "results",
        "faults",
        "claims",
        "cosigned",
        "dates",
        "exit",
        "size",
    ):
        assert library.members()[name] == reference[name], name
    statuses = {check["check"]: check["status"] for check in reference["checks"]}
    assert {result.check.value: result.status.value for result in library.results} == statuses
    return library


def assert_counted(report: Report, spec: ElectionSpec) -> None:
    votes, ballots = plain_count(spec), ballots_of(spec)
    for result in report.facts.results:
        assert result.ballots == ballots[result.contest]
        if result.ballots >= spec.floor:
            assert dict(result.votes) == votes[result.contest]
        else:
            assert (result.status, dict(result.votes), result.elected) == ("withheld", {}, ())


@pytest.mark.parametrize("name", sorted(ELECTIONS))
def test_the_outcome_is_the_plain_count(name: str) -> None:
    spec = ELECTIONS[name]
    report = reports(spec, name)
    assert report.verdict is Verdict.CONSISTENT, report.failing
    assert_counted(report, spec)


EXPECTED = {
    "tie-reported": ((), ("ada", "bob"), 1),
    "no-majority": ((), (), 1),
    "majority": (("max",), (), 0),
    "no-ballots": ((), ("ada", "bob", "cyd"), 1),
    "two-seats": (("jo", "kim"), (), 0),
}


@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_who_is_elected(name: str) -> None:
    result = reports(ELECTIONS[name], name).facts.results[0]
    assert (result.elected, result.tied, result.vacant) == EXPECTED[name]


def test_a_lot_elects_exactly_one_of_the_tied() -> None:
    result = reports(ELECTIONS["tie-by-lot"], "tie-by-lot").facts.results[0]
    assert len(result.elected) == 1
    assert (result.tied, result.vacant) == ((), 0)


def test_at_least_twelve_elections() -> None:
    assert len(ELECTIONS) >= 12


@st.composite
def elections(draw: st.DrawFn) -> ElectionSpec:
    """Small random elections."""
    contests = []
    for number in range(draw(st.integers(1, 2))):
        options = tuple((f"o{i}", draw(st.integers(1, 3))) for i in range(draw(st.integers(1, 3))))
        most = sum(limit for _, limit in options)
        limit = draw(st.integers(max(limit for _, limit in options), most))
        blank, ties = draw(st.booleans()), draw(st.sampled_from(["report", "lot"]))
        seats = draw(st.integers(1, 3))
        contests.append(ContestSpec(f"c{number}", options, limit=limit, blank=blank, ties=ties, seats=seats))
    styles = (("all", tuple(contest.id for contest in contests)), ("first", (contests[0].id,)))
    votes = []
    for _ in range(draw(st.integers(0, 3))):
        style, names = draw(st.sampled_from(styles))
        choices = tuple(draw(values(next(c for c in contests if c.id == name))) for name in names)
        action = draw(st.sampled_from(["cast", "cast", "challenge"]))
        votes.append(VoteSpec(draw(st.integers(1, 3)), style, choices, action))
    return ElectionSpec(tuple(contests), styles, tuple(votes), floor=draw(st.integers(0, 2)))


@st.composite
def values(draw: st.DrawFn, contest: ContestSpec) -> tuple[int, ...]:
    """Values within all limits of one contest."""
    if contest.blank and draw(st.booleans()):
        return (*(0 for _ in contest.options), 1)
    left, chosen = contest.limit, []
    for _, limit in contest.options:
        chosen.append(draw(st.integers(0, min(limit, left))))
        left -= chosen[-1]
    return (*chosen, 0) if contest.blank else tuple(chosen)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(elections())
def test_random_elections_are_counted_right(spec: ElectionSpec) -> None:
    report = reports(spec, "random")
    assert report.verdict is Verdict.CONSISTENT, report.failing
    assert_counted(report, spec)
