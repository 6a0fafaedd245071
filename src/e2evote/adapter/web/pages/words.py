"""The words of the pages, in each language, and which language a visitor gets.

Texts are plain and stand in `texts/`; a template escapes them together with what was put into them. A visitor who has
chosen keeps the language from page to page by `?lang=`, without a cookie; otherwise the browser's own order decides.
English is what there is always.
"""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

from e2evote.manifest.section import Text

TEXTS = Path(__file__).parent / "texts"
LANGUAGES: Mapping[str, str] = {"en": "English", "cy": "Cymraeg"}
"""By tag, each in its own words; the first is the one that is always there."""
DEFAULT = "en"

_RANGE = re.compile(r"\s*([A-Za-z]{1,8})(?:-[A-Za-z0-9-]{1,40})?\s*(?:;\s*q=([01](?:\.[0-9]{0,3})?)\s*)?", re.ASCII)
_DATE = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})T([0-9]{2}:[0-9]{2}):([0-9]{2})Z", re.ASCII)
_MOST_RANGES = 30


@dataclass(frozen=True, slots=True)
class Named:
    """Words of the manifest, and the language that they are in."""

    language: str
    words: str


@cache
def catalogue(language: str) -> Mapping[str, Any]:
    """All texts of a language, by section and key."""
    return tomllib.loads((TEXTS / f"{language}.toml").read_text("utf-8"))


@dataclass(frozen=True, slots=True)
class Words:
    """The texts in one language."""

    language: str

    def __call__(self, section: str, key: str, /, **given: object) -> str:
        """The text with these values in it, to be escaped as a whole. An unknown key is a bug, and raises KeyError."""
        text: str = catalogue(self.language)[section][key]
        return text.format(**given)

    def moment(self, date: str) -> str:
        """`19 October 2026, 20:00 UTC`; anything that is no such date as it is."""
        texts = catalogue(self.language)
        match = _DATE.fullmatch(date)
        if not match or not 1 <= int(match[2]) <= len(texts["months"]):
            return date
        year, month, day, time, seconds = match.groups()
        exactly = time if seconds == "00" else f"{time}:{seconds}"
        moment: str = texts["moment"]
        return moment.format(day=int(day), month=texts["months"][int(month) - 1], year=year, time=exactly)

    def at(self, seconds: int) -> str:
        """A time of a witness; only the number where no calendar has it."""
        try:
            return self.moment(datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ"))
        except (OSError, OverflowError, ValueError):
            return f"{seconds} s"

    def named(self, text: Text) -> Named:
        """A name from the manifest, in this language where it has it, else in English, else in the first by tag."""
        tag = next((tag for tag in (self.language, DEFAULT) if tag in text.root), text.items()[0][0])
        return Named(tag, text.root[tag])


def chosen(asked: str, accepted: str) -> str:
    """The language for a visitor. asked: by `?lang=`, or ""; accepted: the header Accept-Language."""
    if asked in LANGUAGES:
        return asked
    best, order = DEFAULT, 0.0
    for one in accepted.split(",")[:_MOST_RANGES]:
        match = _RANGE.fullmatch(one)
        quality = float(match[2] or 1) if match else 0.0
        if match and match[1].lower() in LANGUAGES and quality > order:
            best, order = match[1].lower(), quality
    return best
