"""The curve of turnout in the scrutineer's page: lines with the vote that counts, over the entries of the log.

It has no time, because the log has none. A line that votes again is counted from its last vote on.
"""

from collections.abc import Sequence

from e2evote.adapter.scrutineer.axes import WIDTH, Scale, area, box, figure, image, label, line, path, steps
from e2evote.adapter.scrutineer.markup import Markup
from e2evote.adapter.scrutineer.wording import counted, number, share
from e2evote.record.report_facts import ReportFacts, TurnoutPoint

RIGHT = WIDTH - 200
SPOKEN = 8
"""Points that the description names."""


def turnout(facts: ReportFacts) -> Markup:
    """Lines with the vote that counts, entry by entry; pauses are shaded. Facts without points have no such plot."""
    top, bottom = 560, 3100
    lines = max(facts.lines.total - facts.lines.removed, facts.turnout[-1].lines, 1)
    across = Scale(0, max(facts.size, 1), 700, RIGHT)
    up = Scale(0, lines, bottom, top)
    parts = []
    for pause in facts.pauses:
        start, end = across.at(pause.index), across.at(pause.resumed or facts.size)
        parts.append(box(start, top, max(end - start, 20), bottom - top, "pause"))
        parts.append(label(min((start + end) // 2, RIGHT - 200), top + 150, "paused", "words middle"))
    for value in steps(0, lines * 9 // 10, 6):
        parts.append(line(across.start, up.at(value), RIGHT, up.at(value), "grid"))
        parts.append(label(across.start - 80, up.at(value) + 42, number(value), "words end"))
    for value in steps(0, facts.size, 9):
        parts.append(line(across.at(value), bottom, across.at(value), bottom + 60, "axis"))
        parts.append(label(across.at(value), bottom + 210, number(value), "words middle"))
    parts.append(line(across.start, bottom, RIGHT, bottom, "axis"))
    for index, words in ((facts.opened_at, "opened"), (facts.closed_at, "closed")):
        if index:
            parts.append(line(across.at(index), top - 60, across.at(index), bottom, "event"))
            parts.append(label(across.at(index), top - 110, words, "words middle"))
    parts += _curve(facts, across, up)
    parts.append(label((across.start + RIGHT) // 2, bottom + 430, "entries in the log", "words middle"))
    parts.append(label(across.start - 560, top - 380, "lines with the vote that counts", "words"))
    parts.append(line(across.start, up.at(lines), RIGHT, up.at(lines), "roll"))
    parts.append(label(across.start - 80, up.at(lines) + 42, number(lines), "words end"))
    last = facts.turnout[-1]
    title = "Turnout over the entries of the log"
    told = [
        f"At entry {number(p.index)}, {counted(p.lines, 'line', 'lines')} had the vote that counts"
        for p in _some(facts.turnout)
    ]
    told += [
        f"Voting was paused at entry {number(p.index)}"
        + (f" and resumed at entry {number(p.resumed)}" if p.resumed else " and not resumed")
        for p in facts.pauses
    ]
    return figure(
        image("turnout", bottom + 520, title, ". ".join(told) + ".", *parts),
        f"{title}: {number(last.lines)} of {counted(lines, 'line', 'lines')} ({share(last.lines, lines)}). The topmost "
        "line is the number of lines that could vote. ",
        "Ballots that were annulled later are among them. " if facts.lines.annulled else "",
        "The log has no times of ballots, so this is the order of entries, not a course of days. A member who "
        "voted more than once is counted from the last vote on.",
    )


def _curve(facts: ReportFacts, across: Scale, up: Scale) -> list[Markup]:
    """A step at each point, and the area below."""
    corners = []
    before = 0
    for point in facts.turnout:
        corners += [(across.at(point.index), up.at(before)), (across.at(point.index), up.at(point.lines))]
        before = point.lines
    corners.append((across.at(max(facts.size, facts.turnout[-1].index)), up.at(before)))
    floor = up.at(0)
    last = corners[-1]
    return [
        area([(corners[0][0], floor), *corners, (last[0], floor)], "below"),
        path(corners, "curve"),
        label(last[0] - 60, last[1] - 90, number(before), "value end"),
    ]


def _some(given: Sequence[TurnoutPoint]) -> list[TurnoutPoint]:
    """A few of the points, the first and the last among them."""
    if len(given) <= SPOKEN:
        return list(given)
    return [given[i * (len(given) - 1) // (SPOKEN - 1)] for i in range(SPOKEN)]
