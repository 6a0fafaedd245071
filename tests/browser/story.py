"""The selection of the story, and what its voters do: the same with a members' site before it and without."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.sync_api import expect

from browser.booth import Booth
from browser.harness import DESK, PHONE, Site, Tab, tab_of
from browser.keyboard import Keys
from e2evote.adapter.rehearsed_roll import Letter
from e2evote.manifest.draft import ContestFacts, OptionFacts

FAMILY = " of the Very-Long-Surname family"
CONTESTS = (
    ContestFacts(
        "chair",
        {"en": "Who is to be chair?", "cy": "Pwy fydd yn gadeirydd?"},
        (OptionFacts("ada", {"en": "Ada <Lovelace> & Co", "cy": "Ada Lovelace"}), OptionFacts("bob", "Bob Smith")),
    ),
    ContestFacts(
        "committee",
        {"en": "Three members of the committee", "cy": "Tri aelod o’r pwyllgor"},
        tuple(OptionFacts(name, f"{name.title()}{FAMILY}") for name in ("cyd", "dee", "eve", "flo")),
        seats=3,
        limit=3,
    ),
)
FACTS: dict[str, Any] = {
    "contests": CONTESTS,
    "name": {"en": "Election of officers", "cy": "Ethol swyddogion"},
    "members": 5,
    "channels": ("online", "postal"),
}


@dataclass(frozen=True, slots=True)
class Told:
    """What voters have noted: the tracker of a ballot that was replaced, and of the one that replaced it."""

    letter: Letter
    first: str
    last: str


def with_a_keyboard(place: Site, browser: Any, shots: Path, letter: Letter, address: str) -> str:
    """A ballot for Bob and a blank one, without any mouse; the tracker."""
    with tab_of(browser, place, shots) as tab:
        booth, keys = Booth(tab, "keyboard"), Keys(tab)
        booth.open(address)
        keys.at_heading(booth, "Your line")
        keys.to("#line")
        keys.press("Enter")
        booth.complains("A line is a number")
        keys.to("#line")
        keys.write(letter.line)
        keys.press("Enter")
        keys.at_heading(booth, "Who is to be chair?")
        keys.to("#option-ada")
        keys.press("Space", "ArrowDown")
        expect(tab.page.locator("#option-bob")).to_be_checked()
        keys.to("Next")
        keys.press("Enter")
        keys.at_heading(booth, "Three members of the committee")
        keys.to("#blank")
        keys.press("Space")
        keys.press("Enter")
        keys.at_heading(booth, "Look over your choices")
        keys.to("Encrypt my ballot")
        keys.press("Enter")
        keys.at_heading(booth, "Your ballot is encrypted")
        tracker = str(tab.page.locator(".screen .groups").inner_text()).replace("\n", "")
        keys.to("#cast")
        keys.press("Enter")
        keys.at_heading(booth, "Your codes")
        for number, code in enumerate(letter.codes):
            keys.to(f"#code-{number}")
            keys.write(code.lower().replace("-", " "))
        keys.press("Enter")
        keys.at_heading(booth, "Your ballot is cast")
        keys.to("#board")
        keys.press("Enter")
        keys.at_heading(booth, "Your ballot is on the board")
    return tracker


def votes_twice(place: Site, browser: Any, shots: Path, letter: Letter, address: str) -> Told:
    """First for Ada; then, in another tab, for Bob. The first receipt is checked on another device."""
    with tab_of(browser, place, shots) as tab:
        booth = Booth(tab, "desk", look=True)
        first = booth.vote(address, letter, ["ada"], ["cyd", "dee", "eve"])
        expect(tab.page.locator("#compared")).to_contain_text("is the latest valid one of your line")
        receipt = booth.save("Save the receipt", place.folder)
        booth.press("Compare with the public board")
        booth.at("Your ballot is on the board", "board")
    with tab_of(browser, place, shots, width=PHONE) as tab:
        booth = Booth(tab, "checker", look=True)
        booth.open(place.client(check="receipt"))
        booth.at("Check a receipt", "receipt-form")
        booth.check(receipt, first.lower(), letter.line)
        booth.at("The receipt holds", "receipt-good")
    with tab_of(browser, place, shots, width=PHONE, color_scheme="dark") as tab:
        booth = Booth(tab, "again-dark", look=True)
        last = booth.vote(place.client(), letter, ["bob"], ["cyd"], again=True)
    assert first != last
    return Told(letter, first, last)


def challenges_then_votes(place: Site, browser: Any, shots: Path, letter: Letter, address: str) -> tuple[str, str]:
    """A ballot is opened and checked in another browser; then one is cast. Both trackers. address: with a session."""
    with tab_of(browser, place, shots, width=PHONE) as tab:
        booth = Booth(tab, "phone", look=True)
        opened = booth.ready(address, letter, ["ada"], ["flo", "dee"])
        tab.page.click("#challenge")
        booth.at("Your ballot was opened", "challenged")
        file = booth.save("Save the challenge file", place.folder)
        there = str(tab.page.locator(".check-address a").get_attribute("href"))
        checked_elsewhere(place, browser, shots, letter, opened, (there, file))
        booth.press("Begin with an empty ballot")
        booth.line(letter)
        assert tab.page.locator(".options input:checked").count() == 0
        booth.choose(["bob"], [""])
        cast = booth.seal()
        booth.sign(letter)
        booth.is_cast()
    return opened, cast


def checked_elsewhere(
    place: Site, browser: Any, shots: Path, letter: Letter, tracker: str, taken: tuple[str, Path]
) -> None:
    """The second browser: it shows what the first has encrypted, and refuses another tracker. taken: address, file."""
    there, file = taken
    with tab_of(browser, place, shots, width=DESK) as tab:
        booth = Booth(tab, "second", look=True)
        booth.open(there)
        booth.at("Check a challenged ballot", "form")
        booth.check(file, tracker, str(int(letter.line)))
        booth.at("The ballot holds these choices", "good")
        chosen = tab.page.locator(".chosen li").all_inner_texts()
        assert chosen == ["Ada <Lovelace> & Co", *(f"{name}{FAMILY}" for name in ("Dee", "Flo"))]
        booth.press("Check another file")
        other = tracker[:-1] + ("0" if tracker[-1] != "0" else "1")
        booth.check(file, other)
        booth.at("This ballot is not what it says", "bad")
        assert "challenge.tracker" in tab.page.locator(".checks .failed").all_inner_texts()[0]


def look_up(tab: Tab, place: Site, line: str, tracker: str, answer: str, name: str) -> None:
    """The page for looking up a ballot; what it says in bold."""
    tab.page.goto(place.page("tracker"))
    tab.page.fill("#line", line)
    tab.page.fill("#tracker", tracker)
    with tab.page.expect_navigation():
        tab.page.click("main button")
    expect(tab.page.locator(".answer strong").first).to_have_text(answer)
    tab.page.screenshot(path=tab.shots / f"{name}.png", full_page=True)
