"""One browser for a module: the sync API of playwright keeps a loop of its own while it is open."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

pytest.register_assert_rewrite("browser.harness", "browser.booth", "browser.story", "browser.keyboard")

from browser.harness import folder_of_screenshots  # noqa: E402

pytest.importorskip("fastapi", reason="the extra [http] is not installed")
pytest.importorskip("uvicorn", reason="the extra [http] is not installed")
api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe-playwright-python is not installed")


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    chromium = shutil.which("chromium")
    if chromium is None:
        pytest.skip("there is no chromium")
    with api.sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        yield opened
        opened.close()


@pytest.fixture
def shots(tmp_path: Path) -> Path:
    return folder_of_screenshots(tmp_path)
