"""Batch verification of 1,000 and 10,000 selections, beside two peers and beside its own floor.

    python -m benchmarks.batch

Ballots of ten selections and a limit of a generated record, from their bytes: payload and hints, in one chunk. The
clock covers everything that the verifier does with a ballot but its signature: reading, trackers, hashes, the exact
test. Peers: ElectionGuard for Python on as many proofs, from objects in memory (a limit is a range proof like a
selection's, and its own ballots have one more selection for each unit of the limit); and `benchmarks/peer.py`, a
straightforward verifier on gmpy2, on a part of the same ballots. The floor: multiplications modulo p of the same
chunk, counted in a run of its own (`benchmarks/counting.py`), times what one costs in this process; Jacobi symbols at
their price. Means of all rounds, not the best: a pass is long, and a machine that others use is not quiet for so long.
"""

import sys
from collections.abc import Iterator
from dataclasses import replace
from statistics import fmean

from benchmarks.ballots import OPTIONS, Loaded, load, record_of
from benchmarks.beside import Beside
from benchmarks.claim import Answer, Row, Task, run
from benchmarks.clock import best, cpu, prices
from benchmarks.counting import Count, counted
from benchmarks.peer import Straightforward
from benchmarks.verifying import clean

GOALS = {100: 17.0, 1000: 25.0}
"""By ballots of ten selections, how many times faster than electionguard-python."""
ROUNDS = {100: 12, 1000: 4}
MOST_PER_PAIR = 160


def measure(task: Task) -> Answer:
    if task.scale == "quick":
        return Answer(tuple(_rows(task, 10, None, selections=2, alone=2, rounds=1)))
    rows = [row for ballots, goal in GOALS.items() for row in _rows(task, ballots, goal, 50, 20, ROUNDS[ballots])]
    return Answer(tuple(rows), notes=("Both peers verify selections one by one, so their time is proportional.",))


def _rows(task: Task, ballots: int, goal: float | None, selections: int, alone: int, rounds: int) -> Iterator[Row]:
    loaded = load(record_of(task, ballots), ballots)
    clean(loaded.context, loaded.items[:2])
    spent: list[float] = []
    theirs: list[float] = []
    products: list[float] = []
    with Beside(task, selections) as beside:
        for _ in range(rounds):
            products.append(prices().product)
            spent.append(cpu(lambda: clean(loaded.context, loaded.items)))
            products.append(prices().product)
            theirs.append(beside.round().verify)
    pairs, price = loaded.selections + ballots, replace(prices(), product=fmean(products))
    ours, other = fmean(spent), fmean(theirs)
    own = ours / pairs
    straight = best(lambda: straightforward(loaded, alone), rounds) / (alone * (OPTIONS + 1))
    size = f"batch verify, {loaded.selections:,} selections"
    yield Row(
        f"{size} with their limits, vs electionguard-python",
        other / own,
        "×",
        goal,
        detail=f"{own * 1e3:.3f} ms a proof, {own / price.product:.0f} modmuls; theirs {other * 1e3:.1f} ms; "
        f"without limits on their side it would be {other / own * loaded.selections / pairs:.1f}×",
    )
    yield Row(
        f"{size}, vs a straightforward gmpy2 verifier",
        straight / own,
        "×",
        detail=f"that one needs {straight * 1e3:.1f} ms a proof",
    )
    total: list[Count] = []
    counting = cpu(lambda: total.append(counted(loaded, price)))
    count = total[0]
    largest = ballots == max(GOALS)
    yield Row(
        f"{size}: multiplications for each pair of branches, limits included",
        count.all / pairs,
        " modmuls",
        MOST_PER_PAIR if largest else None,
        at_most=True,
        detail=f"{count.products:,} products and {count.symbols:,} Jacobi symbols of {count.jacobi:.1f} each, "
        f"{pairs:,} pairs; the counting run took {counting:.0f} s",
    )
    floor = count.all * price.product
    yield Row(
        f"{size}: time over the floor of counted multiplications",
        ours / floor,
        "×",
        detail=f"{ours:.2f} s; {count.all:,.0f} multiplications of {price.product * 1e6:.2f} µs are {floor:.2f} s",
    )


def straightforward(loaded: Loaded, ballots: int) -> None:
    """The second peer on the first ballots."""
    context, group = loaded.context, loaded.context.setting.group
    peer = Straightforward(group.p, group.q, group.generator, context.K.value, context.h_e)
    for item in loaded.items[:ballots]:
        peer.verify(item.payload)


if __name__ == "__main__":
    sys.exit(run("batch", __doc__, measure))
