"""Totals on paper by the reference, which was written from the specification alone: both judge alike, both ways."""

from collections.abc import Sequence
from dataclasses import replace
from hashlib import sha256

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from e2evote.hashing import canonical
from e2evote.proofs import paper_bit
from e2evote.record import paper as library
from e2evote.record.paper import PaperTotals, decode_paper
from e2evote.secret.paper_opening import PaperCounts
from e2evote.verify.findings import Findings
from e2evote.verify.paper import check_paper
from reference import paper as reference
from reference.ballots import Poll
from reference.ceremony import JointKeys, new_setting
from reference.make_group import Source, group_named
from reference.make_json import canonical as made_json
from reference.make_manifest import ContestSpec
from reference.make_paper import Count, Paper, bit_weights, bits_of, paper_json
from reference.manifest import read_manifest
from reference.numbers import small_group
from tests.secret.papers import (
    CONTEXT,
    COUNTS,
    GROUP,
    MANIFEST,
    PAPER,
    bits_at,
    counts_of,
    failures,
    made,
    where,
    with_bits,
)
from tests.verify.paper_forgeries import ELEMENTS, MOVED, NUMBERS, PROOF, PROOFS

READ = read_manifest(MANIFEST.encode())
K, H_E = int(CONTEXT.K.value), CONTEXT.h_e
POLL = Poll(new_setting(small_group(), 3, 2, MANIFEST.encode()), JointKeys({}, K, 1, H_E))
SPECS = (
    ContestSpec("mayor", (("ada", 1), ("bob", 1))),
    ContestSpec("board", (("dan", 2), ("eve", 1), ("fay", 1)), limit=3, blank=True),
)
VECTOR = "2471a044f1a95fdbbc69b6e5b521120c0f589a10e070b0174562f59e838589bb"


def by_the_reference(payload: bytes) -> tuple[set[tuple[str, str]], dict[str, int]]:
    """What fails, and how much each check examined."""
    paper = reference.read_paper(payload, READ, small_group())
    judged = list(reference.judgements(POLL, "postal", paper))
    checks = [check for check, *_ in judged]
    failing = {(check, in_our_words(subject)) for check, subject, good, _ in judged if not good}
    return failing, {check: checks.count(check) for check in checks}


def in_our_words(subject: str) -> str:
    """The reference names an item by its index."""
    place, _, index = subject.partition(", item ")
    if not index:
        return subject
    contest = MANIFEST.contest(place.rpartition(" ")[2])
    assert contest is not None
    return f"{place}, option {contest.items()[int(index) - 1].option or '(blank)'}"


def by_the_library(payload: bytes) -> tuple[set[tuple[str, str]], dict[str, int]]:
    findings = Findings()
    check_paper(CONTEXT, "entry 7", payload, findings)
    examined = {check.value: tally.examined for check, tally in findings.checks.items() if check != "channel.form"}
    return failures(payload), examined


def maker(**members: object) -> Paper:
    """The reference's maker, with lies and nonces of one's own."""
    return Paper(group_named("test-512"), K, H_E, "postal", Source(bytes(32)), **members)  # type: ignore[arg-type]


def made_by_the_reference(counts: Sequence[PaperCounts] = COUNTS, paper: Paper | None = None) -> bytes:
    plain = [Count(one.ballots, one.spoiled, one.votes) for one in counts]
    return made_json(paper_json(paper or maker(), SPECS, plain))


@settings(max_examples=15)
@given(counts_of())
def test_totals_of_either_maker_pass_by_either_verifier(counts: tuple[PaperCounts, ...]) -> None:
    for payload in (made(counts).totals.encode(), made_by_the_reference(counts)):
        judged = by_the_library(payload)
        assert judged == by_the_reference(payload) == (set(), {"channel.elements": 8, "channel.proof": 10})
        ours = library.totals(MANIFEST, GROUP, decode_paper(payload, MANIFEST, GROUP))
        theirs = reference.totals(POLL, reference.read_paper(payload, READ, small_group()))
        assert [(int(a.value), int(b.value)) for a, b in ours.values()] == list(theirs.values())


