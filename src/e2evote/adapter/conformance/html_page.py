"""A page of HTML: its elements in order, and what a browser would load for it."""

from collections.abc import Iterator
from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit

from e2evote.adapter.conformance.deployment import Answer

_LOADING = {
    "audio": ("src",),
    "base": ("href",),
    "button": ("formaction",),
    "embed": ("src",),
    "form": ("action",),
    "iframe": ("src",),
    "image": ("href",),
    "img": ("src", "srcset"),
    "input": ("formaction", "src"),
    "link": ("href",),
    "object": ("data",),
    "script": ("src",),
    "source": ("src", "srcset"),
    "track": ("src",),
    "use": ("href",),
    "video": ("poster", "src"),
}
"""Attributes by which an element loads something, or sends something there."""


class Page(HTMLParser):
    """The elements of a page with their attributes, in order."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str]]] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, {name: value or "" for name, value in attrs}))

    def all(self, tag: str) -> Iterator[dict[str, str]]:
        """The attributes of every element of this name."""
        return (attributes for name, attributes in self.elements if name == tag)


def loaded(answer: Answer) -> Iterator[str]:
    """The address of everything that a page loads, or sends something to."""
    for tag, attributes in Page(answer.text()).elements:
        for name in _LOADING.get(tag, ()):
            if attributes.get(name):
                yield urljoin(answer.url, attributes[name])


def linked(answer: Answer) -> Iterator[str]:
    """The address of every link of a page."""
    return (urljoin(answer.url, one["href"]) for one in Page(answer.text()).all("a") if "href" in one)


def origin(url: str) -> tuple[str, str]:
    """Scheme and host: what browsers call the same site's."""
    parts = urlsplit(url)
    return parts.scheme, parts.netloc
