"""The small elections that tampered records are made from; each is made once and then copied."""

import copy
from dataclasses import replace
from functools import cache

from reference.encryptor import ContestSpec, ElectionSpec, Made, RestartSpec, VoteSpec, make_election
from simulate.bases_voters import BASES as VOTERS

MAYOR = ContestSpec("mayor", (("ada", 1), ("bob", 1), ("cyd", 1)), ties="lot")
BOARD = ContestSpec("board", (("pat", 2), ("kim", 1)), limit=2, blank=True, threshold=("more_than", "ballots", 1, 4))
STYLES = (("all", ("mayor", "board")), ("half", ("mayor",)))
# Voter 1 votes again at the end, voter 3 first challenges; mayor: ada 2, nobody 1; board: pat 1, blank 1.
VOTES = (
    VoteSpec(1, "all", ((0, 1, 0), (2, 0, 0))),
    VoteSpec(2, "all", ((1, 0, 0), (1, 0, 0))),
    VoteSpec(3, "all", ((0, 0, 1), (1, 1, 0)), "challenge"),
    VoteSpec(3, "half", ((0, 0, 0),)),
    VoteSpec(1, "all", ((1, 0, 0), (0, 0, 1))),
)
BASE = ElectionSpec((MAYOR, BOARD), STYLES, VOTES, restarts=(RestartSpec("bad-share"),))

# In `ties` ada and bob have a vote each (lot), pat and kim too (report), and both of two seats are filled.
PAIR = ContestSpec("pair", (("fay", 1), ("gus", 1), ("hal", 1)), limit=2, seats=2)
TIED = ElectionSpec(
    (MAYOR, replace(BOARD, threshold=("at_least", "votes", 1, 2)), PAIR),
    (("all", ("mayor", "board", "pair")),),
    (
        VoteSpec(1, "all", ((1, 0, 0), (1, 1, 0), (0, 1, 1))),
        VoteSpec(2, "all", ((0, 1, 0), (0, 0, 1), (0, 0, 1))),
    ),
)
# Two of three witnesses; and nested: both of one's own, and one of two others, who may be only one organisation.
SHORT = ElectionSpec(
    (ContestSpec("chair", (("ada", 1), ("bob", 1))),),
    (("all", ("chair",)),),
    (VoteSpec(1, "all", ((1, 0),)), VoteSpec(2, "all", ((0, 1),))),
    n=1,
    k=1,
    decrypting=(1,),
)
WITNESSED = replace(
    SHORT, witnesses=("east", "north", "south"), groups=("group quorum 2 east north south", "quorum quorum")
)
NESTED = replace(
    SHORT,
    witnesses=("a1", "a2", "a3", "b1", "b2"),
    groups=("group A 2 a1 a2 a3", "group B any b1 b2", "# two of A", "", "group both\tall A  B", "quorum both "),
)
# From 2 May, 18:00, to the next day, and to the morning after.
EXTENDED = replace(WITNESSED, extensions=("2031-05-03T18:00:00Z", "2031-05-04T06:00:00Z"))
SPECS = {
    "base": BASE,
    "ties": TIED,
    "floor": replace(BASE, floor=3),
    "three-decrypt": replace(BASE, decrypting=(1, 2, 3)),
    "five-trustees": replace(BASE, n=5, k=3, decrypting=(2, 3, 5), restarts=()),
    "half": replace(BASE, n=2, k=1, decrypting=(1, 2), restarts=()),
    "no-votes": replace(BASE, votes=(), restarts=()),
    "missing": replace(BASE, restarts=(RestartSpec("missing", accuser=3),)),
    "false-complaint": replace(BASE, restarts=(RestartSpec("false"),)),
    "silent": replace(BASE, restarts=(RestartSpec("silent"),)),
    "witnessed": WITNESSED,
    "nested": NESTED,
    "extended": EXTENDED,
    "extended-alone": replace(SHORT, extensions=EXTENDED.extensions),
    "everything": replace(BASE, witnesses=WITNESSED.witnesses, groups=WITNESSED.groups),
    **VOTERS,
    "long": replace(BASE, restarts=(RestartSpec("missing"),) * 90),
}


@cache
def _made(name: str) -> Made:
    return make_election(SPECS[name], name.encode().ljust(32, b"."))


def base_election(name: str) -> Made:
    """A copy of the named election, to do with as one likes."""
    return copy.deepcopy(_made(name))
