"""One ballot of ten 0/1 selections and its limit, verified as the ballot box does before it takes it.

    python -m benchmarks.ballot

Where no other ballot waits the box verifies it in a batch of one, from the bytes that arrive: payload and hints. The
clock covers reading the payload, all checks of `ballot.*`, the hash of every proof and the one exact test: eleven range
proofs of two branches, one of them the limit's. The peer is ElectionGuard for Python's verification of as many
proofs, from objects in memory: its ballot of ten options has an eleventh selection to fill the limit, and a proof of
another kind besides, which is not counted.
"""

import sys
from dataclasses import replace

from benchmarks.ballots import OPTIONS, load, record_of
from benchmarks.beside import Beside
from benchmarks.claim import Answer, Row, Task, run
from benchmarks.clock import prices
from benchmarks.verifying import clean

BALLOTS = 100
PROOFS = OPTIONS + 1


def measure(task: Task) -> Answer:
    ballots, rounds = task.sized(2, 20), task.sized(1, 5)
    loaded = load(record_of(task, task.sized(2, BALLOTS)), ballots)
    clean(loaded.context, loaded.items)  # once before the clock: tables and caches

    bare = [replace(item, hints=b"") for item in loaded.items]

    def one_at_a_time() -> None:
        for item in loaded.items:
            clean(loaded.context, (item,))

    with Beside(task, OPTIONS) as beside:
        hinted, theirs = beside.in_turns(one_at_a_time, rounds)
        alone, _ = beside.in_turns(lambda: clean(loaded.context, bare), rounds)
    own, without, other = (min(hinted) / ballots, min(alone) / ballots, min(one.verify for one in theirs) * PROOFS)
    product = prices().product
    return Answer(
        (
            Row(
                "one ballot of 10 selections, as the box verifies it, vs electionguard-python",
                other / own,
                "×",
                9,
                detail=f"{own * 1e3:.1f} ms, {own / product:,.0f} modmuls; theirs {other * 1e3:.0f} ms for {PROOFS} "
                f"proofs, with {OPTIONS} it would be {other / own * OPTIONS / PROOFS:.1f}×",
            ),
            Row(
                "the same ballot without hints, vs electionguard-python",
                other / without,
                "×",
                detail=f"{without * 1e3:.1f} ms; theirs {other * 1e3:.0f} ms",
            ),
        )
    )


if __name__ == "__main__":
    sys.exit(run("ballot", __doc__, measure))