def test_the_makers_bytes_are_these() -> None:
    """One payload, fixed: whoever computes another from the same nonces has read the specification otherwise."""
    assert sha256(made_by_the_reference()).hexdigest() == VECTOR


@given(st.integers(0, 10**10).flatmap(lambda bound: st.tuples(st.just(bound), st.integers(0, bound))))
def test_weights_and_bits_agree(case: tuple[int, int]) -> None:
    bound, number = case
    assert list(paper_bit.weights(bound)) == reference.weights(bound) == bit_weights(bound)
    assert list(paper_bit.bits(number, bound)) == bits_of(number, bound)


def forgeries() -> dict[str, tuple[bytes, set[tuple[str, str]]]]:
    """By name, bytes and what fails."""
    found = {name: (forge().encode(), expected) for name, (forge, expected) in MOVED.items()}
    bit = bits_at(PAPER, 2, 4)[1]
    for name, change in PROOFS.items():
        forged = with_bits(PAPER, {(2, 4): {1: replace(bit, proof=change(bit.proof))}})
        found[name] = forged.encode(), {(PROOF, where("board", "(blank)"))}
    for name, number in NUMBERS.items():
        forged = with_bits(PAPER, {(2, 4): {1: replace(bit, beta=number(bit.beta))}})
        found[name] = forged.encode(), {(ELEMENTS, where("board", "(blank)"))}
    more = PaperTotals((replace(PAPER.contests[0], ballots=6), PAPER.contests[1]))
    found["another number of papers"] = more.encode(), {(PROOF, where("mayor"))}
    ada, mayor, board = (PROOF, where("mayor", "ada")), (PROOF, where("mayor")), (PROOF, where("board"))
    places = {
        "bit 2": ({(1, 1, 0): 2}, {ada, mayor}),
        "bit -1": ({(1, 1, 0): -1}, {ada, mayor}),
        "a vote more": ({(1, 1, 0): 1}, {mayor}),
        "bit 2, and a rest that fits": ({(1, 1, 0): 2, (1, 0, 0): -2}, {ada, mayor}),
        "a rest of more": ({(2, 0, 0): 1}, {board}),
    }
    for name, (lies, expected) in places.items():
        found[name] = made_by_the_reference(paper=maker(lies=lies)), expected
    found["nonces that do not add up"] = made_by_the_reference(paper=maker(xi={(1, 0, 0): 5})), {mayor}
    return found


FORGERIES = forgeries()


@pytest.mark.parametrize("name", FORGERIES)
def test_forgeries_fail_by_either_verifier_with_the_same_names(name: str) -> None:
    payload, expected = FORGERIES[name]
    judged = by_the_library(payload)
    assert judged == by_the_reference(payload)
    assert judged[0] == expected


def test_both_refuse_the_same_forms() -> None:
    value = canonical.decode(PAPER.encode(), limit=1 << 26)
    assert isinstance(value, dict)
    contests = value["contests"]
    assert isinstance(contests, list)
    for change in (
        {"contests": contests[:1]},
        {"contests": contests[::-1]},
        {"contests": [contests[0], {**contests[1], "rest": []}]},  # type: ignore[dict-item]
        {"contests": [{**contests[0], "ballots": 8}, contests[1]]},  # type: ignore[dict-item]
        {"contests": [{**contests[0], "spoiled": 10**7}, contests[1]]},  # type: ignore[dict-item]
        {"contests": contests, "v": 1},
    ):
        payload = canonical.encode(change)  # type: ignore[arg-type]
        assert failures(payload) == {("channel.form", "entry 7")}
        with pytest.raises(reference.form.BadForm):
            reference.read_paper(payload, READ, small_group())
