"""From counts to totals and their opening: what cannot be counted is refused, what differs is not signed."""

from collections import Counter
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings

from e2evote.algebra.exponentiation import FixedBase
from e2evote.algebra.group import Element, Scalar
from e2evote.errors import MalformedInput, Refused
from e2evote.hashing import canonical
from e2evote.manifest.draft import ContestFacts, OptionFacts
from e2evote.record.paper import MOST_PAPERS, PaperTotals
from e2evote.secret.paper_opening import OpenedContest, PaperCounts, check_opening, decode_opening
from e2evote.secret.prove_paper import draw_nonces, prove_paper
from tests.randomness import DeterministicRandomness
from tests.secret.papers import (
    CONTEXT,
    COUNTS,
    GROUP,
    MADE,
    MANIFEST,
    PAPER,
    bits_at,
    counts_of,
    failures,
    forged_bit,
    made,
    nonce_at,
    paper_manifest,
    with_bits,
)

ENCODED = PAPER.encode()


@settings(max_examples=20)
@given(counts_of())
def test_the_second_teller_finds_the_counts(counts: tuple[PaperCounts, ...]) -> None:
    one = made(counts)
    opening = decode_opening(one.opening.encode(), MANIFEST, GROUP)
    assert opening == one.opening
    assert check_opening(CONTEXT, one.totals.encode(), opening) == counts


def test_the_same_counts_never_have_the_same_numbers() -> None:
    """Every nonce and every proof is fresh, in one channel and between two that were made from one source."""
    source = DeterministicRandomness("one source")
    seen: Counter[bytes] = Counter()
    for channel in ("in_person", "postal"):
        for contest in prove_paper(replace(CONTEXT, channel=channel), COUNTS, source).totals.contests:
            for bit in (bit for bits in contest.lists() for bit in bits):
                seen.update(x.encode() for x in (bit.alpha, bit.beta, *bit.proof.c, *bit.proof.v))
    assert set(seen.values()) == {1}


EXCESSES: dict[str, tuple[tuple[PaperCounts, ...], str]] = {
    "more votes than papers": (
        (PaperCounts("mayor", 5, 0, (6, 0)), COUNTS[1]),
        "contest mayor: 6 votes for option ada, want 0 to 5",
    ),
    "more than the option's limit": (
        (COUNTS[0], PaperCounts("board", 4, 0, (9, 0, 0, 0))),
        "contest board: 9 votes for option dan, want 0 to 8",
    ),
    "more blanks than papers": (
        (COUNTS[0], PaperCounts("board", 4, 0, (0, 0, 0, 5))),
        "contest board: 5 votes for the blank vote, want 0 to 4",
    ),
    "fewer than none": (
        (PaperCounts("mayor", 5, 0, (-1, 0)), COUNTS[1]),
        "contest mayor: -1 votes for option ada, want 0 to 5",
    ),
    "together above the limit": (
        (PaperCounts("mayor", 5, 0, (3, 3)), COUNTS[1]),
        "contest mayor: the votes use up 6 of 5 on 5 papers",
    ),
    "a blank uses up its paper": (
        (COUNTS[0], PaperCounts("board", 4, 0, (2, 0, 0, 4))),
        "contest board: the votes use up 14 of 12 on 4 papers",
    ),
    "too many papers": (
        (PaperCounts("mayor", MOST_PAPERS + 1, 0, (0, 0)), COUNTS[1]),
        "contest mayor: 10000000 valid papers, want 0 to 9999999",
    ),
    "spoiled below none": (
        (PaperCounts("mayor", 5, -1, (0, 0)), COUNTS[1]),
        "contest mayor: -1 other papers, want 0 to 9999999",
    ),
    "true is no number": (
        (PaperCounts("mayor", True, 0, (0, 0)), COUNTS[1]),
        "contest mayor: True valid papers, want 0 to 9999999",
    ),
    "an item too few": (
        (PaperCounts("mayor", 5, 0, (5,)), COUNTS[1]),
        "contest mayor: 1 numbers of votes, want 2",
    ),
    "a contest too few": (COUNTS[:1], "counts of the contests ['mayor'], want ['mayor', 'board']"),
    "another order": (COUNTS[::-1], "counts of the contests ['board', 'mayor'], want ['mayor', 'board']"),
}


@pytest.mark.parametrize("name", EXCESSES)
def test_counts_that_cannot_be_are_refused_by_name(name: str) -> None:
    counts, detail = EXCESSES[name]
    source = DeterministicRandomness("unused")
    with pytest.raises(Refused) as caught:
        prove_paper(CONTEXT, counts, source)
    assert (caught.value.code, caught.value.detail) == ("paper.counts", detail)
    assert source.drawn == 0


# The same work whichever counts


