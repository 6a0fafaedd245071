"""A whole ballot of ten options: sealed in bulk, and the moment of voting where it was prepared before.

    python -m benchmarks.voting

In bulk: from choices to the signed leaf with payload and hints, by `ballot/bulk.py` in this process, as a generated
record is made: ten ciphertexts, eleven proofs, JSON, hashes, a signature; the tables for a thousand ballots are there.
Prepared: only what is left to do when the voter has chosen, by `ballot/sealing.prepare`. The peer is ElectionGuard for
Python's encrypting and proving of eleven selections: ten, and the placeholder of one vote.
"""

import sys
from collections.abc import Sequence
from functools import partial

from benchmarks.ballots import OPTIONS, load, record_of
from benchmarks.beside import Beside
from benchmarks.claim import Answer, Row, Task, run
from benchmarks.clock import cpu
from benchmarks.generate import CONTEST, option, vote_of
from e2evote.ballot.bulk import Vote, seal_all
from e2evote.ballot.choices import Choices, choose
from e2evote.ballot.sealing import Prepared, prepare
from e2evote.ballot.voter import owner
from e2evote.secret.randomness import SystemRandomness
from e2evote.secret.sign import SigningKey

SELECTIONS = OPTIONS + 1
EXPECTED = 1000
"""Ballots for which tables are made, as in `selection`."""


def _vote(ready: Sequence[Prepared], choices: Sequence[Choices]) -> None:
    for one, chosen in zip(ready, choices, strict=True):
        one.seal(chosen)


def measure(task: Task) -> Answer:
    ballots, rounds = task.sized(2, 20), task.sized(1, 5)
    context = load(record_of(task, task.sized(2, 100)), 1).context
    manifest, randomness = context.setting.manifest, SystemRandomness()
    style = manifest.styles[0].id
    votes = [
        Vote(style, {CONTEST: {option(vote_of(number, OPTIONS)): 1}}, (randomness.bytes(32),))
        for number in range(ballots)
    ]

    def in_bulk() -> None:
        for _ in seal_all(context, votes, EXPECTED):
            pass

    in_bulk()  # makes the tables
    with Beside(task, SELECTIONS) as beside:
        bulk, theirs = beside.in_turns(in_bulk, rounds)
    other = min(one.prove for one in theirs) * SELECTIONS
    voters = [owner(context, SigningKey(*vote.keys).public) for vote in votes]
    choices = [choose(manifest, style, vote.votes) for vote in votes]
    moments = [
        cpu(partial(_vote, [prepare(context, style, voter, randomness) for voter in voters], choices))
        for _ in range(rounds)
    ]
    own, moment = min(bulk) / ballots, min(moments) / ballots
    return Answer(
        (
            Row(
                f"seal a ballot of {OPTIONS} in bulk, from choices to the signed leaf, vs electionguard-python",
                other / own,
                "×",
                detail=f"{own * 1e3:.1f} ms, theirs {other * 1e3:.0f} ms for {SELECTIONS} selections alone",
            ),
            Row(
                f"the moment of voting with a prepared ballot of {OPTIONS}",
                moment * 1e3,
                " ms",
                detail=f"electionguard-python {other * 1e3:.0f} ms",
            ),
        )
    )


if __name__ == "__main__":
    sys.exit(run("voting", __doc__, measure))
