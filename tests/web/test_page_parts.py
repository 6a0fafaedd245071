"""The parts of the ballot page that need no page: what a link says, what may be chosen, and how often a ballot is sent.

They are called in the built module, as pages serve it.
"""

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.web.client import BUILT, Client, node_or_skip

HASH = "ab" * 32
PAGE = "https://vote.example/sub/elections/spring/client/"
API = "https://vote.example/sub/v1/elections/spring/"
ONE = {"id": "chair", "limit": 1, "blank": True, "options": [{"id": "ada", "limit": 1}, {"id": "bob", "limit": 1}]}
TWO = {**ONE, "limit": 2, "options": [{"id": name, "limit": 1} for name in ("ada", "bob", "cai")]}
POINTS = {**ONE, "limit": 5, "blank": False, "options": [{"id": "roof", "limit": 3}, {"id": "hall", "limit": 3}]}


@pytest.fixture(scope="module")
def page() -> Iterator[Client]:
    driver = str(Path(__file__).with_name("drive_page.mjs"))
    process = subprocess.Popen(
        [node_or_skip(), driver, str(BUILT)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1
    )
    client = Client(process)
    yield client
    client.stop()


@pytest.mark.parametrize(
    "fragment",
    [
        f"#anchors={HASH}",
        f"#anchors={HASH}-{HASH[:-1]}",
        f"#anchors={HASH}-{HASH.upper()}",
        f"#anchors={HASH}-{HASH}&anchors={HASH}-{HASH}",
        "#session=a b",
        "#session=" + "a" * 4097,
        "#check=audit",
    ],
)
def test_a_link_that_is_cut_off_or_doubled_is_refused_and_never_opened_unanchored(page: Client, fragment: str) -> None:
    assert page.refusal("wishes", hash=fragment) == "link-malformed"


def test_a_whole_link_gives_its_parts_and_foreign_ones_are_passed_over(page: Client) -> None:
    wishes = page.call("wishes", hash=f"#anchors={HASH}-{HASH}&session=T0k.en&line=17&lang=cy&utm_source=mail")
    assert wishes["anchors"] == {"baseHash": HASH, "extendedBaseHash": HASH}
    assert (wishes["session"], wishes["line"], wishes["lang"], wishes["check"]) == ("T0k.en", "17", "cy", "")
    assert wishes["allowTestGroup"] is False


def test_a122_token_and_line_leave_the_address_bar_and_the_anchors_stay(page: Client) -> None:
    fragment = f"#session=T0ken&line=17&anchors={HASH}-{HASH}&lang=cy"
    assert page.call("lasting", hash=fragment) == f"#anchors={HASH}-{HASH}&lang=cy"
    assert page.call("lasting", hash="#session=T0ken&line=17") == ""


def test_the_api_is_found_beside_the_page_in_any_folder(page: Client) -> None:
    for here in (PAGE, PAGE + "index.html"):
        assert page.call("api", wished="", page=here) == API
    assert page.call("pages", api=API) == "https://vote.example/sub/elections/spring/"
    assert page.call("api", wished=API[:-1], page="http://localhost/here/") == API


@pytest.mark.parametrize(
    "wished", ["javascript:alert(1)", "https://a:b@vote.example/x/", "ftp://vote.example/", API + "?x"]
)
def test_a121_an_api_that_is_no_plain_web_address_is_refused(page: Client, wished: str) -> None:
    assert page.refusal("api", wished=wished, page=PAGE) == "link-malformed"


def test_a_page_in_another_place_does_not_guess_its_api(page: Client) -> None:
    assert page.refusal("api", wished="", page="https://vote.example/ballot/") == "no-api"


@pytest.mark.parametrize(("text", "line"), [("17", "0000017"), (" 00-17 ", "0000017"), ("9999999", "9999999")])
def test_a_line_is_read_however_it_is_written(page: Client, text: str, line: str) -> None:
    assert page.call("line", text=text) == line


@pytest.mark.parametrize("text", ["", "0", "0000000", "12345678", "1.5", "-", "17a", "١٧"])
def test_what_is_no_line_is_none(page: Client, text: str) -> None:
    assert page.call("line", text=text) == ""


@pytest.mark.parametrize(
    ("contest", "chosen"),
    [
        (ONE, {"ada": 1, "bob": 1}),
        (ONE, {"": 1, "ada": 1}),
        (TWO, {"ada": 2}),
        (TWO, {"ada": 1, "bob": 1, "cai": 1}),
        (POINTS, {"roof": 4}),
        (POINTS, {"roof": 3, "hall": 3}),
        (POINTS, {"roof": -1}),
        (POINTS, {"roof": 1.5}),
        (POINTS, {"": 1}),
    ],
)
def test_what_is_over_a_limit_is_not_sealed(page: Client, contest: object, chosen: object) -> None:
    assert page.call("allowed", contest=contest, chosen=chosen) is False


def test_what_is_within_the_limits_is(page: Client) -> None:
    for contest, chosen, warning in (
        (ONE, {}, "empty"),
        (ONE, {"ada": 1}, "none"),
        (ONE, {"": 1}, "none"),
        (TWO, {"ada": 1}, "under"),
        (POINTS, {"roof": 3, "hall": 2}, "none"),
    ):
        assert page.call("allowed", contest=contest, chosen=chosen) is True
        assert page.call("warning", contest=contest, chosen=chosen) == warning
    assert [page.call("kind", contest=one) for one in (ONE, TWO, POINTS)] == ["one", "some", "points"]


def test_ids_that_are_names_of_every_object_hold_what_was_chosen_and_nothing_before(page: Client) -> None:
    options = [{"id": "constructor", "limit": 1}, {"id": "bob", "limit": 1}]
    odd = {**ONE, "id": "constructor", "options": options}
    assert page.call("allowed", contest=odd, chosen={"bob": 1}) is True
    assert page.call("allowed", contest=odd, chosen={"constructor": 1}) is True
    assert page.call("toSeal", contests=[odd], chosen={}) == {"constructor": {}}
    assert page.call("chosenIn", votes={}, contest="constructor") == {}
    assert page.call("votesFor", chosen={}, option="constructor") == 0


def test_a_ballot_has_its_own_contests_and_nothing_that_was_chosen_elsewhere(page: Client) -> None:
    chosen = {"chair": {"ada": 1, "bob": 0}, "old": {"x": 1}}
    assert page.call("toSeal", contests=[ONE], chosen=chosen) == {"chair": {"ada": 1}}


def test_a_tracker_is_read_aloud_group_by_group(page: Client) -> None:
    tracker = "7k3m2qzx8w4t0v5nc9rh1dfg6jseybpa"
    assert page.call("grouped", tracker=tracker) == "7K3M-2QZX-8W4T-0V5N-C9RH-1DFG-6JSE-YBPA"
    assert page.call("spoken", tracker=tracker)[:2] == ["7 Kilo 3 Mike", "2 Quebec Zulu X-ray"]


def test_a_ballot_is_sent_until_there_is_an_answer_and_the_same_each_time(page: Client) -> None:
    sent = page.call("send", answers=["lost", "lost", "stored", "stored", "accepted"])
    assert sent["index"] == 7
    assert sent["asked"] == ["send", "send", "send", "ask", "ask"]
    assert sent["stages"] == ["sending", "lost", "sending", "lost", "sending", "stored", "sending", "stored", "sending"]


def test_a_server_that_forgot_a_stored_ballot_gets_it_again(page: Client) -> None:
    gone = {"code": "not-found", "status": 404}
    assert page.call("send", answers=["stored", gone, "accepted"])["asked"] == ["send", "ask", "send"]
    assert page.call("send", answers=["stored", "lost", "accepted"])["asked"] == ["send", "ask", "send"]


@pytest.mark.parametrize(
    ("code", "status"),
    [("stale-prev", 409), ("voting-closed", 409), ("challenge-limit", 429), ("ballot.limit-proof", 422)],
)
def test_a_refusal_is_not_asked_again(page: Client, code: str, status: int) -> None:
    sent = page.call("send", answers=[{"code": code, "status": status}, "accepted"])
    assert (sent["code"], sent["asked"]) == (code, ["send"])


@pytest.mark.parametrize(("code", "status"), [("rate-limited", 429), ("storage-full", 503), ("internal", 500)])
def test_what_passes_is_asked_again(page: Client, code: str, status: int) -> None:
    sent = page.call("send", answers=[{"code": code, "status": status}, "accepted"])
    assert (sent["index"], sent["stages"]) == (7, ["sending", "busy", "sending"])


@pytest.mark.parametrize("wait", [301, 2**22, 1e300])
def test_a_server_that_wishes_a_wait_for_ever_is_asked_again_within_minutes(page: Client, wait: float) -> None:
    busy = {"code": "rate-limited", "status": 429, "wait": wait}
    assert page.call("send", answers=[busy, "accepted"])["waits"] == [0, 300, 0]


def test_a_large_ballot_has_the_time_that_a_slow_line_takes(page: Client) -> None:
    assert page.call("patience", size=0) == 30_000
    assert page.call("patience", size=2_000_000) > 1_000_000


def test_a62_a_saved_ballot_is_what_was_signed_and_nothing_else(page: Client) -> None:
    submission = {"leaf": "leaf", "payload": "payload", "hints": "aGk="}
    saved = page.call("saved", submission={**submission, "votes": {"chair": {"ada": 1}}, "seed": "00"})
    assert "ada" not in saved
    assert "seed" not in saved
    assert page.call("read", text=saved) == submission


@pytest.mark.parametrize(
    "text", ["", "{", "[]", "null", '{"kind":"e2evote-signed","v":1,"leaf":1,"payload":"","hints":""}']
)
def test_what_is_no_saved_ballot_is_not_sent(page: Client, text: str) -> None:
    assert page.call("read", text=text) is None


def test_a_text_is_filled_in_and_never_read_as_markup(page: Client) -> None:
    values = {"organisation": "<b>$& {line}</b>", "line": "0000017"}
    shown = page.call("text", language="en", key="codes.wrong-key", values=values)
    assert shown.startswith("The code from <b>$& {line}</b> is not the one that line 0000017 has now.")
    assert page.call("text", language="cy-GB", key="way.back", values={}) == "Yn ôl"
    assert page.call("text", language="fr", key="way.back", values={}) == "Back"
