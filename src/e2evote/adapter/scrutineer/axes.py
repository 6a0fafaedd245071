"""Drawing with whole numbers: scales, axes and marks of the plots in the scrutineer's page, as SVG.

Places are in tenths of a pixel, so that the same facts give the same bytes on every machine. A plot is one image with
a title and a description; what it shows stands in a table beside it.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from e2evote.adapter.scrutineer.markup import Markup, element, join

WIDTH = 7600
"""Of every plot, in tenths of a pixel of its own scale; the page makes it as wide as there is room."""


@dataclass(frozen=True, slots=True)
class Scale:
    """From values between `low` and `high` to places between `start` and `end`."""

    low: int
    high: int
    start: int
    end: int

    def at(self, value: int) -> int:
        """The place of a value, rounded half up."""
        span = self.high - self.low
        return self.start + (2 * (value - self.low) * (self.end - self.start) + span) // (2 * span)


def steps(low: int, high: int, most: int) -> tuple[int, ...]:
    """Round numbers from `low` to `high`, at most so many: multiples of 1, 2 or 5 times a power of ten."""
    size = 1
    while True:
        for factor in (1, 2, 5):
            step = factor * size
            first = -(-low // step)
            if high // step - first < most:
                return tuple(step * i for i in range(first, high // step + 1))
        size *= 10


def px(place: int) -> str:
    """Tenths of a pixel as SVG has them."""
    whole, tenth = divmod(abs(place), 10)
    return ("-" if place < 0 else "") + (f"{whole}.{tenth}" if tenth else str(whole))


def line(x1: int, y1: int, x2: int, y2: int, class_: str) -> Markup:
    """A straight line."""
    return element("line", x1=px(x1), y1=px(y1), x2=px(x2), y2=px(y2), class_=class_)


def label(x: int, y: int, words: str, class_: str) -> Markup:
    """Words at a place; the class says how they are set."""
    return element("text", words, x=px(x), y=px(y), class_=class_)


def box(x: int, y: int, width: int, height: int, class_: str) -> Markup:
    """A rectangle."""
    return element("rect", x=px(x), y=px(y), width=px(width), height=px(height), class_=class_)


def path(points: Sequence[tuple[int, int]], class_: str) -> Markup:
    """A line through all points."""
    return element("path", d="M" + "L".join(f"{px(x)} {px(y)}" for x, y in points), class_=class_)


def area(points: Sequence[tuple[int, int]], class_: str) -> Markup:
    """What the points go round."""
    return element("path", d="M" + "L".join(f"{px(x)} {px(y)}" for x, y in points) + "Z", class_=class_)


def mark(shape: int, x: int, y: int, class_: str) -> Markup:
    """One of four shapes, so that no mark is known by its colour alone: disc, square, diamond, triangle."""
    r = 52
    if shape == 0:
        return element("circle", cx=px(x), cy=px(y), r=px(r), class_=class_)
    corners = {
        1: ((-46, -46), (46, -46), (46, 46), (-46, 46)),
        2: ((0, -66), (66, 0), (0, 66), (-66, 0)),
        3: ((0, -60), (60, 48), (-60, 48)),
    }[shape]
    return area([(x + dx, y + dy) for dx, dy in corners], class_)


def whiskers(shape: int, low: int, middle: int, high: int, y: int, class_: str) -> Markup:
    """An interval with ends, and the value in it."""
    ends = (line(x, y - 34, x, y + 34, "reach") for x in (low, high))
    return element("g", line(low, y, high, y, "reach"), *ends, mark(shape, middle, y, "mark"), class_=class_)


def image(id: str, height: int, title: str, description: str, *parts: Markup) -> Markup:
    """The whole plot: one image for those who listen, with its title and description."""
    return element(
        "svg",
        element("title", title, id=f"{id}-title"),
        element("desc", description, id=f"{id}-desc"),
        *parts,
        viewBox=f"0 0 {px(WIDTH)} {px(height)}",
        role="img",
        aria_labelledby=f"{id}-title {id}-desc",
    )


def figure(svg: Markup, *caption: object) -> Markup:
    """A plot with what is written below it."""
    return element("figure", svg, element("figcaption", join(*caption)))
