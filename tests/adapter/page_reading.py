"""A page as a test reads it: a tree of elements, made with html.parser, that says where it is not well-formed."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser

VOID = {"br", "col", "link", "meta"}


@dataclass
class Node:
    tag: str
    attributes: dict[str, str | None] = field(default_factory=dict)
    children: list["Node | str"] = field(default_factory=list)

    def all(self, *tags: str) -> Iterator["Node"]:
        """Every element below with one of these names, or every element, in the order of the page."""
        for child in self.children:
            if isinstance(child, Node):
                if not tags or child.tag in tags:
                    yield child
                yield from child.all(*tags)

    def one(self, tag: str) -> "Node":
        (found,) = self.all(tag)
        return found

    def elements(self) -> list["Node"]:
        return [child for child in self.children if isinstance(child, Node)]

    def text(self) -> str:
        return "".join(child if isinstance(child, str) else child.text() for child in self.children)

    def __getitem__(self, attribute: str) -> str:
        value = self.attributes[attribute]
        assert value is not None
        return value


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.root = Node("")
        self.path = [self.root]
        self.odd: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if len(dict(attrs)) != len(attrs) or any(value is None for _, value in attrs):
            self.odd.append(f"attributes of <{tag}>: {attrs}")
        node = Node(tag, dict(attrs))
        self.path[-1].children.append(node)
        if tag not in VOID:
            self.path.append(node)

    def handle_endtag(self, tag: str) -> None:
        if self.path[-1].tag != tag:
            self.odd.append(f"</{tag}> closes <{self.path[-1].tag}>")
        else:
            self.path.pop()

    def handle_data(self, data: str) -> None:
        self.path[-1].children.append(data)

    def handle_comment(self, data: str) -> None:
        self.odd.append(f"comment {data!r}")

    def handle_pi(self, data: str) -> None:
        self.odd.append(f"processing instruction {data!r}")

    def unknown_decl(self, data: str) -> None:
        self.odd.append(f"declaration {data!r}")


def read(page: bytes) -> Node:
    """The html element. Fails where elements do not nest, an attribute occurs twice or a comment stands."""
    reader = _Reader()
    reader.feed(page.decode("utf-8"))
    reader.close()
    assert not reader.odd
    assert reader.path == [reader.root]
    return reader.root.one("html")


def section_of(page: Node, id: str) -> Node:
    """The section that is named by the heading of this id."""
    (found,) = (one for one in page.all("section") if one.attributes.get("aria-labelledby") == id)
    return found


def table_of(page: Node, caption: str) -> list[list[str]]:
    """The cells of the table whose caption begins so, row by row, the heads first."""
    (found,) = (one for one in page.all("table") if one.one("caption").text().startswith(caption))
    return [[cell.text() for cell in row.elements()] for row in found.all("tr")]
