"""The example's one command, as the guide for integrators has it: from nothing to a result that verifies."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest

from django_site.conftest import ROOT, SITE
from e2evote.adapter.anchors import read_anchors
from e2evote.verify import verify_record
from e2evote.verify.checks import Verdict

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("needs_django")]
RUN = [sys.executable, str(SITE / "run.py"), "rehearsed"]


@pytest.fixture
def needs_django() -> None:
    pytest.importorskip("django", reason="django is not installed (the extra [dev])")


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


def test_one_command_makes_a_selection_with_a_site_and_two_more_end_it(
    tmp_path: Path, environment: dict[str, str], said: str
) -> None:
    site = f"http://localhost:{environment['SITE_PORT']}"
    found = re.search(r"log in as\s+(\w+), password (\S+)", said)
    assert found, said
    with httpx2.Client(base_url=site) as browser:
        page = browser.get("/login").text
        assert browser.post("/login", data=_form(page, *found.groups())).headers["location"] == "/"
        answer = browser.post("/vote", data=_form(browser.get("/").text))
        anchors = read_anchors(tmp_path / "rehearsed" / "box" / "anchors.json")
        pinned = f"#anchors={anchors.base_hash.hex()}-{anchors.extended_base_hash.hex()}&session="
        where = f"http://localhost:{environment['ADAPTER_PORT']}/elections/committee/client/"
        assert answer.headers["location"].startswith(where + pinned)
        assert httpx2.get(where).status_code == 200
        for act in ("close", "tally"):
            subprocess.run([*RUN, act], cwd=tmp_path, env=environment, check=True, capture_output=True)
        while "What became of the 12 lines" not in browser.get("/result").text:  # a webhook is on its way to the site
            time.sleep(0.2)
    assert verify_record(tmp_path / "rehearsed" / "box" / "record", expect=anchors).verdict is Verdict.ACCEPTED


def _form(page: str, username: str = "", password: str = "") -> dict[str, str]:
    """The fields of the page's last form."""
    token = re.findall(r'name="csrfmiddlewaretoken" value="(\w+)"', page)[-1]
    return {"csrfmiddlewaretoken": token, "username": username, "password": password}
