"""Elections that are hosted for the pages alone, and what can be read off an answer without a browser."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any, ParamSpec, TypeVar

from fastapi import FastAPI
from fastapi.testclient import TestClient

from e2evote.adapter.election import Election
from e2evote.adapter.web.pages import routes

P = ParamSpec("P")
T = TypeVar("T")

VOID = {"br", "col", "hr", "img", "input", "link", "meta"}


@dataclass(frozen=True, slots=True)
class Place:
    election: Election

    @property
    def id(self) -> str:
        return self.election.id


@dataclass(frozen=True, slots=True)
class Site:
    """The least that pages need of a server."""

    elections: Sequence[Election]

    def all(self) -> Sequence[Place]:
        return [Place(election) for election in self.elections]

    async def reading(self, call: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        return await asyncio.to_thread(call, *args, **kwargs)


def client_of(*elections: Election) -> TestClient:
    app = FastAPI()
    app.include_router(routes(Site(elections)))
    return TestClient(app, base_url="http://127.0.0.1", follow_redirects=False)


@dataclass(slots=True)
class Seen(HTMLParser):
    """A page: its elements with their attributes, in order, and its words."""

    elements: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    words: str = ""
    open: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        HTMLParser.__init__(self)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, {name: value or "" for name, value in attrs}))
        if tag in ("dd", "dt", "li", "p", "td", "th"):
            self.words += " "
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag, f"</{tag}> closes something else"

    def handle_data(self, data: str) -> None:
        self.words += data

    def of(self, tag: str) -> list[dict[str, str]]:
        return [attributes for name, attributes in self.elements if name == tag]


def seen(answer: Any) -> Seen:
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    page = Seen()
    page.feed(answer.text)
    page.close()
    assert page.open == []
    page.words = " ".join(page.words.split())
    return page
