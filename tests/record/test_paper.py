"""The payload of totals on paper: its bytes are read in one form only, and its totals are computed from its bits."""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings

from e2evote.algebra.elgamal import encrypt
from e2evote.errors import MalformedInput
from e2evote.hashing import canonical
from e2evote.manifest.contests import Item
from e2evote.proofs.paper_bit import weights
from e2evote.record.paper import MOST_PAPERS, PaperContest, PaperTotals, decode_paper, item_bound, totals
from e2evote.secret.paper_opening import PaperCounts
from tests.secret.papers import COUNTS, GROUP, MADE, MANIFEST, PAPER, K, counts_of, made

ENCODED = PAPER.encode()
Json = Any


def changed(change: Callable[[Json], None]) -> bytes:
    value: Json = canonical.decode(ENCODED, limit=1 << 26)
    change(value)
    return canonical.encode(value)


def test_what_is_written_is_read() -> None:
    assert decode_paper(ENCODED, MANIFEST, GROUP) == PAPER
    assert decode_paper(ENCODED, MANIFEST, GROUP).encode() == ENCODED
    assert PAPER.of("board") is PAPER.contests[1]


@settings(max_examples=20)
@given(counts_of())
def test_all_counts_have_one_form(counts: tuple[PaperCounts, ...]) -> None:
    paper = made(counts).totals
    assert decode_paper(paper.encode(), MANIFEST, GROUP) == paper
    assert [(its.ballots, its.spoiled) for its in paper.contests] == [(one.ballots, one.spoiled) for one in counts]


def test_there_are_as_many_bits_as_the_papers_ask_for() -> None:
    """5 papers, limit 1; then 4 papers, limits 2, 1, 1 and the blank, and 3 votes of a ballot."""
    lengths = [[len(bits) for bits in contest.lists()] for contest in PAPER.contests]
    assert lengths == [[3, 3, 3], [4, 3, 3, 3, 4]]


def test_totals_are_those_of_the_votes_and_the_nonces() -> None:
    """(14.1), and nothing of it is read."""
    found = totals(MANIFEST, GROUP, PAPER)
    assert list(found) == [(contest.id, item.option) for contest in MANIFEST.contests for item in contest.items()]
    for contest, opened, counts in zip(MANIFEST.contests, MADE.opening.contests, COUNTS, strict=True):
        for item, nonces, votes in zip(contest.items(), opened.nonces, counts.votes, strict=False):
            u = weights(item_bound(item, counts.ballots))
            xi = GROUP.sum([GROUP.scalar(w) * x for w, x in zip(u, nonces, strict=True)])
            expected = encrypt(K, votes, xi)
            assert found[contest.id, item.option] == (expected.alpha.residue(), expected.beta.residue())


def test_no_papers_have_the_total_1() -> None:
    none = made((PaperCounts("mayor", 0, 3, (0, 0)), PaperCounts("board", 0, 0, (0, 0, 0, 0)))).totals
    assert all(bits == () for contest in none.contests for bits in contest.lists())
    one = GROUP.identity.residue()
    assert set(totals(MANIFEST, GROUP, none).values()) == {(one, one)}


def test_the_bounds_of_an_item() -> None:
    assert item_bound(Item("dan", 1, 2, 1), 7) == 14


def first(value: Json) -> Json:
    return value["contests"][0]


def bit(value: Json) -> Json:
    return value["contests"][0]["items"][0]["bits"][0]


P = int(GROUP.p).to_bytes(64, "big").hex()
Q = int(GROUP.q).to_bytes(32, "big").hex()
CHANGES: dict[str, tuple[Callable[[Json], None], str]] = {
    "a contest too few": (lambda v: v["contests"].pop(), "contests: 1 items"),
    "a contest twice": (lambda v: v["contests"].append(v["contests"][0]), "contests: 3 items"),
    "contests in another order": (lambda v: v["contests"].reverse(), "contests[0].contest"),
    "another contest": (lambda v: first(v).update(contest="clerk"), "contests[0].contest"),
    "items in another order": (lambda v: first(v)["items"].reverse(), "contests[0].items[0].option"),
    "an item too few": (lambda v: first(v)["items"].pop(), "contests[0].items: 1 items"),
    "the blank with a name": (lambda v: v["contests"][1]["items"][3].update(option="blank"), "contests[1].items[3]"),
    "a bit too many": (lambda v: first(v)["items"][0]["bits"].append(bit(v)), "contests[0].items[0].bits: 4 items"),
    "a bit too few": (lambda v: first(v)["items"][1]["bits"].pop(), "contests[0].items[1].bits: 2 items"),
    "a bit of the rest too many": (lambda v: first(v)["rest"].append(bit(v)), "contests[0].rest: 4 items"),
    "a bit of the rest too few": (lambda v: first(v)["rest"].pop(), "contests[0].rest: 2 items"),
    "more papers than bits": (lambda v: first(v).update(ballots=8), "contests[0].items[0].bits: 3 items"),
    "no papers and bits": (lambda v: first(v).update(ballots=0), "contests[0].items[0].bits: 3 items"),
    "too many papers": (lambda v: first(v).update(ballots=MOST_PAPERS + 1), "contests[0].ballots"),
    "too many spoiled": (lambda v: first(v).update(spoiled=MOST_PAPERS + 1), "contests[0].spoiled"),
    "true for a number": (lambda v: first(v).update(spoiled=True), "contests[0].spoiled"),
    "no spoiled": (lambda v: first(v).pop("spoiled"), "contests[0]: 'spoiled' is missing"),
    "a total that is read": (lambda v: first(v)["items"][0].update(A=bit(v)["alpha"]), "'A' is unknown"),
    "α = 0": (lambda v: bit(v).update(alpha="00" * 64), "contests[0].items[0].bits[0].alpha"),
    "β = p": (lambda v: bit(v).update(beta=P), "contests[0].items[0].bits[0].beta"),
    "α of another width": (lambda v: bit(v).update(alpha="00" + bit(v)["alpha"]), "bits[0].alpha: 130 characters"),
    "capitals": (lambda v: bit(v).update(alpha=bit(v)["alpha"].upper()), "bits[0].alpha"),
    "c = q": (lambda v: bit(v)["proof"]["c"].__setitem__(0, Q), "bits[0].proof.c[0]"),
    "a branch more": (lambda v: bit(v)["proof"]["v"].append("00" * 32), "bits[0].proof.v: 3 items"),
    "a branch fewer": (lambda v: bit(v)["proof"]["c"].pop(), "bits[0].proof.c: 1 items"),
    "another member": (lambda v: v.update(channel="postal"), "'channel' is unknown"),
}


@pytest.mark.parametrize("name", CHANGES)
def test_another_form_is_refused_by_its_place(name: str) -> None:
    change, place = CHANGES[name]
    with pytest.raises(MalformedInput) as caught:
        decode_paper(changed(change), MANIFEST, GROUP)
    assert place in str(caught.value)


@pytest.mark.parametrize("data", [b"", b"[]", b"{}", ENCODED + b"\n", b" " + ENCODED, ENCODED[:-1]])
def test_other_bytes_are_refused(data: bytes) -> None:
    with pytest.raises(MalformedInput):
        decode_paper(data, MANIFEST, GROUP)


def test_a_contests_lists_are_its_items_and_then_the_rest() -> None:
    contest = PaperContest("mayor", 0, 0, (), PAPER.contests[0].rest)
    assert contest.lists() == (PAPER.contests[0].rest,)
    assert PaperTotals((contest,)).of("mayor") is contest
