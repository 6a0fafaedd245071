"""A slow or silent server between two steps: no step is taken twice, none is lost, and all can check a challenge.

An answer is held back by the proxy until the test lets it go.
"""

import json
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from browser.booth import Booth
from browser.harness import Site, site, tab_of
from browser.proxy import Cut, Exchange
from browser.story import CONTESTS, FACTS
from e2evote.algebra.parameters import TEST_512

pytestmark = pytest.mark.slow

SILENT = "No answer for now"


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    facts = FACTS | {"members": 8}
    with site(tmp_path_factory.mktemp("steps"), group=TEST_512.name, **facts) as made:
        yield made


def cut(_: Exchange) -> None:
    raise Cut


def test_a121_a_server_that_never_answers_a_challenge_cannot_keep_its_voter_from_checking(
    place: Site, browser: Any, shots: Path
) -> None:
    with tab_of(browser, place, shots, errors=True) as tab, place.proxy.lying("POST", f"{place.api}/challenges", cut):
        booth = Booth(tab, "silent", look=True)
        tracker = booth.ready(place.client(), place.letters[0], ["ada"], ["cyd"])
        tab.page.click("#challenge")
        expect(tab.page.locator(".screen .stage")).to_contain_text("The server does not answer")
        tab.look("silent-challenge")
        file = booth.save("Save the challenge file", place.folder)
    with tab_of(browser, place, shots) as tab:
        booth = Booth(tab)
        booth.open(place.client(check="challenge"))
        booth.check(file, tracker, place.letters[0].line)
        booth.at("The ballot holds these choices")
        assert "Ada <Lovelace> & Co" in booth.words


def test_while_a_challenge_waits_for_its_session_the_ballot_cannot_be_cast(
    place: Site, browser: Any, shots: Path
) -> None:
    go = threading.Event()

    def held(_: Exchange) -> None:
        assert go.wait(60)

    path = f"{place.api}/sessions/open"
    with tab_of(browser, place, shots) as tab, place.proxy.lying("POST", path, held, before=True) as asked:
        booth = Booth(tab)
        booth.ready(place.client(), place.letters[1], ["ada"], [])
        tab.page.click("#challenge")
        expect(booth.heading).to_have_text("One moment")
        assert tab.page.locator("#cast").count() == 0
        go.set()
        booth.at("Your ballot was opened")
        assert len(asked) == 1


def test_while_the_line_is_looked_up_again_the_ballot_cannot_be_challenged(
    place: Site, browser: Any, shots: Path
) -> None:
    letter, go = place.letters[2], threading.Event()

    def held(_: Exchange) -> None:
        assert go.wait(60)

    with tab_of(browser, place, shots) as tab:
        booth = Booth(tab)
        booth.ready(place.client(), letter, ["ada"], [])
        with place.proxy.lying("GET", f"{place.api}/lines/{letter.line}", held, before=True):
            tab.page.click("#cast")
            expect(booth.heading).to_have_text("One moment")
            assert tab.page.locator("#challenge").count() == 0
            go.set()
            booth.at("Your codes")


def test_the_token_of_a_link_is_spent_once_however_often_one_clicks(place: Site, browser: Any, shots: Path) -> None:
    address = place.client(anchors="", session=place.link("a member who clicks twice"))
    path = f"{place.api}/sessions/exchange"
    with tab_of(browser, place, shots) as tab, place.proxy.lying("POST", path, lambda _: None) as asked:
        booth = Booth(tab)
        booth.open(address)
        booth.at("Is this the right selection?")
        tab.page.get_by_role("button", name="It is the same").dblclick()
        booth.at("Your line")
        assert len(asked) == 1
        assert tab.page.get_by_text("was used before").count() == 0


def test_looking_again_at_a_selection_whose_server_is_gone_says_so(place: Site, browser: Any, shots: Path) -> None:
    def not_yet(exchange: Exchange) -> None:
        exchange.body = json.dumps(json.loads(exchange.body) | {"joint_key": None, "phase": "setup"}).encode()

    with tab_of(browser, place, shots, errors=True) as tab:
        booth = Booth(tab)
        with place.proxy.lying("GET", place.api, not_yet):
            booth.open(place.client())
            booth.at("Voting has not begun")
        with place.proxy.lying("GET", place.api, cut):
            booth.press("Look again")
            booth.at(SILENT)
        booth.press("Try again")
        booth.at("Your line")


def test_a_file_of_the_page_that_is_late_is_asked_for_again_and_is_no_accusation(
    place: Site, browser: Any, shots: Path
) -> None:
    with tab_of(browser, place, shots, errors=True) as tab:
        booth = Booth(tab)
        with place.proxy.lying("GET", f"/elections/{place.id}/client/icon.svg", cut):
            booth.open(place.client())
            booth.at(SILENT)
        booth.press("Try again")
        booth.at("Your line")


def test_a121_a_false_word_of_the_last_ballot_is_refused_by_name_without_a_roll(
    tmp_path: Path, browser: Any, shots: Path
) -> None:
    with site(tmp_path, "open-poll", group=TEST_512.name, contests=CONTESTS) as poll:

        def made_up(exchange: Exchange) -> None:
            if exchange.method == "GET" and "/lines/" in exchange.path:
                line = exchange.path.rpartition("/")[2]
                facts = {"line": line, "style": "all", "weight": 1, "keys": [], "mark": None, "ballots": []}
                exchange.status, exchange.body = 200, json.dumps(facts | {"prev": "none"}).encode()

        poll.proxy.after.append(made_up)
        with tab_of(browser, poll, shots) as tab:
            booth = Booth(tab, "own", look=True)
            booth.open(poll.client())
            booth.at("Your key")
            booth.press("Continue")
            booth.choose(["ada"], [])
            booth.seal()
            tab.page.click("#cast")
            booth.at("Sign and cast")
            booth.press("Sign and cast")
            booth.refuses("prev-malformed", "What the server says of the last ballot", "Do not vote on this page")
