"""Who has to agree: a tree of witnesses and groups, and how much any two quorums share (docs/spec.md, section 5.8).

A quorum is a set of witnesses that satisfies the tree. Each witness or group is a member of one group at most; hence
of any two quorums the fewest witnesses that they have in common can be worked out, group by group.
"""

from dataclasses import dataclass

from e2evote.board.cosignature import WitnessKey


@dataclass(frozen=True, slots=True)
class Witness:
    """name: within the policy. url: the prefix at which it takes checkpoints; "" where the policy does not say."""

    name: str
    key: WitnessKey
    url: str = ""


@dataclass(frozen=True, slots=True)
class Group:
    """`threshold` of these members, each of them a witness or a group, have to agree."""

    name: str
    threshold: int
    members: tuple["Witness | Group", ...]


def agrees(part: Witness | Group, names: frozenset[str]) -> bool:
    """Whether the witnesses of these names satisfy this part of the tree."""
    if isinstance(part, Witness):
        return part.name in names
    return sum(agrees(member, names) for member in part.members) >= part.threshold


Pair = tuple[frozenset[str], frozenset[str]]
"""The witnesses of two quorums, each of which needs all of its own."""


def farthest(part: Witness | Group) -> Pair:
    """Two quorums that have as few witnesses in common as any two have.    (5.5)

    Of k members out of n, any two choices share at least max(0, 2k - n): here those whose own quorums share fewest.
    Members have no witness in common, so nothing else is shared.
    """
    if isinstance(part, Witness):
        return frozenset([part.name]), frozenset([part.name])
    pairs = sorted((farthest(member) for member in part.members), key=lambda pair: len(pair[0] & pair[1]))
    k, n = part.threshold, len(pairs)
    both = max(0, 2 * k - n)
    shared, once = pairs[:both], [pair[0] for pair in pairs[both:]]
    one = [*(pair[0] for pair in shared), *once[: k - both]]
    other = [*(pair[1] for pair in shared), *once[k - both : 2 * (k - both)]]
    return frozenset[str]().union(*one), frozenset[str]().union(*other)
