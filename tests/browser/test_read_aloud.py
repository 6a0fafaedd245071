"""What a screen reader is told and axe does not ask for: languages of names, what is wrong with which field, and which
contests a ballot does not have."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from browser.booth import Booth
from browser.harness import Site, site, tab_of
from browser.proxy import Exchange
from browser.story import FACTS
from e2evote.algebra.parameters import TEST_512
from e2evote.manifest.draft import StyleFacts

pytestmark = pytest.mark.slow

STYLES = (StyleFacts("full", "Full members", ("chair", "committee")), StyleFacts("junior", "Juniors", ("committee",)))


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    facts = FACTS | {"styles": STYLES}
    with site(tmp_path_factory.mktemp("aloud"), group=TEST_512.name, **facts) as made:
        yield made


def test_a_name_in_another_language_than_the_page_is_marked_as_such(place: Site, browser: Any, shots: Path) -> None:
    with tab_of(browser, place, shots) as tab:
        booth, page = Booth(tab), tab.page
        booth.open(place.client(line=place.letters[0].line, lang="cy"))
        booth.at("Eich llinell")
        page.locator("button.primary").click()
        booth.at("Pwy fydd yn gadeirydd?")
        assert booth.heading.get_attribute("lang") is None
        assert page.locator("label[for=option-ada]").get_attribute("lang") is None
        assert page.locator("label[for=option-bob]").get_attribute("lang") == "en"
        page.check("#option-bob")
        page.locator("button.primary").click()
        page.locator("button.primary").click()
        expect(page.locator(".chosen li").first).to_have_attribute("lang", "en")
        assert page.locator(".chosen li").last.get_attribute("lang") is None


def test_what_is_wrong_with_a_field_is_read_with_the_field(place: Site, browser: Any, shots: Path) -> None:
    with tab_of(browser, place, shots) as tab:
        booth = Booth(tab, "aloud", look=True)
        booth.ready(place.client(), place.letters[1], ["ada"], [])
        tab.page.click("#cast")
        booth.at("Your codes")
        tab.page.fill("#code-1", place.letters[1].codes[1])
        booth.press("Sign and cast")
        booth.complains("Type the code from")
        first, second = tab.page.locator("#code-0"), tab.page.locator("#code-1")
        expect(first).to_have_attribute("aria-invalid", "true")
        expect(first).to_have_attribute("aria-describedby", "code-0-error code-hint")
        expect(tab.page.locator("#code-0-error")).to_contain_text("Type the code from")
        expect(second).to_have_attribute("aria-describedby", "code-hint")
        tab.page.fill("#code-0", place.letters[1].codes[0])
        tab.page.fill("#code-1", "wrong")
        booth.press("Sign and cast")
        expect(first).to_have_attribute("aria-describedby", "code-hint")
        expect(second).to_have_attribute("aria-describedby", "code-1-error code-hint")


def test_a121_a_server_that_takes_a_contest_from_a_ballot_is_seen_before_anything_is_encrypted(
    place: Site, browser: Any, shots: Path
) -> None:
    letter = place.letters[2]

    def smaller(exchange: Exchange) -> None:
        exchange.body = json.dumps(json.loads(exchange.body) | {"style": "junior"}).encode()

    path = f"{place.api}/lines/{letter.line}"
    with tab_of(browser, place, shots) as tab, place.proxy.lying("GET", path, smaller) as lied:
        booth = Booth(tab, "smaller", look=True)
        booth.open(place.client())
        booth.line(letter)
        booth.at("Three members of the committee")
        booth.press("Look over my choices")
        booth.at("Look over your choices", "review")
        expect(tab.page.locator(".screen")).to_contain_text(
            "contests that your ballot does not have: Who is to be chair?"
        )
        assert lied
