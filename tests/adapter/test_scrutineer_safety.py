"""The scrutineer's page runs nothing and fetches nothing, and nobody's text changes it (docs/spec.md, section 15)."""

import hashlib
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from adapter.page_reading import Node, read
from adapter.reported import WORDS, facts
from adapter.reported_variants import HOSTILE, VARIANTS, hostile
from e2evote.adapter.scrutineer.markup import text
from e2evote.adapter.scrutineer.page import page
from e2evote.adapter.scrutineer.style import style_sheet

ALLOWED = set(
    [
        "a",
        "bdi",
        "body",
        "caption",
        "circle",
        "code",
        "dd",
        "desc",
        "div",
        "dl",
        "dt",
        "figcaption",
        "figure",
        "footer",
        "g",
        "h1",
        "h2",
        "h3",
        "h4",
        "head",
        "header",
        "html",
        "li",
        "line",
        "main",
        "meta",
        "nav",
        "ol",
        "p",
        "path",
        "rect",
        "section",
        "small",
        "span",
        "strong",
        "style",
        "svg",
        "table",
        "tbody",
        "td",
        "text",
        "tfoot",
        "th",
        "thead",
        "title",
        "tr",
        "ul",
    ]
)


@pytest.fixture(params=VARIANTS, scope="module")
def made(request: pytest.FixtureRequest) -> Node:
    given = VARIANTS[request.param]
    if request.param == "hostile":
        return read(page(given, hostile(WORDS), "scrutineer" + HOSTILE))
    return read(page(given, WORDS, "scrutineer"))


def test_nothing_runs_and_nothing_is_fetched(made: Node) -> None:
    assert {node.tag for node in made.all()} <= ALLOWED
    for node in made.all():
        assert not [name for name in node.attributes if name.startswith("on") or name in ("src", "style", "srcset")]
    policy = next(meta for meta in made.all("meta") if meta.attributes.get("http-equiv"))
    assert policy["content"].startswith("default-src 'none'; style-src 'unsafe-inline'")
    assert not re.search(r"url\(|@import|https?:", made.one("style").text())
    assert made.one("style").text() == style_sheet()


def test_hostile_text_changes_no_element() -> None:
    """The page has the same elements as without it, and the text stands in it as text."""
    plain = read(page(facts(), WORDS, "scrutineer"))
    spoiled = read(page(VARIANTS["hostile"], hostile(WORDS), "scrutineer" + HOSTILE))

    def shape(node: Node) -> list[str]:
        return [one.tag for one in node.all()]

    assert shape(spoiled) == shape(plain)
    shown = HOSTILE.replace("\u202e", "\ufffd").replace("\u2066", "\ufffd").replace("\x00", "\ufffd")
    assert shown in spoiled.one("h1").text()
    assert spoiled.text().count(shown) > 100
    assert not re.search("[\x00\u202e\u2066]", spoiled.text())


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("<b>&\"'", "&lt;b&gt;&amp;&quot;&#x27;"),
        ("a\u202eb\u200bc\x1bd\ue0001", "a\ufffdb\ufffdc\ufffdd\ue0001"),
        ("tag\U000e0041, surrogate\ud800", "tag\ufffd, surrogate\ufffd"),
        ("نام\u200cها, Ünïcödé, 漢字", "نام\u200cها, Ünïcödé, 漢字"),
    ],
)
def test_text_is_escaped_and_shows_what_would_hide(given: str, shown: str) -> None:
    assert text(given) == shown
    assert text(text(given)) == shown


def test_the_same_facts_give_the_same_bytes_in_every_process() -> None:
    program = (
        "import hashlib; from adapter.reported import WORDS, facts; from e2evote.adapter.scrutineer.page import page; "
        "print(hashlib.sha256(page(facts(), WORDS, 'scrutineer')).hexdigest())"
    )
    root = Path(__file__).resolve().parents[2]
    expected = hashlib.sha256(page(facts(), WORDS, "scrutineer")).hexdigest()
    for seed in ("1", "2"):
        environment = {
            **os.environ,
            "PYTHONHASHSEED": seed,
            "PYTHONPATH": f"{root / 'src'}:{root / 'tests'}",
            "LC_ALL": "C",
        }
        found = subprocess.run(
            [sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=True
        )
        assert found.stdout.strip() == expected
