"""What the browser forbids the ballot page: scripts that were put in, a changed module, other origins, frames."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from browser.booth import Booth
from browser.harness import Site, Tab, site, tab_of
from browser.proxy import Exchange, Proxy
from browser.story import FACTS
from e2evote.algebra.parameters import TEST_512

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with site(tmp_path_factory.mktemp("policy"), group=TEST_512.name, **FACTS) as made:
        yield made


@pytest.fixture(scope="module")
def elsewhere() -> Iterator[Proxy]:
    """Another origin, that counts what comes to it."""
    stranger = Proxy()
    yield stranger
    stranger.close()


def put_in(html: str) -> Any:
    """A rule that puts this into the page's body."""

    def rule(exchange: Exchange) -> None:
        assert b"<main>" in exchange.body
        exchange.body = exchange.body.replace(b"<main>", html.encode() + b"<main>")

    return rule


INLINE = {
    "an inline script": "<script>document.title = 'run'; window.ran = true</script>",
    "an inline module": "<script type='module'>window.ran = true</script>",
    "a handler": "<img src='e2evote.css' onerror='window.ran = true'>",
    "a script as data": "<script src='data:text/javascript,window.ran=true'></script>",
}


@pytest.mark.parametrize("kind", INLINE)
def test_a121_a_script_that_is_put_into_the_page_does_not_run(
    place: Site, browser: Any, shots: Path, kind: str
) -> None:
    rule = put_in(INLINE[kind])
    with (
        place.proxy.lying("GET", f"/elections/{place.id}/client/", rule) as lied,
        tab_of(browser, place, shots, errors=True) as tab,
    ):
        tab.page.goto(place.client())
        expect(tab.page.locator(".screen .heading")).to_be_visible()
        assert lied
        assert tab.page.evaluate("window.ran") is None
        tab.until(lambda: any("Content Security Policy" in line for line in tab.told))


def test_the_policy_of_the_server_stops_it_without_the_policy_in_the_page(
    place: Site, browser: Any, shots: Path
) -> None:
    """The page also has a policy of its own, for downloaded copies; the header must be enough."""

    def rule(exchange: Exchange) -> None:
        exchange.body, count = re.subn(rb'<meta http-equiv="Content-Security-Policy"[^>]*>', b"", exchange.body)
        assert count == 1
        put_in(INLINE["an inline script"])(exchange)

    with (
        place.proxy.lying("GET", f"/elections/{place.id}/client/", rule),
        tab_of(browser, place, shots, errors=True) as tab,
    ):
        tab.page.goto(place.client())
        expect(tab.page.locator(".screen .heading")).to_be_visible()
        assert tab.page.evaluate("window.ran") is None


@pytest.mark.parametrize("place_of_change", ["a letter", "a space at the end"])
def test_a121_a_module_with_one_byte_changed_is_refused(
    place: Site, browser: Any, shots: Path, place_of_change: str
) -> None:
    def rule(exchange: Exchange) -> None:
        if place_of_change == "a letter":
            changed = exchange.body.replace(b"Your ballot is cast", b"Your ballot is Cast", 1)
            assert changed != exchange.body
            exchange.body = changed
        else:
            exchange.body += b" "

    with (
        place.proxy.lying("GET", f"/elections/{place.id}/client/e2evote.js", rule) as lied,
        tab_of(browser, place, shots, errors=True) as tab,
    ):
        tab.page.goto(place.client())
        expect(tab.page.locator("e2evote-ballot")).to_have_count(1)
        tab.until(lambda: any("integrity" in line for line in tab.told))
        assert lied
        assert tab.page.evaluate("customElements.get('e2evote-ballot')") is None
        told = tab.page.locator("e2evote-ballot")
        expect(told.get_by_text("module-refused")).to_be_visible(timeout=20_000)
        expect(told).to_contain_text("do not vote on this page")
        tab.look("module-refused")
        assert tab.page.evaluate("document.querySelector('e2evote-ballot').shadowRoot") is None


def test_a121_a_changed_style_sheet_is_refused(place: Site, browser: Any, shots: Path) -> None:
    """By the browser, and then by the page, which is one of the files that the manifest names."""

    def rule(exchange: Exchange) -> None:
        exchange.body += b" body { display: none }"

    with (
        place.proxy.lying("GET", f"/elections/{place.id}/client/e2evote.css", rule),
        tab_of(browser, place, shots, errors=True) as tab,
    ):
        booth = Booth(tab)
        booth.open(place.client())
        booth.refuses("assets.changed", "A file of this page", "Do not vote on this page")
        tab.until(lambda: any("integrity" in line for line in tab.told))


