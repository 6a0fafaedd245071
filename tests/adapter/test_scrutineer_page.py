"""The scrutineer's page is a whole and accessible document, whatever stands in the facts (docs/spec.md, section 15)."""

import re
from itertools import pairwise

import pytest

from adapter.page_reading import Node, read, table_of
from adapter.reported import EXECUTIVE, PARTIES, WORDS, facts
from adapter.reported_variants import HOSTILE, VARIANTS, hostile
from e2evote.adapter.scrutineer.page import page
from e2evote.adapter.scrutineer.style import COLOURS, MARKS
from e2evote.adapter.scrutineer.style import WORDS as COLOURS_OF_WORDS
from e2evote.record.report_facts import ReportWords

HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")


@pytest.fixture(params=VARIANTS, scope="module")
def made(request: pytest.FixtureRequest) -> Node:
    given = VARIANTS[request.param]
    if request.param == "hostile":
        return read(page(given, hostile(WORDS), "scrutineer" + HOSTILE))
    return read(page(given, WORDS, "scrutineer"))


def test_the_document_has_a_language_a_title_and_its_landmarks(made: Node) -> None:
    assert made["lang"] == "en"
    assert made.one("head").one("title").text().startswith("Scrutineer's report: Northfield")
    for landmark in ("header", "nav", "main", "footer"):
        assert made.one(landmark)
    body = made.one("body").elements()
    assert [child.tag for child in body] == ["a", "header", "nav", "main", "footer"]
    assert body[0]["href"] == f"#{made.one('main')['id']}"


def test_ids_occur_once_and_whatever_is_named_is_there(made: Node) -> None:
    ids = [node["id"] for node in made.all() if "id" in node.attributes]
    assert len(ids) == len(set(ids))
    assert all(re.fullmatch("[a-z0-9-]+", id) for id in ids)
    for node in made.all():
        for name in node.attributes.get("aria-labelledby", "").split():  # type: ignore[union-attr]
            assert name in ids
    assert all(link["href"].startswith("#") and link["href"][1:] in ids for link in made.all("a"))


def test_headings_are_in_order(made: Node) -> None:
    levels = [int(node.tag[1]) for node in made.all(*HEADINGS)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))
    assert all(node.text().strip() for node in made.all(*HEADINGS))


def test_the_contents_are_the_sections_in_order(made: Node) -> None:
    listed = [(link["href"][1:], link.text()) for link in made.one("nav").all("a")]
    sections = [(one["aria-labelledby"], one.elements()[0].text()) for one in made.one("main").all("section")]
    assert listed == sections


def test_every_table_has_a_caption_and_heads_with_scope(made: Node) -> None:
    tables = list(made.all("table"))
    assert tables
    for table in tables:
        parts = [child.tag for child in table.elements()]
        assert parts in (["caption", "thead", "tbody"], ["caption", "thead", "tbody", "tfoot"])
        assert table.elements()[0].text().strip()
        heads = table.one("thead").one("tr").elements()
        assert all((head.tag, head["scope"]) == ("th", "col") and head.text() for head in heads)
        for row in (row for part in table.all("tbody", "tfoot") for row in part.all("tr")):
            cells = row.elements()
            assert (cells[0].tag, cells[0]["scope"]) == ("th", "row")
            assert len(cells) == len(heads)


def test_every_plot_is_an_image_with_title_and_description(made: Node) -> None:
    for svg in made.all("svg"):
        title, description = svg.elements()[:2]
        assert (title.tag, description.tag) == ("title", "desc")
        assert svg["role"] == "img"
        assert svg["aria-labelledby"].split() == [title["id"], description["id"]]
        assert title.text().strip()
        assert len(description.text()) > 20
    assert all(
        len(list(figure.all("svg"))) == len(list(figure.all("figcaption"))) == 1 for figure in made.all("figure")
    )


def test_every_mark_of_a_plot_lies_inside_it(made: Node) -> None:
    for svg in made.all("svg"):
        _, _, width, height = map(float, svg["viewbox"].split())
        for node in svg.all():
            for name, most in (("x", width), ("x1", width), ("x2", width), ("cx", width)):
                assert 0 <= float(node.attributes.get(name, "0") or "0") <= most
            for name, most in (("y", height), ("y1", height), ("y2", height), ("cy", height)):
                assert 0 <= float(node.attributes.get(name, "0") or "0") <= most


def luminance(colour: str) -> float:
    channel = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channel)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(first: str, second: str) -> float:
    lighter, darker = sorted((luminance(COLOURS[first]), luminance(COLOURS[second])), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def test_words_and_marks_have_contrast() -> None:
    for ground in ("ground", "panel"):
        assert all(contrast(word, ground) >= 7 for word in COLOURS_OF_WORDS)
        assert all(contrast(mark, ground) >= 3 for mark in MARKS)
    assert contrast("ink", "below") >= 7
    assert contrast("ink", "grid") >= 7


def test_the_pages_of_a_large_selection_stay_small() -> None:
    assert len(page(facts(), WORDS, "scrutineer")) < 120_000
    assert len(PARTIES) == len(table_of(read(page(facts(), WORDS, "")), "Parties")) - 1


def test_words_that_are_empty_are_said_to_be() -> None:
    empty = read(page(facts(), ReportWords(complaints="", inspected=False, opinion=" \n", why=""), ""))
    words = empty.text()
    assert "The register was not inspected." in words
    assert words.count("Nothing is said.") == 2
    assert "not signed yet" in words
    assert EXECUTIVE.name in words
