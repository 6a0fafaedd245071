"""The pages in a browser, from the real server: WCAG 2.2 AA by axe, no word cut off on a phone, and the policy holds.

Skipped where there is no chromium. What axe can't see (contrast of meanings, sense of words) was looked at by eye.
"""

import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from api.conftest import ROOMY
from api.served import Served, serving
from e2evote.adapter.known_keys import known_keys
from e2evote.adapter.receipts import check_receipt
from e2evote.adapter.receipts import manifest_of as read_manifest
from e2evote.adapter.store import Store
from pages.rolled import ID, Rolled, make_rolled

api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe-playwright-python is not installed")
CHROMIUM = shutil.which("chromium")
pytestmark = [pytest.mark.slow, pytest.mark.skipif(not CHROMIUM, reason="there is no chromium")]

RULES = {
    "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
}
BASE = f"/elections/{ID}/"
PATHS = ("/", *(f"{BASE}{path}" for path in ("", "tracker", "not-voted", "result", "report")))
PHONE, DESK = 360, 1280


@pytest.fixture(scope="module")
def rolled(tmp_path_factory: pytest.TempPathFactory) -> Rolled:
    return make_rolled(tmp_path_factory.mktemp("browser") / "store")


@pytest.fixture(scope="module")
def server(rolled: Rolled, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    (rolled.path / "reports").mkdir()
    (rolled.path / "reports" / "report.html").write_bytes(rolled.page)
    with serving(tmp_path_factory.mktemp("server"), Store.at(rolled.path), config=ROOMY) as served:
        yield served


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with api.sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield opened
        opened.close()


@contextmanager
def tab_of(browser: Any, width: int = DESK, *, scripts: bool = True) -> Iterator[tuple[Any, list[str]]]:
    """A new tab, and what its console says."""
    context = browser.new_context(viewport={"width": width, "height": 800}, java_script_enabled=scripts)
    tab, told = context.new_page(), []
    tab.set_default_timeout(20_000)
    tab.on("console", lambda message: told.append(message.text))
    yield tab, told
    context.close()


def assert_good(tab: Any, pictures: Path, name: str) -> None:
    """No violation, and nothing wider than the screen but what scrolls by itself."""
    found = axe.Axe().run(tab, options=RULES).response["violations"]
    assert [(one["id"], [node["html"] for node in one["nodes"]]) for one in found] == [], name
    width = tab.viewport_size["width"]
    assert tab.evaluate("document.documentElement.scrollWidth") <= width, name
    tab.screenshot(path=pictures / f"{name}-{width}.png", full_page=True)


@pytest.mark.parametrize(("language", "width"), [("en", DESK), ("cy", PHONE)])
def test_every_page_is_accessible(server: Served, browser: Any, tmp_path: Path, language: str, width: int) -> None:
    with tab_of(browser, width) as (tab, _):
        for path in PATHS:
            tab.goto(f"{server.url}{path}?lang={language}")
            assert_good(tab, tmp_path, path.strip("/").replace("/", "-") or "list")


def test_forms_answers_and_mistakes_are_accessible(
    server: Served, browser: Any, tmp_path: Path, rolled: Rolled
) -> None:
    with tab_of(browser, PHONE) as (tab, _):
        for name, path, fields in (
            ("found", "tracker", {"#line": "1", "#tracker": rolled.first.tracker}),
            ("absent", "tracker", {"#line": "4", "#tracker": "7K3M" * 8}),
            ("mistakes", "tracker", {"#line": "x", "#tracker": ""}),
            ("row", "not-voted", {"#line": "4"}),
            ("no-row", "not-voted", {"#line": "99"}),
        ):
            tab.goto(f"{server.url}{BASE}{path}")
            for field, typed in fields.items():
                tab.fill(field, typed)
            with tab.expect_navigation():
                tab.click("main button")
            assert_good(tab, tmp_path, name)


def test_the_audit_is_accessible_when_it_is_done(server: Served, browser: Any, tmp_path: Path) -> None:
    with tab_of(browser, PHONE) as (tab, _):
        until = time.monotonic() + 60
        while not tab.locator(".checks").count():
            assert time.monotonic() < until
            tab.goto(f"{server.url}{BASE}audit")
        assert tab.locator("td.state.pass").count() > 50
        assert_good(tab, tmp_path, "audit")


def test_a_keyboard_is_enough_to_look_up_a_ballot(server: Served, browser: Any, rolled: Rolled) -> None:
    with tab_of(browser) as (tab, _):
        tab.goto(f"{server.url}{BASE}tracker")
        tab.keyboard.press("Tab")
        assert tab.evaluate("document.activeElement.className") == "skip"
        tab.keyboard.press("Enter")
        for typed in ("1", rolled.last.tracker):
            tab.keyboard.press("Tab")
            tab.keyboard.type(typed)
        tab.keyboard.press("Tab")
        with tab.expect_navigation():
            tab.keyboard.press("Enter")
        assert tab.locator(".answer.good strong").inner_text() == "Counted."


def test_without_scripts_everything_works(server: Served, browser: Any, rolled: Rolled, tmp_path: Path) -> None:
    with tab_of(browser, PHONE, scripts=False) as (tab, _):
        tab.goto(f"{server.url}/")
        tab.click("main a")
        tab.click("nav a[href^=tracker]")
        tab.fill("#line", "1")
        tab.fill("#tracker", rolled.last.tracker)
        tab.click("main button")
        assert tab.locator(".answer.good strong").inner_text() == "Counted."
        with tab.expect_download() as download:
            tab.click(f"text=Download receipt of entry {rolled.last.index}")
        download.value.save_as(tmp_path / "receipt")
        keys = known_keys(None, read_manifest(rolled.path / "record"))
        assert check_receipt((tmp_path / "receipt").read_bytes(), keys).receipt.index == rolled.last.index
        tab.click("nav a[href^=not-voted]")
        tab.fill("#line", "4")
        tab.click("main button")
        assert "No vote was recorded" in tab.locator(".answer.good").inner_text()
        tab.click("nav a[href^=audit]")
        assert tab.locator("h1").inner_text() == "Audit"


@pytest.mark.parametrize(
    "attempt",
    [
        "document.createElement('script').src = '/x.js'",
        "document.createElement('script').text = 'document.title = 1'",
        "document.body.innerHTML = '<b>x</b>'",
        "document.body.setAttribute('onclick', 'document.title = 1')",
    ],
)
def test_a121_no_string_becomes_code_on_these_pages(server: Served, browser: Any, attempt: str) -> None:
    with tab_of(browser) as (tab, _):
        tab.goto(f"{server.url}{BASE}")
        with pytest.raises(api.Error, match="Trusted"):
            tab.evaluate(attempt)


@pytest.mark.parametrize(("element", "directive"), [("iframe", "frame-src"), ("img", "img-src")])
def test_a121_nothing_from_elsewhere_is_loaded(server: Served, browser: Any, element: str, directive: str) -> None:
    with tab_of(browser) as (tab, told):
        tab.goto(f"{server.url}{BASE}")
        with tab.expect_console_message():
            tab.evaluate(f"document.body.appendChild(document.createElement('{element}')).src = 'http://localhost:9/x'")
        assert directive in " ".join(told)


def test_a121_no_page_lets_itself_be_framed(server: Served, browser: Any) -> None:
    with tab_of(browser) as (tab, _):
        tab.set_content(f"<iframe src='{server.url}{BASE}'></iframe>", wait_until="load")
        tab.wait_for_function("frames.length === 1")
        assert "Election of officers" not in (tab.frames[1].text_content("body") or "")


def test_the_signed_page_looks_as_it_was_made_under_a_policy_of_its_own(server: Served, browser: Any) -> None:
    with tab_of(browser) as (tab, told):
        tab.goto(f"{server.url}{BASE}report")
        with tab.expect_navigation():
            tab.click("main a.button")
        assert "Scrutineer's report" in tab.locator("header").inner_text()
        assert told == [], "the style sheet is allowed"
