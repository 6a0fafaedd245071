"""A complete record of many ballots, to be verified and measured: from keys to outcome, with hints.

    python -m benchmarks.generate --ballots 1000 [--options 10] [--workers 2] [--group NAME] [FOLDER]

One contest, one of `--options` to choose, so a ballot has that many 0/1 selections and one limit proof. Ceremony and
opening go through the library's own box, as in a rehearsal. Ballots are then sealed by worker processes and appended
to the log directly, each bundle of 256 published when it is full: the box would verify every one of them, which is
what the record is made for. FOLDER has `record/` and `anchors.json` in the end, and a file `about.json` that is
written last; where that is there, nothing is made again. A run that was interrupted goes on where it was. All keys
lie in FOLDER/work until then, and are deleted: such a record proves nothing about secrecy.
"""

import argparse
import json
import os
import shutil
import sys
from collections.abc import Callable
from concurrent.futures import Executor, ProcessPoolExecutor
from dataclasses import asdict, dataclass
from multiprocessing import get_context
from pathlib import Path

from benchmarks.ending import finish
from e2evote.adapter.board import BoardReader
from e2evote.adapter.election import Election
from e2evote.adapter.files import StaticWriter
from e2evote.adapter.published import PublishedLog
from e2evote.adapter.rehearsal import RehearsalKeys
from e2evote.adapter.store import Store
from e2evote.algebra.parameters import ELECTIONGUARD_4096, TEST_GROUPS
from e2evote.ballot.bulk import Vote, seal_all
from e2evote.board.checkpoint import decode_text
from e2evote.board.log import Log
from e2evote.board.note import Signer, decode_note
from e2evote.board.tiles import WIDTH
from e2evote.cli.terminal import Step, bars
from e2evote.errors import E2EVoteError
from e2evote.hashing.digest import sha256
from e2evote.manifest.draft import ContestFacts, OptionFacts
from e2evote.manifest.model import Manifest
from e2evote.verify.ballots import BallotContext

CONTEST = "choice"


@dataclass(frozen=True, slots=True)
class Shape:
    """What a record is made of."""

    ballots: int
    options: int
    group: str

    @property
    def name(self) -> str:
        return f"{self.group}-{self.ballots}x{self.options}"

    @property
    def test_group(self) -> bool:
        return self.group in TEST_GROUPS


@dataclass(frozen=True, slots=True)
class Made:
    """A finished record: what verifies it, and with what anchors."""

    folder: Path

    @property
    def record(self) -> Path:
        return self.folder / "record"

    @property
    def anchors(self) -> Path:
        return self.folder / "anchors.json"


def cache() -> Path:
    """Where records are kept that nobody named a place for."""
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "e2evote" / "benchmarks"


def generate(shape: Shape, folder: Path, executor: Executor, workers: int, bar: Callable[[str], Step]) -> Made:
    """The record of this shape in `folder`, made unless it is there; ValueError where another one is."""
    about, made = folder / "about.json", Made(folder)
    if about.exists():
        if json.loads(about.read_text("utf-8")) != asdict(shape):
            raise ValueError(f"{folder}: has a record of another shape")
        return made
    folder.mkdir(parents=True, exist_ok=True)
    work, opened = folder / "work", folder / "work" / "opened"
    if not opened.exists():
        shutil.rmtree(work, ignore_errors=True)
        _open(shape, work)
    store = Store.at(work)
    keys = RehearsalKeys.read(store)
    if keys is None:
        raise ValueError(f"{work}: no rehearsal")
    board = BoardReader(opened, allow_test_group=shape.test_group)
    published = PublishedLog(store.record)
    log, writer = _log(board, keys, published), StaticWriter(store.record)
    if log.size < board.size + shape.ballots:
        _append_ballots(shape, board, keys, log, writer, executor, workers, bar("ballots sealed"))
    finish(store, keys, board, log, writer, executor, bar("packs added up"))
    shutil.rmtree(made.record, ignore_errors=True)
    store.record.rename(made.record)
    shutil.copy(work / "anchors.json", made.anchors)
    about.write_text(json.dumps(asdict(shape), indent=1) + "\n", "utf-8")
    shutil.rmtree(work)
    return made


def vote_of(number: int, options: int) -> int:
    """The option, from 1, that a voter chooses: the same in every record of as many options."""
    return int.from_bytes(sha256(f"vote {number}".encode())[:8], "big") % options + 1


