"""Every text is there in every language, with the same gaps to fill; and the language that a visitor gets."""

import re
import string
from typing import Any

import pytest

from e2evote.adapter.web.pages.words import LANGUAGES, TEXTS, Words, catalogue, chosen
from e2evote.manifest.section import Text
from e2evote.verify.checks import CLAIMS, Check, Status, Verdict
from e2evote.verify.lookup import Lookup


def flat(language: str) -> dict[tuple[str, str], Any]:
    return {
        (section, key): text
        for section, texts in catalogue(language).items()
        if isinstance(texts, dict)
        for key, text in texts.items()
    }


def gaps(text: str) -> list[str]:
    return sorted(name for _, name, _, _ in string.Formatter().parse(text) if name)


def test_there_is_a_catalogue_for_every_language_and_no_other() -> None:
    assert {path.stem for path in TEXTS.iterdir()} == set(LANGUAGES)
    assert all(len(catalogue(language)["months"]) == 12 for language in LANGUAGES)


def test_every_language_has_the_same_texts_with_the_same_gaps() -> None:
    english = flat("en")
    for language in LANGUAGES:
        other = flat(language)
        assert set(other) == set(english)
        for key, text in other.items():
            assert gaps(text) == gaps(english[key]), key
            assert text == text.strip()
            assert "<" not in text, f"{key}: texts are no markup"


def test_only_the_mark_of_a_text_that_nobody_reviewed_may_be_empty() -> None:
    empty = {(language, key) for language in LANGUAGES for key, text in flat(language).items() if not text}
    assert empty == {("en", ("site", "unreviewed"))}
    assert "speaker" in (TEXTS / "cy.toml").read_text("utf-8").splitlines()[0]


def test_every_check_status_verdict_and_claim_has_words() -> None:
    texts = catalogue("en")
    assert list(texts["checks"]) == list(Check)
    assert {check.partition(".")[0] for check in Check} == set(texts["group"])
    assert set(Status) | set(Verdict) <= set(texts["audit"])
    assert set(CLAIMS) < set(texts["claims"])
    for status in Lookup:
        assert {status, f"{status}_means"} <= set(texts["tracker"])


def test_every_text_is_used() -> None:
    """By its name, or as one of a family whose names are made of the record's words."""
    families = ("change", "channel", "checks", "claims", "group", "phase", "role")
    source = "".join(
        path.read_text("utf-8") for folder in ("", "templates") for path in (TEXTS.parent / folder).glob("*.*")
    )
    made = {f"{word}{end}" for word in (*Lookup, *Verdict) for end in ("", "_means", "_do")} | {*Status}
    made |= {f"row_{status}" for status in ("not_voted", "counted", "marked", "superseded", "annulled", "removed")}
    made |= {"not-voted", "annulled", "removed", "contacts", "added", "access_roll", "access_register"}
    made |= {"twice_lines", "twice_voted", "so_far_none", "so_far_mark"}
    made |= {f"count_{key}" for key in ("ballots", "valid", "counted", "lines", "challenges")}
    unused = [
        key
        for key in flat("en")
        if key[0] not in families and key[1] not in made and not re.search(rf"""["']{re.escape(key[1])}["']""", source)
    ]
    assert unused == []


@pytest.mark.parametrize(
    ("asked", "accepted", "language"),
    [
        ("", "", "en"),
        ("cy", "", "cy"),
        ("cy", "en", "cy"),
        ("de", "cy", "cy"),
        ("CY", "", "en"),
        ("", "cy", "cy"),
        ("", "cy-GB, en;q=0.8", "cy"),
        ("", "en-GB,en;q=0.9,cy;q=0.8", "en"),
        ("", "de, fr;q=0.9, cy;q=0.1", "cy"),
        ("", "cy;q=0, en;q=0.1", "en"),
        ("", "de, *", "en"),
        ("", "cy;q=nonsense", "en"),
        ("", ";;;,,,q=1", "en"),
        ("", "x" * 100_000, "en"),
        ("", "aa," * 31 + "cy", "en"),
    ],
)
def test_who_has_chosen_gets_that_language_else_the_browsers_order_decides(
    asked: str, accepted: str, language: str
) -> None:
    assert chosen(asked, accepted) == language


def test_dates_are_written_as_people_write_them() -> None:
    assert Words("en").moment("2026-10-09T20:00:00Z") == "9 October 2026, 20:00 UTC"
    assert Words("cy").moment("2026-10-09T20:00:05Z") == "9 Hydref 2026, 20:00:05 UTC"
    assert Words("en").moment("2026-13-09T20:00:00Z") == "2026-13-09T20:00:00Z"
    assert Words("en").moment("soon") == "soon"
    assert Words("en").at(0) == "1 January 1970, 00:00 UTC"
    assert Words("en").at(2**62) == f"{2**62} s"


def test_a_name_is_told_in_the_visitors_language_or_else_in_english() -> None:
    name = Text({"cy": "Enw", "en": "Name"})
    assert (Words("cy").named(name).language, Words("cy").named(name).words) == ("cy", "Enw")
    assert Words("en").named(Text({"de": "Name", "fr": "Nom"})).language == "de"
