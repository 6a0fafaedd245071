"""Plots of the scrutineer's page: votes by channel, and differences between channels (docs/spec.md, section 15).

Each is a figure with a mark and an interval for every number, and the same in words for those who do not see it.
"""

from collections.abc import Sequence

from e2evote.adapter.scrutineer.axes import (
    WIDTH,
    Scale,
    figure,
    image,
    label,
    line,
    mark,
    steps,
    whiskers,
)
from e2evote.adapter.scrutineer.markup import Markup
from e2evote.adapter.scrutineer.wording import (
    part_name,
    points,
    share,
    span,
    span_of_points,
)
from e2evote.record.intervals import SCALE, Interval, difference, proportion
from e2evote.record.report_results import ContestFacts, PartVotes

MOST_OPTIONS = 40
"""Options in one plot; the tables have all."""

_SHAPES: dict[tuple[str, ...], int] = {("online",): 0, ("in_person",): 1, ("postal",): 2}
_LEFT, _RIGHT = 1900, WIDTH - 200


def shown_parts(contest: ContestFacts) -> list[PartVotes]:
    """Parts of which shares can be taken."""
    return [part for part in contest.parts if contest.ballots_of(part)]


def shown_pairs(contest: ContestFacts) -> list[tuple[PartVotes, PartVotes]]:
    """Any two parts, the earlier one first."""
    parts = shown_parts(contest)
    return [(first, second) for i, first in enumerate(parts) for second in parts[i + 1 :]]


def interval_of(contest: ContestFacts, part: PartVotes, option: int) -> Interval:
    """The interval for the share of a part's ballots that have the option."""
    return proportion(part.votes[option], contest.ballots_of(part))


def difference_of(contest: ContestFacts, pair: tuple[PartVotes, PartVotes], option: int) -> Interval:
    """The interval for the difference between two parts in this share."""
    (x1, n1), (x2, n2) = ((part.votes[option], contest.ballots_of(part)) for part in pair)
    return difference(x1, n1, x2, n2)


def votes_by_channel(contest: ContestFacts, id: str) -> Markup:
    """For each option, the share of the ballots in each part that have it, with its interval."""
    parts = shown_parts(contest)
    names = [part_name(part.channels) for part in parts]
    shapes = [_SHAPES.get(part.channels, 3) for part in parts]
    highest = max(
        interval_of(contest, part, option).high for part in parts for option, _ in _rows(contest, 0, len(parts))
    )
    across = Scale(0, min(-(-highest // 1000) * 1000, SCALE), _LEFT, _RIGHT)
    drawn, told = [], []
    y = top = 420
    for option, at in _rows(contest, top, len(parts)):
        drawn.append(label(_LEFT - 160, at + len(parts) * 100 - 60, _short(contest.options[option].name), "name end"))
        for i, part in enumerate(parts):
            x, n = part.votes[option], contest.ballots_of(part)
            interval, y = interval_of(contest, part, option), at + 200 * i
            drawn.append(
                whiskers(
                    shapes[i],
                    across.at(interval.low),
                    across.at(x * SCALE // n),
                    across.at(interval.high),
                    y,
                    f"shape{shapes[i]}",
                )
            )
            told.append(f"{contest.options[option].name}, {names[i]}: {share(x, n)}, interval {span(interval)}")
    bottom = y + 200
    grid = []
    for value in steps(0, across.high * 100 // SCALE, 9):
        x = across.at(value * SCALE // 100)
        grid.append(line(x, top - 140, x, bottom, "grid" if value else "zero"))
        grid.append(label(x, bottom + 170, f"{value} %", "words middle"))
    title = f"Votes by channel: {contest.name}"
    svg = image(id, bottom + 260, title, ". ".join(told) + ".", *_legend(names, shapes, "shape"), *grid, *drawn)
    return figure(
        svg, "Share of the ballots of each channel that have the option, with 95 % intervals.", _left_out(contest)
    )


def differences(contest: ContestFacts, id: str) -> Markup:
    """For each option, how much greater its share is in one part than in another, with the interval."""
    pairs = shown_pairs(contest)
    names = [f"{part_name(first.channels)} minus {part_name(second.channels).lower()}" for first, second in pairs]
    found = {
        (option, i): difference_of(contest, pair, option)
        for option, _ in _rows(contest, 0, len(pairs))
        for i, pair in enumerate(pairs)
    }
    furthest = max(max(abs(one.low), abs(one.high)) for one in found.values())
    limit = min(-(-furthest // 1000) * 1000, SCALE) or 1000
    across = Scale(-limit, limit, _LEFT, _RIGHT)
    drawn, told = [], []
    y = top = 420
    for option, at in _rows(contest, top, len(pairs)):
        drawn.append(label(_LEFT - 160, at + len(pairs) * 100 - 60, _short(contest.options[option].name), "name end"))
        for i, (first, second) in enumerate(pairs):
            y, interval = at + 200 * i, found[option, i]
            (x1, n1), (x2, n2) = ((part.votes[option], contest.ballots_of(part)) for part in (first, second))
            middle = across.at((x1 * n2 - x2 * n1) * SCALE // (n1 * n2))
            drawn.append(whiskers(i, across.at(interval.low), middle, across.at(interval.high), y, f"pair{i}"))
            told.append(
                f"{contest.options[option].name}, {names[i]}: {points(x1, n1, x2, n2)} points, "
                f"interval {span_of_points(interval)}"
            )
    bottom = y + 200
    grid = []
    for value in steps(-limit // 100, limit // 100, 9):
        x = across.at(value * 100)
        grid.append(line(x, top - 140, x, bottom, "grid" if value else "zero"))
        sign = "+" if value > 0 else "−" if value < 0 else ""
        grid.append(label(x, bottom + 170, f"{sign}{abs(value)}", "words middle"))
    grid.append(label((_LEFT + _RIGHT) // 2, bottom + 380, "percentage points", "words middle"))
    title = f"Differences between channels: {contest.name}"
    svg = image(
        id, bottom + 470, title, ". ".join(told) + ".", *_legend(names, range(len(pairs)), "pair"), *grid, *drawn
    )
    return figure(
        svg,
        "How much greater the share is in one channel than in another, with 95 % intervals. ",
        "No difference is evidence of fraud.",
        _left_out(contest),
    )


def _rows(contest: ContestFacts, top: int, each: int) -> list[tuple[int, int]]:
    """Options that are drawn, in the manifest's order, and where the first of their `each` rows is."""
    votes = contest.votes
    most = sorted(range(len(votes)), key=lambda option: -votes[option])[:MOST_OPTIONS]
    return [(option, top + row * (200 * each + 140)) for row, option in enumerate(sorted(most))]


def _left_out(contest: ContestFacts) -> str:
    left = len(contest.options) - MOST_OPTIONS
    return f" The {MOST_OPTIONS} options with most votes; the table has {left} more." if left > 0 else ""


def _short(name: str) -> str:
    return name if len(name) <= 24 else f"{name[:23]}…"


def _legend(names: Sequence[str], shapes: Sequence[int], class_: str) -> list[Markup]:
    """What the marks stand for, side by side; how wide a word is can only be guessed."""
    parts, x = [], 120
    for name, shape in zip(names, shapes, strict=True):
        parts += [mark(shape, x, 100, f"mark {class_}{shape}"), label(x + 110, 142, name, "words")]
        x += 330 + 76 * len(name)
    return parts
