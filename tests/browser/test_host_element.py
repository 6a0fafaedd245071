"""The ballot as an element in a host's page, of another origin than the adapter and under the host's own policy."""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from api.acting import bearer
from browser.booth import Booth
from browser.harness import Site, Tab, site
from browser.story import FACTS
from e2evote.adapter.anchors import read_anchors
from e2evote.adapter.conformance.deployment import Deployment, Given
from e2evote.adapter.conformance.fake_host import FakeHost
from e2evote.adapter.conformance.finding import Result
from e2evote.adapter.conformance.host_page import HOST_PAGE
from e2evote.adapter.conformance.kit import run
from e2evote.algebra.parameters import TEST_512

pytestmark = pytest.mark.slow


class Host(FakeHost):
    """The kit's host, for the small group of tests."""

    def element(self) -> str:
        return super().element().replace("<e2evote-ballot ", '<e2evote-ballot allow-test-group="" ')


class ChangedModule(Host):
    """The hash in its page is that of another module than the server's."""

    def element(self) -> str:
        before, mark, after = super().element().partition('integrity="sha384-')
        return f"{before}{mark}{'A' * 64}{after[64:]}"


class OtherAnchors(Host):
    """It has pinned another selection than the one that the server shows."""

    def element(self) -> str:
        return super().element().replace(self.anchors, f"{'0' * 64}-{self.anchors[65:]}")


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with site(tmp_path_factory.mktemp("element"), group=TEST_512.name, **FACTS) as made:
        yield made


def given(place: Site) -> Given:
    token = bearer(place.folder, "ballot:submit")["authorization"].removeprefix("Bearer ")
    return Given(expect=read_anchors(place.store / "anchors.json"), token=token)


def hosted(kind: type[FakeHost], place: Site) -> FakeHost:
    told = given(place)
    assert told.expect is not None
    return kind(f"{place.proxy.url}{place.api}", told.expect, told.token)


@pytest.fixture
def tab(browser: Any, shots: Path, place: Site) -> Iterator[Tab]:
    context = browser.new_context()
    page = context.new_page()
    page.set_default_timeout(30_000)
    tab = Tab(page, shots, place.proxy.origin)
    context.on("request", lambda request: tab.asked.append(request.url))
    page.on("console", lambda message: tab.told.append(f"{message.type}: {message.text}"))
    yield tab
    context.close()


def test_a_voter_challenges_and_casts_in_the_hosts_page(place: Site, tab: Tab) -> None:
    own = place.letters[0]
    with hosted(Host, place) as host:
        tab.page.goto(f"{host.url}/element")
        booth = Booth(tab, "element", look=True)
        booth.line(own)
        booth.choose(["ada"], [""])
        booth.seal()
        booth.press("Challenge this ballot")
        booth.at("Your ballot was opened")
        booth.press("Begin with an empty ballot")
        booth.line(own)
        booth.choose(["ada"], [""])
        booth.seal()
        booth.sign(own)
        booth.is_cast()
        assert [one for one in tab.asked if not one.startswith((host.url, place.proxy.origin, "blob:"))] == []
        assert [one for one in tab.told if one.startswith("error") and "favicon" not in one] == []
        assert tab.page.context.cookies() == []


def test_a121_a_module_that_is_not_the_one_that_the_host_has_pinned_does_not_run(place: Site, tab: Tab) -> None:
    with hosted(ChangedModule, place) as host:
        tab.page.goto(f"{host.url}/element")
        tab.page.wait_for_load_state("networkidle")
        assert tab.page.evaluate("customElements.get('e2evote-ballot') === undefined")
        assert any("integrity" in one for one in tab.told), tab.told


def test_a121_anchors_of_another_selection_than_the_servers_are_refused_in_the_hosts_page(
    place: Site, tab: Tab
) -> None:
    with hosted(OtherAnchors, place) as host:
        tab.page.goto(f"{host.url}/element")
        expect(tab.page.locator(".screen code.name")).to_have_text("anchor.base-hash")


def test_the_kit_finds_the_page_right(place: Site) -> None:
    with hosted(Host, place) as host:
        told = replace(given(place), page=f"{host.url}/element")
        with closing(Deployment(f"{place.proxy.url}{place.api}", told)) as deployment:
            found = run(deployment, lambda _: None, HOST_PAGE)
    assert {one.result for one in found} == {Result.PASS}
