"""HTML and SVG that cannot be broken by what stands in it: the pieces of the scrutineer's page.

An element takes `Markup`, which is other elements, as it is, and escapes all other text. Names and reasons come from
manifests and from people; characters that would act upon a page, or hide in it, are shown as U+FFFD. The list of
these is fixed, and not the running Python's, so that the same facts give the same bytes everywhere.
"""

import re
from collections.abc import Collection, Sequence
from html import escape

VOID = frozenset({"br", "col", "link", "meta"})

_HIDDEN = re.compile(
    "[\x00-\x09\x0b-\x1f\x7f-\x9f\u00ad\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b\u200e\u200f"
    "\u2028-\u202e\u2060-\u206f\u3164\ud800-\udfff\ufdd0-\ufdef\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffc\ufffe\uffff"
    "\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
)


class Markup(str):
    """Text that is markup already."""

    __slots__ = ()


def visible(given: str) -> str:
    """The same without characters that act upon a page or hide in it."""
    return _HIDDEN.sub("\ufffd", given)


def text(given: object) -> Markup:
    """Given text, harmless: escaped, and without characters that nobody sees."""
    if isinstance(given, Markup):
        return given
    return Markup(escape(visible(str(given)), quote=True))


def join(*parts: object) -> Markup:
    """Texts and elements one after the other."""
    return Markup("".join(text(part) for part in parts))


def element(name: str, /, *children: object, **attributes: object) -> Markup:
    """`<name attributes>children</name>`. An attribute is written with a hyphen for each _, and without a last one."""
    given = "".join(f' {key.rstrip("_").replace("_", "-")}="{text(value)}"' for key, value in attributes.items())
    if name in VOID:
        return Markup(f"<{name}{given}>")
    return Markup(f"<{name}{given}>{join(*children)}</{name}>")


def name(given: str) -> Markup:
    """Somebody's or something's name, which does not change the direction of what stands beside it."""
    return element("bdi", given)


def paragraph(*children: object, **attributes: object) -> Markup:
    """One paragraph."""
    return element("p", *children, **attributes)


def bullets(entries: Sequence[object], **attributes: object) -> Markup:
    """A list without order."""
    return element("ul", *(element("li", entry) for entry in entries), **attributes)


def paragraphs(words: str) -> Markup:
    """What a person wrote, a paragraph for each of its lines that is not empty."""
    return join(*(paragraph(line) for line in words.split("\n") if line.strip()))


def table(
    caption: str,
    columns: Sequence[object],
    rows: Sequence[Sequence[object]],
    *,
    numbers: Collection[int] = (),
    foot: Sequence[Sequence[object]] = (),
    **attributes: object,
) -> Markup:
    """A table with a caption. The first cell of a row is its head; columns in `numbers` are set flush right."""

    def row(cells: Sequence[object]) -> Markup:
        first = element("th", cells[0], scope="row")
        rest = (element("td", cell, **_class(i in numbers)) for i, cell in enumerate(cells[1:], start=1))
        return element("tr", first, *rest)

    heads = (element("th", column, scope="col", **_class(i in numbers)) for i, column in enumerate(columns))
    parts = [
        element("caption", caption),
        element("thead", element("tr", *heads)),
        element("tbody", *map(row, rows)),
    ]
    if foot:
        parts.append(element("tfoot", *map(row, foot)))
    made = element("table", *parts, **attributes)
    if len(columns) > 4:  # may be wider than a small screen: it scrolls by itself, by keys too
        return element("div", made, class_="wide", role="group", aria_label=caption, tabindex=0)
    return made


def _class(number: bool) -> dict[str, object]:
    return {"class_": "number"} if number else {}


def section(id: str, heading: str, *children: object) -> Markup:
    """A part of the page with its heading, which is its name."""
    return element("section", element("h2", heading, id=id), *children, aria_labelledby=id)
