"""Published vectors of transparency logs, which may lie beside the checkout and are no part of it."""

import json
from pathlib import Path
from typing import Any

import pytest

FOLDER = Path(__file__).resolve().parents[3] / "shared" / "data" / "tlog"


def published(name: str) -> Any:
    """The JSON file of that name, or the test is skipped."""
    path = FOLDER / name
    if not path.is_file():
        pytest.skip(f"no ../shared/data/tlog/{name} beside the checkout: published vectors stay outside it")
    return json.loads(path.read_text("utf-8"))


def published_cases(folder: str) -> list[tuple[str, Any]]:
    """Name and content of every JSON file below a folder, or the test is skipped."""
    paths = sorted((FOLDER / folder).rglob("*.json"))
    if not paths:
        pytest.skip(f"no ../shared/data/tlog/{folder} beside the checkout: published vectors stay outside it")
    return [(str(path.relative_to(FOLDER)), json.loads(path.read_text("utf-8"))) for path in paths]
