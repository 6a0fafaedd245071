"""The board's storage: what sequencing, proofs and the look at the start cost, beside SQLite without anything else.

    python -m benchmarks.board

Realistic leaves of 900 bytes with a payload of 24 kB; wall time with every sync to the disk, where nothing else is
said. Ours and the peer (`benchmarks/bare_log.py`) work in turns, on files in the folder of the records. Signing and
publishing are beside it.
"""

import random
import statistics
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from time import perf_counter, process_time

from benchmarks.bare_log import BareLog, read_and_hash
from benchmarks.board_beside import keeper_rows, postgres_rows
from benchmarks.claim import Answer, NotMeasured, Row, Task, number, run
from benchmarks.written_log import LEAF, PAYLOAD, WrittenLog, ballots, kept_log
from e2evote.board.merkle import verify_inclusion
from e2evote.board.self_check import self_check
from e2evote.board.tile_tree import TileTree

ONE_BY_ONE, BATCHED = 70, 60
LARGE, SMALL = 1_000_000, 1_000


@dataclass(slots=True)
class Turns:
    """Seconds of two works in turns, many short ones, so that whatever else the machine does meets both alike.

    clock: of the wall, or of the process where nothing waits for a disk.
    """

    clock: Callable[[], float] = perf_counter
    ours: list[float] = field(default_factory=list)
    theirs: list[float] = field(default_factory=list)

    def take(self, ours: Callable[[], object], theirs: Callable[[], object]) -> None:
        """One round; who begins changes."""
        works = [(ours, self.ours), (theirs, self.theirs)]
        for work, seconds in works if len(self.ours) % 2 else reversed(works):
            start = self.clock()
            work()
            seconds.append(self.clock() - start)

    @property
    def ratio(self) -> float:
        """Median over median."""
        return statistics.median(self.ours) / statistics.median(self.theirs)

    @property
    def total(self) -> float:
        """All over all: where some rounds also empty SQLite's WAL and others don't, a median would leave them out."""
        return sum(self.ours) / sum(self.theirs)

    @property
    def times(self) -> str:
        """Both medians, and what the best rounds would say."""
        ours, theirs = (number(statistics.median(seconds) * 1e3) for seconds in (self.ours, self.theirs))
        best = min(self.ours) / min(self.theirs)
        return f"{ours} and {theirs} ms, medians of {len(self.ours)} in turns, {best:.2f} by the best of each"


@contextmanager
def folder_of(task: Task) -> Iterator[Path]:
    """A folder on the disk of the records; it is gone afterwards."""
    task.records.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="board-", dir=task.records) as name:
        yield Path(name)


def sequencing(task: Task, batch: int, rounds: int, bound: float) -> Iterator[Row]:
    """Batches of one size, appended by us and by the peer, which once writes tiles and once does not."""
    for tiles in (True, False):
        turns = Turns()
        with folder_of(task) as folder:
            ours, bare = WrittenLog.create(str(folder / "ours.sqlite")), BareLog(folder / "bare.sqlite", tiles)
            for turn in range(rounds):
                made = list(ballots(batch, LEAF, PAYLOAD, turn))
                rows = [(one.key, one.entry, one.payload) for one in made]
                tile = bytes(32 * ((bare.size + batch) % 256 or 256))
                turns.take(partial(ours.append, made), partial(bare.append, rows, tile))
            ours.close()
            bare.close()
        how = "one by one" if batch == 1 else f"in batches of {batch}"
        yield Row(
            f"sequencing {how}, vs bare SQLite writing the same{'' if tiles else ' but for the tiles'}",
            100 / turns.total,
            " %",
            bound if tiles else None,
            detail=f"{batch * rounds / sum(turns.ours):,.0f} and {batch * rounds / sum(turns.theirs):,.0f}"
            f" entries a second over all rounds; {turns.times}",
        )


def proofs(large: WrittenLog, size: int, count: int) -> Iterator[Row]:
    """Inclusion proofs of random entries; each is verified, outside the clock."""
    storage, choice = large.storage, random.Random(1)
    tree = TileTree(storage.tile, size)
    root = tree.root()
    seconds = []
    for _ in range(count):
        index = choice.randrange(size)
        start = perf_counter()
        proof = tree.inclusion_proof(index)
        seconds.append(perf_counter() - start)
        if not verify_inclusion(tree.leaf(index), index, size, proof, root):
            raise NotMeasured(f"the proof of entry {index} does not hold")
    start = perf_counter()
    TileTree(storage.tile, size).inclusion_proof(size // 3)
    first = perf_counter() - start
    seconds.sort()
    yield Row(
        f"inclusion proof at {size:,} entries, from the stored tiles",
        statistics.median(seconds) * 1e3,
        " ms",
        1.0,
        at_most=True,
        detail=f"median of {count:,} random entries, 99 of 100 within {number(seconds[count * 99 // 100] * 1e3)} ms;"
        f" the first of a new process {number(first * 1e3)} ms",
    )


def growth(task: Task, large: WrittenLog, rounds: int) -> Iterator[Row]:
    """The same appends to a long log and to a short one, in turns."""
    turns = Turns()
    at = large.tree.size
    with folder_of(task) as folder:
        small = WrittenLog.create(str(folder / "small.sqlite"))
        small.fill(SMALL, 32, 0)
        for one in ballots(rounds, LEAF, PAYLOAD, at):
            turns.take(partial(large.append, [one]), partial(small.append, [one]))
        small.close()
    item = f"appending at {at:,} entries over appending at {SMALL:,}"
    yield Row(item, turns.ratio, "", 1.3, at_most=True, detail=f"one by one: {turns.times}")


def starting(task: Task, entries: int, rounds: int) -> Iterator[Row]:
    """The look through the whole log at the start, over reading and hashing it twice. The file is in memory then."""
    turns = Turns(process_time)
    with folder_of(task) as folder:
        place = folder / "log.sqlite"
        log = WrittenLog.create(str(place))
        log.fill(entries, LEAF, PAYLOAD)
        for _ in range(rounds):
            turns.take(partial(self_check, log.storage), partial(twice, place, entries))
        if self_check(log.storage).tree.root() != log.tree.root():
            raise NotMeasured("the self-check found another root")
        log.close()
    item = f"self-check at the start, {entries:,} entries, over reading and hashing them twice"
    yield Row(item, turns.ratio, "", 1.0, at_most=True, detail=f"CPU time, payloads of 24 kB: {turns.times}")


def twice(place: Path, entries: int) -> None:
    """By the standard library alone."""
    for _ in range(2):
        if read_and_hash(place) != entries:
            raise NotMeasured("the peer found another number of entries")


def measure(task: Task) -> Answer:
    rows = [
        *sequencing(task, 1, task.sized(20, 600), ONE_BY_ONE),
        *sequencing(task, 256, task.sized(2, 30), BATCHED),
    ]
    large = kept_log(task.records, task.sized(3000, LARGE))
    try:
        rows += proofs(large, task.sized(3000, LARGE), task.sized(100, 5000))
        rows += growth(task, large, task.sized(20, 600))
    finally:
        large.close()
    rows += starting(task, task.sized(500, 20_000, 100_000), task.sized(1, 5))
    with folder_of(task) as folder:
        rows += keeper_rows(folder, task.sized(1, 6))
    found, notes = postgres_rows(task.sized(20, 200), task.sized(1, 6))
    return Answer((*rows, *found), notes=notes)


if __name__ == "__main__":
    sys.exit(run("board", __doc__, measure))