class Work:
    """How often each kind of work is done."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.done: Counter[str] = Counter()
        for owner, name in (
            (FixedBase, "power_secret"),
            (Element, "secret_power"),
            (Element, "__pow__"),
            (Element, "__mul__"),
            (Element, "inverse"),
            (Scalar, "__mul__"),
            (Scalar, "__add__"),
            (Scalar, "__sub__"),
        ):
            monkeypatch.setattr(owner, name, self._counting(name, getattr(owner, name)))

    def _counting(self, name: str, function: Any) -> Any:
        def counted(*arguments: Any) -> Any:
            self.done[name] += 1
            return function(*arguments)

        return counted


def test_the_work_is_the_same_whichever_votes_are_on_the_papers(monkeypatch: pytest.MonkeyPatch) -> None:
    all_counts = [
        (PaperCounts("mayor", 5, 1, mayor), PaperCounts("board", 4, 2, board))
        for mayor, board in (((0, 0), (0, 0, 0, 0)), ((5, 0), (0, 0, 0, 4)), ((2, 3), (8, 3, 1, 0)))
    ]
    made(all_counts[0])  # makes the tables
    work, seen, drawn = Work(monkeypatch), [], []
    for counts in all_counts:
        work.done.clear()
        source = DeterministicRandomness("same")
        one = prove_paper(CONTEXT, counts, source)
        seen.append(dict(work.done))
        drawn.append(source.drawn)
        work.done.clear()
        check_opening(CONTEXT, one.totals.encode(), one.opening)
        drawn.append(work.done["power_secret"])
    assert all(counts == seen[0] for counts in seen)
    assert drawn == drawn[:2] * 3
    bits = sum(len(bits) for contest in PAPER.contests for bits in contest.lists())
    assert seen[0]["power_secret"] == 6 * bits, "two for the ciphertext, four for the proof"
    assert seen[0].keys() <= {"power_secret", "__mul__", "__add__", "__sub__"}


# Nonces without a place in the format

ALONE = replace(
    CONTEXT,
    manifest=paper_manifest((ContestFacts("one", "One", (OptionFacts("yes", "Yes"),), blank="uncounted"),)),
)


class Scripted:
    """Gives these numbers first."""

    def __init__(self, *numbers: int) -> None:
        self.numbers, self.source = list(numbers), DeterministicRandomness("then")

    def below(self, bound: int) -> int:
        return self.numbers.pop(0) if self.numbers else self.source.below(bound)

    def bytes(self, size: int) -> bytes:
        return self.source.bytes(size)


@pytest.mark.parametrize("votes", [0, 1])
def test_a_contest_is_drawn_again_where_a_beta_would_be_1(votes: int) -> None:
    """ξ = q - 1 and bit 1 have β = 1; so have the rest's -ξ and its bit, for ξ = 1."""
    xi = int(GROUP.q) - 1 if votes else 1
    counts = (PaperCounts("one", 1, 0, (votes,)),)
    source = Scripted(xi - 1, 5)
    one = prove_paper(ALONE, counts, source)
    assert not source.numbers
    assert failures(one.totals, ALONE) == set()
    assert xi not in [int(x.value) for x in one.opening.contests[0].nonces[0]]


def test_nonces_add_up_to_0_with_their_weights() -> None:
    contest = MANIFEST.contests[1]
    nonces = draw_nonces(GROUP, contest, 1, DeterministicRandomness("sum"))
    factors = ((1, 1), (1,), (1,), (3,), (1, 2))  # of one paper: 2, 1, 1, the blank with weight 3, and the rest of 3
    total = sum(
        int(x.value) * f
        for own, weights in zip(nonces, factors, strict=True)
        for x, f in zip(own, weights, strict=True)
    )
    assert total % int(GROUP.q) == 0
    assert draw_nonces(GROUP, contest, 0, DeterministicRandomness("none")) == ((),) * 5


# What the second teller does not sign


def opened(contest: int, **members: Any) -> OpenedContest:
    return replace(MADE.opening.contests[contest], **members)


def refusal(payload: bytes, opening: Any = MADE.opening, context: Any = CONTEXT) -> str:
    with pytest.raises(Refused) as caught:
        check_opening(context, payload, opening)
    assert caught.value.code == "paper.opening"
    return str(caught.value.detail)


def test_other_totals_are_not_signed() -> None:
    """Good ones, but of other votes, or of the same votes with other nonces."""
    other = made((PaperCounts("mayor", 5, 1, (3, 2)), COUNTS[1])).totals
    same = made().totals
    mixed = PaperTotals((PAPER.contests[0], same.contests[1]))
    text = "is not encrypted as the opening says"
    assert refusal(other.encode()) == f"channel postal, contest mayor, option ada, bit 0 {text}"
    assert refusal(mixed.encode()) == f"channel postal, contest board, option dan, bit 0 {text}"


