"""From a template and what is known to an answer: HTML that works without scripts, images or anything from elsewhere.

Every value is escaped, and a name that is missing in a template is an error, not an empty place. Links are relative, so
the pages work in any sub-folder.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from fastapi import Request, Response
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from e2evote.adapter.scrutineer.markup import visible
from e2evote.adapter.web.pages.words import LANGUAGES, Words, chosen

HERE = Path(__file__).parent


def _harmless(value: object) -> object:
    """What is no markup of a template's own making, without characters that act upon a page or hide in it."""
    return visible(value) if isinstance(value, str) and not hasattr(value, "__html__") else value


ENVIRONMENT = Environment(
    loader=FileSystemLoader(HERE / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    finalize=_harmless,
    trim_blocks=True,
    lstrip_blocks=True,
    auto_reload=False,
)


@dataclass(frozen=True, slots=True)
class Visit:
    """Who looks: the language, whether it was chosen by hand, and where the site begins from the page's address."""

    words: Words
    by_hand: bool
    root: str

    @classmethod
    def of(cls, request: Request, root: str, asked: str = "") -> "Visit":
        """The visit that a request is. asked: a language that a form has sent along."""
        asked = asked or request.query_params.get("lang", "")
        language = chosen(asked, request.headers.get("accept-language", ""))
        return cls(Words(language), asked in LANGUAGES, root)

    def link(self, target: str) -> str:
        """The address of another page, in the language that was chosen by hand."""
        return f"{target}?lang={self.words.language}" if self.by_hand else target


def answer(visit: Visit, template: str, context: Mapping[str, object], status: int = 200) -> Response:
    """The page. What depends on the language says so, and nothing is stored that somebody asked."""
    html = ENVIRONMENT.get_template(template).render(
        t=visit.words, visit=visit, languages=LANGUAGES, link=visit.link, **context
    )
    headers = {"cache-control": "no-store", "content-language": visit.words.language, "vary": "accept-language"}
    return Response(html.encode(), status, headers, media_type="text/html; charset=utf-8")


def download(data: bytes, name: str, media_type: str = "application/octet-stream") -> Response:
    """A file to keep. name: of ours, without a character that a header would mind."""
    headers = {"cache-control": "no-store", "content-disposition": f'attachment; filename="{name}"'}
    return Response(data, 200, headers, media_type=media_type)
