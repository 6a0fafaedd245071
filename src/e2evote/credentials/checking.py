"""Is the opened roll the one on the board, and did nobody choose who has which line? (docs/spec.md §13.1, §13.2)

For registrars before they send codes, and for scrutineers. A failure is about the opened roll that one was given: the
board alone has commitments, and what they hide can only be shown by whoever made them.

    opened.seed        a seed is not the one that its registrar had committed itself to
    opened.lines       there are lines more or less than on the board
    opened.row         style, weight or number of fields are not those of the row
    opening.value      a value is not the one that was committed to (record.roll_opening)
    opening.changes    not as many contacts were replaced as on the board
    opened.reference   a reference is, or may be taken for, that of another line
    opened.salt        two commitments have one salt, so that equal values could be seen
    opened.order       a line stands where (13.2) does not put it: its number was chosen
"""

from collections.abc import Iterable, Iterator, Sequence

from e2evote.credentials.freezing import Order, wrong_seeds
from e2evote.credentials.look_alike import forms
from e2evote.credentials.opened_roll import OpenedLine, OpenedRoll
from e2evote.record.roll import FieldCommitments
from e2evote.record.roll_opening import Failure, Opening, PublishedRoll, value_failures
from e2evote.record.roll_row import RollRow, line_of


def check_opened_roll(
    opened: OpenedRoll, published: PublishedRoll, rows: Iterable[RollRow], commits: Sequence[bytes], base_hash: bytes
) -> Iterator[Failure]:
    """Everything in which the opened roll differs from the board, or from what it should be; nothing if it is true.

    rows: those of the freeze, as posted. commits: the registrars' (13.1), in their order.
    """
    if opened.fields != published.fields or len(opened.seeds) != len(commits):
        yield Failure("opened.lines", "roll", "not the fields or not the registrars of this selection")
        return
    for i in wrong_seeds(base_hash, opened.seeds, commits):
        yield Failure("opened.seed", f"registrar {i}", "not the seed that was committed to")
    if opened.frozen != published.lines:
        yield Failure("opened.lines", "roll", f"{opened.frozen} lines were frozen, on the board {published.lines}")
    posted = {row.line: row for row in (*rows, *published.added.values())}
    yield from (
        Failure("opened.lines", f"line {line}", "on the board, and nobody is behind it")
        for line in sorted(posted.keys() - {line.line for line in opened.lines})
    )
    commitments = FieldCommitments(base_hash, opened.fields)
    for line in opened.lines:
        row = posted.get(line.line)
        if row is None:
            yield Failure("opened.lines", f"line {line.line}", "not on the board")
        elif (row.style, row.weight, len(row.commitments)) != (line.style, line.weight, len(opened.fields)):
            yield Failure("opened.row", f"line {line.line}", "not the row that the board has")
        else:
            opening = Opening(row, line.values, line.salts, line.earlier)
            yield from value_failures(opening, published, commitments)
    yield from _repeated(opened.lines)
    yield from _out_of_order(opened, Order(base_hash, opened.seeds))


def _repeated(lines: Sequence[OpenedLine]) -> Iterator[Failure]:
    """References and salts must be each line's own."""
    taken: dict[str, str] = {}
    salts: set[bytes] = set()
    for line in lines:
        own = forms(line.reference)
        if others := {taken[form] for form in own if form in taken}:
            yield Failure("opened.reference", f"line {line.line}", f"it may be taken for line {min(others)}")
        if not own:
            yield Failure("opened.reference", f"line {line.line}", "it has no letter or digit")
        taken.update(dict.fromkeys(own, line.line))
        used = {*line.salts, *(one.salt for one in line.earlier)}
        if len(used) < len(line.salts) + len(line.earlier) or not salts.isdisjoint(used):
            yield Failure("opened.salt", f"line {line.line}", "a salt that another commitment has too")
        salts |= used


def _out_of_order(opened: OpenedRoll, order: Order) -> Iterator[Failure]:
    """The frozen lines by (13.2): each that is not where it belongs."""
    frozen = opened.lines[: opened.frozen]
    for number, line in enumerate(sorted(frozen, key=lambda line: order.of(line.reference)), start=1):
        if line.line != line_of(number):
            yield Failure("opened.order", f"line {line.line}", f"(13.2) puts it at {line_of(number)}")