def test_another_number_of_papers_is_not_signed() -> None:
    for changed in ({"spoiled": 2}, {"spoiled": 0}):
        payload = PaperTotals((replace(PAPER.contests[0], **changed), PAPER.contests[1])).encode()
        text = "is not encrypted as the opening says"
        assert refusal(payload) == f"channel postal, contest mayor: the number of papers {text}"


def test_totals_that_would_not_be_accepted_are_not_signed() -> None:
    assert refusal(ENCODED[:-1]).startswith("channel.form: channel postal: ")
    bit = replace(bits_at(PAPER, 1, 1)[0], alpha=GROUP.identity.residue())
    assert refusal(with_bits(PAPER, {(1, 1): {0: bit}}).encode()).startswith("channel.elements: channel postal, ")
    forged = forged_bit((1, 1, 0), 2, nonce_at(1, 1, 0))
    assert refusal(with_bits(PAPER, {(1, 1): {0: forged}}).encode()).startswith("channel.proof: channel postal, ")


def test_an_opening_of_another_channel_or_election_is_not_taken() -> None:
    for members in ({"channel": "in_person"}, {"h_e": b"\x06" * 32}):
        assert refusal(ENCODED, context=replace(CONTEXT, **members)).startswith("not of channel ")


def test_other_counts_with_the_same_nonces_are_seen() -> None:
    """The maker shows the second teller what is on the papers, and has posted something else: α is the same then."""
    told = opened(0, counts=PaperCounts("mayor", 5, 1, (3, 2)))
    opening = replace(MADE.opening, contests=(told, MADE.opening.contests[1]))
    assert refusal(ENCODED, opening).startswith("channel postal, contest mayor, option ada, bit 0 is not")
    told = opened(1, counts=PaperCounts("board", 4, 2, (3, 1, 1, 2)))
    opening = replace(MADE.opening, contests=(MADE.opening.contests[0], told))
    assert refusal(ENCODED, opening).startswith("channel postal, contest board, option fay, bit 0 is not")


def test_a_nonce_of_0_or_another_nonce_is_seen() -> None:
    nonces = MADE.opening.contests[0].nonces
    for xi in (GROUP.scalar(0), nonces[0][0] + GROUP.scalar(1)):
        changed = opened(0, nonces=((xi, *nonces[0][1:]), *nonces[1:]))
        opening = replace(MADE.opening, contests=(changed, MADE.opening.contests[1]))
        assert refusal(ENCODED, opening).startswith("channel postal, contest mayor, option ada, bit 0 is not")


def test_a_nonce_that_is_used_twice_is_seen() -> None:
    """A machine without randomness: every proof holds, and the bits of the two candidates can be compared."""
    low = int(GROUP.q) // 3
    one = prove_paper(CONTEXT, COUNTS, Scripted(low, low + 1, low + 2, low, low + 1, low + 2))
    assert failures(one.totals) == set()
    assert refusal(one.totals.encode(), one.opening).startswith("two bits have one nonce")


def test_an_opening_with_counts_that_cannot_be_is_refused() -> None:
    changed = opened(0, counts=PaperCounts("mayor", 5, 1, (5, 3)))
    opening = replace(MADE.opening, contests=(changed, MADE.opening.contests[1]))
    with pytest.raises(Refused, match="paper.counts"):
        check_opening(CONTEXT, ENCODED, opening)
    with pytest.raises(Refused, match="paper.counts"):
        decode_opening(opening.encode(), MANIFEST, GROUP)


@pytest.mark.parametrize(
    "change",
    [
        lambda v: v.pop("channel"),
        lambda v: v.update(v=1),
        lambda v: v.update(election="00"),
        lambda v: v["contests"].pop(),
        lambda v: v["contests"][0].update(ballots=True),
        lambda v: v["contests"][0]["votes"].append(0),
        lambda v: v["contests"][0]["nonces"].pop(),
        lambda v: v["contests"][0]["nonces"][0].pop(),
        lambda v: v["contests"][0]["nonces"][0].__setitem__(0, int(GROUP.q).to_bytes(32, "big").hex()),
    ],
)
def test_another_form_of_opening_is_refused(change: Any) -> None:
    value: Any = canonical.decode(MADE.opening.encode(), limit=1 << 20)
    change(value)
    with pytest.raises(MalformedInput):
        decode_opening(canonical.encode(value), MANIFEST, GROUP)


def test_secrets_are_not_printed() -> None:
    shown = repr((MADE, MADE.opening, MADE.opening.contests, COUNTS))
    assert "votes" not in shown
    assert MADE.opening.contests[0].nonces[0][0].encode().hex() not in shown
    assert shown.count("<redacted>") == 6
