"""Totals on paper: what two dishonest tellers may post together, each forgery stopped by the check that is named."""

from dataclasses import replace

import pytest
from hypothesis import given, settings

from e2evote.algebra.group import Group
from e2evote.proofs import paper_bit
from e2evote.proofs.paper_bit import weights
from e2evote.record.hints import encode_hints
from e2evote.record.paper import PaperTotals
from e2evote.secret.paper_opening import PaperCounts
from e2evote.verify.checks import Check, Status
from e2evote.verify.findings import Findings
from e2evote.verify.paper import PaperContext, bit_proofs, check_elements, check_paper
from tests.secret.papers import (
    ALL,
    CONTEXT,
    COUNTS,
    GROUP,
    MADE,
    MANIFEST,
    PAPER,
    REST,
    bits_at,
    counts_of,
    failures,
    forged_bit,
    made,
    nonce_at,
    where,
    with_bits,
    with_list,
)
from tests.verify.paper_forgeries import ELEMENTS, FORM, MOVED, NUMBERS, PROOF, PROOFS, negative

ONE_BY_ONE = replace(CONTEXT, group=GROUP.without_batches())


@settings(max_examples=25)
@given(counts_of())
def test_every_honest_total_passes(counts: tuple[PaperCounts, ...]) -> None:
    one = made(counts)
    for hints in (b"", one.hints, one.hints[::-1]):
        findings = Findings()
        assert check_paper(CONTEXT, "entry 7", one.totals.encode(), findings, hints) == one.totals
        assert {check: findings.status(check) for check in ALL} == dict.fromkeys(ALL, Status.PASS)
        assert [findings.of(check).examined for check in sorted(ALL)] == [8, 1, 10], "elements, form, proof"


@pytest.mark.parametrize("ballots", [1, 2, 3, 7, 8, 1000, 9_999_999])
@pytest.mark.parametrize("full", [False, True])
def test_the_ends_of_the_range_pass(ballots: int, full: bool) -> None:
    votes = ((ballots, 0), (0, 0, 0, ballots)) if full else ((0, 0), (0, 0, 0, 0))
    counts = (PaperCounts("mayor", ballots, 0, votes[0]), PaperCounts("board", ballots, 0, votes[1]))
    assert failures(made(counts).totals) == set()


def test_without_papers_there_is_nothing_to_prove() -> None:
    none = made((PaperCounts("mayor", 0, 3, (0, 0)), PaperCounts("board", 0, 0, (0, 0, 0, 0)))).totals
    assert failures(none) == set()


# More votes than papers


@pytest.mark.parametrize("value", [2, 3, -1, 2**200])
@pytest.mark.parametrize("claimed", [0, 1])
@pytest.mark.parametrize("context", [CONTEXT, ONE_BY_ONE])
def test_a_bit_that_is_none_fails_its_item_though_all_adds_up(value: int, claimed: int, context: PaperContext) -> None:
    """Ada gets other votes than she can have, and the rest gives what is missing: (14.3) holds, two bits do not.

    With the value 2 in the place of bit 0 a total of N + 1 is possible, with -1 a negative one, which is q - 1.
    """
    other = _bit_value(1, 1, 0) + _bit_value(1, REST, 0) - value
    real = other if other in (0, 1) else claimed
    forged = with_bits(
        PAPER,
        {
            (1, 1): {0: forged_bit((1, 1, 0), value, nonce_at(1, 1, 0), claimed, context)},
            (1, REST): {0: forged_bit((1, REST, 0), other, nonce_at(1, REST, 0), real, context)},
        },
    )
    fails = {(PROOF, where("mayor", "ada"))} | ({(PROOF, where("mayor"))} if other not in (0, 1) else set())
    assert failures(forged, context) == fails


def _bit_value(contest: int, item: int, i: int) -> int:
    """What a bit of `PAPER` is: found by trial from its nonce."""
    xi, bit = nonce_at(contest, item, i), bits_at(PAPER, contest, item)[i]
    return next(b for b in (0, 1) if (CONTEXT.K ** (xi + GROUP.scalar(b))).residue() == bit.beta)


def test_a_total_above_the_papers_has_no_bits() -> None:
    """All bits of Ada's 5 papers are 1, and another one is put behind them, which would make it more."""
    ours = PAPER.contests[0]
    more = with_list(ours, 1, (*ours.items[0].bits, forged_bit((1, 1, 3), 1, nonce_at(1, 1, 0))))
    assert failures(PaperTotals((more, PAPER.contests[1]))) == {(FORM, "entry 7")}
    assert sum(weights(5)) == 5


def test_the_sum_may_not_pass_the_contests_limit_though_every_total_is_in_range() -> None:
    """Both candidates get all 5 papers, each total with good proofs; no rest of L·N makes up for it."""
    both = PaperCounts("mayor", 5, 1, (5, 0)), PaperCounts("mayor", 5, 1, (0, 5))
    first, second = (made((one, COUNTS[1]), f"both {i}").totals for i, one in enumerate(both))
    for giver in (first, second):
        forged = with_list(giver.contests[0], 1, first.contests[0].items[0].bits)
        forged = with_list(forged, 2, second.contests[0].items[1].bits)
        assert failures(PaperTotals((forged, giver.contests[1]))) == {(PROOF, where("mayor"))}


