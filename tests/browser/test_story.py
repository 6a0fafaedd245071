"""A selection from its roll to its report in a browser, against the real server, by every kind of voter."""

import time
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from browser.booth import Booth
from browser.harness import PHONE, Site, site, tab_of
from browser.story import FACTS, challenges_then_votes, look_up, votes_twice, with_a_keyboard
from e2evote.adapter.election import Election
from e2evote.algebra.parameters import TEST_512
from e2evote.verify import Verdict, decode_anchors, verify_record

pytestmark = pytest.mark.slow

PAPER = {"chair": {"ada": 1, "bob": 0, "": 0}, "committee": {"cyd": 1, "dee": 0, "eve": 0, "flo": 1, "": 0}}
TOTALS = {"chair": {"ada": 1, "bob": 3, "": 0}, "committee": {"cyd": 2, "dee": 0, "eve": 0, "flo": 1, "": 2}}
"""Line 1: Bob, Cyd. Line 2: Bob, blank. Line 3: Bob, blank. Line 4 by post: Ada, Cyd and Flo."""


def test_a_selection_goes_from_its_roll_to_its_report_in_a_browser(tmp_path: Path, browser: Any, shots: Path) -> None:
    with site(tmp_path, opened=False, group=TEST_512.name, witnesses=3, **FACTS) as place:
        not_yet_open(place, browser, shots)
        first, second, third, fourth, _ = place.letters
        told = votes_twice(place, browser, shots, first, place.client())
        by_key = with_a_keyboard(place, browser, shots, second, place.client())
        linked = place.client(session=place.link("a member of the society"))
        opened, cast = challenges_then_votes(place, browser, shots, third, linked)
        place.act("channel-marks", {"line": fourth.line, "channel": "postal"}, "ballot:submit")
        voted_on_paper(place, browser, shots)
        with tab_of(browser, place, shots, java_script_enabled=False) as tab:
            for line, tracker, answer in (
                (first.line, told.first, "Superseded."),
                (first.line, told.last, "Recorded."),
                (second.line, by_key, "Recorded."),
                (third.line, opened, "Challenged."),
                (third.line, told.last, "Not there."),
            ):
                look_up(tab, place, line, tracker, answer, f"tracker-{answer[:-1].lower().replace(' ', '-')}")
        place.act("transitions", {"to": "closed"}, "election:admin")
        is_over(place, browser, shots)
        place.act("channel-marks", {"channel": "postal", "votes": PAPER}, "ballot:submit")
        place.act("transitions", {"to": "tallied"}, "election:admin")
        scrutineer_signs(place)
        with tab_of(browser, place, shots, java_script_enabled=False, width=PHONE, color_scheme="dark") as tab:
            look_up(tab, place, third.line, cast, "Counted.", "tracker-counted")
        results(place, browser, shots)
        every_check(place, browser, shots)
        assert_good_record(place, tmp_path)


def not_yet_open(place: Site, browser: Any, shots: Path) -> None:
    """Nobody is asked for anything before voting is open; then the page goes on without being loaded again."""
    with tab_of(browser, place, shots) as tab:
        booth = Booth(tab, "before", look=True)
        booth.open(place.page("client/#allow-test-group="))
        booth.at("Voting has not begun", "setup")
        place.act("transitions", {"to": "open"}, "election:admin")
        booth.press("Look again")
        booth.at("Is this the right selection?", "compare")
        booth.press("It is the same")
        booth.at("Your line")


def voted_on_paper(place: Site, browser: Any, shots: Path) -> None:
    with tab_of(browser, place, shots) as tab:
        booth = Booth(tab, "marked", look=True)
        booth.open(place.client(line=place.letters[3].line))
        booth.at("Your line")
        booth.press("Continue")
        booth.at(f"Line {place.letters[3].line} has voted on paper", "marked")


def is_over(place: Site, browser: Any, shots: Path) -> None:
    with tab_of(browser, place, shots, width=PHONE) as tab:
        booth = Booth(tab, "after", look=True)
        booth.open(place.client(lang="cy"))
        booth.at("Mae’r pleidleisio ar ben", "closed")
    with tab_of(browser, place, shots, width=PHONE, java_script_enabled=False) as tab:
        tab.page.goto(place.client())
        expect(tab.page.get_by_text("JavaScript is switched off, or the browser")).to_be_visible(timeout=20_000)


def scrutineer_signs(place: Site) -> None:
    """The scrutineer verifies and signs with the server away; it has the page when it is back."""
    place.stop()
    with Election.open_store(place.store, allow_test_group=True) as election:
        page = election.sign_report()
    (place.store / "reports").mkdir()
    (place.store / "reports" / "report.html").write_bytes(page)
    place.start()


def results(place: Site, browser: Any, shots: Path) -> None:
    """The result and the scrutineer's report, as anybody sees them."""
    with tab_of(browser, place, shots) as tab:
        tab.page.goto(place.page("result"))
        tab.look("result")
        for number, contest in enumerate(TOTALS.values(), 1):
            rows = tab.page.locator(f"section[aria-labelledby=contest-{number}] tbody tr td:last-child")
            assert [int(text) for text in rows.all_inner_texts()] == list(contest.values())
        tab.page.goto(place.page("report"))
        tab.look("report")
        with tab.page.expect_navigation():
            tab.page.click("main a.button")
        assert "Scrutineer's report" in tab.page.locator("header").inner_text()
        tab.page.screenshot(path=shots / "signed-report.png", full_page=True)
        tab.page.go_back()


def every_check(place: Site, browser: Any, shots: Path) -> None:
    """The audit page comes to its end, and has a state for every check: none has failed."""
    with tab_of(browser, place, shots, width=PHONE) as tab:
        until = time.monotonic() + 60
        while not tab.page.locator(".checks").count():
            assert time.monotonic() < until
            tab.page.goto(place.page("audit"))
        expect(tab.page.locator(".answer.good strong").first).to_be_visible()
        assert tab.page.locator("td.state.pass").count() > 50
        assert tab.page.locator("td.state.fail").count() == 0
        tab.look("audit")


def assert_good_record(place: Site, folder: Path) -> None:
    """The record that anybody downloads verifies against the anchors, and says what was voted."""
    archive = folder / "record.zip"
    archive.write_bytes(place.get("/record.zip").body)
    anchors = decode_anchors((place.store / "anchors.json").read_bytes())
    report = verify_record(archive, anchors, allow_test_group=True)
    assert report.verdict in (Verdict.ACCEPTED, Verdict.CONSISTENT), report
    votes: dict[str, dict[str, int]] = {contest: dict.fromkeys(options, 0) for contest, options in TOTALS.items()}
    for cell in place.get("/result").json["cells"]:
        votes[cell["contest"]][cell["option"]] += cell["votes"]
    assert votes == TOTALS
