"""Rewrites docs/openapi.json from the routes themselves: `python tests/generate_openapi.py`."""

import json
from pathlib import Path
from typing import Any

from e2evote.adapter.api.app import ROUTES, openapi
from e2evote.adapter.api.hosted import Hosted
from e2evote.adapter.api.log import Log
from e2evote.adapter.api.settings import Settings

FILE = Path(__file__).resolve().parent.parent / "docs" / "openapi.json"


def document() -> dict[str, Any]:
    """The description of everything that is served but for pages."""
    hosted = Hosted(Settings(), Log())
    try:
        return openapi(*(routes(hosted) for routes in ROUTES))
    finally:
        hosted.close()


def written() -> str:
    """The file's text, the same on every machine."""
    return json.dumps(document(), indent=1, ensure_ascii=False, sort_keys=True) + "\n"


if __name__ == "__main__":
    FILE.write_text(written(), "utf-8")