def test_a_negative_rest_is_not_proved() -> None:
    """10 votes on 5 papers with limit 1: nonces that fit, and a rest of -5 in its bit 0."""
    u = weights(5)
    rest = dict(enumerate(bits_at(PAPER, 1, REST)))
    places = {
        (1, item): {i: forged_bit((1, item, i), 1, nonce_at(1, item, i), claimed=1) for i in range(3)}
        for item in (1, 2)
    }
    others = sum(w * _bit_value(1, REST, i) for i, w in enumerate(u) if i)
    rest[0] = forged_bit((1, REST, 0), 5 - 10 - others, nonce_at(1, REST, 0))
    findings = Findings()
    check_paper(CONTEXT, "entry 7", with_bits(PAPER, {**places, (1, REST): rest}).encode(), findings)
    (failure,) = findings.of(Check.CHANNEL_PROOF).failures
    assert (failure.subject, failure.detail) == (where("mayor"), "not proved to be 0 or 1: bit 0")


@pytest.mark.parametrize("shift", [1, -1])
@pytest.mark.parametrize(("contest", "name"), [(1, "mayor"), (2, "board")])
def test_a_relation_that_is_off_by_a_power_of_k_fails(shift: int, contest: int, name: str) -> None:
    """The bit 0 of the rest is the other bit, well proved: one vote more or less than there is."""
    value = 1 - _bit_value(contest, REST, 0)
    xi = nonce_at(contest, REST, 0) + GROUP.scalar(0 if shift == 1 else 1)
    forged = with_bits(PAPER, {(contest, REST): {0: forged_bit((contest, REST, 0), value, xi, claimed=value)}})
    assert failures(forged) == {(PROOF, where(name))}


def test_the_first_place_of_the_relation_is_looked_at_too() -> None:
    """β fits and α does not: nonce ξ + 1 and bit 0 have the β of ξ and bit 1. That is the forgery of one vote."""
    value = _bit_value(1, REST, 0)
    xi, other = nonce_at(1, REST, 0), 1 - value
    forged_xi = xi + GROUP.scalar(value) - GROUP.scalar(other)
    bit = forged_bit((1, REST, 0), other, forged_xi, claimed=other)
    assert bit.beta == bits_at(PAPER, 1, REST)[0].beta
    assert bit.alpha != bits_at(PAPER, 1, REST)[0].alpha
    assert failures(with_bits(PAPER, {(1, REST): {0: bit}})) == {(PROOF, where("mayor"))}


@pytest.mark.parametrize(("contest", "name"), [(0, "mayor"), (1, "board")])
def test_another_number_of_papers_fails_where_the_form_does_not_see_it(contest: int, name: str) -> None:
    """6 in place of 5, 5 in place of 4: as many bits, other weights and another sum."""
    contests = list(PAPER.contests)
    contests[contest] = replace(contests[contest], ballots=contests[contest].ballots + 1)
    assert failures(PaperTotals(tuple(contests))) == {(PROOF, where(name))}


# Numbers and proofs in other places


@pytest.mark.parametrize("hints", [b"", MADE.hints])
@pytest.mark.parametrize("context", [CONTEXT, ONE_BY_ONE])
@pytest.mark.parametrize("name", MOVED)
def test_what_belongs_elsewhere_fails(name: str, context: PaperContext, hints: bytes) -> None:
    forge, expected = MOVED[name]
    assert failures(forge(), context, hints) == expected


def test_a_rest_in_its_wrong_place_fails_twice() -> None:
    """Once for its bits, once for (14.3), both named by the contest."""
    findings = Findings()
    check_paper(CONTEXT, "entry 7", MOVED["the rest of other totals"][0]().encode(), findings)
    assert [failure.detail for failure in findings.of(Check.CHANNEL_PROOF).failures] == [
        "the votes and the rest are not proved to be 5 together"
    ]
    findings = Findings()
    check_paper(CONTEXT, "entry 7", MOVED["an option's votes in the rest"][0]().encode(), findings)
    assert [failure.detail for failure in findings.of(Check.CHANNEL_PROOF).failures] == [
        "not proved to be 0 or 1: bit 0, 1, 2",
        "the votes and the rest are not proved to be 5 together",
    ]


@pytest.mark.parametrize("hints", [b"", MADE.hints])
@pytest.mark.parametrize("context", [CONTEXT, ONE_BY_ONE])
@pytest.mark.parametrize("name", PROOFS)
def test_a_changed_proof_fails_its_item(name: str, context: PaperContext, hints: bytes) -> None:
    bit = bits_at(PAPER, 2, 4)[1]
    forged = with_bits(PAPER, {(2, 4): {1: replace(bit, proof=PROOFS[name](bit.proof))}})
    assert failures(forged, context, hints) == {(PROOF, where("board", "(blank)"))}


