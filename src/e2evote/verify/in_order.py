"""Tasks by any executor, their results in order, with few of them under way (docs/architecture.md, Auditing).

However many tasks there are, and however fast they are made, memory holds those under way. What is left is given up
when the caller stops or one fails.
"""

from collections import deque
from collections.abc import Callable, Generator, Iterable
from concurrent.futures import Executor, Future
from typing import TypeVar

_R = TypeVar("_R")


def most_under_way(workers: int) -> int:
    """Enough that no worker waits for the next task."""
    return 2 * workers + 2


def _unknown(*task: object) -> None:
    """Nothing is known beforehand."""


def in_order(
    function: Callable[..., _R],
    tasks: Iterable[tuple[object, ...]],
    executor: Executor | None,
    workers: int,
    known: Callable[..., _R | None] = _unknown,
) -> Generator[_R, None, None]:
    """function(*task) for each task; here, where there is no executor. known: what need not be found out again."""
    if executor is None:
        for task in tasks:
            result = known(*task)
            yield function(*task) if result is None else result
        return
    under_way: deque[Future[_R]] = deque()
    try:
        for task in tasks:
            result = known(*task)
            under_way.append(executor.submit(function, *task) if result is None else _done(result))
            if len(under_way) >= most_under_way(workers):
                yield under_way.popleft().result()
        while under_way:
            yield under_way.popleft().result()
    finally:
        for future in under_way:
            future.cancel()


def _done(result: _R) -> Future[_R]:
    future: Future[_R] = Future()
    future.set_result(result)
    return future
