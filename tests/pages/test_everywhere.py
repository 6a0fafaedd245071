"""What holds for every page: its form, its language, nothing from elsewhere, and no word of somebody else's."""

from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import pytest
from fastapi.testclient import TestClient

from e2evote.adapter.web.pages.words import LANGUAGES
from pages.conftest import Hosted
from pages.hosting import Seen, client_of, seen

GETS = ("./", "tracker", "not-voted", "result", "audit", "report")


@pytest.fixture(scope="module")
def client(open_one: Hosted, ended_one: Hosted) -> TestClient:
    return client_of(open_one.election, ended_one.election)


def pages(client: TestClient, hosted: Hosted, language: str = "en") -> Iterator[tuple[str, Any]]:
    """Every kind of page of an election, answers to forms among them."""
    base, ask = f"/elections/{hosted.election.id}/", f"?lang={language}"
    yield "list", client.get(f"/{ask}")
    for path in GETS:
        yield path, client.get(f"{base}{path.removeprefix('./')}{ask}")
    for ballot in (hosted.first, hosted.last):
        yield "found", client.post(f"{base}tracker{ask}", data={"line": ballot.line, "tracker": ballot.tracker})
    yield "mistakes", client.post(f"{base}tracker{ask}", data={"line": "?", "tracker": "?"})
    yield "row", client.post(f"{base}not-voted{ask}", data={"line": hosted.last.line})
    yield "no row", client.post(f"{base}not-voted{ask}", data={"line": "0" * 64})
    yield "mistake", client.post(f"{base}not-voted{ask}", data={"line": "?"})
    yield "problem", client.get(f"/elections/nobody/{ask}")


@pytest.fixture(scope="module", params=["open_one", "ended_one"])
def hosted(request: pytest.FixtureRequest) -> Hosted:
    chosen: Hosted = request.getfixturevalue(request.param)
    return chosen


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_is_one_document_in_one_language(client: TestClient, hosted: Hosted, language: str) -> None:
    for name, answer in pages(client, hosted, language):
        page = seen(answer)
        assert page.of("html") == [{"lang": language}], name
        assert answer.headers["content-language"] == language
        assert "accept-language" in answer.headers["vary"]
        assert answer.headers["cache-control"] == "no-store"
        assert len(page.of("main")) == len(page.of("h1")) == len(page.of("title")) == 1, name
        assert ("ddim wedi'i wirio" in page.words or "wedi'i wirio eto" in page.words) == (language == "cy"), name


def test_headings_tables_and_fields_have_their_names(client: TestClient, hosted: Hosted) -> None:
    for name, answer in pages(client, hosted):
        page = seen(answer)
        ids = [attributes["id"] for _, attributes in page.elements if "id" in attributes]
        assert len(ids) == len(set(ids)), name
        levels = [int(tag[1]) for tag, _ in page.elements if tag in ("h1", "h2", "h3", "h4")]
        assert all(b - a <= 1 for a, b in pairwise(levels)), name
        assert len(page.of("caption")) == len(page.of("table")), name
        assert all(cell["scope"] in ("row", "col") for cell in page.of("th")), name
        inputs = [one for one in page.of("input") if one["type"] != "hidden"]
        assert {one["id"] for one in inputs} == {label["for"] for label in page.of("label")}, name
        for tag in ("aria-labelledby", "aria-describedby"):
            named = [attributes[tag].split() for _, attributes in page.elements if tag in attributes]
            assert {id for group in named for id in group} <= set(ids), name


def test_a121_no_page_loads_runs_or_frames_anything(client: TestClient, hosted: Hosted) -> None:
    for name, answer in pages(client, hosted):
        page = seen(answer)
        for tag in ("script", "style", "iframe", "object", "embed", "img", "base", "audio", "video"):
            assert page.of(tag) == [], name
        for _, attributes in page.elements:
            assert not [key for key in attributes if key.startswith("on") or key in ("style", "ping")], name
        root = relative_root(answer)
        assert [one["href"] for one in page.of("link")] == [f"{root}static/pages.css", f"{root}static/icon.svg"], name
        assert "set-cookie" not in answer.headers