REACHES = {
    "fetch": "fetch(ADDRESS, {method: 'POST', body: 'x'}).catch(() => null)",
    "beacon": "navigator.sendBeacon(ADDRESS, 'x')",
    "image": "new Image().src = ADDRESS",
    "socket": "try { new WebSocket(ADDRESS.replace('http', 'ws')) } catch {}",
    "frame": "document.body.appendChild(document.createElement('iframe')).src = ADDRESS",
    "style": "{ const link = document.createElement('link'); link.rel = 'stylesheet'; link.href = ADDRESS;"
    " document.head.append(link); }",
    "form": "{ const form = document.createElement('form'); form.action = ADDRESS; form.method = 'post';"
    " document.body.append(form); form.submit(); }",
}


@pytest.mark.parametrize("way", REACHES)
def test_a121_nothing_in_the_page_reaches_another_origin(
    place: Site, elsewhere: Proxy, browser: Any, shots: Path, way: str
) -> None:
    """Even code that runs in the page can send nothing elsewhere, other than by leaving the page."""
    with tab_of(browser, place, shots, errors=True) as tab:
        Booth(tab).open(place.client())
        expect(tab.page.locator("#line")).to_be_visible()
        before = len(tab.told)
        tab.page.evaluate(f"ADDRESS => {{ {REACHES[way]} }}", f"{elsewhere.origin}/caught")
        tab.until(lambda: any("Content Security Policy" in line for line in tab.told[before:]))
        tab.page.wait_for_timeout(100)
        tab.asked.clear()
    assert elsewhere.passed == []


def test_a121_no_string_becomes_code_in_the_ballot_page(place: Site, browser: Any, shots: Path) -> None:
    with tab_of(browser, place, shots, errors=True) as tab:
        Booth(tab).open(place.client())
        expect(tab.page.locator("#line")).to_be_visible()
        for attempt in (
            "document.body.innerHTML = '<b>x</b>'",
            "document.createElement('script').src = 'x.js'",
            "document.querySelector('e2evote-ballot').shadowRoot.innerHTML = 'x'",
            "setTimeout('window.ran = true')",
        ):
            with pytest.raises(Exception, match="Trusted"):
                tab.page.evaluate(f"() => {{ {attempt} }}")


def test_a121_the_ballot_page_is_not_framed(place: Site, browser: Any, shots: Path) -> None:
    with tab_of(browser, place, shots, errors=True) as tab:
        tab.page.set_content(f"<iframe src='{place.client()}'></iframe>", wait_until="load")
        tab.page.wait_for_function("frames.length === 1")
        assert tab.page.frames[1].locator("e2evote-ballot").count() == 0


def test_session_and_line_leave_the_address_at_once(place: Site, browser: Any, shots: Path) -> None:
    """Neither history nor a shoulder has them; the token is used up, and is in one request alone."""
    token = place.link("a member")
    with tab_of(browser, place, shots) as tab:
        booth = Booth(tab)
        booth.open(place.client(session=token, line="3", lang="en"))
        booth.at("Your line")
        assert tab.page.input_value("#line") == "3"
        assert_bare(tab, token)
        tab.page.reload()
        booth.at("Your line")
        assert tab.page.input_value("#line") == ""
        assert f"anchors={place.anchors}" in tab.page.url
        assert tab.page.evaluate("history.length") <= 2
    holding = [one for one in place.proxy.passed if token in one.path or token.encode() in one.asked]
    assert [one.path for one in holding] == [f"{place.api}/sessions/exchange"]
    with tab_of(browser, place, shots, errors=True) as tab:
        booth = Booth(tab, "used-link", look=True)
        booth.open(place.client(session=token))
        booth.at("Your line", "line")
        expect(tab.page.get_by_text("was used before, or is too old")).to_be_visible()


def assert_bare(tab: Tab, token: str) -> None:
    address = tab.page.evaluate("location.href")
    assert token not in address
    assert "line=" not in address
    assert "session=" not in address
    assert tab.page.evaluate("document.referrer") == ""