def option(number: int) -> str:
    return f"option-{number}"


def _open(shape: Shape, work: Path) -> None:
    """Keys, ceremony and the open leaf, by the library's rehearsal; a copy of the board as it is then."""
    options = tuple(OptionFacts(option(i), f"Option {i}") for i in range(1, shape.options + 1))
    contest = ContestFacts(CONTEST, "One of them", options, limit=1, blank="uncounted")
    with Election.create(
        work, contests=(contest,), rehearsal=True, name="Benchmark", election="benchmark", group=shape.group
    ) as election:
        election.open()
    shutil.copytree(work / "record", work / "opening")
    (work / "opening").rename(work / "opened")


def _log(board: BoardReader, keys: RehearsalKeys, published: PublishedLog) -> Log:
    """The log as it is published, ready to grow."""
    size = decode_text(decode_note(published.checkpoint()).text).size
    start = size // WIDTH * WIDTH
    log, hints = Log(Signer(board.log_key, keys.party("log").sign)), published.last_hints(size)
    for index, entry in enumerate(published.entries(size)):
        if index < start:
            log.append(entry)
        else:
            log.append(entry, published.payload(index, size), hints[index - start])
    log.forget(size)
    return log


def _append_ballots(
    shape: Shape,
    board: BoardReader,
    keys: RehearsalKeys,
    log: Log,
    writer: StaticWriter,
    executor: Executor,
    workers: int,
    step: Step,
) -> None:
    """All ballots that are not there yet, each bundle published when it is full."""
    joint, published = board.joint(), log.size
    context = BallotContext(board.setting, joint.K, joint.h_e)
    there = log.size - board.size
    votes = (_vote(keys, board.manifest, number) for number in range(there, shape.ballots))
    for ballot in seal_all(context, votes, shape.ballots - there, executor, workers=workers):
        log.append(ballot.leaf, ballot.payload, ballot.hints)
        if log.size % WIDTH == 0:
            writer.write(log.publish(published))
            published = log.size
            log.forget(published)
            step(published - board.size, shape.ballots)
    writer.write(log.publish(published))
    log.forget(log.size)
    step(shape.ballots, shape.ballots)


def _vote(keys: RehearsalKeys, manifest: Manifest, number: int) -> Vote:
    """What the voter of this number does."""
    options = len(manifest.contests[0].options)
    chosen = {CONTEST: {option(vote_of(number, options)): 1}}
    return Vote(manifest.styles[0].id, chosen, (keys.seed(f"voter {number}"),))


def workers_at_hand(number: int) -> ProcessPoolExecutor:
    """So many processes, each started afresh."""
    return ProcessPoolExecutor(number, mp_context=get_context("spawn"))


def cached(shape: Shape, workers: int, folder: Path | None = None) -> Made:
    """The record of this shape in its own folder below `folder` or the cache, made if need be."""
    with workers_at_hand(workers) as executor, bars() as bar:
        return generate(shape, (folder or cache()) / shape.name, executor, workers, bar)


def main() -> int:
    parser = argparse.ArgumentParser(description="Make a complete record of many ballots.")
    parser.add_argument("folder", type=Path, nargs="?", help="where to (default: a folder of its shape in the cache)")
    parser.add_argument("--ballots", type=int, default=1000)
    parser.add_argument("--options", type=int, default=10, help="selections of a ballot (default 10)")
    parser.add_argument("--workers", type=int, default=len(os.sched_getaffinity(0)), help="processes (default: all)")
    parser.add_argument("--group", default=ELECTIONGUARD_4096.name, help="or one for tests, such as test-512")
    options = parser.parse_args()
    if options.ballots < 1 or options.workers < 1 or not 2 <= options.options <= 500:
        parser.error("want at least one ballot and one worker, and 2 to 500 options")
    shape = Shape(options.ballots, options.options, options.group)
    folder = options.folder or cache() / shape.name
    try:
        with workers_at_hand(options.workers) as executor, bars() as bar:
            made = generate(shape, folder, executor, options.workers, bar)
    except (E2EVoteError, ValueError, OSError) as error:
        print(f"generate: {error}", file=sys.stderr)
        return 1
    print(made.record)
    return 0


if __name__ == "__main__":
    sys.exit(main())
