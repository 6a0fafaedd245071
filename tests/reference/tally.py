"""Tally and outcome: docs/spec.md sections 9 and 10."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from reference.ballots import Poll
from reference.ceremony import public_share
from reference.manifest import Contest, Item
from reference.numbers import Group, H_own, b4, weights
from reference.paper import PaperContest, total
from reference.payloads import Sealed
from reference.payloads_tally import Cell, DecryptionShare, Outcome, Product, Statement


@dataclass(frozen=True, slots=True)
class Counted:
    """A counted ballot with the weight of its line."""

    sealed: Sealed
    weight: int

    def has(self, contest: Contest) -> bool:
        """Its style has the contest."""
        return any(its.contest is contest for its in self.sealed.contests)


def product_of(poll: Poll, contest: Contest, item: Item, counted: Sequence[Counted]) -> Product:
    """A = Π α^w, B = Π β^w over the counted ballots that have the contest   (9.1), their number and weight"""
    group = poll.setting.group
    found = [
        (sealed, ballot.weight)
        for ballot in counted
        for its, sealed in ballot.sealed.items
        if its.contest is contest and sealed.item is item
    ]
    return Product(
        group.product(group.power(sealed.alpha, weight) for sealed, weight in found),
        group.product(group.power(sealed.beta, weight) for sealed, weight in found),
        len(found),
        sum(weight for _, weight in found),
    )


def paper_product(poll: Poll, its: PaperContest, item: Item) -> Product:
    """(14.1) of the totals on paper; each ballot has weight 1"""
    return Product(*total(poll, its, item.index), its.ballots, its.ballots)


def product_of_part(group: Group, statement: Statement, cell: Cell) -> tuple[int, int]:
    """A = Π A_ch, B = Π B_ch over the channels of the part   (14.5)"""
    contest, item, part = cell
    its = [statement.products[contest, item, channel] for channel in part.split("+")]
    return group.product(product.A for product in its), group.product(product.B for product in its)


def share_proof_holds(
    poll: Poll, statement: bytes, cell: Cell, i: int, product: tuple[int, int], share: DecryptionShare
) -> bool:
    """a_i = g^v·Y_i^c   (3.11), b_i = A^v·M_i^c   (3.12), c = H_q of `decryption-share`   (3.13)"""
    group = poll.setting.group
    A, B = product
    Y = public_share(poll.setting, poll.joint, i)
    a = group.product((group.power(group.g, share.v), group.power(Y, share.c)))
    b = group.product((group.power(A, share.v), group.power(share.M, share.c)))
    fields = [b4(cell[0]), b4(cell[1]), b4(i), *[group.encode(x) for x in (Y, A, B, share.M, a, b)], statement]
    return share.c == group.challenge(H_own(poll.h_e, 0x82, "decryption-share", *fields))


def decryption_holds(poll: Poll, product: tuple[int, int], shares: Mapping[int, int], votes: int) -> bool:
    """K^t = B · Π_{i ∈ U} M_i^(-w_i)   (9.3)"""
    group = poll.setting.group
    w = weights(sorted(shares), group.q)
    right = [group.power(M, -w[i] % group.q) for i, M in shares.items()]
    return group.power(poll.joint.K, votes) == group.product([product[1], *right])


def option_votes(outcome: Outcome, contest: Contest) -> dict[str, int]:
    """t_o by option, summed over the parts, without the blank; 0 where there are no cells."""
    return {item.option: outcome.votes_of(contest, item) or 0 for item in contest.options}


def undervotes(outcome: Outcome, contest: Contest, weight: int) -> int:
    """L·N - Σ t_o - L·t_blank   (10.1)"""
    blank = outcome.votes_of(contest, contest.blank) or 0 if contest.blank else 0
    return contest.limit * weight - sum(option_votes(outcome, contest).values()) - contest.limit * blank


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
