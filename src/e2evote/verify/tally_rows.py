"""The rows of a statement against those that the board calls for, one at a time (docs/verification.md, tally.rows).

Equal rows are compared in constant memory. Only where they differ are the stated ones sorted, on disk, to say which
lines it is about.
"""

from collections import deque
from collections.abc import Iterable, Iterator
from heapq import merge
from itertools import groupby, zip_longest
from operator import itemgetter

from e2evote.manifest.voters import ONLINE, PAPER
from e2evote.record.rows import NO_CHANNEL, Row, statuses_of
from e2evote.record.runs import Scratch, SortedRuns

_LINE, _PLACE, _CONTENT = 64, 8, 1 + 32
_SHAPES = {
    (channel, status): place
    for place, (channel, status) in enumerate(
        (channel, status) for channel in (ONLINE, *PAPER, NO_CHANNEL) for status in statuses_of(channel)
    )
}
_Content = tuple[bytes, bytes]
"""The line filled up with zero bytes, which sorts as the line does; channel with status, and leaf hash."""


def compare(expected: Iterable[Row], stated: Iterable[Row]) -> tuple[bool, int]:
    """Whether these are the same rows in the same order, and how many the longer of the two has."""
    equal, number = True, 0
    for wanted, given in zip_longest(expected, stated):
        equal, number = equal and wanted == given, number + 1
    return equal, number


def differing_lines(expected: Iterable[Row], stated: Iterable[Row], scratch: Scratch) -> Iterator[str]:
    """The lines, in order, whose last stated row is not the expected one, or that one of the two does not have.

    expected: one row per line, in order. stated: any rows.
    """
    runs = SortedRuns(_LINE + _PLACE + _CONTENT, scratch)
    for place, row in enumerate(stated):
        line, content = _content(row)
        runs.add(line + place.to_bytes(_PLACE, "big") + content)
    rows = merge(map(_content, expected), _last_of_each(runs))
    for line, both in groupby(rows, key=itemgetter(0)):
        contents = [content for _, content in both]
        if len(contents) != 2 or contents[0] != contents[1]:
            yield line.rstrip(b"\0").decode()


def _content(row: Row) -> _Content:
    """What a row says."""
    shape = bytes((_SHAPES[row.channel, row.status],))
    return row.line.encode().ljust(_LINE, b"\0"), shape + row.leaf.ljust(_CONTENT - 1, b"\0")


def _last_of_each(runs: Iterable[bytes]) -> Iterator[_Content]:
    """Of all records of one line, which are in the order of their places, the last."""
    for line, records in groupby(runs, key=lambda record: record[:_LINE]):
        (last,) = deque(records, maxlen=1)
        yield line, last[_LINE + _PLACE :]
