"""One bad proof among 1,000 selections: what finding it costs, in clean passes over the same ballots.

    python -m benchmarks.culprit

The bad proof is one whose hints hash to its challenge, so that only the exact test notices: a response is changed. The
chunk fails, halves are tested until one ballot is left, and that one is verified by itself; the report names its
selection. Two figures: CPU time, and counted multiplications.
"""

import sys
from dataclasses import replace

from benchmarks.ballots import Loaded, load, record_of
from benchmarks.claim import Answer, NotMeasured, Row, Task, run
from benchmarks.clock import cpu, prices
from benchmarks.counting import Count, counting
from benchmarks.verifying import clean, verify_items
from e2evote.record.identifiers import tracker_of
from e2evote.record.sealed import decode_sealed
from e2evote.verify.checks import Check
from e2evote.verify.chunk import Item

MOST_PASSES = 4


def spoiled(loaded: Loaded, position: int) -> Loaded:
    """The same ballots, but for one response of one selection of one of them; its tracker follows."""
    item = loaded.items[position]
    setting = loaded.context.setting
    sealed = decode_sealed(item.payload, setting.manifest, setting.group)
    contest = sealed.contests[0]
    selection = contest.items[3]
    v = (selection.proof.v[0] + setting.group.scalar(1), *selection.proof.v[1:])
    changed = replace(selection, proof=replace(selection.proof, v=v))
    items = (*contest.items[:3], changed, *contest.items[4:])
    payload = replace(sealed, contests=(replace(contest, items=items), *sealed.contests[1:])).encode()
    body = replace(item.entry.leaf.body, tracker=tracker_of(loaded.context.h_e, payload))  # type: ignore[call-arg]
    entry = replace(item.entry, leaf=replace(item.entry.leaf, body=body))
    bad = Item(entry, payload, item.hints)
    return Loaded(loaded.context, (*loaded.items[:position], bad, *loaded.items[position + 1 :]))


def find(loaded: Loaded) -> None:
    """Verify, and expect exactly the one bad proof."""
    findings = verify_items(loaded.context, loaded.items)
    failed = findings.of(Check.BALLOT_SELECTION_PROOF).failures
    if findings.failing() != {Check.BALLOT_SELECTION_PROOF} or len(failed) != 1:
        raise NotMeasured(f"the bad proof was not found: {sorted(findings.failing())}, {len(failed)} proofs")


def measure(task: Task) -> Answer:
    ballots, rounds = task.sized(10, 100), task.sized(1, 3)
    loaded = load(record_of(task, ballots), ballots)
    bad = spoiled(loaded, ballots * 2 // 3)
    clean(loaded.context, loaded.items[:2])
    passes, finds = [], []
    for _ in range(rounds):
        passes.append(cpu(lambda: clean(loaded.context, loaded.items)))
        finds.append(cpu(lambda: find(bad)))
    price = prices().jacobi_in_products
    clean_count, bad_count = Count(price), Count(price)
    with counting(clean_count):
        clean(loaded.context, loaded.items)
    with counting(bad_count):
        find(bad)
    size = f"one bad proof in {loaded.selections:,}"
    return Answer(
        (
            Row(
                f"{size} found for so many clean passes, CPU time",
                min(finds) / min(passes),
                "",
                MOST_PASSES,
                at_most=True,
                detail=f"{min(finds):.2f} s against {min(passes):.2f} s, best of {rounds} in turns",
            ),
            Row(
                f"{size} found for so many clean passes, counted",
                bad_count.all / clean_count.all,
                "",
                MOST_PASSES,
                at_most=True,
                detail=f"{bad_count.all:,.0f} against {clean_count.all:,.0f} multiplications",
            ),
        )
    )


if __name__ == "__main__":
    sys.exit(run("culprit", __doc__, measure))