def relative_root(answer: Any) -> str:
    return "" if str(answer.url.path) == "/" else "../../"


def targets(page: Seen) -> list[str]:
    return [
        *(one["href"] for one in (*page.of("a"), *page.of("link"))),
        *(form["action"] for form in page.of("form")),
    ]


def test_every_address_is_relative_and_ours(client: TestClient, hosted: Hosted) -> None:
    """So the pages work in a sub-folder, and nobody else learns who looked."""
    for name, answer in pages(client, hosted):
        for target in targets(seen(answer)):
            assert not target.startswith("/"), f"{name}: {target}"
            assert ":" not in target.partition("#")[0], f"{name}: {target}"


def test_every_page_that_a_page_leads_to_is_there(client: TestClient, hosted: Hosted) -> None:
    elsewhere = ("../../v1/", "client/")
    for name, answer in pages(client, hosted):
        if name in ("found", "row", "no row", "mistakes", "mistake", "problem"):
            continue
        for link in seen(answer).of("a"):
            if not link["href"].startswith((*elsewhere, "#")):
                reached = client.get(str(answer.url.join(link["href"])))
                assert reached.status_code == 200, f"{name}: {link['href']}"


def test_the_language_that_was_chosen_stays_from_page_to_page(client: TestClient, hosted: Hosted) -> None:
    base = f"/elections/{hosted.election.id}/"
    chosen = seen(client.get(f"{base}?lang=cy"))
    assert {"tracker?lang=cy", "audit?lang=cy"} <= set(targets(chosen))
    accepted = client.get(base, headers={"accept-language": "cy"})
    assert seen(accepted).of("html") == [{"lang": "cy"}]
    assert "tracker" in targets(seen(accepted))


@pytest.mark.parametrize(
    "typed", ["<script>alert(1)</script>", '"><img src=x>', "javascript:alert(1)", "\u202egnp.evil", "{{7*7}}", "%s%n"]
)
def test_a121_nothing_that_is_sent_is_shown(client: TestClient, hosted: Hosted, typed: str) -> None:
    base = f"/elections/{hosted.election.id}/"
    fields = {"line": typed, "tracker": typed, "index": typed, "more": typed}
    for path in ("tracker", "not-voted", "receipt", "line-proof"):
        answer = client.post(f"{base}{path}", data=fields)
        assert answer.status_code in (400, 422)
        assert typed not in answer.text
        assert "49" not in seen(answer).words
    for address in (f"{base}?lang={typed}", f"{base}tracker?line={typed}&tracker={typed}", f"/elections/{typed}/"):
        answer = client.get(address)
        assert answer.status_code in (200, 404)
        assert typed not in answer.text
    answer = client.get(base, headers={"accept-language": typed.encode()})
    assert typed not in answer.text


def test_names_of_the_manifest_are_words_and_no_markup(client: TestClient, hosted: Hosted) -> None:
    home = client.get(f"/elections/{hosted.election.id}/")
    assert "Ada &lt;Lovelace&gt; &amp; Co" in home.text
    assert "Ada <Lovelace> & Co" in seen(home).words
    welsh = seen(client.get(f"/elections/{hosted.election.id}/?lang=cy"))
    assert "Bob Gof" in welsh.words
    assert {"lang": "en"} in welsh.of("bdi"), "a name in another language than the page says so"


@pytest.mark.parametrize(("name", "kind"), [("pages.css", "text/css; charset=utf-8"), ("icon.svg", "image/svg+xml")])
def test_the_pages_own_files_are_there_and_lead_nowhere(client: TestClient, name: str, kind: str) -> None:
    answer = client.get(f"/static/{name}")
    assert (answer.status_code, answer.headers["content-type"]) == (200, kind)
    assert "url(" not in answer.text
    assert "@import" not in answer.text
    assert "://" not in answer.text.replace("http://www.w3.org/2000/svg", "")


def test_the_address_without_a_slash_leads_to_the_one_with_it(client: TestClient, hosted: Hosted) -> None:
    answer = client.get(f"/elections/{hosted.election.id}")
    assert (answer.status_code, answer.headers["location"]) == (308, f"{hosted.election.id}/")
