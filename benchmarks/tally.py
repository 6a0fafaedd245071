"""Adding ciphertexts up: multiplications for each, in the pass that verifies, and from the record alone; two processes.

    python -m benchmarks.tally

In the pass: the ballots are decoded, because their proofs are being verified; the clock covers the products over them.
From the record alone: the library opens the record, reads entries and payloads of the ballots that count, compares
each with its hash, and multiplies, with nothing in memory before; `verify/tally_products`. CPU time over the price of
one multiplication modulo p in the same process; two multiplications are the least, since a ciphertext has two halves.
Two processes: wall time of the second way with two workers, which were started and had loaded the library before.
"""

import sys
from collections.abc import Callable
from concurrent.futures import Executor
from time import perf_counter

from benchmarks.ballots import OPTIONS, load, record_of
from benchmarks.beside import Beside
from benchmarks.claim import Answer, NotMeasured, Row, Task, run
from benchmarks.clock import best, cpu, prices
from benchmarks.generate import Made, workers_at_hand
from benchmarks.setting import processors
from e2evote.adapter.published import PublishedLog
from e2evote.board.checkpoint import decode_text
from e2evote.board.merkle import leaf_hash
from e2evote.board.note import decode_note
from e2evote.record.archive import OpenArchive
from e2evote.record.bodies import BallotBody
from e2evote.record.leaf import decode_leaf
from e2evote.record.products import Products, products
from e2evote.record.sealed import decode_sealed
from e2evote.verify.tally_products import products_of_record

IN_PASS, ALONE, TWO = 3.5, 5, 1.7


def measure(task: Task) -> Answer:
    small, large, rounds = task.sized(20, 1000), task.sized(20, 10_000), task.sized(1, 3)
    loaded = load(record_of(task, small), small)
    setting = loaded.context.setting
    sealed = [decode_sealed(item.payload, setting.manifest, setting.group) for item in loaded.items]
    totals: list[Products] = []

    def in_pass() -> None:
        totals.append(products(setting.manifest, setting.group, sealed))

    with Beside(task, task.sized(2, 20)) as beside:
        ours, theirs = beside.in_turns(in_pass, rounds)
    alone = _Alone(record_of(task, small))
    from_record = best(lambda: totals.append(alone.products(None, 1)), rounds)
    if any(total != totals[0] for total in totals):
        raise NotMeasured("the two ways give different products")
    product, ciphertexts = prices().product, loaded.selections
    other = min(one.tally for one in theirs)
    rows = [
        _row("in the pass that verified the same bytes", min(ours) / ciphertexts, product, other, IN_PASS),
        _row("from the record alone", from_record / ciphertexts, product, other, ALONE),
    ]
    if processors() >= 2:
        rows.append(_two(record_of(task, large), large, rounds))
    return Answer(tuple(rows))


def _row(way: str, own: float, product: float, theirs: float, bound: float) -> Row:
    detail = (
        f"{own * 1e6:.1f} µs, a multiplication {product * 1e6:.2f} µs; electionguard-python's sum {theirs * 1e6:.1f} µs"
    )
    return Row(f"tally, a ciphertext, {way}", own / product, " modmuls", bound, at_most=True, detail=detail)


class _Alone:
    """A record and which of its ballots count, as its verification would say."""

    def __init__(self, made: Made) -> None:
        published = PublishedLog(made.record)
        self._setting = published.setting()
        self._opener = OpenArchive(made.record)
        self._size = decode_text(decode_note(published.checkpoint()).text).size
        n, group = self._setting.manifest.n, self._setting.group
        self._counted = [
            (index, leaf_hash(data))
            for index, data in enumerate(published.entries(self._size))
            if index and isinstance(decode_leaf(data, group, n, first=False).body, BallotBody)
        ]

    def products(self, executor: Executor | None, workers: int) -> Products:
        return products_of_record(self._opener, self._setting.manifest, self._size, self._counted, executor, workers)


def _two(made: Made, ballots: int, rounds: int) -> Row:
    alone = _Alone(made)
    with workers_at_hand(2) as pool:
        alone.products(pool, 2)  # starts both, and fills the system's cache of files for either side
        two = min(_wall(lambda: alone.products(pool, 2)) for _ in range(rounds))
        own = cpu(lambda: alone.products(pool, 2))
    with workers_at_hand(1) as pool:
        alone.products(pool, 1)
        one = min(_wall(lambda: alone.products(pool, 1)) for _ in range(rounds))
    return Row(
        f"tally from the record alone, {ballots * OPTIONS:,} ciphertexts: two processes against one, wall time",
        one / two,
        "×",
        TWO,
        detail=f"{one:.2f} s and {two:.2f} s, best of {rounds}; what the first process does itself takes {own:.2f} s",
    )


def _wall(work: Callable[[], object]) -> float:
    start = perf_counter()
    work()
    return perf_counter() - start


if __name__ == "__main__":
    sys.exit(run("tally", __doc__, measure))
