"""Ballots of a generated record in memory, as the verifier has them when its work on them begins."""

from collections.abc import Iterator
from dataclasses import dataclass

from benchmarks.claim import NotMeasured, Task
from benchmarks.generate import Made, Shape, cached
from e2evote.adapter.published import PublishedLog
from e2evote.algebra.parameters import ELECTIONGUARD_4096
from e2evote.board.bundles import decode_pack
from e2evote.board.checkpoint import decode_text
from e2evote.board.merkle import leaf_hash
from e2evote.board.note import decode_note
from e2evote.board.tiles import HINTS, WIDTH, TilePath
from e2evote.record.bodies import BallotBody
from e2evote.record.leaf import decode_leaf
from e2evote.verify.ballots import BallotContext
from e2evote.verify.ceremony import check_ceremony
from e2evote.verify.chunk import Item
from e2evote.verify.findings import Findings
from e2evote.verify.leaves import Entry, Setting

OPTIONS = 10


@dataclass(frozen=True, slots=True)
class Loaded:
    """What ballots are checked against, and the ballots."""

    context: BallotContext
    items: tuple[Item, ...]

    @property
    def selections(self) -> int:
        return len(self.items) * OPTIONS


def record_of(task: Task, ballots: int) -> Made:
    """The record of so many ballots of ten options in the standard group, made if need be."""
    return cached(Shape(ballots, OPTIONS, ELECTIONGUARD_4096.name), task.workers, task.records)


def load(made: Made, ballots: int) -> Loaded:
    """The first ballots of a record, with payloads and hints."""
    published = PublishedLog(made.record)
    setting = published.setting()
    size = decode_text(decode_note(published.checkpoint()).text).size
    early: list[Entry] = []
    items: list[Item] = []
    hints = _hints(made, size)
    for index, data in enumerate(published.entries(size)):
        leaf = decode_leaf(data, setting.group, setting.manifest.n, first=index == 0)
        entry = Entry(index, leaf, leaf_hash(data), setting.manifest.trustee_index(leaf.author))
        if not isinstance(leaf.body, BallotBody):
            early.append(entry)
            next(hints)
            continue
        items.append(Item(entry, published.payload(index, size) or b"", next(hints) or b""))
        if len(items) == ballots:
            return Loaded(_context(setting, early, published, size), tuple(items))
    raise NotMeasured(f"{made.record} has {len(items)} ballots, wanted {ballots}")


def _hints(made: Made, size: int) -> Iterator[bytes | None]:
    for first in range(0, size, WIDTH):
        path = TilePath(HINTS, first // WIDTH, min(WIDTH, size - first))
        try:
            data = (made.record / path.encode()).read_bytes()
        except FileNotFoundError:
            yield from [None] * path.width
        else:
            yield from decode_pack(data, path.width)


def _context(setting: Setting, early: list[Entry], published: PublishedLog, size: int) -> BallotContext:
    """The key that the ceremony of the record gave."""
    findings = Findings()
    of_ceremony = [entry for entry in early if entry.leaf.kind.startswith("ceremony.") or entry.leaf.kind == "open"]
    ceremony = check_ceremony(setting, of_ceremony, lambda entry: published.payload(entry.index, size), findings)
    if ceremony.joint is None or findings.failing():
        raise NotMeasured("the record's ceremony does not hold")
    context = BallotContext(setting, ceremony.joint.K, ceremony.joint.h_e)
    context.prepare()
    return context
