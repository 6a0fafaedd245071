"""Who is elected: seats, thresholds and ties by the manifest's rule (docs/spec.md, section 10).

A tie without a rule is printed, never resolved by the order of a list.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from e2evote.hashing.digest import b4
from e2evote.hashing.labels import H_own, Label
from e2evote.manifest.contests import Contest, NoThreshold, Share


@dataclass(frozen=True, slots=True)
class Standing:
    """Elected options, options tied for the seats left, and seats that stay empty."""

    elected: tuple[str, ...] = ()
    tied: tuple[str, ...] = ()
    vacant: int = 0


def standing(
    contest: Contest, index: int, votes: Mapping[str, int], weight: int, extended_base_hash: bytes, digits: str
) -> Standing:
    """Spec section 10 from the votes of each option.

    index: the contest's, from 1. votes: by option id, the blank left out, of all parts. weight: N, the sum of the
    weights of the counted ballots. digits: the lot's, or empty.
    """
    seats = contest.outcome.seats
    order = [option.id for option in contest.options]
    eligible = sorted(
        (option for option in order if _meets(contest.outcome.threshold, votes[option], weight, sum(votes.values()))),
        key=lambda option: -votes[option],
    )
    if len(eligible) <= seats:
        return Standing(tuple(eligible), (), seats - len(eligible))
    boundary = votes[eligible[seats - 1]]
    above = [option for option in eligible if votes[option] > boundary]
    level = [option for option in eligible if votes[option] == boundary]
    left = seats - len(above)
    if len(level) <= left:
        return Standing((*above, *level), (), left - len(level))
    if contest.outcome.ties.rule == "report":
        return Standing(tuple(above), tuple(level), left)
    drawn = sorted(level, key=lambda option: lot(extended_base_hash, index, order.index(option) + 1, digits))
    return Standing((*above, *drawn[:left]), (), 0)


def _meets(threshold: NoThreshold | Share, votes: int, weight: int, all_votes: int) -> bool:
    """t·d ≥ m·base or t·d > m·base    spec (10.2)"""
    if isinstance(threshold, NoThreshold):
        return True
    m, d = threshold.share
    base = weight if threshold.of == "ballots" else all_votes
    return votes * d >= m * base if threshold.rule == "at_least" else votes * d > m * base


def lot(extended_base_hash: bytes, contest: int, option: int, digits: str) -> bytes:
    """H_own(H_E; lot; contest, option, digits); the lowest comes first.    spec (10.3)"""
    return H_own(extended_base_hash, Label.LOT, b4(contest), b4(option), digits.encode())
