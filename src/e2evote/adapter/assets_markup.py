"""What a page loads and runs, read off its HTML: for an auditor, who compares it with what was to be loaded.

A list of what is known to load or run something; a browser may know more ways. That is why a page whose bytes differ
is named as such whatever is found in it.
"""

from dataclasses import dataclass, field
from html.parser import HTMLParser

_ADDRESSES = {
    "audio": ("src",),
    "embed": ("src",),
    "form": ("action",),
    "frame": ("src",),
    "iframe": ("src", "srcdoc"),
    "image": ("href", "xlink:href"),
    "img": ("src", "srcset"),
    "input": ("src", "formaction"),
    "button": ("formaction",),
    "link": ("href",),
    "object": ("data",),
    "script": ("src", "href"),
    "source": ("src", "srcset"),
    "track": ("src",),
    "use": ("href", "xlink:href"),
    "video": ("src", "poster"),
}
_ELSEWHERE = frozenset({"author", "canonical", "help", "license"})
"""What a link may be that loads nothing."""

_PICTURES = frozenset({"apple-touch-icon", "icon", "shortcut"})
"""What a link may be that loads a picture; browsers compare no hashes of those."""


@dataclass(frozen=True, slots=True)
class Loaded:
    """Something that the page asks for. integrity: as the element says, or "". bound: browsers compare hashes of it."""

    element: str
    address: str
    integrity: str
    bound: bool


@dataclass(slots=True)
class Markup(HTMLParser):
    """The things that one page loads, and what it runs from within itself."""

    loaded: list[Loaded] = field(default_factory=list)
    inline: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        HTMLParser.__init__(self)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self.inline += [f"<{tag} {name}>" for name in given if name.startswith("on") or name == "style"]
        if tag in ("base", "style") or (tag == "script" and not given.get("src")):
            self.inline.append(f"<{tag}>")
        if tag == "meta" and given.get("http-equiv", "").strip().lower() == "refresh":
            self.inline.append("<meta http-equiv=refresh>")
        rel = given.get("rel", "").lower().split()
        if tag == "link" and rel and set(rel) <= _ELSEWHERE:
            return
        bound = tag == "script" or (tag == "link" and not (rel and set(rel) <= _PICTURES))
        for name in _ADDRESSES.get(tag, ()):
            if name in given:
                self.loaded.append(Loaded(tag, given[name].strip(), given.get("integrity", ""), bound))
        for name, value in given.items():
            if value.strip().lower().startswith("javascript:"):
                self.inline.append(f"<{tag} {name}=javascript:>")


def read_markup(html: bytes) -> Markup:
    """What the page loads and runs."""
    markup = Markup()
    markup.feed(html.decode("utf-8", "replace"))
    markup.close()
    return markup
