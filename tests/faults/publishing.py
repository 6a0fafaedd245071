"""A process that publishes a growing log as static files, and says each size when its checkpoint is out."""

from functools import cache
from itertools import pairwise
from pathlib import Path

from e2evote.adapter.files import open_to_write
from e2evote.board.log import Log
from tests.faults import cargo
from tests.faults.processes import say

SIZES = (1, 3, 254, 256, 257, 513)
"""A new board; partial files that grow, that become full, that begin anew."""


@cache
def whole_log(size: int) -> Log:
    log = Log(cargo.signer())
    for index in range(size):
        entry = cargo.entry(str(index))
        log.append(entry, cargo.payload(entry) or None, cargo.hints(entry) or None)
    return log


def publish(folder: Path, size: int, published: int) -> None:
    with open_to_write(folder) as writer:
        writer.write(whole_log(size).publish(published))


def main(folder: str) -> None:
    """Publishes the log of each of SIZES in turn."""
    for published, size in pairwise((0, *SIZES)):
        publish(Path(folder), size, published)
        say(size)
