"""What a device that several people use shows to the next one: nothing of a vote, by no button and from no memory."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from browser.booth import Booth
from browser.harness import Site, Tab, site, tab_of
from e2evote.algebra.parameters import TEST_512
from e2evote.manifest.draft import ContestFacts, OptionFacts

pytestmark = pytest.mark.slow

CONTESTS = (
    ContestFacts("chair", "Who is to be chair?", (OptionFacts("ada", "Ada"), OptionFacts("bob", "Bob"))),
    ContestFacts("roof", "Five votes", (OptionFacts("new", "New", 3), OptionFacts("old", "Old", 3)), limit=5),
)
LEAVE = "window.dispatchEvent(new PageTransitionEvent('pagehide', { persisted: true }))"
FIELDS = """() => [...document.querySelector('e2evote-ballot').shadowRoot.querySelectorAll('input')]
  .filter((one) => !['radio', 'checkbox', 'file'].includes(one.type))
  .map((one) => `${one.id} ${one.autocomplete}`)"""


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    facts = {"contests": CONTESTS, "members": 5}
    with site(tmp_path_factory.mktemp("left"), group=TEST_512.name, **facts) as made:
        yield made


def is_left(booth: Booth) -> None:
    """The page is as one that comes back from the memory of the browser."""
    booth.page.evaluate(LEAVE)
    booth.at("You left this page", "left")
    assert booth.page.locator(".screen input").count() == 0


def sealed(tab: Tab, place: Site, number: int) -> Booth:
    booth = Booth(tab)
    booth.open("about:blank")
    booth.open(place.client())
    booth.line(place.letters[number])
    booth.page.check("#option-bob")
    booth.press("Next")
    booth.page.fill("#option-new", "3")
    booth.press("Look over my choices")
    booth.seal()
    return booth


def test_a122_choices_and_codes_leave_with_the_page_and_the_next_ballot_is_empty(
    place: Site, browser: Any, shots: Path
) -> None:
    with tab_of(browser, place, shots) as tab:
        booth = Booth(tab, look=True)
        booth.open(place.client())
        booth.line(place.letters[0])
        booth.page.check("#option-bob")
        is_left(booth)
        booth.press("Begin again")
        booth.line(place.letters[0])
        expect(booth.page.locator("input:checked")).to_have_count(0)
        sealed(tab, place, 0)
        booth.page.click("#cast")
        booth.at("Your codes")
        booth.page.fill("#code-0", place.letters[0].codes[0])
        is_left(booth)
        assert place.letters[0].codes[0] not in booth.page.content()
        booth.press("Begin again")
        booth.at("Your line")


def test_a_receipt_stays_for_its_voter(place: Site, browser: Any, shots: Path) -> None:
    with tab_of(browser, place, shots) as tab:
        booth = sealed(tab, place, 1)
        booth.sign(place.letters[1])
        booth.is_cast()
        booth.page.evaluate(LEAVE)
        booth.is_cast()


def test_a122_no_field_that_holds_a_vote_or_a_code_is_one_that_a_browser_remembers(
    place: Site, browser: Any, shots: Path
) -> None:
    with tab_of(browser, place, shots) as tab:
        booth = Booth(tab)
        booth.open(place.client())
        booth.line(place.letters[2])
        booth.press("Next")
        assert booth.page.evaluate(FIELDS) == ["option-new off", "option-old off"]
        booth.press("Look over my choices")
        booth.seal()
        booth.page.click("#cast")
        booth.at("Your codes")
        assert booth.page.evaluate(FIELDS) == ["code-0 off", "code-1 off"]
