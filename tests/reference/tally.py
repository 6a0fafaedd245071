"""Tally and outcome: docs/spec.md sections 9 and 10."""

from collections.abc import Mapping, Sequence
from typing import Any

from reference.ballots import Poll
from reference.ceremony import public_share
from reference.manifest import Contest, Item
from reference.numbers import H_own, b4, weights
from reference.payloads import DecryptionShare, Outcome, Place, Sealed


def ballots_with(contest: Contest, counted: Sequence[Sealed]) -> list[Sealed]:
    """The counted ballots whose style has the contest."""
    return [sealed for sealed in counted if any(its.contest is contest for its in sealed.contests)]


def product_of(poll: Poll, place: Place, counted: Sequence[Sealed]) -> tuple[int, int, int]:
    """A = Π α, B = Π β over the counted ballots that have the contest   (9.1), and their number"""
    group = poll.setting.group
    items = [
        item
        for sealed in counted
        for contest, item in sealed.items
        if (contest.contest.index, item.item.index) == place
    ]
    return (
        group.product(item.alpha for item in items),
        group.product(item.beta for item in items),
        len(items),
    )


def share_proof_holds(
    poll: Poll, statement: bytes, place: Place, i: int, product: tuple[int, int, int], share: DecryptionShare
) -> bool:
    """a_i = g^v·Y_i^c   (3.11), b_i = A^v·M_i^c   (3.12), c = H_q of `decryption-share`   (3.13)"""
    group = poll.setting.group
    A, B, _ = product
    Y = public_share(poll.setting, poll.joint, i)
    a = group.product((group.power(group.g, share.v), group.power(Y, share.c)))
    b = group.product((group.power(A, share.v), group.power(share.M, share.c)))
    fields = [b4(place[0]), b4(place[1]), b4(i), *[group.encode(x) for x in (Y, A, B, share.M, a, b)], statement]
    return share.c == group.challenge(H_own(poll.h_e, 0x82, "decryption-share", *fields))


def decryption_holds(poll: Poll, product: tuple[int, int, int], shares: Mapping[int, int], votes: int) -> bool:
    """K^t = B · Π_{i ∈ U} M_i^(-w_i)   (9.3)"""
    group = poll.setting.group
    w = weights(sorted(shares), group.q)
    right = [group.power(M, -w[i] % group.q) for i, M in shares.items()]
    return group.power(poll.joint.K, votes) == group.product([product[1], *right])


def option_votes(outcome: Outcome, contest: Contest) -> dict[str, int]:
    """t_o by option, without the blank; the contest's cells are there."""
    return {item.option: outcome.votes[contest.index, item.index] for item in contest.options}


def undervotes(outcome: Outcome, contest: Contest, ballots: int) -> int:
    """L·N - Σ t_o - L·t_blank   (10.1)"""
    blank = outcome.votes[contest.index, contest.blank.index] if contest.blank else 0
    return contest.limit * ballots - sum(option_votes(outcome, contest).values()) - contest.limit * blank


def meets_threshold(threshold: Mapping[str, Any], votes: int, ballots: int, total: int) -> bool:
    """none; t_o·d ≥ m·base; or t_o·d > m·base   (10.2)"""
    if threshold["rule"] == "none":
        return True
    m, d = threshold["share"]
    base = ballots if threshold["of"] == "ballots" else total
    if threshold["rule"] == "at_least":
        return bool(votes * d >= m * base)
    return bool(votes * d > m * base)


def lot_number(poll: Poll, contest: Contest, option: Item, digits: str) -> bytes:
    """H_own(H_E; `lot`; b4(contest), b4(option), digits)   (10.3)"""
    return H_own(poll.h_e, 0x85, "lot", b4(contest.index), b4(option.index), digits.encode())


def elect(
    poll: Poll, contest: Contest, votes: Mapping[str, int], ballots: int, digits: str
) -> tuple[list[str], list[str], int]:
    """Who is elected, who is tied, and how many seats stay empty, by spec 10."""
    total = sum(votes.values())
    eligible = [
        option for option in contest.options if meets_threshold(contest.threshold, votes[option.option], ballots, total)
    ]
    ranked = sorted(eligible, key=lambda option: (-votes[option.option], option.index))
    seats = contest.seats
    if len(ranked) <= seats:
        return [option.option for option in ranked], [], seats - len(ranked)
    b = votes[ranked[seats - 1].option]
    above = [option.option for option in ranked if votes[option.option] > b]
    level = [option for option in ranked if votes[option.option] == b]
    left = seats - len(above)
    if len(level) <= left:
        return above + [option.option for option in level], [], left - len(level)
    if contest.ties == "report":
        return above, [option.option for option in level], left
    drawn = sorted(level, key=lambda option: lot_number(poll, contest, option, digits))
    return above + [option.option for option in drawn[:left]], [], 0
