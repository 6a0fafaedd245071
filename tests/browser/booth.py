"""The ballot page as a voter goes through it, screen by screen; each method waits until its screen is there."""

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from playwright.sync_api import expect

from browser.harness import Tab
from e2evote.adapter.rehearsed_roll import Letter

LONG = 60_000
"""Milliseconds for what waits for the server or for arithmetic."""


class Booth:
    """The page in a tab. look: whether every screen is looked at by axe, and a picture of it taken."""

    def __init__(self, tab: Tab, name: str = "", *, look: bool = False) -> None:
        self.tab, self.page = tab, tab.page
        self._name, self._look = name, look

    # What is seen

    @property
    def heading(self) -> Any:
        return self.page.locator(".screen .heading")

    @property
    def words(self) -> str:
        return str(self.page.locator(".screen").inner_text())

    def at(self, title: str | re.Pattern[str], name: str = "", *, timeout: int = LONG) -> None:
        """This screen is shown now."""
        expect(self.heading).to_have_text(title, timeout=timeout)
        if name and self._look:
            self.tab.look(f"{self._name}-{name}")

    def complains(self, words: str, name: str = "complaint") -> None:
        """The form is not taken, and says why."""
        expect(self.page.locator(".errors")).to_contain_text(words)
        if self._look:
            self.tab.look(f"{self._name}-{name}")

    def refuses(self, code: str, sentence: str, next_step: str, *, title: str = "This cannot go on") -> None:
        """The page stops, by this name; nothing on it says that something was cast."""
        expect(self.page.locator(".screen code.name")).to_have_text(code, timeout=LONG)
        expect(self.heading).to_have_text(title)
        expect(self.page.locator(".screen.stop")).to_contain_text(sentence)
        expect(self.page.locator(".screen .next")).to_contain_text(next_step)
        assert not re.search(r"\b(is|was) cast\b|receipt holds|counts for your line", self.words), self.words
        if self._look:
            self.tab.look(f"{self._name}-{code}")

    # What is done

    def open(self, address: str) -> None:
        self.page.goto(address)

    def press(self, label: str) -> None:
        self.page.locator(".screen").get_by_role("button", name=label, exact=True).click()

    def line(self, letter: Letter, *, again: bool = False) -> None:
        """The number of the line; again: it has voted before."""
        self.at("Your line", "line")
        self.page.fill("#line", str(int(letter.line)))
        self.press("Continue")
        if again:
            self.at(f"Line {letter.line} has voted before", "again")
            self.press("Vote again")

    def choose(self, *contests: Sequence[str]) -> None:
        """Options by their ids, contest by contest, "" for a blank vote; then the review."""
        for place, options in enumerate(contests):
            expect(self.page.locator(".screen .heading + .hint")).to_contain_text(f"Contest {place + 1} of")
            for option in options:
                self.page.check(f"#option-{option}" if option else "#blank")
            if self._look:
                self.tab.look(f"{self._name}-contest-{place + 1}")
            self.press("Next" if place + 1 < len(contests) else "Look over my choices")
        self.at("Look over your choices", "review")

    def seal(self) -> str:
        """Encrypts; the tracker."""
        self.press("Encrypt my ballot")
        self.at("Your ballot is encrypted", "decision")
        return str(self.page.locator(".screen .groups").inner_text()).replace("\n", "")

    def sign(self, letter: Letter) -> None:
        """Says cast, and gives the codes."""
        self.page.click("#cast")
        self.at("Your codes", "codes")
        for place, code in enumerate(letter.codes):
            self.page.fill(f"#code-{place}", code)
        self.press("Sign and cast")

    def ready(self, address: str, letter: Letter, *contests: Sequence[str], again: bool = False) -> str:
        """Up to the decision; the tracker."""
        self.open(address)
        self.line(letter, again=again)
        self.choose(*contests)
        return self.seal()

    def hurry(self) -> None:
        """Tries now, if the page has not just done so by itself."""
        button = "document.querySelector('e2evote-ballot').shadowRoot.querySelector('#send-now')"
        self.page.evaluate(f"{button}?.click()")

    def is_cast(self) -> None:
        self.at("Your ballot is cast", "receipt")

    def vote(self, address: str, letter: Letter, *contests: Sequence[str], again: bool = False) -> str:
        """The whole way to the receipt; the tracker."""
        tracker = self.ready(address, letter, *contests, again=again)
        self.sign(letter)
        self.is_cast()
        return tracker

    def save(self, label: str, folder: Path) -> Path:
        """What the page gives to keep, as a file."""
        with self.page.expect_download() as saving:
            self.press(label)
        path = folder / str(saving.value.suggested_filename)
        saving.value.save_as(path)
        return path

    def check(self, file: Path, tracker: str, line: str = "") -> None:
        """The form of the pages for checking, filled in and sent."""
        self.page.set_input_files("#file", file)
        self.page.fill("#tracker", tracker)
        self.page.fill("#line", line)
        self.press("Check")
