"""A selection behind `e2evote serve` behind the proxy, and tabs that are watched, by axe too.

Screenshots go to the folder that E2EVOTE_SCREENSHOTS names, else to pytest's own.
"""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

from api.acting import bearer, configured
from api.served import Answer, Served
from browser.proxy import FOLDER, Proxy
from e2evote.adapter.election import Election
from e2evote.adapter.rehearsed_roll import Letter

TAGS = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}}
PHONE, DESK = 360, 1280
STORED = """async () => [localStorage.length, sessionStorage.length, document.cookie,
  (await indexedDB.databases()).length, (await caches.keys()).length,
  (await navigator.serviceWorker.getRegistrations()).length]"""


class Site:
    """One selection by its public address; the process behind it can be killed and started again."""

    def __init__(self, folder: Path, election: str, proxy: Proxy) -> None:
        self.folder, self.id, self.proxy = folder, election, proxy
        self.api = f"/v1/elections/{election}"
        self.letters: tuple[Letter, ...] = ()
        self.program: tuple[str, ...] = ("-m", "e2evote")
        self._served: Served | None = None

    @property
    def store(self) -> Path:
        return self.folder / "store"

    @property
    def anchors(self) -> str:
        """The anchors as they stand in a link."""
        found = json.loads((self.store / "anchors.json").read_text())
        return f"{found['base_hash']}-{found['extended_base_hash']}"

    def page(self, path: str = "") -> str:
        """The address of a page of the selection."""
        return f"{self.proxy.url}/elections/{self.id}/{path}"

    def client(self, **members: str) -> str:
        """The address of the ballot page, with what is said in its fragment; anchored unless anchors=""."""
        told = {"anchors": self.anchors, "allow-test-group": "", **members}
        kept = {name.replace("_", "-"): text for name, text in told.items() if text or name == "allow-test-group"}
        return self.page(f"client/#{urlencode(kept)}")

    def start(self) -> None:
        """The server; the proxy passes on to it from now on."""
        (self.folder / "serve.toml").write_text(f"{configured(self.folder)}\n[sessions]\nwithout_host = true\n")
        words = [sys.executable, *self.program, "serve", "--port", "0", "--json", "--allow-test-group"]
        words += ["--config", str(self.folder / "serve.toml"), "--store", str(self.store)]
        words += ["--public-url", self.proxy.url]
        with (self.folder / "errors").open("a") as errors:
            process = subprocess.Popen(words, stdout=subprocess.PIPE, stderr=errors, text=True)
        assert process.stdout is not None
        line = process.stdout.readline()
        assert line, (self.folder / "errors").read_text()
        self._served = Served(json.loads(line)["address"], process, self.folder / "errors")
        self.proxy.server = self._served.address

    def kill(self) -> None:
        """The server is gone at once, as when the power fails."""
        self._end(lambda process: process.kill())

    def stop(self) -> None:
        """The server ends as it should."""
        assert self._end(lambda process: process.terminate()) == 0, (self.folder / "errors").read_text()

    def _end(self, how: Any) -> int:
        self.proxy.server = None
        served, self._served = self._served, None
        if served is None:
            return 0
        how(served.process)
        try:
            return served.process.wait(60)
        finally:
            served.process.kill()
            served.process.stdout.close()  # type: ignore[union-attr]

    def get(self, path: str) -> Answer:
        assert self._served
        return self._served.ask(f"{self.api}{path}")

    def act(self, path: str, body: object, *scopes: str) -> Any:
        """What a party or a host does, with a token that has these scopes."""
        assert self._served
        answer = self._served.post(f"{self.api}/{path}", body, **bearer(self.folder, *scopes))
        assert answer.status in (200, 201), answer
        return answer.json

    def link(self, voter_ref: str) -> str:
        """The one-time token with which a host sends a member of its own to the ballot page."""
        address = self.act("sessions", {"voter_ref": voter_ref}, "ballot:submit")["url"]
        return urlsplit(address).fragment.removeprefix("session=")


@contextmanager
def site(folder: Path, election: str = "council", *, opened: bool = True, **facts: Any) -> Iterator[Site]:
    """A rehearsal in this folder that is served. facts: as for `Election.create`."""
    proxy = Proxy()
    made = Site(folder, election, proxy)
    try:
        with Election.create(made.store, rehearsal=True, election=election, **facts) as rehearsal:
            made.letters = rehearsal.letters() if facts.get("members") else ()
            if opened:
                rehearsal.open()
        made.start()
        yield made
        made.stop()
    finally:
        made.kill()
        proxy.close()


@dataclass(slots=True)
class Tab:
    """A tab of a browser that has nothing else open, and what it did."""

    page: Any
    shots: Path
    origin: str
    asked: list[str] = field(default_factory=list)
    told: list[str] = field(default_factory=list)
    wrongs: list[str] = field(default_factory=list)

    def look(self, name: str) -> None:
        """No violation of WCAG 2.2 A and AA by axe, nothing wider than the screen, and a picture for human eyes."""
        from axe_playwright_python.sync_playwright import Axe

        self.page.wait_for_load_state()  # else a page may not have its style sheet yet
        found = Axe().run(self.page, options=TAGS).response["violations"]
        faults = [(one["id"], [node["html"] for node in one["nodes"]]) for one in found]
        assert faults == [], (name, faults)
        width = self.page.viewport_size["width"]
        self.page.screenshot(path=self.shots / f"{name}-{width}.png", full_page=True)
        assert self.page.evaluate("document.documentElement.scrollWidth") <= width, name

    def until(self, holds: Callable[[], object]) -> None:
        """Lets the page go on until this holds, for a while."""
        for _ in range(200):
            if holds():
                return
            self.page.wait_for_timeout(50)
        raise AssertionError(f"not within ten seconds; the console says {self.told}")

    def must_have_kept_to_itself(self) -> None:
        """Nothing went to another origin, nothing was stored, and the address says nothing of voter or session."""
        strangers = [one for one in self.asked if not one.startswith((f"{self.origin}{FOLDER}/", "blob:"))]
        assert strangers == [], strangers
        if self.page.url.startswith(self.origin):
            assert self.page.evaluate(STORED) == [0, 0, "", 0, 0, 0]
        assert self.page.context.cookies() == []
        assert not any(word in self.page.url for word in ("session=", "line=", "code="))


def folder_of_screenshots(tmp_path: Path) -> Path:
    named = os.environ.get("E2EVOTE_SCREENSHOTS")
    folder = Path(named) if named else tmp_path
    folder.mkdir(parents=True, exist_ok=True)
    return folder


@contextmanager
def tab_of(
    browser: Any, place: Site, shots: Path, *, width: int = DESK, errors: bool = False, **options: Any
) -> Iterator[Tab]:
    """A tab in a context of its own, as on another device. errors: whether the page's console may have some."""
    context = browser.new_context(viewport={"width": width, "height": 800}, accept_downloads=True, **options)
    page = context.new_page()
    page.set_default_timeout(30_000)
    tab = Tab(page, shots, place.proxy.origin)
    context.on("request", lambda request: tab.asked.append(request.url))
    page.on("console", lambda message: tab.told.append(f"{message.type}: {message.text} {message.location['url']}"))
    page.on("pageerror", lambda error: tab.wrongs.append(str(error)))
    try:
        yield tab
        tab.must_have_kept_to_itself()
        complaints = [] if errors else [one for one in tab.told if one.startswith(("error", "warning"))]
        assert [*tab.wrongs, *complaints] == []
    finally:
        context.close()
