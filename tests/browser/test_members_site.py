"""The Django site in a browser, by the example's one command: from nothing to a ballot, a mark and a result.

In the group of real selections, as whoever follows the guide for integrators sees it.
"""

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest

from browser.booth import Booth
from browser.harness import DESK, PHONE, Tab
from e2evote.adapter.anchors import read_anchors
from e2evote.adapter.rehearsed_roll import Letter, read_letters
from e2evote.adapter.store import Store
from e2evote.verify import verify_record
from e2evote.verify.checks import Verdict

pytest.importorskip("django", reason="django is not installed (the extra [dev])")
ROOT = Path(__file__).resolve().parents[2]
RUN = [sys.executable, str(ROOT / "examples" / "django_selection" / "run.py"), "rehearsed"]
LOG_IN = re.compile(r"(?:log in as|staff) +(\w+), password ([^\s:]+)")


@pytest.fixture
def environment() -> dict[str, str]:
    """Two ports that are free, and e2evote from the checkout."""
    with socket.create_server(("127.0.0.1", 0)) as first, socket.create_server(("127.0.0.1", 0)) as second:
        ports = {"ADAPTER_PORT": str(first.getsockname()[1]), "SITE_PORT": str(second.getsockname()[1])}
    return {**os.environ, **ports, "PYTHONPATH": str(ROOT / "src")}


@pytest.fixture
def said(tmp_path: Path, environment: dict[str, str]) -> Iterator[str]:
    """What the command prints, while both servers run; after a request to terminate neither is left."""
    with subprocess.Popen(
        RUN, cwd=tmp_path, env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as process:
        assert process.stdout is not None
        lines = []
        for line in process.stdout:
            lines.append(line)
            if line.startswith("  later"):
                break
        yield "".join(lines)
        process.send_signal(signal.SIGTERM)
        process.stdout.read()
    for port in (environment["ADAPTER_PORT"], environment["SITE_PORT"]):
        with pytest.raises(httpx2.ConnectError):
            httpx2.get(f"http://localhost:{port}/")


@pytest.fixture
def tab(browser: Any, shots: Path, said: str, environment: dict[str, str]) -> Iterator[Tab]:
    """A member's browser; nothing in it may complain of anything."""
    context = browser.new_context(viewport={"width": DESK, "height": 800})
    page = context.new_page()
    page.set_default_timeout(30_000)
    tab = Tab(page, shots, f"http://localhost:{environment['SITE_PORT']}")
    context.on("request", lambda request: tab.asked.append(request.url))
    page.on("console", lambda message: tab.told.append(f"{message.type}: {message.text} {message.location['url']}"))
    page.on("pageerror", lambda error: tab.wrongs.append(str(error)))
    yield tab
    assert [one for one in tab.told if "favicon" not in one] == tab.wrongs == []
    servers = (tab.origin, f"http://localhost:{environment['ADAPTER_PORT']}", "blob:")
    assert [one for one in tab.asked if not one.startswith(servers)] == []
    context.close()


def log_in(tab: Tab, name: str, password: str) -> None:
    tab.page.goto(tab.origin)
    tab.look(f"site-log-in-{name}")
    tab.page.fill("#id_username", name)
    tab.page.fill("#id_password", password)
    tab.page.click("main button")


@pytest.mark.slow
def test_a_member_votes_by_the_site_a_line_is_marked_and_the_result_is_shown(
    tmp_path: Path, environment: dict[str, str], said: str, tab: Tab
) -> None:
    (member, password), (staff, word) = LOG_IN.findall(said)
    box = tmp_path / "rehearsed" / "box"
    own, other = _letter(box, said), _letter(box, said, own=False)
    anchors = read_anchors(box / "anchors.json")

    log_in(tab, member, password)
    tab.look("site-shortlist")
    tab.page.set_viewport_size({"width": PHONE, "height": 800})
    tab.look("site-shortlist")
    tab.page.set_viewport_size({"width": DESK, "height": 800})
    tab.page.click("text=Vote now")
    booth = Booth(tab)
    booth.at("Your line")
    client = f"http://localhost:{environment['ADAPTER_PORT']}/elections/committee/client/"
    assert tab.page.url.startswith(f"{client}#anchors={anchors.base_hash.hex()}-{anchors.extended_base_hash.hex()}")
    assert "session=" not in tab.page.url
    booth.line(own)
    booth.choose(["grace-hopper"], ["no"])
    booth.seal()
    booth.press("Challenge this ballot")  # counted against the session that the site asked for
    booth.at("Your ballot was opened")
    booth.press("Begin with an empty ballot")
    booth.line(own)
    booth.choose(["ada-lovelace"], ["yes"])
    booth.seal()
    booth.sign(own)
    booth.is_cast()

    tab.page.context.clear_cookies()
    log_in(tab, staff, word)
    tab.page.click("text=Votes on paper")
    tab.look("site-marks")
    tab.page.fill("#id_line", str(int(other.line)))
    tab.page.select_option("#id_channel", "postal")
    tab.page.click("main button")
    tab.look("site-marked")
    assert f"Line {int(other.line)} is marked" in tab.page.inner_text("main")

    for act in ("close", "tally"):
        subprocess.run([*RUN, act], cwd=tmp_path, env=environment, check=True, capture_output=True)
    while "What became of the 12 lines" not in tab.page.inner_text("main"):  # a webhook is on its way to the site
        time.sleep(0.2)
        tab.page.goto(f"{tab.origin}/result")
    tab.look("site-result")
    assert tab.page.get_by_role("row", name="Ada Lovelace").inner_text().split() == ["Ada", "Lovelace", "1"]
    assert "Elected: Ada Lovelace" in tab.page.inner_text("main")
    tab.page.click("text=every check")
    assert tab.page.url == client.replace("client/", "audit")
    assert verify_record(box / "record", expect=anchors).verdict is Verdict.ACCEPTED


def _letter(box: Path, said: str, *, own: bool = True) -> Letter:
    """The letter that the command names; or somebody else's."""
    found = re.search(r"the letter +of (.+): line (\d+) in", said)
    assert found, said
    letters = [one for one in read_letters(Store.at(box)) if (int(one.line) == int(found[2])) is own]
    assert (letters[0].name == found[1]) is own
    return letters[0]
