"""A dishonest server after the ballot was signed: other receipts, none, or a challenge that it calls cast.

The page names what it refuses, says nowhere that the ballot is cast, and what it says to do next is right.
"""

import base64
import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from browser.booth import Booth
from browser.harness import Site, site, tab_of
from browser.proxy import Exchange
from browser.story import FACTS
from e2evote.algebra.parameters import TEST_512

pytestmark = pytest.mark.slow

NO_RECEIPT = "is no valid receipt"
LOOK = "look up your ballot from another device, and tell the tellers"
BAD = "This receipt does not hold"


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    facts = FACTS | {"members": 12}
    with site(tmp_path_factory.mktemp("answers"), group=TEST_512.name, witnesses=3, **facts) as made:
        yield made


@pytest.fixture(scope="module")
def earlier(place: Site, browser: Any, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Receipts of ballots that were cast before: of the voter with line 1, and of the one with line 2."""
    found = {}
    with tab_of(browser, place, tmp_path_factory.mktemp("earlier")) as tab:
        for letter in place.letters[:2]:
            tab.page.goto("about:blank")
            tracker = Booth(tab).vote(place.client(), letter, ["ada"], ["cyd"])
            (ballot,) = place.get(f"/lines/{letter.line}/ballots/{tracker}").json["ballots"]
            found[letter.line] = ballot["receipt"]
    return found


def answered(change: Callable[[dict[str, Any]], dict[str, Any]]) -> Callable[[Exchange], None]:
    """A rule that changes the members of an accepting answer."""

    def rule(exchange: Exchange) -> None:
        assert exchange.status == 201, exchange.body
        exchange.body = json.dumps(change(json.loads(exchange.body))).encode()

    return rule


def false_signature(receipt: str) -> str:
    """The first signature, which is the log's, with a bit turned in it."""

    def turned(found: re.Match[str]) -> str:
        data = bytearray(base64.b64decode(found[2]))
        data[-1] ^= 1
        return f"{found[1]}{base64.b64encode(data).decode()}"

    changed, count = re.subn(r"(— \S+ )(\S+)", turned, receipt, count=1)
    assert count == 1
    return changed


def without_witnesses(receipt: str) -> str:
    """Only the log's signature is left."""
    lines = receipt.splitlines()
    signed = [line for line in lines if line.startswith("— ")]
    assert len(signed) >= 3
    return "\n".join(line for line in lines if line not in signed[1:]) + "\n"


def other_path(receipt: str) -> str:
    """A hash of the path from the entry to the checkpoint is another."""
    lines = receipt.splitlines()
    place = max(i for i, line in enumerate(lines[: lines.index("")]) if re.fullmatch(r"[A-Za-z0-9+/]{43}=", line))
    data = bytearray(base64.b64decode(lines[place]))
    data[0] ^= 1
    lines[place] = base64.b64encode(data).decode()
    return "\n".join(lines) + "\n"


FALSE = {
    "receipt-log-signature": (false_signature, "not signed by the log"),
    "receipt-quorum": (without_witnesses, "Not enough witnesses"),
    "receipt-inclusion": (other_path, "does not show that the ballot is on the board"),
    "receipt-malformed": (lambda _: "cast\n", "This is no receipt"),
}


def stopped(
    place: Site,
    browser: Any,
    shots: Path,
    letter_number: int,
    rule: Callable[[Exchange], None],
    *told: str,
    **title: str,
) -> None:
    """A ballot is signed and sent, the answer is false, and the page refuses it; the signed ballot can be kept."""
    letter = place.letters[letter_number]
    again = bool(place.get(f"/lines/{letter.line}").json["ballots"])
    with place.proxy.lying("POST", f"{place.api}/ballots", rule) as lied, tab_of(browser, place, shots) as tab:
        booth = Booth(tab, "answer", look=True)
        booth.ready(place.client(), letter, ["bob"], ["dee"], again=again)
        booth.sign(letter)
        booth.refuses(*told, **title)
        assert lied
        kept = json.loads(booth.save("Save the signed ballot", place.folder).read_bytes())
        assert (kept["leaf"], kept["payload"]) == (_sent(lied)["leaf"], _sent(lied)["payload"])


def _sent(lied: list[Exchange]) -> dict[str, str]:
    members = json.loads(lied[-1].asked)
    assert isinstance(members, dict)
    return members


@pytest.mark.parametrize("code", FALSE)
def test_a121_a_receipt_that_does_not_hold_is_refused_by_name(
    place: Site, browser: Any, shots: Path, code: str
) -> None:
    change, sentence = FALSE[code]
    rule = answered(lambda answer: answer | {"receipt": change(answer["receipt"])})
    number = 3 + list(FALSE).index(code)
    stopped(place, browser, shots, number, rule, code, sentence, LOOK, title=BAD)


@pytest.mark.parametrize("whose", ["an earlier ballot of the line", "the ballot of another line"])
def test_a121_a_receipt_of_another_ballot_is_refused(
    place: Site, browser: Any, shots: Path, earlier: dict[str, str], whose: str
) -> None:
    """The server drops the ballot, or exchanges it, and shows a receipt that is good, but of another ballot."""
    mine, theirs = place.letters[0].line, place.letters[1].line
    shown = earlier[mine if whose.startswith("an earlier") else theirs]

    def rule(exchange: Exchange) -> None:
        exchange.status = 201
        exchange.headers = {"content-type": "application/json"}
        exchange.body = json.dumps({"status": "accepted", "index": 1, "again": False, "receipt": shown}).encode()

    before = place.get("").json["size"]
    letter = place.letters[0]
    with (
        place.proxy.lying("POST", f"{place.api}/ballots", rule, before=True) as lied,
        tab_of(browser, place, shots) as tab,
    ):
        booth = Booth(tab, whose.split()[1], look=True)
        booth.ready(place.client(), letter, ["bob"], ["dee"], again=True)
        booth.sign(letter)
        booth.refuses("receipt-other-entry", "of another ballot", LOOK, title=BAD)
        booth.save("Save the answer that was refused", place.folder)
    assert len(lied) == 1
    assert place.get("").json["size"] == before


def test_a121_an_answer_without_a_receipt_says_nothing(place: Site, browser: Any, shots: Path) -> None:
    rule = answered(lambda answer: {name: answer[name] for name in ("status", "index", "again")})
    stopped(place, browser, shots, 7, rule, "receipt-malformed", "This is no receipt", LOOK, title=BAD)


def test_a_stale_prev_gets_no_ballot_in_and_says_that_another_came_first(
    place: Site, browser: Any, shots: Path, earlier: dict[str, str]
) -> None:
    """The server hides a ballot of the line, so that the next one names a wrong predecessor."""
    letter = place.letters[0]
    assert earlier

    def rule(exchange: Exchange) -> None:
        exchange.body = json.dumps(json.loads(exchange.body) | {"ballots": [], "prev": "0" * 64}).encode()

    with (
        place.proxy.lying("GET", f"{place.api}/lines/{letter.line}", rule),
        tab_of(browser, place, shots, errors=True) as tab,
    ):
        booth = Booth(tab, "stale", look=True)
        booth.ready(place.client(), letter, ["bob"], ["dee"])
        booth.sign(letter)
        title = "Another ballot of your line came first"
        booth.refuses("stale-prev", "So this one was not taken", "begin again", title=title)


def test_a121_a_ballot_that_was_taken_but_will_not_count_is_not_shown_as_cast(
    place: Site, browser: Any, shots: Path, earlier: dict[str, str]
) -> None:
    """The server names a wrong predecessor and its log signs for the ballot: the receipt is good, the vote is lost."""
    letter = place.letters[1]
    (before,) = place.get(f"/lines/{letter.line}").json["ballots"]

    def rule(exchange: Exchange) -> None:
        exchange.body = json.dumps(json.loads(exchange.body) | {"ballots": [], "prev": "0" * 64}).encode()

    place.stop()
    place.program = (str(Path(__file__).with_name("careless_box.py")),)
    place.start()
    try:
        with (
            place.proxy.lying("GET", f"{place.api}/lines/{letter.line}", rule),
            tab_of(browser, place, shots) as tab,
        ):
            booth = Booth(tab, "lost", look=True)
            booth.ready(place.client(), letter, ["bob"], ["dee"])
            booth.sign(letter)
            booth.at("Your ballot does not count", "invalid")
            expect(booth.page.locator(".screen.stop")).to_contain_text("Vote again, and tell those who run")
            assert "is cast" not in booth.words
            booth.save("Save the receipt", place.folder)
        ballots = place.get(f"/lines/{letter.line}").json["ballots"]
        assert [one["status"] for one in ballots] == ["recorded", "invalid"]
        assert ballots[0]["tracker"] == before["tracker"]
    finally:
        place.stop()
        place.program = ("-m", "e2evote")
        place.start()


def problem(code: str, status: int) -> Callable[[Exchange], None]:
    """A rule that answers with this problem, and never asks the server."""

    def rule(exchange: Exchange) -> None:
        members = {"type": f"urn:e2evote:problem:{code}", "title": code, "status": status, "code": code, "detail": code}
        exchange.status, exchange.headers = status, {"content-type": "application/problem+json"}
        exchange.body = json.dumps(members).encode()

    return rule


def test_a121_a_challenge_that_the_server_calls_cast_is_not_shown_as_cast(
    place: Site, browser: Any, shots: Path
) -> None:
    letter = place.letters[8]
    with (
        place.proxy.lying("POST", f"{place.api}/challenges", problem("already-cast", 409), before=True) as lied,
        tab_of(browser, place, shots, errors=True) as tab,
    ):
        booth = Booth(tab, "called-cast", look=True)
        tracker = booth.ready(place.client(), letter, ["ada"], ["dee"])
        tab.page.click("#challenge")
        booth.refuses("already-cast", "The server says", "tell those who run the selection")
        assert "signed" not in json.loads(lied[0].asked)["leaf"]
        file = booth.save("Save the challenge file", place.folder)
        booth.open(place.client(check="challenge"))
        booth.at("Check a challenged ballot")
        booth.check(file, tracker, letter.line)
        booth.at("The ballot holds these choices")
    assert place.get(f"/lines/{letter.line}").json["ballots"] == []


def test_a121_a_challenge_is_not_taken_for_a_ballot_by_a_receipt_of_one(
    place: Site, browser: Any, shots: Path, earlier: dict[str, str]
) -> None:
    """Whatever the server answers to a challenge, the page says that nothing is cast, and that one has not voted."""
    letter = place.letters[9]
    rule = answered(lambda answer: answer | {"receipt": earlier[place.letters[1].line], "status": "accepted"})
    with place.proxy.lying("POST", f"{place.api}/challenges", rule) as lied, tab_of(browser, place, shots) as tab:
        booth = Booth(tab)
        booth.ready(place.client(), letter, ["ada"], ["dee"])
        tab.page.click("#challenge")
        booth.refuses("receipt-other-entry", "of another ballot", LOOK, title=BAD)
        assert lied
        booth.save("Save the challenge file", place.folder)


def test_a121_a_board_that_is_not_what_the_log_has_signed_is_told_at_once(
    place: Site, browser: Any, shots: Path
) -> None:
    """Of the board that the page reads after a cast one ballot is another; the receipt itself is good."""
    letter = place.letters[10]

    def rule(exchange: Exchange) -> None:
        if "/board/tile/entries/" in exchange.path and b'"tracker":"' in exchange.body:
            begin, _, end = exchange.body.rpartition(b'"tracker":"')
            digit = b"1" if end[:1] == b"0" else b"0"
            exchange.body = begin + b'"tracker":"' + digit + end[1:]

    place.proxy.after.append(rule)
    try:
        with tab_of(browser, place, shots) as tab:
            booth = Booth(tab, "board", look=True)
            booth.ready(place.client(), letter, ["bob"], ["dee"])
            booth.sign(letter)
            booth.at("The public board does not hold", "false")
            assert "is cast" not in booth.words
            booth.save("Save the receipt", place.folder)
    finally:
        place.proxy.after.remove(rule)
