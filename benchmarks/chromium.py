"""The built ballot client in the installed Chromium: how long a voter looks at the progress bar.

Wall time, as `performance.now` gives it to a page. The page has no content of its own, and the module comes from a
local server, as pages get it.
"""

import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

SCRIPT = """async (asked) => {
  const core = await import("/e2evote.js");
  const bytes = (text) => Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
  const selection = core.openSelection(bytes(asked.manifest), asked.joint, null, bytes(asked.entry), asked.test);
  const { voter } = core.newVoter(selection);
  const start = performance.now();
  await core.seal(selection, asked.style, asked.votes, voter, () => undefined);
  return performance.now() - start;
}"""


class Missing(Exception):
    """There is no browser, or nothing to drive it with."""


def fresh_ballots(asked: dict[str, Any], module: Path, rounds: int) -> tuple[list[float], str]:
    """Milliseconds of the first ballot of so many visits, and the name of the browser. asked: as of browser.mjs."""
    chromium = shutil.which("chromium")
    if chromium is None:
        raise Missing("chromium is not installed")
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        raise Missing("playwright is not installed") from None
    with files_of(module.parent) as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        try:
            taken = []
            for _ in range(rounds):
                page = browser.new_page()
                page.goto(f"{address}/e2evote.css")
                taken.append(float(page.evaluate(SCRIPT, asked)))
                page.close()
            return taken, f"Chromium {browser.version}"
        finally:
            browser.close()


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: Any) -> None:
        return


@contextmanager
def files_of(folder: Path) -> Iterator[str]:
    """The folder on a local address."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=str(folder)))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
