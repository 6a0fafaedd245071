"""What a voter sees when the server dies or the network goes while a ballot is on its way: always a clear next step."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from browser.booth import LONG, Booth
from browser.harness import PHONE, Site, site, tab_of
from browser.proxy import Cut, Exchange
from browser.story import FACTS
from e2evote.algebra.parameters import TEST_512

pytestmark = pytest.mark.slow

NOT_YET = "Your ballot is not cast yet"


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with site(tmp_path_factory.mktemp("network"), group=TEST_512.name, **FACTS) as made:
        yield made


def lost(booth: Booth) -> None:
    """The page says that nothing is cast, and that the same is sent again."""
    booth.at(NOT_YET)
    expect(booth.page.locator(".stage")).to_contain_text("sends the same ballot again", timeout=LONG)
    expect(booth.page.locator(".stage")).to_contain_text("not cast yet")


@pytest.mark.parametrize("moment", ["before it has arrived", "after it was stored"])
def test_a_server_that_is_killed_gets_the_same_bytes_again(place: Site, browser: Any, shots: Path, moment: str) -> None:
    letter = place.letters[0 if moment.startswith("before") else 1]

    def dies(exchange: Exchange) -> None:
        if moment.startswith("after"):
            assert exchange.status == 201
        place.kill()
        raise Cut

    with tab_of(browser, place, shots, width=PHONE, errors=True) as tab:
        booth = Booth(tab, f"killed-{moment.split()[0]}")
        tracker = booth.ready(place.client(), letter, ["ada"], ["cyd"])
        begin = len(place.proxy.passed)
        with place.proxy.lying("POST", f"{place.api}/ballots", dies, before=moment.startswith("before")) as lied:
            booth.sign(letter)
            lost(booth)
        assert len(lied) == 1
        tab.look(f"killed-{moment.split()[0]}")
        place.start()
        booth.hurry()
        booth.is_cast()
    sent = [one.asked for one in place.proxy.passed[begin:] if one.method == "POST"]
    assert len(sent) >= 2
    assert len(set(sent)) == 1, "the very same bytes, and nothing else"
    (ballot,) = place.get(f"/lines/{letter.line}").json["ballots"]
    assert (ballot["tracker"], ballot["status"]) == (tracker, "recorded")


def test_a_page_without_network_says_so_and_the_saved_ballot_is_sent_from_elsewhere(
    place: Site, browser: Any, shots: Path
) -> None:
    letter = place.letters[2]
    with tab_of(browser, place, shots, errors=True) as tab:
        booth = Booth(tab, "offline")
        tracker = booth.ready(place.client(), letter, ["bob"], ["dee"])
        tab.page.click("#cast")
        booth.at("Your codes")
        tab.page.context.set_offline(True)
        for number, code in enumerate(letter.codes):
            tab.page.fill(f"#code-{number}", code)
        booth.press("Sign and cast")
        lost(booth)
        tab.look("offline")
        file = booth.save("Save the signed ballot", place.folder)
    assert "votes" not in file.read_text()
    assert place.get(f"/lines/{letter.line}").json["ballots"] == []
    for _ in range(2):
        with tab_of(browser, place, shots, width=PHONE) as tab:
            booth = Booth(tab, "sent-later", look=True)
            booth.open(place.client(check="send"))
            booth.at("Send a saved ballot", "form")
            tab.page.set_input_files("#file", file)
            booth.press("Send it")
            booth.is_cast()
    (ballot,) = place.get(f"/lines/{letter.line}").json["ballots"]
    assert ballot["tracker"] == tracker


def test_without_network_at_the_decision_nothing_is_lost(place: Site, browser: Any, shots: Path) -> None:
    letter = place.letters[3]
    with tab_of(browser, place, shots, errors=True) as tab:
        booth = Booth(tab, "decision-offline", look=True)
        booth.ready(place.client(), letter, ["bob"], ["dee"])
        tab.page.context.set_offline(True)
        tab.page.click("#cast")
        booth.refuses("no-answer", "does not answer", "Nothing is lost", title="No answer for now")
        tab.page.context.set_offline(False)
        booth.press("Try again")
        booth.at("Your codes")
        for number, code in enumerate(letter.codes):
            tab.page.fill(f"#code-{number}", code)
        booth.press("Sign and cast")
        booth.is_cast()


def test_an_answer_that_promises_a_receipt_is_not_one(place: Site, browser: Any, shots: Path) -> None:
    """202: durable, but not confirmed. The page asks until there is a receipt."""
    letter = place.letters[4]
    stored = {"status": "stored", "detail": "waits", "submission": "ab" * 32}

    def rule(exchange: Exchange) -> None:
        exchange.status, exchange.body = 202, json.dumps(stored).encode()

    asks = f"{place.api}/submissions/{stored['submission']}"
    with tab_of(browser, place, shots, errors=True) as tab:
        booth = Booth(tab, "stored")
        booth.ready(place.client(), letter, ["bob"], ["dee"])
        with (
            place.proxy.lying("POST", f"{place.api}/ballots", rule),
            place.proxy.lying("GET", asks, rule) as asked,
        ):
            booth.sign(letter)
            booth.at(NOT_YET)
            expect(tab.page.locator(".stage")).to_contain_text("confirmation of witnesses", timeout=LONG)
            tab.look("stored")
            booth.hurry()
            tab.until(lambda: asked)
            tab.page.wait_for_timeout(200)
            booth.at(NOT_YET)
        booth.hurry()
        booth.is_cast()
    assert len(place.get(f"/lines/{letter.line}").json["ballots"]) == 1
