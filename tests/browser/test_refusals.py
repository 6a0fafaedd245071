"""A dishonest server before anything is signed: other rules, other keys, another page. The client refuses by name.

Each is one change, with everything hashed again that somebody inside can hash again.
"""

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

STOP = "Do not vote on this page. Tell those who run the selection"


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with site(tmp_path_factory.mktemp("refusals"), group=TEST_512.name, **FACTS) as made:
        yield made


@pytest.fixture(scope="module")
def other(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A whole other selection under the same name: names and options alike, everything in it signed and hashed."""
    with site(tmp_path_factory.mktemp("other"), group=TEST_512.name, **FACTS) as made:
        yield made


def replaced(old: str | re.Pattern[str], new: str) -> Callable[[Exchange], None]:
    """A rule that changes the text of an answer; what it is to change must be there."""

    def rule(exchange: Exchange) -> None:
        text, count = re.subn(re.escape(old) if isinstance(old, str) else old, lambda _: new, exchange.body.decode())
        assert count, old
        exchange.body = text.encode()

    return rule


def refused(
    place: Site, browser: Any, shots: Path, code: str, sentence: str, next_step: str = STOP, *, address: str = ""
) -> None:
    """The page stops at once, and nothing was asked for that has to do with a line."""
    begin = len(place.proxy.passed)
    with tab_of(browser, place, shots, errors=True) as tab:
        booth = Booth(tab, "refused", look=True)
        booth.open(address or place.client())
        booth.refuses(code, sentence, next_step)
        assert tab.page.locator(".screen input").count() == 0
    later = place.proxy.passed[begin:]
    assert [one.path for one in later if "/lines/" in one.path or one.method == "POST"] == []


ALTERED = {
    "overlay": ("<main>", "<div id='overlay'>Type your codes here: <input aria-label='codes'></div><main>"),
    "another form": (
        "<main>",
        "<main><form action='/steal' method='post'><input name='code' aria-label='code'></form>",
    ),
    "a comment": ("<!-- The ballot page", "<!-- A ballot page"),
}


@pytest.mark.parametrize("change", ALTERED)
def test_a121_an_altered_page_around_the_module_is_refused(place: Site, browser: Any, shots: Path, change: str) -> None:
    rule = replaced(*ALTERED[change])
    path = f"/elections/{place.id}/client/"
    with place.proxy.lying("GET", path, rule), place.proxy.lying("GET", f"{path}index.html", rule) as lied:
        refused(place, browser, shots, "assets.changed", "A file of this page is not the one that the selection names")
    assert lied


def test_a121_a_page_without_its_style_sheet_is_refused(place: Site, browser: Any, shots: Path) -> None:
    def gone(exchange: Exchange) -> None:
        exchange.status, exchange.body = 404, b""

    with place.proxy.lying("GET", f"/elections/{place.id}/client/e2evote.css", gone):
        refused(place, browser, shots, "assets.missing", "is not where it should be")


def swapped_options(exchange: Exchange) -> None:
    """The same options in another order: who chooses the first gets the second's position."""
    manifest = json.loads(exchange.body)
    manifest["contests"][0]["options"].reverse()
    exchange.body = json.dumps(manifest, ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode()


def swapped_names(exchange: Exchange) -> None:
    """Each option has the other's name."""
    manifest = json.loads(exchange.body)
    one, two = manifest["contests"][0]["options"]
    one["name"], two["name"] = two["name"], one["name"]
    exchange.body = json.dumps(manifest, ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode()


def own_assets(exchange: Exchange) -> None:
    """The manifest names no file of the page, so that an altered page would not be noticed."""
    manifest = json.loads(exchange.body)
    manifest["assets"] = {}
    exchange.body = json.dumps(manifest, ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode()


@pytest.mark.parametrize("change", [swapped_options, swapped_names, own_assets])
def test_a121_an_altered_manifest_is_refused(
    place: Site, browser: Any, shots: Path, change: Callable[[Exchange], None]
) -> None:
    with place.proxy.lying("GET", f"{place.api}/manifest", change) as lied:
        refused(place, browser, shots, "anchor.base-hash", "This is not the selection that you were invited to")
    assert lied


def test_a121_another_selection_that_is_whole_in_itself_is_refused(
    place: Site, other: Site, browser: Any, shots: Path
) -> None:
    honest, place.proxy.server = place.proxy.server, other.proxy.server
    try:
        refused(place, browser, shots, "anchor.base-hash", "This is not the selection that you were invited to")
    finally:
        place.proxy.server = honest


def test_a121_a_joint_key_of_somebody_else_is_refused(place: Site, other: Site, browser: Any, shots: Path) -> None:
    joint = other.get("").json["joint_key"]

    def rule(exchange: Exchange) -> None:
        exchange.body = json.dumps(json.loads(exchange.body) | {"joint_key": joint}).encode()

    with place.proxy.lying("GET", place.api, rule) as lied:
        refused(
            place, browser, shots, "anchor.extended-base-hash", "The key of this selection is not the announced one"
        )
    assert lied


def test_a121_a_log_that_begins_otherwise_is_refused(place: Site, other: Site, browser: Any, shots: Path) -> None:
    """The board is another selection's; manifest and keys are the right ones."""

    def board(exchange: Exchange) -> None:
        if exchange.path.startswith(f"{place.api}/board/"):
            found = other.get(exchange.path.removeprefix(place.api))
            exchange.status, exchange.body, exchange.headers = found.status, found.body, {}

    place.proxy.before.append(board)
    try:
        refused(place, browser, shots, "first-entry", "does not belong to these rules")
    finally:
        place.proxy.before.remove(board)


def test_a121_a_link_that_was_cut_off_is_refused(place: Site, browser: Any, shots: Path) -> None:
    """Anchors that are no anchors must not open the page as one without."""
    cut = place.client(anchors=place.anchors[:-1])
    refused(place, browser, shots, "link-malformed", "incomplete or changed", "Open the link again", address=cut)


def test_a_group_for_tests_is_refused_where_nobody_said_that_this_is_practice(
    place: Site, browser: Any, shots: Path
) -> None:
    address = place.page(f"client/#anchors={place.anchors}")
    refused(place, browser, shots, "test-group", "for practice only", address=address)


def test_a121_keys_of_another_line_are_noticed_before_anything_is_signed(
    place: Site, browser: Any, shots: Path
) -> None:
    mine, theirs = place.letters[0], place.letters[1]
    keys = place.get(f"/lines/{theirs.line}").json["keys"]

    def rule(exchange: Exchange) -> None:
        exchange.body = json.dumps(json.loads(exchange.body) | {"keys": keys}).encode()

    with place.proxy.lying("GET", f"{place.api}/lines/{mine.line}", rule), tab_of(browser, place, shots) as tab:
        booth = Booth(tab, "keys", look=True)
        booth.ready(place.client(), mine, ["ada"], ["cyd"])
        booth.sign(mine)
        booth.complains(f"is not the one that line {mine.line} has now", "wrong-key")
        expect(booth.heading).to_have_text("Your codes")
    assert place.proxy.posted(f"{place.api}/ballots") == []


def test_a121_keys_that_change_while_one_votes_are_refused(place: Site, browser: Any, shots: Path) -> None:
    mine, theirs = place.letters[0], place.letters[1]
    keys = place.get(f"/lines/{theirs.line}").json["keys"]

    def rule(exchange: Exchange) -> None:
        exchange.body = json.dumps(json.loads(exchange.body) | {"keys": keys}).encode()

    with tab_of(browser, place, shots) as tab:
        booth = Booth(tab, "changed", look=True)
        booth.ready(place.client(), mine, ["ada"], ["cyd"])
        with place.proxy.lying("GET", f"{place.api}/lines/{mine.line}", rule):
            tab.page.click("#cast")
            booth.refuses(
                "keys-changed", "were changed after you began", "begin again", title="Your codes have changed"
            )
    assert place.proxy.posted(f"{place.api}/ballots") == []


def test_a121_a_contest_that_is_kept_from_a_line_does_not_make_a_ballot(place: Site, browser: Any, shots: Path) -> None:
    def rule(exchange: Exchange) -> None:
        exchange.body = json.dumps(json.loads(exchange.body) | {"style": "short"}).encode()

    line = place.letters[0].line
    with place.proxy.lying("GET", f"{place.api}/lines/{line}", rule), tab_of(browser, place, shots) as tab:
        booth = Booth(tab)
        booth.open(place.client(line=line))
        booth.at("Your line")
        booth.press("Continue")
        booth.refuses("style-unknown", "a ballot that the selection does not have", STOP)
