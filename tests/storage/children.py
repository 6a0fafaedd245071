"""What other processes do with a storage at the same time. Each function is run by `together`."""

import multiprocessing
from collections.abc import Callable
from multiprocessing.queues import Queue
from typing import Any

from e2evote.adapter.storage import open_storage
from e2evote.board.storage import Answer, Batch
from e2evote.errors import StorageConflict
from storage.houses import ORIGIN
from storage.sample import batch, closing, submission

SECONDS = 120


def swap_heads(place: str, number: int, rounds: int) -> list[tuple[bytes, bytes]]:
    """So many attempts; those that succeeded, as (old, new)."""
    done = []
    with closing(open_storage(place, ORIGIN)) as storage:
        for turn in range(rounds):
            old, new = storage.head(), b"head %d of process %d" % (turn, number)
            try:
                storage.swap_head(old, new, 1)
            except StorageConflict:
                continue
            done.append((old, new))
    return done


def submit_some(place: str, number: int, count: int) -> list[int]:
    """Submissions, every second one the same as another process's; the numbers submitted."""
    numbers = [turn if turn % 2 else 1_000 * (number + 1) + turn for turn in range(count)]
    with closing(open_storage(place, ORIGIN)) as storage:
        for one in numbers:
            storage.submit([submission(one, b"payload of %d" % one)])
    return numbers


def sequence_all(place: str, number: int, until: int) -> list[int]:
    """Sequences whatever is pending until the log has so many entries; the sizes before and after each own batch."""
    won = []
    with closing(open_storage(place, ORIGIN)) as storage:
        while (size := storage.size()) < until:
            waiting = storage.pending(7, 1_000_000)
            try:
                storage.sequence(batch(size, waiting))
            except StorageConflict:
                continue
            if waiting:
                won.append(size)
    return won


def refuse_some(place: str, number: int, count: int) -> int:
    """Submits and refuses what it submitted; how often somebody was told nothing of a submission that was made."""
    unknown = 0
    with closing(open_storage(place, ORIGIN)) as storage:
        for turn in range(count):
            one = submission(10_000 * (number + 1) + turn % 3)
            storage.submit([one])
            unknown += storage.status(one.key) is None
            while True:
                try:
                    storage.sequence(Batch(storage.size(), answers={one.key: Answer("no", str(turn))}))
                    break
                except StorageConflict:
                    continue
            unknown += storage.status(one.key) is None
    return unknown


def together(*calls: tuple[Callable[..., Any], tuple[Any, ...]]) -> list[Any]:
    """Each call in a process of its own, all at once; what they return, in order."""
    context = multiprocessing.get_context("spawn")
    answers: Queue[tuple[int, Any]] = context.Queue()
    processes = [
        context.Process(target=_report, args=(answers, place, call, arguments))
        for place, (call, arguments) in enumerate(calls)
    ]
    for process in processes:
        process.start()
    found = dict(answers.get(timeout=SECONDS) for _ in calls)
    for process in processes:
        process.join(SECONDS)
    for answer in found.values():
        if isinstance(answer, BaseException):
            raise answer
    return [found[place] for place in range(len(calls))]


def _report(
    answers: "Queue[tuple[int, Any]]", place: int, call: Callable[..., Any], arguments: tuple[Any, ...]
) -> None:
    try:
        answers.put((place, call(*arguments)))
    except BaseException as error:
        answers.put((place, RuntimeError(f"{type(error).__name__}: {error}")))