def test_every_bit_is_looked_at() -> None:
    for contest, ours in enumerate(PAPER.contests, start=1):
        for item in (*range(1, len(ours.items) + 1), REST):
            for i, bit in enumerate(bits_at(PAPER, contest, item)):
                forged = with_bits(PAPER, {(contest, item): {i: replace(bit, proof=PROOFS["v changed"](bit.proof))}})
                option = None if item == REST else ours.items[item - 1].option or "(blank)"
                assert failures(forged, CONTEXT, MADE.hints) == {(PROOF, where(ours.contest, option))}


# Numbers that are no elements


@pytest.mark.parametrize("context", [CONTEXT, ONE_BY_ONE])
@pytest.mark.parametrize("name", ["alpha", "beta"])
@pytest.mark.parametrize("number", NUMBERS)
def test_a_number_that_is_1_or_no_element_fails_and_is_left_out(number: str, name: str, context: PaperContext) -> None:
    """Its item is not put to the proofs, nor its contest to (14.3): a changed sign would not even be seen there."""
    bit = bits_at(PAPER, 2, 1)[2]
    forged = with_bits(PAPER, {(2, 1): {2: replace(bit, **{name: NUMBERS[number](getattr(bit, name))})}})
    findings = Findings()
    check_paper(context, "entry 7", forged.encode(), findings)
    assert {check.value for check in findings.failing()} == {ELEMENTS}
    (failure,) = findings.of(Check.CHANNEL_ELEMENTS).failures
    assert failure.subject == where("board", "dan")
    assert failure.detail == "α or β is 1 or not in the subgroup of order q in bit 2"
    assert findings.of(Check.CHANNEL_PROOF).examined == 8, "without one item, and without the contest"


def test_two_changed_signs_do_not_hide_each_other() -> None:
    bits = bits_at(PAPER, 1, 1)
    forged = with_bits(PAPER, {(1, 1): {i: replace(bits[i], alpha=negative(bits[i].alpha)) for i in (1, 2)}})
    assert failures(forged) == {(ELEMENTS, where("mayor", "ada"))}
    forged = with_bits(PAPER, {(1, 1): {1: replace(bits[1], alpha=negative(bits[1].alpha))}, (2, REST): {0: bits[0]}})
    assert failures(forged) == {(ELEMENTS, where("mayor", "ada")), (PROOF, where("board"))}


# Form, and what hints may do


def test_where_the_form_fails_nothing_else_is_run() -> None:
    findings = Findings()
    assert check_paper(CONTEXT, "entry 7", PAPER.encode()[:-1], findings) is None
    assert findings.status(Check.CHANNEL_FORM) is Status.FAIL
    assert {findings.status(check) for check in ALL - {Check.CHANNEL_FORM}} == {Status.NOT_RUN}


def other_hints() -> dict[str, bytes]:
    width, hints = GROUP.element_size, MADE.hints
    zeros, sign = bytes(len(hints)), int(GROUP.p) - int.from_bytes(hints[:width], "big")
    return {
        "cut off": hints[:-1],
        "of zeros": zeros,
        "one wrong": GROUP.g.encode() + hints[width:],
        "one of another sign": sign.to_bytes(width, "big") + hints[width:],
        "of another order": hints[width:] + hints[:width],
        "of other totals": made().hints,
    }


@pytest.mark.parametrize("name", other_hints())
def test_hints_change_no_verdict(name: str) -> None:
    forged = with_bits(PAPER, {(1, 2): {0: replace(bits_at(PAPER, 1, 2)[0], proof=bits_at(PAPER, 1, 1)[0].proof)}})
    assert failures(PAPER, CONTEXT, other_hints()[name]) == set()
    assert failures(forged, CONTEXT, other_hints()[name]) == {(PROOF, where("mayor", "bob"))}


def test_the_commitments_of_the_proofs_are_the_hints() -> None:
    """What a box lays beside the leaf, whether or not it was given any."""
    members = check_elements(MANIFEST, GROUP, "postal", PAPER, Findings())
    proofs = [proof for proof in bit_proofs(CONTEXT, PAPER, members) if proof is not None]
    assert encode_hints([[product.value() for product in proof.products] for proof in proofs]) == MADE.hints


def test_right_hints_spare_the_powers(monkeypatch: pytest.MonkeyPatch) -> None:
    """With them no proof is verified by itself."""

    def alone(*_: object) -> bool:
        raise AssertionError("verified alone")

    monkeypatch.setattr(paper_bit, "verify", alone)
    assert failures(PAPER, CONTEXT, MADE.hints) == set()
    with pytest.raises(AssertionError, match="verified alone"):
        failures(PAPER, CONTEXT, b"")


def test_groups_without_batches_are_verified_one_by_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Group, "combination_holds", None)
    assert failures(PAPER, ONE_BY_ONE, MADE.hints) == set()
