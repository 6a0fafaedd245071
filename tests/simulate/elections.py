"""Generated elections whose result a plain count gives: at least one for every rule that a selection may use."""

from reference.make_manifest import ContestSpec, ElectionSpec, RestartSpec, VoteSpec

ONE = ContestSpec("chair", (("ada", 1), ("bob", 1), ("cyd", 1)))
APPROVAL = ContestSpec("approve", (("dan", 1), ("eve", 1), ("fay", 1), ("gus", 1)), limit=4)
SCORE = ContestSpec("score", (("hal", 5), ("ida", 5)), limit=10, blank=True)
TWO_SEATS = ContestSpec("seats", (("jo", 1), ("kim", 1), ("lee", 1)), limit=2, seats=2)
MAJORITY = ContestSpec("majority", (("max", 1), ("ned", 1)), threshold=("more_than", "ballots", 1, 2))
LOT = ContestSpec("lot", (("ola", 1), ("pat", 1), ("quy", 1)), ties="lot")
CUMULATIVE = ContestSpec("points", (("ron", 3), ("sue", 3)), limit=3, blank=True)


def _one(contest: ContestSpec, *votes: tuple[int, ...], **rest: object) -> ElectionSpec:
    style = (("all", (contest.id,)),)
    specs = tuple(VoteSpec(i, "all", (values,)) for i, values in enumerate(votes, 1))
    return ElectionSpec((contest,), style, specs, **rest)  # type: ignore[arg-type]


ELECTIONS: dict[str, ElectionSpec] = {
    "one-of-three": _one(ONE, (1, 0, 0), (0, 1, 0), (1, 0, 0), (0, 0, 0)),
    "one-ballot": _one(ONE, (0, 0, 1)),
    "no-ballots": _one(ONE, floor=0),
    "approval": _one(APPROVAL, (1, 1, 0, 1), (0, 0, 0, 0), (1, 1, 1, 1)),
    "score-with-blanks": _one(SCORE, (5, 2, 0), (0, 0, 1), (3, 5, 0), (0, 0, 0)),
    "two-seats": _one(TWO_SEATS, (1, 1, 0), (1, 0, 1), (1, 0, 0), (0, 1, 0)),
    "tie-reported": _one(ONE, (1, 0, 0), (0, 1, 0)),
    "tie-by-lot": _one(LOT, (1, 0, 0), (0, 1, 0), (0, 0, 1)),
    "no-majority": _one(MAJORITY, (1, 0), (0, 1), (0, 0)),
    "majority": _one(MAJORITY, (1, 0), (1, 0), (0, 1)),
    "one-trustee": _one(ONE, (0, 1, 0), (0, 1, 0), n=1, k=1, decrypting=(1,)),
    "three-of-five": _one(CUMULATIVE, (2, 1, 0), (0, 3, 0), (0, 0, 1), n=5, k=3, decrypting=(2, 4, 5)),
    "all-of-two": _one(ONE, (1, 0, 0), n=2, k=2, decrypting=(1, 2)),
    "all-three-shares": _one(ONE, (1, 0, 0), (1, 0, 0), decrypting=(1, 2, 3)),
    "restarted-twice": _one(ONE, (0, 0, 1), restarts=(RestartSpec("false"), RestartSpec("silent", 3, 2))),
    "floor-met": _one(ONE, (1, 0, 0), (1, 0, 0), (0, 1, 0), floor=3),
    "floor-not-met": _one(ONE, (1, 0, 0), (1, 0, 0), floor=3),
    "names-a-page": _one(ONE, (0, 1, 0), assets=(("e2evote.js", "ab" * 32), ("index.html", "0f" * 32))),
    "four-witnesses": _one(
        ONE,
        (1, 0, 0),
        (0, 1, 0),
        witnesses=("w1", "w2", "w3", "w4"),
        groups=("group most 3 w1 w2 w3 w4", "quorum most"),
    ),
    "extended": _one(ONE, (1, 0, 0), (0, 1, 0), (0, 1, 0), extensions=("2031-05-03T18:00:00Z",)),
    "extended-with-witnesses": _one(
        ONE,
        (1, 0, 0),
        (0, 1, 0),
        witnesses=("w1", "w2", "w3"),
        groups=("group most 2 w1 w2 w3", "quorum most"),
        extensions=("2031-05-03T18:00:00Z", "2031-06-03T18:00:00Z"),
    ),
    "four-contests": ElectionSpec(
        (ONE, SCORE, TWO_SEATS, LOT),
        (("all", ("chair", "score", "seats", "lot")), ("short", ("chair",)), ("late", ("seats", "lot"))),
        (
            VoteSpec(1, "all", ((1, 0, 0), (1, 5, 0), (0, 1, 1), (0, 0, 1))),
            VoteSpec(2, "short", ((0, 1, 0),)),
            VoteSpec(3, "late", ((1, 1, 0), (0, 0, 1)), "challenge"),
            VoteSpec(3, "late", ((0, 1, 1), (1, 0, 0))),
            VoteSpec(2, "short", ((1, 0, 0),)),
            VoteSpec(4, "all", ((0, 0, 0), (0, 0, 1), (0, 0, 0), (0, 0, 0))),
        ),
        floor=0,
    ),
}


def plain_count(spec: ElectionSpec) -> dict[str, dict[str, int]]:
    """Votes by contest and option of each voter's last cast ballot, counted without any cryptography."""
    last = {vote.voter: vote for vote in spec.votes if vote.action == "cast"}
    votes = {contest.id: dict.fromkeys(contest.item_ids, 0) for contest in spec.contests}
    for vote in last.values():
        for name, values in zip(spec.style(vote.style), vote.choices, strict=True):
            for item, value in zip(votes[name], values, strict=True):
                votes[name][item] += value
    return votes


def ballots_of(spec: ElectionSpec) -> dict[str, int]:
    """Counted ballots by contest."""
    last = {vote.voter: vote for vote in spec.votes if vote.action == "cast"}
    return {c.id: sum(c.id in spec.style(vote.style) for vote in last.values()) for c in spec.contests}
