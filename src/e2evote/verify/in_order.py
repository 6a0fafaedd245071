"""Tasks by any executor, their results in order, with few of them under way (docs/architecture.md, Auditing).

However many tasks there are, and however fast they are made, memory holds those under way. What is left is given up
when the caller stops or one fails.
"""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor, Future
from typing import TypeVar

_R = TypeVar("_R")


def most_under_way(workers: int) -> int:
    """Enough that no worker waits for the next task."""
    return 2 * workers + 2


def in_order(
    function: Callable[..., _R], tasks: Iterable[tuple[object, ...]], executor: Executor | None, workers: int
) -> Iterator[_R]:
    """function(*task) for each task; here, where there is no executor."""
    if executor is None:
        yield from (function(*task) for task in tasks)
        return
    under_way: deque[Future[_R]] = deque()
    try:
        for task in tasks:
            under_way.append(executor.submit(function, *task))
            if len(under_way) >= most_under_way(workers):
                yield under_way.popleft().result()
        while under_way:
            yield under_way.popleft().result()
    finally:
        for future in under_way:
            future.cancel()
